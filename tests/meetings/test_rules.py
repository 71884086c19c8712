"""Which parts a record must hold, and when a vote counts: exactly half, one more, one less."""

from datetime import date, time

import pytest

from tests.meetings.records import HELD, bare, people, vote
from zhibu.meetings import rules
from zhibu.meetings.content import AttendanceLine, ResolutionLine, TopicLine, counts
from zhibu.meetings.enums import Kind, Matter, Outcome, Part, Presence

PASSED, REJECTED, VOID = Outcome.PASSED, Outcome.REJECTED, Outcome.VOID
ORDINARY, DEVELOPMENT, ELECTION = Matter.ORDINARY, Matter.DEVELOPMENT, Matter.ELECTION


@pytest.mark.parametrize(
    ("kind", "matter", "present", "away", "enough"),
    [
        # 半数以上 includes the half
        (Kind.GENERAL, ORDINARY, 5, 5, True),
        (Kind.GENERAL, ORDINARY, 4, 6, False),
        (Kind.GENERAL, ORDINARY, 5, 6, False),
        (Kind.GENERAL, ORDINARY, 6, 5, True),
        (Kind.COMMITTEE, ORDINARY, 2, 2, True),
        (Kind.COMMITTEE, ORDINARY, 2, 3, False),
        # 超过半数 does not
        (Kind.GENERAL, DEVELOPMENT, 5, 5, False),
        (Kind.GENERAL, DEVELOPMENT, 6, 4, True),
        # 五分之四
        (Kind.ELECTION, ORDINARY, 8, 2, True),
        (Kind.ELECTION, ORDINARY, 7, 3, False),
        (Kind.GENERAL, ELECTION, 12, 3, True),
        (Kind.GENERAL, ELECTION, 11, 3, False),
        # nobody entitled is no quorum
        (Kind.GENERAL, ORDINARY, 0, 0, False),
    ],
)
def test_quorum_at_its_boundary(kind: Kind, matter: Matter, present: int, away: int, enough: bool) -> None:
    judgement = rules.quorum(kind, matter, counts(people(present, away)), HELD)

    assert judgement is not None
    assert judgement.met is enough


def test_a_lecture_has_no_quorum() -> None:
    assert rules.quorum(Kind.LECTURE, ORDINARY, counts(people(1, 30)), HELD) is None


def test_before_the_regulation_was_in_force_no_quorum_is_judged() -> None:
    assert rules.quorum(Kind.GENERAL, ORDINARY, counts(people(1, 30)), date(2018, 10, 27)) is None
    assert rules.quorum(Kind.GENERAL, ORDINARY, counts(people(1, 30)), date(2018, 10, 28)) is not None


def test_a_quorum_names_its_article_in_the_edition_of_the_day() -> None:
    before = rules.quorum(Kind.GENERAL, DEVELOPMENT, counts(people(6, 4)), date(2026, 5, 10))
    after = rules.quorum(Kind.GENERAL, DEVELOPMENT, counts(people(6, 4)), date(2026, 5, 11))

    assert before and after
    assert "2014" in before.citation and "第二十条" in before.citation
    assert "第十九条" in after.citation


def test_probationary_members_and_observers_count_for_no_quorum() -> None:
    lines = (*people(3, 3), *people(20, part=Part.MEMBER, start=50), *people(5, part=Part.OBSERVER, start=90))

    count = counts(lines)

    assert (count.expected, count.present) == (26, 23)
    assert (count.voters_expected, count.voters_present) == (6, 3)


@pytest.mark.parametrize(
    ("matter", "in_favour", "outcome", "allowed"),
    [
        (ORDINARY, 6, PASSED, True),
        (ORDINARY, 5, PASSED, False),  # half of those who should attend is not over half
        (ORDINARY, 5, REJECTED, True),
        (DEVELOPMENT, 6, PASSED, True),
        (DEVELOPMENT, 5, PASSED, False),
        (ELECTION, 6, PASSED, True),
        (ELECTION, 5, PASSED, False),
    ],
)
def test_passing_takes_over_half_of_those_who_should_attend(
    matter: Matter, in_favour: int, outcome: Outcome, allowed: bool
) -> None:
    line = vote(in_favour, against=8 - in_favour, matter=matter, outcome=outcome)

    found = rules.refusals_of_votes(bare(attendance=people(8, 2), resolutions=(line,)))

    assert (found == []) is allowed


def test_without_quorum_the_numbers_stay_but_not_as_passed() -> None:
    present_four_of_ten = people(4, 6)

    passed = rules.refusals_of_votes(bare(attendance=present_four_of_ten, resolutions=(vote(4, outcome=PASSED),)))
    void = rules.refusals_of_votes(bare(attendance=present_four_of_ten, resolutions=(vote(4, outcome=VOID),)))

    assert [refusal.rule for refusal in passed] == ["life.meeting_quorum"]
    assert "无效" in passed[0].remedy
    assert "第十一条" in passed[0].citation
    assert void == []


def test_more_votes_than_voters_present_are_refused() -> None:
    exact = rules.refusals_of_votes(bare(attendance=people(8, 2), resolutions=(vote(6, against=1, abstained=1),)))
    one_more = rules.refusals_of_votes(bare(attendance=people(8, 2), resolutions=(vote(6, against=2, abstained=1),)))

    assert exact == []
    assert "现场票数合计 9 票" in one_more[0].message


def test_written_opinions_of_absent_voters_count_in_development_only() -> None:
    record = {"attendance": people(8, 2)}

    development = rules.refusals_of_votes(bare(**record, resolutions=(vote(10, written=2, matter=DEVELOPMENT),)))
    too_many = rules.refusals_of_votes(bare(**record, resolutions=(vote(11, written=3, matter=DEVELOPMENT),)))
    ordinary = rules.refusals_of_votes(bare(**record, resolutions=(vote(8, written=1),)))

    assert development == []
    assert "书面意见 3 份" in too_many[0].message
    assert "只在接收预备党员和转正" in ordinary[0].message


def test_members_are_received_by_the_general_meeting_not_by_the_committee() -> None:
    content = bare(kind=Kind.COMMITTEE, attendance=people(3), resolutions=(vote(3, matter=DEVELOPMENT),))

    assert "支部党员大会" in rules.refusals_of_votes(content)[0].message


COMPLETE = {
    "title": "题目", "starts_at": time(14), "ends_at": time(15), "place": "会议室", "host_id": 1, "recorder_id": 2,
    "lecturer_id": 1, "minutes": "要点", "attendance": people(2), "topics": (TopicLine("议题", "要点"),),
    "resolutions": (ResolutionLine("决议", is_vote=True, in_favour=2, outcome=PASSED, responsible="甲", due_on=HELD),),
}  # fmt: skip


@pytest.mark.parametrize("kind", Kind)
def test_a_complete_record_misses_nothing(kind: Kind) -> None:
    assert rules.missing_parts(bare(kind=kind, **COMPLETE)) == ()
    assert rules.present_parts(bare(kind=kind, **COMPLETE)) == rules.required_parts(kind)


@pytest.mark.parametrize(
    ("kind", "change", "missing"),
    [
        (Kind.GENERAL, {"title": " "}, ["title"]),
        (Kind.GENERAL, {"ends_at": None}, ["time"]),
        (Kind.GENERAL, {"attendance": ()}, ["attendance"]),
        (Kind.GENERAL, {"attendance": (AttendanceLine(1),)}, ["attendance"]),
        (Kind.GENERAL, {"attendance": (AttendanceLine(1, presence=Presence.LEAVE),)}, ["reasons"]),
        (Kind.GENERAL, {"attendance": (AttendanceLine(1, presence=Presence.ABSENT, is_exempt=True),)}, []),
        (Kind.GENERAL, {"minutes": "", "topics": (TopicLine("议题"),)}, ["points"]),
        (Kind.GENERAL, {"resolutions": (ResolutionLine("决议", is_vote=True),)}, ["votes"]),
        (Kind.GENERAL, {"resolutions": ()}, ["resolutions"]),
        (Kind.COMMITTEE, {"resolutions": (ResolutionLine("决议", responsible="甲"),)}, ["duties"]),
        (Kind.LECTURE, {"lecturer_id": None}, ["lecturer"]),
        (Kind.LECTURE, {"lecturer_id": None, "speaker": "外校教授"}, []),
        (Kind.THEME_DAY, {"resolutions": ()}, []),
        (Kind.ELECTION, {"resolutions": (ResolutionLine("决议"),)}, ["voted"]),
        (Kind.TALK, {"attendance": people(1)}, ["pair"]),
    ],
)
def test_each_part_is_missed_by_itself(kind: Kind, change: dict, missing: list[str]) -> None:
    found = rules.missing_parts(bare(kind=kind, **{**COMPLETE, **change}))

    assert [part.key for part in found] == missing


def test_no_part_is_passed_off_as_law_and_none_is_a_photograph() -> None:
    parts = {part for kind in Kind for part in rules.required_parts(kind)}

    assert {part.basis for part in parts} == {"依惯例，平台建议，不是规定"}
    assert not any("照片" in part.label or "附件" in part.label for part in parts)
