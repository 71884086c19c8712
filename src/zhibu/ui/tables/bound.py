"""A list as one request sees it: narrowed, sorted, one page of it; the answers to page, htmx and export requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from zhibu.ui.tables.columns import BulkAction, ordered
from zhibu.ui.tables.export import FORMATS, PDF_ROWS, audited, export
from zhibu.ui.tables.filters import ChoiceFilter, Filter, NotUnderstood, read
from zhibu.ui.tables.table import Table

COUNT_LIMIT = 10_000  # beyond, "more than": nobody pages that far, and counting everything is slow
OnExport = Callable[[Any, Table, int], object]


@dataclass(frozen=True)
class Head:
    label: str
    help: str
    numeric: bool
    url: str  # "" for a column that cannot be sorted
    order: str  # "", "ascending", "descending"


@dataclass(frozen=True)
class Cell:
    label: str
    css: str
    html: SafeString


@dataclass(frozen=True)
class Row:
    pk: str
    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class Control:
    """A filter as it stands in the form."""

    filter: Filter
    id: str
    inputs: list[tuple[str, str]]  # (parameter, value)
    options: list[tuple[str, str]]


class BoundTable:
    """A table, a scoped queryset and a request. Reads at most one count and one page of rows."""

    def __init__(
        self,
        request: HttpRequest,
        table: Table,
        queryset: QuerySet,
        *,
        prefix: str = "",
        export_right: str | None = None,
        on_export: OnExport | None = None,
        parameters: QueryDict | None = None,
    ) -> None:
        self.request, self.table, self.base, self.prefix = request, table, queryset, prefix
        self.export_right, self.on_export = export_right, on_export or audited
        self.parameters = request.GET if parameters is None else parameters
        self.scope: Any = getattr(request, "scope", None)
        self.notices: list[str] = []
        self.id = f"list-{prefix.rstrip('-') or 'main'}"

    def get(self, name: str) -> str:
        return read(self.parameters, self.prefix + name)

    # What is chosen
    @cached_property
    def query(self) -> str:
        return self.get("q")

    @cached_property
    def chosen(self) -> dict[str, str]:
        names = [name for one in self.table.filters for name in one.parameters()]
        return {name: value for name in names if (value := self.get(name))}

    @cached_property
    def sort(self) -> tuple[str, bool]:
        """Column name and whether descending; an unknown column means the default order."""
        asked = self.get("sort")
        sortable = {column.name for column in self.table.columns if column.sort}
        text = asked if asked.removeprefix("-") in sortable else self.table.default_sort
        return text.removeprefix("-"), text.startswith("-")

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query or self.chosen)

    @cached_property
    def narrowed(self) -> QuerySet:
        queryset = self.table.find(self.base, self.query) if self.query and self.table.search else self.base
        for one in self.table.filters:
            values = {name: self.chosen.get(name, "") for name in one.parameters()}
            if any(values.values()):
                try:
                    queryset = one.narrow(queryset, values, self.scope)
                except NotUnderstood as problem:
                    self.notices.append(str(problem))
        return queryset

    @cached_property
    def sorted(self) -> QuerySet:
        """In a total order, so that no row stands on two pages."""
        name, descending = self.sort
        if not name:
            return self.narrowed if self.narrowed.ordered else self.narrowed.order_by("pk")
        column = next((column for column in self.table.columns if column.name == name and column.sort), None)
        model, last = self.narrowed.model, "-pk" if descending else "pk"  # one index, read either way, serves both
        named = [ordered(model, name, descending=descending)]
        keys = column.ordering(model, descending=descending) if column else named
        return self.narrowed.order_by(*keys, last)

    # One page
    @cached_property
    def _page(self) -> tuple[int, list[Any], bool, int]:
        """Number, rows, whether more follow, and the count (capped at `COUNT_LIMIT` + 1)."""
        size = self.table.per_page
        asked = self.get("page")
        number = max(1, int(asked)) if asked.isdecimal() and len(asked) < 7 else 1
        rows = list(self.sorted[(number - 1) * size : number * size + 1])
        if number == 1 and len(rows) <= size:
            return 1, rows, False, len(rows)
        count = self.narrowed.order_by().values("pk")[: COUNT_LIMIT + 1].count()
        if not rows and number > 1:
            number = max(1, -(-min(count, COUNT_LIMIT) // size))
            rows = list(self.sorted[(number - 1) * size : number * size + 1])
        return number, rows[:size], len(rows) > size, count

    @property
    def page_rows(self) -> list[Any]:
        """The objects on this page, for columns whose values are loaded for all of them at once."""
        return self._page[1]

    @property
    def number(self) -> int:
        return self._page[0]

    @property
    def has_next(self) -> bool:
        return self._page[2]

    @property
    def count_text(self) -> str:
        count = self._page[3]
        return f"超过 {COUNT_LIMIT:,} 条" if count > COUNT_LIMIT else f"共 {count:,} 条"

    @property
    def pages(self) -> int | None:
        count = self._page[3]
        return None if count > COUNT_LIMIT else max(1, -(-count // self.table.per_page))

    @property
    def rows(self) -> Iterator[Row]:
        for row in self._page[1]:
            url = self.table.row_url(row)
            cells = [
                Cell(column.label, self._css(at), column.cell(row, url if at == 0 else None))
                for at, column in enumerate(self.table.columns)
            ]
            pk = row.get("pk", row.get("id")) if isinstance(row, Mapping) else row.pk
            yield Row(str(pk), self.table.row_name(row) if self.bulk else "", cells)

    def _css(self, at: int) -> str:
        column = self.table.columns[at]
        marks = ["z-first"] * (at == 0) + ["z-number"] * column.numeric + ["z-wide"] * (not column.phone)
        return " ".join(marks)

    @property
    def is_empty(self) -> bool:
        return not self._page[1]

    # Addresses: always of the full page
    def url(self, **changes: str | None) -> str:
        """This list's address with some parameters changed; None takes one out."""
        query = self.request.GET.copy() if self.parameters is self.request.GET else self.parameters.copy()
        for name in (self.prefix + "export", "selected", "all", "filters"):
            query.pop(name, None)
        for name, value in changes.items():
            query.pop(self.prefix + name, None)
            if value is not None:
                query[self.prefix + name] = value
        for name in [name for name, value in query.items() if value == ""]:
            del query[name]
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    @property
    def here(self) -> str:
        return self.url()

    @property
    def clear_url(self) -> str:
        return self.url(**dict.fromkeys(["q", "page", *self.chosen]))

    @property
    def previous_url(self) -> str:
        return self.url(page=str(self.number - 1) if self.number > 2 else None)

    @property
    def next_url(self) -> str:
        return self.url(page=str(self.number + 1))

    @property
    def heads(self) -> list[Head]:
        name, descending = self.sort
        found = []
        for column in self.table.columns:
            order = ("descending" if descending else "ascending") if column.name == name and column.sort else ""
            other = f"-{column.name}" if order == "ascending" else column.name
            url = self.url(sort=other, page=None) if column.sort else ""
            found.append(Head(column.label, column.help, column.numeric, url, order))
        return found

    @property
    def sorts(self) -> list[Head]:
        """What a phone offers in a menu, for there the heads of the columns are hidden."""
        return [head for head in self.heads if head.url] if len(self.page_rows) > 1 else []

    @property
    def controls(self) -> list[Control]:
        return [
            Control(
                one,
                f"{self.id}-{one.name}",
                [(self.prefix + name, self.chosen.get(name, "")) for name in one.parameters()],
                one.options(self.scope) if isinstance(one, ChoiceFilter) else [],
            )
            for one in self.table.filters
        ]

    @property
    def other_parameters(self) -> list[tuple[str, str]]:
        """What the address holds besides this list's own parameters; the filter form carries it along."""
        own = {"q", "sort", "page", "export", *(n for f in self.table.filters for n in f.parameters())}
        return [
            (name, value)
            for name, values in self.request.GET.lists()
            for value in values
            if name not in {"selected", "all", "filters"}
            and not (name.startswith(self.prefix) and name[len(self.prefix) :] in own)
        ]

    @property
    def sort_parameter(self) -> str:
        return self.get("sort")

    # Exports and bulk actions
    @cached_property
    def may_export(self) -> bool:
        return self.export_right is not None and self.scope is not None and self.scope.may(self.export_right)

    @property
    def exports(self) -> list[tuple[str, str]]:
        """What may be taken out. A PDF of more rows than it can hold is not offered, and a short one is announced to
        take its time, for a browser shows nothing until the whole of it is there."""
        if not self.may_export:
            return []
        offered = dict(FORMATS)
        if self._page[3] > PDF_ROWS:
            del offered["pdf"]
        else:
            offered["pdf"] += "（生成约需数秒）"
        return [(label, self.url(export=name, page=None)) for name, label in offered.items()]

    @property
    def pdf_left_out(self) -> str:
        """Why there is no PDF, where there is none."""
        return f"超过 {PDF_ROWS:,} 条不提供 PDF，可先筛选" if self._page[3] > PDF_ROWS else ""

    @cached_property
    def bulk(self) -> list[tuple[BulkAction, str]]:
        """The actions this reader may take, with their addresses; "" for the export of the chosen rows."""
        found = []
        for action in self.table.bulk:
            if action.name == "export" and not action.url:
                if self.may_export:
                    found.append((action, ""))
            elif not action.right or (self.scope is not None and self.scope.may(action.right)):
                found.append((action, action.url if action.url.startswith("/") else reverse(action.url)))
        return found

    @property
    def filters_for_bulk(self) -> str:
        """What `selected` needs to find "all results" again."""
        return QueryDict(self.url().partition("?")[2]).urlencode()

    def picked(self, data: QueryDict) -> QuerySet:
        """The rows chosen in ``data``: all that the filters find, or those named; never outside the queryset."""
        if data.get("all") == "1":
            return self.sorted
        keys = [key for key in data.getlist("selected") if key.isdecimal() and len(key) < 19]
        return self.base.filter(pk__in=keys)

    # Answers
    @property
    def is_partial(self) -> bool:
        htmx: Any = getattr(self.request, "htmx", None)
        return bool(htmx) and htmx.target == self.id and not htmx.boosted and not htmx.history_restore_request

    def answer(self) -> HttpResponseBase | None:
        """The export or the rows, if this request asks for them; None when the page is wanted."""
        if wanted := self.get("export"):
            if not self.may_export:
                raise PermissionDenied("您没有导出这份名单的权限。需要导出的，请联系上级党组织。")
            chosen = self._chosen_for_export()
            return export(self.request, self.table, chosen, wanted, self.scope, self.on_export)
        if self.is_partial:
            answer = render(self.request, "ui/table_rows.html", {"bound": self})
            answer["HX-Push-Url"] = self.here
            return answer
        return None

    def _chosen_for_export(self) -> QuerySet:
        if "filters" not in self.parameters:
            return self.sorted
        # The form of the rows was sent: its own filters stand in one field.
        filters = QueryDict(self.parameters.get("filters", ""))
        listed = BoundTable(self.request, self.table, self.base, prefix=self.prefix, parameters=filters)
        return listed.picked(self.parameters)

    def html(self, request: HttpRequest | None = None) -> SafeString:
        return render_to_string("ui/table.html", {"bound": self}, self.request)


def bind(
    request: HttpRequest,
    table: Table,
    queryset: QuerySet,
    *,
    prefix: str = "",
    export_right: str | None = None,
    on_export: OnExport | None = None,
) -> BoundTable:
    """A list among other things on a page: show it by ``{% table bound %}``, begin the view with ``bound.answer()``."""
    return BoundTable(request, table, queryset, prefix=prefix, export_right=export_right, on_export=on_export)


def table_page(
    request: HttpRequest,
    table: Table,
    queryset: QuerySet,
    *,
    template: str = "ui/table_page.html",
    context: Mapping[str, Any] | None = None,
    export_right: str | None = None,
    on_export: OnExport | None = None,
) -> HttpResponseBase:
    """The page of a list, its rows for htmx, or its export. ``queryset`` comes scoped and joined from a query."""
    bound = bind(request, table, queryset, export_right=export_right, on_export=on_export)
    answer: HttpResponse | HttpResponseBase | None = bound.answer()
    return answer or render(request, template, {"bound": bound, "title": table.title, **(context or {})})


def selected(request: HttpRequest, table: Table, queryset: QuerySet) -> QuerySet:
    """For the view of a bulk action: the chosen rows of ``queryset`` (``selected``, or ``all`` with ``filters``)."""
    filters = QueryDict(request.POST.get("filters", ""))
    return BoundTable(request, table, queryset, parameters=filters).picked(request.POST)
