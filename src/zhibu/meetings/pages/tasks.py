"""Tasks from resolutions: the list, and one with what was said about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings import actions, queries
from zhibu.meetings.enums import FollowUpResult, TaskState
from zhibu.meetings.forms import ReportForm
from zhibu.meetings.models import Task
from zhibu.meetings.pages.lists import by_branch
from zhibu.ui.forms import attempt
from zhibu.ui.tables import ChoiceFilter, Column, DateFilter, Empty, Table, TextFilter, YesNoFilter, table_page


def is_late(task: Task, on: Any) -> bool:
    return task.state == TaskState.OPEN and task.due_on < on


def _standing(task: Task) -> str:
    return "已逾期" if is_late(task, timezone.localdate()) else str(task.get_state_display())


def _tone(task: Task) -> str:
    if is_late(task, timezone.localdate()):
        return "red"
    return {TaskState.OPEN: "blue", TaskState.DONE: "green"}.get(TaskState(task.state), "grey")


def _late(queryset: QuerySet, yes: bool) -> QuerySet:
    late = {"state": TaskState.OPEN, "due_on__lt": timezone.localdate()}
    return queryset.filter(**late) if yes else queryset.exclude(**late)


class TaskTable(Table):
    title = "决议任务"
    search = "事项或责任人"
    search_in = ("text", "owner__name")
    default_sort = "due_on"
    columns = (
        Column("text", "事项", width=48),
        Column("owner", "责任人", value=lambda row: row.owner.name, sort="owner__pinyin"),
        Column("due_on", "完成期限", sort="due_on"),
        Column("state", "状态", value=_standing, badge=_tone),
        Column("done_on", "完成日期", sort="done_on", phone=False),
        Column("held_on", "议定日期", value=lambda row: row.meeting.held_on, sort="meeting__held_on", phone=False),
        Column(
            "organization", "党组织", value=lambda row: str(row.organization), sort="organization__path", phone=False
        ),
    )
    empty = Empty("还没有决议任务", "登记会议记录时，给决议选定责任人（名册中的人）和完成期限，登记后就成为任务。")

    def row_url(self, row: Any) -> str | None:
        return reverse("meetings:task", args=[row.pk])


@page(needs=Right.VIEW_MEETING)
def tasks(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]

    def mine(queryset: QuerySet, yes: bool) -> QuerySet:
        own = {"owner": scope.person_id or 0}
        return queryset.filter(**own) if yes else queryset.exclude(**own)

    filters = (
        ChoiceFilter("state", "状态", TaskState.choices),
        YesNoFilter("late", "已逾期", apply=_late),
        YesNoFilter("mine", "本人负责", apply=mine),
        DateFilter("due", "完成期限", field="due_on"),
        TextFilter("branch", "党组织名称或代码", apply=by_branch),
    )
    return table_page(request, TaskTable(filters=filters), queries.tasks(scope), export_right=Right.EXPORT)


@page(needs=Right.VIEW_MEETING, methods=("GET", "POST"))
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task; its owner reports how far it is."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.task(scope, pk)
    form = ReportForm(request.POST or None)
    if request.method == "POST":

        def call() -> Any:
            data = form.cleaned_data
            return actions.report_task(scope, pk, result=data["result"], note=data["note"], at=timezone.now())

        if attempt(form, call):
            messages.success(request, "已登记进展，下次会议跟进时会看到。")
            return redirect("meetings:task", pk=pk)
    context = {
        "task": found, "form": form, "late": is_late(found, scope.today), "standing": _standing(found),
        "tone": _tone(found), "follow_ups": list(found.follow_ups.select_related("meeting")),
        "may_report": found.owner_id == scope.person_id and found.state == TaskState.OPEN,
        "may_open": scope.may(Right.RECORD_MEETING, found.organization.path), "done": FollowUpResult.DONE,
    }  # fmt: skip
    return render(request, "meetings/task.html", context, status=422 if form.is_bound else 200)
