"""Official documents and the office's own limits."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.models import OfficialDocument
from zhibu.meetings.quality import actions, queries
from zhibu.meetings.quality.forms import OfficialForm, RemoveForm, StandardForm
from zhibu.meetings.quality.tables import OfficialTable
from zhibu.meetings.quality.uploads import title_and_text
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import Empty, table_page


@page(needs=Right.RECORD_MEETING)
def officials(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    may_set = scope.may(Right.SET_QUALITY)
    told = "记录中引自这些文件的段落会标明是引用，不计入相近。"
    empty = (
        Empty("还没有官方文件", told, action="录入文件", url=reverse("meetings:official_new"))
        if may_set
        else Empty("还没有官方文件", f"由学校组织部录入。{told}")
    )
    return table_page(
        request, OfficialTable(empty=empty), queries.official_documents(scope), export_right=Right.EXPORT,
        template="meetings/quality/officials.html", context={"may_set": may_set, "told": told},
    )  # fmt: skip


@page(needs=Right.SET_QUALITY, methods=("GET", "POST"))
def official_new(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    form = OfficialForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and (added := attempt(form, lambda: _add(scope, form))):
        assert isinstance(added, list)
        messages.success(request, f"已录入 {len(added)} 份文件，从今夜的比对起按引用识别。")
        return redirect("meetings:officials")
    return form_page(
        request, form, title="录入官方文件", submit="录入", cancel=reverse("meetings:officials"),
        intro="只录入公开发布的文件。粘贴一份正文，或者一次选择多份 docx。",
    )  # fmt: skip


def _add(scope: Scope, form: OfficialForm) -> list[OfficialDocument]:
    data = form.cleaned_data
    if data["file"]:
        read = [title_and_text(upload) for upload in data["file"]]
        return actions.add_official_files(scope, read, issued_by=data["issued_by"])
    return [actions.add_official(scope, **{name: data[name] for name in ("title", "issued_by", "issued_on", "text")})]


@page(needs=Right.RECORD_MEETING)
def official(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return _shown(request, scope, queries.official_document(scope, pk), RemoveForm())


def _shown(request: HttpRequest, scope: Scope, row: OfficialDocument, form: RemoveForm) -> HttpResponseBase:
    context = {"row": row, "form": form if scope.may(Right.SET_QUALITY) else None}
    return render(request, "meetings/quality/official.html", context, status=422 if form.errors else 200)


@page(needs=Right.SET_QUALITY, methods=("POST",))
def official_remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    row = queries.official_document(scope, pk)
    form = RemoveForm(request.POST)
    if attempt(form, lambda: actions.remove_official(scope, pk, form.cleaned_data["reason"])):
        messages.success(request, f"已移除“{row.title}”。")
        return redirect("meetings:officials")
    return _shown(request, scope, row, form)


@page(needs=Right.SET_QUALITY, methods=("GET", "POST"))
def standard(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    now = queries.standard()
    form = StandardForm(request.POST or None, initial={"days": now.days, "likeness": now.likeness})

    def act() -> object:
        return actions.set_standard(scope, **form.cleaned_data)

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, "已保存设定，从下一次比对起适用。")
        return redirect("meetings:officials")
    return form_page(
        request, form, title="记录质量设定", submit="保存", cancel=reverse("meetings:officials"),
        intro="这两个数是校内设定，不是规定。改动留痕，先前的核查结果不变。",
    )  # fmt: skip
