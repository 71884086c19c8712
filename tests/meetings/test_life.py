"""The yearly life meeting: prepared, held, put right; what people said is read by few, and told to nobody above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test import Client
from django.utils import timezone
from docx import Document

from tests.cast import TODAY, Cast, make_person
from tests.meetings.records import held
from zhibu.audit.models import Entry
from zhibu.meetings.actions import record_talk, sign
from zhibu.meetings.enums import Kind
from zhibu.meetings.life import actions, queries
from zhibu.meetings.life.actions.preparing import PLANNED
from zhibu.meetings.life.enums import Stage
from zhibu.meetings.life.models import LifeMeeting
from zhibu.meetings.life.rules import Facts, is_usual, missing, steps
from zhibu.meetings.models import Meeting
from zhibu.meetings.queries import content_of, signatures, waiting
from zhibu.meetings.rules import missing_parts
from zhibu.meetings.signals import problem_found
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal
from zhibu.supervision.actions import extend
from zhibu.supervision.models import Problem
from zhibu.ui.submissions import seal
from zhibu.ui.waiting import answered

SignIn = Callable[..., Client]
MEETING_DAY = date(2026, 11, 20)
SECRET = "批评时不够直接"


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


def begun(cast: Cast, planned_on: date = date(2026, 11, 28), **changes: Any) -> LifeMeeting:
    plan = actions.Plan("2026 年度组织生活会", planned_on, 2026, **changes)
    return actions.begin_life(cast.scope(cast.secretary), cast.branch.pk, plan, submission=uuid4())


def crowd(cast: Cast, number: int = 4) -> list[Person]:
    return [make_person(f"员{n}", cast.branch, serial=300 + n, username=f"crowd{n}") for n in range(number)]


def met(cast: Cast) -> tuple[LifeMeeting, Meeting]:
    """A life meeting whose record is linked."""
    life = begun(cast)
    meeting = held(cast, kind=Kind.LIFE, held_on=MEETING_DAY, title="组织生活会")
    return actions.link_meeting(cast.scope(cast.secretary), life.pk, meeting.pk), meeting


def line(cast: Cast, life: LifeMeeting, **changes: Any) -> Any:
    given = actions.Line("归档不及时", "每月核对", cast.member.pk, date(2026, 12, 20))
    return actions.add_line(cast.scope(cast.secretary), life.pk, replace(given, **changes), submission=uuid4())


def facts(life: LifeMeeting) -> Facts:
    return queries.facts(LifeMeeting.objects.select_related("meeting").get(pk=life.pk), TODAY)


def text(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(body.decode())


def titles(cast: Cast, who: Person) -> set[str]:
    return {one.title for one in answered(waiting(cast.scope(who)))}


def test_the_secretary_sees_what_is_missing_and_by_which_article(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.secretary)
    form = {
        "year": "2026", "title": "2026 年度组织生活会", "planned_on": "2026-11-28", "off_season": "",
        "submission": str(uuid4()),
    }  # fmt: skip
    answers = [client.post("/meetings/life/new/", form) for _ in range(2)]
    life = LifeMeeting.objects.get()
    page = text(client.get(f"/meetings/life/{life.pk}/"))

    assert [answer.status_code for answer in answers] == [302, 302]
    assert life.checks.count() == 2  # no committee here: the member's and the secretary's
    assert "2 人今年还没有谈心谈话的登记" in page and "《中国共产党支部工作条例（试行）》（2018年）第十九条" in page
    assert "《中国共产党支部工作条例（试行）》（2018年）第十七条" in page and "还没有征求意见" in page
    assert "查摆清单还没有交齐" in text(client.get("/"))


def test_another_quarter_needs_a_reason(cast: Cast, sign_in: SignIn) -> None:
    assert [is_usual(Kind.LIFE, day, TODAY) for day in (date(2026, 9, 30), date(2026, 10, 1), date(2027, 1, 1))] == [
        False, True, False,
    ]  # fmt: skip
    with pytest.raises(Refusal, match="第四季度"):
        begun(cast, date(2027, 1, 10))
    assert begun(cast, date(2027, 1, 10), off_season="上级通知").off_season == "上级通知"
    with pytest.raises(Refusal, match="同名"):
        begun(cast)


def test_a_committee_above_holds_a_democratic_life_meeting(cast: Cast) -> None:
    plan = actions.Plan("2026 年度民主生活会", date(2026, 12, 1), 2026)
    life = actions.begin_life(cast.scope(cast.organizer), cast.faculty.pk, plan, submission=uuid4())

    assert life.kind == Kind.DEMOCRATIC_LIFE
    # Members of its branches are asked for opinions; those of another faculty know nothing of it.
    assert queries.one(cast.scope(cast.member), life.pk) == life
    with pytest.raises(Http404):
        queries.one(cast.scope(cast.neighbour), life.pk)


def test_an_opinion_has_no_author_anywhere(cast: Cast, sign_in: SignIn) -> None:
    crowd(cast)
    life = begun(cast)
    actions.open_box(cast.scope(cast.secretary), life.pk, until=TODAY + timedelta(days=2))
    entries = Entry.objects.count()
    form = {"about": str(cast.secretary.pk), "text": SECRET, "submission": str(uuid4())}
    answers = [sign_in(cast.member).post(f"/meetings/life/{life.pk}/opinion/", form) for _ in range(2)]
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(t)::text from meetings_opinion t")
        [row] = [one[0] for one in cursor.fetchall()]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Entry.objects.count() == entries
    opinion = life.opinions.get()
    assert (opinion.received_on, {field.name for field in opinion._meta.fields}) == (
        None, {"id", "life", "about", "text", "source", "received_on", "taken_up_on"},
    )  # fmt: skip
    assert SECRET not in row and SECRET.encode().hex() not in row


def test_the_committee_reads_the_box_once_it_has_closed_and_nobody_above(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(cast)
    life, address = begun(cast), ""
    actions.open_box(cast.scope(cast.secretary), life.pk, until=TODAY)
    scope = cast.scope(cast.member)
    actions.give_opinion(scope, life.pk, text=SECRET, about=None, submission=uuid4())
    address = f"/meetings/life/{life.pk}/opinions/"
    before = text(sign_in(cast.secretary).get(address))
    life.box_until = TODAY - timedelta(days=1)
    life.save()
    after = text(sign_in(cast.secretary).get(address))

    assert SECRET not in before and "意见箱还开着" in before and SECRET in after
    assert [sign_in(who).get(address).status_code for who in (cast.organizer, cast.office, cast.member)] == [403] * 3
    assert sign_in(cast.neighbour).get(address).status_code == 404
    assert Entry.objects.filter(verb="meetings.read_opinions").count() == 2
    assert "征求到的意见待归纳" in titles(cast, cast.secretary)
    sign_in(cast.secretary).post(address, {"opinion": str(life.opinions.get().pk)})
    assert "征求到的意见待归纳" not in titles(cast, cast.secretary)
    with pytest.raises(Refusal, match="没有开放"):
        actions.give_opinion(scope, life.pk, text=SECRET, about=None, submission=uuid4())


def test_a_box_over_a_few_is_refused_and_paper_is_entered(cast: Cast) -> None:
    """Four and the secretary, who reads what they write and hides none of them."""
    crowd(cast, 3)
    life, scope = begun(cast), cast.scope(cast.secretary)
    with pytest.raises(Refusal, match="少于 5 人") as refused:
        actions.open_box(scope, life.pk, until=TODAY)
    assert refused.value.remedy and "猜得出" in refused.value.message
    with pytest.raises(Refusal, match="收到日期"):
        actions.enter_opinion(
            scope, life.pk, text="多走访", about=None, on=TODAY + timedelta(days=1), submission=uuid4()
        )
    actions.enter_opinion(scope, life.pk, text="多走访", about=None, on=TODAY, submission=uuid4())

    assert (facts(life).opinions, facts(life).not_taken_up) == (1, 1)
    with pytest.raises(PermissionDenied):
        actions.enter_opinion(cast.scope(cast.member), life.pk, text="多走访", about=None, on=TODAY, submission=uuid4())


def test_a_member_writes_a_list_on_the_phone_and_the_committee_reads_it(cast: Cast, sign_in: SignIn) -> None:
    life = begun(cast)
    check = life.checks.get(person=cast.member)
    client, address = sign_in(cast.member), f"/meetings/life/{life.pk}/lists/{check.pk}/"
    empty = client.post(f"{address}hand-in/").status_code
    wrong = client.post(address, {"problem": "", "cause": "忙", "measure": ""})
    client.post(address, {"problem": SECRET, "cause": "顾虑情面", "measure": "当面说"})
    client.post(f"{address}hand-in/")

    assert (empty, wrong.status_code) == (422, 422) and "忙" in text(wrong)
    assert SECRET in text(sign_in(cast.secretary).get(address))
    third = make_person("第三", cast.branch, serial=44, username="third")
    readers = (third, cast.organizer, cast.office)
    assert [sign_in(who).get(address).status_code for who in readers] == [403] * 3
    assert Entry.objects.filter(verb="meetings.read_self_check", user_id=cast.secretary.user_id).count() == 1
    assert (facts(life).handed_in, facts(life).persons) == (1, 2)
    with pytest.raises(Refusal, match="已经提交"):
        actions.add_point(cast.scope(cast.member), life.pk, check.pk, actions.Point("再加一条"))
    with pytest.raises(PermissionDenied):
        actions.take_back(cast.scope(cast.secretary), life.pk, check.pk)
    assert "查摆清单待您提交" not in titles(cast, cast.member)


def test_criticism_is_recorded_as_said_and_read_by_the_two(cast: Cast, sign_in: SignIn) -> None:
    life, meeting = met(cast)
    scope, outsider = cast.scope(cast.secretary), make_person("第三", cast.branch, serial=44, username="third")

    def say(by: Person, about: Person, words: str) -> Any:
        return actions.add_criticism(scope, life.pk, by=by.pk, about=about.pk, text=words, submission=uuid4())

    say(cast.secretary, cast.member, "例会两次迟到")
    say(cast.member, cast.member, SECRET)
    say(cast.member, cast.secretary, "部署工作太晚")
    with pytest.raises(Refusal, match="没有到会"):
        say(outsider, cast.member, "没来也说")
    own, other = (text(sign_in(who).get(f"/meetings/life/{life.pk}/")) for who in (cast.member, outsider))

    assert "例会两次迟到" in own and SECRET in own and "部署工作太晚" in own
    assert "例会两次迟到" not in other and SECRET not in other
    assert (facts(life).self_critics, facts(life).criticized) == (1, 2)
    minutes = Document(BytesIO(sign_in(cast.secretary).get(f"/meetings/{meeting.pk}/document/?as=docx").content))
    printed = [[cell.text for cell in row.cells] for table in minutes.tables for row in table.rows]
    assert [cast.secretary.name, cast.member.name, "例会两次迟到"] in printed
    assert [cast.member.name, "自我批评", SECRET] in printed
    assert not any("迟到" in str(entry.changes) + entry.reason for entry in Entry.objects.all())


def test_before_the_record_stands_nothing_can_be_said_or_listed(cast: Cast) -> None:
    life, scope = begun(cast), cast.scope(cast.secretary)
    with pytest.raises(Refusal, match="还没有连到"):
        actions.add_criticism(scope, life.pk, by=cast.member.pk, about=cast.member.pk, text=SECRET, submission=uuid4())
    with pytest.raises(Refusal, match="还没有连到"):
        line(cast, life)
    other = held(cast, kind=Kind.THEME_DAY)
    with pytest.raises(Refusal, match="不能连到这里"):
        actions.link_meeting(scope, life.pk, other.pk)


def test_a_line_is_told_to_whoever_keeps_problems_and_struck_off_with_evidence(cast: Cast, sign_in: SignIn) -> None:
    told: list[dict[str, Any]] = []

    def listen(sender: Any, **given: Any) -> None:
        told.append(given)

    life, _meeting = met(cast)
    problem_found.connect(listen)
    try:
        row = line(cast, life, due_on=MEETING_DAY)
    finally:
        problem_found.disconnect(listen)
    address = f"/meetings/life/lines/{row.pk}/"

    [one] = told
    assert (one["source"], one["key"], one["responsible"], one["due_on"], one["address"], one["organization"]) == (
        "life_meeting", str(row.pk), cast.member, MEETING_DAY, address, cast.branch,
    )  # fmt: skip
    assert "组织生活会整改逾期" in titles(cast, cast.secretary)
    assert "您负责的整改即将到期或已逾期" in titles(cast, cast.member)
    sign_in(cast.member).post(address, {"text": "已补齐八份"})
    refused = sign_in(cast.secretary).post(address, {"do": "close", "evidence": "", "on": "2026-11-21"})
    forbidden = sign_in(cast.member).post(address, {"do": "close", "evidence": "补齐", "on": "2026-11-21"})
    sign_in(cast.secretary).post(address, {"do": "close", "evidence": "目录已核对", "on": "2026-11-21"})
    page = text(sign_in(cast.secretary).get(f"/meetings/life/{life.pk}/"))

    assert (refused.status_code, forbidden.status_code) == (422, 403)
    assert "目录已核对" in page and "已销号" in page
    assert queries.stage(queries.staged(queries.lives(cast.scope(cast.secretary))).get()) is Stage.DONE
    assert "组织生活会整改逾期" not in titles(cast, cast.secretary)


def test_an_open_line_is_put_right_with_a_reason_and_its_superior_reads_the_same(cast: Cast, sign_in: SignIn) -> None:
    life, _meeting = met(cast)
    row = line(cast, life)
    person = line(cast, life, problem=SECRET, about=cast.member.pk)
    given = {"problem": "三份材料归档不及时", "measure": "每周核对", "owner": cast.secretary.pk, "due_on": "2026-12-10"}
    client, address = sign_in(cast.secretary), f"/meetings/life/lines/{row.pk}/change/"
    later = client.post(address, {**given, "due_on": "2026-12-30", "reason": "来不及"})
    assert later.status_code == 422 and "不能自行延长" in text(later) and "三份材料归档不及时" in text(later)
    assert client.post(address, {**given, "reason": ""}).status_code == 422
    client.post(address, {**given, "reason": "责任人调整"})
    given["problem"] = "批评时总是绕弯"
    client.post(f"/meetings/life/lines/{person.pk}/change/", {**given, "reason": "本人要求改写"})

    page = text(client.get(f"/meetings/life/lines/{row.pk}/"))
    assert "三份材料归档不及时" in page and "责任人调整" in page and "原问题：归档不及时" in page
    told, personal = Problem.objects.order_by("pk")
    assert (told.text, told.measure, told.due_on) == ("三份材料归档不及时", "每周核对", date(2026, 12, 10))
    said = "".join(entry.text for entry in personal.entries.all())
    assert "绕弯" not in personal.text + said and "本人要求" not in said

    extend(cast.scope(cast.organizer), told.pk, reason="等档案柜", due_on=date(2027, 1, 8))
    row.refresh_from_db()
    assert row.due_on == date(2027, 1, 8)
    assert "上级延长期限：等档案柜" in text(client.get(f"/meetings/life/lines/{row.pk}/"))


def test_lines_are_filtered_and_exported_and_others_lines_stay_hidden(cast: Cast, sign_in: SignIn) -> None:
    life, _meeting = met(cast)
    line(cast, life, problem="材料迟交", due_on=MEETING_DAY)
    line(cast, life, problem="学习不够", about=cast.secretary.pk, owner=cast.secretary.pk)
    client = sign_in(cast.secretary)
    late, file = (
        text(client.get("/meetings/life/lines/?late=yes")),
        text(client.get("/meetings/life/lines/?export=csv")),
    )
    own = text(sign_in(cast.member).get(f"/meetings/life/{life.pk}/"))

    assert "材料迟交" in late and "学习不够" not in late
    assert "材料迟交" in file and "学习不够" in file
    assert "材料迟交" in own and "学习不够" not in own
    lives = text(sign_in(cast.secretary).get("/meetings/life/?stage=rectifying&export=csv"))
    assert "2026 年度组织生活会" in lives


def test_a_line_cannot_be_due_before_the_meeting_nor_of_a_stranger(cast: Cast) -> None:
    life, _meeting = met(cast)
    with pytest.raises(Refusal, match="早于会议日期"):
        line(cast, life, due_on=MEETING_DAY - timedelta(days=1))
    with pytest.raises(Refusal, match="责任人"):
        line(cast, life, owner=cast.neighbour.pk)


def test_the_records_completeness_reads_what_was_done_around_it(cast: Cast, sign_in: SignIn) -> None:
    alone = held(cast, kind=Kind.LIFE, held_on=date(2026, 11, 2), title="没有准备的会")
    life, meeting = met(cast)
    before = {part.key for part in missing_parts(content_of(meeting))}
    actions.note_study(cast.scope(cast.secretary), life.pk, on=date(2026, 11, 18), what="条例")
    record_talk(
        cast.scope(cast.secretary), cast.branch.pk, first=cast.secretary.pk, second=cast.member.pk,
        held_on=date(2026, 11, 3), submission=uuid4(),
    )  # fmt: skip
    line(cast, life)
    meeting.refresh_from_db()

    assert before == {"study", "talks", "opinions", "lists", "criticism", "rectification"}
    assert {part.key for part in missing_parts(content_of(meeting))} == {"opinions", "lists", "criticism"}
    assert meeting.parts_required - meeting.parts_present == 3
    assert not missing_parts(content_of(alone))
    assert "组织生活会没有办理准备和整改" in titles(cast, cast.secretary)
    page = text(sign_in(cast.secretary).get(f"/meetings/{meeting.pk}/"))
    assert "征求意见、查摆清单、批评和自我批评逐条" in page


def test_the_report_is_printed_without_anybodys_opinion_or_list(cast: Cast, sign_in: SignIn) -> None:
    life, _meeting = met(cast)
    scope = cast.scope(cast.secretary)
    actions.enter_opinion(scope, life.pk, text="这是意见", about=None, on=TODAY, submission=uuid4())
    line(cast, life)
    answer = sign_in(cast.secretary).get(f"/meetings/life/{life.pk}/report/?as=docx")
    tables = Document(BytesIO(answer.content)).tables
    cells = "\n".join(cell.text for table in tables for row in table.rows for cell in row.cells)

    assert "归档不及时" in cells and "收到 1 条" in cells and "2026年11月20日" in cells
    assert "这是意见" not in cells
    pdf = sign_in(cast.secretary).get(f"/meetings/life/{life.pk}/report/")
    assert pdf.content.startswith(b"%PDF")


def test_steps_say_what_is_missing_until_nothing_is() -> None:
    empty = Facts(Kind.LIFE, TODAY, TODAY - timedelta(days=1), persons=2)
    done = Facts(
        Kind.LIFE, TODAY, TODAY, TODAY, 2, 2, TODAY - timedelta(days=3), 0, 0, 2, True, True, TODAY, 2, 2, 2, 1, 1, 0
    )

    assert [one.key for one in missing(empty)] == [one.key for one in steps(empty)]
    assert [one.key for one in steps(empty) if one.late] == ["meeting"]
    assert missing(done) == []
    late = replace(done, closed=0, late=1)
    assert [(one.key, one.late, one.missing) for one in missing(late)] == [
        ("closing", True, "1 项逾期，1 项没有销号。")
    ]
    assert [one.key for one in missing(replace(done, committee_list=False))] == ["lists"]
    assert [one.key for one in missing(replace(done, self_critics=1))] == ["criticism"]


def test_a_list_that_is_still_being_written_is_read_by_its_writer_alone(cast: Cast, sign_in: SignIn) -> None:
    life = begun(cast)
    check = life.checks.get(person=cast.member)
    address = f"/meetings/life/{life.pk}/lists/{check.pk}/"
    sign_in(cast.member).post(address, {"problem": SECRET})
    early = sign_in(cast.secretary).get(address)
    links = text(sign_in(cast.secretary).get(f"/meetings/life/{life.pk}/"))
    actions.hand_in(cast.scope(cast.member), life.pk, check.pk)
    late = sign_in(cast.secretary).get(address)

    assert (early.status_code, late.status_code) == (403, 200)
    assert SECRET not in text(early) and "还没有提交" in text(early) and SECRET in text(late)
    assert address not in links


def test_a_line_that_a_member_is_shown_opens_and_others_do_not(cast: Cast, sign_in: SignIn) -> None:
    life, _meeting = met(cast)
    third = make_person("第三", cast.branch, serial=44, username="third")
    common = line(cast, life)
    personal = line(cast, life, about=cast.secretary.pk, owner=cast.secretary.pk)
    client = sign_in(third)
    page = text(client.get(f"/meetings/life/{life.pk}/"))
    answers = [client.get(f"/meetings/life/lines/{row.pk}/").status_code for row in (common, personal)]

    assert f"/meetings/life/lines/{common.pk}/" in page and f"/meetings/life/lines/{personal.pk}/" not in page
    assert answers == [200, 404]
    assert client.post(f"/meetings/life/lines/{common.pk}/", {"text": "办了"}).status_code == 403
    assert sign_in(cast.neighbour).get(f"/meetings/life/lines/{common.pk}/").status_code == 404


def seen(life: LifeMeeting) -> str:
    return seal(LifeMeeting.objects.get(pk=life.pk), PLANNED)


def test_the_meeting_is_not_put_before_the_end_of_the_box(cast: Cast) -> None:
    crowd(cast)
    life, scope = begun(cast), cast.scope(cast.secretary)
    actions.open_box(scope, life.pk, until=date(2026, 11, 25))
    with pytest.raises(Refusal, match="意见箱") as refused:
        actions.change_life(scope, life.pk, actions.Plan(life.title, date(2026, 11, 25), 2026), seen=seen(life))
    assert refused.value.field == "planned_on"
    actions.change_life(scope, life.pk, actions.Plan(life.title, date(2026, 11, 26), 2026), seen=seen(life))


def test_whoever_saves_the_plan_later_learns_that_another_was_quicker(cast: Cast, sign_in: SignIn) -> None:
    life, client = begun(cast), sign_in(cast.secretary)
    given = {"year": "2026", "planned_on": "2026-12-10", "off_season": "", "seen": seen(life)}
    address = f"/meetings/life/{life.pk}/change/"
    assert client.post(address, {**given, "title": "先到的主题"}).status_code == 302
    late = text(client.post(address, {**given, "title": "后到的主题"}))
    assert "刚被他人改动" in late and 'value="后到的主题"' in late

    life.refresh_from_db()
    assert life.title == "先到的主题"
    again = {**given, "title": "后到的主题", "seen": seen(life)}
    assert f'value="{again["seen"]}"' in late and client.post(address, again).status_code == 302


def test_what_a_member_owned_up_to_stays_in_the_branch(cast: Cast) -> None:
    """The superior's list of problems learns that there is a line and until when, not what it says."""
    life, _meeting = met(cast)
    row = line(cast, life, about=cast.member.pk, problem=SECRET, measure=SECRET)

    known = Problem.objects.get(source="life_meeting", key=str(row.pk))
    assert SECRET not in known.text + known.measure
    assert (known.organization, known.due_on, known.address) == (
        cast.branch,
        row.due_on,
        f"/meetings/life/lines/{row.pk}/",
    )


def test_a_person_s_line_is_read_inside_and_above_it_is_only_counted(cast: Cast, sign_in: SignIn) -> None:
    life, _meeting = met(cast)
    row = line(cast, life, about=cast.member.pk, problem="本人联系群众少", due_on=MEETING_DAY)
    address, listed, whole = f"/meetings/life/lines/{row.pk}/", "/meetings/life/lines/", f"/meetings/life/{life.pk}/"

    for above in (cast.organizer, cast.office):
        client = sign_in(above)
        refused = client.get(address)
        assert refused.status_code == 403 and "由本级委员会和责任人掌握" in text(refused)
        assert not any("本人联系群众少" in text(client.get(page)) for page in (listed, whole, listed + "?q=联系群众"))
        assert "另有 1 项个人的整改" in text(client.get(whole))
        assert client.post(address, {"do": "close", "evidence": "办了", "on": "2026-11-21"}).status_code == 403
        assert "组织生活会整改逾期" not in titles(cast, above)
    for inside in (cast.secretary, cast.member):
        assert sign_in(inside).get(address).status_code == 200


def test_who_signed_the_minutes_alone_signs_anew_when_a_point_is_added(cast: Cast) -> None:
    life = begun(cast)
    meeting = held(cast, kind=Kind.LIFE, held_on=MEETING_DAY, title="组织生活会", recorder_id=cast.member.pk)
    secretary = cast.scope(cast.secretary)
    actions.link_meeting(secretary, life.pk, meeting.pk)
    sign(cast.scope(cast.member), meeting.pk, version=meeting.version, at=timezone.now())

    given = {"by": cast.member.pk, "about": cast.secretary.pk, "text": "部署工作太晚"}
    row = actions.add_criticism(secretary, life.pk, submission=uuid4(), **given)

    assert not list(signatures(meeting))
    with pytest.raises(Refusal, match="记录又有改动"):
        sign(secretary, meeting.pk, version=meeting.version, at=timezone.now())
    meeting.refresh_from_db()
    for who in (cast.member, cast.secretary):
        sign(cast.scope(who), meeting.pk, version=meeting.version, at=timezone.now())
    with pytest.raises(Refusal, match="已由主持人和记录人签名"):
        actions.remove_criticism(secretary, life.pk, row.pk)
