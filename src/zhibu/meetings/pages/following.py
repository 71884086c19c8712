"""Tasks of earlier meetings as the editor asks about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from zhibu.meetings.content import FollowUpLine
from zhibu.meetings.enums import FollowUpResult, TaskState
from zhibu.meetings.models import FollowUp, Task

RESULTS = (*FollowUpResult.choices, ("", "未议"))


@dataclass(frozen=True)
class Asked:
    """One task with what was typed about it and what its owner reported last."""

    task: Task
    result: str
    note: str
    report: FollowUp | None
    late: bool


def asked_about(tasks: Iterable[Task], said: Iterable[FollowUpLine], today: date) -> list[Asked]:
    known = {line.task_id: line for line in said}
    found = list(tasks)
    reports: dict[int, FollowUp] = {}
    if found:
        for one in FollowUp.objects.filter(task__in=found, meeting=None).order_by("said_at", "pk"):
            reports[one.task_id] = one
    return [
        Asked(
            one,
            known[one.pk].result.value if one.pk in known else "",
            known[one.pk].note if one.pk in known else "",
            reports.get(one.pk),
            one.state == TaskState.OPEN and one.due_on < today,
        )
        for one in found
    ]
