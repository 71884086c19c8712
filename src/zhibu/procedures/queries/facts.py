"""What the rules need to know about the subject of a case, read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from zhibu.archive.queries import held_kinds
from zhibu.organizations.enums import BRANCH_KINDS, COMMITTEE_POSTS
from zhibu.organizations.models import Organization, Tenure, Term
from zhibu.organizations.rules import term_due
from zhibu.people.enums import MEMBERS, StageKind
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.people.queries import sanctioned, within
from zhibu.people.rules.stages import BARRED
from zhibu.procedures.definition import Step
from zhibu.procedures.enums import Actor, Circumstance
from zhibu.procedures.models import Case, Entry
from zhibu.procedures.numbered.queries import register_of
from zhibu.procedures.numbered.rules import Register, normal
from zhibu.procedures.queries.actors import acting
from zhibu.procedures.queries.voters import is_named_in_writing, voters
from zhibu.procedures.rules.ballot import elected, seats_of, standing
from zhibu.procedures.rules.findings import Facts, Named, said
from zhibu.procedures.state import State
from zhibu.regulations.dates import add_years
from zhibu.regulations.queries import in_force, value


def facts_of(
    case: Case, today: date, step: Step | None = None, data: Mapping[str, Any] | None = None,
    state: State | None = None, on: date | None = None,
) -> Facts:  # fmt: skip
    """Facts about the subject of the case. Those that only one step asks for are read only for that step; who had a
    vote is read as of ``on``, where the step was taken on an earlier day."""
    person = case.person
    past = on if on is not None and on < today else None
    if person is None:
        return _of_organization(case, today, step, state, past)
    return Facts(
        born=person.birth_date,
        leaves_on=person.graduates_on if person.graduates_on and person.graduates_on >= today else None,
        is_mobile=person.is_mobile,
        came_on=_came_on(person) if step and step.id == "confirm_meeting" else None,
        full_members=full_members(case.organization, past) if step and step.vote else None,
        barred_until=_barred_until(person, today),
        used_forms=_used_forms(case, data) if step and "form_number" in step.inputs else frozenset(),
        register=register(case, step, data),
        filed=frozenset(held_kinds(person)) if step and "archive_complete" in step.checks else frozenset(),
    )


def _of_organization(case: Case, today: date, step: Step | None, state: State | None, past: date | None) -> Facts:
    """Of an organization: its voters where a step needs them, its term, and who has been elected."""
    if step is None:
        return Facts()
    node, asked = case.organization, step.inputs
    chosen = elected(state) if state is not None and "posts" in asked else []
    request = state.mark("request") if state is not None and step.vote else None
    delegates = int(request.data.get("delegates") or 0) if request else 0
    committee = _committee(case, chosen, state, today) if state is not None and "posts" in asked else 0
    return Facts(
        is_branch=node.kind in BRANCH_KINDS,
        circumstances=_circumstances(node, committee),
        full_members=delegates or full_members(node, past) if step.vote or "seats" in asked else None,
        members=members(node) if "congress" in asked and node.kind not in BRANCH_KINDS else None,
        delegates=delegates,
        term_due=regular_end(node) if "extend_to" in asked else None,
        elected=named(case, chosen, past or today),
        committee=committee,
        sitting=named(case, _sitting(case, chosen), past or today) if "posts" in asked else (),
    )


def _sitting(case: Case, chosen: Sequence[int]) -> list[int]:
    """Who is in office beside those elected in a by-election."""
    if case.procedure != "by_election":
        return []
    held = Tenure.objects.filter(organization=case.organization, ended_on__isnull=True, post__in=COMMITTEE_POSTS)
    return sorted(set(held.values_list("person_id", flat=True)) - set(chosen))


def _circumstances(node: Organization, committee: int) -> frozenset[Circumstance]:
    found = {Circumstance.COMMITTEE} if committee else set()
    if node.kind not in BRANCH_KINDS:
        found |= {Circumstance.UPPER} | ({Circumstance.UNIVERSITY} if node.depth == 1 else set())
    return frozenset(found)


def _committee(case: Case, chosen: Sequence[int], state: State, today: date) -> int:
    """How many have a vote in the session of the committee; 0 for a branch so small that it has none."""
    node, usual = case.organization, said("org.committee_size", today)
    seats, sitting = seats_of(state), set(chosen)
    if case.procedure == "by_election":
        term = Term.objects.filter(organization=node, ended_on__isnull=True).first()
        held = Tenure.objects.filter(organization=node, ended_on__isnull=True, post__in=COMMITTEE_POSTS)
        sitting |= set(held.values_list("person_id", flat=True))
        seats = max(term.seats if term else 0, len(sitting))
    if node.kind in BRANCH_KINDS and (usual is None or seats < usual.range.min):
        return 0
    return len(sitting)


def regular_end(node: Organization) -> date | None:
    """When the running term ends by the rule, whatever extension was approved; None where no term is entered."""
    term = Term.objects.filter(organization=node, ended_on__isnull=True).first()
    return None if term is None else (term_due(node, term.started_on) or term.due_on)


def full_members(node: Organization, on: date | None = None) -> int:
    """Full members of an organization with all below it, today or on an earlier day."""
    return voters(node, on).count()


def members(node: Organization) -> int:
    """Members of an organization with all below it today, probationary ones included."""
    return within(Person.objects.filter(stage__in=MEMBERS), node).count()


def named(case: Case, pks: Iterable[int], on: date) -> tuple[Named, ...]:
    """People named in a step, with whether they were full members on that day. Twice the same stays twice."""
    wanted = list(pks)
    people = {one.pk: one for one in Person.objects.filter(pk__in=wanted).only("pk", "name", "confirmed_on")}
    held = Q(started_on__lte=on) & (Q(ended_on__isnull=True) | Q(ended_on__gt=on))
    full = set(Stage.objects.filter(held, person__in=wanted, kind=StageKind.FULL).values_list("person_id", flat=True))
    here, under = set(people), sanctioned(wanted, on)
    if case.person_id is None and wanted:
        path = case.organization.path
        tied = Q(organization__path__gte=path, organization__path__lt=path[:-1] + chr(ord(path[-1]) + 1))
        here = set(Affiliation.objects.filter(held, tied, person__in=wanted).values_list("person_id", flat=True))
    return tuple(
        Named(
            pk,
            people[pk].name,
            pk in full,
            pk == case.person_id,
            pk in here,
            people[pk].confirmed_on,
            under.get(pk, ""),
        )
        for pk in wanted
        if pk in people
    )


def _came_on(person: Person) -> date | None:
    """When the person came to the present branch."""
    tie = Affiliation.objects.filter(person=person, ended_on__isnull=True).values_list("started_on", flat=True)
    return tie.first()


def _barred_until(person: Person, today: date) -> date | None:
    left = Stage.objects.filter(person=person, way_out__in=BARRED, ended_on__isnull=False)
    last = left.order_by("-ended_on").values_list("ended_on", flat=True).first()
    if last is None or not in_force("disp.rejoin", today):
        return None
    return add_years(last, value("disp.rejoin", today).number)


def register(case: Case, step: Step | None, data: Mapping[str, Any] | None = None) -> Register:
    """What the register of numbered forms says, for the steps that give or use one."""
    if step is None or not {"form_issued", "form_number"} & set(step.inputs):
        return Register()
    return register_of(case, acting(case)[Actor.APPROVER], data)


def _used_forms(case: Case, data: Mapping[str, Any] | None) -> frozenset[str]:
    """The number of the form, if another case has used it."""
    number = normal(str((data or {}).get("form_number") or ""))
    if not number:
        return frozenset()
    used = Entry.objects.filter(step="application_form", data__form_number=number).exclude(case=case)
    return frozenset({number}) if used.exists() else frozenset()


def eligible(case: Case, step: Step, state: State, on: date | None = None) -> list[Person]:
    """Full members of the branch and its groups whom a step may name; never the person of the case. In an election
    those who can still be voted for, then those who were elected."""
    if (step.vote and step.vote.of) or "posts" in step.inputs:
        chosen = elected(state) if "posts" in step.inputs else standing(state)
        chosen = [*chosen, *_sitting(case, chosen)] if "posts" in step.inputs else chosen
        known = Person.objects.only("pk", "name", "number").in_bulk(chosen)
        return [known[pk] for pk in chosen if pk in known]
    if step.people is None or is_named_in_writing(case, step):
        return []
    found = voters(case.organization)
    if on is not None:  # whoever has left since could be named then
        found = Person.objects.filter(
            Q(pk__in=found.values("pk")) | Q(pk__in=voters(case.organization, on).values("pk"))
        )
    found = found.exclude(pk=case.person_id or 0)
    return list(found.only("pk", "name", "number").order_by("pinyin", "pk")[:300])


def people_named(pks: Iterable[int]) -> dict[int, Person]:
    """Those whom a paper names, with what it says about them. The case has been loaded through the scope."""
    shown = Person.objects.only("pk", "name", "gender", "ethnicity", "birth_date", "joined_on")
    return shown.in_bulk(sorted(set(pks)))


def names_of(pks: Iterable[int]) -> dict[int, str]:
    """Names of people that steps name."""
    return dict(Person.objects.filter(pk__in=set(pks)).values_list("pk", "name"))
