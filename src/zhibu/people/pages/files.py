"""One file: reading, registering, correcting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.people import actions, queries
from zhibu.people.enums import GONE, RequestState, StageOrigin
from zhibu.people.forms import FileForm, RegisterForm, RevealForm, mask
from zhibu.people.identity import contradictions
from zhibu.people.models import Person
from zhibu.people.parts import events, fields_by_group, ties_as_events
from zhibu.people.rules.completeness import missing_fields
from zhibu.people.rules.fields import FIELD, SECRET
from zhibu.people.rules.stages import probation_end
from zhibu.people.tables import tone_of_stage
from zhibu.ui.forms import attempt

SECRETS = ("id_number", "phone", "landline", "address")


def secrets(person: Person, plain: dict[str, str] | None = None) -> list[tuple[str, str, bool]]:
    """Label, masked or plain value, and whether it is plain."""
    plain = plain or {}
    return [
        (FIELD[name].label, plain.get(name) or mask(name, getattr(person, name)), bool(plain.get(name)))
        for name in SECRETS
    ]


def _context(request: HttpRequest, person: Person) -> dict[str, Any]:
    scope: Any = request.scope  # type: ignore[attr-defined]
    path = person.organization.path if person.organization else ""
    stages = queries.history(scope, person)
    may_edit = scope.may(Right.EDIT_PERSON, path)
    own = person.pk == scope.person_id
    return {
        "person": person,
        "tone": tone_of_stage(person.stage),
        "branch_url": f"{resolve_url('people:index')}?organization={person.organization_id}",
        "groups": fields_by_group(person, leave_out=SECRET),
        "secrets": secrets(person),
        "reveal": RevealForm(),
        "may_reveal": scope.may(Right.REVEAL_PERSON, path),
        "may_edit": may_edit,
        "may_open_account": scope.may(Right.MANAGE_ACCOUNTS, path) and person.user_id is None and bool(person.number),
        "own": own,
        "is_gone": person.stage in GONE,
        "departure": queries.departure(person, stages),
        "stages": events(stages),
        "backfilled": any(one.origin == StageOrigin.BACKFILLED for one in stages),
        "sanctions": queries.sanctions(scope, person),
        "corrections": list(queries.correction_terms(scope).filter(person=person)) if may_edit else [],
        "ties": ties_as_events(queries.ties(scope, person)),
        "missing": missing_fields(person),
        "doubts": contradictions(str(person.id_number), person.birth_date, person.gender),
        "probation_end": probation_end(queries.past(stages), scope.today),
        "today": scope.today,
        "requests": queries.change_requests(scope, Right.VIEW_PERSON).filter(person=person, state=RequestState.OPEN),
    }


@page(needs=Right.VIEW_PERSON)
@never_cache
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    person = actions.open_file(request.scope, pk)  # type: ignore[attr-defined]
    return render(request, "people/file.html", _context(request, person))


@page(needs=Right.REVEAL_PERSON, methods=("POST",))
@never_cache
def reveal(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The four values in plain, once; the page is masked again when it is opened anew."""
    scope: Any = request.scope  # type: ignore[attr-defined]
    person = queries.person(scope, pk, Right.REVEAL_PERSON)
    form = RevealForm(request.POST)
    shown = attempt(form, lambda: actions.reveal(scope, person, SECRETS, reason=form.cleaned_data["reason"]))
    plain = shown if isinstance(shown, dict) else None
    status = 422 if form.errors else 200
    if getattr(request, "htmx", False):
        context = {
            "person": person, "secrets": secrets(person, plain), "reveal": form, "may_reveal": True, "shown": plain,
        }  # fmt: skip
        answer = render(request, "people/secrets.html", context, status=status)
    else:
        context = _context(request, person) | {"secrets": secrets(person, plain), "reveal": form, "shown": plain}
        answer = render(request, "people/file.html", context, status=status)
    return answer


@page(needs=Right.EDIT_PERSON, methods=("GET", "POST"))
@sensitive_post_parameters(*SECRETS)
def new(request: HttpRequest) -> HttpResponseBase:
    scope: Any = request.scope  # type: ignore[attr-defined]
    branches = queries.branches(scope, Right.EDIT_PERSON)
    form = RegisterForm(request.POST or None, branches=branches, today=scope.today)

    def act() -> Person:
        data = form.cleaned_data
        return actions.register(
            scope, organization=data["organization"], stage=data["stage"], on=data["on"], entry=data["entry"],
            basis=data["basis"], fields=form.fields_of_file(new=True),
        )  # fmt: skip

    if request.method == "POST" and isinstance(person := attempt(form, act), Person):
        messages.success(request, f"已登记“{person.name}”。")
        return redirect("people:file", pk=person.pk)
    context = {
        "form": form, "title": "登记人员", "submit": "登记", "cancel": resolve_url("people:index"),
        "draft": "person-new",
    }  # fmt: skip
    return render(request, "people/edit.html", context, status=422 if form.errors else 200)


@page(needs=Right.EDIT_PERSON, methods=("GET", "POST"))
@never_cache
@sensitive_post_parameters(*SECRETS)
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Any = request.scope  # type: ignore[attr-defined]
    person = queries.person(scope, pk, Right.EDIT_PERSON)
    form = FileForm(request.POST or None, person=person)

    def act() -> list[str]:
        data = form.cleaned_data
        fields = form.fields_of_file(new=False)
        return actions.update(scope, person, fields, reason=data["reason"], version=data["version"])

    if request.method == "POST" and (changed := attempt(form, act)) is not None:
        labels = "、".join(FIELD[name].label for name in changed or [])  # type: ignore[union-attr]
        messages.success(request, f"已修改：{labels}。" if labels else "没有改动。")
        return redirect("people:file", pk=person.pk)
    context = {
        "form": form, "title": f"修改档案：{person.name}", "submit": "保存",
        "cancel": resolve_url("people:file", pk=person.pk), "draft": "", "person": person,
    }  # fmt: skip
    return render(request, "people/edit.html", context, status=422 if form.errors else 200)


@page(needs=Right.MANAGE_ACCOUNTS, methods=("POST",))
def open_account(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Any = request.scope  # type: ignore[attr-defined]
    person = queries.person(scope, pk, Right.MANAGE_ACCOUNTS)
    handed = actions.hand_out_account(scope, person, at=timezone.now())
    answer = render(request, "accounts/slip.html", {"slips": [handed]})
    answer["Cache-Control"] = "no-store"
    return answer
