"""What the page of a batch shows besides its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from zhibu.accounts.scope import Scope
from zhibu.exchange import queries
from zhibu.exchange.columns.sheets import sheet_of
from zhibu.exchange.enums import WORKING, BatchKind, BatchState, RowState, Severity
from zhibu.exchange.forms import ConfirmForm
from zhibu.exchange.models import ImportBatch
from zhibu.exchange.reading.sandbox import read
from zhibu.exchange.staging import opened
from zhibu.exchange.tables import narrow
from zhibu.exchange.uploads import load
from zhibu.exchange.workbooks import corrected_copy
from zhibu.organizations.queries import organizations
from zhibu.regulations.refusal import Refusal
from zhibu.ui.parts import Step

ROW_HINTS = {
    RowState.NEW: ("新增", "green"),
    RowState.CHANGED: ("更新", "blue"),
    RowState.UNCHANGED: ("无变化", ""),
    RowState.ERROR: ("有错误", "red"),
}


def confirm_form(batch: ImportBatch, data: Mapping[str, Any] | None) -> ConfirmForm:
    writable = batch.count(RowState.NEW) + batch.count(RowState.CHANGED)
    return ConfirmForm(data, errors=batch.count(RowState.ERROR), notices=batch.notices, writable=writable)


def organization_names(scope: Scope, batch: ImportBatch) -> dict[int, str]:
    if batch.kind != BatchKind.MEMBERS:
        return {}
    return dict(organizations(scope).values_list("pk", "name"))


def progress(batch: ImportBatch) -> dict[str, Any]:
    """Label and numbers of the bar."""
    if batch.state == BatchState.COMMITTING:
        return {"label": "正在写入", "value": 0, "maximum": max(batch.total, 1)}
    if batch.state == BatchState.CHECKING:
        return {"label": "正在逐行核对", "value": batch.progress, "maximum": max(batch.total, batch.progress, 1)}
    return {"label": "等待后台任务开始核对", "value": 0, "maximum": 1}


def context(scope: Scope, batch: ImportBatch) -> dict[str, Any]:
    """Counts that open their rows, the course so far, remarks, and what may be done now."""
    here = reverse("exchange:batch", args=[batch.pk])
    stats = [
        {"label": label, "value": batch.count(state), "url": f"{here}?state={state.value}#list-main", "tone": tone}
        for state, (label, tone) in ROW_HINTS.items()
    ]
    sheet = sheet_of(batch.kind)
    by_column: dict[str, dict[str, Any]] = {}
    for key, count in batch.summary.get("columns", {}).items():
        severity, name = key.split(":", 1)
        entry = by_column.setdefault(name, {"title": sheet.by_name[name].title, "error": 0, "notice": 0})
        entry[severity] = count
    working = batch.state in WORKING
    return {
        "stats": stats,
        "columns": sorted(by_column.values(), key=lambda entry: (-entry["error"], -entry["notice"])),
        "working": working,
        "bar": progress(batch) if working else None,
        "steps": _steps(batch),
        "writable": batch.count(RowState.NEW) + batch.count(RowState.CHANGED),
        "earlier": queries.same_file_before(scope, batch),
        "problems_url": f"{here}?show=problems#list-main",
        "form_found": BatchKind(batch.summary["form"]).label if batch.summary.get("form") else "",
        "has_problems": bool(batch.problems or batch.notices),
    }


def _steps(batch: ImportBatch) -> list[Step]:
    order = [
        ("上传", BatchState.UPLOADED),
        ("核对", BatchState.CHECKING),
        ("确认", BatchState.READY),
        ("写入", BatchState.COMMITTING),
    ]
    reached = {
        BatchState.UPLOADED: 1, BatchState.CHECKING: 1, BatchState.READY: 2, BatchState.COMMITTING: 3,
        BatchState.COMMITTED: 4, BatchState.UNDONE: 4, BatchState.FAILED: 1, BatchState.DISCARDED: 2,
    }[BatchState(batch.state)]  # fmt: skip
    stopped = batch.state in {BatchState.FAILED, BatchState.DISCARDED}
    steps = []
    for number, (label, _) in enumerate(order):
        state: Any = "done" if number < reached else ("current" if number == reached else "todo")
        if number == reached and stopped:
            state = "late" if batch.state == BatchState.FAILED else "todo"
        steps.append(Step(label, state=state))
    return steps


def corrected(scope: Scope, batch: ImportBatch) -> bytes:
    """The uploaded workbook with its problem cells coloured and commented."""
    sheet = sheet_of(batch.kind)
    marks: dict[int, list[tuple[str, bool, str]]] = defaultdict(list)
    for row in narrow(queries.rows(scope, batch), "problems").iterator(chunk_size=2000):
        for problem in opened(row).problems:
            text = f"{problem.severity.label}：{problem.message}{problem.remedy}"
            marks[row.number].append((problem.column, problem.severity is Severity.ERROR, text))
    try:
        content = load(batch)
    except FileNotFoundError:
        raise Refusal("上传的文件已被清理，不能再生成改正稿。", remedy="请重新上传。") from None
    with read(content, sheet.titles, whole=True) as reading:
        return corrected_copy(sheet, reading.head, reading.blocks, marks)
