"""Pages as their readers use them: secretary, member, neighbour, office."""

import re
from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from tests.cast import TODAY, Cast, appoint, make_organization, make_person
from tests.meetings.records import HELD, held, whole
from zhibu.accounts.scope import system_scope
from zhibu.meetings import actions, queries
from zhibu.meetings.enums import Kind, Presence, State
from zhibu.meetings.models import Attendance, Meeting
from zhibu.organizations.enums import PostKind
from zhibu.people.models import Person
from zhibu.ui.waiting import answered

SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' today is the cast's."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


def typed(cast: Cast, **changes: str) -> dict[str, str]:
    """The form of a general meeting as a browser sends it."""
    return {
        "organization": str(cast.branch.pk), "kind": "general", "held_on": "2026-11-12", "title": "十一月支部党员大会",
        "starts_at": "14:00", "ends_at": "15:30", "place": "第一会议室", "host": str(cast.secretary.pk),
        "recorder": str(cast.secretary.pk), "minutes": "先学习，后讨论。", "submission": str(uuid4()),
        "topics-TOTAL_FORMS": "1", "topics-INITIAL_FORMS": "0", "topics-0-title": "讨论工作计划",
        "topics-0-points": "孟员：同意。", "resolutions-TOTAL_FORMS": "1", "resolutions-INITIAL_FORMS": "0",
        "resolutions-0-text": "通过工作计划", "resolutions-0-matter": "ordinary", "do": "record",
        f"p-{cast.member.pk}-presence": "present", f"p-{cast.secretary.pk}-presence": "present", **changes,
    }  # fmt: skip


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_a_secretary_records_a_meeting_in_one_page(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.secretary)
    shown = text(client.get("/meetings/new/"))
    answer = client.post("/meetings/new/", typed(cast, **{f"p-{cast.member.pk}-presence": "leave",
                                                         f"p-{cast.member.pk}-reason": "返乡"}))  # fmt: skip

    meeting = Meeting.objects.get()
    assert "孟员" in shown and "舒记" in shown
    assert (answer.status_code, answer["Location"]) == (302, f"/meetings/{meeting.pk}/")
    assert (meeting.state, meeting.expected, meeting.present) == ("recorded", 2, 1)
    assert Attendance.objects.get(person=cast.member).reason == "返乡"
    assert meeting.parts_present == meeting.parts_required


def test_the_same_page_sent_twice_leads_to_the_same_record(cast: Cast, sign_in: SignIn) -> None:
    client, form = sign_in(cast.secretary), typed(cast)
    first, second = client.post("/meetings/new/", form), client.post("/meetings/new/", form)

    assert first["Location"] == second["Location"]
    assert Meeting.objects.count() == 1


def test_everybody_present_marks_the_rest_and_saves_nothing(cast: Cast, sign_in: SignIn) -> None:
    form = typed(cast, do="all_present", **{f"p-{cast.member.pk}-presence": "leave"})
    del form[f"p-{cast.secretary.pk}-presence"]
    shown = text(sign_in(cast.secretary).post("/meetings/new/", form))

    assert re.search(rf'id="p-{cast.secretary.pk}-present" value="present" checked', shown)
    assert re.search(rf'id="p-{cast.member.pk}-leave" value="leave" checked', shown)
    assert "先学习，后讨论。" in shown
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(("do", "prefix"), [("more_topics", "topics"), ("more_resolutions", "resolutions")])
def test_one_more_row_keeps_what_was_typed(cast: Cast, sign_in: SignIn, do: str, prefix: str) -> None:
    shown = text(sign_in(cast.secretary).post("/meetings/new/", typed(cast, do=do)))

    assert f'name="{prefix}-TOTAL_FORMS" value="2"' in shown
    assert f'id="id_{prefix}-1-' in shown
    assert "讨论工作计划" in shown and "通过工作计划" in shown


def test_another_kind_brings_its_own_list_and_fields(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.secretary)
    committee = text(client.post("/meetings/new/", typed(cast, do="refresh", kind="committee")))
    lecture = text(client.post("/meetings/new/", typed(cast, do="refresh", kind="lecture")))

    assert f"p-{cast.secretary.pk}-presence" in committee
    assert f"p-{cast.member.pk}-presence" not in committee
    assert 'name="lecturer"' in lecture and 'name="lecturer"' not in committee


def test_htmx_gets_only_the_part_it_swaps(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.secretary).post(
        "/meetings/new/", typed(cast, do="refresh", place=""), headers={"HX-Request": "true", "HX-Target": "checklist"}
    )

    assert text(answer).count("<section") == 1
    assert '<a href="#id_place">地点</a>' in text(answer)


def test_observers_are_found_by_name_or_number_and_others_stay_typed(cast: Cast, sign_in: SignIn) -> None:
    guest = make_person("甘旁", cast.branch, serial=40)
    Person.objects.filter(pk=guest.pk).update(organization=cast.branch)
    make_person("重名", cast.branch, serial=41)
    make_person("重名", cast.branch, serial=42)
    form = typed(cast, do="refresh", kind="committee", observers="甘旁\n林居、重名")
    shown = text(sign_in(cast.secretary).post("/meetings/new/", form))

    assert f'name="observer" value="{guest.pk}"' in shown
    assert "名册中没有“林居”" in shown
    assert "2 人重名" in shown
    assert "林居\n重名</textarea>" in shown


def test_a_refusal_keeps_the_page_as_it_was_typed(cast: Cast, sign_in: SignIn) -> None:
    form = typed(cast, **{"resolutions-0-in_favour": "9", "resolutions-0-against": "0", "resolutions-0-abstained": "0"})
    answer = sign_in(cast.secretary).post("/meetings/new/", form)

    assert answer.status_code == 422
    assert "现场票数合计 9 票" in text(answer)
    assert "先学习，后讨论。" in text(answer) and form["submission"] in text(answer)
    assert not Meeting.objects.exists()


def test_unreadable_input_is_told_where_it_stands(cast: Cast, sign_in: SignIn) -> None:
    form = typed(cast, held_on="十一月", starts_at="下午", **{"resolutions-0-in_favour": "三"})
    answer = sign_in(cast.secretary).post("/meetings/new/", form)

    assert answer.status_code == 422
    assert not Meeting.objects.exists()


def test_what_two_browsers_wrote_stands_side_by_side(cast: Cast, sign_in: SignIn) -> None:
    draft = held(cast, State.DRAFT)
    opened = str(draft.version)
    actions.update(cast.scope(cast.secretary), draft.pk, whole(cast, place="第二会议室"), version=draft.version)
    client = sign_in(cast.secretary)
    form = typed(cast, do="draft", place="报告厅", version=opened)
    answer = client.post(f"/meetings/{draft.pk}/edit/", form)

    assert answer.status_code == 422
    shown = text(answer)
    assert "第二会议室" in shown and "报告厅" in shown and "已被另一处修改" in shown
    again = client.post(f"/meetings/{draft.pk}/edit/", {**form, "version": "2"})
    assert 'name="version" value="2"' in shown
    assert again.status_code == 302
    assert Meeting.objects.get().place == "报告厅"


def test_a_member_sees_the_fact_the_topic_and_only_the_own_attendance(cast: Cast, sign_in: SignIn) -> None:
    ill = make_person("柏秉", cast.branch, serial=43)
    content = whole(cast)
    lines = tuple(
        line if line.person_id != ill.pk else type(line)(ill.pk, line.part, Presence.LEAVE, "住院手术")
        for line in content.attendance
    )
    meeting = held(cast, attendance=lines)
    client = sign_in(cast.member)
    shown, listed = text(client.get(f"/meetings/{meeting.pk}/")), text(client.get("/meetings/"))

    assert "讨论工作计划" in shown and "出席" in shown and "十一月支部党员大会" in listed
    for secret in ("住院手术", "柏秉", "先学习", "同意", "更正记录"):
        assert secret not in shown + listed


def test_a_draft_is_seen_only_by_those_who_record(cast: Cast, sign_in: SignIn) -> None:
    draft = held(cast, State.DRAFT)

    assert sign_in(cast.member).get(f"/meetings/{draft.pk}/").status_code == 404
    assert "十一月支部党员大会" not in text(sign_in(cast.member).get("/meetings/"))
    assert sign_in(cast.secretary).get(f"/meetings/{draft.pk}/").status_code == 200


@pytest.mark.parametrize("page", ["", "edit/", "document/", "delete/"])
def test_other_branches_do_not_exist_for_a_neighbour(cast: Cast, sign_in: SignIn, page: str) -> None:
    meeting = held(cast)

    assert sign_in(cast.neighbour).get(f"/meetings/{meeting.pk}/{page}").status_code == 404


@pytest.mark.parametrize("page", ["edit/", "document/", "delete/"])
def test_members_may_know_of_a_record_but_not_work_on_it(cast: Cast, sign_in: SignIn, page: str) -> None:
    meeting = held(cast)

    assert sign_in(cast.member).get(f"/meetings/{meeting.pk}/{page}").status_code == 403
    assert sign_in(cast.member).get("/meetings/new/").status_code == 403


def test_whoever_was_called_to_a_meeting_elsewhere_finds_it(cast: Cast, sign_in: SignIn) -> None:
    elsewhere = Meeting.objects.create(
        organization=cast.other_branch, kind=Kind.LECTURE, title="外院党课", held_on=HELD, state=State.RECORDED
    )
    hidden = sign_in(cast.member).get(f"/meetings/{elsewhere.pk}/").status_code
    Attendance.objects.create(meeting=elsewhere, person=cast.member)

    assert hidden == 404
    assert sign_in(cast.member).get(f"/meetings/{elsewhere.pk}/").status_code == 200


def talk(cast: Cast) -> Meeting:
    return actions.record_talk(
        cast.scope(cast.secretary), cast.branch.pk, first=cast.secretary.pk, second=cast.member.pk, held_on=HELD,
        topic="学业", submission=uuid4(),
    )  # fmt: skip


def test_a_talk_is_known_to_the_two_and_the_secretary(cast: Cast, sign_in: SignIn) -> None:
    third = make_person("第三", cast.branch, serial=44, username="third")
    recorded = talk(cast)

    def seen(who: object) -> bool:
        return queries.talks(cast.scope(who)).filter(pk=recorded.pk).exists()  # type: ignore[arg-type]

    assert [seen(who) for who in (cast.secretary, cast.member)] == [True, True]
    assert [seen(who) for who in (third, cast.organizer, cast.office, cast.neighbour)] == [False] * 4
    assert not queries.talks(system_scope(TODAY)).exists()
    assert not queries.meetings(cast.scope(cast.secretary)).exists()
    assert "舒记" in text(sign_in(cast.member).get("/meetings/talks/"))
    assert sign_in(cast.office).get(f"/meetings/{recorded.pk}/").status_code == 404


def test_a_talk_has_no_place_for_what_was_said(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.secretary)
    form = {
        "organization": str(cast.branch.pk), "held_on": "2026-11-12", "first": str(cast.secretary.pk),
        "second": str(cast.member.pk), "topic": "", "minutes": "他说……", "submission": str(uuid4()),
    }  # fmt: skip
    answers = [client.post("/meetings/talks/new/", form) for _ in range(2)]

    recorded = Meeting.objects.get()
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (recorded.minutes, recorded.title, recorded.topics.count()) == ("", "谈心谈话", 0)
    assert "他说" not in text(client.get("/meetings/talks/new/"))
    assert client.get(f"/meetings/{recorded.pk}/edit/").status_code == 302


def test_the_list_costs_the_same_with_one_and_with_three(
    cast: Cast, sign_in: SignIn, django_assert_num_queries: Callable
) -> None:
    client = sign_in(cast.secretary)
    held(cast)
    client.get("/meetings/")
    with django_assert_num_queries(5) as one:
        client.get("/meetings/")
    held(cast, kind=Kind.LECTURE)
    held(cast, kind=Kind.THEME_DAY)
    with django_assert_num_queries(len(one.captured_queries)):
        assert text(client.get("/meetings/")).count("十一月支部党员大会") == 3


def test_lists_narrow_by_kind_branch_day_state_and_completeness(cast: Cast, sign_in: SignIn) -> None:
    held(cast, title="完整大会")
    held(cast, kind=Kind.THEME_DAY, title="缺地点党日", place="", held_on=date(2026, 10, 9))
    held(cast, State.DRAFT, title="草稿大会")
    client = sign_in(cast.office)

    def found(query: str) -> set[str]:
        shown = text(client.get(f"/meetings/?{query}"))
        return {title for title in ("完整大会", "缺地点党日", "草稿大会") if title in shown}

    assert found("kind=theme_day") == {"缺地点党日"}
    assert found("held_from=2026-11-01") == {"完整大会", "草稿大会"}
    assert found("state=draft") == {"草稿大会"}
    assert found("incomplete=yes") == {"缺地点党日"}
    assert found(f"branch={cast.branch.code}") == {"完整大会", "缺地点党日", "草稿大会"}
    assert found(f"branch={cast.sibling.code}") == set()
    assert found("q=党日") == {"缺地点党日"}


def test_the_record_prints_as_a_sheet(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.secretary).get(f"/meetings/{held(cast).pk}/document/")

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_the_cadence_page_opens_the_records_behind_a_cell(cast: Cast, sign_in: SignIn) -> None:
    held(cast, kind=Kind.THEME_DAY)
    client = sign_in(cast.secretary)
    shown = text(client.get("/meetings/cadence/?duty=theme_day"))
    link = re.search(r'href="(/meetings/\?branch=[^"]*held_from=2026-11-01[^"]*)"', shown)

    assert link
    assert "十一月支部党员大会" in text(client.get(link[1].replace("&amp;", "&")))
    assert shown.count("缺1") == 10
    assert re.search("《中国共产党支部工作条例.*第十六条", shown)


def test_a_cell_opens_every_record_that_counts_for_it(cast: Cast, sign_in: SignIn) -> None:
    appoint(cast.organizer, cast.faculty, PostKind.SECRETARY)
    held(cast, kind=Kind.ELECTION, title="换届大会")
    held(cast, kind=Kind.LIFE, with_appraisal=True, title="合并召开的会")
    held(cast, kind=Kind.LECTURE, lecturer_id=cast.organizer.pk, by=cast.organizer, title="书记讲党课")
    held(cast, kind=Kind.LECTURE, title="支部自讲")
    client = sign_in(cast.organizer)
    titles = {"换届大会", "合并召开的会", "书记讲党课", "支部自讲"}

    def opened(duty: str) -> set[str]:
        shown = text(client.get(f"/meetings/cadence/?duty={duty}"))
        link = re.findall(r'href="(/meetings/\?[^"]*)" class="z-badge z-tone z-tone-green"', shown)[0]
        listed = text(client.get(link.replace("&amp;", "&")))
        return {title for title in titles if title in listed}

    assert opened("general") == {"换届大会"}
    assert opened("appraisal") == {"合并召开的会"}
    assert opened("lecture") == {"书记讲党课", "支部自讲"}
    assert opened("secretary_lecture") == {"书记讲党课"}


def test_the_cadence_page_shows_those_with_gaps(cast: Cast, sign_in: SignIn) -> None:
    make_organization("新建党支部", cast.faculty, on=date(2026, 11, 2))
    shown = text(sign_in(cast.organizer).get("/meetings/cadence/?only=late"))

    assert "本科生第一党支部" in shown
    assert "新建党支部" not in shown
    assert "研究生党支部" not in shown


def test_a_cell_costs_nothing_more(cast: Cast, sign_in: SignIn, django_assert_num_queries: Callable) -> None:
    client = sign_in(cast.office)
    client.get("/meetings/cadence/")
    with django_assert_num_queries(11) as few:
        client.get("/meetings/cadence/")
    for number in range(12):
        make_organization(f"第{number}党支部", cast.faculty)
    with django_assert_num_queries(len(few.captured_queries)):
        client.get("/meetings/cadence/")


def test_a_branch_has_its_own_calendar_that_leads_to_recording(cast: Cast, sign_in: SignIn) -> None:
    held(cast, kind=Kind.THEME_DAY)
    own = text(sign_in(cast.secretary).get(f"/meetings/cadence/{cast.branch.pk}/"))
    members = text(sign_in(cast.member).get(f"/meetings/cadence/{cast.branch.pk}/"))
    link = f"/meetings/new/?organization={cast.branch.pk}&amp;kind=theme_day&amp;held_on=2026-10-31"

    assert link in own
    assert "/meetings/new/" not in members
    opened = text(sign_in(cast.secretary).get(link.replace("&amp;", "&")))
    assert 'value="2026-10-31"' in opened and re.search(r'value="theme_day" checked', opened)
    assert sign_in(cast.neighbour).get(f"/meetings/cadence/{cast.branch.pk}/").status_code == 404


def test_the_matrix_exports_in_words(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.office).get("/meetings/cadence/?duty=theme_day&export=csv")

    assert "缺 1" in b"".join(answer.streaming_content).decode("utf-8-sig")


def test_what_waits_for_a_secretary_and_for_nobody_else(cast: Cast) -> None:
    held(cast, State.DRAFT, held_on=date(2026, 11, 1))
    held(cast, place="")
    waiting = {item.title: item for item in answered(queries.waiting(cast.scope(cast.secretary)))}

    assert set(waiting) == {"组织生活有缺", "本期待开展的组织生活", "会议记录草稿待完成", "记录要素不全"}
    # theme days of August to October and the third quarter's general meeting and lecture
    assert (waiting["组织生活有缺"].count, waiting["组织生活有缺"].late) == (5, True)
    assert waiting["组织生活有缺"].since == date(2026, 9, 1)
    assert waiting["会议记录草稿待完成"].late
    assert answered(queries.waiting(cast.scope(cast.member))) == []
    assert queries.waiting(cast.scope(cast.administrator)) == []


def test_the_addresses_of_what_waits_answer(cast: Cast, sign_in: SignIn) -> None:
    held(cast, State.DRAFT, held_on=date(2026, 11, 1))
    held(cast, place="")
    client = sign_in(cast.secretary)

    for item in answered(queries.waiting(cast.scope(cast.secretary))):
        shown = text(client.get(item.url))
        assert "没有这个选项" not in shown
        assert "没有符合条件" not in shown


def test_an_office_chooses_the_organization_first(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.office)

    assert client.get("/meetings/new/")["Location"] == "/meetings/choose/"
    assert f"/meetings/new/?organization={cast.branch.pk}" in text(client.get("/meetings/choose/"))
    assert client.get(f"/meetings/new/?organization={cast.branch.pk}").status_code == 200
