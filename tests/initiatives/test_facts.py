"""What goes to the warehouse: sums of branches, of what was confirmed and agreed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection

from tests.cast import TODAY, Cast
from tests.initiatives import rows
from zhibu.initiatives.actions import projects, service
from zhibu.initiatives.enums import ProjectState
from zhibu.initiatives.facts import activity, milestone_month
from zhibu.warehouse.contract import Fact, render

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def given(fact: Fact) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(render(fact, TODAY))
        return sorted(cursor.fetchall())


def test_only_confirmed_hours_go_out_and_nobody_s_name(cast: Cast) -> None:
    part = rows.part(cast)
    rows.part(cast, person=cast.organizer)
    assert given(activity) == []

    service.confirm_parts(cast.scope(cast.secretary), part.activity_id, [part.pk])

    held = rows.activity(cast)
    assert given(activity) == [(NOVEMBER, cast.branch.pk, held.pk, held.on, "community", 1, 3)]


def test_milestones_are_due_where_they_stand_now_and_kept_where_they_were_reached_in_time(cast: Cast) -> None:
    found, scope = rows.project(cast), cast.scope(cast.secretary)
    rows.project(cast, state=ProjectState.DECLARED, title="未同意")
    missed, kept = found.milestones.get(), rows.milestone(found, "访谈")
    projects.reach(scope, found.pk, kept.pk, on=OCTOBER, result="二十人")
    assert given(milestone_month) == [(OCTOBER, cast.branch.pk, 2, 1, 0)]

    projects.change(scope, found.pk, missed.pk, title="调研", due_on=date(2026, 11, 20), reason="停电")

    assert given(milestone_month) == [(OCTOBER, cast.branch.pk, 1, 1, 0), (NOVEMBER, cast.branch.pk, 1, 0, 1)]
