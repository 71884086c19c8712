"""The list of problems and the page of one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import get_current_timezone

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.regulations.queries import rule
from zhibu.supervision import queries
from zhibu.supervision.common import queries as common
from zhibu.supervision.enums import EntryKind, ProblemState, Standing
from zhibu.supervision.models import Problem
from zhibu.supervision.rules import Act, limits, why_not
from zhibu.supervision.tables import STANDING_TONES, STATE_TONES, problem_table
from zhibu.ui.files import download
from zhibu.ui.parts import Event
from zhibu.ui.tables import table_page

TONES = {
    EntryKind.RAISED: "yellow", EntryKind.ACCEPTED: "green", EntryKind.MENDED: "green", EntryKind.RETURNED: "red",
    EntryKind.REOPENED: "red", EntryKind.ESCALATED: "red", EntryKind.REPORTED: "blue",
}  # fmt: skip
ADDRESS = {
    Act.MEASURE: "measure", Act.REPORT: "report", Act.REVIEW: "review", Act.REOPEN: "reopen", Act.STOP: "stop",
    Act.RESUME: "resume", Act.EXTEND: "extend",
}  # fmt: skip


@page(needs=Right.VIEW_PROBLEM)
def index(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return table_page(
        request, problem_table(scope), queries.problems(scope), template="supervision/index.html",
        context={"may_raise": scope.may(Right.HANDLE_PROBLEM)}, export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.VIEW_PROBLEM)
def problem(request: HttpRequest, pk: int) -> HttpResponse:
    """One problem: what it is, who answers for it by when, what was done, and what this reader may do now."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.problem(scope, pk)
    allowed = [act for act in ADDRESS if why_not(scope, act, found) is None]
    main = next((act for act in (Act.REVIEW, Act.REPORT, Act.MEASURE, Act.RESUME) if act in allowed), None)
    if main is Act.REPORT and not found.measure:
        main = Act.MEASURE
    acts = [(act.value, reverse(f"supervision:{ADDRESS[act]}", args=[pk]), act is main) for act in allowed]
    return shown_problem(request, found, acts)


def shown_problem(
    request: HttpRequest, found: Problem, acts: list[tuple[str, str, bool]], prefix: str = ""
) -> HttpResponse:
    """The page of one problem with what may be done; ``prefix`` "my-": as somebody sees it whom it names."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    happened, pk = list(queries.entries(found)), found.pk
    files = [(one, file) for one in happened for file in one.files.all()]
    milestones = list(found.milestones.all())
    context = {
        "problem": found, "standing": Standing(found.standing).label,  # type: ignore[attr-defined]
        "standing_tone": STANDING_TONES[Standing(found.standing)],  # type: ignore[attr-defined]
        "state_tone": STATE_TONES[ProblemState(found.state)],
        "responsible": found.responsible,  # type: ignore[attr-defined]
        "events": sorted(_events(found, happened), key=lambda event: event.at, reverse=True),
        "files": [(one, file, reverse(f"supervision:{prefix}evidence", args=[pk, file.pk])) for one, file in files],
        "milestones": [(row, reverse(f"supervision:{prefix}milestone", args=[pk, row.pk])) for row in milestones],
        "may_finish": why_not(scope, Act.MILESTONE, found) is None, "acts": acts, "mine": bool(prefix),
        "commons": list(common.groups_of(scope, found)) if scope.may(Right.SUPERVISE) else [],
        "limits": limits(scope.today), "escalate": rule("supervise.escalate"), "today": scope.today,
    }  # fmt: skip
    return render(request, "supervision/problem.html", context)


def _events(found: Problem, happened: list) -> Iterator[Event]:
    for one in happened:
        who = f"{one.role}（{one.by.display_name}）" if one.by else one.role
        days = one.data.get("due_on")
        moved = f"期限由 {days[0]} 改为 {days[1]}。" if isinstance(days, list) else ""
        steps = "".join(f"节点：{step['text']}（{step['due_on']}）。" for step in one.data.get("milestones", ()))
        note = "　".join(text for text in (who, one.text, moved, steps) if text)
        yield Event(one.at, one.get_kind_display(), note, tone=TONES.get(EntryKind(one.kind), "grey"))
    for tenure in queries.handovers(found):
        label = f"责任随职务移交：{tenure.get_post_display()}由{tenure.person.name}接任"
        yield Event(datetime.combine(tenure.started_on, time.min, get_current_timezone()), label)


@page(needs=Right.VIEW_PROBLEM)
def evidence(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    return download(queries.evidence(request.scope, pk, file))  # type: ignore[attr-defined]
