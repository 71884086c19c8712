"""What can be asked about scores. ``scope`` comes first; nothing ranks persons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse

from zhibu.accounts.enums import Right, Role
from zhibu.accounts.scope import Scope
from zhibu.assessment.chosen.waiting import waiting as actions_waiting
from zhibu.assessment.evaluators.showing import ShownSide, sides_of
from zhibu.assessment.explain import Explanation, explain_line
from zhibu.assessment.honours import queries as honours
from zhibu.assessment.improving import Improvement, improvement_of, improvements
from zhibu.assessment.models import IndicatorScore, OrganizationScore, SchemeVersion, ScoreRun
from zhibu.assessment.publication import queries as publishing
from zhibu.assessment.reports.waiting import waiting as reports_waiting
from zhibu.assessment.scheme import Scheme, SchemeError, delivered_for, read, schemes
from zhibu.assessment.surveys.waiting import waiting as surveys_waiting
from zhibu.indicators.definition import Dimension
from zhibu.indicators.periods import Period
from zhibu.organizations.models import Organization
from zhibu.ui.waiting import Asked, Waiting


def has_scores() -> bool:
    """Whether anything has been scored yet."""
    return ScoreRun.objects.filter(is_current=True).exists()


def periods() -> list[Period]:
    """Periods that have a current run, oldest first."""
    found = ScoreRun.objects.filter(is_current=True).values_list("period", flat=True)
    return sorted(Period.parse(text) for text in found)


When = Period | ScoreRun | None  # a period, its run where the page has it already, or the last finished one


def run_of(period: When = None) -> ScoreRun | None:
    """The current run of a period; of the last period that was over when no period is given."""
    if isinstance(period, ScoreRun):
        return period
    runs = ScoreRun.objects.filter(is_current=True).select_related("scheme")
    if period is not None:
        return runs.filter(period=str(period)).first()
    return _last(runs)


def _last(runs: QuerySet[ScoreRun]) -> Any:
    """Of the current runs the one of the last period that was over, else of the one under way."""
    newest = list(runs.filter(is_current=True).order_by("-period")[:2])
    finished = [run for run in newest if not run.is_provisional]
    return next(iter(finished or newest), None)


def scheme_of(run: ScoreRun) -> Scheme:
    """The scheme of a run as it was used: adopted, delivered, or, where the delivered file is gone or says something
    else by now, as it was kept with the run."""
    found = schemes().get((run.scheme.key, run.scheme.version))
    if run.scheme.adopted_at is None and found is not None and found.digest == run.scheme.digest:
        return found
    try:
        return as_scheme(run.scheme)
    except SchemeError as error:
        raise Http404("这次评价所用的方案含有现在没有的指标，打不开；请联系系统管理员。") from error


def as_scheme(version: SchemeVersion) -> Scheme:
    """An adopted version, read as strictly as a delivered one."""
    return read(dated(version.document), str(version), version.digest)


def dated(document: Mapping[str, Any]) -> dict[str, Any]:
    """A stored document with its day as a day again."""
    return {**document, "starts_on": date.fromisoformat(document["starts_on"])}


def scheme_for(day: date) -> Scheme:
    """The scheme in force on a day: what the office adopted, before its first decision the delivered one."""
    adopted = SchemeVersion.objects.filter(adopted_at__isnull=False, starts_on__lte=day).first()
    return as_scheme(adopted) if adopted else delivered_for(day)


def scores(
    scope: Scope,
    period: When = None,
    *,
    levels: Iterable[str] | None = None,
    under: Organization | None = None,
) -> QuerySet[OrganizationScore]:
    """Totals of one period that the reader may see, in the order of the tree; ``under`` keeps one subtree."""
    run = run_of(period)
    found = OrganizationScore.objects.filter(run=run).select_related("organization", "run")
    found = scope.visible(found, Right.VIEW_SCORE).order_by("organization__path")
    if levels is not None:
        found = found.filter(level__in=list(levels))
    if under is not None:
        found = found.filter(organization__path__startswith=under.path)
    return found


def children(scope: Scope, organization: Organization, period: When = None) -> QuerySet[OrganizationScore]:
    """Totals of those directly below an organization at the end of that period."""
    return scores(scope, period).filter(parent=organization)


def history(scope: Scope, organizations: Iterable[Organization]) -> dict[int, list[tuple[Period, OrganizationScore]]]:
    """Totals of several organizations over all periods, oldest first: organization's pk → periods."""
    wanted = [organization.pk for organization in organizations]
    found = OrganizationScore.objects.filter(run__is_current=True, organization__in=wanted).select_related("run")
    lines: dict[int, list[tuple[Period, OrganizationScore]]] = {pk: [] for pk in wanted}
    for row in scope.visible(found, Right.VIEW_SCORE).order_by("run__period"):
        lines[row.organization_id].append((row.run.span, row))
    return lines


def lines_of(run: ScoreRun, rows: Iterable[OrganizationScore]) -> dict[tuple[int, str], IndicatorScore]:
    """The indicators of some scores that were read through the scope: (organization's pk, key) → line."""
    wanted = [row.organization_id for row in rows]
    found = IndicatorScore.objects.filter(run=run, organization__in=wanted)
    return {(line.organization_id, line.indicator): line for line in found}


def indicator_history(scope: Scope, organization: Organization, key: str) -> list[tuple[Period, IndicatorScore]]:
    """One indicator of one organization over all periods, oldest first."""
    found = IndicatorScore.objects.filter(run__is_current=True, organization=organization, indicator=key)
    rows = scope.visible(found, Right.VIEW_SCORE).select_related("run").order_by("run__period")
    return [(row.run.span, row) for row in rows]


def recent_lines(
    scope: Scope, run: ScoreRun, keys: Iterable[str], periods: int
) -> Iterator[tuple[int, str, Period, int, int]]:
    """Indicators of all organizations over the periods up to that of ``run``, counting it: (organization's pk, key,
    period, numerator, denominator)."""
    wanted = [str(run.span.moved(-back)) for back in range(periods)]
    found = IndicatorScore.objects.filter(run__is_current=True, run__period__in=wanted, indicator__in=list(keys))
    rows = scope.visible(found, Right.VIEW_SCORE).order_by()
    for node, key, period, numerator, denominator in rows.values_list(
        "organization", "indicator", "run__period", "numerator", "denominator"
    ).iterator():
        yield node, key, Period.parse(period), numerator, denominator


@dataclass(frozen=True)
class Slice:
    """One of the seven dimensions in one score."""

    dimension: Dimension
    points: str
    weight: str


@dataclass(frozen=True)
class Breakdown:
    """One organization's score of one period, down to its indicators."""

    score: OrganizationScore
    scheme: Scheme
    slices: tuple[Slice, ...]
    lines: tuple[Explanation, ...]
    not_due: tuple[str, ...]  # titles of indicators with nothing due: their weight went to the others
    improvements: tuple[Improvement, ...]
    sides: tuple[ShownSide, ...]  # empty where the system's data are all


def score_of(scope: Scope, organization: Organization, period: When = None) -> OrganizationScore:
    """The total of one organization. 404 where there is none or outside the reader's subtrees, else 403."""
    run = run_of(period)
    found = OrganizationScore.objects.filter(run=run, organization=organization).select_related(
        "organization", "run__scheme", "parent"
    )
    score = scope.visible(found, Right.VIEW_ORGANIZATION).first()
    if score is None:
        raise Http404("这个党组织在这一考核期没有评价结果，或不在您的管理范围内。")
    scope.require(Right.VIEW_SCORE, score.organization.path)
    return score


def breakdown(scope: Scope, organization: Organization, period: When = None) -> Breakdown:
    """Everything that a page about one score shows, in the order of the scheme."""
    score = score_of(scope, organization, period)
    scheme = scheme_of(score.run)
    lines = _lines(score, scheme)
    due = {line.score.indicator for line in lines}
    slices = tuple(
        Slice(dimension, *score.breakdown[dimension.name])
        for dimension in Dimension
        if dimension.name in score.breakdown
    )
    not_due = tuple(item.indicator.title for item in scheme.indicators if item.indicator.key not in due)
    return Breakdown(
        score,
        scheme,
        slices,
        tuple(lines),
        not_due,
        tuple(improvements(scope, score, lines, scheme)),
        tuple(sides_of(scope, score, scheme)),
    )


def explain(scope: Scope, organization: Organization, key: str, period: When = None) -> Explanation:
    """One line of a score: formula, counts, rules with their articles, records to open, and what would raise it."""
    score = score_of(scope, organization, period)
    for line in _lines(score, scheme_of(score.run)):
        if line.score.indicator == key:
            return line
    raise Http404("这项指标在这一考核期没有应做的事，不计分。")


def step(scope: Scope, found: Explanation) -> Improvement | None:
    """What would raise one line; None where it is full."""
    return improvement_of(scope, found, over=scope.today > found.total.run.span.last)


def _lines(score: OrganizationScore, scheme: Scheme) -> list[Explanation]:
    stored = {
        line.indicator: line for line in IndicatorScore.objects.filter(run=score.run, organization=score.organization)
    }
    return [
        explain_line(score, stored[item.indicator.key], item, scheme)
        for item in scheme.indicators
        if item.indicator.key in stored
    ]


def parts(scope: Scope, organization: Organization, key: str, period: When = None) -> list[IndicatorScore]:
    """The same indicator for those directly below: which of them make up the number, the largest gap first."""
    score = score_of(scope, organization, period)
    below = OrganizationScore.objects.filter(run=score.run, parent=organization).values("organization")
    found = IndicatorScore.objects.filter(run=score.run, indicator=key, organization__in=below)
    rows = scope.visible(found, Right.VIEW_SCORE).select_related("organization")
    return sorted(rows, key=lambda row: (row.points / row.weight, row.organization.path))


WEAK = Decimal("0.6")
STALE_DAYS = 7


def waiting(scope: Scope) -> list[Waiting | Asked]:
    """Weak indicators of the own branch; for the office, scores that rest on old data; what publications, honours,
    chosen actions, work reports and surveys wait for."""
    rooms = (publishing.waiting, honours.waiting, actions_waiting, reports_waiting, surveys_waiting)
    return [*(one for asked in rooms for one in asked(scope)), *_weak(scope), *_stale(scope)]


def _stale(scope: Scope) -> Iterator[Waiting]:
    if not scope.may(Right.RUN_SCORE):
        return
    url = reverse("assessment:runs")
    newest = ScoreRun.objects.filter(is_current=True).aggregate(last=Max("data_until"))["last"]
    if newest is None:
        yield Waiting("还没有计算过评价结果", 1, url, help="更新数据并计算一次")
    elif (scope.today - newest).days > STALE_DAYS:
        yield Waiting("评价数据需要更新", 1, url, since=newest)


def _weak(scope: Scope) -> Iterator[Waiting]:
    home = scope.home
    if home is None or home.organization_id is None or scope.role is not Role.SECRETARY:
        return
    weak = IndicatorScore.objects.filter(run=OuterRef("pk"), organization=home.organization_id, normalised__lt=WEAK)
    number = weak.order_by().values("run").annotate(number=Count("pk")).values("number")
    run = _last(ScoreRun.objects.annotate(weak=Coalesce(Subquery(number), 0)))
    if run is not None:
        url = f"{reverse('assessment:organization', args=[home.organization_id])}?period={run.period}"
        yield Waiting("考核指标偏低", run.weak, url, help=f"{run.span.label}得分率低于六成，打开看怎样提高")
