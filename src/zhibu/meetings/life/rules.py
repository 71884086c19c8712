"""The steps of a life meeting, judged from numbers: what is there, what is missing, and by which article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zhibu.meetings.enums import Kind
from zhibu.regulations.queries import in_force, value

CUSTOM = "依惯例，平台建议，不是规定"
YEARLY = {Kind.LIFE: "life.org_life", Kind.DEMOCRATIC_LIFE: "life.democratic_life"}
QUARTER = {Kind.LIFE: "life.org_life_quarter", Kind.DEMOCRATIC_LIFE: "life.democratic_life_quarter"}


def quarter_of(day: date) -> int:
    return (day.month + 2) // 3


def is_usual(kind: Kind, planned_on: date, today: date) -> bool:
    """Whether the day lies in the quarter in which such a meeting usually is held."""
    rule = QUARTER[kind]
    return not in_force(rule, today) or quarter_of(planned_on) == value(rule, today).number


def citation(rule: str, on: date) -> str:
    if not in_force(rule, on):
        return CUSTOM
    found = value(rule, on)
    return f"{found.citation}{f'（{found.caveat}）' if found.caveat else ''}"


@dataclass(frozen=True)
class Facts:
    """The numbers of one life meeting. Of persons only how many, never who."""

    kind: Kind
    today: date
    planned_on: date
    studied_on: date | None = None
    persons: int = 0
    talked: int = 0
    box_until: date | None = None
    opinions: int = 0
    not_taken_up: int = 0
    handed_in: int = 0
    committee_list: bool = False
    drafted: bool = False
    held_on: date | None = None
    came: int = 0
    self_critics: int = 0
    criticized: int = 0
    lines: int = 0
    closed: int = 0
    late: int = 0

    @property
    def box_closed(self) -> bool:
        return self.box_until is not None and self.box_until < self.today


@dataclass(frozen=True)
class Stand:
    """One step: ``missing`` is empty when it is done. ``anchor``: where on the page it is done."""

    key: str
    label: str
    done: bool
    said: str
    missing: str
    basis: str
    anchor: str
    late: bool = False


def steps(facts: Facts) -> list[Stand]:
    """In the order of time. Whatever is missing before the meeting is late once it was held."""
    return [*_before(facts), *_at(facts), *_after(facts)]


def missing(facts: Facts) -> list[Stand]:
    return [one for one in steps(facts) if not one.done]


def _before(facts: Facts) -> list[Stand]:
    past = facts.held_on is not None
    absent = facts.persons - facts.talked
    lists = facts.persons - facts.handed_in
    collected = facts.opinions > 0 or facts.box_closed
    if not collected:
        lacking = "还没有征求意见。" if facts.box_until is None else f"意见箱 {facts.box_until} 截止。"
    else:
        lacking = f"{facts.not_taken_up} 条意见还没有归纳。" if facts.not_taken_up else ""
    heard = f"收到 {facts.opinions} 条" if collected else ""
    written = f"{facts.handed_in}/{facts.persons} 人已提交" if facts.handed_in else ""
    unlisted = [f"{lists} 人还没有提交查摆清单"] if lists else []
    if not facts.committee_list:
        unlisted.append("支部委员会（领导班子）还没有查摆清单")
    return [
        Stand(
            "study", "学习", facts.studied_on is not None, f"{facts.studied_on} 已学习" if facts.studied_on else "",
            "" if facts.studied_on else "还没有登记会前学习。", CUSTOM, "study", past,
        ),
        Stand(
            "talks", "谈心谈话", facts.persons > 0 and not absent, f"{facts.talked}/{facts.persons} 人谈过",
            f"{absent} 人今年还没有谈心谈话的登记。" if absent else "", citation("life.talk", facts.today), "talks",
            past,
        ),
        Stand(
            "opinions", "征求意见", collected and not facts.not_taken_up, heard, lacking, CUSTOM,
            "opinions", past,
        ),
        Stand(
            "lists", "查摆清单", facts.persons > 0 and not unlisted, written,
            f"{'；'.join(unlisted)}。" if unlisted else "", CUSTOM, "lists", past,
        ),
    ]  # fmt: skip


def _at(facts: Facts) -> list[Stand]:
    held = facts.held_on is not None
    lacking = []
    if facts.came > facts.self_critics:
        lacking.append(f"{facts.came - facts.self_critics} 人没有自我批评的记录")
    if facts.came > facts.criticized:
        lacking.append(f"{facts.came - facts.criticized} 人没有受到批评的记录")
    if not held:
        not_held = "会议记录还是草稿。" if facts.drafted else "还没有召开，或没有连到会议记录。"
    said = f"自我批评 {facts.self_critics} 人，受到批评 {facts.criticized} 人，到会 {facts.came} 人"
    return [
        Stand(
            "meeting", "召开会议", held, f"{facts.held_on} 召开" if held else "", "" if held else not_held,
            citation(YEARLY[facts.kind], facts.today), "meeting", not held and facts.planned_on < facts.today,
        ),
        Stand(
            "criticism", "批评和自我批评", held and not lacking, said if held else "",
            f"{'；'.join(lacking)}。" if lacking else "" if held else "会后逐条登记。", CUSTOM, "criticism",
        ),
    ]  # fmt: skip


def _after(facts: Facts) -> list[Stand]:
    held = facts.held_on is not None
    remaining = facts.lines - facts.closed
    struck = f"{facts.closed}/{facts.lines} 项已销号" if facts.lines else ""
    if facts.late:
        told = f"{facts.late} 项逾期，{remaining} 项没有销号。"
    else:
        told = f"{remaining} 项没有销号。" if remaining else ""
    return [
        Stand(
            "rectification", "整改清单", facts.lines > 0, f"共 {facts.lines} 项" if facts.lines else "",
            "" if facts.lines else "会后列出问题、措施、责任人和时限。", CUSTOM, "lines", held and not facts.lines,
        ),
        Stand(
            "closing", "整改销号", facts.lines > 0 and not remaining, struck,
            told if facts.lines else "列出整改清单后逐项销号。", CUSTOM, "lines", facts.late > 0,
        ),
    ]  # fmt: skip
