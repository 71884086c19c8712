"""Who sees what: one scope, from posts."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.test import Client

from tests.cast import TODAY, Cast, make_organization
from zhibu.accounts.enums import Right, Role
from zhibu.accounts.scope import system_scope
from zhibu.organizations.enums import Kind
from zhibu.organizations.queries import organization, organizations
from zhibu.people.models import Person
from zhibu.people.queries import people, person


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("secretary", ["舒记", "孟员"]),
        ("neighbour", ["林居"]),
        ("organizer", ["舒记", "孟员", "祖员", "班公"]),
        ("office", ["舒记", "孟员", "祖员", "班公", "林居"]),
        ("member", []),
        ("administrator", []),
    ],
)
def test_a_reader_sees_exactly_the_people_of_their_subtree(cast: Cast, who: str, seen: list[str]) -> None:
    scope = cast.scope(getattr(cast, who))

    assert sorted(row.name for row in people(scope)) == sorted(seen)


def test_a_member_sees_the_own_file_and_no_other(cast: Cast) -> None:
    scope = cast.scope(cast.member)

    assert person(scope, cast.member.pk) == cast.member
    with pytest.raises(Http404):
        person(scope, cast.secretary.pk)


def test_who_is_in_a_group_is_a_member_of_its_branch(cast: Cast, sign_in: Callable[..., Client]) -> None:
    group = make_organization("第一党小组", cast.branch, kind=Kind.GROUP)
    Person.objects.filter(pk=cast.member.pk).update(organization=group)
    cast.member.refresh_from_db()

    scope = cast.scope(cast.member)
    assert scope.home is not None
    assert (scope.home.organization_id, scope.role) == (cast.branch.pk, Role.MEMBER)
    assert list(organizations(scope)) == [cast.branch, group]
    home = sign_in(cast.member).get("/").content.decode()
    assert f"{cast.branch} 党员" in home
    assert person(scope, cast.member.pk).organization == group


def test_inside_without_the_right_is_refused_outside_does_not_exist(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)

    with pytest.raises(PermissionDenied, match="设立、调整、撤销党组织"):
        organization(scope, cast.branch.pk, Right.RESHAPE_TREE)
    with pytest.raises(Http404):
        organization(scope, cast.other_branch.pk)


def test_rights_end_with_the_post(cast: Cast) -> None:
    cast.secretary.tenures.update(ended_on=cast.scope(cast.secretary).today)

    scope = cast.scope(cast.secretary)

    assert scope.role is Role.MEMBER
    assert list(organizations(scope)) == [cast.branch]


def test_an_inactive_account_has_no_grants(cast: Cast) -> None:
    cast.office.user.is_active = False

    assert cast.scope(cast.office).grants == ()


def test_rights_over_everything_stay_so_beside_a_narrower_condition(cast: Cast) -> None:
    everything = system_scope(cast.scope(cast.office).today).within(Right.VIEW_PERSON)

    assert Person.objects.filter(everything | Q(pk=cast.member.pk)).count() == 5


def test_the_platform_itself_finds_a_person_like_any_reader_of_everything(cast: Cast) -> None:
    assert person(system_scope(TODAY), cast.member.pk) == cast.member
