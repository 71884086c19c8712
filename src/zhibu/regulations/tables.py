"""The list of rules as a file."""

from __future__ import annotations

from collections.abc import Iterator

from zhibu.regulations.queries import Entry
from zhibu.ui.tables import Column, Table


def _said(name: str) -> Column:
    labels = {"shown": "内容", "citation": "依据", "started_on": "起用日期"}
    return Column(
        name,
        labels[name],
        value=lambda entry: getattr(entry.value, name) if entry.value else (entry.absent if name == "shown" else ""),
        width={"shown": 30, "citation": 40, "started_on": 12}[name],
    )


class RuleTable(Table):
    title = "制度依据"
    columns = [
        Column("subject", "分类", value="rule.subject_label"),
        Column("id", "编号", value="rule.id", width=22),
        Column("title", "规则", value="rule.title", width=36),
        _said("shown"),
        Column("binding", "约束", value=lambda entry: (entry.value or entry.rule).binding.label, width=10),
        Column("anchor", "起算", value="rule.anchor"),
        _said("citation"),
        Column("verified", "核对情况", value=lambda entry: entry.value.verified.label if entry.value else "", width=24),
        _said("started_on"),
        Column("note", "说明", value="rule.note", width=40),
        Column("reviewed_on", "最近核查", value="rule.reviewed_on", width=12),
    ]


class Rows(list[Entry]):
    """Entries where the export expects a queryset."""

    def iterator(self, chunk_size: int) -> Iterator[Entry]:
        return iter(self)
