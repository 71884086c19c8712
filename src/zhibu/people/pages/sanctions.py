"""Entering and ending a sanction. Only the posts that keep the file come here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.people import actions, queries
from zhibu.people.forms import EndSanctionForm, SanctionForm
from zhibu.people.models import Person, Sanction
from zhibu.ui.forms import attempt, form_page


def _person(request: HttpRequest, pk: int) -> Person:
    scope: Any = request.scope  # type: ignore[attr-defined]
    person = queries.person(scope, pk, Right.EDIT_PERSON)
    if person.pk == scope.person_id:
        raise PermissionDenied("本人的处分由上级党组织登记和查看。")
    return person


@page(needs=Right.EDIT_PERSON, methods=("GET", "POST"))
def record(request: HttpRequest, pk: int) -> HttpResponseBase:
    person = _person(request, pk)
    form = SanctionForm(request.POST or None)
    scope: Any = request.scope  # type: ignore[attr-defined]

    def act() -> Sanction:
        return actions.record_sanction(scope, person, **form.cleaned_data)

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, f"已登记“{person.name}”的处分影响期。")
        return redirect("people:file", pk=pk)
    return form_page(
        request, form, title=f"登记处分影响期：{person.name}", submit="登记", cancel=resolve_url("people:file", pk=pk),
        intro="只登记处分决定已经写明的种类和期间，用于核对介绍人资格和表决权。只有经办职务可以看到。",
        template="people/step.html", context={"person": person},
    )  # fmt: skip


@page(needs=Right.EDIT_PERSON, methods=("GET", "POST"))
def end(request: HttpRequest, pk: int, sanction: int) -> HttpResponseBase:
    person = _person(request, pk)
    scope: Any = request.scope  # type: ignore[attr-defined]
    found = queries.sanction(scope, person, sanction)
    form = EndSanctionForm(request.POST or None, today=scope.today)

    def act() -> Sanction:
        return actions.end_sanction(scope, person, sanction, **form.cleaned_data)

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, f"已登记“{person.name}”的{found.get_kind_display()}结束。")
        return redirect("people:file", pk=pk)
    return form_page(
        request, form, title=f"结束{found.get_kind_display()}：{person.name}", submit="登记",
        cancel=resolve_url("people:file", pk=pk), template="people/step.html", context={"person": person},
        intro="登记恢复党员权利、撤销处分的日期；登记有误的勾选“登记有误”。原来的登记保留。",
    )  # fmt: skip
