"""Admissions under way in the demo: believable, lawful so far as they are known, some of them late."""

import pytest

from tests.demo.university import TODAY
from zhibu.demo.generate import Summary
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, OpenStep
from zhibu.procedures.queries import marks_of
from zhibu.procedures.rules.review import broken, review
from zhibu.procedures.state import fold

pytestmark = pytest.mark.django_db


def test_nothing_that_is_recorded_breaks_a_must_and_what_is_open_follows_from_it(university: Summary) -> None:
    shape = procedure("admission")
    wrong = []
    for case in Case.objects.filter(procedure="admission").prefetch_related("entries")[:60]:
        marks = marks_of(case.entries.all())
        open_now = {row.step for row in OpenStep.objects.filter(case=case)}
        state = fold(shape, marks)
        if (
            broken(review(shape, marks))
            or not open_now
            or any(step in state.done and step != "review" for step in open_now)
        ):
            wrong.append(case.pk)

    assert Case.objects.count() > 20
    assert wrong == []


def test_some_are_late_and_most_are_not(university: Summary) -> None:
    late = OpenStep.objects.filter(due__lt=TODAY).values("case").distinct().count()

    assert 0 < late < Case.objects.count() / 2
