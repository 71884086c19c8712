"""What the platform itself asks for, shown to those who lead: by branch and month, by kind of act. Never by person."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.indicators.burden.demands import demands, label_of, seconds
from zhibu.indicators.burden.reading import Asked, Burden, burden, grouped, top_acts
from zhibu.indicators.guard import BURDEN
from zhibu.organizations.enums import BRANCH_KINDS
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization, organizations
from zhibu.ui.charts import Chart, Heatmap, Point, Series
from zhibu.ui.tables import ChoiceFilter, Column, Empty, Table, table_page

HEAT_ROWS = 30


class DemandTable(Table):
    """Organizations in the order of the tree, with what was asked of each itself in one month."""

    title = "各党组织的填报负担"
    search = "党组织名称或代码"
    search_in = ("name", "code")
    default_sort = "name"
    empty = Empty("没有符合条件的党组织", "换一个条件再看。")

    def __init__(self, found: Burden, month: date, query: str) -> None:
        def own(row: Any) -> Asked:
            return found.of([row.pk], month)

        def some(queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
            asked = [pk for pk, months in found.own.items() if month in months]
            return queryset.filter(pk__in=asked) if value == "yes" else queryset.exclude(pk__in=asked)

        super().__init__(
            columns=(
                Column(
                    "name", "党组织", sort="path", width=32,
                    link=lambda row: f"{reverse('indicators:burden-of', args=[row.pk])}{query}",
                ),
                Column("kind", "类别", value=lambda row: row.get_kind_display(), phone=False),
                Column("acts", "办理次数", value=lambda row: own(row).acts, numeric=True, phone=False),
                Column("fields", "填写项数", value=lambda row: own(row).fields, numeric=True),
                Column("minutes", "估算分钟", value=lambda row: own(row).minutes, numeric=True),
            ),
            filters=(ChoiceFilter("asked", "本月", (("yes", "有填报"), ("no", "没有填报")), apply=some),),
        )  # fmt: skip


@page(needs=Right.VIEW_SCORE)
def index(request: HttpRequest) -> HttpResponseBase:
    """The whole of what the reader sees: the highest organization of their post."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    top = organizations(scope, Right.VIEW_SCORE).filter(dissolved_on__isnull=True).first()
    if top is None:
        raise Http404("没有您可以查看的党组织。")
    return _shown(request, scope, top)


@page(needs=Right.VIEW_SCORE)
def of_organization(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return _shown(request, scope, organization(scope, pk, Right.VIEW_SCORE))


def _shown(request: HttpRequest, scope: Scope, node: Organization) -> HttpResponseBase:
    verbs = {one.verb for one in demands()}
    act = request.GET.get("act", "") if request.GET.get("act", "") in verbs else ""
    found = burden(scope, node, act)
    if not found.months:
        return render(request, "indicators/burden/none.html", {"node": node, "may_run": scope.may(Right.RUN_SCORE)})
    month = _month(request, found)
    rows = organizations(scope, Right.VIEW_SCORE).filter(path__startswith=node.path, dissolved_on__isnull=True)
    nodes = list(rows.values_list("pk", "path", "name", "kind"))
    query = f"?month={month:%Y-%m}" + (f"&act={act}" if act else "")
    here = reverse("indicators:burden-of", args=[node.pk])
    total = found.of(found.own, month)
    branches = sum(1 for _pk, _path, _name, kind in nodes if kind in BRANCH_KINDS)
    context = {
        "node": node, "month": month, "months": [f"{one:%Y-%m}" for one in reversed(found.months)], "act": act,
        "act_label": label_of(act) if act else "", "total": total, "branches": branches, "here": here,
        "each": round(total.seconds / 60 / branches) if branches else 0, "today": found.today,
        "line": _line(found, here, act), "acts": _acts(found, month, here), "heat": _heat(node, found, nodes, act),
        "all": f"{here}?month={month:%Y-%m}", "query": query, "reason": BURDEN,
    }  # fmt: skip
    return table_page(
        request, DemandTable(found, month, query), rows, template="indicators/burden/index.html", context=context,
        export_right=Right.EXPORT,
    )  # fmt: skip


def _month(request: HttpRequest, found: Burden) -> date:
    """The month asked for, else the last one that was over."""
    wanted = {f"{one:%Y-%m}": one for one in found.months}
    return wanted.get(request.GET.get("month", ""), found.months[-2])


def _line(found: Burden, here: str, act: str) -> Chart:
    more = f"&act={act}" if act else ""
    sums = [(one, found.of(found.own, one)) for one in found.months]
    points = [Point(asked.minutes, url=f"{here}?month={one:%Y-%m}{more}") for one, asked in sums]
    return Chart("line", [f"{one:%Y-%m}" for one in found.months], [Series("估算分钟", points)], unit="分钟")


def _acts(found: Burden, month: date, here: str) -> Chart:
    top = top_acts(found, month)
    points = [Point(asked.minutes, url=f"{here}?month={month:%Y-%m}&act={verb}") for verb, asked in top]
    return Chart("bar", [label_of(verb) for verb, _asked in top], [Series("估算分钟", points)], unit="分钟")


def _heat(node: Organization, found: Burden, nodes: list[Any], act: str) -> Heatmap | None:
    """The organizations directly below, with all that lies below them, by month."""
    below = len(node.path) + Organization.steplen
    heads = [(pk, path, name) for pk, path, name, _kind in nodes if len(path) == below][:HEAT_ROWS]
    if not heads:
        return None
    sums = grouped(found, {pk: path for pk, path, _ in heads}, {pk: path for pk, path, _n, _k in nodes})
    more = f"&act={act}" if act else ""
    points = [
        [
            Point(
                sums[pk][one].minutes if one in sums[pk] else None,
                url=f"{reverse('indicators:burden-of', args=[pk])}?month={one:%Y-%m}{more}",
            )
            for one in found.months
        ]
        for pk, _path, _name in heads
    ]
    return Heatmap([f"{one:%Y-%m}" for one in found.months], [name for _, _, name in heads], points, unit="分钟")


@page(needs=Right.VIEW_SCORE)
def asked(request: HttpRequest) -> HttpResponseBase:
    """Every kind of act with the fields that its form demands, and the seconds estimated for a field."""
    known = seconds()
    found: dict[str, list[Any]] = {}
    for one in demands():
        words = "、".join(f"{known[kind][1]} {number}" for kind, number in one.fields.items())
        found.setdefault(one.verb, []).append((one.count, one.seconds, words))
    rows = [
        (label_of(verb), min(found[verb])[0], max(found[verb])[0], max(found[verb], key=lambda row: row[1]))
        for verb in sorted(found, key=lambda verb: -max(row[1] for row in found[verb]))
    ]
    return render(request, "indicators/burden/asked.html", {"rows": rows, "seconds": known.values()})
