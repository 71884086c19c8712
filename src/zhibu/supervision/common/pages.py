"""Common problems: the list, one of them, and what an editor does with it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.regulations.dates import add_months
from zhibu.supervision.common import actions, queries
from zhibu.supervision.common.enums import BUSY
from zhibu.supervision.common.forms import MeasureAllForm, MergeForm, TitleForm
from zhibu.supervision.common.models import CommonProblem
from zhibu.supervision.common.regrouping import fewest
from zhibu.supervision.common.tables import CommonTable, grouped_table
from zhibu.ui.charts import Chart, Point, Series
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import bind, selected


def _scope(request: HttpRequest) -> Scope:
    found: Scope = request.scope  # type: ignore[attr-defined]
    return found


def _node(request: HttpRequest) -> int | None:
    given = request.POST.get("node") or request.GET.get("node") or ""
    return int(given) if given.isdecimal() and given.isascii() and len(given) < 18 else None


@page(needs=Right.SUPERVISE)
def index(request: HttpRequest) -> HttpResponseBase:
    """Common problems of one organization's grouping; without one, the button that makes it."""
    scope = _scope(request)
    every = list(queries.grouping_organizations(scope)[:200])
    node = queries.grouping_organization(scope, _node(request))
    grouping = queries.grouping_of(scope, node)
    rows = queries.counted(queries.groups(scope).filter(grouping=grouping))
    bound = bind(request, CommonTable(), rows, export_right=Right.EXPORT)
    if answer := bound.answer():
        return answer
    context = {
        "bound": bound, "node": node, "every": every, "grouping": grouping, "title": CommonTable.title,
        "busy": grouping is not None and grouping.state in BUSY, "fewest": fewest(scope.today),
    }  # fmt: skip
    return render(request, "supervision/common/index.html", context)


@page(needs=Right.SUPERVISE, methods=("POST",))
def start(request: HttpRequest) -> HttpResponse:
    scope = _scope(request)
    node = queries.grouping_organization(scope, _node(request))
    if actions.ask(scope, node.pk):
        messages.success(request, "已开始归类，完成后本页显示结果。经人工整理的保持不变。")
    else:
        messages.info(request, "正在归类，不需要重复提交。")
    return redirect(f"{reverse('supervision:common')}?node={node.pk}")


@page(needs=Right.SUPERVISE)
def progress(request: HttpRequest) -> HttpResponse:
    """The bar again while the worker is at it; then the page is loaded anew."""
    scope = _scope(request)
    grouping = queries.grouping_of(scope, queries.grouping_organization(scope, _node(request)))
    if grouping is not None and grouping.state in BUSY:
        return render(request, "supervision/common/progress.html", {"grouping": grouping})
    answer = HttpResponse(status=204)
    answer["HX-Refresh"] = "true"
    return answer


@page(needs=Right.SUPERVISE)
def group(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One common problem: its words, its problems, its months, and what an editor may do."""
    scope = _scope(request)
    found = queries.group(scope, pk)
    bound = bind(request, grouped_table(found), queries.grouped(scope, found), export_right=Right.EXPORT)
    if answer := bound.answer():
        return answer
    context = {
        "found": found, "bound": bound, "sums": queries.sums(scope, found), "title": found.title,
        "history": _history(found, queries.months(scope, found)), "out": list(queries.taken_out(scope, found)[:50]),
        "may_merge": queries.others(scope, found).exists(), "open_url": _list(found, standing="open"),
        "all_url": _list(found), "bare_url": _list(found, state="unclaimed"),
    }  # fmt: skip
    return render(request, "supervision/common/group.html", context)


def _list(found: CommonProblem, **more: str) -> str:
    return f"{reverse('supervision:index')}?{urlencode({'common': found.pk, **more})}"


def _history(found: CommonProblem, past: list[tuple[date, int, int]]) -> Chart:
    def url(what: str, month: date) -> str:
        last = add_months(month, 1) - timedelta(days=1)
        return _list(found, **{f"{what}_from": str(month), f"{what}_to": str(last)})

    series = [
        Series("提出", [Point(number, url("raised", month)) for month, number, _ in past]),
        Series("销号", [Point(number, url("closed", month)) for month, _, number in past]),
    ]
    return Chart("line", [f"{month:%Y-%m}" for month, _, _ in past], series, unit="个")


def _form_context(found: CommonProblem, act: str) -> dict[str, Any]:
    return {"found": found, "back": reverse("supervision:common-problem", args=[found.pk]), "act": act}


@page(needs=Right.SUPERVISE, methods=("GET", "POST"))
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    scope = _scope(request)
    found = queries.group(scope, pk)
    form = TitleForm(request.POST or None, initial={"title": found.title})
    if request.method == "POST" and attempt(
        form, lambda: bool(actions.rename(scope, pk, title=form.cleaned_data["title"]))
    ):
        messages.success(request, "已改名，重新归类后不变。")
        return redirect("supervision:common-problem", pk)
    context = _form_context(found, "改名")
    return form_page(
        request, form, title="改名", submit="改名", cancel=context["back"], context=context,
        template="supervision/common/act.html",
    )  # fmt: skip


@page(needs=Right.SUPERVISE, methods=("GET", "POST"))
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    scope = _scope(request)
    found = queries.group(scope, pk)
    form = MergeForm(request.POST or None, others=queries.others(scope, found))
    if request.method == "POST" and attempt(
        form, lambda: bool(actions.merge(scope, pk, other=form.cleaned_data["other"]))
    ):
        messages.success(request, "已合并，重新归类后不变。")
        return redirect("supervision:common-problem", pk)
    context = _form_context(found, "合并")
    return form_page(
        request, form, title=f"合并到“{found.title}”", submit="合并", cancel=context["back"], context=context,
        intro="选中的共性问题并入这里，名称用这里的。", template="supervision/common/act.html",
    )  # fmt: skip


@page(needs=Right.SUPERVISE, methods=("GET", "POST"))
def measure(request: HttpRequest, pk: int) -> HttpResponse:
    """One measure for all; then what became of each problem."""
    scope = _scope(request)
    found = queries.group(scope, pk)
    form = MeasureAllForm(request.POST or None)
    context = _form_context(found, "统一整改措施")
    if request.method == "POST":
        outcomes = attempt(form, lambda: actions.measure_all(scope, pk, **form.cleaned_data))
        if isinstance(outcomes, list):
            done = sum(not one.refused for one in outcomes)
            return render(request, "supervision/common/measured.html", {**context, "outcomes": outcomes, "done": done})
    number = queries.sums(scope, found)["open"]
    return form_page(
        request, form, title="统一整改措施", submit="确定措施", cancel=context["back"], context=context,
        draft="common-measure", template="supervision/common/act.html",
        intro=f"对这个共性问题中 {number} 个未销号的问题办理，每个问题各记一条办理记录；不能办理的列出原因。",
    )  # fmt: skip


@page(needs=Right.SUPERVISE, methods=("POST",))
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """The chosen problems with the name of the new group."""
    scope = _scope(request)
    found = queries.group(scope, pk)
    chosen = selected(request, grouped_table(found), queries.grouped(scope, found))
    kept = [(name, value) for name in ("selected", "all", "filters") for value in request.POST.getlist(name)]
    is_sent = request.POST.get("sent") == "1"
    form = TitleForm(request.POST if is_sent else None)
    made = (
        attempt(form, lambda: actions.split(scope, pk, chosen, title=form.cleaned_data["title"])) if is_sent else None
    )
    if isinstance(made, CommonProblem):
        messages.success(request, "已拆出，重新归类后不变。")
        return redirect("supervision:common-problem", made.pk)
    rows = list(chosen[: actions.MOST_AT_ONCE])
    context = {**_form_context(found, "拆出"), "form": form, "kept": kept, "rows": rows}
    return render(request, "supervision/common/split.html", context, status=422 if form.errors else 200)


@page(needs=Right.SUPERVISE, methods=("POST",))
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    scope = _scope(request)
    found = queries.group(scope, pk)
    number = actions.take_out(scope, pk, selected(request, grouped_table(found), queries.grouped(scope, found)))
    messages.success(request, f"已移出 {number} 个问题，重新归类时不再归入；可以在本页下方放回。")
    return redirect("supervision:common-problem", pk)


@page(needs=Right.SUPERVISE, methods=("POST",))
def put_back(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    actions.put_back(_scope(request), pk, row)
    messages.success(request, "已放回。")
    return redirect("supervision:common-problem", pk)
