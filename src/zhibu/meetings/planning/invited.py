"""The notice: sent by the branch, read and answered by those who should come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.meetings.enums import State
from zhibu.meetings.models import Invitation
from zhibu.meetings.pages.comparison import Difference
from zhibu.meetings.planning import notices, queries
from zhibu.meetings.planning.enums import Answer
from zhibu.meetings.planning.forms import AnswerForm, NoticeForm
from zhibu.meetings.planning.pages import scope_of
from zhibu.meetings.planning.tables import InvitedTable
from zhibu.ui.files import download
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import table_page


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def notify(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    row = queries.one(scope, pk, Right.RECORD_MEETING)
    form = NoticeForm(request.POST or None, initial=asdict(notices.notice_of(row)))
    theirs: list[Difference] | None = None

    def act() -> bool:
        nonlocal theirs
        given = form.cleaned_data
        try:
            return bool(notices.notify(
                scope, pk, agenda=given["agenda"].splitlines(), text=given["text"], answer_by=given["answer_by"],
                version=given["version"],
            ))  # fmt: skip
        except notices.NoticeConflict as conflict:
            theirs = _differences(conflict.current, given)
            # What was typed stays; sending again is a decision.
            form.data = request.POST.copy()
            form.data["version"] = conflict.current.version
            raise

    if request.method == "POST" and attempt(form, act):
        messages.success(request, "已通知应到人员。")
        return redirect("meetings:planned", pk)
    files = row.meeting.attachments.count() if row.meeting else 0
    intro = f"通知草稿名单上的全部人员，随通知附上草稿里的 {files} 个附件。没有及时看到的，由每日提醒告知。"
    cancel = reverse("meetings:planned", args=[pk])
    return form_page(
        request, form, title="会议通知", submit="发出通知", cancel=cancel, intro=intro,
        template="meetings/plan/notice.html", context={"theirs": theirs},
    )  # fmt: skip


def _differences(current: notices.Notice, given: Mapping[str, Any]) -> list[Difference]:
    """What the other left beside what was typed, field by field."""
    labels = {"agenda": "议程", "text": "说明", "answer_by": "答复截止"}
    rows = [Difference(label, _words(getattr(current, name)), _words(given[name])) for name, label in labels.items()]
    return [row for row in rows if row.theirs != row.mine]


def _words(value: Any) -> str:
    return "\n".join(line.strip() for line in str(value or "").splitlines() if line.strip())


@page(needs=Right.RECORD_MEETING, methods=("POST",))
def decide(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    granted = request.POST.get("decision") == "grant"
    notices.decide_leave(scope_of(request), pk, person, granted=granted, remark=request.POST.get("remark", ""))
    messages.success(request, "已同意请假，已记入应到名单。" if granted else "已登记不同意请假。")
    return redirect("meetings:planned", pk)


@page()
def invited(request: HttpRequest) -> HttpResponseBase:
    return table_page(
        request, InvitedTable(), queries.invitations(scope_of(request)), template="meetings/plan/invited.html"
    )


@page(methods=("GET", "POST"))
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    scope = scope_of(request)
    row = queries.invitation(scope, pk)
    initial = {"answer": row.answer if row.answer != Answer.NONE else "", "reason": row.reason}
    form = AnswerForm(request.POST or None, initial=initial)

    def act() -> bool:
        choice = Answer(form.cleaned_data["answer"] or Answer.NONE)
        return bool(notices.answer(scope, pk, choice, reason=form.cleaned_data["reason"]))

    if request.method == "POST" and attempt(form, act):
        messages.success(request, "已答复。")
        return redirect("meetings:invitation", pk)
    return render(request, "meetings/plan/invitation.html", _context(row, form, scope.today), status=_status(form))


def _context(row: Invitation, form: AnswerForm, today: Any) -> dict[str, Any]:
    planned = row.planned
    held = planned.meeting is not None and planned.meeting.state == State.RECORDED
    return {
        "invitation": row,
        "planned": planned,
        "topics": list(planned.meeting.topics.order_by("position")) if planned.meeting else [],
        "materials": list(queries.materials(planned)),
        "form": form,
        "is_open": not held and planned.cancelled_at is None and today <= (planned.answer_by or planned.held_on),
    }


def _status(form: AnswerForm) -> int:
    return 422 if form.is_bound and form.errors else 200


@page()
def material(request: HttpRequest, pk: int, attachment: int) -> HttpResponseBase:
    found = queries.materials(queries.invitation(scope_of(request), pk).planned).filter(pk=attachment).first()
    if found is None:
        raise Http404("没有这份材料。")
    return download(found)
