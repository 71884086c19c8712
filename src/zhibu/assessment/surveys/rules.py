"""What may be asked, how a code is written, and what the counts come to."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from zhibu.assessment.evaluators.enums import SURVEYED, Evaluator
from zhibu.assessment.evaluators.rules import smallest_group
from zhibu.assessment.surveys.enums import Satisfaction
from zhibu.indicators.guard import ForbiddenIndicator, refuse_forbidden
from zhibu.indicators.periods import Period
from zhibu.initiatives.rules import refuse_numbers
from zhibu.regulations.refusal import Refusal

FEWEST, MOST = 2, 10
SHORTEST, LONGEST = 4, 60
# So many codes are drawn, pictured and laid out in some six seconds, while the superior waits.
MOST_SLIPS = 300
LONGEST_DAYS = 92
CENT = Decimal("0.01")
# Read off paper and typed: neither 0 and O nor 1 and I.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
GROUPS, IN_GROUP = 4, 5
_CODE = re.compile(rf"[{LETTERS}]{{{GROUPS * IN_GROUP}}}")


@dataclass(frozen=True)
class Question:
    """What a superior wants to ask."""

    evaluator: Evaluator
    statements: tuple[str, ...]
    closes_on: date
    slips: int


def new_code() -> str:
    """A hundred random bits, in groups that can be typed."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(IN_GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def hash_of(code: str) -> str | None:
    """Of a code as it was typed; None for what cannot be one."""
    plain = re.sub(r"[\s-]", "", code).upper()
    return hashlib.sha256(plain.encode()).hexdigest() if _CODE.fullmatch(plain) else None


def wrong_with(asked: Question, period: Period, today: date) -> list[Refusal]:
    """Everything that is wrong with it."""
    least, found = smallest_group(today), []
    if asked.evaluator not in SURVEYED:
        found.append(Refusal("这一方不做测评。", field="evaluator", remedy="上级评价和实地抽查在各方评分里录入。"))
    if period.first > today:
        found.append(Refusal("这个季度还没有开始。", field="period", remedy="请选择本季度或以前的季度。"))
    if not today <= asked.closes_on <= today + timedelta(days=LONGEST_DAYS):
        found.append(
            Refusal(f"截止日期应在今天到 {LONGEST_DAYS} 天之内。", field="closes_on", remedy="一般留一到两周。")
        )
    if asked.slips < least:
        found.append(
            Refusal(
                f"发放不足 {least} 份，容易推出是谁打的，不能测评。", field="slips", rule="assess.survey_group",
                on=today, remedy="请扩大测评范围，或由上级评价。",
            )
        )  # fmt: skip
    elif asked.slips > MOST_SLIPS:
        found.append(Refusal(f"一次最多发放 {MOST_SLIPS} 份。", field="slips", remedy="请抽选一部分人参加测评。"))
    return found + _wrong_statements(asked.statements)


def _wrong_statements(statements: Sequence[str]) -> list[Refusal]:
    if not FEWEST <= len(statements) <= MOST or len(set(statements)) != len(statements):
        return [
            Refusal(
                f"测评项目应为 {FEWEST} 到 {MOST} 条，各不相同。", field="statements", remedy="一行写一条，写完回车。"
            )
        ]
    found = []
    for text in statements:
        if not SHORTEST <= len(text) <= LONGEST:
            found.append(
                Refusal(
                    f"“{text[:20]}”应为 {SHORTEST} 到 {LONGEST} 个字。", field="statements", remedy="一句话一件事。"
                )
            )
        try:
            refuse_forbidden(text, text)
            refuse_numbers(text, "statements")
        except ForbiddenIndicator as error:
            found.append(Refusal(str(error), field="statements", remedy="请改问这个党组织做了什么、做得怎样。"))
        except Refusal as refused:
            found.append(refused)
    return found


def nothing(statements: Sequence[str]) -> list[list[int]]:
    """Counts before the first answer."""
    return [[0] * len(Satisfaction) for _ in statements]


def counted(counts: Sequence[Sequence[int]], marks: Sequence[int]) -> list[list[int]]:
    """The counts with one more answer."""
    found = [list(row) for row in counts]
    for row, mark in zip(found, marks, strict=True):
        row[mark - 1] += 1
    return found


def means(counts: Sequence[Sequence[int]]) -> list[Decimal]:
    """Per statement, of 5."""
    return [Decimal(_sum(row)) / sum(row) for row in counts]


def value_of(counts: Sequence[Sequence[int]], most: Decimal) -> Decimal:
    """The mean of all marks as a part of the full mark: "very satisfied" throughout is all of it."""
    total, votes = sum(map(_sum, counts)), sum(map(sum, counts))
    return rounded(most * total / (votes * max(Satisfaction)))


def rounded(number: Decimal) -> Decimal:
    return number.quantize(CENT, ROUND_HALF_UP)


def _sum(row: Sequence[int]) -> int:
    return sum(mark * count for mark, count in zip(Satisfaction.values, row, strict=True))
