"""限期改正: the list, entering the decision, entering its conclusion. Only the posts that keep the file come here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.people import actions, queries
from zhibu.people.forms import ConcludeCorrectionForm, CorrectionTermForm
from zhibu.people.models import CorrectionTerm, Person
from zhibu.people.tables import correction_table
from zhibu.regulations.queries import in_force, value
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import table_page


@page(needs=Right.EDIT_PERSON)
def index(request: HttpRequest) -> HttpResponseBase:
    scope: Any = request.scope  # type: ignore[attr-defined]
    said = dict(zip(("usual", "longest"), _said(scope), strict=True))
    return table_page(
        request, correction_table(scope.today), queries.correction_terms(scope), template="people/corrections.html",
        export_right=Right.EXPORT, context=said,
    )  # fmt: skip


def _said(scope: Any) -> list[Any]:
    """The usual and the longest term."""
    rules = ("disp.correct", "disp.correct_limit")
    return [value(rule, scope.today) if in_force(rule, scope.today) else None for rule in rules]


def _person(request: HttpRequest, pk: int) -> Person:
    scope: Any = request.scope  # type: ignore[attr-defined]
    person = queries.person(scope, pk, Right.EDIT_PERSON)
    if person.pk == scope.person_id:
        raise PermissionDenied("本人的限期改正由上级党组织登记和查看。")
    return person


def _carried(request: HttpRequest) -> dict[str, str]:
    """What the address brings along from the record of the meeting that decided."""
    found = {"decided_on": request.GET["decided_on"]} if "decided_on" in request.GET else {}
    record = request.GET.get("record", "")
    return found | ({"document": f"本平台会议记录第 {record} 号"} if record.isdecimal() and len(record) < 18 else {})


@page(needs=Right.EDIT_PERSON, methods=("GET", "POST"))
def record(request: HttpRequest, pk: int) -> HttpResponseBase:
    person = _person(request, pk)
    form = CorrectionTermForm(request.POST or None, initial=_carried(request))
    scope: Any = request.scope  # type: ignore[attr-defined]

    def act() -> CorrectionTerm:
        return actions.record_correction(scope, person, **form.cleaned_data)

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, f"已登记“{person.name}”的限期改正。")
        return redirect("people:file", pk=pk)
    usual, longest = _said(scope)
    terms = f"期限一般 {usual.shown}，最长 {longest.shown}。" if usual and longest else ""
    return form_page(
        request, form, title=f"登记限期改正：{person.name}", submit="登记", cancel=resolve_url("people:file", pk=pk),
        intro=f"只登记已经作出的决定：日期、期限和文书。{terms}是否作出决定、是否改正，由党组织研究。只有经办职务可以看到。",
        template="people/step.html", context={"person": person},
    )  # fmt: skip


@page(needs=Right.EDIT_PERSON, methods=("GET", "POST"))
def conclude(request: HttpRequest, pk: int, term: int) -> HttpResponseBase:
    person = _person(request, pk)
    scope: Any = request.scope  # type: ignore[attr-defined]
    found = queries.correction_term(scope, person, term)
    form = ConcludeCorrectionForm(request.POST or None, today=scope.today)

    def act() -> CorrectionTerm:
        return actions.conclude_correction(scope, person, term, **form.cleaned_data)

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, f"已登记“{person.name}”限期改正的结论。")
        return redirect("people:file", pk=pk)
    return form_page(
        request, form, title=f"登记限期改正的结论：{person.name}", submit="登记",
        cancel=resolve_url("people:file", pk=pk), template="people/step.html", context={"person": person},
        intro=f"{found.decided_on} 决定，改正期到 {found.until}。结论由党组织作出；劝其退党的另行登记。",
    )  # fmt: skip
