"""Elections, members away and members lost in the demo: believable, and lawful so far as they are known."""

import pytest

from zhibu.demo.generate import Summary
from zhibu.people.models import Contact, Mobility, Person
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, OpenStep
from zhibu.procedures.queries import marks_of
from zhibu.procedures.rules.review import broken, review
from zhibu.procedures.state import fold

pytestmark = pytest.mark.django_db


def test_elections_under_way_break_no_must_and_what_is_open_follows_from_them(university: Summary) -> None:
    shape, wrong = procedure("election"), []
    cases = list(Case.objects.filter(procedure="election").prefetch_related("entries"))
    for case in cases:
        marks = marks_of(case.entries.all())
        open_now = {row.step for row in OpenStep.objects.filter(case=case)}
        if broken(review(shape, marks)) or len(open_now) != 1 or open_now & set(fold(shape, marks).done):
            wrong.append(case.pk)

    assert cases
    assert wrong == []


def test_members_away_are_registered_and_lost_ones_are_sought(university: Summary) -> None:
    assert Mobility.objects.count() > 0
    assert not Mobility.objects.exclude(person__is_mobile=True).exists()
    assert Contact.objects.filter(purpose="search", person__in=Person.objects.filter(is_lost=True)).exists()
