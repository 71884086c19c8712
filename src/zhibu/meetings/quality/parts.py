"""The six parts of a record's quality: each a plain formula over what was loaded, with its evidence and how to mend it.

No part counts words or photographs. A part that has nothing to judge is None, never a zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from zhibu.meetings.content import Content, ResolutionLine
from zhibu.meetings.enums import CAME, Matter, Part
from zhibu.meetings.quality.enums import PartKey
from zhibu.meetings.rules import missing_parts, required_of

LOCAL = "校内设定，不是规定"
# Votes on persons are followed up in their own procedures; a day and somebody responsible would be said twice.
_FOLLOWED_ELSEWHERE = frozenset({Matter.DEVELOPMENT, Matter.ELECTION})
_ROLES = r"书记|委员|组长|支委|支部|党小组|联系人|负责人|全体党员|各组|牵头|承办"
_WHEN = re.compile(
    r"\d+ ?[年月日号]|[一二三四五六七八九十]+[年月日号]"
    r"|[本下上]?(?:周|月|季度|学期|学年|年)(?:底|末|内|初|中旬|下旬|上旬)|每[周月季年天日]|下次|下[周月]|[本当这]月|[寒暑]假|期限|以前|之前|长期"
)
_SET_PHRASES = re.compile(
    r"会议|大会|支委会|一致|全体|党员|同意|通过|讨论|研究|决定|决议|认为|要求|议定|事项|责任人|负责|完成|落实|按照|按|由|的|了|请|并"
)
_NO_LETTER = re.compile(r"[^\w]|[\d_]")
LEAST_OF_A_DEED = 4


@dataclass(frozen=True)
class Evidence:
    """One sentence of what is there (``met``) or missing, with how to mend it and where on the form."""

    text: str
    met: bool
    remedy: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Measured:
    """One part: so many of so many. ``share`` is None where there was nothing to judge."""

    key: PartKey
    formula: str
    numerator: float
    denominator: float
    evidence: tuple[Evidence, ...] = field(default=())
    basis: str = ""

    @property
    def share(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None

    @property
    def missing(self) -> tuple[Evidence, ...]:
        return tuple(one for one in self.evidence if not one.met)


def completeness(content: Content) -> Measured:
    """The required parts of this kind that the record holds."""
    wanted, lacking = required_of(content), missing_parts(content)
    evidence = tuple(
        Evidence(part.label, part not in lacking, part.hint if part in lacking else "", part.anchor) for part in wanted
    )
    return Measured(
        PartKey.COMPLETENESS, "已记要素 ÷ 该类记录应记要素", len(wanted) - len(lacking), len(wanted), evidence,
        "应记要素依惯例，平台建议，不是规定",
    )  # fmt: skip


def days_between(held_on: date, recorded_on: date | None) -> int | None:
    return (recorded_on - held_on).days if recorded_on else None


def timeliness(held_on: date, recorded_on: date | None, limit: int) -> Measured:
    """Whether it was recorded within so many days of the meeting."""
    days = days_between(held_on, recorded_on)
    formula = f"会后 {limit} 天内登记为及时"
    if days is None:
        return Measured(PartKey.TIMELINESS, formula, 0, 0, basis=LOCAL)
    met = days <= limit
    said = f"会后第 {days} 天登记" if days > 0 else "会议当天登记"
    remedy = "" if met else f"以后请在会后 {limit} 天内登记；这一份不必改动日期。"
    return Measured(PartKey.TIMELINESS, formula, int(met), 1, (Evidence(said, met, remedy),), LOCAL)


def expected_and_came(content: Content) -> tuple[int, int]:
    """Who should attend (observers and those not held to it left out), and how many of these came."""
    held = [line for line in content.attendance if line.part is not Part.OBSERVER and not line.is_exempt]
    return len(held), sum(line.presence in CAME for line in held)


def attendance(content: Content) -> Measured:
    due, came = expected_and_came(content)
    away = due - came
    evidence = (
        (Evidence(f"应到 {due} 人，实到 {came} 人", not away, "请假和缺席写明原因；未到会的请补学。" if away else ""),)
        if due
        else ()
    )
    return Measured(PartKey.ATTENDANCE, "实到 ÷ 应到（不含列席和不作硬性要求的）", came, due, evidence)


def decisions(content: Content) -> list[tuple[int, ResolutionLine]]:
    """What is to be carried out, with its place in the record."""
    numbered = enumerate(content.resolutions, start=1)
    return [
        (number, line)
        for number, line in numbered
        if not (line.leads_to or (line.is_vote and line.matter in _FOLLOWED_ELSEWHERE))
    ]


def has_owner(line: ResolutionLine) -> bool:
    return line.owner_id is not None or bool(line.responsible.strip())


@dataclass(frozen=True)
class Tasks:
    """How the tasks that came out of a meeting stand on a day."""

    all: int = 0
    done: int = 0
    late: int = 0


def follow_through(content: Content, tasks: Tasks = Tasks()) -> Measured:  # noqa: B008  (frozen)
    """The decisions that name in their own fields who sees to them and by what day; what became of them is shown
    beside it and changes no value, for a task done late was still followed."""
    evidence = []
    for number, line in decisions(content):
        lacking = [label for label, there in (("责任人", has_owner(line)), ("完成期限", line.due_on)) if not there]
        said = f"第 {number} 项" + (f"没有{'和'.join(lacking)}" if lacking else "有责任人和完成期限")
        evidence.append(Evidence(said, not lacking, f"请填写{'和'.join(lacking)}。" if lacking else "", "resolutions"))
    met, whole = sum(one.met for one in evidence), len(evidence)
    if tasks.all:
        said = f"任务 {tasks.all} 项，已完成 {tasks.done} 项" + (f"，逾期 {tasks.late} 项" if tasks.late else "")
        remedy = "请在下次会议上跟进并登记结果。" if tasks.late else ""
        evidence.append(Evidence(said, not tasks.late, remedy))
    return Measured(PartKey.FOLLOW_THROUGH, "有责任人和完成期限的决议 ÷ 应落实的决议", met, whole, tuple(evidence))


def specificity(content: Content) -> Measured:
    """The decisions that say who, what and by when, in their fields or in their words."""
    names = [line.name for line in content.attendance if len(line.name) > 1]
    evidence = []
    for number, line in decisions(content):
        lacking = unsaid(line, names)
        said = f"第 {number} 项" + (f"没有写明{'、'.join(lacking)}" if lacking else "写明了谁、做什么、何时完成")
        remedy = f"请补写{'、'.join(lacking)}，例如“由组织委员在月底前整理名单”。" if lacking else ""
        evidence.append(Evidence(said, not lacking, remedy, "resolutions"))
    met = sum(one.met for one in evidence)
    return Measured(
        PartKey.SPECIFICITY, "写明谁、做什么、何时完成的决议 ÷ 应落实的决议", met, len(evidence), tuple(evidence)
    )


def unsaid(line: ResolutionLine, names: Iterable[str]) -> list[str]:
    """Which of who, what and by when a decision leaves open. What is to be done is whatever is left of the sentence
    without names, days and set phrases such as “会议一致同意”."""
    text = line.text
    known = [name for name in names if name in text]
    lacking = []
    if not (has_owner(line) or known or re.search(_ROLES, text)):
        lacking.append("谁来做")
    rest = text
    for name in known:
        rest = rest.replace(name, "")
    rest = _SET_PHRASES.sub("", re.sub(_ROLES, "", _WHEN.sub("", rest)))
    if len(_NO_LETTER.sub("", rest)) < LEAST_OF_A_DEED:
        lacking.append("做什么")
    if not (line.due_on or _WHEN.search(text)):
        lacking.append("何时完成")
    return lacking


def originality(shared: float | None, quoted: float | None, open_questions: int = 0) -> Measured:
    """What does not stand in the nearest earlier record; official quotations are left out on both sides."""
    formula = "1 − 与先前最相近的一份记录共有的比例（引自官方文件的不计）"
    if shared is None:
        return Measured(PartKey.ORIGINALITY, formula, 0, 0)
    evidence = [Evidence(f"与最相近的一份共有 {shared:.0%}", True)]
    if quoted:
        evidence.append(Evidence(f"引自官方文件 {quoted:.0%}，不计", True))
    if open_questions:
        evidence.append(
            Evidence(f"有 {open_questions} 处相近请说明", False, "请打开“相近提示”写明缘由；例行内容属正常。")
        )
    return Measured(PartKey.ORIGINALITY, formula, 1 - shared, 1, tuple(evidence))
