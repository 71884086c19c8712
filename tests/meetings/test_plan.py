"""The year plan as the secretary makes it: proposed, changed by hand, saved, prepared, fulfilled."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.cast import TODAY, Cast, appoint, make_organization, make_person
from tests.meetings.records import held
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import Meeting, PlannedMeeting
from zhibu.meetings.planning import actions, proposal, queries
from zhibu.meetings.planning.enums import Source, Stand
from zhibu.meetings.planning.rules import Line, free_day, is_holiday, period_of, weekday_in
from zhibu.organizations.enums import Kind as NodeKind
from zhibu.organizations.enums import PostKind
from zhibu.people.models import Affiliation
from zhibu.regulations.refusal import Refusal, Refusals
from zhibu.ui.waiting import answered

SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


def plan(**changes: Any) -> actions.Plan:
    given: dict[str, Any] = {
        "kind": Kind.THEME_DAY, "title": "12 月主题党日", "held_on": date(2026, 12, 10), "starts_at": time(14, 30),
        "ends_at": time(16), "place": "第一会议室", **changes,
    }  # fmt: skip
    return actions.Plan(**given)


def planned(cast: Cast, **changes: Any) -> PlannedMeeting:
    who, node = changes.pop("by", cast.secretary), changes.pop("node", cast.branch)
    return actions.save(cast.scope(who), node.pk, [plan(**changes)], submission=uuid4())[0]


def lines(cast: Cast, period: str = "2027", node: Any = None, who: Any = None) -> list[Line]:
    scope, node = cast.scope(who or cast.secretary), node or cast.branch
    found = proposal.dues(scope, node, one := period_of(period, TODAY))
    usual = proposal.habits(scope, node, {due.duty.kind for due in found})
    return proposal.proposed(scope, node, one, found, usual)


def counted(found: list[Line]) -> dict[Kind, int]:
    return {kind: sum(line.kind is kind for line in found) for kind in {line.kind for line in found}}


def text(answer: Any) -> str:
    return answer.content.decode()


def test_a_years_proposal_holds_what_the_branch_owes(cast: Cast) -> None:
    found = lines(cast)

    assert counted(found) == {Kind.THEME_DAY: 12, Kind.GENERAL: 4, Kind.LECTURE: 4, Kind.LIFE: 1}
    assert [(line.held_on.month, line.with_appraisal) for line in found if line.kind is Kind.LIFE] == [(12, True)]


def test_with_a_committee_its_monthly_meetings_are_proposed_too(cast: Cast) -> None:
    for number, post in enumerate((PostKind.PUBLICITY_MEMBER, PostKind.YOUTH_MEMBER), start=50):
        appoint(make_person(f"委{number}", cast.branch, serial=number), cast.branch, post)

    assert counted(lines(cast))[Kind.COMMITTEE] == 12


def test_groups_and_faculties_get_what_is_theirs(cast: Cast) -> None:
    group = make_organization("第一党小组", cast.branch, kind=NodeKind.GROUP)

    assert counted(lines(cast, node=group)) == {Kind.GROUP: 12}
    assert counted(lines(cast, node=cast.faculty, who=cast.organizer)) == {Kind.DEMOCRATIC_LIFE: 1}


def test_of_this_year_only_what_is_missing_and_still_to_come_is_proposed(cast: Cast) -> None:
    held(cast, kind=Kind.THEME_DAY)  # November's
    planned(cast)  # December's

    found = lines(cast, "2026")

    assert {line.held_on >= TODAY for line in found} == {True}
    assert counted(found) == {Kind.GENERAL: 1, Kind.LIFE: 1, Kind.LECTURE: 1}


def test_a_holiday_moves_the_day_and_says_so() -> None:
    assert is_holiday(date(2026, 10, 1)) and not is_holiday(date(2026, 10, 17))  # a weekend is no holiday
    assert free_day(date(2026, 10, 1)) == (date(2026, 10, 8), "10 月 1 日放假，改到这一天")
    assert free_day(date(2026, 10, 10))[1] == "调休上班日"
    assert free_day(date(2027, 3, 11))[1] == "放假安排未公布，请届时核对"


def test_the_last_week_is_the_last_wherever_it_falls() -> None:
    assert weekday_in(date(2027, 2, 1), 5, 3) == date(2027, 2, 25)
    assert weekday_in(date(2027, 4, 1), 5, 3) == date(2027, 4, 29)
    assert weekday_in(date(2027, 4, 1), 1, 3) == date(2027, 4, 1)


def test_last_years_plan_is_copied_to_the_same_weeks(cast: Cast) -> None:
    planned(cast)
    copied = proposal.copied(cast.scope(cast.secretary), cast.branch, period_of("2027-autumn", TODAY), Source.YEAR)

    assert [(line.title, line.held_on, line.place) for line in copied] == [
        ("12 月主题党日", date(2027, 12, 9), "第一会议室")
    ]


def test_last_terms_plan_moves_half_a_year_and_is_not_offered_twice(cast: Cast) -> None:
    planned(cast)
    spring = period_of("2027-spring", TODAY)
    copied = proposal.copied(cast.scope(cast.secretary), cast.branch, spring, Source.TERM)
    actions.save(
        cast.scope(cast.secretary), cast.branch.pk, [actions.plan_of(one) for one in copied], submission=uuid4()
    )

    assert [(line.title, line.held_on) for line in copied] == [("6 月主题党日", date(2027, 6, 10))]
    assert proposal.copied(cast.scope(cast.secretary), cast.branch, spring, Source.TERM) == []


def posted(page: str) -> dict[str, str]:
    """The form of the proposal as the browser would send it back."""
    form: dict[str, str] = {"do": "save"}
    for tag in re.findall(r"<input[^>]+>", page.split('action=""', 1)[1]):
        name, kind = re.search(r'name="([^"]+)"', tag), re.search(r'type="([^"]+)"', tag)
        if name and (kind is None or kind[1] != "checkbox" or " checked" in tag):
            value = re.search(r'value="([^"]*)"', tag)
            form[name[1]] = value[1] if value else "on"
    for name, body in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        form[name] = chosen[1] if chosen else ""
    return form


def test_the_secretary_sees_a_proposal_changes_it_and_saves(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.secretary)
    form = posted(text(client.get("/meetings/plan/propose/?period=2027")))
    assert not PlannedMeeting.objects.exists()
    form["lines-0-title"], form["lines-0-place"] = "新年主题党日", "图书馆"
    del form["lines-1-keep"]

    saved = client.post("/meetings/plan/propose/", form)
    again = client.post("/meetings/plan/propose/", form)  # the button pressed twice

    assert (saved.status_code, again.status_code) == (302, 302)
    assert PlannedMeeting.objects.count() == 20  # 21 proposed, one left out
    assert PlannedMeeting.objects.filter(title="新年主题党日", place="图书馆").count() == 1


def test_the_branchs_own_week_moves_every_line_of_the_kind(cast: Cast, sign_in: SignIn) -> None:
    usual = (
        "theme_day-week=5&theme_day-weekday=0&theme_day-starts_at=19:00&theme_day-ends_at=20:30&theme_day-place=活动室"
    )
    shown = text(sign_in(cast.secretary).get(f"/meetings/plan/propose/?period=2027&do=apply&{usual}"))

    assert shown.count('value="活动室"') == 13  # the habit and twelve lines
    assert 'value="2027-03-29"' in shown


def test_what_was_typed_is_kept_when_a_line_is_wrong(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.secretary)
    form = posted(text(client.get("/meetings/plan/propose/?period=2027")))
    form["lines-0-title"], form["lines-0-ends_at"] = "新年主题党日", "08:00"

    answer = client.post("/meetings/plan/propose/", form)

    assert answer.status_code == 422
    assert "结束时间应晚于开始时间" in text(answer) and "新年主题党日" in text(answer)
    assert not PlannedMeeting.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": Kind.GROUP}, "不开展"),
        ({"held_on": date(2026, 11, 20)}, "日期已经过去"),
        ({"ends_at": time(14)}, "结束时间"),
        ({"title": " "}, "没有填写名称"),
        ({"with_appraisal": True}, "只与组织生活会合并"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(cast: Cast, changes: dict[str, Any], said: str) -> None:
    with pytest.raises((Refusal, Refusals), match=said):
        planned(cast, **changes)


def test_the_same_meeting_is_not_planned_twice(cast: Cast) -> None:
    planned(cast)
    with pytest.raises(Refusal, match="已有一项同类计划"):
        planned(cast)


def test_place_and_people_wanted_twice_are_shown(cast: Cast) -> None:
    first = planned(cast)
    planned(cast, kind=Kind.LECTURE, title="党课", starts_at=time(15), place="报告厅")
    planned(cast, by=cast.organizer, node=cast.sibling, starts_at=time(15, 30), ends_at=time(17))
    planned(cast, by=cast.organizer, node=cast.sibling, starts_at=time(16), ends_at=time(17), kind=Kind.LECTURE)
    line = Line(Kind.THEME_DAY, first.title, first.held_on, first.starts_at, first.ends_at, first.place)

    found = queries.clashes_of(cast.scope(cast.secretary), cast.branch, [line], but=first.pk)

    assert [(one.second.label[-2:], one.same_place, len(one.persons)) for one in found] == [
        ("党课", False, 2),
        ("安排", True, 0),  # somebody else's: the secretary learns that the place is taken, not by whom
    ]


def test_the_list_says_what_each_row_clashes_with(cast: Cast, sign_in: SignIn) -> None:
    group = make_organization("第一党小组", cast.branch, kind=NodeKind.GROUP)
    Affiliation.objects.filter(person=cast.member).update(organization=group)
    planned(cast)
    planned(cast, node=group, kind=Kind.GROUP, title="小组会", starts_at=time(15), place="报告厅")
    planned(cast, by=cast.organizer, node=cast.sibling, title="邻支部", starts_at=time(15, 30), ends_at=time(17))
    planned(cast, title="不冲突", held_on=date(2026, 12, 11))

    shown = text(sign_in(cast.secretary).get("/meetings/plan/"))
    assert f"与 {group} 2026-12-10 小组会：1 人两处都应参加；与 另一党组织的安排：地点同为“第一会议室”" in shown
    assert shown.count("：1 人两处都应参加") == 2 and "不冲突：" not in shown
    exported = b"".join(sign_in(cast.office).get("/meetings/plan/?export=csv").streaming_content).decode("utf-8-sig")
    assert exported.count("地点同为“第一会议室”") == 2
    assert "冲突" not in text(sign_in(cast.member).get("/meetings/plan/")).replace("不冲突", "")


def test_a_host_who_presides_elsewhere_clashes(cast: Cast) -> None:
    planned(cast, by=cast.organizer, node=cast.sibling, place="别处", host_id=cast.organizer.pk)
    group = make_organization("第一党小组", cast.branch, kind=NodeKind.GROUP)
    line = Line(Kind.GROUP, "党小组会", date(2026, 12, 10), time(14, 30), time(15))

    found = queries.clashes_of(cast.scope(cast.secretary), group, [line], people=(cast.organizer.pk,))

    assert [clash.persons for clash in found] == [frozenset({cast.organizer.pk})]


def test_one_click_makes_the_draft_and_the_record_fulfils_the_plan(cast: Cast, sign_in: SignIn) -> None:
    row, client = planned(cast), sign_in(cast.secretary)
    for _twice in range(2):
        client.post(f"/meetings/plan/{row.pk}/prepare/")

    meeting = Meeting.objects.get()
    assert (meeting.state, meeting.title, meeting.place) == (State.DRAFT, row.title, row.place)
    assert {one.person_id for one in meeting.attendances.all()} == {cast.member.pk, cast.secretary.pk}
    assert "筹备中" in text(client.get("/meetings/plan/"))
    Meeting.objects.update(state=State.RECORDED)
    shown = text(client.get("/meetings/plan/?stand=held"))
    assert "12 月主题党日" in shown and "已召开" in shown


def test_a_record_made_without_the_plan_fulfils_the_nearest(cast: Cast) -> None:
    near, far = planned(cast, held_on=date(2026, 11, 26)), planned(cast)
    meeting = held(cast, kind=Kind.THEME_DAY)

    near.refresh_from_db(), far.refresh_from_db()
    assert (near.meeting, far.meeting) == (meeting, None)
    assert queries.stand(near, TODAY) is Stand.HELD


def test_a_change_reaches_the_draft_and_a_stale_form_is_refused(cast: Cast) -> None:
    row, scope = planned(cast), cast.scope(cast.secretary)
    draft = actions.prepare(scope, row.pk)
    actions.change(scope, row.pk, plan(held_on=date(2026, 12, 17), place="报告厅"), sequence=0)

    draft.refresh_from_db()
    assert (draft.held_on, draft.place) == (date(2026, 12, 17), "报告厅")
    with pytest.raises(Refusal, match="另一处修改"):
        actions.change(scope, row.pk, plan(), sequence=0)


def test_calling_off_needs_a_reason_and_takes_the_draft_along(cast: Cast, sign_in: SignIn) -> None:
    row, client = planned(cast), sign_in(cast.secretary)
    client.post(f"/meetings/plan/{row.pk}/prepare/")
    refused = client.post(f"/meetings/plan/{row.pk}/cancel/", {"reason": ""})
    assert (refused.status_code, Meeting.objects.count()) == (422, 1)

    client.post(f"/meetings/plan/{row.pk}/cancel/", {"reason": "与学校会议冲突"})

    assert not Meeting.objects.exists()
    assert "与学校会议冲突" in text(client.get(f"/meetings/plan/{row.pk}/"))
    with pytest.raises(Refusal, match="已经取消"):
        actions.prepare(cast.scope(cast.secretary), row.pk)


def test_others_plans_do_not_exist_and_members_only_read(cast: Cast, sign_in: SignIn) -> None:
    row = planned(cast)
    member, neighbour = sign_in(cast.member), cast.scope(cast.neighbour)

    assert "12 月主题党日" in text(member.get("/meetings/plan/"))
    assert member.get(f"/meetings/plan/{row.pk}/cancel/").status_code == 403
    assert not queries.planned(neighbour).exists()


def test_what_is_near_or_past_waits_for_the_secretary(cast: Cast) -> None:
    planned(cast, held_on=date(2026, 11, 26))
    late = planned(cast, kind=Kind.LECTURE, title="党课")
    PlannedMeeting.objects.filter(pk=late.pk).update(held_on=date(2026, 11, 19))

    found = {one.title: (one.count, one.late) for one in answered(queries.waiting(cast.scope(cast.secretary)))}

    assert found == {"计划的组织生活待筹备": (1, False), "计划的组织生活过期未登记": (1, True)}
    assert answered(queries.waiting(cast.scope(cast.member))) == []


def test_the_plan_goes_out_as_a_table(cast: Cast, sign_in: SignIn) -> None:
    planned(cast)
    answer = sign_in(cast.secretary).get("/meetings/plan/?export=csv")

    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert "12 月主题党日" in body.decode("utf-8-sig") and "已计划" in body.decode("utf-8-sig")
