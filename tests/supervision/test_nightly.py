"""What the rooms below know to be late comes onto the list by itself, and leaves it when the fact is mended."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from tests.cast import TODAY, Cast, make_person
from tests.supervision.rows import days, make_problem
from zhibu.accounts.scope import system_scope
from zhibu.audit.models import Entry
from zhibu.dues.models import Due
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import LifeMeeting, Meeting
from zhibu.organizations.models import Organization, Term
from zhibu.people.enums import StageKind
from zhibu.procedures.actions import open_case
from zhibu.procedures.models import OpenStep
from zhibu.regulations.dates import add_months
from zhibu.regulations.refusal import Refusal
from zhibu.supervision import actions, queries
from zhibu.supervision.enums import ProblemState
from zhibu.supervision.facts import problem_month
from zhibu.supervision.models import Problem
from zhibu.warehouse.contract import render

pytestmark = pytest.mark.django_db


def night(number: int = 0) -> actions.Night:
    return actions.watch(system_scope(TODAY + timedelta(days=number)))


def problem(prefix: str, node: Organization) -> Problem:
    return Problem.objects.get(key__startswith=f"{prefix}:", organization=node)


def test_a_meeting_that_lacks_is_a_problem_until_it_is_recorded(cast: Cast) -> None:
    first, second = night(), night()

    assert first.raised > 0
    assert second == actions.Night(0, 0, 0)
    lack = problem("meeting:theme_day:2026-10-01", cast.branch)
    assert lack.text == "2026 年 10 月主题党日缺 1 次（应 1 次，已登记 0 次）。"
    assert (lack.address, lack.due_on) == (f"/meetings/cadence/{cast.branch.pk}/", TODAY + timedelta(days=30))
    # Long after the home page has stopped speaking of October it still is not held.
    night(150)
    lack.refresh_from_db()
    assert lack.state == ProblemState.UNCLAIMED
    Meeting.objects.create(
        organization=cast.branch, kind=Kind.THEME_DAY, title="补登记", held_on=date(2026, 10, 20), state=State.RECORDED
    )
    third = night(151)

    lack.refresh_from_db()
    assert (lack.state, third.mended) == (ProblemState.CLOSED, 1)
    assert lack.entries.last().text == "事实已补正。"
    assert Entry.objects.filter(verb="supervision.watch").count() == 3


def test_a_late_step_an_overdue_term_and_arrears_are_problems_until_they_are_mended(cast: Cast) -> None:
    applicant = make_person("戊申", cast.branch, serial=141, stage=StageKind.APPLICANT)
    case = open_case(cast.scope(cast.secretary), "admission", applicant)
    OpenStep.objects.filter(case=case).update(due=TODAY - timedelta(days=1))
    term = Term.objects.create(organization=cast.branch, started_on=date(2023, 1, 1), due_on=date(2026, 1, 1))
    for number in range(1, 7):
        Due.objects.create(
            person=cast.member,
            organization=cast.branch,
            month=add_months(TODAY.replace(day=1), -number),
            amount=Decimal("0.20"),
        )
    night()

    step, over, owed = (problem(prefix, cast.branch) for prefix in ("step", "term", "dues"))
    assert "戊申" not in step.text
    assert step.address == f"/procedures/{case.pk}/"
    assert over.text == "本届任期已于 2026-01-01 届满，尚未换届。"
    assert owed.text.startswith("有党员连续欠交党费满")
    OpenStep.objects.filter(case=case).delete()
    Term.objects.filter(pk=term.pk).update(due_on=date(2027, 1, 1))
    Due.objects.all().delete()
    night(1)

    for one in (step, over, owed):
        one.refresh_from_db()
    assert {one.state for one in (step, over, owed)} == {ProblemState.CLOSED}


def test_what_was_struck_off_by_review_does_not_come_back_by_the_same_fact(cast: Cast) -> None:
    night()
    lack = problem("meeting:theme_day:2026-10-01", cast.branch)
    Problem.objects.filter(pk=lack.pk).update(state=ProblemState.CLOSED, closed_on=TODAY)

    assert night(1).raised == 0


def test_a_dissolved_organization_has_mended_nothing(cast: Cast) -> None:
    Term.objects.create(organization=cast.branch, started_on=date(2023, 1, 1), due_on=date(2026, 1, 1))
    night()
    Organization.objects.filter(pk=cast.branch.pk).update(dissolved_on=TODAY)

    assert night(1).mended == 0
    assert problem("term", cast.branch).state == ProblemState.UNCLAIMED


def test_whoever_oversees_a_part_may_not_watch_over_all(cast: Cast) -> None:
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        actions.watch(cast.scope(cast.organizer))


def test_a_month_of_an_organization_is_counted_and_opens_as_many_problems(cast: Cast) -> None:
    november, first = date(2026, 11, 1), date(2026, 10, 1)
    given: list[dict] = [
        {"due_on": days(-3), "state": "closed", "done_on": days(-3), "closed_on": days(-1)},
        {"due_on": days(-3), "state": "closed", "done_on": days(-2), "closed_on": days(-1)},
        {"due_on": days(-3)},
        {"due_on": days(-3), "state": "to_review", "done_on": days(-3)},
        {"due_on": days(-3), "state": "to_review", "done_on": days(-2)},
        {"due_on": days(-3), "state": "stopped", "stopped_on": days(-5)},
        {"due_on": days(0)},
        {"due_on": days(9), "raised_on": first},
    ]
    for one in given:
        make_problem(cast.branch, **one)

    with connection.cursor() as cursor:
        cursor.execute(render(problem_month, TODAY))
        rows = sorted(cursor.fetchall())

    assert rows == [(first, cast.branch.pk, 1, 0, 0, 0, 0), (november, cast.branch.pk, 7, 2, 4, 1, 3)]
    opened = queries.judged(cast.scope(cast.organizer), cast.faculty.path, first, TODAY)
    assert sorted(one.in_time for one in opened) == [False, False, False, True]
    assert not queries.judged(cast.scope(cast.neighbour), cast.branch.path, first, TODAY).exists()


def test_a_line_that_a_life_meeting_struck_off_itself_is_reported_and_still_reviewed(cast: Cast) -> None:
    life = LifeMeeting.objects.create(
        organization=cast.branch, kind=Kind.LIFE, year=2026, title="主题", planned_on=TODAY, begun_at=timezone.now(),
        submission=uuid4(),
    )  # fmt: skip
    line = life.lines.create(
        problem="学习不经常。", measure="每月一次。", owner=cast.secretary, due_on=days(9), submission=uuid4(),
        state="done", done_on=TODAY, evidence="十一月已学两次。", closed_by=cast.secretary.user,
    )  # fmt: skip
    made = make_problem(cast.branch, source="life_meeting", key=str(line.pk), state="under_way", measure="每月一次。")

    assert night().reported == 1
    with pytest.raises(Refusal, match="不能复核自己的报告"):
        actions.review(cast.scope(cast.secretary), made.pk, accept=True)
    actions.review(cast.scope(cast.organizer), made.pk, accept=False, reason="没有学习记录。")

    assert night().reported == 0
    made.refresh_from_db()
    assert (made.state, made.done_on) == (ProblemState.UNDER_WAY, None)
    assert made.entries.get(kind="reported").text == "十一月已学两次。"
