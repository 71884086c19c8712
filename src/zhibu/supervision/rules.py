"""What may be done with a problem, by whom, and how it stands against its time. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import UPPER_KINDS, Kind, PostKind
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal
from zhibu.supervision.enums import ON_CLOCK, ProblemState, Source, Standing

if TYPE_CHECKING:
    from zhibu.organizations.models import Organization
    from zhibu.supervision.models import Problem

STEP = 4  # characters of a path a level (treebeard's default)
SOON_DAYS = 7
REMEDY = "请刷新页面，看问题现在的状态。"


class Act(Enum):
    """What can be done with a problem that stands on the list; the value is its name on screen."""

    MEASURE = "确定整改措施"
    MILESTONE = "登记节点完成"
    REPORT = "报告整改完成"
    REVIEW = "复核"
    REOPEN = "重新打开"
    STOP = "暂停计时"
    RESUME = "恢复计时"
    EXTEND = "延长期限"


FROM: dict[Act, tuple[ProblemState, ...]] = {
    Act.MEASURE: ON_CLOCK,
    Act.MILESTONE: (ProblemState.UNDER_WAY, ProblemState.REOPENED),
    Act.REPORT: (ProblemState.UNDER_WAY, ProblemState.REOPENED),
    Act.REVIEW: (ProblemState.TO_REVIEW,),
    Act.REOPEN: (ProblemState.CLOSED,),
    Act.STOP: ON_CLOCK,
    Act.RESUME: (ProblemState.STOPPED,),
    Act.EXTEND: ON_CLOCK,
}
# What somebody whom a finding names may do, though no post gives them a right over the organization.
BY_NAMED = (Act.MILESTONE, Act.REPORT)
ONLY_ABOVE = (Act.REOPEN, Act.STOP, Act.RESUME, Act.EXTEND)


def is_above(scope: Scope, path: str) -> bool:
    """Whether the reader supervises from above the organization; nobody stands above the university's own."""
    if len(path) <= STEP:
        return scope.may(Right.SUPERVISE, path)
    return any(len(root) < len(path) and path.startswith(root) for root in scope.paths(Right.SUPERVISE))


def is_named(scope: Scope, problem: Problem) -> bool:
    """Whether the finding names the reader, who still belongs to the organization (`queries.named` in SQL)."""
    # The key first: a list asks this of many problems, and only the reader's own may cost a read.
    if scope.person_id is None or problem.person_id != scope.person_id:
        return False
    return problem.person is not None and problem.person.organization_id == problem.organization_id


def why_not(scope: Scope, act: Act, problem: Problem) -> Refusal | None:
    """Why this reader cannot do that now; None if they can. The page hides what this refuses."""
    path = problem.organization.path
    if problem.state not in FROM[act]:
        return Refusal(f"这个问题{problem.get_state_display()}，现在不能办理“{act.value}”。", remedy=REMEDY)
    if act in ONLY_ABOVE:
        return None if is_above(scope, path) else Refusal(
            f"“{act.value}”由上级党组织办理。", remedy="请向上级党组织说明情况。"
        )  # fmt: skip
    if act is Act.REVIEW:
        return _why_no_review(scope, problem)
    if not scope.may(Right.HANDLE_PROBLEM, path) and not (act in BY_NAMED and is_named(scope, problem)):
        return Refusal(f"您在这个党组织没有“{Right.HANDLE_PROBLEM.label}”的权限。", remedy="请由责任党组织办理。")
    return None


def _why_no_review(scope: Scope, problem: Problem) -> Refusal | None:
    path = problem.organization.path
    if scope.user_id is not None and scope.user_id == problem.reported_by_id:
        return Refusal("报告整改完成的人不能复核自己的报告。", remedy="请由上级党组织或者另一位负责同志复核。")
    own = problem.source == Source.OWN and scope.may(Right.HANDLE_PROBLEM, path)
    if own or scope.may(Right.SUPERVISE, path):
        return None
    return Refusal("这个问题由上级党组织复核。", remedy="请等待上级党组织复核。")


@dataclass(frozen=True)
class Limits:
    """The numbers of a day by which problems are judged; all of them the university's own (校内设定)."""

    term: int
    claim: int
    review: int
    steps: tuple[int, ...]

    @property
    def last(self) -> int:
        return self.steps[-1]


def limits(on: date) -> Limits:
    steps = value("supervise.escalate", on).content
    assert isinstance(steps, tuple)
    return Limits(
        value("supervise.term", on).number, value("supervise.claim", on).number, value("supervise.review", on).number,
        tuple(int(str(step)) for step in steps),
    )  # fmt: skip


def usual_due(on: date) -> date:
    """The day by which a problem has to be put right if nobody set another."""
    return on + timedelta(days=limits(on).term)


def level_of(due_on: date, today: date, steps: Iterable[int]) -> int:
    """How many levels above are to know of a problem that is so late."""
    late = (today - due_on).days
    return sum(late >= step for step in steps)


def standing(problem: Problem, today: date) -> Standing:
    """How a problem stands; the same as `zhibu.supervision.queries.standing_on` says in SQL."""
    given = limits(today)
    if problem.state == ProblemState.CLOSED:
        return Standing.CLOSED
    if problem.state == ProblemState.STOPPED:
        return Standing.STUCK
    if problem.state == ProblemState.TO_REVIEW:
        waited = problem.done_on is not None and (today - problem.done_on).days > given.review
        return Standing.STUCK if waited else Standing.DUE
    late = (today - problem.due_on).days
    unclaimed = problem.state == ProblemState.UNCLAIMED and (today - problem.raised_on).days > given.claim
    if unclaimed or late >= given.last:
        return Standing.STUCK
    if late > 0:
        return Standing.LATE
    return Standing.SOON if late >= -SOON_DAYS else Standing.DUE


def usual_post(node: Organization) -> PostKind:
    """Who answers for what an organization neglects: its secretary, a group's leader; above, whoever does the work."""
    if node.kind == Kind.GROUP:
        return PostKind.GROUP_LEADER
    if node.depth == 1:
        return PostKind.OFFICER
    return PostKind.ORGANIZER if node.kind in UPPER_KINDS else PostKind.SECRETARY
