"""Requests for correction: the person's own file, and the branch's decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.people import actions, queries
from zhibu.people.enums import RequestState, StageOrigin
from zhibu.people.forms import ChangeForm, ChooseForm, DecideForm, mask
from zhibu.people.identity import contradictions
from zhibu.people.models import ChangeRequest, Person
from zhibu.people.parts import events, fields_by_group, ties_as_events
from zhibu.people.rules.completeness import missing_fields
from zhibu.people.rules.fields import CHANGEABLE, FIELD
from zhibu.people.tables import STATE_TONES, ChangesTable, tone_of_stage
from zhibu.ui.documents import render_pdf
from zhibu.ui.forms import attempt
from zhibu.ui.tables import table_page


@page()
@never_cache
def me(request: HttpRequest) -> HttpResponseBase:
    """Everything that is stored about the reader, who looked at it, and what was asked to be corrected."""
    scope: Any = request.scope  # type: ignore[attr-defined]
    person = queries.my_file(scope)
    if person is None:
        return render(request, "people/no_file.html")
    full = "full" in request.GET  # masked at first: a phone is read by whoever stands beside it
    context = _stored(scope, person, masked=not full) | {
        "full": full,
        "missing": missing_fields(person),
        "changeable": {field.name for field in CHANGEABLE},
        "looks": queries.looks(scope, person),
        "mobility": queries.mobility(person),
        "contacts": queries.contacts(person, 10),
        "requests": [_Asked.of(asked, own=True) for asked in queries.my_requests(scope)[:50]],
        "choose": ChooseForm(),
    }
    return render(request, "people/me.html", context)


def _stored(scope: Any, person: Person, *, masked: bool = False) -> dict[str, Any]:
    stages = queries.history(scope, person)
    return {
        "person": person,
        "tone": tone_of_stage(person.stage),
        "backfilled": any(one.origin == StageOrigin.BACKFILLED for one in stages),
        "groups": fields_by_group(person, masked=masked),
        "departure": queries.departure(person, stages),
        "stages": events(stages),
        "ties": ties_as_events(queries.ties(scope, person)),
    }


@page()
@never_cache
def me_print(request: HttpRequest) -> HttpResponseBase:
    """The own file as PDF, for paper."""
    scope: Any = request.scope  # type: ignore[attr-defined]
    person = queries.my_file(scope)
    if person is None:
        raise Http404("这个账号没有对应的人员档案。")
    answer = HttpResponse(
        render_pdf("people/print.html", _stored(scope, person) | {"today": scope.today}), content_type="application/pdf"
    )
    answer["Content-Disposition"] = 'inline; filename="my-file.pdf"'
    return answer


@page(methods=("GET", "POST"))
@never_cache
@sensitive_post_parameters("value")
def ask(request: HttpRequest) -> HttpResponseBase:
    scope: Any = request.scope  # type: ignore[attr-defined]
    name = request.GET.get("field", "")
    field = next((one for one in CHANGEABLE if one.name == name), None)
    if scope.person_id is None:
        raise Http404("这个账号没有对应的人员档案。")
    if field is None:
        return redirect("people:me")
    form = ChangeForm(request.POST or None, field=field)

    def act() -> object:
        return actions.request_change(scope, field=field.name, **form.cleaned_data)

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, f"已提交“{field.label}”的更正申请，由所在党支部审核。")
        return redirect("people:me")
    person = queries.my_file(scope)
    context = {
        "form": form, "field": field, "now": field.shown(getattr(person, field.name)),
        "title": f"申请更正：{field.label}", "cancel": resolve_url("people:me"),
    }  # fmt: skip
    return render(request, "people/ask.html", context, status=422 if form.errors else 200)


@page(methods=("POST",))
def withdraw(request: HttpRequest, request_pk: int) -> HttpResponseBase:
    actions.withdraw_change(request.scope, request_pk)  # type: ignore[attr-defined]
    messages.success(request, "申请已撤回。")
    return redirect("people:me")


@page(needs=Right.DECIDE_CHANGE)
def index(request: HttpRequest) -> HttpResponseBase:
    rows = queries.change_requests(request.scope)  # type: ignore[attr-defined]
    return table_page(request, ChangesTable(), rows, export_right=Right.EXPORT)


@page(needs=Right.DECIDE_CHANGE, methods=("GET", "POST"))
@never_cache
def change(request: HttpRequest, request_pk: int) -> HttpResponseBase:
    scope: Any = request.scope  # type: ignore[attr-defined]
    asked = actions.open_request(scope, request_pk)
    form = DecideForm(request.POST or None)
    approve = request.POST.get("decision") == "approve"

    def act() -> object:
        return actions.decide_change(scope, asked, approve=approve, answer=form.cleaned_data["answer"])

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, "已采纳并更正档案。" if approve else "已答复本人，档案未改动。")
        return redirect(f"{resolve_url('people:changes')}?state=open")
    shown = _Asked.of(asked)
    context = {"form": form, **vars(shown), "is_own": asked.person_id == scope.person_id}
    context["is_open"] = asked.state == RequestState.OPEN
    context["doubts"] = _doubts(asked) if context["is_open"] else []
    return render(request, "people/change.html", context, status=422 if form.errors else 200)


def _doubts(asked: ChangeRequest) -> list[str]:
    """Where number, birth and sex would disagree if this were approved; nothing unless it is about one of them."""
    person, new = asked.person, str(asked.new_value)
    number, born, sex = str(person.id_number), person.birth_date, person.gender
    if asked.field == "id_number":
        number = new
    elif asked.field == "birth_date":
        born = date.fromisoformat(new) if new else None
    elif asked.field == "gender":
        sex = new
    else:
        return []
    return contradictions(number, born, sex)


@dataclass(frozen=True)
class _Asked:
    """A request in words. Whoever decides must see the new value, and no more; decided, it is masked again."""

    asked: ChangeRequest
    label: str
    old: str
    new: str
    tone: str

    @classmethod
    def of(cls, asked: ChangeRequest, *, own: bool = False) -> _Asked:
        field = FIELD[asked.field]
        old, new = field.shown(asked.old_value), field.shown(asked.new_value)
        if field.is_secret and not own:
            old = mask(field.name, old)
            new = new if asked.state == RequestState.OPEN else mask(field.name, new)
        return cls(asked, field.label, old, new, STATE_TONES.get(asked.state, "grey"))
