"""Organizations by months, and one organization's year: averages of the six parts, each leading to its records."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.pages.lists import address_of
from zhibu.meetings.quality.enums import AnswerState, PartKey, Verdict
from zhibu.meetings.quality.queries import likenesses, standard
from zhibu.meetings.quality.summary import Averages, Shares, records, ruled_of, shares, standing_of_questions
from zhibu.meetings.rules import kinds_for
from zhibu.organizations.enums import Category
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization as one_organization
from zhibu.organizations.queries import organizations
from zhibu.ui.charts import Chart, Heatmap, Point, Series
from zhibu.ui.parts import Tab
from zhibu.ui.tables import ChoiceFilter, Column, Empty, Table, bind

FIRST_YEAR = 2019
MONTHS = [f"{month}月" for month in range(1, 13)]
WEEKS = ((1, 7), (8, 14), (15, 21), (22, 28), (29, 31))


def _year(request: HttpRequest, scope: Scope) -> int:
    given = request.GET.get("year", "")
    wanted = int(given) if given.isdecimal() and len(given) == 4 else scope.today.year
    return min(max(wanted, FIRST_YEAR), scope.today.year)


def _with(request: HttpRequest, **changes: Any) -> str:
    query = request.GET.copy()
    for name in ("page", "export", *changes):
        query.pop(name, None)
    for name, given in changes.items():
        query[name] = str(given)
    return f"{request.path}?{query.urlencode()}"


def _years(request: HttpRequest, scope: Scope, year: int) -> list[tuple[str, str]]:
    wanted = [("上一年", year - 1), ("下一年", year + 1)]
    return [(label, _with(request, year=other)) for label, other in wanted if FIRST_YEAR <= other <= scope.today.year]


def _in_month(node: Organization, year: int, month: int) -> str:
    last = monthrange(year, month)[1]
    days = {"held_from": date(year, month, 1), "held_to": date(year, month, last)}
    return address_of(node, state="recorded", **days)


def percent(value: int | None) -> str:
    return "—" if value is None else f"{value}%"


class QualityTable(Table):
    """Not to be sorted by value: it is no ranking."""

    title = "记录质量"
    search = "党组织名称或代码"
    search_in = ("name", "code")
    default_sort = "name"
    per_page = 30
    filters = (ChoiceFilter("category", "支部类型", Category.choices),)
    empty = Empty("没有登记组织生活的党组织", "您管理范围内的党支部登记后，会显示在这里。")


@page(needs=Right.RECORD_MEETING)
def quality(request: HttpRequest) -> HttpResponseBase:
    """All organizations of the reader: one row each, and the chosen part by months."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    year, given = _year(request, scope), request.GET.get("part", "")
    part = PartKey(given) if given in PartKey.values else PartKey.COMPLETENESS
    found: list[Averages] = []

    def average(row: Organization, key: PartKey) -> str:
        return percent(found[0].percent(row.pk, key))

    own = lambda row: f"{reverse('meetings:quality_of', args=[row.pk])}?{urlencode({'year': year})}"  # noqa: E731
    columns = [
        Column("name", "党组织", value=str, sort="path", width=28, link=own),
        Column("count", "记录", value=lambda row: found[0].count(row.pk), numeric=True),
        *(Column(key.value, key.label, value=partial(average, key=key), numeric=True) for key in PartKey),
    ]
    among = organizations(scope, Right.RECORD_MEETING)
    bound = bind(request, QualityTable(columns=columns), among, export_right=Right.EXPORT)
    shown = list(bound.page_rows)
    wanted = bound.sorted.order_by().values_list("pk", flat=True) if bound.get("export") else [row.pk for row in shown]
    found.append(Averages(scope, year, wanted))
    if answer := bound.answer():
        return answer
    context = {
        "bound": bound,
        "year": year,
        "years": _years(request, scope, year),
        "part": part,
        "tabs": [Tab(key.label, _with(request, part=key.value), current=key is part) for key in PartKey],
        "heat": _by_month(shown, found[0], part, year) if shown else None,
        "doughnut": _questions(standing_of_questions(likenesses(scope))),
        "limit": standard().days,
        "may_review": scope.may(Right.REVIEW_MEETING),
    }
    return render(request, "meetings/quality/comparison.html", context)


def _by_month(rows: list[Organization], found: Averages, part: PartKey, year: int) -> Heatmap:
    points = [
        [Point(found.percent(row.pk, part, month), _in_month(row, year, month)) for month in range(1, 13)]
        for row in rows
    ]
    return Heatmap(MONTHS, [str(row) for row in rows], points, unit="%", scale="share")


def _questions(counts: dict[str, int]) -> Chart | None:
    """How questions about likenesses stand; none where nobody was asked."""
    if not any(counts.values()):
        return None
    address = reverse("meetings:likenesses")
    labels = {
        AnswerState.ASKED.value: ("请说明", "state=asked"),
        AnswerState.ANSWERED.value: ("待核查", "state=answered"),
        "normal": ("属正常", "state=closed"),
        Verdict.AMEND.value: ("应补正", "verdict=amend"),
    }
    points = [Point(counts[key], f"{address}?{query}") for key, (_label, query) in labels.items()]
    return Chart("doughnut", [label for label, _query in labels.values()], [Series("相近提示", points)], unit="条")


class RecordTable(Table):
    title = "各次记录"
    default_sort = "-held_on"
    search = "名称或主题"
    search_in = ("title",)
    empty = Empty(
        "这一年还没有登记的记录", "开过会或办过活动后登记，六项自动计算。", action="登记组织生活", url="/meetings/new/"
    )

    def row_url(self, row: Any) -> str:
        return reverse("meetings:record_quality", args=[row.pk])


def _record_columns(limit: int) -> list[Column]:
    def value(row: Any, key: PartKey) -> str:
        known: Shares = shares(row, getattr(row, "quality", None), limit, ruled_of(row.overrulings.all()))
        share = known.get(key)
        return percent(None if share is None else round(share * 100))

    return [
        Column("title", "名称或主题", value=lambda row: row.title or "（未命名）", width=36),
        Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind", phone=False),
        Column("held_on", "日期", sort=True),
        *(
            Column(key.value, key.label, value=partial(value, key=key), numeric=True, phone=at < 2)
            for at, key in enumerate(PartKey)
        ),
    ]


@page(needs=Right.RECORD_MEETING)
def quality_of(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One organization's year: when it met, how the parts went, each record."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = one_organization(scope, pk, Right.RECORD_MEETING)
    year = _year(request, scope)
    own = records(scope, year).filter(organization=node).defer("minutes")
    limit = standard().days
    bound = bind(request, RecordTable(columns=_record_columns(limit)), own, export_right=Right.EXPORT)
    if answer := bound.answer():
        return answer
    found = Averages(scope, year, [node.pk])
    days = [(meeting.held_on, meeting.parts_present >= meeting.parts_required) for meeting in own]
    context = {
        "node": node,
        "year": year,
        "years": _years(request, scope, year),
        "bound": bound,
        "calendar": _calendar(node, year, [day for day, _complete in days]),
        "lines": _lines(node, found, year),
        "doughnut": _complete(node, year, [complete for _day, complete in days]) if days else None,
        "kinds": kinds_for(node.kind),
    }
    return render(request, "meetings/quality/organization.html", context)


def _calendar(node: Organization, year: int, days: list[date]) -> Heatmap:
    """Months by weeks of the month: how many records each week has."""
    points = []
    for month in range(1, 13):
        last = monthrange(year, month)[1]
        row = []
        for first, end in WEEKS:
            if first > last:
                row.append(Point(None))
                continue
            between = date(year, month, first), date(year, month, min(end, last))
            count = sum(between[0] <= day <= between[1] for day in days)
            url = address_of(node, state="recorded", held_from=between[0], held_to=between[1])
            row.append(Point(count, url if count else ""))
        points.append(row)
    return Heatmap([f"{first}—{end}日" for first, end in WEEKS], MONTHS, points, unit="次")


def _lines(node: Organization, found: Averages, year: int) -> Chart:
    series = [
        Series(
            key.label,
            [Point(found.percent(node.pk, key, month), _in_month(node, year, month)) for month in range(1, 13)],
        )
        for key in PartKey
    ]
    return Chart("line", MONTHS, series, unit="%")


def _complete(node: Organization, year: int, complete: list[bool]) -> Chart:
    within = {"state": "recorded", "held_from": date(year, 1, 1), "held_to": date(year, 12, 31)}
    points = [
        Point(sum(complete), address_of(node, incomplete="no", **within)),
        Point(len(complete) - sum(complete), address_of(node, incomplete="yes", **within)),
    ]
    return Chart("doughnut", ["要素齐全", "要素不全"], [Series("记录", points)], unit="份")
