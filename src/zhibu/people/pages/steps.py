"""Changing the stage, the branch, and whether contact is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.organizations.queries import posts_of
from zhibu.people import actions, queries
from zhibu.people.enums import MEMBERS, StageKind
from zhibu.people.forms import FoundForm, LostForm, MobileForm, MoveForm, ReturnedForm, StageForm
from zhibu.people.models import Person
from zhibu.people.rules.stages import not_before, transitions
from zhibu.ui.forms import Form, attempt, form_page


@page(needs=Right.EDIT_PERSON, methods=("GET", "POST"))
def stage(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Any = request.scope  # type: ignore[attr-defined]
    person = queries.person(scope, pk, Right.EDIT_PERSON)
    history = queries.history(scope, person)
    past = queries.past(history)
    steps = transitions(person.stage, past)
    form = StageForm(request.POST or None, steps=steps, today=scope.today)
    if (
        request.method == "POST"
        and attempt(form, lambda: actions.set_stage(scope, person, **form.cleaned_data)) is not None
    ):
        messages.success(request, f"已登记，“{person.name}”的人员类别已经变更。")
        return redirect("people:file", pk=person.pk)
    hints = [(step, bound) for step in steps if (bound := not_before(step, person, past, scope.today))]
    context = {
        "form": form, "person": person, "hints": hints, "steps": steps, "current": queries.open_stage(history),
        "today": scope.today, "posts": posts_of(person), "is_member": person.stage in MEMBERS,
        "is_transferred": person.stage == StageKind.TRANSFERRED, "cancel": resolve_url("people:file", pk=person.pk),
    }  # fmt: skip
    return render(request, "people/stage.html", context, status=422 if form.errors else 200)


@page(needs=Right.EDIT_PERSON, methods=("GET", "POST"))
def move(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Any = request.scope  # type: ignore[attr-defined]
    person = queries.person(scope, pk, Right.EDIT_PERSON)
    form = MoveForm(request.POST or None, branches=queries.branches(scope, Right.EDIT_PERSON), today=scope.today)

    def act() -> object:
        data = form.cleaned_data
        return actions.move(scope, person, data["target"], on=data["on"], reason=data["reason"])

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, f"“{person.name}”已调整到“{form.cleaned_data['target']}”。")
        return redirect("people:file", pk=person.pk)
    return form_page(
        request, form, title=f"调整支部：{person.name}", submit="调整", cancel=resolve_url("people:file", pk=person.pk),
        intro=f"现在“{person.organization}”。这里只办理您管理范围内的调整；转到范围以外的，请办理组织关系转接。",
        template="people/step.html", context={"person": person},
    )  # fmt: skip


def _contact(
    request: HttpRequest, pk: int, form: Form, act: Callable[[Any, Person], None], *, title: str, submit: str, done: str
) -> HttpResponseBase:
    scope: Any = request.scope  # type: ignore[attr-defined]
    person = queries.person(scope, pk, Right.EDIT_PERSON)
    if request.method == "POST" and attempt(form, lambda: act(scope, person)) is not None:
        messages.success(request, f"“{person.name}”：{done}。")
        return redirect("people:contact", pk=person.pk)
    cancel = resolve_url("people:contact", pk=person.pk)
    return form_page(
        request, form, title=f"{title}：{person.name}", submit=submit, cancel=cancel, template="people/step.html",
        context={"person": person},
    )  # fmt: skip


@page(needs=Right.EDIT_PERSON, methods=("GET", "POST"))
def lost(request: HttpRequest, pk: int) -> HttpResponseBase:
    form = LostForm(request.POST or None)

    def act(scope: Any, person: Person) -> None:
        actions.mark_lost(scope, person, **form.cleaned_data)

    return _contact(request, pk, form, act, title="登记失联", submit="登记失联", done="已登记失联，请继续查找")


@page(needs=Right.EDIT_PERSON, methods=("GET", "POST"))
def found(request: HttpRequest, pk: int) -> HttpResponseBase:
    form = FoundForm(request.POST or None)

    def act(scope: Any, person: Person) -> None:
        actions.mark_found(scope, person, **form.cleaned_data)

    return _contact(request, pk, form, act, title="登记取得联系", submit="登记", done="已登记取得联系")


@page(needs=Right.EDIT_PERSON, methods=("GET", "POST"))
def mobile(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Any = request.scope  # type: ignore[attr-defined]
    person = queries.person(scope, pk, Right.EDIT_PERSON)
    running = queries.mobility(person)
    form = MobileForm(request.POST or None, running=running, person=person, today=scope.today)

    def act(scope: Any, person: Person) -> None:
        data = dict(form.cleaned_data)
        keeper = data.pop("keeper").strip()
        named = queries.by_number_or_name(scope, keeper) if keeper else None
        actions.mark_mobile(scope, person, keeper=named, **data)

    title = "修改流动登记" if person.is_mobile else "登记流动"
    return _contact(request, pk, form, act, title=title, submit="登记流动", done="已登记为流动党员")


@page(needs=Right.EDIT_PERSON, methods=("GET", "POST"))
def returned(request: HttpRequest, pk: int) -> HttpResponseBase:
    form = ReturnedForm(request.POST or None, today=request.scope.today)  # type: ignore[attr-defined]

    def act(scope: Any, person: Person) -> None:
        actions.mark_returned(scope, person, **form.cleaned_data)

    return _contact(request, pk, form, act, title="登记流动返回", submit="登记", done="已登记流动返回")
