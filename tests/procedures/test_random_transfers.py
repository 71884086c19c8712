"""Transfers tried at random: by the rules alone, and through the real actions. Whatever the offices try, in whatever
order: everybody always has one responsible organization."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import TODAY, Cast
from tests.procedures.histories import Draw, History, Play, go_on, histories, promised
from tests.procedures.moving import FARAWAY, office, second_branch, take, traveller
from zhibu.accounts.scope import Scope
from zhibu.organizations.models import Organization
from zhibu.people import actions as people
from zhibu.people.enums import CULTIVATED, MEMBERS, Leaving, StageKind
from zhibu.people.models import Person
from zhibu.procedures import actions
from zhibu.procedures.definition import Step
from zhibu.procedures.enums import LIVING, CaseState, EntryKind
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, Letter, OpenStep
from zhibu.procedures.queries import marks_of
from zhibu.procedures.rules import checks
from zhibu.procedures.rules.findings import Facts
from zhibu.procedures.rules.review import broken, review
from zhibu.procedures.rules.transit import transit_end
from zhibu.procedures.state import Mark, State, fold
from zhibu.procedures.transfers import actions as transfers
from zhibu.procedures.transfers.enums import LetterState
from zhibu.regulations.dates import add_months
from zhibu.regulations.refusal import Refusal, Refusals

START = date(2026, 3, 31)
PROCEDURES = ("branch", "faculty", "out", "in", "whole", "group")
ARRIVALS = {"accept": "accepted", "placed": "placed", "receipt": "received"}


def fill(step: Step, state: State, on: date, draw: Draw | None) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if draw and step.outcomes:
        given["outcome"] = draw(st.sampled_from([one.id for one in (*step.outcomes, step.outcomes[0])]))
    if step.id == "sent":
        days = draw(st.sampled_from((0, 1, 10, 30, 90, 91))) if draw else 90
        back = draw(st.booleans()) if draw else True
        given["data"] = {"valid_days": days, "dues_until": "2026-03", "original_collected": back}
    return given


def opened(key: str) -> tuple[Mark, ...]:
    """What asking for it enters."""
    begun = {"in": ("letter", "placed"), "group": ()}.get(key, ("request",))
    return tuple(
        Mark(number, EntryKind.DONE, step, START, "placed" if step == "placed" else "")
        for number, step in enumerate(begun, start=1)
    )


PLAYS = {key: Play(procedure(f"transfer_{key}"), lambda state: Facts(), fill, START, opened(key)) for key in PROCEDURES}
EVERY = pytest.mark.parametrize("key", PROCEDURES)


def unlawful(history: History, *, by_letter: bool) -> list[str]:
    """Told without the rules: what was sent was accepted once, in its days, and a letter given anew in six months."""
    wrong, first, last = [], None, None
    for mark in history.marks:
        if mark.kind == EntryKind.RETURNED or mark.outcome == "declined":
            last = None
        elif mark.step == "sent" and mark.outcome == "sent":
            days = mark.data["valid_days"]
            wrong += ["days"] if not 1 <= days <= 90 else []
            wrong += ["too late to send anew"] if by_letter and first and mark.on > add_months(first, 6) else []
            first, last = first or mark.on, mark.on + timedelta(days=days)
        elif first and mark.kind == EntryKind.DONE and ARRIVALS.get(mark.step) == mark.outcome:
            wrong += ["accepted though not on its way"] if last is None or mark.on > last else []
    arrived = [mark for mark in history.marks if mark.step == "placed" and mark.outcome in {"placed", ""}]
    return wrong + (["placed twice"] if len([mark for mark in arrived if mark.kind == EntryKind.DONE]) > 1 else [])


@EVERY
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_what_is_sent_arrives_once_and_in_its_days_and_the_entries_tell_it_again(key: str, data: Any) -> None:
    play = PLAYS[key]
    history = data.draw(histories(play))

    assert unlawful(history, by_letter=key == "out") == []
    assert broken(review(play.shape, history.marks)) == []
    assert fold(play.shape, history.marks) == history.state


@EVERY
@settings(max_examples=60, deadline=None)
@given(data=st.data(), later=st.integers(0, 100))
def test_what_is_projected_is_allowed_on_that_day_and_not_before(key: str, data: Any, later: int) -> None:
    play = PLAYS[key]
    history = data.draw(histories(play))

    assert promised(play, history.state, history.today + timedelta(days=later)) == []


@EVERY
def test_the_honest_way_leads_to_the_end(key: str) -> None:
    """Otherwise the attempts above would prove nothing."""
    play = PLAYS[key]
    history = History(play.begun(), list(play.opening), play.start)

    go_on(play, history, len(play.shape.steps))

    assert (history.state.status, history.refused) == (CaseState.DONE, 0)


@dataclass
class Offices:
    """The real actions, tried by the school's organization department, which may everything."""

    cast: Cast
    persons: list[Person]
    branches: list[Organization]
    draw: Draw
    today: date = TODAY
    done: list[str] = field(default_factory=list)

    @property
    def scope(self) -> Scope:
        return office(self.cast, self.today)

    def one_case(self) -> Case | None:
        found = list(Case.objects.order_by("pk"))
        return self.draw(st.sampled_from([*found, *found[-1:] * 3])) if found else None

    def ask(self) -> None:
        person = self.draw(st.sampled_from(self.persons))
        target = self.draw(st.sampled_from([*self.branches, None, None]))
        kind = self.draw(st.sampled_from(("province", "paper")))
        outside = replace(FARAWAY, kind=kind) if target is None else None
        transfers.request(self.scope, person, target=target, outside=outside)

    def ask_for_all(self) -> None:
        transfers.request_whole(self.scope, self.branches[0], self.cast.other_faculty, cause="学院合并")

    def step(self) -> None:
        case = self.one_case()
        if case is None:
            return
        shape = procedure(case.procedure)
        waiting = OpenStep.objects.filter(case=case).values_list("step", flat=True)
        step = shape[self.draw(st.sampled_from(sorted(waiting) or [one.id for one in shape.steps]))]
        outcome = self.draw(st.sampled_from([one.id for one in (*step.outcomes[:1] * 3, *step.outcomes)] or [""]))
        day = self.today - timedelta(days=self.draw(st.sampled_from((0, 0, 1, 40))))
        days = {"valid_days": self.draw(st.sampled_from((10, 90)))} if "valid_days" in step.inputs else {}
        take(self.scope, case, step.id, on=day, outcome=outcome, reason="确有原因", data=days)

    def advance(self) -> None:
        """Whatever waits first, as it should be done."""
        row = OpenStep.objects.filter(case=self.one_case(), earliest__lte=self.today).order_by("pk").first()
        if row is not None:
            take(self.scope, row.case, row.step)

    def send_back(self) -> None:
        case = self.one_case()
        if case is not None:
            step = self.draw(st.sampled_from([one.id for one in procedure(case.procedure).steps]))
            actions.send_back(self.scope, case.pk, step, version=case.version, reason="登记有误")

    def call_off(self) -> None:
        case = self.one_case()
        if case is not None:
            actions.withdraw(self.scope, case.pk, version=case.version, on=self.today, way_out="", reason="不再转接了")

    def late_receipt(self) -> None:
        case = self.one_case()
        if case is not None:
            day = self.today - timedelta(days=self.draw(st.sampled_from((1, 30, 100))))
            transfers.late_receipt(self.scope, case.pk, version=case.version, on=day, reason="回执迟到")

    def by_hand(self) -> None:
        person = self.draw(st.sampled_from(self.persons))
        if self.draw(st.booleans()):
            people.move(self.scope, person, self.draw(st.sampled_from(self.branches)), on=self.today)
        else:
            people.set_stage(self.scope, person, StageKind.TRANSFERRED, on=self.today, way_out="transferred")

    def pass_days(self) -> None:
        self.today += timedelta(days=self.draw(st.sampled_from((1, 11, 91, 200))))

    def night(self) -> None:
        transfers.fall_back(self.scope)


TRIES: tuple[Callable[[Offices], None], ...] = (
    *(Offices.advance,) * 5, *(Offices.step,) * 3, *(Offices.ask,) * 2, Offices.ask_for_all, Offices.send_back,
    Offices.call_off, Offices.late_receipt, Offices.by_hand, Offices.pass_days, Offices.night,
)  # fmt: skip


@contextmanager
def undone() -> Iterator[None]:
    """Each history begins with the same university."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nobody_is_ever_without_a_responsible_organization(cast: Cast, data: Any) -> None:
    with undone():
        persons = [traveller(cast), traveller(cast, "孙行", 601), cast.secretary]
        offices = Offices(cast, persons, [cast.branch, second_branch(cast), cast.other_branch], data.draw)
        for _ in range(data.draw(st.integers(4, 14))):
            attempt = data.draw(st.sampled_from(TRIES))
            with suppress(Refusal, Refusals), transaction.atomic():
                attempt(offices)
                offices.done.append(attempt.__name__)
            assert misplaced(persons) == [], offices.done
            assert unlike_their_entries() == [], offices.done


def misplaced(persons: list[Person]) -> list[str]:
    """Who has not one responsible organization without a gap, as long as nobody else has taken them over."""
    wrong = []
    for person in Person.objects.filter(pk__in=[one.pk for one in persons]).select_related("organization"):
        ties = list(person.affiliations.order_by("started_on", "pk"))
        running = [tie.organization_id for tie in ties if tie.ended_on is None]
        belongs = person.stage in MEMBERS | CULTIVATED
        wrong += [f"{person} has {running}"] if running != ([person.organization_id] if belongs else []) else []
        for before, then in pairwise(ties):
            gap = before.ended_on != then.started_on and before.leaving != Leaving.OUTSIDE
            wrong += [f"{person} was nowhere from {before.ended_on} to {then.started_on}"] if gap else []
        living = Case.objects.filter(person=person, state__in=sorted(LIVING)).select_related("organization")
        for case in living:
            own = person.organization is not None and person.organization.path.startswith(case.organization.path)
            wrong += [f"{case} is not with the responsible branch"] if not own else []
        wrong += [f"{person} has gone, the case has not"] if not belongs and living.exists() else []
    return wrong


def unlike_their_entries() -> list[str]:
    """Cases whose columns say something else than their entries, and letters that run beside their case."""
    wrong = []
    for case in Case.objects.prefetch_related("entries", "open_steps", "letters"):
        shape = procedure(case.procedure)
        state = fold(shape, marks_of(case.entries.order_by("position")))
        wrong += [f"{case} is {case.state}, not {state.status}"] if case.state != state.status else []
        waiting = (
            {step.id for step in checks.open_steps(shape, state, TODAY)} if state.status is CaseState.OPEN else set()
        )
        waiting |= {"sent"} if waiting and transit_end(state) is not None else set()
        rows = {row.step for row in case.open_steps.all()}
        wrong += [f"{case} waits for {rows}, not {waiting}"] if rows != waiting else []
        running = [one for one in case.letters.all() if one.state == LetterState.ISSUED]
        sent = case.state == CaseState.OPEN and "sent" in state.done
        wrong += [f"{case} has {len(running)} letters on their way"] if len(running) > sent else []
    used = Letter.objects.filter(state=LetterState.USED).values_list("case_id", flat=True)
    return wrong + (["a letter was used twice"] if len(used) != len(set(used)) else [])
