"""One check of one batch: the file through the sandbox, the rows through their checker, the result into staging."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.db import transaction

from zhibu.accounts.scope import Scope
from zhibu.exchange.checking.members import ROSTER, Checked, MemberChecker
from zhibu.exchange.checking.organizations import OrganizationChecker
from zhibu.exchange.checking.records import Reader, check_head
from zhibu.exchange.columns.sheets import sheet_of
from zhibu.exchange.enums import BatchKind, BatchState, RowState, Severity
from zhibu.exchange.models import ImportBatch, ImportRow
from zhibu.exchange.reading.container import Unreadable
from zhibu.exchange.reading.sandbox import read
from zhibu.exchange.staging import stage, without_cycle_search
from zhibu.exchange.uploads import load

WRITTEN = frozenset({RowState.NEW, RowState.CHANGED})
NOTHING = Unreadable("表头下面没有数据。", "请把要导入的内容填在表头下面，一行一条，再上传。")


def checker_of(kind: str, scope: Scope, as_of: date) -> MemberChecker | OrganizationChecker:
    return (MemberChecker if kind == BatchKind.MEMBERS else OrganizationChecker)(scope, as_of)


class Tally:
    """Counts for the head of the preview."""

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter()
        self.columns: Counter[str] = Counter()
        self.severities: Counter[str] = Counter()
        self.places: set[int] = set()
        self.moving: set[int] = set()  # whose rosters change

    def add(self, checked: list[Checked]) -> None:
        for row in checked:
            self.rows[row.state.value] += 1
            if row.state in WRITTEN and (place := row.record.values.get("organization")):
                self.places.add(place)
            if row.state in WRITTEN and (row.state is RowState.NEW or ROSTER & set(row.changes or {})):
                before = (row.changes or {}).get("organization", [None])[0]
                self.moving |= {pk for pk in (row.record.values.get("organization"), before) if pk}
            for problem in row.record.problems:
                self.severities[problem.severity.value] += 1
                self.columns[f"{problem.severity.value}:{problem.column}"] += 1

    def summary(self) -> dict[str, Any]:
        return {
            "rows": dict(self.rows),
            "errors": self.severities[Severity.ERROR.value],
            "notices": self.severities[Severity.NOTICE.value],
            "columns": dict(self.columns),
            "places": sorted(self.places),
            "moving": sorted(self.moving),
        }


def run(batch: ImportBatch, scope: Scope) -> None:
    """Fill the batch's staging and put it to READY; an unreadable file puts it to FAILED with the reason."""
    ImportRow.objects.filter(batch=batch).delete()
    try:
        summary = _read(batch, scope)
    except (Unreadable, FileNotFoundError) as error:
        ImportRow.objects.filter(batch=batch).delete()
        message, remedy = error.args if isinstance(error, Unreadable) else ("上传的文件已被清理。", "请重新上传。")
        batch.summary = {"failure": message, "remedy": remedy}
        if isinstance(error, Unreadable) and (form := other_form(batch)):
            batch.summary = {
                "failure": f"这是{form.label}，不是{BatchKind(batch.kind).label}。",
                "remedy": f"没有写入任何内容。可以直接按{form.label}核对，不用重新上传。",
                "form": form.value,
            }
        batch.state = BatchState.FAILED
    else:
        batch.summary = batch.summary | summary
        batch.state = BatchState.READY
    batch.started_at = None
    batch.save(update_fields=["summary", "state", "started_at", "progress", "total"])


def other_form(batch: ImportBatch) -> BatchKind | None:
    """The other collected form, if that is what was uploaded."""
    for kind in BatchKind:
        sheet = sheet_of(kind)
        if kind == batch.kind:
            continue
        try:
            with read(load(batch), sheet.titles) as reading:
                if set(sheet.essential) <= set(reading.head.places):
                    return kind
        except Unreadable:
            continue
    return None


def _read(batch: ImportBatch, scope: Scope) -> dict[str, Any]:
    sheet = sheet_of(batch.kind)
    tally = Tally()
    batch.progress = 0
    with without_cycle_search(), read(load(batch), sheet.titles) as reading:
        checker = checker_of(batch.kind, scope, batch.as_of)
        remarks = check_head(sheet, reading.head)
        reader = Reader(sheet, reading.head)
        for block in reading.blocks:
            _stage(batch, tally, checker.check(reader.records(block)))
            batch.progress += len(block)
            ImportBatch.objects.filter(pk=batch.pk).update(progress=batch.progress)
    if isinstance(checker, OrganizationChecker):
        _stage(batch, tally, checker.finish())
    batch.total = sum(tally.rows.values())
    if not batch.total:
        raise NOTHING
    if reader.skipped:
        shown = "、".join(map(str, reader.skipped[:10])) + (" 等" if len(reader.skipped) > 10 else "")
        remarks.append(f"第 {shown} 行看起来是说明或落款，没有读取。")
    return tally.summary() | {"remarks": remarks, "sheet": reading.head.sheet, "unchanged_only": _nothing_to_do(tally)}


def _nothing_to_do(tally: Tally) -> bool:
    return not (
        tally.rows[RowState.NEW.value] or tally.rows[RowState.CHANGED.value] or tally.rows[RowState.ERROR.value]
    )


def _stage(batch: ImportBatch, tally: Tally, checked: list[Checked]) -> None:
    tally.add(checked)
    if checked:
        with transaction.atomic():
            stage(batch, checked)
