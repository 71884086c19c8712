"""A column of a collected form, declared once for reading, preview, corrected copy, export, template, help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from zhibu.exchange.enums import BatchKind
from zhibu.exchange.reading.headers import normal_title

SYNONYMS = Path(__file__).parents[1] / "data" / "synonyms.yaml"


class BadCell(Exception):
    """A cell cannot be understood: what is wrong, and how to mend it. Never quotes an ID number or a phone."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message, self.remedy = message, remedy


def as_text(value: Any) -> str:
    return "" if value is None else str(value)


@dataclass(frozen=True)
class Column:
    """``parse`` takes the cell as read and gives the value to keep (None when empty) or raises `BadCell`.

    ``write`` is its inverse: ``parse(write(value)) == value``. ``needed`` says in words when the cell must be filled;
    ``required`` is the plain case that the reader checks by itself.
    """

    name: str
    title: str
    parse: Callable[[Any], Any]
    help: str
    example: str
    write: Callable[[Any], str] = as_text
    required: bool = False
    needed: str = ""
    choices: Callable[[], Sequence[str]] | None = None
    width: int = 14
    personal: bool = False

    @property
    def demand(self) -> str:
        return "必填" if self.required else (self.needed or "选填")


@dataclass(frozen=True)
class Sheet:
    """One kind of workbook: its columns in the order of the official form, and what names the form's title row."""

    kind: BatchKind
    columns: tuple[Column, ...]
    # Without these the file is another one, whatever else it holds.
    essential: tuple[str, ...]
    # A row that is empty here is a title, a note or a signature.
    identifying: tuple[str, ...]
    intro: str = ""
    by_name: dict[str, Column] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    @cached_property
    def titles(self) -> dict[str, str]:
        """Normal form of every title and synonym → column name."""
        synonyms = yaml.safe_load(SYNONYMS.read_text(encoding="utf-8"))[self.kind.value]
        unknown = set(synonyms) - set(self.by_name)
        if unknown:
            raise ValueError(f"{SYNONYMS}: 没有这些列：{sorted(unknown)}")
        found: dict[str, str] = {}
        for column in self.columns:
            for title in (column.title, *synonyms.get(column.name, ())):
                if found.setdefault(normal_title(title), column.name) != column.name:
                    raise ValueError(f"{SYNONYMS}: “{title}”属于两列。")
        return found

    def synonyms(self, column: Column) -> list[str]:
        """Other titles that are understood as this column (for the help page)."""
        synonyms = yaml.safe_load(SYNONYMS.read_text(encoding="utf-8"))[self.kind.value]
        return list(synonyms.get(column.name, ()))
