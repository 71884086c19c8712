"""An organization's numbers of one period beside those of the like. ``scope`` comes first.

The reader names only organizations of their own subtrees. How the values of the like lie (quartiles, thirds) is told
over the whole university, without names and only from `fewest` others on: whoever leads one branch has no other branch
in their subtree, and yet is to know where theirs stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.models import OrganizationScore, ScoreRun
from zhibu.assessment.queries import run_of
from zhibu.indicators.definition import Dimension
from zhibu.indicators.periods import Period
from zhibu.organizations.models import Organization
from zhibu.regulations.queries import value
from zhibu.supervision.alerts.models import Alert
from zhibu.supervision.comparison.bands import SizeBand, Third, box, same_levels, size_of, third
from zhibu.supervision.enums import ProblemState
from zhibu.supervision.models import Problem
from zhibu.supervision.rules import STEP
from zhibu.ui.charts import Box


def fewest(today: date) -> int:
    """How many others there have to be before anything is told about those whom the reader may not see."""
    return value("supervise.compare_fewest", today).number


@dataclass(frozen=True)
class Metric:
    """One thing that is compared. ``better`` 1: more is better, -1: less is, 0: neither."""

    key: str
    title: str
    unit: str
    better: int


def metrics(rows: Iterable[OrganizationScore]) -> list[Metric]:
    """Total, the dimensions of the scheme, problems, alerts."""
    scored = {name for row in rows for name in row.breakdown}
    return [
        Metric("total", "总分", "分", 1),
        *(Metric(one.name, one.value, "%", 1) for one in Dimension if one.name in scored),
        Metric("opened", "提出的问题", "个", 0), Metric("in_time", "按期整改率", "%", 1),
        Metric("late", "没有按期整改的问题", "个", -1), Metric("alerts", "预警", "件", -1),
    ]  # fmt: skip


Values = dict[str, float | None]


def figures(run: ScoreRun, rows: Sequence[OrganizationScore], today: date) -> dict[int, Values]:
    """The numbers of some organizations with everything below each of them: organization's pk → metric → value."""
    first, last = run.span.first, run.span.last
    problems, alerts = _problems(first, last, today), _alerts(first, last)
    found: dict[int, Values] = {}
    paths = {row.organization.path: row for row in rows}
    counted = {path: {"opened": 0, "due": 0, "kept": 0, "alerts": 0} for path in paths}
    for many in (problems, alerts):
        for line in many:
            path = line.pop("organization__path")
            for length in range(STEP, len(path) + 1, STEP):
                if sums := counted.get(path[:length]):
                    for name, number in line.items():
                        sums[name] += number
    for path, row in paths.items():
        sums = counted[path]
        found[row.organization_id] = {
            "total": float(row.total), **_rates(row), "opened": sums["opened"], "late": sums["due"] - sums["kept"],
            "in_time": round(100 * sums["kept"] / sums["due"], 1) if sums["due"] else None, "alerts": sums["alerts"],
        }  # fmt: skip
    return found


def _rates(row: OrganizationScore) -> Values:
    """What share of its points a dimension got."""
    parts = {name: (float(points), float(weight)) for name, (points, weight) in row.breakdown.items()}
    return {name: round(100 * points / weight, 1) if weight else None for name, (points, weight) in parts.items()}


def _problems(first: date, last: date, today: date) -> Iterable[dict[str, Any]]:
    """By organization: raised in the period; due in it and judged (`supervision.facts`), and put right in time."""
    waiting = Q(state=ProblemState.TO_REVIEW, done_on__lte=F("due_on"))
    due = Q(due_on__range=(first, last), due_on__lt=today) & ~waiting & ~Q(state=ProblemState.STOPPED)
    kept = due & Q(state=ProblemState.CLOSED, done_on__lte=F("due_on"))
    raised = Q(raised_on__range=(first, last))
    rows = Problem.objects.filter(raised | Q(due_on__range=(first, last))).order_by()
    counted = rows.values("organization__path").annotate(
        opened=Count("pk", filter=raised), due=Count("pk", filter=due), kept=Count("pk", filter=kept)
    )
    return map(dict, counted.iterator())


def _alerts(first: date, last: date) -> Iterable[dict[str, Any]]:
    """By organization: raised in the period and not found false."""
    rows = Alert.objects.filter(raised_on__range=(first, last), is_false=False).order_by()
    return map(dict, rows.values("organization__path").annotate(alerts=Count("pk")).iterator())


def like(score: OrganizationScore, on: date) -> tuple[SizeBand, QuerySet[OrganizationScore]]:
    """Scores of the same run of organizations of the same category and size, the organization itself among them. Not
    narrowed to a reader: only `compare` and `named_like` pass it on."""
    band = size_of(score.level, score.members, on)
    rows = OrganizationScore.objects.filter(
        run=score.run_id, category=score.category, level__in=same_levels(score.level), members__gte=band.low
    )
    if band.high is not None:
        rows = rows.filter(members__lte=band.high)
    return band, rows.select_related("organization").order_by("organization__path")


def named_like(scope: Scope, score: OrganizationScore) -> QuerySet[OrganizationScore]:
    """Those of the like that the reader may see by name."""
    return scope.visible(like(score, scope.today)[1], Right.VIEW_PROBLEM)


@dataclass(frozen=True)
class Line:
    """One metric: the own value, how those of the like lie, the own third of them, another's value."""

    metric: Metric
    own: float | None
    box: Box | None
    third: Third | None
    other: float | None = None


@dataclass(frozen=True)
class Comparison:
    """One organization beside the like, and beside one other that the reader chose."""

    score: OrganizationScore
    band: SizeBand
    number: int  # of the like, without itself
    lines: list[Line]
    other: OrganizationScore | None
    other_band: SizeBand | None
    values: dict[int, Values]  # of the like, for the named ones

    @property
    def is_told(self) -> bool:
        return any(line.box for line in self.lines)

    @property
    def is_unlike(self) -> bool:
        """Whether the chosen other one is of another category or size."""
        if self.other is None:
            return False
        same = self.other.category == self.score.category and self.other.level in same_levels(self.score.level)
        return not same or self.other_band != self.band


def compare(scope: Scope, score: OrganizationScore, other: OrganizationScore | None = None) -> Comparison:
    """``score`` and ``other`` have been loaded through the scope and are of the same run.

    Nothing is told about fewer than `fewest` organizations that the reader may not see: the known ones taken away,
    the rest would be known.
    """
    band, rows = like(score, scope.today)
    every = list(rows)
    hidden = {row.organization_id for row in every if not scope.may(Right.VIEW_PROBLEM, row.organization.path)}
    seen = [row for row in every if row.organization_id not in hidden]
    if len(hidden) < fewest(scope.today) < len(seen):
        every = seen
    wanted = [*every, *([other] if other and other.pk not in {row.pk for row in every} else [])]
    values = figures(score.run, wanted, scope.today)
    others = len(every) - 1
    told = others >= fewest(scope.today)
    lines = []
    for metric in metrics(wanted):
        by_node = {row.organization_id: values[row.organization_id].get(metric.key) for row in every}
        known = [one for one in by_node.values() if one is not None]
        unseen = sum(by_node[pk] is not None for pk in hidden & by_node.keys())
        own = values[score.organization_id].get(metric.key)
        enough = told and len(known) > fewest(scope.today) and not 0 < unseen < fewest(scope.today)
        lines.append(
            Line(
                metric, own, box(known) if enough else None, third(own, known, metric.better) if enough else None,
                values[other.organization_id].get(metric.key) if other else None,
            )
        )  # fmt: skip
    other_band = size_of(other.level, other.members, scope.today) if other else None
    return Comparison(score, band, others, lines, other, other_band, values)


def score_in(scope: Scope, node: Organization, period: Period | None) -> OrganizationScore | None:
    """The score of an organization whose problems the reader may see; None where it was not scored."""
    run = run_of(period)
    rows = OrganizationScore.objects.filter(run=run, organization=node).select_related("organization", "run")
    return scope.visible(rows, Right.VIEW_PROBLEM).first()
