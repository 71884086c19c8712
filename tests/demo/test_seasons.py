"""The demo's graduation season asks only for letters that a committee could have given."""

from datetime import date

import pytest

from tests.cast import TODAY, Cast
from zhibu.demo.transfers import settled
from zhibu.organizations.enums import PostKind
from zhibu.organizations.models import Tenure
from zhibu.procedures.models import Leaver

pytestmark = pytest.mark.django_db


def test_nobody_leaves_with_a_post(cast: Cast) -> None:
    cast.member.confirmed_on = date(2025, 5, 1)
    row = Leaver(person=cast.member)
    assert settled([row], TODAY) == [row]

    Tenure.objects.create(
        person=cast.member, organization=cast.branch, post=PostKind.PUBLICITY_MEMBER, started_on=TODAY
    )

    assert settled([row], TODAY) == []
