"""Decisions are often entered weeks after they took effect: what is entered late must not bend the days between."""

from datetime import date

import pytest

from tests.cast import TODAY, Cast, make_person
from zhibu.accounts.scope import system_scope
from zhibu.organizations import actions, queries
from zhibu.organizations.enums import Category, Kind, PostKind
from zhibu.organizations.models import Organization, Period
from zhibu.people.models import Affiliation
from zhibu.regulations.refusal import Refusal, Refusals

OFFICE = system_scope(TODAY)
NO = (Refusal, Refusals)


def establish(parent: Organization, name: str, on: date, kind: Kind = Kind.BRANCH) -> Organization:
    return actions.establish(
        OFFICE, parent=parent, name=name, kind=kind, category=Category.OTHER, code=f"X-{name}", on=on
    )


def names_on(day: date) -> list[str]:
    """Every organization that the tree of a day shows, from its one root."""
    top = queries.tree_on(OFFICE, day)
    assert len(top) == 1, [node.name for node in top]
    found, waiting = [], list(top)
    while waiting:
        node = waiting.pop()
        found.append(node.name)
        waiting += node.children
    return sorted(found)


def test_nothing_is_established_before_its_superior(cast: Cast) -> None:
    young = establish(cast.root, "新学院党委", date(2026, 5, 1), Kind.COMMITTEE)

    with pytest.raises(NO, match="2026-05-01"):
        establish(young, "早产支部", date(2026, 4, 30))
    assert establish(young, "同日支部", date(2026, 5, 1)).depth == 3


def test_nothing_moves_below_a_superior_that_did_not_exist_yet(cast: Cast) -> None:
    young = establish(cast.root, "新学院党委", date(2026, 5, 1), Kind.COMMITTEE)

    with pytest.raises(NO, match="2026-05-01"):
        actions.reparent(OFFICE, cast.branch, parent=young, on=date(2026, 4, 30))
    actions.reparent(OFFICE, cast.branch, parent=young, on=date(2026, 5, 1))


def test_two_moves_entered_late_make_no_circle_in_the_past(cast: Cast) -> None:
    upper = establish(cast.root, "上", date(2025, 1, 1), Kind.COMMITTEE)
    lower = establish(upper, "下", date(2025, 1, 1), Kind.COMMITTEE)
    actions.reparent(OFFICE, lower, parent=cast.root, on=date(2026, 6, 10))

    with pytest.raises(NO, match="隶属于"):
        actions.reparent(OFFICE, upper, parent=lower, on=date(2026, 6, 5))
    assert "上" in names_on(date(2026, 6, 7))
    actions.reparent(OFFICE, upper, parent=lower, on=date(2026, 6, 10))
    assert {"上", "下"} <= set(names_on(date(2026, 6, 10)))


def test_a_dissolution_entered_late_leaves_no_child_without_superior(cast: Cast) -> None:
    old = establish(cast.root, "旧学院党委", date(2025, 1, 1), Kind.COMMITTEE)
    child = establish(old, "旧院支部", date(2025, 1, 1))
    actions.reparent(OFFICE, child, parent=cast.faculty, on=date(2026, 11, 10))

    with pytest.raises(NO, match="2026-11-10"):
        actions.dissolve(OFFICE, old, on=date(2026, 10, 1))
    actions.dissolve(OFFICE, old, on=date(2026, 11, 10))
    assert "旧院支部" in names_on(date(2026, 11, 9))
    assert "旧学院党委" not in names_on(date(2026, 11, 10))


def test_a_dissolution_entered_late_waits_for_those_who_left_after_it(cast: Cast) -> None:
    Affiliation.objects.filter(organization=cast.branch).update(ended_on=date(2026, 11, 10))
    for person in (cast.member, cast.secretary):
        person.organization = cast.sibling
        person.save()

    with pytest.raises(NO, match="2026-11-10"):
        actions.dissolve(OFFICE, cast.branch, on=date(2026, 11, 9), people_to=cast.sibling)
    actions.dissolve(OFFICE, cast.branch, on=date(2026, 11, 10), people_to=cast.sibling)


def test_a_dissolution_does_not_end_a_post_before_it_began(cast: Cast) -> None:
    actions.appoint(OFFICE, cast.branch, person=cast.member, post=PostKind.MEMBER, on=date(2026, 11, 10))

    with pytest.raises(NO, match="2026-11-10"):
        actions.dissolve(OFFICE, cast.branch, on=date(2026, 11, 9), people_to=cast.sibling)


def test_people_are_not_merged_into_a_branch_that_did_not_exist_yet(cast: Cast) -> None:
    young = establish(cast.faculty, "新支部", date(2026, 5, 1))

    with pytest.raises(NO, match="2026-05-01"):
        actions.merge(OFFICE, [cast.branch], target=young, on=date(2026, 4, 30))
    with pytest.raises(NO, match="2026-05-01"):
        actions.split(OFFICE, cast.branch, parts={young: [cast.member]}, on=date(2026, 4, 30))
    with pytest.raises(NO, match="2026-05-01"):
        actions.dissolve(OFFICE, cast.branch, people_to=young, on=date(2026, 4, 30))


def test_a_superior_that_changed_its_kind_meanwhile_takes_only_what_it_could_take(cast: Cast) -> None:
    middle = establish(cast.faculty, "中层", date(2025, 1, 1))
    actions.rekind(OFFICE, middle, kind=Kind.GENERAL_BRANCH, on=date(2026, 6, 10))

    with pytest.raises(NO, match="2026-06-10"):
        actions.reparent(OFFICE, cast.branch, parent=middle, on=date(2026, 6, 9))
    actions.reparent(OFFICE, cast.branch, parent=middle, on=date(2026, 6, 10))


def test_a_kind_entered_late_fits_everything_that_hung_below_since(cast: Cast) -> None:
    general = establish(cast.faculty, "总支", date(2025, 1, 1), Kind.GENERAL_BRANCH)
    child = establish(general, "总支下", date(2025, 1, 1))
    actions.reparent(OFFICE, child, parent=cast.faculty, on=date(2026, 6, 10))

    with pytest.raises(NO, match="2026-06-10"):
        actions.rekind(OFFICE, general, kind=Kind.BRANCH, on=date(2026, 6, 9))
    actions.rekind(OFFICE, general, kind=Kind.BRANCH, on=date(2026, 6, 10))


def test_a_branch_with_people_does_not_become_a_general_branch(cast: Cast) -> None:
    with pytest.raises(NO, match="还有 2 人"):
        actions.rekind(OFFICE, cast.branch, kind=Kind.GENERAL_BRANCH, on=TODAY)


def test_groups_merge_only_with_groups(cast: Cast) -> None:
    group = establish(cast.branch, "第一小组", date(2025, 1, 1), Kind.GROUP)

    with pytest.raises(NO, match="不是同一级"):
        actions.merge(OFFICE, [group], target=cast.other_faculty, on=TODAY)
    second = establish(cast.branch, "第二小组", date(2025, 1, 1), Kind.GROUP)
    actions.merge(OFFICE, [group], target=second, on=TODAY)
    assert Organization.objects.get(pk=group.pk).dissolved_on == TODAY


def test_taking_back_a_move_closes_no_circle(cast: Cast) -> None:
    upper = establish(cast.root, "上", date(2025, 1, 1), Kind.COMMITTEE)
    lower = establish(upper, "下", date(2025, 1, 1), Kind.COMMITTEE)
    actions.reparent(OFFICE, lower, parent=cast.root, on=date(2026, 6, 10))
    moved = queries.changes(OFFICE, lower).first()
    actions.reparent(OFFICE, upper, parent=lower, on=date(2026, 6, 11))

    assert moved is not None
    with pytest.raises(NO, match="隶属于"):
        actions.undo_last_change(OFFICE, moved)
    assert not any(Organization.objects.find_problems())


def test_a_second_secretary_does_not_overlap_the_first(cast: Cast) -> None:
    held = cast.branch.tenures.get()
    actions.end_tenure(OFFICE, held, on=date(2026, 6, 1))

    with pytest.raises(NO, match="2026-06-01"):
        actions.appoint(OFFICE, cast.branch, person=cast.member, post=PostKind.SECRETARY, on=date(2026, 5, 31))
    actions.appoint(OFFICE, cast.branch, person=cast.member, post=PostKind.SECRETARY, on=date(2026, 6, 1))


def test_an_organizer_does_not_appoint_people_of_another_faculty(cast: Cast) -> None:
    with pytest.raises(NO, match="不在您的管理范围"):
        actions.appoint(cast.scope(cast.organizer), cast.branch, person=cast.neighbour, post=PostKind.MEMBER, on=TODAY)


def test_taking_back_a_renaming_gives_back_the_short_name(cast: Cast) -> None:
    actions.rename(OFFICE, cast.branch, name="新全称", short_name="新简称", on=TODAY)
    change = queries.changes(OFFICE, cast.branch).first()
    assert change is not None

    actions.undo_last_change(OFFICE, change)

    cast.branch.refresh_from_db()
    assert (cast.branch.name, cast.branch.short_name) == ("本科生第一党支部", "本科生第一党支部")


def test_the_second_of_two_changes_of_a_day_can_be_taken_back(cast: Cast) -> None:
    actions.rename(OFFICE, cast.branch, name="甲名", on=TODAY)
    actions.reparent(OFFICE, cast.branch, parent=cast.other_faculty, on=TODAY)
    change = queries.changes(OFFICE, cast.branch).first()
    assert change is not None

    actions.undo_last_change(OFFICE, change)

    cast.branch.refresh_from_db()
    row = Period.objects.get(organization=cast.branch, ended_on__isnull=True)
    assert (cast.branch.name, row.name, row.parent_id) == ("甲名", "甲名", cast.faculty.pk)
    assert cast.branch.path.startswith(cast.faculty.path)


def test_an_establishment_by_mistake_can_be_taken_back_while_nothing_rests_on_it(cast: Cast) -> None:
    made = establish(cast.faculty, "误设", TODAY)
    change = queries.changes(OFFICE, made).first()
    assert change is not None
    person = make_person("来人", made, serial=80)

    with pytest.raises(NO, match="已有"):
        actions.undo_last_change(OFFICE, change)

    person.stages.all().delete()
    person.affiliations.all().delete()
    person.delete()
    actions.undo_last_change(OFFICE, change)
    assert not Organization.objects.filter(name="误设").exists()
    assert not any(Organization.objects.find_problems())


def test_a_dissolution_can_be_taken_back_with_its_posts(cast: Cast) -> None:
    empty = establish(cast.faculty, "空支部", date(2026, 1, 1))
    held = actions.appoint(OFFICE, empty, person=cast.member, post=PostKind.SECRETARY, on=date(2026, 2, 1))
    actions.dissolve(OFFICE, empty, on=TODAY, people_to=cast.sibling)
    change = queries.changes(OFFICE, empty).first()
    assert change is not None

    actions.undo_last_change(OFFICE, change)

    empty.refresh_from_db()
    held.refresh_from_db()
    assert (empty.dissolved_on, held.ended_on, held.end_reason) == (None, None, "")
    assert "空支部" in names_on(TODAY)


def test_changes_are_taken_back_only_on_the_day_they_were_entered(cast: Cast) -> None:
    actions.rename(OFFICE, cast.branch, name="甲名", on=TODAY)
    change = queries.changes(OFFICE, cast.branch).first()
    assert change is not None

    with pytest.raises(NO, match="当天"):
        actions.undo_last_change(system_scope(date(2026, 11, 22)), change)


def test_a_branch_with_posts_is_not_dissolved_unless_somebody_takes_over(cast: Cast) -> None:
    empty = establish(cast.faculty, "空支部", date(2026, 1, 1))
    actions.appoint(OFFICE, empty, person=cast.member, post=PostKind.SECRETARY, on=date(2026, 2, 1))

    with pytest.raises(NO, match="书记 孟员"):
        actions.dissolve(OFFICE, empty, on=TODAY)
