"""The code tables of the room (data-standards.md 3): one YAML file a table, all of one shape.

Business tables store the code, screens show the name, imports understand name, code and synonyms. A row may end
(``valid_to``): it is still shown where it was used, but no longer offered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from zhibu.regulations.refusal import Refusal

FOLDER = Path(__file__).parent
TABLE_KEYS = {"title", "scheme", "source", "verified", "note", "rows"}
ROW_KEYS = {
    "code", "name", "parent", "group", "national", "national_code", "occupation", "letters", "synonyms", "source",
    "verified", "valid_from", "valid_to",
}  # fmt: skip


class UnknownCode(Refusal):
    """A text that no row of the table means; ``near`` are the names that look like it."""

    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class Code:
    """One row. ``group`` rows only head others and cannot be chosen; ``verified`` False means: not checked against
    the published standard; ``national_code`` is empty where the national table has not been obtained."""

    scheme: str
    code: str
    name: str
    parent: str = ""
    sort: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    verified: bool = True
    group: bool = False
    synonyms: tuple[str, ...] = ()
    letters: str = ""
    national: str = ""
    national_code: str = ""
    occupation: str = ""

    def is_offered(self, on: date | None) -> bool:
        begun = on is None or self.valid_from is None or self.valid_from <= on
        ended = self.valid_to is not None and (on is None or self.valid_to <= on)
        return not self.group and begun and not ended


class CodeTable:
    """All codes of one scheme."""

    def __init__(self, key: str, title: str, scheme: str, rows: tuple[Code, ...], note: str = "") -> None:
        self.key, self.title, self.scheme, self.rows, self.note = key, title, scheme, rows, note
        self._by_code = {row.code: row for row in rows}

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def row(self, code: str) -> Code | None:
        return self._by_code.get(code)

    def name(self, code: str | None) -> str:
        """The name; "" for no code, and the code itself with a mark for one that is not in the table."""
        if not code:
            return ""
        row = self._by_code.get(code)
        return row.name if row else f"未知代码 {code}"

    def choices(self, on: date | None = None) -> list[tuple[str, str]]:
        """(code, name) of the rows that can be chosen (on a day, if given), in the order of the standard."""
        return [(row.code, row.name) for row in self.rows if row.is_offered(on)]

    def code_of(self, text: str) -> str:
        """The code that a name, a code or a synonym means. Raises `UnknownCode`, a refusal naming what is near."""
        found = self.find(text)
        if found is None:
            raise self._unknown(text)
        return found

    def find(self, text: str) -> str | None:
        """As `code_of`, with None for what is not understood."""
        text = text.strip()
        row = self._by_code.get(text) or self._by_code.get(text.zfill(len(self.rows[0].code)) if text.isdigit() else "")
        if row is not None and not row.group:
            return row.code
        return self._by_text.get(_plain(text))

    @cached_property
    def synonyms(self) -> Mapping[str, str]:
        """Every other word → code, for those who read whole columns."""
        return {word: row.code for row in self.rows if not row.group for word in row.synonyms}

    @cached_property
    def _by_text(self) -> dict[str, str]:
        words: dict[str, str] = {}
        for row in self.rows:
            if not row.group:
                for word in (row.name, *row.synonyms, f"{row.code}{row.name}"):
                    words.setdefault(_plain(word), row.code)
        return words

    def _unknown(self, text: str) -> UnknownCode:
        shown = text.strip()[:20]
        close = get_close_matches(_plain(text), self._by_text, n=5, cutoff=0.5)
        within = [word for word in self._by_text if len(_plain(text)) > 1 and _plain(text) in word]
        near = tuple(dict.fromkeys(self.name(self._by_text[word]) for word in [*close, *within]))[:3]
        remedy = (
            f"您是不是要填{'、'.join(f'“{name}”' for name in near)}？" if near else f"请从{self.title}代码表中选择。"
        )
        refusal = UnknownCode(f"{self.title}“{shown}”不在代码表（{self.scheme}）中。", field=self.key, remedy=remedy)
        refusal.near = near
        return refusal


def _plain(text: str) -> str:
    """Width, case, spaces and the usual signs do not matter."""
    return re.sub(r"[\s()（）、,，.。\-—_/·]", "", unicodedata.normalize("NFKC", text)).upper()


@cache
def table(key: str) -> CodeTable:
    """A table by its key: gender, ethnicity, education, student_level, degree, political_status, standing, work_post,
    occupation. Raises KeyError for another."""
    file = FOLDER / f"{key}.yaml"
    if not key.isidentifier() or not file.exists():
        raise KeyError(f"No code table {key!r}; there are {', '.join(tables())}.")
    stored = yaml.safe_load(file.read_text(encoding="utf-8"))
    return _read(key, stored)


@cache
def tables() -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in FOLDER.glob("*.yaml")))


def _read(key: str, stored: dict[str, Any]) -> CodeTable:
    if unknown := set(stored) - TABLE_KEYS:
        raise ValueError(f"{key}.yaml: unknown {', '.join(sorted(unknown))}.")
    rows = []
    for number, row in enumerate(stored["rows"], 1):
        if unknown := set(row) - ROW_KEYS:
            raise ValueError(f"{key}.yaml, row {number}: unknown {', '.join(sorted(unknown))}.")
        own = {"source": stored["source"], "verified": stored["verified"], **row}
        own["synonyms"] = tuple(own.get("synonyms", ()))
        rows.append(Code(scheme=stored["scheme"], sort=number, **own))
    known = [row.code for row in rows]
    if len(set(known)) < len(known) or any(row.parent and row.parent not in known for row in rows):
        raise ValueError(f"{key}.yaml: a code twice, or a parent that does not exist.")
    return CodeTable(key, stored["title"], stored["scheme"], tuple(rows), stored.get("note", ""))


def choices(key: str) -> list[tuple[str, str]]:
    return table(key).choices()


def label(key: str, code: str | None) -> str:
    return table(key).name(code)


def occupation_of(work_post: str) -> str:
    """The occupation of the annual statistics that a work post belongs to; "" if unknown."""
    row = table("work_post").row(work_post)
    return row.occupation if row else ""
