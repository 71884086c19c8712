"""Members whose contact is lost, and members who are away for long."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.people.actions.writing import path_of, safe
from zhibu.people.enums import GONE
from zhibu.people.models import Person
from zhibu.people.queries import person as load
from zhibu.regulations.refusal import Refusal


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
    if len(reason.strip()) < 4:
        raise Refusal("请写明怎样取得联系。", field="reason", remedy="至少四个字，如“电话联系到本人”。")
    _write(scope, person, "people.mark_found", reason, is_lost=False, lost_since=None)


@transaction.atomic
def mark_mobile(scope: Scope, person: Person, *, destination: str, reason: str = "") -> None:
    """Away for six months or more without transfer; ``destination`` is 省、市、县. Records ``people.mark_mobile``."""
    person = load(scope, person.pk, Right.EDIT_PERSON, lock=True)
    if person.stage in GONE:
        raise Refusal(f"“{person.name}”已经离开，不再登记流动。")
    destination = " ".join(destination.split())[:100]
    if len(destination) < 2:
        raise Refusal("请填写外出流向。", field="destination", remedy="写明省、市、县。")
    _write(scope, person, "people.mark_mobile", reason, is_mobile=True, mobile_destination=destination)


@transaction.atomic
def mark_returned(scope: Scope, person: Person, *, reason: str = "") -> None:
    """Back, or transferred. Records ``people.mark_returned``."""
    person = load(scope, person.pk, Right.EDIT_PERSON, lock=True)
    if not person.is_mobile:
        raise Refusal(f"“{person.name}”没有登记为流动党员。")
    _write(scope, person, "people.mark_returned", reason, is_mobile=False, mobile_destination="")


def _write(scope: Scope, person: Person, verb: str, reason: str, **values: Any) -> None:
    changes = {}
    for name, new in values.items():
        changes[name] = [getattr(person, name), new]
        setattr(person, name, new)
    person.save(update_fields=[*values, "updated_at"])
    record(scope, verb, object=person, organization_path=path_of(person), changes=changes, reason=safe(reason))
