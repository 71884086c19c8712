"""Spot checks: the draws, one draw with its records, the checklist of one record, what was found; exemplary records."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.models import SpotCheck
from zhibu.meetings.quality import reviewing
from zhibu.meetings.quality.forms import CheckForm, DrawForm, ProposeForm
from zhibu.meetings.quality.reading import text_of
from zhibu.meetings.quality.sampling import METHOD
from zhibu.meetings.quality.tables import AskedTable, DrawnTable, FindingTable, ModelTable, SpotCheckTable
from zhibu.meetings.queries.records import meeting as one_meeting
from zhibu.organizations.queries import organizations
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import bind, table_page


@page(needs=Right.REVIEW_MEETING)
def spot_checks(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return table_page(
        request, SpotCheckTable(), reviewing.spot_checks(scope), template="meetings/quality/spot_checks.html",
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.REVIEW_MEETING, methods=("GET", "POST"))
def spot_check_new(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    roots = organizations(scope, Right.REVIEW_MEETING).exclude(kind="group").order_by("path")
    form = DrawForm(request.POST or None, organizations=[(node.pk, str(node)) for node in roots[:300]])

    def act() -> Any:
        data = dict(form.cleaned_data)
        return reviewing.draw_records(scope, data.pop("organization"), **data)

    if request.method == "POST" and (made := attempt(form, act)):
        assert isinstance(made, SpotCheck)
        messages.success(request, f"已从 {made.population} 份记录中抽取。")
        return redirect("meetings:spot_check", made.pk)
    return form_page(
        request, form, title="抽查记录", submit="抽取", cancel=reverse("meetings:spot_checks"),
        intro=f"按支部类型和月份分层，{METHOD}。种子公开，任何人都能重算；抽取后不能撤销。",
    )  # fmt: skip


@page(needs=Right.REVIEW_MEETING)
def spot_check(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = reviewing.spot_check(scope, pk)
    bound = bind(request, DrawnTable(), reviewing.drawn(scope).filter(check_of=row), export_right=Right.EXPORT)
    if answer := bound.answer():
        return answer
    return render(request, "meetings/quality/spot_check.html", {"row": row, "bound": bound, "method": METHOD})


@page(needs=Right.REVIEW_MEETING, methods=("GET", "POST"))
def drawn_record(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = reviewing.drawn(scope).filter(pk=pk).first()
    if row is None:
        raise Http404("没有这份抽中的记录。")
    form = CheckForm(request.POST or None, initial={**row.answers, "finding": row.finding}, points=reviewing.POINTS)

    def act() -> object:
        data = dict(form.cleaned_data)
        finding = data.pop("finding")
        return reviewing.check_record(scope, pk, {key: value == "yes" for key, value in data.items()}, finding)

    if request.method == "POST" and attempt(form, act) is not None:
        row.refresh_from_db()
        messages.success(request, "已保存核对结果，问题已移交督促整改。" if row.handed_at else "已保存核对结果。")
        return redirect("meetings:spot_check", row.check_of_id)
    return form_page(
        request, form, title="核对抽中的记录", submit="保存",
        cancel=reverse("meetings:spot_check", args=[row.check_of_id]),
        intro=f"{row.meeting.organization}，{row.meeting.get_kind_display()}，{row.meeting.held_on}，{row.meeting.title}。",
        template="meetings/quality/drawn.html", context={"row": row},
    )  # fmt: skip


@page(needs=Right.RECORD_MEETING)
def findings(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return table_page(request, FindingTable(), reviewing.findings(scope), export_right=Right.EXPORT)


@page(needs=Right.RECORD_MEETING)
def models(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return table_page(request, ModelTable(), reviewing.models(scope))


@page(needs=Right.RECORD_MEETING)
def models_asked(request: HttpRequest) -> HttpResponseBase:
    """What a branch is asked about: each leads to the record, where it consents or not."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return table_page(request, AskedTable(), reviewing.to_consent(scope))


@page(needs=Right.RECORD_MEETING)
def model(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = reviewing.model(scope, pk)
    return render(request, "meetings/quality/model.html", {"row": row, "words": text_of(row.meeting)})


@page(needs=Right.REVIEW_MEETING, methods=("GET", "POST"))
def propose(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = one_meeting(scope, pk, Right.REVIEW_MEETING)
    form = ProposeForm(request.POST or None)

    def act() -> object:
        return reviewing.propose(scope, pk, form.cleaned_data["reason"])

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, "已推荐，等待支部决定是否公开。")
        return redirect("meetings:record_quality", pk)
    return form_page(
        request, form, title="推荐为典型记录", submit="推荐", cancel=reverse("meetings:record_quality", args=[pk]),
        intro=f"{found.organization}，{found.held_on}，{found.title}。支部同意后，其他支部可以看到议题、记录和决议，看不到出席名单。",
    )  # fmt: skip


@page(needs=Right.RECORD_MEETING, methods=("POST",))
def decide_model(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    one_meeting(scope, pk, Right.RECORD_MEETING)
    consent = request.POST.get("consent") == "yes"
    reviewing.decide_model(scope, pk, consent=consent)
    messages.success(request, "已同意公开。" if consent else "已不公开。")
    return redirect("meetings:record_quality", pk)
