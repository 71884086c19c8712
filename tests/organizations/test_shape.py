"""The tree changes by decisions with dates, and every earlier day can still be asked for."""

import threading
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import FOUNDED, TODAY, Cast, make_cast, make_organization, make_person
from zhibu.accounts.scope import system_scope
from zhibu.organizations import actions, queries
from zhibu.organizations.enums import Category, ChangeKind, Kind
from zhibu.organizations.models import Change, Organization, Period
from zhibu.people.models import Affiliation
from zhibu.regulations.refusal import Refusal, Refusals

OFFICE = system_scope(TODAY)


def shape(nodes: list[queries.Node]) -> list[object]:
    """A tree as nested names."""
    return [[node.name, *shape(sorted(node.children, key=lambda child: child.name))] for node in nodes]


def set_up(parent: Organization, name: str, on: date, **more: object) -> Organization:
    values = {"kind": Kind.BRANCH, "category": Category.OTHER, "code": f"X-{name}", **more}
    return actions.establish(OFFICE, parent=parent, name=name, on=on, **values)  # type: ignore[arg-type]


def test_the_tree_as_it_was_on_31_december(cast: Cast) -> None:
    before = shape(queries.tree_on(OFFICE, date(2025, 12, 31)))

    actions.rename(OFFICE, cast.branch, name="本科生党支部（智能）", on=date(2026, 3, 1))
    actions.reparent(OFFICE, cast.sibling, parent=cast.other_faculty, on=date(2026, 4, 1))
    set_up(cast.faculty, "新支部", date(2026, 5, 1))

    assert shape(queries.tree_on(OFFICE, date(2025, 12, 31))) == before
    assert shape(queries.tree_on(OFFICE, date(2026, 2, 28))) == before
    assert shape(queries.tree_on(OFFICE, date(2026, 3, 31))) == [
        [
            "中共虚构大学委员会",
            ["文学院党委", ["研究生党支部"]],
            ["计算机学院党委", ["教师党支部"], ["本科生党支部（智能）"]],
        ]
    ]
    now = str(shape(queries.tree_on(OFFICE, TODAY)))
    assert "新支部" in now
    assert "本科生第一党支部" not in now


def test_rights_follow_the_organization_to_its_new_superior(cast: Cast) -> None:
    organizer = cast.scope(cast.organizer)
    assert queries.organizations(organizer).filter(pk=cast.branch.pk).exists()

    actions.reparent(OFFICE, cast.branch, parent=cast.other_faculty, on=TODAY)

    assert not queries.organizations(cast.scope(cast.organizer)).filter(pk=cast.branch.pk).exists()
    assert queries.organizations(cast.scope(cast.secretary)).filter(pk=cast.branch.pk).exists()


def test_no_organization_stands_below_itself(cast: Cast) -> None:
    with pytest.raises((Refusal, Refusals), match="是“计算机学院党委”自己或它的下级"):
        actions.reparent(OFFICE, cast.faculty, parent=cast.branch, on=TODAY)


@pytest.mark.parametrize(
    ("kind", "parent", "allowed"),
    [
        (Kind.GROUP, "branch", True),
        (Kind.GROUP, "faculty", False),
        (Kind.BRANCH, "faculty", True),
        (Kind.BRANCH, "branch", False),
        (Kind.GENERAL_BRANCH, "root", True),
        (Kind.COMMITTEE, "faculty", True),
        (Kind.TEMPORARY_BRANCH, "faculty", True),
    ],
)
def test_what_may_stand_where(cast: Cast, kind: Kind, parent: str, allowed: bool) -> None:
    above = getattr(cast, parent)

    if allowed:
        assert set_up(above, "试设", TODAY, kind=kind).depth == above.depth + 1
    else:
        with pytest.raises(Refusal, match="不能设在"):
            set_up(above, "试设", TODAY, kind=kind)


@pytest.mark.parametrize(("days", "allowed"), [(-1, True), (0, True), (1, False)])
def test_a_change_is_entered_when_it_takes_effect_not_before(cast: Cast, days: int, allowed: bool) -> None:
    on = TODAY + timedelta(days=days)

    if allowed:
        assert actions.rename(OFFICE, cast.branch, name="新名", on=on).name == "新名"
    else:
        with pytest.raises(Refusal, match="还没有到"):
            actions.rename(OFFICE, cast.branch, name="新名", on=on)


def test_changes_are_entered_in_their_order(cast: Cast) -> None:
    actions.rename(OFFICE, cast.branch, name="新名", on=date(2026, 5, 1))

    with pytest.raises(Refusal, match="早于上一次变动"):
        actions.rename(OFFICE, cast.branch, name="再新", on=date(2026, 4, 30))


def test_two_changes_on_one_day_leave_one_period(cast: Cast) -> None:
    actions.rename(OFFICE, cast.branch, name="甲名", on=TODAY)
    actions.rename(OFFICE, cast.branch, name="乙名", on=TODAY)

    periods = Period.objects.filter(organization=cast.branch).order_by("started_on")
    assert [(row.name, row.started_on, row.ended_on) for row in periods] == [
        ("本科生第一党支部", FOUNDED, TODAY),
        ("乙名", TODAY, None),
    ]


def test_merging_moves_the_people_and_dissolves_the_source(cast: Cast) -> None:
    actions.merge(OFFICE, [cast.sibling], target=cast.branch, on=TODAY, document="虚发〔2026〕1号")

    cast.sibling.refresh_from_db()
    cast.organizer.refresh_from_db()
    assert cast.sibling.dissolved_on == TODAY
    assert cast.organizer.organization == cast.branch
    ties = Affiliation.objects.filter(person=cast.organizer).order_by("started_on")
    assert [(row.organization, row.ended_on) for row in ties] == [(cast.sibling, TODAY), (cast.branch, None)]
    assert Change.objects.filter(kind=ChangeKind.MERGED).count() == 1


def test_splitting_moves_only_the_named_people(cast: Cast) -> None:
    part = set_up(cast.faculty, "第二党支部", TODAY)

    actions.split(OFFICE, cast.branch, parts={part: [cast.member]}, on=TODAY)

    cast.member.refresh_from_db()
    cast.secretary.refresh_from_db()
    assert cast.member.organization == part
    assert cast.secretary.organization == cast.branch


def test_a_branch_with_people_is_not_dissolved_without_somebody_who_takes_them(cast: Cast) -> None:
    with pytest.raises((Refusal, Refusals), match="还有 2 人"):
        actions.dissolve(OFFICE, cast.branch, on=TODAY)

    actions.dissolve(OFFICE, cast.branch, on=TODAY, people_to=cast.sibling)

    cast.member.refresh_from_db()
    assert cast.member.organization == cast.sibling
    with pytest.raises(Refusal, match="已于 2026-11-21 撤销"):
        actions.rename(OFFICE, cast.branch, name="复活", on=TODAY)


def test_an_organization_with_children_is_not_dissolved(cast: Cast) -> None:
    with pytest.raises(Refusal, match="还有 2 个下级组织"):
        actions.dissolve(OFFICE, cast.faculty, on=TODAY, people_to=cast.other_branch)


def test_a_renaming_can_be_taken_back(cast: Cast) -> None:
    before = shape(queries.tree_on(OFFICE, TODAY))
    actions.reparent(OFFICE, cast.branch, parent=cast.other_faculty, on=TODAY)

    change = queries.changes(OFFICE, cast.branch).first()
    assert change is not None
    actions.undo_last_change(OFFICE, change)

    assert shape(queries.tree_on(OFFICE, TODAY)) == before
    assert Period.objects.filter(organization=cast.branch).count() == 1


def test_a_code_is_used_once(cast: Cast) -> None:
    with pytest.raises(Refusal, match="已有党组织使用"):
        set_up(cast.faculty, "别的", TODAY, code=cast.branch.code)


def test_an_organizer_does_not_reach_beyond_the_faculty(cast: Cast) -> None:
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        actions.reparent(cast.scope(cast.organizer), cast.branch, parent=cast.other_faculty, on=TODAY)
    cast.branch.refresh_from_db()
    assert queries.organizations(OFFICE).get(pk=cast.branch.pk).path.startswith(cast.faculty.path)


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_close_no_circle() -> None:
    cast = make_cast()
    inner = make_organization("系党委", cast.faculty, kind=Kind.COMMITTEE)
    other = make_organization("所党委", cast.other_faculty, kind=Kind.COMMITTEE)
    start = threading.Barrier(2)
    said: list[str] = []

    def move(node: Organization, parent: Organization) -> None:
        start.wait()
        try:
            actions.reparent(OFFICE, node, parent=parent, on=TODAY)
            said.append("moved")
        except (Refusal, Refusals):
            said.append("refused")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=move, args=(cast.faculty, other)),
        threading.Thread(target=move, args=(cast.other_faculty, inner)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["moved", "refused"]
    assert not any(Organization.objects.find_problems())


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["establish", "rename", "reparent", "merge", "dissolve", "undo"]),
        st.integers(0, 50),
        st.integers(0, 50),
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
@pytest.mark.django_db
def test_whatever_is_decided_the_tree_stays_a_tree_and_the_past_stays_past(steps: list[tuple[str, int, int]]) -> None:
    from django.db import transaction

    with transaction.atomic():
        cast = make_cast()
        make_person("某人", cast.branch, serial=90)
        day = date(2025, 1, 1)
        past = (day, shape(queries.tree_on(OFFICE, day)))
        for number, (what, first, second) in enumerate(steps):
            day += timedelta(days=3)
            nodes = list(Organization.objects.filter(dissolved_on__isnull=True).order_by("path"))
            one, two = nodes[first % len(nodes)], nodes[second % len(nodes)]
            try:
                with transaction.atomic():
                    _step(what, one, two, number, day)
            except (Refusal, Refusals):
                pass
            if number == len(steps) // 2:
                past = (day, shape(queries.tree_on(OFFICE, day)))

        assert not any(Organization.objects.find_problems())
        assert shape(queries.tree_on(OFFICE, past[0])) == past[1]
        _today_agrees()
        _periods_are_whole()
        transaction.set_rollback(True)


def _step(what: str, one: Organization, two: Organization, number: int, day: date) -> None:
    if what == "establish":
        set_up(one, f"支部{number}", day)
    elif what == "rename":
        actions.rename(OFFICE, one, name=f"更名{number}", on=day)
    elif what == "reparent":
        actions.reparent(OFFICE, one, parent=two, on=day)
    elif what == "merge":
        actions.merge(OFFICE, [one], target=two, on=day)
    elif what == "dissolve":
        actions.dissolve(OFFICE, one, on=day, people_to=two)
    elif (change := queries.changes(OFFICE, one).first()) is not None and change.effective_on == day:
        actions.undo_last_change(OFFICE, change)


def _today_agrees() -> None:
    """The dated history, asked for today, is the tree as stored."""
    flat: dict[int, tuple[str, int | None]] = {}
    waiting = queries.tree_on(OFFICE, TODAY)
    while waiting:
        node = waiting.pop()
        flat[node.pk] = (node.name, node.parent)
        waiting += node.children
    stored = {}
    for node in Organization.objects.filter(dissolved_on__isnull=True):
        parent = Organization.objects.get_parent(node) if node.depth > 1 else None
        stored[node.pk] = (node.name, parent.pk if parent else None)
    assert flat == stored


def _periods_are_whole() -> None:
    """Each organization's periods follow each other without gap from its establishment."""
    for node in Organization.objects.all():
        rows = list(Period.objects.filter(organization=node).order_by("started_on"))
        assert rows[0].started_on == node.established_on
        for earlier, later in pairwise(rows):
            assert earlier.ended_on == later.started_on


def test_an_organization_set_up_and_dissolved_on_one_day_is_not_there_that_day(cast: Cast) -> None:
    node = set_up(cast.faculty, "一日支部", TODAY)
    actions.dissolve(OFFICE, node, on=TODAY)

    assert "一日支部" not in str(shape(queries.tree_on(OFFICE, TODAY)))
