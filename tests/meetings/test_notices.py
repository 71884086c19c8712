"""The notice: told to those who should come, answered on a phone, leave decided, kept on the attendance list; and the
private calendar in which all of it appears."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from icalendar import Calendar

from tests.cast import TODAY, Cast, appoint, make_organization, make_person
from zhibu.audit.models import Entry
from zhibu.meetings.actions import attach, delete_draft
from zhibu.meetings.enums import Kind, Part, Presence, State
from zhibu.meetings.models import Attendance, CalendarAddress, Invitation, Meeting, PlannedMeeting
from zhibu.meetings.planning import actions, notices, queries
from zhibu.meetings.planning.enums import Answer, Leave
from zhibu.meetings.queries import attendance_on
from zhibu.organizations.enums import Kind as NodeKind
from zhibu.organizations.enums import PostKind
from zhibu.people.actions import record_sanction
from zhibu.people.models import Affiliation
from zhibu.regulations.refusal import Refusal
from zhibu.ui.waiting import answered

SignIn = Callable[..., Client]
DAY = date(2026, 12, 10)


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


def planned(cast: Cast, **changes: Any) -> PlannedMeeting:
    who, node = changes.pop("by", cast.secretary), changes.pop("node", cast.branch)
    given = {"kind": Kind.THEME_DAY, "title": "12 月主题党日", "held_on": DAY, "place": "第一会议室", **changes}
    one = actions.Plan(starts_at=time(14, 30), ends_at=time(16), **given)
    return actions.save(cast.scope(who), node.pk, [one], submission=uuid4())[0]


@pytest.fixture
def told(cast: Cast) -> PlannedMeeting:
    """A planned meeting, prepared, of which everybody was told."""
    row, scope = planned(cast), cast.scope(cast.secretary)
    actions.prepare(scope, row.pk)
    return notices.notify(scope, row.pk, agenda=["学习条例", "讨论计划"], text="请带笔记本。")


def own(cast: Cast) -> Invitation:
    return Invitation.objects.get(person=cast.member)


def text(answer: Any) -> str:
    return answer.content.decode()


def ask_leave(cast: Cast, reason: str = "在外实习") -> None:
    notices.answer(cast.scope(cast.member), own(cast).pk, Answer.LEAVE, reason=reason)


def test_the_secretary_sends_the_notice_and_the_member_reads_and_answers(cast: Cast, sign_in: SignIn) -> None:
    row, client = planned(cast), sign_in(cast.secretary)
    client.post(f"/meetings/plan/{row.pk}/prepare/")
    attach(cast.scope(cast.secretary), Meeting.objects.get().pk, SimpleUploadedFile("提纲.pdf", b"%PDF-1.4\n%%EOF\n"))
    address = f"/meetings/plan/{row.pk}/notice/"
    version = client.get(address).context["form"]["version"].value()
    sent = client.post(address, {"agenda": "学习条例\n\n讨论计划", "text": "请带笔记本。", "version": version})

    member = sign_in(cast.member)
    waiting = {one.title: one.count for one in answered(queries.waiting(cast.scope(cast.member)))}
    page = text(member.get(f"/meetings/invited/{own(cast).pk}/"))
    material = queries.materials(PlannedMeeting.objects.get()).get()
    file = member.get(f"/meetings/invited/{own(cast).pk}/materials/{material.pk}/")
    member.post(f"/meetings/invited/{own(cast).pk}/", {"answer": "coming"})

    assert sent.status_code == 302
    assert waiting == {"会议通知待答复": 1}
    assert "学习条例" in page and "请带笔记本。" in page and "提纲.pdf" in page
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    assert own(cast).answer == Answer.COMING
    assert answered(queries.waiting(cast.scope(cast.member))) == []


def test_a_leave_with_its_reason_is_granted_and_stands_on_the_list(
    cast: Cast, told: PlannedMeeting, sign_in: SignIn
) -> None:
    sign_in(cast.member).post(f"/meetings/invited/{own(cast).pk}/", {"answer": "leave", "reason": "在外实习"})
    waiting = {one.title for one in answered(queries.waiting(cast.scope(cast.secretary)))}
    client = sign_in(cast.secretary)
    shown = text(client.get(f"/meetings/plan/{told.pk}/"))
    client.post(f"/meetings/plan/{told.pk}/leave/{cast.member.pk}/", {"decision": "grant"})

    line = Attendance.objects.get(person=cast.member)
    assert "会议请假待审批" in waiting and "在外实习" in shown
    assert (line.presence, line.reason) == (Presence.LEAVE, "在外实习")
    desk = text(client.get(f"/meetings/{told.meeting_id}/check-in/desk/"))
    assert "请假 <strong>1</strong> 人" in desk and "请假：在外实习" in desk
    assert "在外实习" not in str(list(Entry.objects.values_list("changes", "reason")))


def test_a_refused_leave_says_why_and_leaves_the_list_open(cast: Cast, told: PlannedMeeting, sign_in: SignIn) -> None:
    ask_leave(cast)
    with pytest.raises(Refusal, match="须写明理由"):
        notices.decide_leave(cast.scope(cast.secretary), told.pk, cast.member.pk, granted=False)
    notices.decide_leave(cast.scope(cast.secretary), told.pk, cast.member.pk, granted=False, remark="须到会表决")

    assert Attendance.objects.get(person=cast.member).presence == Presence.EXPECTED
    assert "须到会表决" in text(sign_in(cast.member).get(f"/meetings/invited/{own(cast).pk}/"))


def test_coming_after_all_takes_a_granted_leave_back(cast: Cast, told: PlannedMeeting) -> None:
    ask_leave(cast)
    notices.decide_leave(cast.scope(cast.secretary), told.pk, cast.member.pk, granted=True)
    notices.answer(cast.scope(cast.member), own(cast).pk, Answer.COMING)

    line = Attendance.objects.get(person=cast.member)
    assert (line.presence, line.reason, own(cast).leave) == (Presence.EXPECTED, "", Leave.NONE)


def test_another_time_asks_everybody_again(cast: Cast, told: PlannedMeeting) -> None:
    ask_leave(cast)
    scope = cast.scope(cast.secretary)
    notices.decide_leave(scope, told.pk, cast.member.pk, granted=True)
    later = actions.Plan(Kind.THEME_DAY, told.title, date(2026, 12, 17), time(14, 30), time(16))
    actions.change(scope, told.pk, later, sequence=told.sequence)

    assert (own(cast).answer, own(cast).leave) == (Answer.NONE, Leave.NONE)
    assert Attendance.objects.get(person=cast.member).presence == Presence.EXPECTED


def test_a_granted_leave_survives_a_discarded_draft(cast: Cast, told: PlannedMeeting) -> None:
    ask_leave(cast)
    scope = cast.scope(cast.secretary)
    notices.decide_leave(scope, told.pk, cast.member.pk, granted=True)
    delete_draft(scope, Meeting.objects.get().pk)
    actions.prepare(scope, told.pk)

    assert Attendance.objects.get(person=cast.member).presence == Presence.LEAVE


def test_telling_again_reaches_those_added_and_keeps_answers(cast: Cast, told: PlannedMeeting) -> None:
    ask_leave(cast)
    added = make_person("新员", cast.branch, serial=60)
    Attendance.objects.create(meeting=told.meeting, person=added)
    notices.notify(cast.scope(cast.secretary), told.pk, agenda=["学习条例"])

    assert Invitation.objects.filter(person=added).exists()
    assert own(cast).answer == Answer.LEAVE
    assert list(Meeting.objects.get().topics.values_list("title", flat=True)) == ["学习条例"]


def test_what_was_written_under_a_topic_is_not_lost_to_another_agenda(cast: Cast, told: PlannedMeeting) -> None:
    assert told.meeting is not None
    told.meeting.topics.filter(title="讨论计划").update(points="先定时间，再定人。")

    with pytest.raises(Refusal, match="下已写了发言要点"):
        notices.notify(cast.scope(cast.secretary), told.pk, agenda=["学习条例", "讨论明年计划"])
    notices.notify(cast.scope(cast.secretary), told.pk, agenda=["讨论计划", "学习新条例"])

    kept = told.meeting.topics.order_by("position").values_list("title", "points")
    assert list(kept) == [("讨论计划", "先定时间，再定人。"), ("学习新条例", "")]


def test_a_notice_needs_a_prepared_meeting_and_an_agenda(cast: Cast, sign_in: SignIn) -> None:
    row, scope = planned(cast), cast.scope(cast.secretary)
    with pytest.raises(Refusal, match="还没有开始筹备"):
        notices.notify(scope, row.pk, agenda=["学习条例"])
    actions.prepare(scope, row.pk)
    refused = sign_in(cast.secretary).post(f"/meetings/plan/{row.pk}/notice/", {"agenda": " ", "text": "请准时。"})
    with pytest.raises(Refusal, match="答复截止"):
        notices.notify(scope, row.pk, agenda=["学习条例"], answer_by=DAY + timedelta(days=1))

    assert refused.status_code == 422 and "没有写议程" in text(refused) and "请准时。" in text(refused)
    assert not Invitation.objects.exists()


def test_an_answer_has_its_limits(cast: Cast, told: PlannedMeeting, sign_in: SignIn) -> None:
    address = f"/meetings/invited/{own(cast).pk}/"
    without_reason = sign_in(cast.member).post(address, {"answer": "leave"})
    others = sign_in(cast.neighbour).get(address)
    PlannedMeeting.objects.update(answer_by=TODAY - timedelta(days=1))
    with pytest.raises(Refusal, match="已过答复截止"):
        notices.answer(cast.scope(cast.member), own(cast).pk, Answer.COMING)
    Meeting.objects.update(state=State.RECORDED)
    with pytest.raises(Refusal, match="已经召开"):
        notices.answer(cast.scope(cast.member), own(cast).pk, Answer.COMING)

    assert (without_reason.status_code, others.status_code) == (422, 404)
    assert own(cast).answer == Answer.NONE


def test_nobody_grants_their_own_leave(cast: Cast, told: PlannedMeeting) -> None:
    mine = Invitation.objects.get(person=cast.secretary)
    notices.answer(cast.scope(cast.secretary), mine.pk, Answer.LEAVE, reason="出差")
    with pytest.raises(Refusal, match="不能审批本人"):
        notices.decide_leave(cast.scope(cast.secretary), told.pk, cast.secretary.pk, granted=True)

    notices.decide_leave(cast.scope(cast.organizer), told.pk, cast.secretary.pk, granted=True)
    assert Attendance.objects.get(person=cast.secretary).presence == Presence.LEAVE


def test_files_added_after_the_notice_stay_with_the_record(cast: Cast, told: PlannedMeeting, sign_in: SignIn) -> None:
    assert told.meeting is not None
    late = attach(cast.scope(cast.secretary), told.meeting.pk, SimpleUploadedFile("记录.pdf", b"%PDF-1.4\n%%EOF\n"))
    client = sign_in(cast.member)

    assert "记录.pdf" not in text(client.get(f"/meetings/invited/{own(cast).pk}/"))
    assert client.get(f"/meetings/invited/{own(cast).pk}/materials/{late.pk}/").status_code == 404


def subscribe(client: Client) -> str:
    page = text(client.post("/meetings/calendar/", {"do": "open"}))
    return "/meetings/calendar/" + page.split("/meetings/calendar/", 1)[1].split(".ics")[0] + ".ics"


def events(client: Client, address: str) -> list[Any]:
    answer = client.get(address)
    assert answer["Content-Type"].startswith("text/calendar")
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_the_calendar_tells_plan_notice_change_and_cancellation(cast: Cast, sign_in: SignIn) -> None:
    row, scope = planned(cast), cast.scope(cast.secretary)
    address = subscribe(sign_in(cast.member))
    reader = Client()  # a calendar program: no session
    [first] = events(reader, address)
    actions.prepare(scope, row.pk)
    notices.notify(scope, row.pk, agenda=["学习条例"])
    [second] = events(reader, address)
    actions.cancel(scope, row.pk, reason="与学校会议冲突")
    [third] = events(reader, address)

    assert first["DTSTART"].dt == datetime(2026, 12, 10, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert first["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert first["UID"] == second["UID"] == third["UID"]
    assert [one["STATUS"] for one in (first, second, third)] == ["TENTATIVE", "CONFIRMED", "CANCELLED"]
    assert first["SEQUENCE"] < second["SEQUENCE"] < third["SEQUENCE"]
    assert (first["SUMMARY"], first["LOCATION"]) == ("主题党日：12 月主题党日", "第一会议室")


def test_the_calendar_holds_only_what_concerns_its_owner(cast: Cast, sign_in: SignIn) -> None:
    group = make_organization("第一党小组", cast.branch, kind=NodeKind.GROUP)
    Affiliation.objects.filter(person=cast.member).update(organization=group)
    appoint(cast.secretary, cast.branch, PostKind.YOUTH_MEMBER)
    planned(cast)
    planned(cast, kind=Kind.GROUP, title="小组会", node=group)
    planned(cast, kind=Kind.COMMITTEE, title="支委会")
    planned(cast, by=cast.neighbour, node=cast.other_branch, title="别人的")
    planned(cast, by=cast.organizer, node=cast.sibling, title="同院的")
    reader = Client()

    mine = events(reader, subscribe(sign_in(cast.member)))
    secretarys = events(reader, subscribe(sign_in(cast.secretary)))

    assert sorted(str(one["SUMMARY"]) for one in mine) == ["主题党日：12 月主题党日", "党小组会：小组会"]
    assert sorted(str(one["SUMMARY"]) for one in secretarys) == ["主题党日：12 月主题党日", "支部委员会会议：支委会"]


def test_no_name_stands_in_address_or_file_and_only_a_hash_is_kept(
    cast: Cast, told: PlannedMeeting, sign_in: SignIn
) -> None:
    address = subscribe(sign_in(cast.member))
    token = address.rsplit("/", 1)[1].removesuffix(".ics")
    body = text(Client().get(address))

    assert len(token) >= 40 and CalendarAddress.objects.filter(token_hash=token).count() == 0
    assert not any(word in body for word in ("孟员", "舒记", "member", "学习条例", "请带笔记本"))
    assert "BEGIN:VTIMEZONE" in body


def test_a_renewed_or_closed_address_ends_at_once(cast: Cast, told: PlannedMeeting, sign_in: SignIn) -> None:
    client = sign_in(cast.member)
    first, second = subscribe(client), subscribe(client)
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    client.post("/meetings/calendar/", {"do": "close"})
    assert Client().get(second).status_code == 404

    third = subscribe(client)
    cast.member.user.is_active = False  # type: ignore[union-attr]
    cast.member.user.save()  # type: ignore[union-attr]
    assert Client().get(third).status_code == 404


def test_under_observation_one_is_called_but_does_not_count_for_the_quorum(cast: Cast) -> None:
    given = {"since": date(2026, 3, 1), "until": date(2027, 3, 1), "document": "纪〔2026〕3 号"}
    record_sanction(cast.scope(cast.organizer), cast.member, kind="4", **given)  # type: ignore[arg-type]

    def parts(on: date) -> dict[int, str]:
        return {line.person_id: line.part for line in attendance_on(cast.branch, Kind.GENERAL, on)}

    before, under = parts(date(2026, 2, 28)), parts(date(2026, 3, 1))
    assert before[cast.member.pk] == Part.VOTER and under[cast.member.pk] == Part.MEMBER
    assert before.keys() == under.keys() and under[cast.secretary.pk] == Part.VOTER


def test_two_who_write_one_notice_notice_each_other_and_see_both(
    cast: Cast, told: PlannedMeeting, sign_in: SignIn
) -> None:
    client, url = sign_in(cast.secretary), f"/meetings/plan/{told.pk}/notice/"
    seen = re.findall(r'name="version" value="([^"]+)"', text(client.get(url)))[0]
    typed = {"agenda": "学习条例\n讨论计划\n通报党费", "text": "请带笔记本。", "version": seen}
    notices.notify(cast.scope(cast.secretary), told.pk, agenda=["学习条例", "讨论计划"], text="改到线上。")

    refused = client.post(url, typed)
    shown = text(refused)
    assert refused.status_code == 422 and "已被另一处修改" in shown
    assert "改到线上。" in shown and "通报党费" in shown  # both, to choose from
    told.refresh_from_db()
    assert told.notice == "改到线上。"
    again = re.findall(r'name="version" value="([^"]+)"', shown)[0]
    assert client.post(url, {**typed, "version": again}).status_code == 302
    told.refresh_from_db()
    assert told.notice == "请带笔记本。"
