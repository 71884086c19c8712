"""What the demo does after it is scored: by the actions of an office, so that it shows nothing that they refuse."""

from datetime import date

import pytest

from tests.assessment.rows import make_run
from tests.cast import TODAY, Cast, make_organization
from zhibu.assessment.models import Appeal, Honour, ModelCase, Publication, ScoreCorrection
from zhibu.demo.publishing import publish

pytestmark = pytest.mark.django_db


def test_the_demo_shows_one_published_quarter_one_in_notice_and_honours(cast: Cast) -> None:
    peers = [make_organization(f"本科生第{number}党支部", cast.faculty) for number in range(2, 14)]
    best = {one.pk: {"attendance": ("8.00", "8.00")} for one in peers[:5]}
    make_run("2026Q2", lines=best, until=date(2026, 7, 2))
    make_run("2026Q3")
    publish(TODAY, cast.branch)
    publish(TODAY, cast.branch)
    assert dict(Publication.objects.values_list("period", "state")) == {"2026Q2": "published", "2026Q3": "notice"}
    assert set(Appeal.objects.values_list("state", flat=True)) == {"open", "upheld", "rejected"}
    assert ScoreCorrection.objects.count() == 1
    assert {"awarded", "withdrawn", "proposed"} == set(Honour.objects.values_list("state", flat=True))
    assert set(ModelCase.objects.values_list("state", flat=True)) == {"shown"}
