"""The declaration of a list."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.db.models import Q, QuerySet

from zhibu.ui.tables.columns import BulkAction, Column, Empty
from zhibu.ui.tables.filters import Filter


class Table:
    """What a list shows and how it may be narrowed, sorted and exported. Subclasses fill in the attributes.

    ``search`` is the placeholder of the search box, ``search_in`` the ORM fields it looks into; every word must be in
    one of them.
    """

    title: str = ""
    columns: Sequence[Column] = ()
    filters: Sequence[Filter] = ()
    bulk: Sequence[BulkAction] = ()
    search: str = ""
    search_in: Sequence[str] = ()
    default_sort: str = ""
    per_page: int = 50
    empty: Empty = Empty()
    pdf_landscape: bool = True

    OVERRIDABLE: ClassVar[tuple[str, ...]] = (
        "title", "columns", "filters", "bulk", "search", "search_in", "default_sort", "per_page", "empty",
        "pdf_landscape",
    )  # fmt: skip

    def __init__(self, **overrides: Any) -> None:
        for name, value in overrides.items():
            if name not in self.OVERRIDABLE:
                raise TypeError(f"Table has no attribute {name!r}; there are {', '.join(self.OVERRIDABLE)}.")
            setattr(self, name, value)
        names = [column.name for column in self.columns]
        if doubled := {name for name in names if names.count(name) > 1}:
            raise TypeError(f"{type(self).__name__}: columns named twice: {', '.join(sorted(doubled))}.")
        if self.search and not self.search_in and type(self).find is Table.find:
            raise TypeError(f"{type(self).__name__}: search needs search_in or find().")

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        """The rows that the search box finds."""
        for word in text.split():
            queryset = queryset.filter(reduce(or_, (Q(**{f"{field}__icontains": word}) for field in self.search_in)))
        return queryset

    def row_url(self, row: Any) -> str | None:
        """Where the first column leads unless it has its own link."""
        return None

    def row_name(self, row: Any) -> str:
        """How the row's check box is read out."""
        return str(self.columns[0].read(row))
