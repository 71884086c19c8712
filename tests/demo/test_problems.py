"""The list of problems in the demo: some in every standing, and each late duty on it once."""

import pytest

from tests.demo.university import TODAY
from zhibu.accounts.scope import system_scope
from zhibu.demo.generate import Summary
from zhibu.supervision import actions, queries
from zhibu.supervision.enums import ProblemState
from zhibu.supervision.models import Problem

pytestmark = pytest.mark.django_db


def test_problems_stand_everywhere_on_their_way_and_the_next_night_finds_nothing_new(university: Summary) -> None:
    standings = {row.standing for row in queries.problems(system_scope(TODAY))}

    assert standings >= {"closed", "due", "late", "stuck"}
    assert not Problem.objects.exclude(state=ProblemState.CLOSED).filter(raised_on__gt=TODAY).exists()
    assert actions.watch(system_scope(TODAY)) == actions.Night(0, 0, 0)
