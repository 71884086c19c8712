"""Pure judgements on one record: which parts it must hold, whether a vote counts. The same predicate marks the
checklist on screen, refuses in an action and counts in the row.

The parts of a record follow custom and are the platform's suggestion (regulations.md 3.2), not law; screens say so.
Quorum and majority are law; each judgement names its rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from zhibu.meetings.content import Content, Counts, ResolutionLine, counts
from zhibu.meetings.enums import (
    AWAY,
    BRANCH_MEETINGS,
    GROUP_MEETINGS,
    UPPER_MEETINGS,
    Kind,
    Matter,
    Outcome,
    Presence,
)
from zhibu.organizations.enums import BRANCH_KINDS
from zhibu.organizations.enums import Kind as OrganizationKind
from zhibu.regulations.queries import in_force, value
from zhibu.regulations.refusal import Refusal

CUSTOM = "依惯例，平台建议，不是规定"


@dataclass(frozen=True)
class RecordPart:
    """One thing a record should hold. ``hint`` tells how to complete it, ``anchor`` where on the page."""

    key: str
    label: str
    hint: str
    anchor: str
    is_there: Callable[[Content], bool]
    basis: str = CUSTOM


def _all_marked(content: Content) -> bool:
    lines = content.attendance
    return bool(lines) and all(line.presence is not Presence.EXPECTED for line in lines)


def _reasons_given(content: Content) -> bool:
    return all(line.reason or line.presence not in AWAY or line.is_exempt for line in content.attendance)


def _votes_counted(content: Content) -> bool:
    return all(line.in_favour is not None and line.outcome for line in content.resolutions if line.is_vote)


_TITLE = RecordPart("title", "名称或主题", "填写名称或主题。", "id_title", lambda c: bool(c.title.strip()))
_TIME = RecordPart(
    "time", "起止时间", "填写开始和结束时间。", "id_starts_at", lambda c: bool(c.starts_at and c.ends_at)
)
_PLACE = RecordPart("place", "地点", "填写地点或线上平台。", "id_place", lambda c: bool(c.place.strip()))
_HOST = RecordPart("host", "主持人", "选择主持人。", "id_host", lambda c: c.host_id is not None)
_RECORDER = RecordPart("recorder", "记录人", "选择记录人。", "id_recorder", lambda c: c.recorder_id is not None)
_ATTENDANCE = RecordPart("attendance", "逐人出席情况", "给每个人登记出席情况。", "attendance", _all_marked)
_REASONS = RecordPart("reasons", "请假、缺席原因", "给请假和缺席的人填写原因。", "attendance", _reasons_given)
_TOPICS = RecordPart("topics", "议题", "至少填写一项议题。", "topics", lambda c: bool(c.topics))
_POINTS = RecordPart(
    "points", "发言要点或会议记录", "在议题下或会议记录中写明要点。", "id_minutes",
    lambda c: bool(c.minutes.strip()) or any(topic.points for topic in c.topics),
)  # fmt: skip
_RESOLUTIONS = RecordPart(
    "resolutions", "决议或议定事项", "至少填写一项决议或议定事项。", "resolutions", lambda c: bool(c.resolutions)
)
_VOTES = RecordPart("votes", "表决票数和结果", "给经表决的决议填写票数和结果。", "resolutions", _votes_counted)
_VOTED = RecordPart(
    "voted", "选举票数", "至少登记一项选举表决。", "resolutions", lambda c: any(line.is_vote for line in c.resolutions)
)
_DUTIES = RecordPart(
    "duties", "责任人和期限", "给每项决议填写责任人和完成期限；决定办理事项的不用填，由那一步办理。", "resolutions",
    lambda c: bool(c.resolutions) and all((one.responsible and one.due_on) or one.leads_to for one in c.resolutions),
)  # fmt: skip
_LECTURER = RecordPart(
    "lecturer", "授课人", "选择或填写授课人。", "id_lecturer", lambda c: c.lecturer_id is not None or bool(c.speaker)
)
# What was done around a life meeting (regulations.md 3.2), read from its own flow where there is one.
AROUND = tuple(
    RecordPart(
        key, label, f"在“组织生活会”里办理：{label}。", "life",
        lambda c, key=key: c.around is not None and key in c.around,  # type: ignore[misc]
    )
    for key, label in (
        ("study", "会前学习"), ("talks", "会前谈心谈话"), ("opinions", "征求意见"), ("lists", "查摆清单"),
        ("criticism", "批评和自我批评逐条"), ("rectification", "整改清单"),
    )
)  # fmt: skip
_PAIR = RecordPart("pair", "谈话双方", "选择谈话双方。", "id_first", lambda c: len(c.attendance) == 2)

_FRAME = (_TITLE, _TIME, _PLACE, _HOST, _RECORDER, _ATTENDANCE, _REASONS)
_COMMON = (*_FRAME, _TOPICS, _POINTS)
_PARTS: dict[Kind, tuple[RecordPart, ...]] = {
    Kind.GENERAL: (*_COMMON, _RESOLUTIONS, _VOTES),
    Kind.COMMITTEE: (*_COMMON, _RESOLUTIONS, _DUTIES),
    Kind.GROUP: _COMMON,
    Kind.LECTURE: (*_FRAME, _LECTURER, _POINTS),
    Kind.THEME_DAY: _COMMON,
    Kind.LIFE: (*_COMMON, _RESOLUTIONS, _DUTIES),
    Kind.APPRAISAL: (*_COMMON, _RESOLUTIONS),
    Kind.TALK: (_PAIR,),
    Kind.DEMOCRATIC_LIFE: (*_COMMON, _RESOLUTIONS, _DUTIES),
    Kind.ELECTION: (*_COMMON, _VOTED, _VOTES),
    Kind.STUDY: _COMMON,
    Kind.OTHER: _FRAME,
}


def required_parts(kind: Kind) -> tuple[RecordPart, ...]:
    """What a record of this kind should hold. Photographs and attachments are never among it."""
    return _PARTS[kind]


def required_of(content: Content) -> tuple[RecordPart, ...]:
    """The same for one record: of a life meeting prepared on the platform also what was done before and after it."""
    return required_parts(content.kind) + (AROUND if content.around is not None else ())


def present_parts(content: Content) -> tuple[RecordPart, ...]:
    """Those of the required parts that the record holds."""
    return tuple(part for part in required_of(content) if part.is_there(content))


def missing_parts(content: Content) -> tuple[RecordPart, ...]:
    return tuple(part for part in required_of(content) if not part.is_there(content))


def kinds_for(organization_kind: str) -> tuple[Kind, ...]:
    """Which meetings an organization of this kind holds. Talks have a page of their own."""
    if organization_kind == OrganizationKind.GROUP:
        return GROUP_MEETINGS
    return BRANCH_MEETINGS if organization_kind in BRANCH_KINDS else UPPER_MEETINGS


def quorum_rule(kind: Kind, matter: Matter = Matter.ORDINARY) -> str | None:
    """The rule that says how many of those with a vote must be there; None where no regulation does."""
    if matter is Matter.DEVELOPMENT:
        return "dev.quorum"
    if matter is Matter.ELECTION or kind is Kind.ELECTION:
        return "elect.quorum"
    if kind is Kind.COMMITTEE:
        return "life.committee_quorum"
    return "life.meeting_quorum" if kind is Kind.GENERAL else None


def majority_rule(kind: Kind, matter: Matter) -> str | None:
    """The rule that says how many of those who should attend must be in favour. For committees none is known."""
    if matter is Matter.DEVELOPMENT:
        return "dev.pass"
    if matter is Matter.ELECTION:
        return "elect.pass"
    return "life.meeting_pass" if kind in {Kind.GENERAL, Kind.ELECTION} else None


@dataclass(frozen=True)
class Judgement:
    """Whether so many of so many are enough by the rule in force on the day, and the words for it."""

    met: bool
    words: str
    rule: str
    citation: str
    caveat: str


def judged(rule: str | None, part: int, whole: int, on: date) -> Judgement | None:
    """None where no rule was in force on that day. Nothing of nothing is never enough."""
    if rule is None or not in_force(rule, on):
        return None
    found = value(rule, on)
    inclusive = "（含）" if found.share.bound == "at_least" else ""
    return Judgement(found.share.met(part, whole), f"{found.share}{inclusive}", rule, found.citation, found.caveat)


def quorum(kind: Kind, matter: Matter, count: Counts, on: date) -> Judgement | None:
    """Whether enough of those with a vote came."""
    return judged(quorum_rule(kind, matter), count.voters_present, count.voters_expected, on)


def refusals_of_votes(content: Content) -> list[Refusal]:
    """Why the votes of this record cannot stand as written; empty if they can."""
    count = counts(content.attendance)
    found: list[Refusal] = []
    for number, line in enumerate(content.resolutions, start=1):
        if line.is_vote:
            found.extend(_refusals_of_vote(content, count, number, line))
    return found


def _refusals_of_vote(content: Content, count: Counts, number: int, line: ResolutionLine) -> list[Refusal]:
    what = f"第 {number} 项决议"
    field = f"resolutions-{number - 1}-in_favour"
    found: list[Refusal] = []
    if line.matter is Matter.DEVELOPMENT and content.kind is not Kind.GENERAL:
        found.append(
            Refusal(
                f"{what}：接收预备党员和转正由支部党员大会表决，不能登记在{content.kind.label}中。",
                field=f"resolutions-{number - 1}-matter",
                rule="dev.quorum",
                on=content.held_on,
                remedy="请改选“支部党员大会”，或把表决事项改为“一般事项”。",
            )
        )
    away = count.voters_expected - count.voters_present
    if line.written and line.matter is not Matter.DEVELOPMENT:
        found.append(
            Refusal(
                f"{what}：会前书面意见只在接收预备党员和转正的表决中计票。",
                field=field,
                rule="dev.pass",
                on=content.held_on,
                remedy="请把书面意见改为 0。",
            )
        )
    elif line.written > min(away, line.votes):
        found.append(
            Refusal(
                f"{what}：书面意见 {line.written} 份，多于因故缺席的有表决权党员 {away} 人或票数合计 {line.votes} 票。",
                field=field,
                remedy="书面意见包含在赞成、反对、弃权之中，只计缺席的有表决权党员。",
            )
        )
    elif line.votes - line.written > count.voters_present:
        found.append(
            Refusal(
                f"{what}：现场票数合计 {line.votes - line.written} 票，多于有表决权的实到 {count.voters_present} 人。",
                field=field,
                remedy="请核对票数，或核对出席名单。",
            )
        )
    if line.outcome is Outcome.PASSED:
        found.extend(_refusals_of_passing(content, count, number, line))
    return found


def _refusals_of_passing(content: Content, count: Counts, number: int, line: ResolutionLine) -> list[Refusal]:
    field = f"resolutions-{number - 1}-outcome"
    what = f"第 {number} 项决议不能登记为“通过”"
    if line.in_favour is None:
        return [Refusal(f"{what}：没有填写赞成票数。", field=field, remedy="请填写票数。")]
    enough = quorum(content.kind, line.matter, count, content.held_on)
    if enough and not enough.met:
        return [
            Refusal(
                f"{what}：有表决权的应到 {count.voters_expected} 人、实到 {count.voters_present} 人，"
                f"到会人数应{enough.words}。",
                field=field,
                rule=enough.rule,
                on=content.held_on,
                remedy="票数照实保留，结果请选“无效（到会人数不足）”。",
            )
        ]
    rule = majority_rule(content.kind, line.matter)
    passing = judged(rule, line.in_favour, count.voters_expected, content.held_on)
    if passing and not passing.met:
        return [
            Refusal(
                f"{what}：应到会有表决权的 {count.voters_expected} 人，赞成 {line.in_favour} 票，"
                f"赞成票应{passing.words}。",
                field=field,
                rule=passing.rule,
                on=content.held_on,
                remedy="票数照实保留，结果请选“未通过”。",
            )
        ]
    return []
