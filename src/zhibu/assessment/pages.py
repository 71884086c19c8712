"""Scores on screen: every number leads to the next finer one, and the last one to its records."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment import queries, requests
from zhibu.assessment.charts import bands, heat, line, lines, slices
from zhibu.assessment.improving import deadline
from zhibu.assessment.models import OrganizationScore, ScoreRun
from zhibu.assessment.publication import queries as publishing
from zhibu.assessment.records import may_open, records, table_of
from zhibu.assessment.tables import RunTable, ScoreTable
from zhibu.indicators.guard import REASON, forbidden_kinds
from zhibu.indicators.periods import Period
from zhibu.organizations.enums import BRANCH_KINDS, Category
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization as one_organization
from zhibu.organizations.queries import roots
from zhibu.regulations.queries import rule
from zhibu.ui.parts import Tab
from zhibu.ui.tables import bind, table_page

COMPARED = 8
HEAT_ROWS = 24  # each with a link in every cell: more would be too heavy for a phone


def asked_period(request: HttpRequest) -> Period | None:
    """The period of ``?period=``; None (the last finished one) when it is missing or unreadable."""
    try:
        return Period.parse(request.GET.get("period", ""))
    except ValueError:
        return None


def _frame(request: HttpRequest, periods: list[Period] | None = None) -> dict[str, Any]:
    """What the period picker needs; ``run`` is the computation that the page shows: that of a publication when one is
    asked for, else the newest of the period, which is for the organization's own check only."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    pk = request.GET.get("publication", "")
    asked = publishing.publication(scope, int(pk)) if pk.isdecimal() and len(pk) < 18 else None
    run = asked.run if asked else queries.run_of(asked_period(request))
    if run is None:
        raise Http404("这一考核期没有评价结果。")
    dropped = ("period", "publication", "own", "gaps")
    kept = {name: value for name, value in request.GET.items() if name not in dropped and not name.startswith("c-")}
    return {
        "run": run, "period": run.span, "periods": (periods or queries.periods())[::-1], "kept": kept,
        "publication": asked or publishing.standing(run),
        "asked": f"publication={asked.pk}" if asked else f"period={run.span}",
    }  # fmt: skip


def _top(scope: Scope) -> Organization | None:
    """The highest organization that the reader sees scores of."""
    return next((node for node in roots(scope) if scope.may(Right.VIEW_SCORE, node.path)), None)


@page(needs=Right.VIEW_SCORE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    periods = queries.periods()
    if not periods:
        return render(request, "assessment/none.html", {"may_run": scope.may(Right.RUN_SCORE)})
    top = _top(scope)
    if top is None:
        raise Http404("您的范围内没有评价结果。")
    if top.kind in BRANCH_KINDS:
        return organization(request, pk=top.pk)
    return _overview(request, scope, top, periods)


def _overview(
    request: HttpRequest, scope: Scope, top: Organization, periods: list[Period] | None = None
) -> HttpResponseBase:
    """An upper organization: its own score, then those below it, level by level."""
    frame = _frame(request, periods)
    period = frame["run"]
    below = queries.scores(scope, period, under=top).exclude(organization=top)
    if not request.GET.get("all"):
        below = below.filter(parent=top)
    bound = bind(request, ScoreTable(), below, prefix="c-", export_right=Right.EXPORT)
    if answer := bound.answer():
        return answer
    score = queries.score_of(scope, top, period)
    past = queries.history(scope, [top])[top.pk]
    branches = queries.scores(scope, period, levels=[kind.value for kind in BRANCH_KINDS], under=top)
    below_here = list(queries.children(scope, top, period)[: HEAT_ROWS + 1])
    shown = below_here[:HEAT_ROWS]
    context = {
        **frame, "score": score, "node": top, "bound": bound,
        "change": _change(past, score),
        "doughnut": bands(branches.values_list("total", flat=True), frame["period"]),
        "history": line(top, past),
        "heat": heat(shown, queries.lines_of(score.run, shown), queries.scheme_of(score.run)),
        "heat_cut": HEAT_ROWS if len(below_here) > HEAT_ROWS else 0,
        "all": bool(request.GET.get("all")),
        "may_run": scope.may(Right.RUN_SCORE),
    }  # fmt: skip
    return render(request, "assessment/overview.html", context)


def _running(frame: dict[str, Any], scope: Scope) -> Period | None:
    """The period under way, where it has been computed and another one is shown."""
    newest: Period = frame["periods"][0]
    return newest if newest.first <= scope.today <= newest.last and newest != frame["period"] else None


def _change(past: list[tuple[Period, OrganizationScore]], score: OrganizationScore) -> Any:
    """Points gained or lost since the period before; None where that was not scored."""
    before = dict(past).get(score.run.span.moved(-1))
    return score.total - before.total if before else None


@page(needs=Right.VIEW_SCORE)
def organization(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = one_organization(scope, pk, Right.VIEW_SCORE)
    if node.kind not in BRANCH_KINDS and not request.GET.get("own"):
        return _overview(request, scope, node)
    frame = _frame(request)
    found = queries.breakdown(scope, node, frame["run"])
    past = queries.history(scope, [node])[node.pk]
    context = {
        **frame, "found": found, "score": found.score, "node": node,
        "change": _change(past, found.score),
        "doughnut": slices(found.slices),
        "history": line(node, past),
        "smoothed": any(item.smoothed for item in found.lines),
        "last": deadline(found.score, scope.today), "running": _running(frame, scope),
    }  # fmt: skip
    return render(request, "assessment/organization.html", context)


@page(needs=Right.VIEW_SCORE)
def indicator(request: HttpRequest, pk: int, key: str) -> HttpResponseBase:
    """One number: how it came about, the records, and what would raise it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = one_organization(scope, pk, Right.VIEW_SCORE)
    frame = _frame(request)
    period = frame["run"]
    found = queries.explain(scope, node, key, period)
    gaps = bool(request.GET.get("gaps")) and found.gaps is not None
    wanted = found.gaps if gaps and found.gaps else found.records
    bound = None
    if may_open(scope, wanted, node.path):
        bound = bind(request, table_of(wanted), records(scope, wanted, node), prefix="r-", export_right=Right.EXPORT)
        if answer := bound.answer():
            return answer
    past = queries.indicator_history(scope, node, key)
    context = {
        **frame, "found": found, "node": node, "key": key, "bound": bound, "gaps": gaps,
        "rules": [(rule(value.rule_id).title, value) for value in found.rules],
        "step": queries.step(scope, found),
        "parts": queries.parts(scope, node, key, period)[:60] if node.kind not in BRANCH_KINDS else [],
        "history": lines([(found.indicator.title, [(at, row.normalised * 100) for at, row in past])], node, key),
    }  # fmt: skip
    return render(request, "assessment/indicator.html", context)


@page(needs=Right.VIEW_SCORE)
def compare(request: HttpRequest) -> HttpResponseBase:
    """Organizations of one category over time. Unlike ones are not put side by side without saying so."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    category = request.GET.get("category") or Category.STUDENT_UNDERGRADUATE
    if not queries.has_scores():
        return redirect("assessment:index")
    frame = _frame(request)
    rows = queries.scores(scope, frame["run"]).filter(category=category)
    picked = [int(pk) for pk in request.GET.getlist("pk") if pk.isdecimal() and len(pk) < 18][:COMPARED]
    chosen = list(rows.filter(organization__in=picked)) or list(rows[:COMPARED])
    past = queries.history(scope, [row.organization for row in chosen])
    series = [(str(row.organization), [(at, old.total) for at, old in past[row.organization_id]]) for row in chosen]
    context = {
        **frame, "category": category, "categories": Category.choices, "chosen": chosen,
        "offered": rows[:300], "picked": {row.organization_id for row in chosen}, "limit": COMPARED,
        "history": lines(series),
    }  # fmt: skip
    return render(request, "assessment/compare.html", context)


@page(needs=Right.VIEW_SCORE)
def scheme(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    context = {
        "scheme": queries.scheme_for(scope.today),
        "may_design": scope.may(Right.DESIGN_SCHEME),
        "forbidden": forbidden_kinds(),
        "reason": REASON,
    }
    return render(request, "assessment/scheme.html", context)


@page(needs=Right.RUN_SCORE)
def runs(request: HttpRequest) -> HttpResponseBase:
    """The computation in force of each period; with ``?all=1`` those that were replaced, too."""
    every = bool(request.GET.get("all"))
    found = ScoreRun.objects.select_related("scheme")
    here = reverse("assessment:runs")
    tabs = [Tab("现行结果", here, current=not every), Tab("历次计算", f"{here}?all=1", current=every)]
    return table_page(
        request,
        RunTable(),
        found if every else found.filter(is_current=True),
        template="assessment/runs.html",
        context={"running": requests.running(), "failed": requests.last_failed(), "tabs": tabs},
        export_right=Right.EXPORT,
    )


@page(needs=Right.RUN_SCORE, methods=("POST",))
def start(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if requests.request_computation(scope):
        messages.success(request, "已开始更新数据并计算，完成后本页会显示新的结果。")
    else:
        messages.info(request, "上一次更新还在进行，不需要重复提交。")
    return redirect("assessment:runs")


@page(needs=Right.RUN_SCORE)
def progress(request: HttpRequest) -> HttpResponseBase:
    """The bar while it runs; then back to the list, which shows the new results, or that there are none."""
    if running := requests.running():
        return render(request, "assessment/progress.html", {"running": running})
    if not requests.last_failed():
        messages.success(request, "数据已更新，评价已重新计算。")
    return redirect("assessment:runs")
