"""The library of indicators: what each counts, by which formula and rule."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.indicators.definition import Dimension, Role, catalogue
from zhibu.indicators.guard import REASON, forbidden_kinds
from zhibu.indicators.periods import Period
from zhibu.indicators.queries import composed, library, version_of
from zhibu.indicators.rules import citations
from zhibu.regulations.queries import rule
from zhibu.warehouse.contract import registered


@page(needs=Right.VIEW_SCORE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = [item for item in library().values() if item.role is not Role.SIZE]
    groups = [(dimension, [item for item in found if item.dimension is dimension]) for dimension in Dimension]
    context = {
        "groups": [(dimension, items) for dimension, items in groups if items],
        "empty": [dimension.value for dimension, items in groups if not items],
        "delivered": catalogue(),
        "may_design": scope.may(Right.DESIGN_SCHEME),
        "forbidden": forbidden_kinds(),
        "reason": REASON,
    }
    return render(request, "indicators/list.html", context)


@page(needs=Right.VIEW_SCORE)
def detail(request: HttpRequest, key: str) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    item = catalogue().get(key) or composed([key]).get(key)
    if item is None:
        raise Http404("没有这项指标。")
    facts = [registered()[name] for name in item.reads]
    rules = [(rule(value.rule_id).title, value) for value in citations(item, Period.of(scope.today))]
    version = None if key in catalogue() else version_of(key)
    context = {
        "item": item, "facts": facts, "rules": rules, "version": version,
        "may_design": scope.may(Right.DESIGN_SCHEME),
    }  # fmt: skip
    return render(request, "indicators/detail.html", context)
