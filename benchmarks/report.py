"""What every benchmark says at its end: where and how it was measured, the figures, and which limits they keep.

A benchmark builds one `Report`, adds tables and checks, and returns `Report.finish`. With ``--write`` the report also
replaces the benchmark's section of ``docs/benchmarks.md``.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

FILE = Path(__file__).parents[1] / "docs/benchmarks.md"
WRITE = "--write"
KEPT, BROKEN = "✓", "✗"
SHANGHAI = ZoneInfo("Asia/Shanghai")
HEAD = """# 基准

`make bench` 依次运行 `benchmarks/` 下的每一个；单独运行 `.venv/bin/python -m benchmarks.<名称>`，未达标时以 1 结束，
加 `--write` 把结果写进本页对应的一节。比值都在同一次运行中交替测得；绝对时间只供参考，不进入任何测试。
"""


@dataclass
class Report:
    """``name`` is the folder under ``benchmarks``; ``title`` says in one line what is compared."""

    name: str
    title: str
    lines: list[str] = field(default_factory=list)
    checks: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.lines += [text, ""]

    def table(self, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """The first column is a name, the others are figures."""
        self.lines += [*_table(head, [[str(cell) for cell in row] for row in rows]), ""]

    def at_most(self, label: str, value: float, limit: float, *, unit: str = "", digits: int = 2) -> bool:
        """One demand of the issue."""
        kept = value <= limit
        self.checks.append((label, f"{value:,.{digits}f}{unit}", f"≤ {limit:g}{unit}", kept))
        return kept

    def holds(self, label: str, found: bool) -> bool:
        """One demand that is kept or not, without a figure."""
        self.checks.append((label, "是" if found else "否", "是", found))
        return found

    def finish(self) -> int:
        """Prints everything; 1 if a demand is not met."""
        text = self.text()
        print(f"\n{text}", flush=True)
        if WRITE in sys.argv:
            _put(self.name, text)
        return 0 if all(kept for *_figures, kept in self.checks) else 1

    def text(self) -> str:
        head = [f"## {self.name}：{self.title}", "", f"{datetime.now(SHANGHAI):%Y-%m-%d}，{machine()}。", ""]
        parts = [*head, *self.lines]
        if self.checks:
            rows = [[label, value, limit, KEPT if kept else BROKEN] for label, value, limit, kept in self.checks]
            parts += [*_table(["要求", "测得", "限", ""], rows), ""]
        parts += ["```sh", self._command(), "```"]
        return "\n".join(parts)

    def _command(self) -> str:
        options = [option for option in sys.argv[1:] if option != WRITE]
        return " ".join([".venv/bin/python -m", f"benchmarks.{self.name}", *options])


def machine() -> str:
    """Cores, memory, Python, PostgreSQL, and whether anything else was running."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    parts = [
        platform.machine(),
        f"{os.cpu_count()} 核",
        f"{memory:.0f} GiB 内存",
        f"Python {platform.python_version()}",
    ]
    if server := _postgres():
        parts.append(f"PostgreSQL {server}")
    parts.append(f"测完时一分钟平均负载 {os.getloadavg()[0]:.1f}")
    return "、".join(parts)


def _postgres() -> str:
    """The version of the connected server; nothing where a benchmark uses none."""
    django = sys.modules.get("django.db")
    if django is None or django.connection.connection is None:
        return ""
    with django.connection.cursor() as cursor:
        cursor.execute("show server_version")
        return str(cursor.fetchone()[0]).split(" ")[0]


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _table(head: Sequence[str], rows: list[list[str]]) -> list[str]:
    """Markdown that also stands straight in a terminal."""
    widths = [max(_width(row[place]) for row in [list(head), *rows]) for place in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        first = cells[0] + " " * (widths[0] - _width(cells[0]))
        others = [" " * (wide - _width(cell)) + cell for cell, wide in zip(cells[1:], widths[1:], strict=True)]
        return "| " + " | ".join([first, *others]) + " |"

    ruler = ["-" * max(3, widths[0]), *("-" * max(2, wide - 1) + ":" for wide in widths[1:])]
    return [line(head), "| " + " | ".join(ruler) + " |", *(line(row) for row in rows)]


def _put(name: str, text: str) -> None:
    """Into the benchmark's own section of the document, the sections in the order of their names."""
    found = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    sections = dict(re.findall(r"<!-- (\w+) -->\n(.*?)\n<!-- end -->", found, re.DOTALL))
    sections[name] = text
    parts = [f"<!-- {key} -->\n{sections[key]}\n<!-- end -->" for key in sorted(sections)]
    FILE.write_text("\n\n".join([HEAD.rstrip(), *parts]) + "\n", encoding="utf-8")
