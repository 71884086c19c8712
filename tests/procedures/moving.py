"""Sending people from branch to branch as the offices would: one step a call, by whoever may take it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tests.cast import TODAY, Cast, make_organization, make_person
from zhibu.accounts.scope import Scope
from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.procedures import actions
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, Entry
from zhibu.procedures.transfers import actions as transfers
from zhibu.procedures.transfers.actions import Outside
from zhibu.procedures.transfers.enums import TransferKind

FARAWAY = Outside(TransferKind.PAPER, "中共虚构市虚构区委组织部", "虚构科技有限公司党支部")
CONTENT = {"valid_days": 90, "dues_until": "2026-11", "original_collected": True}


def traveller(cast: Cast, name: str = "钱行", serial: int = 600, **more: Any) -> Person:
    return make_person(name, cast.branch, serial=serial, **more)


def second_branch(cast: Cast) -> Organization:
    return make_organization("本科生第二党支部", cast.faculty)


def office(cast: Cast, on: date = TODAY) -> Scope:
    """Who may everything: the school's organization department."""
    return replace(cast.scope(cast.office), today=on)


def take(scope: Scope, case: Case, step: str, on: date | None = None, outcome: str | None = None, **more: Any) -> Entry:
    """Take a step with everything it needs; ``more`` puts other values in their place."""
    case.refresh_from_db()
    one = procedure(case.procedure)[step]
    content = {name: CONTENT[name] for name in one.inputs} | more.pop("data", {})
    chosen = outcome if outcome is not None else (one.outcomes[0].id if one.outcomes else "")
    day = on or scope.today
    return actions.take(
        scope, case.pk, step, version=case.version, on=day, outcome=chosen, data=content, **{"reason": "", **more}
    )


def sent_out(cast: Cast, person: Person, on: date = TODAY, **more: Any) -> Case:
    """A transfer out of the university whose letter is on its way since ``on``."""
    scope = office(cast, on)
    case = transfers.request(scope, person, outside=FARAWAY)
    take(scope, case, "consent")
    take(scope, case, "sent", **more)
    return case


def where(person: Person) -> tuple[Organization | None, int]:
    """The responsible organization, and how many ties are open."""
    person.refresh_from_db()
    return person.organization, person.affiliations.filter(ended_on__isnull=True).count()
