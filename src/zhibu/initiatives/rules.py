"""What may be done with what was read, and what is late."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from zhibu.initiatives.enums import MilestoneState, ProjectState, Verdict
from zhibu.regulations.refusal import Refusal

# Choices of the platform, not of any regulation.
SOON = timedelta(days=14)
LINK_DAYS = 14
TRIES_PER_ADDRESS = 10
TRY_MINUTES = 15
MOST_HALF_HOURS = 48  # of one day
MILESTONES_LIMIT, MEMBERS_LIMIT = 30, 60
UNDER_REVIEW = frozenset({ProjectState.DECLARED, ProjectState.RETURNED})
_LONG_NUMBER = re.compile(r"[0-9０-９][0-9０-９\s-]{9,}[0-9０-９XxＸｘ]")
# A day, with the hour if one follows, looks like a number of somebody and is none.
_DAY = re.compile(r"(?<!\d)(19|20)\d\d-(0?[1-9]|1[0-2])-(0?[1-9]|[12]\d|3[01])(?!\d)(\s+\d{1,2}[:：]\d{2})?")


@dataclass(frozen=True)
class MilestonePlan:
    """One milestone as it is declared."""

    title: str
    due_on: date


@dataclass(frozen=True)
class ProjectPlan:
    """Everything that is declared of a project."""

    title: str
    kind: str
    secretary: int
    goals: str
    starts_on: date
    ends_on: date
    members: Sequence[int]
    milestones: Sequence[MilestonePlan]


def wrong_with(plan: ProjectPlan) -> list[Refusal]:
    """All that keeps a project from being declared."""
    found = []
    if plan.ends_on < plan.starts_on:
        found.append(Refusal("计划结项日期早于开始日期。", field="ends_on", remedy="请核对两个日期。"))
    if not plan.milestones:
        found.append(Refusal("还没有节点。", remedy="请至少写一个节点和它的期限，例如“完成调研，12 月 20 日”。"))
    if len(plan.milestones) > MILESTONES_LIMIT:
        found.append(Refusal(f"节点最多 {MILESTONES_LIMIT} 个。", remedy="请合并相近的节点。"))
    outside = [one for one in plan.milestones if wrong_day(one.due_on, plan.starts_on, plan.ends_on)]
    if outside:
        names = "、".join(f"“{one.title[:20]}”" for one in outside[:3])
        found.append(Refusal(f"节点{names}的期限不在项目起止日期之内。", remedy="请改期限，或改项目的起止日期。"))
    if len({(one.title, one.due_on) for one in plan.milestones}) < len(plan.milestones):
        found.append(Refusal("有两个完全相同的节点。", remedy="请删去一个。"))
    if plan.secretary in plan.members:
        found.append(Refusal("负责书记不必再选为成员。", field="members", remedy="请取消勾选。"))
    return found


def wrong_day(due_on: date, starts_on: date, ends_on: date) -> bool:
    return not starts_on <= due_on <= ends_on


def refusal_of_verdict(state: ProjectState, verdict: Verdict, opinion: str) -> Refusal | None:
    """A superior decides about what waits for him; an opinion he may give at any time, in words."""
    if verdict is Verdict.OPINION:
        return None if opinion else Refusal("还没有写意见。", field="opinion", remedy="请写明对哪一点有什么意见。")
    if state is not ProjectState.DECLARED:
        return Refusal("这个项目不在待审核状态。", field="verdict", remedy="可以选“提出意见”。")
    if verdict is Verdict.RETURNED and not opinion:
        return Refusal("退回修改须写明要改什么。", field="opinion", remedy="例如：请细化节点和期限。")
    return None


def is_late(state: str, due_on: date, today: date) -> bool:
    """Whether an open milestone's day has passed."""
    return state == MilestoneState.OPEN and due_on < today


def half_hours(hours: float) -> int:
    """Hours as they are typed, in steps of a half. Only time of service counts, not the way there."""
    doubled = hours * 2
    if not 1 <= doubled <= MOST_HALF_HOURS or doubled != int(doubled):
        raise Refusal(
            "时长应为 0.5 至 24 小时，以半小时为单位。",
            field="hours",
            remedy="例如 1.5；只计实际服务的时间，不含往返。",
        )
    return int(doubled)


def refuse_numbers(text: str, field: str) -> None:
    """Words about a matter need nobody's telephone or ID number."""
    if _LONG_NUMBER.search(_DAY.sub("日", text)):
        raise Refusal("请不要写电话、证件号等号码。", field=field, remedy="只写事情本身，删去号码后再提交。")


def refuse_future(on: date, today: date, field: str, what: str) -> None:
    if on > today:
        raise Refusal(f"{what}晚于今天。", field=field, remedy="请在事情发生后登记。")


def joined(words: Iterable[str]) -> str:
    return "、".join(words)
