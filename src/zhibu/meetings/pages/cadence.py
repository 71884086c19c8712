"""What is due and late: organizations by months, and one organization's own strip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right, Role
from zhibu.accounts.scope import Scope
from zhibu.meetings import queries
from zhibu.meetings.cadence import DUTIES, DUTY, Due, Duty, Span, Standing, Unit, spans
from zhibu.meetings.pages.lists import address_of
from zhibu.meetings.queries.due import Cell
from zhibu.meetings.queries.waiting import KEPT_SECONDS
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization as one_organization
from zhibu.organizations.queries import organizations
from zhibu.regulations.models import Value
from zhibu.regulations.queries import in_force, value
from zhibu.ui.parts import Tab
from zhibu.ui.tables import Column, Empty, Table, bind

FIRST_YEAR = 2019  # the first full year of ZB18
ONLY = {"late": Standing.LATE, "open": Standing.OPEN}


class Lookup:
    """The cells of the rows on show, loaded in one go for all of them."""

    def __init__(self, scope: Scope, year: int, duties: tuple[Duty, ...], unit: Unit) -> None:
        self.scope, self.year, self.duties, self.unit = scope, year, duties, unit
        self.cells: dict[int, list[Cell]] = {}
        self.known: list[Due] | None = None  # all of them, where a filter needed them already

    @property
    def until(self) -> Any:
        return min(self.scope.today, self.scope.today.replace(year=self.year, month=12, day=31))

    def due(self, among: QuerySet[Organization]) -> list[Due]:
        since = self.scope.today.replace(year=self.year, month=1, day=1)
        return queries.due(self.scope, self.until, since=since, among=among, duties=self.duties)

    def load(self, among: QuerySet[Organization]) -> None:
        if self.known is None:
            items = self.due(among)
        else:
            shown = set(among.values_list("pk", flat=True))
            items = [item for item in self.known if item.organization_id in shown]
        self.cells = queries.matrix(items, self.unit, self.year, self.scope.today)

    def cell(self, pk: int, at: int) -> Cell | None:
        return self.cells[pk][at] if pk in self.cells else None


def said(cell: Cell | None) -> str:
    """A cell in words: exports and screen readers get the same."""
    if cell is None or not cell.dues:
        return "—"
    parts = [f"已开展 {cell.held}"] if cell.held else []
    if cell.late:
        parts.append(f"缺 {cell.late}")
    if cell.open:
        parts.append(f"待开展 {cell.open}")
    return "，".join(parts) or "—"


def tone_of(cell: Cell) -> str:
    """Red where the text says 应当, yellow where it says 一般 or only custom asks."""
    if cell.late:
        return "red" if cell.is_binding else "yellow"
    return "blue" if cell.open else "green"


def drawn(row: Organization, cell: Cell | None, duty: Duty | None) -> SafeString:
    if cell is None or not cell.dues:
        return format_html('<span class="z-none">{}</span>', "—")
    mark = f"缺{cell.late}" if cell.late else f"待{cell.open}" if cell.open else f"✓{cell.held}"
    url = records_of(row, duty, cell.span)
    return format_html(
        '<a href="{}" class="z-badge z-tone z-tone-{}" aria-label="{}：{}">{}</a>',
        url, tone_of(cell), cell.span.label, said(cell), mark,
    )  # fmt: skip


def records_of(node: Organization, duty: Duty | None, span: Span) -> str:
    """The records that count for a cell. A secretary's lectures may be held anywhere: they are found by lecturer."""
    days = {"held_from": span.start, "held_to": span.end}
    if duty is not None and duty.key == "secretary_lecture":
        return f"{reverse('meetings:index')}?{urlencode({'secretary_of': node.code, **days})}"
    return address_of(node, **({"duty": duty.key} if duty else {}), **days)


class CadenceTable(Table):
    title = "组织生活进度"
    search = "党组织名称或代码"
    search_in = ("name", "code")
    default_sort = "name"
    per_page = 30  # twelve links a row: more would be too heavy for a phone
    empty = Empty("没有要开展的组织生活", "建立满一个完整周期的党支部、党小组会显示在这里。")

    def row_url(self, row: Any) -> str | None:
        return reverse("meetings:cadence_of", args=[row.pk])


def columns_of(lookup: Lookup, duty: Duty | None) -> list[Column]:
    found = [Column("name", "党组织", value=str, sort="path", width=28)]
    year = lookup.year
    for at, span in enumerate(spans(lookup.unit, _first(lookup, year), _last(lookup, year))):
        read: Callable[[Any], str] = lambda row, at=at: said(lookup.cell(row.pk, at))  # type: ignore[misc]  # noqa: E731
        show: Callable[[Any], SafeString] = lambda row, at=at: drawn(row, lookup.cell(row.pk, at), duty)  # type: ignore[misc]  # noqa: E731
        found.append(Column(f"p{at}", span.short, value=read, html=show, help=span.label))
    return found


def _first(lookup: Lookup, year: int) -> Any:
    return lookup.scope.today.replace(year=year, month=1, day=1)


def _last(lookup: Lookup, year: int) -> Any:
    return lookup.scope.today.replace(year=year, month=12, day=31)


@page(needs=Right.VIEW_MEETING)
def cadence(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    year = _year(request, scope)
    key = request.GET.get("duty", "")
    duties = (DUTY[key],) if key in DUTY else DUTIES
    unit = DUTY[key].unit if key in DUTY else Unit.MONTH
    lookup = Lookup(scope, year, duties, unit)
    among = _among(scope, lookup, duties, request.GET.get("only", ""))
    bound = bind(request, CadenceTable(columns=columns_of(lookup, DUTY.get(key))), among, export_right=Right.EXPORT)
    pks = [row.pk for row in bound.page_rows]
    lookup.load(bound.sorted.order_by() if bound.get("export") else Organization.objects.filter(pk__in=pks))
    if answer := bound.answer():
        return answer
    context = {
        "bound": bound, "year": year, "tabs": _tabs(request, key), "duty": DUTY.get(key),
        "years": _years(request, scope, year), "basis": basis(duties, scope), "only": request.GET.get("only", ""),
    }  # fmt: skip
    return render(request, "meetings/cadence.html", context)


def _among(scope: Scope, lookup: Lookup, duties: tuple[Duty, ...], only: str) -> QuerySet[Organization]:
    """Organizations that may owe something; with ``only``, those where something is late or open now."""
    holders = {kind for duty in duties for kind in duty.holders}
    found = organizations(scope, Right.VIEW_MEETING).filter(kind__in=holders)
    if only in ONLY:
        found = found.filter(pk__in=_standing_so(scope, lookup, found, ONLY[only]))
    return found


def _standing_so(scope: Scope, lookup: Lookup, among: QuerySet[Organization], standing: Standing) -> set[int]:
    """Which of many organizations are late, or have something open. Whoever looks after more than a branch gets an
    answer that is at most five minutes old, because over thousands of branches it takes a second."""
    where = scope.paths(Right.VIEW_MEETING)
    duties = ",".join(duty.key for duty in lookup.duties)
    key = ":".join(("meetings.cadence", standing.name, str(scope.today), str(lookup.year), duties, *where))
    is_kept = scope.role is not Role.SECRETARY
    chosen: set[int] | None = cache.get(key) if is_kept else None
    if chosen is None:
        lookup.known = lookup.due(among)
        chosen = {item.organization_id for item in lookup.known if item.standing(scope.today) is standing}
        if is_kept:
            cache.set(key, chosen, KEPT_SECONDS)
    return chosen


def _year(request: HttpRequest, scope: Scope) -> int:
    given = request.GET.get("year", "")
    wanted = int(given) if given.isdecimal() and len(given) == 4 else scope.today.year
    return min(max(wanted, FIRST_YEAR), scope.today.year)


def _with(request: HttpRequest, **changes: Any) -> str:
    query = request.GET.copy()
    for name in ("page", "export"):
        query.pop(name, None)
    for name, given in changes.items():
        query.pop(name, None)
        if given:
            query[name] = str(given)
    return f"{reverse('meetings:cadence')}?{query.urlencode()}"


def _tabs(request: HttpRequest, key: str) -> list[Tab]:
    return [
        Tab("全部", _with(request, duty=""), current=key not in DUTY),
        *(Tab(duty.label, _with(request, duty=duty.key), current=duty.key == key) for duty in DUTIES),
    ]


def _years(request: HttpRequest, scope: Scope, year: int) -> list[tuple[str, str]]:
    wanted = [("上一年", year - 1), ("下一年", year + 1)]
    return [(label, _with(request, year=other)) for label, other in wanted if FIRST_YEAR <= other <= scope.today.year]


def basis(duties: tuple[Duty, ...], scope: Scope) -> list[tuple[Duty, Value]]:
    """What each duty asks today, how strictly, and by which article."""
    return [(duty, value(duty.rule, scope.today)) for duty in duties if in_force(duty.rule, scope.today)]


@dataclass(frozen=True)
class Strip:
    """One duty of one organization over a year."""

    organization: Organization
    duty: Duty
    marks: list[tuple[Span, Standing, str, str]]  # span, standing, tone, address


def strips(scope: Scope, node: Organization) -> list[Strip]:
    """The calendar of an organization and its groups: a row a duty, a mark a period."""
    grouped: dict[tuple[int, str], list[Due]] = defaultdict(list)
    for item in queries.duties_of(scope, node, scope.today):
        grouped[item.organization_id, item.duty.key].append(item)
    nodes = {one.pk: one for one in Organization.objects.filter(pk__in={pk for pk, _ in grouped})}
    order = sorted(grouped, key=lambda pair: (nodes[pair[0]].path, list(DUTY).index(pair[1])))
    return [
        Strip(nodes[pk], DUTY[key], [_mark(scope, nodes[pk], item) for item in grouped[pk, key]]) for pk, key in order
    ]


def _mark(scope: Scope, node: Organization, item: Due) -> tuple[Span, Standing, str, str]:
    standing = item.standing(scope.today)
    cell = Cell(item.span, (item,), scope.today)
    if standing is Standing.HELD:
        url = records_of(node, item.duty, item.span)
    elif scope.may(Right.RECORD_MEETING, node.path):
        day = min(scope.today, item.span.end)
        url = f"{reverse('meetings:new')}?organization={node.pk}&kind={item.duty.kind.value}&held_on={day}"
    else:
        url = ""
    return item.span, standing, tone_of(cell), url


@page(needs=Right.VIEW_MEETING)
def cadence_of(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = one_organization(scope, pk, Right.VIEW_MEETING)
    context = {
        "node": node, "strips": strips(scope, node), "basis": basis(DUTIES, scope), "records": address_of(node),
        "may_record": scope.may(Right.RECORD_MEETING, node.path), "year": scope.today.year,
    }  # fmt: skip
    return render(request, "meetings/cadence_of.html", context)
