"""Narrowing a list. A filter reads its own parameters, narrows a queryset, and says when it cannot read a value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.timezone import make_aware

Apply = Callable[[QuerySet, Any], QuerySet]
Choices = Iterable[tuple[Any, Any]]


class NotUnderstood(ValueError):
    """A parameter that this filter cannot use; the list says so and leaves the filter out."""


@dataclass(frozen=True)
class Filter:
    """Base: one parameter called ``name``. ``field`` is the ORM field, ``apply`` replaces filtering by it."""

    name: str
    label: str

    kind = "text"

    def parameters(self) -> list[str]:
        return [self.name]

    def narrow(self, queryset: QuerySet, values: dict[str, str], scope: Any) -> QuerySet:
        raise NotImplementedError


@dataclass(frozen=True)
class ChoiceFilter(Filter):
    """One of some choices; they may be a callable of the scope."""

    choices: Choices | Callable[[Any], Choices] = ()
    _: KW_ONLY
    field: str = ""
    apply: Apply | None = None

    kind = "choice"

    def options(self, scope: Any) -> list[tuple[str, str]]:
        found = self.choices(scope) if callable(self.choices) else self.choices
        return [(str(value), str(label)) for value, label in found]

    def narrow(self, queryset: QuerySet, values: dict[str, str], scope: Any) -> QuerySet:
        value = values[self.name]
        if value not in {known for known, _label in self.options(scope)}:
            raise NotUnderstood(f"“{self.label}”没有这个选项，已不按它筛选。")
        return self.apply(queryset, value) if self.apply else queryset.filter(**{self.field or self.name: value})


@dataclass(frozen=True)
class YesNoFilter(ChoiceFilter):
    """A boolean field."""

    choices: Choices | Callable[[Any], Choices] = (("yes", "是"), ("no", "否"))

    def narrow(self, queryset: QuerySet, values: dict[str, str], scope: Any) -> QuerySet:
        value = values[self.name]
        if value not in {"yes", "no"}:
            raise NotUnderstood(f"“{self.label}”只能选是或否，已不按它筛选。")
        if self.apply:
            return self.apply(queryset, value == "yes")
        return queryset.filter(**{self.field or self.name: value == "yes"})


@dataclass(frozen=True)
class TextFilter(Filter):
    """Contains, whatever the case."""

    _: KW_ONLY
    field: str = ""
    apply: Apply | None = None

    def narrow(self, queryset: QuerySet, values: dict[str, str], scope: Any) -> QuerySet:
        value = values[self.name]
        if self.apply:
            return self.apply(queryset, value)
        return queryset.filter(**{f"{self.field or self.name}__icontains": value})


@dataclass(frozen=True)
class DateFilter(Filter):
    """From and to, both days included: ``?<name>_from=2026-01-01&<name>_to=2026-06-30``. A field that ends with
    ``__date`` is a moment."""

    _: KW_ONLY
    field: str = ""

    kind = "dates"

    def parameters(self) -> list[str]:
        return [f"{self.name}_from", f"{self.name}_to"]

    def narrow(self, queryset: QuerySet, values: dict[str, str], scope: Any) -> QuerySet:
        for parameter, comparison in zip(self.parameters(), ("gte", "lte"), strict=True):
            if text := values.get(parameter):
                try:
                    day = date.fromisoformat(text)
                except ValueError:
                    raise NotUnderstood(f"“{self.label}”不是日期（应为 2026-01-31 的样子），已不按它筛选。") from None
                queryset = queryset.filter(**_on(self.field or self.name, comparison, day))
        return queryset


def _on(field: str, comparison: str, day: date) -> dict[str, date]:
    """The condition on a date, or on a moment by the midnight that bounds the day: that an index can answer."""
    moment = field.removesuffix("__date")
    if moment == field:
        return {f"{field}__{comparison}": day}
    if comparison == "lte":
        if day == date.max:
            return {}
        day, comparison = day + timedelta(days=1), "lt"
    return {f"{moment}__{comparison}": make_aware(datetime.combine(day, time()))}


def read(parameters: QueryDict, name: str, *, longest: int = 100) -> str:
    """One parameter, trimmed; PostgreSQL takes no NUL characters."""
    return parameters.get(name, "").replace("\x00", "").strip()[:longest]
