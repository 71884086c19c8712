"""Registering people and correcting their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations.models import Organization
from zhibu.people.actions.writing import (
    disagreeing,
    doubled,
    fill,
    in_words,
    path_of,
    refuse,
    shift_stage,
    written,
)
from zhibu.people.enums import CULTIVATED, MEMBERS, Entry, StageKind, StageOrigin
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.people.queries import person as load
from zhibu.people.queries.roster import TIE_KINDS
from zhibu.people.rules.fields import cleaned
from zhibu.people.rules.stages import too_young
from zhibu.people.signals import roster_changing
from zhibu.regulations.refusal import Refusal

AT_REGISTRATION = tuple(sorted(MEMBERS | CULTIVATED))


@transaction.atomic
def register(
    scope: Scope,
    *,
    organization: Organization,
    stage: str,
    on: date,
    fields: Mapping[str, Any],
    entry: str = Entry.COLLECTED,
    basis: str = "",
) -> Person:
    """Open a file for somebody who belongs to a branch from ``on`` at this stage.

    Refuses doubles, wrong numbers and codes, contradicting dates, an age under eighteen, and a branch that cannot have
    people. Members get the stages that their two dates tell. Records ``people.register``.
    """
    scope.require(Right.EDIT_PERSON, organization.path)
    values = cleaned(fields, scope.today)
    faults = list(_registration_faults(scope, organization, stage, on, values))
    person = Person(organization=organization, stage=stage)
    changed = fill(person, values)
    refuse(faults + disagreeing(person) + doubled(scope, person))
    roster_changing.send(Person, scope=scope, persons=[], organizations=[organization], on=on, procedure="")

    person.save(force_insert=True)
    course = [(kind, since, until) for kind, since, until in _course(person, on)]
    Stage.objects.bulk_create(
        Stage(
            person=person,
            organization=organization,
            kind=kind,
            started_on=since,
            ended_on=until,
            basis=basis,
            origin="" if kind == StageKind.APPLICANT else StageOrigin.COLLECTED,
        )
        for kind, since, until in course
    )
    Affiliation.objects.create(person=person, organization=organization, started_on=on, entry=entry)
    changes = {**in_words(changed), "stage": ["", StageKind(stage).label], "on": on.isoformat()}
    record(
        scope,
        "people.register",
        object=person,
        organization_path=organization.path,
        changes=changes,
        reason=basis,
    )
    return person


def _registration_faults(
    scope: Scope, organization: Organization, stage: str, on: date, values: Mapping[str, Any]
) -> Iterator[Refusal]:
    if organization.kind not in TIE_KINDS or organization.dissolved_on is not None:
        yield Refusal(
            f"“{organization}”不是现有的党支部，不能登记人员。", field="organization", remedy="请选择党支部。"
        )
    if stage not in AT_REGISTRATION:
        yield Refusal("登记时的人员类别只能是申请人至正式党员。", field="stage", remedy="请重新选择。")
    if not values.get("name"):
        yield Refusal("请填写姓名。", field="name")
    if on > scope.today:
        yield Refusal("进入支部日期不能晚于今天。", field="on", remedy="请核对日期。")
    if stage in MEMBERS and not values.get("joined_on"):
        yield Refusal("登记党员须填写加入党组织日期。", field="joined_on", remedy="请按档案填写支部大会通过的日期。")
    if stage == StageKind.FULL and not values.get("confirmed_on"):
        yield Refusal("登记正式党员须填写转为正式党员日期。", field="confirmed_on", remedy="请按档案填写。")
    if stage != StageKind.FULL and values.get("confirmed_on"):
        yield Refusal("还不是正式党员的，不填转为正式党员日期。", field="confirmed_on", remedy="请清空，或改人员类别。")
    if stage in CULTIVATED and values.get("joined_on"):
        yield Refusal("还没有入党的，不填加入党组织日期。", field="joined_on", remedy="请清空，或改人员类别。")
    young = too_young(values.get("birth_date"), values.get("joined_on") or on)
    if young is not None:
        yield Refusal(f"{young.message}，{young.not_before} 才满。", field="birth_date", rule=young.rule, on=on)


def _course(person: Person, on: date) -> Iterator[tuple[str, date, date | None]]:
    """The stages that the collected dates tell: (kind, from, until)."""
    joined, confirmed = person.joined_on, person.confirmed_on
    if person.stage == StageKind.FULL and joined and confirmed:
        if joined < confirmed:
            yield StageKind.PROBATIONARY, joined, confirmed
        yield StageKind.FULL, confirmed, None
    elif person.stage == StageKind.PROBATIONARY and joined:
        yield StageKind.PROBATIONARY, joined, None
    elif person.stage == StageKind.EXTENDED and joined:
        # The day of the extension is not among the collected fields; `on` is the nearest that is known.
        yield StageKind.PROBATIONARY, joined, max(on, joined)
        yield StageKind.EXTENDED, max(on, joined), None
    else:
        yield person.stage, on, None


@transaction.atomic
def update(
    scope: Scope, person: Person, fields: Mapping[str, Any], *, reason: str = "", version: str = ""
) -> list[str]:
    """Write new values into a file; gives the names of the changed fields.

    ``version`` is the ``updated_at`` (ISO) that the reader saw: refuses when somebody else wrote since. Refuses what
    `register` refuses. A corrected 加入 or 转正 date moves the stage that began on it. Records ``people.update``.
    """
    person = load(scope, person.pk, Right.EDIT_PERSON, lock=True)
    if version and version != person.updated_at.isoformat():
        raise Refusal(
            "您打开之后，这份档案已由别人修改，本次没有保存。",
            remedy="请在新页面打开档案核对，再重新填写有差别的项目。",
        )
    return write(scope, person, fields, verb="people.update", reason=reason)


def write(scope: Scope, person: Person, fields: Mapping[str, Any], *, verb: str, reason: str = "") -> list[str]:
    """`update` for a file that is already locked and allowed (also used when a request is approved)."""
    changed = fill(person, cleaned(fields, scope.today))
    if not changed:
        return []
    faults = [] if person.name else [Refusal("姓名不能为空。", field="name")]
    faults += disagreeing(person) if changed.keys() & {"birth_date", "joined_on", "confirmed_on"} else []
    faults += doubled(scope, person) if changed.keys() & {"id_number", "number"} else []
    faults += _lost_dates(person, changed)
    refuse(faults)
    for name, kind in (("joined_on", StageKind.PROBATIONARY), ("confirmed_on", StageKind.FULL)):
        old, new = changed.get(name, (None, None))
        if old and new:
            shift_stage(person, kind, old, new)
    person.save(update_fields=written(changed))
    record(
        scope, verb, object=person, organization_path=path_of(person), changes=in_words(changed), reason=reason
    )  # fmt: skip
    return list(changed)


def _lost_dates(person: Person, changed: Mapping[str, Any]) -> Iterator[Refusal]:
    """A member's dates may be corrected, not taken away."""
    if "joined_on" in changed and not person.joined_on and person.stage in MEMBERS:
        yield Refusal("党员的加入党组织日期不能清空。", field="joined_on", remedy="请填写正确的日期。")
    if "confirmed_on" in changed and not person.confirmed_on and person.stage == StageKind.FULL:
        yield Refusal("正式党员的转为正式党员日期不能清空。", field="confirmed_on", remedy="请填写正确的日期。")
    if "confirmed_on" in changed and person.confirmed_on and person.stage not in {StageKind.FULL, StageKind.SUSPENDED}:
        yield Refusal("还不是正式党员。", field="confirmed_on", remedy="转正请办理“变更人员类别”。")
