"""The composer: the list, one indicator with its draft, the trial, its records, adoption."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.explain import RecordsFilter, days_of
from zhibu.assessment.records import may_open, records, table_of
from zhibu.indicators import queries
from zhibu.indicators.compose import actions
from zhibu.indicators.compose.forms import HELP, ChooseForm, ComposeForm, RetireForm, initial_of, kinds_of
from zhibu.indicators.compose.tables import ComposedTable, TrialTable, shown, stand
from zhibu.indicators.compose.trial import BANDS, Trial, trial
from zhibu.indicators.composing import Composed
from zhibu.indicators.guard import REASON, forbidden_kinds
from zhibu.indicators.models import ComposedIndicator
from zhibu.indicators.offers import OFFERS, not_offered
from zhibu.organizations.queries import organization, organizations
from zhibu.regulations.refusal import Refusal
from zhibu.ui.charts import Chart, Point, Series
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.parts import Tab
from zhibu.ui.tables import bind, table_page


def scope_of(request: HttpRequest) -> Scope:
    found: Scope = request.scope  # type: ignore[attr-defined]
    return found


@page(needs=Right.DESIGN_SCHEME)
def index(request: HttpRequest) -> HttpResponseBase:
    rows = queries.composed_indicators(scope_of(request))
    return table_page(
        request, ComposedTable(), rows, template="indicators/compose/index.html", export_right=Right.EXPORT
    )


@page(needs=Right.DESIGN_SCHEME)
def begin(request: HttpRequest) -> HttpResponseBase:
    """Which fact, and what is done with it."""
    asked = bool({"fact", "kind", "next"} & request.GET.keys())
    form = ChooseForm(request.GET if asked else None)
    if asked and form.is_valid():
        query = QueryDict(mutable=True)
        query.update({"fact": form.cleaned_data["fact"], "kind": form.cleaned_data["kind"]})
        return redirect(f"{reverse('indicators:compose-new')}?{query.urlencode()}")
    context = {
        "form": form, "not_offered": not_offered(), "forbidden": forbidden_kinds(), "reason": REASON,
    }  # fmt: skip
    return render(request, "indicators/compose/begin.html", context, status=422 if asked else 200)


@page(needs=Right.DESIGN_SCHEME, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponseBase:
    offer, kind = OFFERS.get(request.GET.get("fact", "")), Composed.__members__.get(request.GET.get("kind", ""))
    if offer is None or kind is None or kind not in kinds_of(offer):
        return redirect("indicators:compose-begin")
    form = ComposeForm(offer, kind, request.POST or None)
    if request.method == "POST" and (made := attempt(form, lambda: actions.begin(scope_of(request), form.document()))):
        messages.success(request, "已保存草稿，下面是按最近一个季度的数据试算的结果。")
        return redirect("indicators:composed-trial", pk=made.pk)  # type: ignore[union-attr]
    return _form(request, form, None)


@page(needs=Right.DESIGN_SCHEME, methods=("GET", "POST"))
def one(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The parts of one indicator: its draft where there is one, else its newest version to change."""
    scope = scope_of(request)
    found = queries.composed_one(scope, pk)
    document = _document(scope, found)
    form = ComposeForm(
        OFFERS[document["fact"]], Composed[document["kind"]], request.POST or None, initial=initial_of(document)
    )
    if request.method == "POST" and (
        _kept := attempt(form, lambda: actions.change(scope, pk, _version(request), form.document()))
    ):
        messages.success(request, "已保存草稿。")
        return redirect("indicators:composed-trial", pk=pk)
    return _form(request, form, found)


def _form(request: HttpRequest, form: ComposeForm, found: ComposedIndicator | None) -> HttpResponseBase:
    context: dict[str, Any] = {"form": form, "found": found, "help": HELP[form.kind]}
    if found is not None:
        context |= {
            "tabs": _tabs(found, "composed-one"), "stand": stand(found), "version": found.version,
            "versions": list(queries.versions(scope_of(request), found.pk)),
        }  # fmt: skip
        if form.is_bound:
            context["version"] = _version(request)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "indicators/compose/one.html", context, status=status)


@page(needs=Right.DESIGN_SCHEME)
def tried(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What it gives: how the branches spread, and every organization."""
    scope = scope_of(request)
    found = queries.composed_one(scope, pk)
    context: dict[str, Any] = {"found": found, "tabs": _tabs(found, "composed-trial"), "stand": stand(found)}
    try:
        made = trial(scope, _document(scope, found))
    except Refusal as refused:
        return render(request, "indicators/compose/no_trial.html", {**context, "refused": refused})
    rows = organizations(scope).filter(pk__in=list(made.shares))
    top = rows.first()
    seen = frozenset(rows.values_list("pk", flat=True))
    context |= {
        "trial": made, "chart": _spread(made, seen, pk), "counted": len(made.branches & seen),
        "whole": shown(made.shares[top.pk]) if top else "", "top": top,
    }  # fmt: skip
    return table_page(
        request, TrialTable(made, pk), rows, template="indicators/compose/trial.html", context=context,
        export_right=Right.EXPORT,
    )  # fmt: skip


def _spread(made: Trial, seen: frozenset[int], pk: int) -> Chart:
    here = reverse("indicators:composed-trial", args=[pk])
    found = made.in_bands(seen)
    points = [Point(len(found[label]), url=f"{here}?band={at}") for at, label in enumerate(BANDS)]
    return Chart("bar", list(BANDS), [Series("党支部", points)], unit="个")


@page(needs=Right.DESIGN_SCHEME)
def behind(request: HttpRequest, pk: int, organization_pk: int) -> HttpResponseBase:
    """The records behind one number of the trial."""
    scope = scope_of(request)
    found = queries.composed_one(scope, pk)
    node = organization(scope, organization_pk)
    try:
        made = trial(scope, _document(scope, found))
    except Refusal:
        return redirect("indicators:composed-trial", pk=pk)  # which says why
    opens, gaps = made.indicator.opens, bool(request.GET.get("gaps"))
    first, last = days_of(made.indicator.window, made.period, under_way=False)
    filters = opens.gaps if gaps and opens.gaps else opens.filters
    wanted = RecordsFilter(opens.record, opens.label, node.pk, first, last, filters)
    bound = None
    if may_open(scope, wanted, node.path):
        bound = bind(request, table_of(wanted), records(scope, wanted, node), export_right=Right.EXPORT)
        if answer := bound.answer():
            return answer
    share = made.shares.get(node.pk)
    context = {
        "found": found, "node": node, "trial": made, "bound": bound, "gaps": gaps, "share": share,
        "percent": shown(share) if share else "", "first": first, "last": last,
    }  # fmt: skip
    return render(request, "indicators/compose/records.html", context)


@page(needs=Right.DESIGN_SCHEME, methods=("POST",))
def adopt(request: HttpRequest, pk: int) -> HttpResponseBase:
    made = actions.adopt(scope_of(request), pk, _version(request))
    messages.success(request, "已采用。起草或调整评价方案时可以给它权重；这一版今后不再改变。")
    return redirect("indicators:detail", key=made.key)


@page(needs=Right.DESIGN_SCHEME, methods=("POST",))
def discard(request: HttpRequest, pk: int) -> HttpResponseBase:
    left = actions.discard(scope_of(request), pk, _version(request))
    messages.success(request, "已放弃草稿。")
    return redirect("indicators:composed-one", pk=pk) if left else redirect("indicators:composed")


@page(needs=Right.DESIGN_SCHEME, methods=("GET", "POST"))
def retire(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.composed_one(scope, pk)
    if request.method == "GET":
        actions.refuse_retiring(found)
    form = RetireForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST" and (_kept := attempt(form, lambda: actions.retire(scope, pk, **form.cleaned_data))):
        messages.success(request, "已停用，新方案不再列出；用着它的方案照旧计算。")
        return redirect("indicators:composed")
    return form_page(
        request, form, title=f"停用“{found.title}”", submit="停用",
        cancel=reverse("indicators:composed-one", args=[pk]),
        intro="采用过的指标不删除：已用着它的方案照旧计算，过去的考核期可以重新算出同样的结果。",
    )  # fmt: skip


def _document(scope: Scope, found: ComposedIndicator) -> dict[str, Any]:
    if found.draft is not None:
        return found.draft
    newest = queries.versions(scope, found.pk).first()
    if newest is None:
        raise Http404("没有这项组合指标。")
    return newest.document


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def _tabs(found: ComposedIndicator, current: str) -> list[Tab]:
    pages = (("composed-one", "内容"), ("composed-trial", "试算"))
    return [
        Tab(label, reverse(f"indicators:{name}", args=[found.pk]), current=name == current) for name, label in pages
    ]
