"""A post rests on membership: nobody keeps one in a branch they have left, or in the Party they have left."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from tests.cast import TODAY, Cast, appoint, make_organization, make_person
from zhibu.accounts.scope import system_scope
from zhibu.audit.models import Entry
from zhibu.organizations import actions as organizations
from zhibu.organizations.enums import Kind, PostKind
from zhibu.organizations.models import Tenure
from zhibu.people import actions, queries
from zhibu.people.enums import WayOut
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal, Refusals

OFFICE = system_scope(TODAY)


def place(person: Person) -> Any:
    person.refresh_from_db()
    return person.organization


def test_a_secretary_is_not_moved_before_the_post_is_ended(cast: Cast) -> None:
    on = date(2026, 11, 1)

    with pytest.raises(Refusals) as refused:
        actions.move(OFFICE, cast.secretary, cast.sibling, on=on)

    (fault,) = refused.value.refusals
    assert fault.message == "任“本科生第一党支部”书记（2024-09-01 起），不能带着职务调出。"
    assert "免职日期不晚于 2026-11-01" in fault.remedy
    assert place(cast.secretary) == cast.branch

    post = Tenure.objects.get(person=cast.secretary)
    organizations.end_tenure(OFFICE, post, on=on)
    actions.move(OFFICE, cast.secretary, cast.sibling, on=on)
    assert place(cast.secretary) == cast.sibling


def test_a_post_that_ended_later_than_the_move_is_seen_too(cast: Cast) -> None:
    post = Tenure.objects.get(person=cast.secretary)
    organizations.end_tenure(OFFICE, post, on=date(2026, 11, 10))

    with pytest.raises(Refusals, match="到 2026-11-10 为止"):
        actions.move(OFFICE, cast.secretary, cast.sibling, on=date(2026, 11, 1))

    actions.move(OFFICE, cast.secretary, cast.sibling, on=date(2026, 11, 10))


def test_posts_above_the_branch_and_in_other_branches_go_along(cast: Cast) -> None:
    appoint(cast.organizer, cast.branch, PostKind.DEPUTY_SECRETARY)  # a teacher who leads a branch of students
    appoint(cast.office, cast.faculty, PostKind.MEMBER)

    for person in (cast.organizer, cast.office):
        actions.move(OFFICE, person, cast.other_branch, on=TODAY)

    assert Tenure.objects.filter(person__in=[cast.organizer, cast.office], ended_on=None).count() == 4


def test_inside_a_branch_only_the_leader_of_the_group_must_give_it_up(cast: Cast) -> None:
    first, second = (make_organization(f"第{n}党小组", cast.branch, kind=Kind.GROUP) for n in "一二")
    actions.move(OFFICE, cast.secretary, first, on=date(2026, 10, 1))
    leader = make_person("祖长", first, serial=41)
    appoint(leader, first, PostKind.GROUP_LEADER)

    actions.move(OFFICE, cast.secretary, second, on=TODAY)
    with pytest.raises(Refusals, match="党小组组长"):
        actions.move(OFFICE, leader, second, on=TODAY)
    with pytest.raises(Refusals, match="任“本科生第一党支部”书记"):
        actions.move(OFFICE, cast.secretary, cast.sibling, on=TODAY)

    assert place(cast.secretary) == second


def test_people_chosen_together_are_refused_by_name(cast: Cast) -> None:
    chosen = queries.roster(OFFICE).filter(pk__in=[cast.member.pk, cast.secretary.pk])

    with pytest.raises(Refusals, match="舒记：任“本科生第一党支部”书记"):
        actions.move_chosen(OFFICE, chosen, cast.sibling, on=TODAY)

    assert place(cast.member) == cast.branch


def test_a_branch_is_not_split_from_under_its_officers(cast: Cast) -> None:
    part = make_organization("本科生第二党支部", cast.faculty)

    with pytest.raises(Refusal, match="舒记任“本科生第一党支部”书记"):
        organizations.split(OFFICE, cast.branch, parts={part: [cast.member, cast.secretary]}, on=TODAY)

    assert place(cast.member) == cast.branch


@pytest.mark.parametrize(
    ("to", "way_out"),
    [("80", WayOut.EXPELLED), ("85", WayOut.TRANSFERRED), ("88", WayOut.DIED), ("60", "")],
)
def test_every_post_ends_with_membership(cast: Cast, to: str, way_out: str) -> None:
    appoint(cast.secretary, cast.faculty, PostKind.MEMBER)
    on = date(2026, 11, 20)

    actions.set_stage(cast.scope(cast.organizer), cast.secretary, to, on=on, way_out=way_out, reason="补录决定")

    assert set(Tenure.objects.filter(person=cast.secretary).values_list("ended_on", flat=True)) == {on}
    ended = Entry.objects.filter(verb="organizations.end_tenure")
    assert set(ended.values_list("organization_path", flat=True)) == {cast.branch.path, cast.faculty.path}
    assert Tenure.objects.filter(ended_on=None).count() == 3, "nobody else's"


def test_the_page_says_beforehand_which_posts_would_end(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.organizer)

    told = client.get(reverse("people:stage", args=[cast.secretary.pk])).content.decode()
    plain = client.get(reverse("people:stage", args=[cast.member.pk])).content.decode()

    assert "“本科生第一党支部”书记。登记转出、出党、去世或停止党籍的，这些职务和由此而来的权限同日终止。" in told
    assert "现任职务" not in plain
