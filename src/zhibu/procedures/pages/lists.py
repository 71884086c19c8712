"""The workbench, the ledger of cases, and who has no case yet."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.queries import organization
from zhibu.people.queries import by_number_or_name
from zhibu.procedures import actions, queries
from zhibu.procedures.forms import OpenForm
from zhibu.procedures.ledger import ledger as write_ledger
from zhibu.procedures.loading import procedure, procedures
from zhibu.procedures.models import Case
from zhibu.procedures.queries.actors import ADMISSION
from zhibu.procedures.tables import DRAFT_MANY, CaseTable, WithoutCaseTable, WorkbenchTable
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.parts import Tab
from zhibu.ui.tables import selected, table_page
from zhibu.ui.tables.export import TYPES, audited
from zhibu.ui.waiting import answered


@page(needs=Right.VIEW_CASE)
def workbench(request: HttpRequest) -> HttpResponseBase:
    """What waits for the reader; with ``?all=1`` everything open below."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    everything = bool(request.GET.get("all"))
    rows = queries.open_rows(scope) if everything else queries.mine(scope)
    page_url = reverse("procedures:workbench")
    context = {
        "tabs": [Tab("等我办理", page_url, not everything), Tab("本级和下级全部", f"{page_url}?all=1", everything)],
        "below": _below(scope) if everything else [],
        "duties": [] if everything else answered(queries.committee_duties(scope)),
    }
    return table_page(
        request, WorkbenchTable(bulk=[] if everything else DRAFT_MANY), rows, template="procedures/workbench.html",
        context=context, export_right=Right.EXPORT,
    )  # fmt: skip


def _below(scope: Scope) -> list[Any]:
    """Counts of the organizations directly below the reader's own."""
    home = scope.home
    if home is None or home.organization_id is None:
        return []
    return queries.counts_below(scope, organization(scope, home.organization_id))


@page(needs=Right.VIEW_CASE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    steps = Prefetch("open_steps", queries.live(scope.today).order_by("pk"))
    rows = queries.cases(scope).prefetch_related(steps)
    return table_page(request, CaseTable(), rows, template="procedures/index.html", export_right=Right.EXPORT)


@page(needs=Right.EXPORT)
def ledger(request: HttpRequest, key: str) -> HttpResponseBase:
    """The ledger of a procedure as a workbook, streamed."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if key not in procedures():
        raise Http404("没有这种程序。")
    scope.require(Right.VIEW_CASE)
    shape = procedure(key)
    found = queries.cases(scope, Right.VIEW_CASE).filter(procedure=key)
    title = f"{shape.label}台账"
    audited(scope, CaseTable(title=title), found.count())
    answer = StreamingHttpResponse(write_ledger(shape, found), content_type=TYPES["xlsx"])
    name = f"{title}-{scope.today:%Y%m%d}.xlsx"
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    return answer


@page(needs=Right.HANDLE_CASE)
def new(request: HttpRequest) -> HttpResponseBase:
    """Who has no case yet: one at a time, or all that are ticked."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return table_page(
        request, WithoutCaseTable(), queries.without_case(scope, ADMISSION), template="procedures/new.html",
        context={"procedure": procedure(ADMISSION)},
    )  # fmt: skip


@page(needs=Right.HANDLE_CASE, methods=("GET", "POST"))
def open_one(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    initial = {"person": request.GET.get("person", ""), "submission": uuid.uuid4()}
    form = OpenForm(request.POST or None, initial=initial)

    def act() -> Case:
        data = form.cleaned_data
        person = by_number_or_name(scope, data["person"])
        return actions.open_case(
            scope, ADMISSION, person, last_review_on=data["last_review_on"], submission=data["submission"]
        )

    if request.method == "POST" and isinstance(case := attempt(form, act), Case):
        messages.success(request, f"已为“{case.person}”立项。此前的步骤按人员类别的记录补录，请核对日期。")
        return redirect("procedures:case", pk=case.pk)
    return form_page(
        request, form, title="发展党员立项", submit="立项", cancel=reverse("procedures:new"),
        intro="为入党申请人、入党积极分子、发展对象或预备党员建立办理事项。已经办完的步骤按人员类别的记录补录，日期不详的会标明。",
    )  # fmt: skip


@page(needs=Right.HANDLE_CASE, methods=("POST",))
def open_many(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    chosen = selected(request, WithoutCaseTable(), queries.without_case(scope, ADMISSION))
    opened = actions.open_many(scope, ADMISSION, chosen)
    messages.success(request, f"已为 {len(opened)} 人立项。")
    return redirect("procedures:workbench")


@page()
def mine(request: HttpRequest) -> HttpResponseBase:
    """The reader's own road: where they are, what is next, what to prepare."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = list(queries.my_cases(scope)[:20])
    if len(found) == 1:
        return redirect("procedures:case", pk=found[0].pk)
    labels = [(case, procedure(case.procedure).label) for case in found]
    return render(request, "procedures/mine.html", {"cases": labels})
