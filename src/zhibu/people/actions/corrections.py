"""限期改正: a member is given until a day to change (不合格党员组织处置办法; 党员教育管理工作条例 第三十条)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.people.actions.writing import path_of, refuse
from zhibu.people.enums import MEMBERS, CorrectionConclusion
from zhibu.people.models import CorrectionTerm, Person
from zhibu.people.queries import correction_term
from zhibu.people.queries import person as load
from zhibu.regulations.dates import add_months
from zhibu.regulations.queries import in_force, value
from zhibu.regulations.refusal import Refusal

SHORTEST_REASON = 4


@transaction.atomic
def record_correction(
    scope: Scope, person: Person, *, decided_on: date, until: date, document: str, reason: str = ""
) -> CorrectionTerm:
    """Note the decision that a member has until a day to change. Refuses more than the longest term, more than the
    usual one without a reason, others than members, oneself, a second one that runs, and impossible days. How the
    decision comes about is not modelled. Records ``people.update_restricted``."""
    person = load(scope, person.pk, Right.EDIT_PERSON, lock=True)
    _refuse_oneself(scope, person)
    refuse([*_faults(scope, person, decided_on, document), *_term_faults(decided_on, until, reason)])
    added = CorrectionTerm.objects.create(
        person=person, decided_on=decided_on, until=until, document=document.strip(), reason=reason.strip(),
        recorded_at=timezone.now(), recorded_by_id=scope.user_id,
    )  # fmt: skip
    _write(scope, person)
    return added


def _faults(scope: Scope, person: Person, on: date, document: str) -> Iterator[Refusal]:
    if person.stage not in MEMBERS:
        yield Refusal(f"“{person.name}”不是党员，不登记限期改正。", field="decided_on", remedy="请核对人员。")
    if on > scope.today:
        yield Refusal("决定日期不能晚于今天。", field="decided_on", remedy="请按决定文书填写。")
    if any(day and on < day for day in (person.birth_date, person.joined_on)):
        yield Refusal("决定日期早于加入党组织日期。", field="decided_on", remedy="请核对日期。")
    if not document.strip():
        yield Refusal("请填写决定文书的文号或者存放处。", field="document", remedy="以决定文书为准。")
    if CorrectionTerm.objects.filter(person=person, ended_on__isnull=True).exists():
        yield Refusal("已有一项限期改正没有结论。", field="decided_on", remedy="请先登记那一项的结论。")


def _term_faults(on: date, until: date, reason: str) -> Iterator[Refusal]:
    """Usually so many months, never more than the longest; both by the edition of the day of the decision."""
    if until <= on:
        yield Refusal("改正期满日期应晚于决定日期。", field="until", remedy="请按决定文书填写。")
        return
    for rule in ("disp.correct_limit", "disp.correct"):
        if not in_force(rule, on):
            continue
        found = value(rule, on)
        last = add_months(on, found.number)
        if until <= last:
            continue
        if rule == "disp.correct_limit":
            text = f"限期改正最长 {found.shown}，{on} 决定的最晚到 {last}，已超过 {(until - last).days} 天。"
            yield Refusal(text, field="until", rule=rule, on=on, remedy="请按决定文书核对期满日期。")
            return
        if len(reason.strip()) < SHORTEST_REASON:
            text = f"限期改正一般 {found.shown}（到 {last}），超过的须写明理由。"
            yield Refusal(text, field="reason", rule=rule, on=on, remedy="请按决定文书写明理由。")


@transaction.atomic
def conclude_correction(
    scope: Scope, person: Person, pk: int, *, on: date, conclusion: str, ending: str
) -> CorrectionTerm:
    """Note what was concluded: the member has changed, or has not by the last day; or the entry was a mistake. What
    follows (劝其退党) is a decision of its own and is entered as a change of the stage.

    Refuses an entry that has its conclusion, days before the decision or to come, and "not changed" before the last
    day. Records ``people.update_restricted``.
    """
    person = load(scope, person.pk, Right.EDIT_PERSON, lock=True)
    _refuse_oneself(scope, person)
    found = correction_term(scope, person, pk)
    if found.ended_on is not None:
        raise Refusal("这一项限期改正已有结论。", field="on", remedy="请返回核对。")
    faults = []
    if not found.decided_on <= on <= scope.today:
        faults.append(Refusal(f"日期应在 {found.decided_on} 与今天之间。", field="on", remedy="请核对日期。"))
    elif conclusion == CorrectionConclusion.UNCHANGED and on < found.until:
        text = f"改正期到 {found.until}，还没有期满。"
        faults.append(Refusal(text, field="conclusion", remedy="期满之后再登记“期满仍无转变”。"))
    if len(ending.strip()) < SHORTEST_REASON:
        faults.append(Refusal("请写明依据。", field="ending", remedy="结论文书的文号、存放处，或者登记有误的说明。"))
    refuse(faults)
    found.ended_on, found.conclusion, found.ending = on, conclusion, ending.strip()
    found.save(update_fields=["ended_on", "conclusion", "ending"])
    _write(scope, person)
    return found


def _refuse_oneself(scope: Scope, person: Person) -> None:
    if person.pk == scope.person_id:
        raise Refusal("本人的限期改正不能由本人登记。", remedy="请由上级党组织登记。")


def _write(scope: Scope, person: Person) -> None:
    """As with sanctions: the log is read by more people than the file."""
    record(scope, "people.update_restricted", object=person, organization_path=path_of(person), changes={})
