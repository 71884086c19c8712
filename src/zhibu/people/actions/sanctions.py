"""Party discipline as far as other work depends on it: from when until when it has effect, and by which paper."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.people.actions.writing import path_of, refuse
from zhibu.people.enums import MEMBERS, SanctionKind, StageKind
from zhibu.people.models import Person, Sanction
from zhibu.people.queries import person as load
from zhibu.people.queries import sanction
from zhibu.regulations.refusal import Refusal


@transaction.atomic
def record_sanction(scope: Scope, person: Person, *, kind: str, since: date, until: date, document: str) -> Sanction:
    """Note that a member is under a sanction. Refuses others than members, oneself, days to come, before birth or
    joining, and a second one of the kind that runs on that day. Records ``people.update_restricted``."""
    person = load(scope, person.pk, Right.EDIT_PERSON, lock=True)
    _refuse_oneself(scope, person)
    faults = []
    if person.stage not in MEMBERS | {StageKind.SUSPENDED}:
        faults.append(Refusal(f"“{person.name}”不是党员，不登记党纪处分。", field="kind", remedy="请核对人员。"))
    if since > scope.today:
        faults.append(Refusal("日期不能晚于今天。", field="since", remedy="请按处分决定填写。"))
    if any(day and since < day for day in (person.birth_date, person.joined_on)):
        faults.append(Refusal("处分日期早于加入党组织日期。", field="since", remedy="请核对日期。"))
    if until < since:
        faults.append(Refusal("影响期满日期早于处分日期。", field="until", remedy="请按处分决定填写。"))
    if not document.strip():
        faults.append(Refusal("请填写处分决定的文号或者存放处。", field="document", remedy="以处分决定为准。"))
    same = Sanction.objects.filter(person=person, kind=kind, is_withdrawn=False, ended_on__isnull=True)
    if same.filter(since__lte=until, until__gte=since).exists():
        text = f"“{SanctionKind(kind).label}”在这一期间已经登记。"
        faults.append(Refusal(text, field="since", remedy="登记有误的，请先撤回原来的登记。"))
    refuse(faults)
    added = Sanction.objects.create(
        person=person, kind=kind, since=since, until=until, document=document.strip(), recorded_at=timezone.now(),
        recorded_by_id=scope.user_id,
    )  # fmt: skip
    _write(scope, person)
    return added


@transaction.atomic
def end_sanction(scope: Scope, person: Person, pk: int, *, on: date, is_wrong: bool, reason: str) -> Sanction:
    """The sanction was lifted or the rights were restored on ``on``; or (``is_wrong``) it was entered by mistake. The
    row stays. Refuses one that has ended already. Records ``people.update_restricted``."""
    person = load(scope, person.pk, Right.EDIT_PERSON, lock=True)
    _refuse_oneself(scope, person)
    found = sanction(scope, person, pk)
    if found.is_withdrawn or found.ended_on is not None:
        raise Refusal("这一项处分已经结束。", field="on", remedy="请返回核对。")
    if not found.since <= on <= scope.today:
        raise Refusal(f"日期应在 {found.since} 与今天之间。", field="on", remedy="请核对日期。")
    if len(reason.strip()) < 4:
        raise Refusal("请写明依据。", field="reason", remedy="恢复党员权利、撤销处分的文号，或者登记有误的说明。")
    found.ended_on, found.is_withdrawn, found.ending = on, is_wrong, reason.strip()
    found.save(update_fields=["ended_on", "is_withdrawn", "ending"])
    _write(scope, person)
    return found


def _refuse_oneself(scope: Scope, person: Person) -> None:
    if person.pk == scope.person_id:
        raise Refusal("本人的处分不能由本人登记。", remedy="请由上级党组织登记。")


def _write(scope: Scope, person: Person) -> None:
    """The log is read by more people than the file: it does not tell that there is a sanction, nor which."""
    record(scope, "people.update_restricted", object=person, organization_path=path_of(person), changes={})
