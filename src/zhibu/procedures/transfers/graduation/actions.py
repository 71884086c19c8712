"""What can be done with leavers: gathering the list, filling rows, keeping who stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.people.enums import MEMBERS
from zhibu.procedures.enums import LIVING, Actor
from zhibu.procedures.models import Case
from zhibu.procedures.queries.actors import acting, may_act
from zhibu.procedures.transfers.enums import Destination, ReceiverKind
from zhibu.procedures.transfers.graduation import queries, rules
from zhibu.procedures.transfers.graduation.rules import Going
from zhibu.procedures.transfers.models import Leaver
from zhibu.regulations.refusal import Refusal, Refusals


@transaction.atomic
def gather(scope: Scope, season: int) -> int:
    """Put every member who graduates in that year into the list; gives how many were added. Records
    ``procedures.leavers``."""
    scope.require(Right.HANDLE_CASE)
    if not 2000 <= season <= scope.today.year + 1:
        raise Refusal(f"毕业年份应在 2000 与 {scope.today.year + 1} 之间。", field="season")
    people = queries.graduates(scope, season).select_related(None).only("pk")
    found = [Leaver(person=person, season=season) for person in people]
    Leaver.objects.bulk_create(found, batch_size=1000, ignore_conflicts=True)
    if found:
        path = scope.home.path if scope.home else ""
        record(scope, "procedures.leavers", organization_path=path, changes={"season": season, "count": len(found)})
    return len(found)


@transaction.atomic
def save(scope: Scope, pk: int, going: Going, *, version: int | None = None) -> Leaver:
    """Write where a leaver goes. ``version`` is what the reader saw: refuses when somebody else wrote since.

    Refuses rows whose transfer is under way or done, people who have left, and what `rules.faults` names; what is only
    missing is told when the letter is to be given. The same values again change nothing. Records ``procedures.leaver``.
    """
    row = queries.leaver(scope, pk, lock=True)
    scope.require(Right.HANDLE_CASE, _path(row))
    going = going.completed()
    if version is not None and version != row.version:
        raise Refusal("这一行刚才已由别人修改。", remedy="请核对最新的内容，再决定是否修改。")
    faults = [*_standing(row), *rules.faults(going, scope.today)]
    if faults:
        raise Refusals(faults)
    changed = write(row, going, scope.today)
    if changed:
        row.save(update_fields=[*changed, "version"])
        record(
            scope, "procedures.leaver", object=row, organization_path=_path(row),
            changes={name: str(getattr(row, name) or "") for name in changed},
        )  # fmt: skip
    return row


def _standing(row: Leaver) -> list[Refusal]:
    if row.person.stage not in MEMBERS:
        text = f"“{row.person.name}”目前是“{row.person.get_stage_display()}”。"
        return [Refusal(text, remedy="已经转出或离开的不再修改。")]
    if row.case is not None and row.case.state in LIVING:
        return [Refusal("转接已经送审，不能再改去向。", remedy="需要修改的，先在转接事项中终止，再重新登记。")]
    return []


def write(row: Leaver, going: Going, today: date) -> list[str]:
    """Put the values into the row, with what follows from them; gives the names of the changed. Not saved."""
    values = {name: " ".join(text.split()) if isinstance(text, str) else text for name, text in asdict(going).items()}
    stays = going.receiver_kind == ReceiverKind.STAY
    same = stays and row.receiver_kind == ReceiverKind.STAY and row.destination == going.destination
    if not same:
        values["stays_until"] = rules.stays_until(going.destination, graduated(row), today) if stays else None
        values["extended_for"] = ""
    if row.case is not None and row.case.state not in LIVING:
        values["case"] = None  # an earlier attempt was called off
    changed = [name for name, new in values.items() if getattr(row, name) != new]
    for name in changed:
        setattr(row, name, values[name])
    row.version += bool(changed)
    return changed


def graduated(row: Leaver) -> date:
    """The day from which the limits count; without one on file, the usual end of the academic year."""
    return row.person.graduates_on or date(row.season, 7, 1)


def _path(row: Leaver) -> str:
    return row.person.organization.path if row.person.organization else ""


@transaction.atomic
def extend_stay(scope: Scope, pk: int, *, reason: str) -> Leaver:
    """The committee consents to a longer stay in a special case, once. Refuses without a reason, for those abroad, and
    a second time. Records ``procedures.leaver``."""
    row = queries.leaver(scope, pk, lock=True)
    _require_committee(scope, row)
    if row.receiver_kind != ReceiverKind.STAY or row.destination == Destination.ABROAD or row.stays_until is None:
        text = "只有未落实单位、组织关系留校的可以延长。"
        raise Refusal(text, rule="move.stay_extension", on=scope.today, remedy="请核对去向。")
    if row.extended_for:
        raise Refusal(
            f"已经延长到 {row.stays_until}，不能再延长。", rule="move.stay_extension", on=scope.today,
            remedy="请办理转出。",
        )  # fmt: skip
    if len(reason.strip()) < 4:
        raise Refusal("请写明延长的特殊情况。", field="reason", rule="move.stay_extension", on=scope.today)
    row.stays_until, row.extended_for = rules.extended_until(graduated(row), scope.today), reason.strip()[:200]
    _keep(scope, row, {"stays_until": row.stays_until.isoformat()}, reason, "extended_for")
    return row


@transaction.atomic
def contact(scope: Scope, pk: int, *, on: date) -> Leaver:
    """Whoever stays was spoken to on that day. Refuses the future and a day before the last. Records
    ``procedures.leaver``."""
    row = queries.leaver(scope, pk, lock=True)
    scope.require(Right.HANDLE_CASE, _path(row))
    if row.receiver_kind != ReceiverKind.STAY:
        raise Refusal("这名党员的组织关系没有保留在本校。", remedy="请核对去向。")
    if on > scope.today:
        raise Refusal("联系日期不能晚于今天。", field="on", remedy="请在联系之后登记。")
    if row.contacted_on is not None and on < row.contacted_on:
        raise Refusal(f"早于上一次联系的日期 {row.contacted_on}。", field="on", remedy="请核对日期。")
    row.contacted_on = on
    _keep(scope, row, {"contacted_on": on.isoformat()}, "")
    return row


def _keep(scope: Scope, row: Leaver, changes: Mapping[str, str], reason: str, *more: str) -> None:
    row.version += 1
    row.save(update_fields=[*changes, *more, "version"])
    record(scope, "procedures.leaver", object=row, organization_path=_path(row), changes=dict(changes), reason=reason)


def _require_committee(scope: Scope, row: Leaver) -> None:
    assert row.person.organization is not None
    case = Case(organization=row.person.organization)
    nodes = acting(case)
    if not may_act(scope, case, Actor.APPROVER, nodes):
        raise PermissionDenied(f"延长由“{nodes[Actor.APPROVER]}”同意。需要延长的，请联系该组织。")


def record_template(scope: Scope, label: str, count: int) -> None:
    """Whose names went out in a workbook to be filled in. Records ``export``."""
    record(scope, "export", changes={"list": f"毕业去向表 {label}", "rows": count})
