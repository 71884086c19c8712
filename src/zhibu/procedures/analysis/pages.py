"""The yearly analysis of the activists: the committees, one committee, entering."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.models import Organization
from zhibu.procedures.analysis import queries
from zhibu.procedures.analysis.actions import enter_analysis
from zhibu.procedures.analysis.enums import Analyst
from zhibu.procedures.analysis.forms import AnalysisForm
from zhibu.procedures.analysis.models import ActivistAnalysis
from zhibu.procedures.analysis.queries import LABELS
from zhibu.procedures.analysis.tables import STATES, TONES, AnalysisTable, state_of
from zhibu.regulations.queries import value
from zhibu.ui.forms import attempt
from zhibu.ui.tables import table_page


@page(needs=Right.VIEW_CASE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    who = value("dev.analysis_by", scope.today).shown.replace("；", "、")
    return table_page(
        request, AnalysisTable(), queries.committees(scope), template="procedures/analysis/index.html",
        context={"often": value("dev.analysis", scope.today), "who": who},
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.VIEW_CASE)
def committee(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The figures of one committee today, and every analysis it has entered."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.committee(scope, pk)
    year = scope.today.year
    labels, state = dict(STATES), state_of(node)
    found, may = queries.analyses(scope, node), queries.analysts(scope, node, scope.today)
    context = {
        "node": node, "year": year, "state": labels[state], "tone": TONES[state],
        "figures": queries.figures(scope, node, year), "analyses": [(one, _counted(one)) for one in found],
        "rule": value("dev.analysis", scope.today), "last_year": year - 1,
        "may_enter": Analyst.COMMITTEE in may, "may_enter_county": Analyst.COUNTY in may,
        "has_this": any(one.year == year and one.by == Analyst.COMMITTEE for one in found),
        "has_county": any((one.year, one.by, one.organization_id) == (year, Analyst.COUNTY, pk) for one in found),
    }  # fmt: skip
    return render(request, "procedures/analysis/committee.html", context)


def _counted(one: ActivistAnalysis) -> list[tuple[str, int]]:
    return [(LABELS[key].format(year=one.year), number) for key, number in one.figures.items() if key in LABELS]


@page(needs=Right.DECIDE_CASE, methods=("GET", "POST"))
def enter(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The analysis of this year; ``?year=`` of the year before, which may be late; ``?by=county`` the department's."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.committee(scope, pk, Right.DECIDE_CASE)
    this = scope.today.year
    asked = request.POST if request.method == "POST" else request.GET
    year = this - 1 if asked.get("year") == str(this - 1) else this
    by = Analyst.COUNTY if asked.get("by") == Analyst.COUNTY else Analyst.COMMITTEE
    if by is Analyst.COUNTY:
        scope.require(Right.DECIDE_CASE, node.path[: Organization.steplen])
    form = AnalysisForm(
        request.POST or None, by=by, year=year, version=queries.last_version(node, year, by), today=scope.today
    )  # fmt: skip

    def act() -> ActivistAnalysis:
        return enter_analysis(scope, node, **form.cleaned_data)

    if request.method == "POST" and isinstance(attempt(form, act), ActivistAnalysis):
        messages.success(request, f"已登记{by.label}对“{node}”{year} 年度的分析。")
        return redirect("procedures:analysis", pk=pk)
    day = min(_day(request.POST.get("held_on", ""), year) or date(year, 12, 31), scope.today)
    context = {
        "form": form, "node": node, "year": year, "figures": queries.figures(scope, node, year, day), "day": day,
        "cancel": reverse("procedures:analysis", args=[pk]), "draft": f"analysis-{pk}-{year}-{by.value}",
        "rule": value("dev.analysis", scope.today), "is_county": by is Analyst.COUNTY,
    }  # fmt: skip
    return render(request, "procedures/analysis/enter.html", context, status=422 if form.errors else 200)


def _day(text: str, year: int) -> date | None:
    """The day typed, where an analysis of that year may be of it."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None  # the form says what is wrong with it
    return found if year <= found.year <= year + 1 else None
