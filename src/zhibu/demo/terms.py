"""Elections under way where a term ends or has ended; registrations and contacts of members who are away or lost."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from zhibu.organizations.enums import BRANCH_KINDS, PostKind
from zhibu.organizations.models import Tenure, Term
from zhibu.organizations.rules import term_rule
from zhibu.people.enums import MEMBERS, ContactPurpose, ContactWay, StageKind
from zhibu.people.models import Contact, Mobility, Person
from zhibu.procedures.actions.common import open_rows
from zhibu.procedures.enums import EntryKind
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, Entry, OpenStep
from zhibu.procedures.queries import acting, marks_of
from zhibu.procedures.rules.findings import Facts
from zhibu.procedures.state import fold
from zhibu.regulations.dates import add_months
from zhibu.regulations.queries import value

KEY = "election"
STEPS = ("remind", "request", "reply", "candidates", "candidates_reply", "meeting")
WITHOUT = 2  # of three terms that end, the one for which nobody has begun
PLACES = ("虚构省云溪县", "虚构省松鹤市", "虚构省明理市")
ABROAD = ("虚构国甲城", "虚构国乙城")


def terms(seed: int, today: date) -> dict[str, int]:
    """Write them; gives how many rows of each table."""
    rng, now = Random(seed), timezone.now()
    return {**_elections(rng, today, now), **_away(rng, today, now)}


def _elections(rng: Random, today: date, now: datetime) -> dict[str, int]:
    ahead = value("org.remind", today).number
    due = Term.objects.filter(ended_on=None, organization__dissolved_on=None, organization__kind__in=BRANCH_KINDS)
    due = due.filter(due_on__lte=add_months(today, ahead)).select_related("organization").order_by("pk")
    shape, entries, rows = procedure(KEY), [], []
    chosen = [one for place, one in enumerate(due) if place % 3 != WITHOUT][:12]
    made = Case.objects.bulk_create(
        Case(procedure=KEY, organization=one.organization, opened_on=today - timedelta(days=rng.randint(30, 60)))
        for one in chosen
    )
    for number, (case, term) in enumerate(zip(made, chosen, strict=True)):
        own = _entries(case, term, STEPS[: number % len(STEPS) + 1], rng, now)
        case.version = len(own)
        entries += own
        rows += open_rows(shape, fold(shape, marks_of(own)), Facts(), case, acting(case), today)
    Case.objects.bulk_update(made, ["version"])
    Entry.objects.bulk_create(entries)
    OpenStep.objects.bulk_create(rows)
    return {"procedures.Case（换届）": len(made), "procedures.Entry（换届）": len(entries)}


def _entries(case: Case, term: Term, steps: tuple[str, ...], rng: Random, now: datetime) -> list[Entry]:
    """The first steps of an election, each some days after the one before."""
    node, day, found = case.organization, case.opened_on, list[Entry]()
    full = list(Person.objects.filter(organization__path__startswith=node.path, stage=StageKind.FULL).order_by("pk"))
    usual, least = value("org.committee_size", day).range, value("org.committee_min", day).number
    seats = usual.min if len(full) >= least else 1
    named = [one.pk for one in full[: seats + 1]]
    entitled = len(full)
    votes = {str(pk): entitled - 1 if place < seats else entitled // 3 for place, pk in enumerate(named)}
    content: dict[str, dict[str, Any]] = {
        "remind": {"term_rule": term_rule(node), "term_due": term.due_on.isoformat()},
        "request": {"seats": seats},
        "candidates": {"people": named, "candidates_cleared": True},
        "meeting": {
            "entitled": entitled, "present": entitled, "handed_out": entitled, "returned": entitled,
            "votes": votes, "people": named[:seats],
        },
    }  # fmt: skip
    shape = procedure(KEY)
    for step in steps if entitled > seats + 2 else steps[:2]:
        outcomes = shape[step].outcomes
        late = step == "meeting" and day > term.due_on
        found.append(
            Entry(
                case=case, position=len(found) + 1, kind=EntryKind.DONE, step=step, on=day, organization=node,
                outcome=outcomes[0].id if outcomes else "", data=content.get(step, {}), recorded_at=now,
                reason="届满后补办换届，已报告上级党组织" if late else "",
            )
        )  # fmt: skip
        day += timedelta(days=rng.randint(2, 5))
    return found


def _away(rng: Random, today: date, now: datetime) -> dict[str, int]:
    keepers = dict(
        Tenure.objects.filter(post=PostKind.SECRETARY, ended_on=None).values_list("organization_id", "person_id")
    )
    registered, made = [], []
    for person in Person.objects.filter(is_mobile=True, stage__in=MEMBERS).only("pk", "organization_id").order_by("pk"):
        if rng.random() < 0.15:
            continue  # only the collected fields: to be completed
        since, abroad = add_months(today, -rng.randint(7, 20)), rng.random() < 0.4
        keeper = keepers.get(person.organization_id or 0)
        registered.append(
            Mobility(
                person=person, place=rng.choice(ABROAD if abroad else PLACES), since=since, is_abroad=abroad,
                expected_on=add_months(today, rng.randint(1, 12)), keeper_id=keeper,
                host="" if abroad or rng.random() < 0.5 else "云溪县流动党员党支部",
            )
        )  # fmt: skip
        for back in range(rng.randint(1, 3)):
            on = today - timedelta(days=rng.randint(20, 160) + 170 * back)
            if on > since:
                made.append(_contact(person, on, ContactPurpose.KEEP, rng, keeper, now, is_reached=True))
    for person in Person.objects.filter(is_lost=True).only("pk", "lost_since", "organization_id").order_by("pk"):
        days = (today - person.lost_since).days if person.lost_since else 0
        keeper = keepers.get(person.organization_id or 0)
        for _ in range(rng.randint(1, 4) if days > 30 else 0):
            on = today - timedelta(days=rng.randint(1, days - 1))
            made.append(_contact(person, on, ContactPurpose.SEARCH, rng, keeper, now, is_reached=False))
    Mobility.objects.bulk_create(registered)
    Contact.objects.bulk_create(made)
    Person.objects.bulk_update(
        [Person(pk=one.person_id, mobile_destination=one.place) for one in registered], ["mobile_destination"]
    )
    return {Mobility._meta.label: len(registered), Contact._meta.label: len(made)}


def _contact(
    person: Person, on: date, purpose: str, rng: Random, keeper: int | None, now: datetime, *, is_reached: bool
) -> Contact:
    ways = [ContactWay.PHONE, ContactWay.MESSAGE, ContactWay.MAIL] if is_reached else list(ContactWay)
    return Contact(
        person=person,
        on=on,
        way=rng.choice(ways),
        purpose=purpose,
        is_reached=is_reached,
        by_id=keeper,
        recorded_at=now,
    )
