"""Drafts of schemes: the list, one draft with its trial, the ways of weighing, adoption."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.design import drafts, effects
from zhibu.assessment.design.effects import Effect, Weighing, draft_of
from zhibu.assessment.design.forms import AdoptForm, BeginForm, JudgeForm, SchemeForm, initial_of
from zhibu.assessment.design.tables import DraftTable, EffectTable, direction, points
from zhibu.assessment.models import SchemeDraft
from zhibu.assessment.queries import scheme_for
from zhibu.assessment.scheme import Scheme
from zhibu.assessment.tables import BANDS, band
from zhibu.indicators.periods import Period
from zhibu.organizations.enums import Category
from zhibu.organizations.queries import organizations
from zhibu.regulations.refusal import Refusal
from zhibu.ui.charts import Chart, Point, Series
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.parts import Tab
from zhibu.ui.tables import table_page

SHOWN_CHANGES, WIDEST = 12, 15


def scope_of(request: HttpRequest) -> Scope:
    found: Scope = request.scope  # type: ignore[attr-defined]
    return found


@page(needs=Right.DESIGN_SCHEME)
def index(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    context = {"adopted": list(effects.adopted(scope)[:20])}
    return table_page(
        request, DraftTable(), effects.drafts(scope), template="assessment/design/index.html", context=context,
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.DESIGN_SCHEME, methods=("GET", "POST"))
def begin(request: HttpRequest) -> HttpResponseBase:
    form = BeginForm(request.POST or None)
    if request.method == "POST" and (
        made := attempt(form, lambda: drafts.begin(scope_of(request), **form.cleaned_data))
    ):
        messages.success(request, "已从现行方案起草，调整后先试算。")
        return redirect("assessment:draft", pk=made.pk)  # type: ignore[union-attr]
    return form_page(request, form, title="起草评价方案", submit="起草", cancel=reverse("assessment:drafts"))


@page(needs=Right.DESIGN_SCHEME, methods=("GET", "POST"))
def draft(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The numbers of a draft. Every change is tried at once beside the form (`trial`); saving keeps it."""
    scope = scope_of(request)
    found = draft_of(scope, pk)
    initial = initial_of(found.document, found.title, found.note)
    form = SchemeForm(found.document, request.POST or None, initial=initial)
    if request.method == "POST":
        # What was typed is always kept; whether it is whole is said by the trial.
        kept = attempt(
            form,
            lambda: drafts.change(
                scope, pk, _version(request), title=form.cleaned_data["title"], note=form.cleaned_data["note"],
                document=form.document(),
            ),
        )  # fmt: skip
        if kept:
            messages.success(request, "已保存草案。")
            return redirect("assessment:draft", pk=pk)
    scheme = drafts.checked(found.document, found.title, whole=False)
    context = {
        "draft": found, "form": form, "tabs": _tabs(found, "draft"), "scheme": scheme,
        "version": _version(request) if form.is_bound else found.version, **_tried(scope, found.document, found.title),
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "assessment/design/draft.html", context, status=status)


@page(needs=Right.DESIGN_SCHEME, methods=("POST",))
def trial(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The trial of what stands in the form now, saved or not."""
    scope = scope_of(request)
    found = draft_of(scope, pk)
    form = SchemeForm(found.document, request.POST)
    if not form.is_valid():
        refused = "；".join(str(error) for errors in form.errors.values() for error in errors)
        return render(request, "assessment/design/trial.html", {"refused": refused, "draft": found})
    context = {"draft": found, "unsaved": True, **_tried(scope, form.document(), form.cleaned_data["title"])}
    return render(request, "assessment/design/trial.html", context)


def _tried(scope: Scope, document: Mapping[str, Any], title: str) -> dict[str, Any]:
    """The trial, or why there is none."""
    try:
        found = effects.effect(scope, document, title)
    except Refusal as refused:
        return {"refused": str(refused)}
    branches = found.branches
    counted = Counter(direction(one.difference) for one in branches)
    largest = sorted(found.changes, key=lambda pk: (-abs(found.changes[pk].difference), pk))[:SHOWN_CHANGES]
    names = organizations(scope).in_bulk(largest)
    return {
        "effect": found, "branches": len(branches), "up": counted["up"], "down": counted["down"],
        "same": counted["same"], "by_band": _by_band(found), "by_category": _by_category(found),
        "largest": [
            (names[pk], points(found.changes[pk].before), points(found.changes[pk].after))
            for pk in largest if pk in names and found.changes[pk].difference
        ],
    }  # fmt: skip


def _by_band(found: Effect) -> Chart:
    """How many branches lie in which band, before and after."""
    labels = [label for _least, label, _tone in BANDS]
    before = Counter(band(one.before / 100)[1] for one in found.branches if one.before is not None)
    after = Counter(band(one.after / 100)[1] for one in found.branches if one.after is not None)
    series = [
        Series(name, [Point(counted[label]) for label in labels])
        for name, counted in (("现行方案", before), ("本草案", after))
    ]
    return Chart("bar", labels, series, unit="个")


def _by_category(found: Effect) -> list[tuple[str, int, float, float]]:
    """Means of each kind of branch: a scheme that favours one kind shows here."""
    rows = []
    for category in Category:
        fitting = [one for one in found.branches if one.category == category.value]
        both = [(one.before, one.after) for one in fitting if one.before is not None and one.after is not None]
        if both:
            count = len(both)
            rows.append((str(category.label), count, sum(b for b, _ in both) / count, sum(a for _, a in both) / count))
    return [(label, count, before / 100, after / 100) for label, count, before, after in rows]


@page(needs=Right.DESIGN_SCHEME)
def effect(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every organization's total under the scheme in force and under the saved draft."""
    scope = scope_of(request)
    found = draft_of(scope, pk)
    tabs = _tabs(found, "draft-effect")
    try:
        made = effects.effect(scope, found.document, found.title)
    except Refusal as refused:
        context = {"draft": found, "tabs": tabs, "refused": str(refused)}
        return render(request, "assessment/design/no_effect.html", context)
    rows = organizations(scope).filter(pk__in=list(made.changes))
    return table_page(
        request, EffectTable(made), rows.order_by("path"), template="assessment/design/effect.html",
        context={"draft": found, "tabs": tabs, "effect": made}, export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.DESIGN_SCHEME, methods=("GET", "POST"))
def weights(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Pairwise judgements; what each method makes of the weights; how far they agree and how far the order holds."""
    scope = scope_of(request)
    found = draft_of(scope, pk)
    scheme = drafts.checked(found.document, found.title, whole=False)
    form = JudgeForm(scheme, request.POST or None, initial=found.judgements)
    judge = partial(drafts.judge, scope, pk, _version(request))
    if (attempt(form, lambda: judge(form.cleaned_data)) if request.method == "POST" else None) is not None:
        messages.success(request, "已保存两两比较。")
        return redirect("assessment:draft-weights", pk=pk)
    context: dict[str, Any] = {"draft": found, "form": form, "tabs": _tabs(found, "draft-weights")}
    try:
        made = effects.weighing(scope, found)
        context |= {"weighing": made, **_shown(scope, scheme, made)}
    except Refusal as refused:
        context |= {"refused": str(refused), "judged": effects.judged_of(found, scheme)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "assessment/design/weights.html", context, status=status)


def _shown(scope: Scope, scheme: Scheme, made: Weighing) -> dict[str, Any]:
    weighing = [one for one in made.opinions if one.shares is not None]
    rows = [
        (item.indicator, [(one.shares or {})[item.indicator.key] * 100 for one in weighing])
        for item in scheme.indicators
    ]
    titles = {one.key: one.title for one in made.opinions}
    pairs = [
        (titles[other], tau) for (one, other), tau in made.agreement.items() if one == "hand"
    ]  # the draft's own order against each other opinion
    wide = sorted(range(made.branches), key=lambda at: (made.low[at] - made.high[at], at))[:WIDEST]
    names = organizations(scope).in_bulk([made.organization_ids[at] for at in wide])
    judged = made.judged
    doubtful = None
    if judged is not None and judged.doubtful is not None:
        one, other, fitting = judged.doubtful
        kinds = effects.dimensions_of(scheme)
        doubtful = (kinds[one].value, kinds[other].value, fitting)
    return {
        "methods": weighing, "rows": rows, "pairs": pairs, "judged": judged, "doubtful": doubtful,
        "spread": int(effects.SPREAD * 100),
        "wide": [
            (names[made.organization_ids[at]], made.places[at], made.low[at], made.high[at])
            for at in wide if made.organization_ids[at] in names and made.high[at] > made.low[at]
        ],
    }  # fmt: skip


@page(needs=Right.DESIGN_SCHEME, methods=("POST",))
def take(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Put a method's weights into the draft."""
    scope = scope_of(request)
    made = effects.weighing(scope, draft_of(scope, pk))
    wanted = request.POST.get("method", "")
    chosen = next((one for one in made.opinions if one.key == wanted and one.shares is not None), None)
    if chosen is None or chosen.shares is None:
        raise Refusal("没有这种赋权结果。", remedy="请在“赋权方法”一页选择。")
    drafts.take_weights(scope, pk, _version(request), chosen.shares, chosen.title)
    messages.success(request, f"已按{chosen.title}取权重，每项至少保留 1 分；可以继续手工调整。")
    return redirect("assessment:draft", pk=pk)


@page(needs=Right.DESIGN_SCHEME, methods=("GET", "POST"))
def adopt(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = draft_of(scope, pk)
    if request.method == "GET":
        drafts.refuse_closed(found)
    cycle = drafts.checked(found.document, found.title, whole=request.method == "GET").cycle
    coming = Period.of(scope.today, cycle).moved(1)
    if cycle is not scheme_for(scope.today).cycle:  # another cycle begins with a year (`drafts.adopt`)
        coming = Period(scope.today.year + 1, 1, cycle)
    initial = {"version": found.version, "starts_on": coming.first, "name": f"{coming.first.year}-{pk}"}
    form = AdoptForm(request.POST or None, initial=initial)
    made = attempt(form, lambda: drafts.adopt(scope, pk, **form.cleaned_data)) if request.method == "POST" else None
    if made:
        messages.success(request, "已采用，自启用日期起的考核期按新方案计算。")
        return redirect("assessment:drafts")
    return form_page(
        request, form, title=f"采用“{found.title}”", submit="采用", cancel=reverse("assessment:draft", args=[pk]),
        template="assessment/design/adopt.html", context={"draft": found},
    )  # fmt: skip


@page(needs=Right.DESIGN_SCHEME, methods=("POST",))
def discard(request: HttpRequest, pk: int) -> HttpResponseBase:
    drafts.discard(scope_of(request), pk, _version(request))
    messages.success(request, "已放弃这份草案，内容仍可查看。")
    return redirect("assessment:drafts")


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def _tabs(found: SchemeDraft, current: str) -> list[Tab]:
    pages = (("draft", "指标与权重"), ("draft-effect", "对各组织的影响"), ("draft-weights", "赋权方法"))
    return [
        Tab(label, reverse(f"assessment:{name}", args=[found.pk]), current=name == current) for name, label in pages
    ]
