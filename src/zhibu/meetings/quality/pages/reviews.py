"""The six parts of one record in full, and a reviewer's overruling of one of them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.enums import State
from zhibu.meetings.models import Meeting
from zhibu.meetings.quality import actions, queries
from zhibu.meetings.quality.enums import PartKey
from zhibu.meetings.quality.forms import OverruleForm
from zhibu.meetings.quality.reading import quotations, text_of_content
from zhibu.meetings.quality.search import official
from zhibu.meetings.queries.records import content_of, meetings
from zhibu.ui.forms import attempt, form_page


def _recorded(scope: Scope, pk: int, right: Right) -> Meeting:
    found = meetings(scope).filter(pk=pk, state=State.RECORDED).select_related("quality", "model").first()
    if found is None:
        raise Http404("没有这份已登记的记录，或不在您的查看范围内。")
    scope.require(right, found.organization.path)
    return found


@page(needs=Right.RECORD_MEETING)
def record_quality(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Each part with its formula and evidence, what was overruled and by whom, what is quoted, what is asked."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = _recorded(scope, pk, Right.RECORD_MEETING)
    content = content_of(found)
    rows = list(queries.likenesses(scope).filter(later=found))
    ruled_on = list(queries.overrulings(found))
    context = {
        "meeting": found,
        "parts": queries.shown_parts(found, content, scope.today, rows, ruled_on),
        "overrulings": ruled_on,
        "likenesses": rows,
        "segments": quotations(text_of_content(content), official()),
        "model": getattr(found, "model", None),
        "may_review": scope.may(Right.REVIEW_MEETING, found.organization.path),
    }
    return render(request, "meetings/quality/record.html", context)


def _stands(meeting: Meeting, key: PartKey, scope: Scope) -> str:
    """What the reviewer is about to overrule."""
    parts = queries.shown_parts(meeting, content_of(meeting), scope.today)
    shown = next(one for one in parts if one.measured.key is key)
    measured = shown.measured
    if measured.share is None:
        said = f"公式“{measured.formula}”没有可算的项"
    else:
        said = f"公式“{measured.formula}”算出 {round(measured.share * 100)}%"
    return said + (f"，现改定为 {shown.percent}%。" if shown.overruling else "。")


@page(needs=Right.REVIEW_MEETING, methods=("GET", "POST"))
def overrule(request: HttpRequest, pk: int, part: str) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    key = queries.part_of(part)
    found = _recorded(scope, pk, Right.REVIEW_MEETING)
    form = OverruleForm(request.POST or None)

    def act() -> object:
        data = form.cleaned_data
        return actions.overrule(scope, pk, key, None if data["back"] else data["percent"], data["reason"])

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, "已保存。")
        return redirect("meetings:record_quality", pk)
    stands = _stands(found, key, scope)
    return form_page(
        request, form, title=f"复核：{key.label}", submit="保存", cancel=reverse("meetings:record_quality", args=[pk]),
        intro=f"{found.organization}，{found.held_on}，{found.title}。{stands}公式算出的值和历次改定都保留。",
    )  # fmt: skip
