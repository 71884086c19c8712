"""What a list shows: columns, bulk actions, and the sentence for an empty list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from datetime import date
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model
from django.db.models.expressions import OrderBy
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from zhibu.ui.parts import tone_of
from zhibu.ui.shown import NOTHING, follow, shown

Reader = Callable[[Any], Any]
EMPTY_CELL = mark_safe(f'<span class="z-none">{NOTHING}</span>')


@dataclass(frozen=True)
class Column:
    """One column.

    ``value``: a callable of the row or a dotted path; without it ``name`` is the path.
    ``sort``: the ORM field (or fields) to sort by, True for the path itself; without it the column is not sortable.
    ``link``, ``badge``: callables of the row giving an address or a tone; None for no link or badge in that row.
    ``html``: a callable giving safe HTML for the screen, where text is not enough; exports keep to ``value``.
    ``phone``: False leaves it out below 768 px.
    ``export``: False leaves it out of exports; a callable gives another value there.
    """

    name: str
    label: str
    _: KW_ONLY
    value: Reader | str | None = None
    sort: str | tuple[str, ...] | bool | None = None
    link: Reader | None = None
    badge: Reader | None = None
    html: Callable[[Any], SafeString] | None = None
    phone: bool = True
    numeric: bool = False
    export: bool | Reader = True
    help: str = ""
    width: int = 16  # characters in an exported sheet

    def read(self, row: Any) -> Any:
        if callable(self.value):
            return self.value(row)
        return follow(row, self.value or self.name)

    def exported(self, row: Any) -> Any:
        return self.export(row) if callable(self.export) else self.read(row)

    def cell(self, row: Any, fallback_link: str | None = None) -> SafeString:
        if self.html is not None:
            return self.html(row)
        value = self.read(row)
        text: Any = EMPTY_CELL if value is None or value == "" else shown(value)
        if isinstance(value, date):  # also with a time; a browser would break it at its hyphens
            text = format_html('<span class="z-whole">{}</span>', text)
        if self.badge is not None and (tone := self.badge(row)):
            text = format_html('<span class="z-badge z-tone z-tone-{}">{}</span>', tone_of(tone), text)
        url = self.link(row) if self.link is not None else fallback_link
        return format_html('<a href="{}">{}</a>', url, text) if url else format_html("{}", text)

    def ordering(self, model: type[Model], *, descending: bool) -> list[OrderBy]:
        """The ORM ordering; rows without a value come last either way."""
        fields: tuple[str, ...]
        if self.sort is True:
            path = self.value if isinstance(self.value, str) else self.name
            fields = (path.replace(".", "__"),)
        else:
            fields = (self.sort,) if isinstance(self.sort, str) else tuple(self.sort or ())
        return [ordered(model, field, descending=descending) for field in fields]


def ordered(model: type[Model], field: str, *, descending: bool) -> OrderBy:
    """Where values lie is said only where some may be missing: indexes are not sorted that way downwards."""
    path = field.lstrip("-")
    last = True if _may_be_missing(model, path) else None
    down = descending ^ field.startswith("-")
    return F(path).desc(nulls_last=last) if down else F(path).asc(nulls_last=last)


def _may_be_missing(model: type[Model], path: str) -> bool:
    """Whether some rows may have no value there. An annotation may lack one."""
    here: Any = model
    for name in path.split("__"):
        try:
            field = here._meta.pk if name == "pk" else here._meta.get_field(name)
        except (FieldDoesNotExist, AttributeError):
            return True
        if getattr(field, "null", True):
            return True
        here = field.related_model
    return False


@dataclass(frozen=True)
class BulkAction:
    """Something done with the chosen rows: they are POSTed as ``selected`` to ``url`` (a URL name, or an
    address where it needs to say of what).

    ``BulkAction("export", "导出所选")`` needs no URL: it exports the chosen rows. ``right``: hidden without it.
    """

    name: str
    label: str
    _: KW_ONLY
    url: str = ""
    icon: str = ""
    right: str = ""
    danger: bool = False


@dataclass(frozen=True)
class Empty:
    """What stands in place of an empty list: what it is for and what to do first."""

    title: str = "还没有记录"
    text: str = "有了记录会显示在这里。"
    _: KW_ONLY
    action: str = ""
    url: str = ""
    icon: str = "inbox"
