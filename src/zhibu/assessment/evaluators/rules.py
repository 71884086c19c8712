"""Whether a side's number may be entered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhibu.assessment.evaluators.enums import ENTERED, SURVEYED, Evaluator
from zhibu.assessment.evaluators.models import Grading
from zhibu.indicators.periods import Period
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal


@dataclass(frozen=True)
class Entry:
    """What was typed for one side."""

    evaluator: Evaluator
    value: Decimal
    most: Decimal
    grounds: str
    source: str = ""
    asked: int | None = None
    answered: int | None = None


def smallest_group(on: date) -> int:
    """How many valid answers a summary needs, so that nobody can tell whose they were."""
    return int(value("assess.survey_group", on).number)


def wrong_with(entry: Entry, period: Period, today: date) -> list[Refusal]:
    """Everything that is wrong with it."""
    found = []
    if entry.evaluator not in ENTERED:
        found.append(Refusal("这一方不在这里录入。", field="evaluator", remedy="述职评议在述职报告里评定。"))
    if period.first > today:
        found.append(Refusal("这个季度还没有开始。", field="period", remedy="请选择本季度或以前的季度。"))
    if not 0 <= entry.value <= entry.most:
        found.append(Refusal(f"评分应在 0 到 {entry.most.normalize():f} 之间。", field="value"))
    if not entry.grounds.strip():
        found.append(Refusal("请写明评分的依据。", field="grounds", remedy="写事实，不写个人。"))
    if entry.evaluator in SURVEYED:
        found += _survey(entry, today)
    elif entry.asked is not None or entry.answered is not None:
        found.append(
            Refusal("发放和收回的份数只用于测评。", field="asked", remedy="这一方由党组织评价，请清空这两项。")
        )
    return found


def why_not_standing(row: Grading) -> Refusal | None:
    """Only the number that counts is corrected or taken back."""
    return None if row.is_current else Refusal("这条评分已经更正或撤销。", remedy="请打开现行的一条办理。")


def _survey(entry: Entry, today: date) -> list[Refusal]:
    least = smallest_group(today)
    if entry.asked is None or entry.answered is None:
        return [
            Refusal("请填写发放和收回的份数。", field="answered", remedy="只录入份数和平均分，不录入任何一份答卷。")
        ]
    found = []
    if entry.answered > entry.asked:
        found.append(Refusal("收回的份数多于发放的份数。", field="answered", remedy="请核对汇总表。"))
    if entry.answered < least:
        found.append(
            Refusal(
                f"有效票不足 {least} 份，容易推出是谁打的，不能录入。", field="answered", rule="assess.survey_group",
                on=today, remedy="请扩大测评范围后重新汇总；没有这一方的评分时，其占比按比例分给其他各方。",
            )
        )  # fmt: skip
    if not entry.source.strip():
        found.append(
            Refusal("请写明汇总的来源。", field="source", remedy="例如：纸质测评票，某月某日由组织员和监票人清点。")
        )
    return found
