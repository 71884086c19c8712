"""Two at the same moment: one election is begun, and the approval fills the posts once."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.cast import TODAY, Cast, make_cast
from tests.house.test_two_at_once import posts, together
from tests.procedures.electing import members, poll, session, take, term, with_candidates
from zhibu.organizations.models import Tenure, Term
from zhibu.procedures.models import Case

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    cast = make_cast()
    term(cast)
    return cast


def test_an_election_begun_and_approved_by_two(people: Cast) -> None:
    begin = reverse("procedures:begin", args=[people.branch.pk, "election"])

    begun = together(*(posts(people, who, begin, {"reason": ""}) for who in ("secretary", "organizer")))

    case = Case.objects.get()
    assert sorted(begun) == [302, 422]

    four = members(people)[:4]
    with_candidates(people, case, four)
    chosen = [one.pk for one in four[:3]]
    take(people, case, "meeting", people_named=chosen, data=poll(four, [10, 9, 8, 3]))
    given = dict(zip(chosen, ("secretary", "member", "member"), strict=True))
    take(people, case, "first_meeting", data=session(given))
    take(people, case, "report")
    case.refresh_from_db()
    approval = {
        "version": case.version, "on": TODAY, "outcome": "approved", "place_election_approval": "档案柜",
        "number_election_approval": "9",
    }  # fmt: skip
    step = reverse("procedures:step", args=[case.pk, "approval"])

    approved = together(*(posts(people, who, step, approval) for who in ("organizer", "office")))

    held = Tenure.objects.filter(organization=people.branch, ended_on__isnull=True)
    assert sorted(approved) == [302, 422]
    assert (held.count(), Term.objects.filter(organization=people.branch).count()) == (3, 2)
