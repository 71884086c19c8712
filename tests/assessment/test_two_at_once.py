"""Two in the office adopt a draft each at the same moment: their schemes do not cross."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.assessment.test_actions import OFFICE
from tests.cast import make_cast
from tests.house.test_two_at_once import posts, together
from zhibu.assessment.design import drafts
from zhibu.assessment.models import SchemeVersion

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_schemes_from_one_quarter_on_one_is_adopted() -> None:
    people = make_cast()
    made = [drafts.begin(OFFICE, title=title) for title in ("甲", "乙")]
    given = {"version": 1, "starts_on": "2027-01-01"}

    answers = together(
        *(
            posts(
                people, "office", reverse("assessment:draft-adopt", args=[one.pk]), {**given, "name": f"2027-{one.pk}"}
            )
            for one in made
        )
    )

    assert sorted(answers) == [302, 422]
    assert SchemeVersion.objects.filter(adopted_at__isnull=False).count() == 1
