"""Likenesses: the list, two records side by side, the branch's answer, the reviewer's finding."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.models import Likeness
from zhibu.meetings.quality import actions, photos, queries
from zhibu.meetings.quality.enums import AnswerState, Subject
from zhibu.meetings.quality.forms import AnswerForm, CloseForm
from zhibu.meetings.quality.reading import side_by_side, text_of
from zhibu.meetings.quality.search import official
from zhibu.meetings.quality.tables import likeness_table
from zhibu.regulations.refusal import Refusal
from zhibu.ui.forms import attempt
from zhibu.ui.tables import selected, table_page


@page(needs=Right.RECORD_MEETING)
def likenesses(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return table_page(
        request, likeness_table(scope), queries.likenesses(scope), template="meetings/quality/likenesses.html",
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.RECORD_MEETING)
def likeness(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return _shown(request, scope, queries.likeness(scope, pk))


def _shown(
    request: HttpRequest, scope: Scope, row: Likeness, answering: AnswerForm | None = None, closing: Any = None
) -> HttpResponseBase:
    readable = queries.may_read_earlier(scope, row)
    is_text = row.subject == Subject.TEXT
    own, other = side_by_side(text_of(row.later), text_of(row.earlier), official()) if is_text else ([], [])
    is_open = row.state != AnswerState.CLOSED
    may_close = is_open and queries.may_close(scope, row)
    context = {
        "row": row,
        "readable": readable,
        "own": own,
        "other": other if readable else None,
        "is_text": is_text,
        "answer_form": (answering or AnswerForm(initial={"answer": row.answer})) if is_open else None,
        "close_form": (closing or CloseForm()) if may_close else None,
        "may_review": scope.may(Right.REVIEW_MEETING, row.later.organization.path),
    }
    refused = any(form is not None and form.errors for form in (answering, closing))
    return render(request, "meetings/quality/likeness.html", context, status=422 if refused else 200)


@page(needs=Right.RECORD_MEETING)
def photo(request: HttpRequest, pk: int, which: str) -> HttpResponseBase:
    """One of the two photographs, small, for whoever may read its record."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = queries.likeness(scope, pk)
    known = {"later": row.later_photo}
    if queries.may_read_earlier(scope, row):
        known["earlier"] = row.earlier_photo
    found = known.get(which)
    if found is None:
        raise Http404("没有这张照片，或不在您的查看范围内。")
    try:
        with found.file.open("rb") as file:
            body = photos.small(file)
    except FileNotFoundError:
        body = None
    if body is None:
        raise Refusal("这张照片在服务器上打不开。", remedy="请打开记录，下载附件查看。")
    answer = HttpResponse(body, content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=3600"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@page(needs=Right.RECORD_MEETING, methods=("POST",))
def answer(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = queries.likeness(scope, pk)
    form = AnswerForm(request.POST)
    if attempt(form, lambda: actions.answer(scope, pk, form.cleaned_data["answer"])):
        messages.success(request, "已保存说明，等待上级党组织核查。")
        return redirect("meetings:likeness", pk)
    return _shown(request, scope, row, answering=form)


@page(needs=Right.REVIEW_MEETING, methods=("POST",))
def close(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = queries.likeness(scope, pk, Right.REVIEW_MEETING)
    form = CloseForm(request.POST)
    if attempt(form, lambda: actions.close(scope, pk, **form.cleaned_data)):
        messages.success(request, "已登记核查结果。")
        return redirect("meetings:likenesses")
    return _shown(request, scope, row, closing=form)


@page(needs=Right.REVIEW_MEETING, methods=("POST",))
def close_chosen(request: HttpRequest) -> HttpResponseBase:
    """First the list posts its choice here, then the form posts it again with the finding."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    chosen = selected(request, likeness_table(scope), queries.likenesses(scope))
    asked = "verdict" in request.POST
    form = CloseForm(request.POST if asked else None)
    if asked and (count := attempt(form, lambda: actions.close_chosen(scope, chosen, **form.cleaned_data))):
        messages.success(request, f"已登记 {count} 条核查结果。")
        return redirect("meetings:likenesses")
    kept = [(name, value) for name in ("selected", "all", "filters") for value in request.POST.getlist(name)]
    context = {
        "form": form, "count": chosen.order_by().count(), "kept": kept, "cancel": reverse("meetings:likenesses"),
        "rows": chosen[:30], "filters": QueryDict(request.POST.get("filters", "")),
    }  # fmt: skip
    return render(request, "meetings/quality/close_chosen.html", context, status=422 if form.errors else 200)
