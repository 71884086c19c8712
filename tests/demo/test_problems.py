"""The list of problems in the demo: some in every standing, each late duty on it once, like ones grouped."""

import pytest

from tests.demo.university import TODAY
from zhibu.accounts.scope import system_scope
from zhibu.demo.generate import Summary
from zhibu.supervision import actions, queries
from zhibu.supervision.common import queries as common
from zhibu.supervision.common.regrouping import fewest
from zhibu.supervision.enums import ProblemState
from zhibu.supervision.integrity import queries as integrity
from zhibu.supervision.models import DeclarationKind, Problem, ReadingAssignment

pytestmark = pytest.mark.django_db


def test_problems_stand_everywhere_on_their_way_and_the_next_night_finds_nothing_new(university: Summary) -> None:
    standings = {row.standing for row in queries.problems(system_scope(TODAY))}

    assert standings >= {"closed", "due", "late", "stuck"}
    assert not Problem.objects.exclude(state=ProblemState.CLOSED).filter(raised_on__gt=TODAY).exists()
    assert actions.watch(system_scope(TODAY)) == actions.Night(0, 0, 0)


def test_like_problems_are_grouped_and_integrity_education_is_partly_done(university: Summary) -> None:
    groups = common.counted(common.groups(system_scope(TODAY)))
    assert [one.title for one in groups if one.nodes < fewest(TODAY)] == []

    reading = ReadingAssignment.objects.get()
    read = integrity.coverage(system_scope(TODAY), reading).values()
    assert 0 < sum(one.done for one in read) < sum(one.asked for one in read)
    signed = integrity.coverage(system_scope(TODAY), DeclarationKind.objects.get()).values()
    assert 0 < sum(one.done for one in signed) < sum(one.asked for one in signed)
