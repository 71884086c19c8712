"""Members who are away for long, members whose contact is lost, and the contacts made with them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.people.actions.stages import set_stage
from zhibu.people.actions.writing import path_of, refuse
from zhibu.people.enums import GONE, MEMBERS, ContactPurpose, ContactWay, StageKind, WayOut
from zhibu.people.models import Contact, Mobility, Person, Stage
from zhibu.people.queries import person as load
from zhibu.people.rules.contact import refuse_mobility
from zhibu.regulations.refusal import Refusal

SHORTEST_REASON = 4


@transaction.atomic
def mark_lost(scope: Scope, person: Person, *, since: date, reason: str = "") -> None:
    """Contact is lost since the last organization life or dues. Records ``people.mark_lost``."""
    person = load(scope, person.pk, Right.EDIT_PERSON, lock=True)
    if person.stage in GONE:
        raise Refusal(f"“{person.name}”已经离开，不再登记失联。")
    if person.is_lost:
        raise Refusal(f"“{person.name}”自 {person.lost_since} 起已登记为失联。", remedy="找到后请登记取得联系。")
    if since > scope.today:
        raise Refusal("失去联系日期不能晚于今天。", field="since", remedy="填最近一次参加组织生活或交纳党费的日期。")
    if person.joined_on and since < person.joined_on:
        raise Refusal("失去联系日期早于加入党组织日期。", field="since", remedy="请核对日期。")
    _write(scope, person, "people.mark_lost", reason, is_lost=True, lost_since=since)


@transaction.atomic
def mark_found(scope: Scope, person: Person, *, reason: str) -> None:
    """Contact is restored. ``reason`` says how. Records ``people.mark_found``."""
    person = load(scope, person.pk, Right.EDIT_PERSON, lock=True)
    if not person.is_lost:
        raise Refusal(f"“{person.name}”没有登记为失联。")
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refusal("请写明怎样取得联系。", field="reason", remedy="至少四个字，如“电话联系到本人”。")
    _write(scope, person, "people.mark_found", reason, is_lost=False, lost_since=None)


@transaction.atomic
def mark_mobile(
    scope: Scope,
    person: Person,
    *,
    destination: str,
    since: date | None = None,
    expected_on: date | None = None,
    is_abroad: bool = False,
    host: str = "",
    keeper: Person | None = None,
    reason: str = "",
) -> None:
    """Register a member as away (流动党员 第三十二条), or put a registration right that runs already.

    ``destination`` is 省、市、县 (or the country); without ``since`` today. Refuses people who have left, a day in the
    future, and an absence shorter than the rule's. Records ``people.mark_mobile``.
    """
    person = load(scope, person.pk, Right.EDIT_PERSON, lock=True)
    if person.stage in GONE:
        raise Refusal(f"“{person.name}”已经离开，不再登记流动。")
    destination = " ".join(destination.split())[:100]
    running = Mobility.objects.select_for_update().filter(person=person, ended_on__isnull=True).first()
    begun = since or (running.since if running else scope.today)
    found = (
        [Refusal("请填写外出流向。", field="destination", remedy="写明省、市、县。")] if len(destination) < 2 else []
    )
    last = Mobility.objects.filter(person=person, ended_on__isnull=False).order_by("-ended_on").first()
    refuse([*found, *refuse_mobility(begun, expected_on, scope.today, last.ended_on if last else None)])
    values = {
        "place": destination, "since": begun, "expected_on": expected_on, "is_abroad": is_abroad,
        "host": host.strip(), "keeper": keeper,
    }  # fmt: skip
    Mobility.objects.update_or_create(person=person, ended_on=None, defaults=values)
    _write(scope, person, "people.mark_mobile", reason, is_mobile=True, mobile_destination=destination)


@transaction.atomic
def mark_returned(scope: Scope, person: Person, *, on: date | None = None, reason: str = "") -> None:
    """Back, or transferred; from ``on`` (without it, today). Records ``people.mark_returned``."""
    person = load(scope, person.pk, Right.EDIT_PERSON, lock=True)
    if not person.is_mobile:
        raise Refusal(f"“{person.name}”没有登记为流动党员。")
    day = on or scope.today
    running = Mobility.objects.select_for_update().filter(person=person, ended_on__isnull=True).first()
    if day > scope.today:
        raise Refusal("返回日期不能晚于今天。", field="on", remedy="请在返回之后登记。")
    if running is not None and day < running.since:
        raise Refusal(f"返回日期早于外出日期 {running.since}。", field="on", remedy="请核对日期。")
    if running is not None:
        running.ended_on = day
        running.save(update_fields=["ended_on"])
    _write(scope, person, "people.mark_returned", reason, is_mobile=False, mobile_destination="")


@transaction.atomic
def record_contact(
    scope: Scope, person: Person, *, on: date, way: str, purpose: str, is_reached: bool, by: Person | None = None
) -> Contact:
    """Write down that contact was made or sought, by whom and how; nothing of what was said.

    Refuses people who are neither away nor lost, a search for somebody who is not lost, and days in the future or
    before the absence began. Records ``people.record_contact``.
    """
    person = load(scope, person.pk, Right.EDIT_PERSON, lock=True)
    found = []
    if not (person.is_mobile or person.is_lost):
        text = f"“{person.name}”没有登记为流动党员，也没有登记为失联。"
        found.append(Refusal(text, remedy="一般的谈心谈话请在组织生活中登记。"))
    if on > scope.today:
        found.append(Refusal("日期不能晚于今天。", field="on", remedy="请在联系之后登记。"))
    if purpose == ContactPurpose.SEARCH and not person.is_lost:
        found.append(Refusal(f"“{person.name}”没有登记为失联。", field="purpose", remedy="请先登记失联。"))
    running = Mobility.objects.filter(person=person, ended_on__isnull=True).first()
    if purpose == ContactPurpose.KEEP and running is not None and on < running.since:
        found.append(Refusal(f"日期早于外出日期 {running.since}。", field="on", remedy="请核对日期。"))
    if purpose == ContactPurpose.SEARCH and person.lost_since and on < person.lost_since:
        found.append(Refusal(f"日期早于失去联系的日期 {person.lost_since}。", field="on", remedy="请核对日期。"))
    refuse(found)
    contact = Contact.objects.create(
        person=person, on=on, way=ContactWay(way), purpose=ContactPurpose(purpose), is_reached=is_reached, by=by,
        recorded_at=timezone.now(), recorded_by_id=scope.user_id,
    )  # fmt: skip
    record(
        scope, "people.record_contact", object=person, organization_path=path_of(person), changes={"on": on.isoformat()}
    )
    return contact


@transaction.atomic
def stop_membership(scope: Scope, person: Person, *, on: date, basis: str, reason: str = "") -> Stage:
    """Enter the decision to stop the membership of somebody who is lost (党员教育管理工作条例 第二十四条).

    The decision is made by people; ``basis`` is its paper. Refuses before the rule's time, without the paper, and,
    unless a reason says why, without any search on record. Records ``people.set_stage``.
    """
    person = _lost(scope, person, basis)
    searched = Contact.objects.filter(person=person, purpose=ContactPurpose.SEARCH, on__gte=person.lost_since).exists()
    if not searched and len(reason.strip()) < SHORTEST_REASON:
        text = "还没有登记查找的记录，多方查找无果的才能停止党籍。"
        remedy = "请先登记查找记录；查找情况只有纸质记录的，请写明。"
        raise Refusal(text, field="reason", rule="lost.stop", on=on, remedy=remedy)
    if person.stage not in MEMBERS:
        raise Refusal(f"“{person.name}”目前是“{person.get_stage_display()}”，不能停止党籍。", remedy="请核对人员类别。")
    return set_stage(scope, person, StageKind.SUSPENDED, on=on, basis=basis, reason=reason)


@transaction.atomic
def remove_lost(scope: Scope, person: Person, *, on: date, basis: str, reason: str = "") -> Stage:
    """Enter the decision to remove somebody who is still lost so long after the membership was stopped (第二十四条).

    Refuses before the rule's time, without the paper, and who is not stopped. Records ``people.set_stage``.
    """
    person = _lost(scope, person, basis)
    if person.stage != StageKind.SUSPENDED:
        text = f"“{person.name}”目前是“{person.get_stage_display()}”，没有停止党籍，不能按自行脱党除名。"
        raise Refusal(text, rule="lost.remove", on=on, remedy="请先办理停止党籍。")
    return set_stage(scope, person, StageKind.LEFT, on=on, way_out=WayOut.REMOVED_ABSENT, basis=basis, reason=reason)


def _lost(scope: Scope, person: Person, basis: str) -> Person:
    person = load(scope, person.pk, Right.EDIT_PERSON, lock=True)
    if not person.is_lost:
        text = f"“{person.name}”没有登记为失联。"
        raise Refusal(text, remedy="已经取得联系的，不按失联处理；其他情形请在“变更人员类别”中办理。")
    if len(basis.strip()) < SHORTEST_REASON:
        raise Refusal("请填写决定的文号或会议名称和日期。", field="basis", remedy="本页只登记党组织已经作出的决定。")
    return person


def _write(scope: Scope, person: Person, verb: str, reason: str, **values: Any) -> None:
    changes = {}
    for name, new in values.items():
        changes[name] = [getattr(person, name), new]
        setattr(person, name, new)
    person.save(update_fields=[*values, "updated_at"])
    record(scope, verb, object=person, organization_path=path_of(person), changes=changes, reason=reason)
