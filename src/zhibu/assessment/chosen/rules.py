"""What may be done with a chosen action, judged on what was read; and what two reviews come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from zhibu.assessment.chosen.enums import ActionState
from zhibu.assessment.chosen.models import ChosenAction
from zhibu.assessment.chosen.rubric import Rubric
from zhibu.regulations.refusal import Refusal

CENT = Decimal("0.01")
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class ActionPlan:
    """What was typed."""

    title: str
    what: str
    goal: str
    starts_on: date
    ends_on: date
    claimed: Decimal
    project: int | None = None
    deed: int | None = None


def wrong_with(plan: ActionPlan, rubric: Rubric) -> list[Refusal]:
    found = []
    if plan.ends_on < plan.starts_on:
        found.append(Refusal("完成日期早于开始日期。", field="ends_on", remedy="请核对日期。"))
    elif plan.ends_on - plan.starts_on > LONGEST:
        found.append(
            Refusal("一项自选动作不超过一年。", field="ends_on", remedy="时间较长的，请分段申报，每段写明目标。")
        )
    if not 0 < plan.claimed <= rubric.most:
        found.append(
            Refusal(
                f"自评分应大于 0、不超过 {rubric.most.normalize():f} 分。", field="claimed", remedy="请对照评审标准。"
            )
        )
    return found


def refuse_state(action: ChosenAction, *allowed: ActionState) -> None:
    if action.state not in allowed:
        raise Refusal(
            f"这项自选动作“{action.get_state_display()}”，不能这样办理。",
            remedy="请回到这项自选动作，看现在到了哪一步。",
        )


def refuse_version(action: ChosenAction, version: int) -> None:
    if action.version != version:
        raise Refusal("这项自选动作刚被他人改动。", remedy="您填写的内容还在本页；请在另一窗口核对，再重新提交。")


def sum_of(rubric: Rubric, scores: Mapping[str, Decimal]) -> Decimal:
    """The points of all criteria. Refuses what the rubric does not know or allow."""
    wrong = [one for one in rubric.criteria if not 0 <= scores.get(one.key, Decimal(-1)) <= one.most]
    if wrong or set(scores) != {one.key for one in rubric.criteria}:
        field = f"score-{wrong[0].key}" if wrong else ""
        raise Refusal("每一项都要评分，不超过该项的分数。", field=field, remedy="请对照评审标准逐项填写。")
    return sum(scores.values(), Decimal(0))


def mean(points: Sequence[Decimal]) -> Decimal:
    return (sum(points, Decimal(0)) / len(points)).quantize(CENT, ROUND_HALF_UP)


def apart(points: Sequence[Decimal]) -> Decimal:
    """How far the reviews lie apart."""
    return max(points) - min(points)
