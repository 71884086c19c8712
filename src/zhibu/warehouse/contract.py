"""What a room promises to the warehouse: named facts with typed, documented columns.

This module is a leaf: it imports no room, so that the `facts.py` of every room may import it. A column's kind is chosen
from a closed list that has no kind for free text: names, numbers of documents and minutes cannot enter the lake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

import pyarrow as pa


class ColumnKind(Enum):
    """What a column may hold, with its type in Parquet."""

    KEY = "key"  # the number of a record in PostgreSQL
    DATE = "date"  # a day in Asia/Shanghai
    COUNT = "count"
    FLAG = "flag"
    CODE = "code"  # one of a declared set of codes

    @property
    def arrow(self) -> pa.DataType:
        return _ARROW[self]


_ARROW = {
    ColumnKind.KEY: pa.int64(),
    ColumnKind.DATE: pa.date32(),
    ColumnKind.COUNT: pa.int32(),
    ColumnKind.FLAG: pa.bool_(),
    ColumnKind.CODE: pa.string(),
}


class ContractError(RuntimeError):
    """A fact breaks its own promise; the text names the fact, the column and what to change."""


@dataclass(frozen=True)
class Column:
    """One column. ``meaning`` stands on the page of the warehouse, in Chinese. ``codes`` is required for codes: the
    export refuses any other text. ``labels`` are their names on screen.
    """

    name: str
    kind: ColumnKind
    meaning: str
    codes: tuple[str, ...] = ()
    nullable: bool = False
    labels: tuple[str, ...] = ()

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Each code with its name on screen."""
        return list(zip(self.codes, self.labels, strict=True))


def key(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, ColumnKind.KEY, meaning, nullable=nullable)


def day(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, ColumnKind.DATE, meaning, nullable=nullable)


def count(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, ColumnKind.COUNT, meaning, nullable=nullable)


def flag(name: str, meaning: str) -> Column:
    return Column(name, ColumnKind.FLAG, meaning)


def code(name: str, meaning: str, choices: Iterable[str | tuple[Any, Any]]) -> Column:
    """``choices``: codes with their names, or codes that need none."""
    pairs = [(one, one) if isinstance(one, str) else (str(one[0]), str(one[1])) for one in choices]
    codes, labels = tuple(value for value, _ in pairs), tuple(label for _, label in pairs)
    return Column(name, ColumnKind.CODE, meaning, codes=codes, labels=labels)


MONTH = day("month", "所计月份的第一天")
ORGANIZATION = key("organization_id", "所计党组织")


@dataclass(frozen=True)
class RuleValue:
    """A rule's value from one day until before another (None: without end), one row of ``:rules``."""

    rule: str
    started_on: date
    ended_on: date | None
    value: int


@dataclass(frozen=True)
class Fact:
    """One table of the lake: ``room.name``.

    ``sql`` is PostgreSQL's SELECT of exactly the declared columns, `MONTH` and `ORGANIZATION` first among them. It may
    use ``:today`` (the day of the refresh) and ``:rules`` (a table ``rule, started_on, ended_on, value`` of the rules
    named in ``rules``). ``keeps_closed_months``: what PostgreSQL knows only of today (whether a file is complete) is
    exported for a month until that month is over, and then stays as it was seen.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    sql: str
    sort: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    keeps_closed_months: bool = False
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {column.name: column for column in self.columns})
        validate(self)

    def column(self, name: str) -> Column:
        if name not in self._by_name:
            raise ContractError(f"事实表 {self.name} 没有列 {name!r}。已声明：{'、'.join(self._by_name)}。")
        return self._by_name[name]

    @property
    def order(self) -> tuple[str, ...]:
        return ("organization_id", *self.sort)

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(column.name, column.kind.arrow, nullable=True) for column in self.columns])


NAME = re.compile(r"[a-z]+\.[a-z_]+")
# Stems that would betray personal data or text whatever their declared kind.
FORBIDDEN = re.compile(
    r"(^|_)(name|names|pinyin|id_number|identity|phone|mobile_number|address|email|birth|minutes|title|text|reason|"
    r"points|note|notes|login|logins|click|clicks|like|likes|online|photo|photos)(_|$)"
)


def validate(fact: Fact) -> None:
    """Refuse a declaration that could let personal data in or that the engines could not read."""
    names = [column.name for column in fact.columns]
    problems = []
    if not NAME.fullmatch(fact.name):
        problems.append("名称应为 房间.事实")
    if fact.columns[:2] != (MONTH, ORGANIZATION):
        problems.append("前两列应为 month 和 organization_id")
    if len(set(names)) != len(names):
        problems.append("列名重复")
    problems += [f"缺少排序列 {name}" for name in fact.sort if name not in names]
    problems += [f"列 {name} 疑似个人信息或文字，不得进入数据仓" for name in names if FORBIDDEN.search(name)]
    for column in fact.columns:
        if not column.meaning:
            problems.append(f"列 {column.name} 没有说明")
        if (column.kind is ColumnKind.CODE) != bool(column.codes):
            problems.append(f"列 {column.name}:代码列须列出代码，其他列不得列出")
    if problems:
        raise ContractError(f"事实表 {fact.name}:{';'.join(problems)}。")


def render(fact: Fact, today: date, rules: Iterable[RuleValue] = ()) -> str:
    """The fact's SQL with its parameters as literals. Only dates, rule ids and numbers are ever put in."""
    rows = [row for row in rules if row.rule in fact.rules]
    missing = set(fact.rules) - {row.rule for row in rows}
    if missing:
        raise ContractError(f"事实表 {fact.name} 需要规程 {'、'.join(sorted(missing))}，规程库中没有。")
    parameters: Mapping[str, str] = {"today": f"date '{today:%Y-%m-%d}'", "rules": _rules_table(rows)}

    def put(match: re.Match[str]) -> str:
        if match[1] not in parameters:
            raise ContractError(f"事实表 {fact.name} 的 SQL 用了未知参数 :{match[1]}。")
        return parameters[match[1]]

    return re.sub(r"(?<!:):([a-z_]+)\b", put, fact.sql)


def _rules_table(rows: list[RuleValue]) -> str:
    if not rows:
        return "(select null::text, null::date, null::date, null::numeric where false)"
    for row in rows:
        if not re.fullmatch(r"[a-z_.]+", row.rule):
            raise ContractError(f"规程编号 {row.rule!r} 不能放进 SQL。")
    values = ", ".join(
        f"('{row.rule}', date '{row.started_on:%Y-%m-%d}', "
        + (f"date '{row.ended_on:%Y-%m-%d}'" if row.ended_on else "'infinity'::date")
        + f", {int(row.value)})"
        for row in rows
    )
    return f"(values {values})"


_facts: dict[str, Fact] = {}


def register(*facts: Fact) -> None:
    """Called at the end of a room's `facts.py`."""
    for fact in facts:
        known = _facts.get(fact.name)
        if known is not None and known != fact:
            raise ContractError(f"事实表 {fact.name} 声明了两次。")
        _facts[fact.name] = fact


def registered() -> dict[str, Fact]:
    return dict(_facts)


def fact_named(name: str) -> Fact:
    """The registered fact; an unknown name answers with the nearest known ones."""
    import difflib

    if name not in _facts:
        near: Any = difflib.get_close_matches(name, _facts, n=3)
        raise ContractError(f"没有事实表 {name!r}。" + (f"是不是 {'、'.join(near)}?" if near else ""))
    return _facts[name]
