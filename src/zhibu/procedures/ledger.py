"""The ledger of a procedure (发展党员台账): one row a case, one column a step, sent while it is being read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform

from zhibu.people.enums import StageKind
from zhibu.procedures.definition import Procedure
from zhibu.procedures.enums import CaseState
from zhibu.procedures.models import Case, Entry
from zhibu.procedures.state import Mark, fold
from zhibu.ui.tables.streaming import stream_xlsx

CHUNK = 500
UNKNOWN: dict[str, Any] = {"unknown": True}
NOTHING: dict[str, Any] = {}
HEAD = (("姓名", 12), ("人员类别", 12), ("党支部", 26), ("状态", 10), ("立项日期", 12), ("办结日期", 12))


def columns(shape: Procedure) -> list[tuple[str, int]]:
    """Headings and widths: the case, then each step."""
    return [*HEAD, *((f"{step.number} {step.label}", 14) for step in shape.steps)]


def ledger(shape: Procedure, cases: QuerySet[Case]) -> Iterator[bytes]:
    """The workbook in pieces. ``cases`` come scoped; repeated steps show how often and when last."""
    return stream_xlsx(f"{shape.label}台账", columns(shape), _rows(shape, cases))


def _rows(shape: Procedure, cases: QuerySet[Case]) -> Iterator[list[Any]]:
    plain = cases.order_by("pk").values_list(
        "pk", "person__name", "person__stage", "organization__name", "state", "opened_on", "closed_on"
    )
    stages = dict(StageKind.choices)
    last = 0
    while chunk := list(plain.filter(pk__gt=last)[:CHUNK]):
        last = chunk[-1][0]
        marks = _marks([row[0] for row in chunk])
        for pk, name, stage, branch, state, opened_on, closed_on in chunk:
            folded = fold(shape, marks.get(pk, ()))
            head = [name, stages.get(stage, ""), branch, CaseState(state).label, opened_on, closed_on]
            yield head + [_told(folded.done.get(step.id, ())) for step in shape.steps]


def _marks(pks: list[int]) -> dict[int, list[Mark]]:
    """The entries of some cases; of what was entered only whether the day is unknown, which is all the ledger tells."""
    rows = (
        Entry.objects.filter(case__in=pks)
        .order_by("case_id", "position")
        .values_list(
            "case_id", "position", "kind", "step", "on", "outcome", KeyTextTransform("unknown", "data"), "corrects"
        )
    )  # fmt: skip
    return {
        pk: [
            Mark(position, kind, step, on, outcome, UNKNOWN if unknown else NOTHING, "", corrects)
            for _pk, position, kind, step, on, outcome, unknown, corrects in found
        ]
        for pk, found in groupby(rows, key=itemgetter(0))
    }


def _told(marks: tuple[Mark, ...]) -> Any:
    if not marks:
        return None
    if marks[-1].data.get("unknown"):
        return "日期不详"
    return marks[-1].on if len(marks) == 1 else f"{len(marks)} 次，最近 {marks[-1].on}"
