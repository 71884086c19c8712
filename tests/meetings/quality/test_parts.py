"""The six parts are plain formulas: what counts, what is missing, how it is mended, when there is nothing to say."""

from dataclasses import replace
from datetime import date

import pytest

from tests.meetings.records import HELD, bare, people, vote
from zhibu.meetings.content import ResolutionLine, TopicLine
from zhibu.meetings.enums import Kind, Matter, Part
from zhibu.meetings.quality import parts

DUE = date(2026, 12, 31)


def test_completeness_names_what_is_missing_and_where_to_mend_it() -> None:
    found = parts.completeness(bare(kind=Kind.LECTURE, lecturer_id=1, minutes="要点"))

    assert (found.numerator, found.denominator) == (4, 9)  # title, reasons (none away), lecturer, points
    assert [one.text for one in found.missing] == ["起止时间", "地点", "主持人", "记录人", "逐人出席情况"]
    assert (found.missing[1].anchor, found.missing[1].remedy) == ("id_place", "填写地点或线上平台。")


@pytest.mark.parametrize(("day", "share"), [(12, 1), (18, 1), (19, 1), (20, 0)])
def test_a_record_is_in_time_up_to_the_day_the_office_set(day: int, share: int) -> None:
    found = parts.timeliness(HELD, date(2026, 11, day), 7)

    assert found.share == share
    assert "校内设定" in found.basis
    assert bool(found.missing) is (share == 0)


def test_nothing_is_said_about_time_where_the_day_of_recording_is_unknown() -> None:
    assert parts.timeliness(HELD, None, 7).share is None


def test_attendance_leaves_out_observers_and_those_who_need_not_come() -> None:
    exempt = replace(people(0, 1, start=8)[0], is_exempt=True)
    lines = (*people(3, 1), exempt, *people(5, part=Part.OBSERVER, start=20))

    assert parts.attendance(bare(attendance=lines)).share == 3 / 4
    assert parts.attendance(bare()).share is None


def test_follow_through_wants_somebody_and_a_day_for_every_decision() -> None:
    lines = (
        ResolutionLine("整理名单", responsible="甲", due_on=DUE),
        ResolutionLine("整理名单", responsible="甲"),
        ResolutionLine("整理名单"),
    )
    found = parts.follow_through(bare(resolutions=lines))

    assert found.share == 1 / 3
    told = parts.follow_through(bare(resolutions=lines), parts.Tasks(3, 1, 1))
    assert told.share == found.share and told.missing[-1].text == "任务 3 项，已完成 1 项，逾期 1 项"
    assert [one.text for one in found.missing] == ["第 2 项没有完成期限", "第 3 项没有责任人和完成期限"]


def test_a_vote_on_a_person_is_followed_up_in_its_own_procedure() -> None:
    content = bare(resolutions=(vote(5, matter=Matter.DEVELOPMENT), vote(5, matter=Matter.ELECTION)))

    assert parts.follow_through(content).share is None
    assert parts.specificity(content).share is None
    assert parts.follow_through(bare(resolutions=(vote(5),))).share == 0


@pytest.mark.parametrize(
    ("text", "responsible", "due_on", "lacking"),
    [
        ("由组织委员在月底前整理联系名单", "", None, []),
        ("孟员负责整理联系名单，下次会议报告", "", None, []),
        ("整理联系名单", "孟员", DUE, []),
        ("整理联系名单", "", None, ["谁来做", "何时完成"]),
        ("会议一致同意", "孟员", DUE, ["做什么"]),
        ("会议一致通过", "", None, ["谁来做", "做什么", "何时完成"]),
        ("12月31日前完成", "孟员", None, ["做什么"]),
        ("加强学习教育，提高认识", "", None, ["谁来做", "何时完成"]),
    ],
)
def test_a_decision_is_specific_when_it_says_who_what_and_by_when(
    text: str, responsible: str, due_on: date | None, lacking: list[str]
) -> None:
    assert parts.unsaid(ResolutionLine(text, responsible=responsible, due_on=due_on), ["孟员"]) == lacking


def test_originality_is_what_does_not_stand_in_the_nearest_earlier_record() -> None:
    found = parts.originality(0.3, 0.5, open_questions=2)

    assert found.share == pytest.approx(0.7)
    assert [one.text for one in found.evidence] == [
        "与最相近的一份共有 30%",
        "引自官方文件 50%，不计",
        "有 2 处相近请说明",
    ]
    assert parts.originality(None, None).share is None


def test_neither_length_nor_photographs_nor_votes_against_change_any_part() -> None:
    line = ResolutionLine("由组织委员在月底前整理联系名单", responsible="甲", due_on=DUE)
    short = bare(attendance=people(3), resolutions=(line,), minutes="短", topics=(TopicLine("议题", "点"),))
    long = replace(short, minutes="长" * 5000, topics=(TopicLine("议题", "点" * 900),))

    for part in (parts.completeness, parts.attendance, parts.follow_through, parts.specificity):
        assert part(short).share == part(long).share
