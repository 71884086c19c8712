"""A problem from the day it is raised until it is struck off, as the people who have to do with it live through it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404

from tests.cast import TODAY, Cast, appoint, make_person
from tests.supervision.rows import days, make_problem, reported
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope, scope_of, system_scope
from zhibu.audit.models import Entry
from zhibu.meetings.signals import problem_found
from zhibu.organizations.enums import PostKind
from zhibu.regulations.refusal import Refusal
from zhibu.supervision import actions, queries
from zhibu.supervision.enums import EntryKind, ProblemState, Source, Standing
from zhibu.supervision.models import Problem
from zhibu.supervision.rules import standing
from zhibu.ui.waiting import answered

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def later(scope: Scope, number: int) -> Scope:
    from zhibu.accounts.models import User

    return scope_of(User.objects.get(pk=scope.user_id), TODAY + timedelta(days=number))


def kinds(problem: Problem) -> list[str]:
    return list(problem.entries.order_by("pk").values_list("kind", flat=True))


def told(scope: Scope) -> dict[str, int]:
    return {item.title: item.count for item in answered(queries.waiting(scope))}


def test_a_problem_goes_from_the_superior_through_the_branch_back_to_the_superior(cast: Cast) -> None:
    organizer, secretary = cast.scope(cast.organizer), cast.scope(cast.secretary)

    made = actions.raise_problem(organizer, cast.branch.pk, source=Source.SUPERIOR, text="没有年度计划。")
    assert (made.state, made.due_on) == (ProblemState.UNCLAIMED, days(30))
    assert told(secretary)["待认领的问题"] == 1
    actions.set_measure(secretary, made.pk, measure="支委会制定计划。", milestones=[("讨论", days(3))])
    with_file = SimpleUploadedFile("计划.pdf", PDF)
    actions.report_done(secretary, made.pk, text="计划已通过。", files=[with_file])
    assert told(organizer)["下级报告整改完成，待复核"] == 1
    actions.review(organizer, made.pk, accept=True)

    made.refresh_from_db()
    assert (made.state, made.closed_on, made.measure) == (ProblemState.CLOSED, TODAY, "支委会制定计划。")
    assert kinds(made) == ["raised", "measure", "reported", "accepted"]
    assert [file.name for entry in made.entries.all() for file in entry.files.all()] == ["计划.pdf"]
    assert made.milestones.get().done_on == TODAY
    assert told(secretary) == told(organizer) == {}
    verbs = Entry.objects.filter(verb__startswith="supervision.").order_by("pk").values_list("verb", flat=True)
    assert [verb.partition(".")[2] for verb in verbs] == ["raise", "measure", "report", "accept"]
    assert "年度计划" not in str(list(Entry.objects.values_list("changes", "reason")))


def test_whoever_reported_may_not_review_and_another_may(cast: Cast) -> None:
    organizer = cast.scope(cast.organizer)
    made = make_problem(cast.branch, state=ProblemState.UNDER_WAY, measure="补讲。")
    actions.report_done(organizer, made.pk, text="代支部登记，已补讲。")

    with pytest.raises(Refusal, match="不能复核自己的报告"):
        actions.review(organizer, made.pk, accept=True)
    with pytest.raises(Refusal, match="由上级党组织复核"):
        actions.review(cast.scope(cast.secretary), made.pk, accept=True)

    assert actions.review(cast.scope(cast.office), made.pk, accept=True).state == ProblemState.CLOSED


def test_a_branch_reviews_what_it_found_itself_by_another_of_its_committee(cast: Cast) -> None:
    second = make_person("副书", cast.branch, serial=61, username="second")
    appoint(second, cast.branch, PostKind.DEPUTY_SECRETARY)
    secretary = cast.scope(cast.secretary)
    made = actions.raise_problem(secretary, cast.branch.pk, source=Source.OWN, text="台账缺两次签到。")
    actions.set_measure(secretary, made.pk, measure="补齐。")
    actions.report_done(secretary, made.pk, text="已补齐。")

    assert actions.review(cast.scope(second), made.pk, accept=True).state == ProblemState.CLOSED


def test_sent_back_needs_a_reason_and_the_clock_goes_on(cast: Cast) -> None:
    made, organizer = reported(cast), cast.scope(cast.organizer)

    with pytest.raises(Refusal, match="请写明内容"):
        actions.review(organizer, made.pk, accept=False, reason=" ")
    back = actions.review(organizer, made.pk, accept=False, reason="缺会议记录。", due_on=days(40))

    assert (back.state, back.done_on, back.due_on) == (ProblemState.UNDER_WAY, None, days(40))
    assert made.entries.get(kind=EntryKind.RETURNED).data == {"due_on": [str(days(20)), str(days(40))]}


def test_the_clock_stands_still_only_for_a_reason_of_the_superior_and_the_day_moves(cast: Cast) -> None:
    made = make_problem(cast.branch)
    organizer = cast.scope(cast.organizer)

    with pytest.raises(Refusal, match="由上级党组织办理"):
        actions.stop_clock(cast.scope(cast.secretary), made.pk, reason="忙")
    with pytest.raises(Refusal, match="请写明内容"):
        actions.stop_clock(organizer, made.pk, reason="")
    actions.stop_clock(organizer, made.pk, reason="等待批复。")
    with pytest.raises(Refusal, match="暂停计时，现在不能办理"):
        actions.extend(organizer, made.pk, reason="再给时间。", due_on=days(60))
    back = actions.resume_clock(later(organizer, 7), made.pk, reason="批复已到。")

    assert (back.state, back.due_on, back.stopped_on) == (ProblemState.UNCLAIMED, days(27), None)


def test_reopened_and_extended_only_from_above_with_a_day_to_come(cast: Cast) -> None:
    made = make_problem(cast.branch, state=ProblemState.CLOSED, closed_on=TODAY)
    organizer = cast.scope(cast.organizer)

    with pytest.raises(Refusal, match="不能早于今天"):
        actions.reopen(organizer, made.pk, reason="又发生。", due_on=days(-1))
    actions.reopen(organizer, made.pk, reason="又发生。", due_on=days(5))
    with pytest.raises(Refusal, match="须晚于原来的期限"):
        actions.extend(organizer, made.pk, reason="来不及。", due_on=days(5))
    again = actions.extend(organizer, made.pk, reason="来不及。", due_on=days(9))

    assert (again.state, again.closed_on, again.due_on) == (ProblemState.REOPENED, None, days(9))


def test_a_superior_of_another_faculty_sees_nothing_and_its_own_organization_gives_itself_no_order(cast: Cast) -> None:
    foreign = make_problem(cast.other_branch)
    organizer, secretary = cast.scope(cast.organizer), cast.scope(cast.secretary)

    with pytest.raises(Http404):
        actions.extend(organizer, foreign.pk, reason="x", due_on=days(90))
    with pytest.raises(Http404):
        actions.raise_problem(organizer, cast.other_branch.pk, source=Source.SUPERIOR, text="x")
    with pytest.raises(Refusal, match="只有上级党组织可以交办"):
        actions.raise_problem(secretary, cast.branch.pk, source=Source.SUPERIOR, text="x")
    own = make_problem(cast.faculty)
    with pytest.raises(Refusal, match="由上级党组织办理"):
        actions.stop_clock(organizer, own.pk, reason="忙")
    actions.stop_clock(cast.scope(cast.office), own.pk, reason="等待批复。")
    with pytest.raises(PermissionDenied):
        queries.problem(secretary, make_problem(cast.branch).pk, Right.SUPERVISE)
    with pytest.raises(Http404):
        queries.problem(cast.scope(cast.member), make_problem(cast.branch).pk)


def test_milestones_lie_before_the_day_and_finished_ones_stay(cast: Cast) -> None:
    made, secretary = make_problem(cast.branch), cast.scope(cast.secretary)

    with pytest.raises(Refusal, match="不能晚于整改期限"):
        actions.set_measure(secretary, made.pk, measure="补讲。", milestones=[("太晚", days(21))])
    actions.set_measure(secretary, made.pk, measure="补讲。", milestones=[("备课", days(2)), ("讲课", days(9))])
    first = made.milestones.get(text="备课")
    actions.finish_milestone(secretary, made.pk, first.pk)
    actions.set_measure(secretary, made.pk, measure="补讲两次。", milestones=[("再讲", days(12))])

    assert list(made.milestones.values_list("text", "done_on")) == [("备课", TODAY), ("再讲", None)]


def send(cast: Cast, **given: Any) -> None:
    fields = {
        "organization": cast.branch, "source": "spot_check", "key": "drawn:7", "text": "记录没有写应到人数。",
        "measure": "", "responsible": None, "due_on": None, "address": "/meetings/7/",
        "scope": cast.scope(cast.organizer),
    }  # fmt: skip
    problem_found.send(sender=None, **{**fields, **given})


def test_a_finding_of_another_room_is_taken_in_once(cast: Cast) -> None:
    send(cast)
    send(cast, text="又发了一次")
    send(cast, source="life_meeting", measure="两周内补记。", due_on=days(14), responsible=cast.secretary)
    send(cast, key="drawn:8", responsible=cast.member)

    first, second, third = Problem.objects.order_by("pk")
    assert (first.text, first.state, first.due_on) == ("记录没有写应到人数。", ProblemState.UNCLAIMED, days(30))
    assert (second.state, second.due_on, second.post) == (ProblemState.UNDER_WAY, days(14), PostKind.SECRETARY)
    assert (second.person, third.person) == (None, cast.member)
    rows = queries.problems(cast.scope(cast.organizer)).order_by("pk")
    assert [row.responsible for row in rows] == ["舒记", "舒记", "孟员"]


def test_the_successor_inherits_what_the_post_answers_for(cast: Cast) -> None:
    made = make_problem(cast.branch)
    cast.secretary.tenures.update(ended_on=TODAY)
    successor = make_person("纪任", cast.branch, serial=62)
    successor.tenures.create(organization=cast.branch, post=PostKind.SECRETARY, started_on=TODAY)

    scope = cast.scope(cast.office)
    assert queries.problem(scope, made.pk).responsible == "纪任"
    assert [one.person for one in queries.handovers(made)] == [successor]


def test_late_problems_go_up_level_by_level_and_the_superior_is_told(cast: Cast) -> None:
    week, month = make_problem(cast.branch, due_on=days(-7)), make_problem(cast.branch, due_on=days(-30))
    make_problem(cast.branch, due_on=days(-6))
    make_problem(cast.branch, due_on=days(-40), state=ProblemState.STOPPED, stopped_on=days(-41))
    actions.watch(system_scope(TODAY))

    night = actions.watch(system_scope(TODAY))

    week.refresh_from_db()
    month.refresh_from_db()
    assert (week.escalation, month.escalation, night.escalated) == (1, 2, 0)
    assert week.entries.get(kind=EntryKind.ESCALATED).text == "逾期 7 天，已报告计算机学院党委。"
    assert told(cast.scope(cast.organizer))["下级问题逾期，已报告到本级"] == 2
    assert told(cast.scope(cast.office))["下级问题逾期，已报告到本级"] == 1


def test_several_reports_are_accepted_at_once_but_not_ones_own(cast: Cast) -> None:
    organizer = cast.scope(cast.organizer)
    first, open_one = reported(cast), make_problem(cast.branch)
    own = make_problem(cast.branch, state=ProblemState.UNDER_WAY, measure="补。")
    actions.report_done(organizer, own.pk, text="已补。")

    outcomes = actions.accept_chosen(organizer, queries.problems(organizer), reason="")

    assert [(one.problem.pk, bool(one.refused)) for one in outcomes] == [
        (first.pk, False), (open_one.pk, True), (own.pk, True),
    ]  # fmt: skip
    assert list(Problem.objects.order_by("pk").values_list("state", flat=True)) == ["closed", "unclaimed", "to_review"]


STANDINGS = [
    ({}, Standing.DUE),
    ({"due_on": days(7)}, Standing.SOON),
    ({"due_on": days(8)}, Standing.DUE),
    ({"due_on": days(0)}, Standing.SOON),
    ({"due_on": days(-1)}, Standing.LATE),
    ({"due_on": days(-29)}, Standing.LATE),
    ({"due_on": days(-30)}, Standing.STUCK),
    ({"raised_on": days(-5)}, Standing.DUE),
    ({"raised_on": days(-6)}, Standing.STUCK),
    ({"raised_on": days(-6), "state": ProblemState.UNDER_WAY}, Standing.DUE),
    ({"state": ProblemState.STOPPED, "stopped_on": TODAY}, Standing.STUCK),
    ({"state": ProblemState.TO_REVIEW, "done_on": days(-10), "due_on": days(-30)}, Standing.DUE),
    ({"state": ProblemState.TO_REVIEW, "done_on": days(-11)}, Standing.STUCK),
    ({"state": ProblemState.CLOSED, "closed_on": TODAY, "due_on": days(-90)}, Standing.CLOSED),
]


def test_how_a_problem_stands_is_the_same_in_sql_and_in_python(cast: Cast) -> None:
    made = [make_problem(cast.branch, **given).pk for given, _ in STANDINGS]

    rows = {row.pk: row for row in queries.problems(cast.scope(cast.office))}

    assert [rows[pk].standing for pk in made] == [expected.value for _, expected in STANDINGS]
    assert [standing(rows[pk], TODAY) for pk in made] == [expected for _, expected in STANDINGS]
