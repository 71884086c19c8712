"""Whatever is decided in whatever order, also entered late: every day has one tree, and the past stays past."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import FOUNDED, TODAY, make_cast, make_organization, make_person
from zhibu.accounts.scope import system_scope
from zhibu.organizations import actions, queries
from zhibu.organizations.enums import Category, Kind
from zhibu.organizations.models import Change, Organization, Period
from zhibu.organizations.queries.past import standing
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal, Refusals

OFFICE = system_scope(TODAY)
DAYS = [date(2026, 1, 1) + timedelta(days=days) for days in (0, 1, 2, 10, 11, 30, 60)] + [TODAY]
KINDS = [Kind.COMMITTEE, Kind.GENERAL_BRANCH, Kind.BRANCH, Kind.GROUP, Kind.TEMPORARY_BRANCH]
ACTS = ["establish", "rename", "rekind", "reparent", "reparent", "merge", "split", "dissolve", "undo", "undo"]
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 30), st.integers(0, 30), st.sampled_from(DAYS)), max_size=16
)
Tree = dict[int, tuple[str, str, int | None]]


def tree(day: date) -> Tree:
    """Every organization that can be reached from the top of a day's tree, with name, kind and superior."""
    found: Tree = {}
    waiting = queries.tree_on(OFFICE, day)
    assert len(waiting) == 1, f"{day}: {[node.name for node in waiting]}"
    while waiting:
        node = waiting.pop()
        found[node.pk] = (node.name, node.kind, node.parent)
        waiting += node.children
    assert len(found) == standing(day).count(), f"{day}: somebody stands in a circle"
    return found


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
@pytest.mark.django_db
def test_every_day_keeps_one_tree(steps: list[tuple[str, int, int, date]]) -> None:
    with taken_back():
        cast = make_cast()
        make_person("某人", cast.other_branch, serial=90)
        for number, (what, first, second, on) in enumerate(steps):
            # Dissolved ones too: what is refused must be refused, not break.
            nodes = list(Organization.objects.order_by("pk"))
            one, two = nodes[first % len(nodes)], nodes[second % len(nodes)]
            day, change = on, None
            if what == "undo":
                change = queries.changes(OFFICE, one).first()
                assert change is not None
                day = change.effective_on
            before = {day_: tree(day_) for day_ in [FOUNDED, *DAYS] if day_ < day}
            try:
                with transaction.atomic():
                    step(what, one, two, number, on, change)
            except (Refusal, Refusals):
                pass

            assert {day_: tree(day_) for day_ in before} == before, f"{what} on {day} bent the days before"
            for day_ in DAYS:
                tree(day_)
        check()


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["reparent", "reparent", "reparent", "dissolve", "undo"]),
        st.integers(0, 3),
        st.integers(0, 4),
        st.sampled_from(DAYS[:2]),
    ),
    min_size=2,
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=MOVES)
@pytest.mark.django_db
def test_moves_entered_in_any_order_close_no_circle_on_any_day(moves: list[tuple[str, int, int, date]]) -> None:
    with taken_back():
        root = make_organization("学校", None, kind=Kind.COMMITTEE)
        first = make_organization("甲", root, kind=Kind.COMMITTEE)
        second = make_organization("乙", first, kind=Kind.COMMITTEE)
        third = make_organization("丙", second, kind=Kind.COMMITTEE)
        fourth = make_organization("丁", third, kind=Kind.COMMITTEE)
        for number, (what, one, other, on) in enumerate(moves):
            node = Organization.objects.get(pk=(first, second, third, fourth)[one].pk)
            target = Organization.objects.get(pk=(first, second, third, fourth, root)[other].pk)
            try:
                with transaction.atomic():
                    step(what, node, target, 2 * number, on, queries.changes(OFFICE, node).first())
            except (Refusal, Refusals):
                pass
            for day in DAYS[:3]:
                tree(day)
        check()


def step(what: str, one: Organization, two: Organization, number: int, on: date, change: Change | None) -> None:
    if what == "establish":
        kind, name = KINDS[number % len(KINDS)], f"新设{number}"
        actions.establish(OFFICE, parent=one, name=name, kind=kind, category=Category.OTHER, code=f"X{number}", on=on)
    elif what == "rename":
        actions.rename(OFFICE, one, name=f"更名{number}", on=on)
    elif what == "rekind":
        actions.rekind(OFFICE, one, kind=KINDS[number % len(KINDS)], on=on)
    elif what == "reparent":
        actions.reparent(OFFICE, one, parent=two, on=on)
    elif what == "merge":
        actions.merge(OFFICE, [one], target=two, on=on)
    elif what == "split":
        actions.split(OFFICE, one, parts={two: list(Person.objects.filter(organization=one)[:1])}, on=on)
    elif what == "dissolve":
        actions.dissolve(OFFICE, one, on=on, people_to=two if number % 2 else None)
    elif change is not None:
        actions.undo_last_change(OFFICE, change)


def check() -> None:
    """The stored tree has no problem, agrees with the history of today, and every history is whole."""
    assert not any(Organization.objects.find_problems())
    stored: Tree = {}
    for node in Organization.objects.filter(dissolved_on__isnull=True):
        parent = Organization.objects.get_parent(node) if node.depth > 1 else None
        assert parent is None or parent.dissolved_on is None
        stored[node.pk] = (node.name, node.kind, parent.pk if parent else None)
    assert tree(TODAY) == stored
    for node in Organization.objects.all():
        rows = list(Period.objects.filter(organization=node).order_by("started_on"))
        assert rows[0].started_on == node.established_on
        assert all(earlier.ended_on == later.started_on for earlier, later in pairwise(rows))
        assert rows[-1].ended_on in {None, node.dissolved_on}
    for person in Person.objects.exclude(organization=None):
        assert person.organization is not None
        assert person.organization.dissolved_on is None, "nobody belongs to what no longer exists"
