"""Members who are away or lost: the two lists, one person's contacts, and the decisions about who stays lost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.people import actions, queries
from zhibu.people.enums import MEMBERS, StageKind
from zhibu.people.forms import ContactForm, DecisionForm
from zhibu.people.models import Person
from zhibu.people.rules.contact import contact_due, is_abroad_too_long
from zhibu.people.rules.stages import Finding, not_before, transition
from zhibu.people.tables import LostTable, mobile_table
from zhibu.regulations.queries import in_force, value
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import table_page


@page(needs=Right.VIEW_PERSON)
def mobile_list(request: HttpRequest) -> HttpResponseBase:
    scope: Any = request.scope  # type: ignore[attr-defined]
    return table_page(
        request, mobile_table(scope.today), queries.mobile_people(scope), template="people/mobile.html",
        export_right=Right.EXPORT, context={"duty": _said("move.mobile_contact", scope.today)},
    )  # fmt: skip


@page(needs=Right.VIEW_PERSON)
def lost_list(request: HttpRequest) -> HttpResponseBase:
    scope: Any = request.scope  # type: ignore[attr-defined]
    return table_page(
        request, LostTable(), queries.lost_people(scope), template="people/lost.html", export_right=Right.EXPORT,
        context={"stop": _said("lost.stop", scope.today), "remove": _said("lost.remove", scope.today),
                 "may_edit": scope.may(Right.EDIT_PERSON)},
    )  # fmt: skip


def _said(rule: str, on: Any) -> Any:
    return value(rule, on) if in_force(rule, on) else None


@page(needs=Right.VIEW_PERSON)
def contact(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One person: the registration, the contacts, by when the next is due, and which decision may be made from when."""
    scope: Any = request.scope  # type: ignore[attr-defined]
    person = queries.person(scope, pk)
    running = queries.mobility(person)
    found = queries.contacts(person)
    last = next((one.on for one in found if one.is_reached), None)
    path = person.organization.path if person.organization else ""
    context = {
        "person": person, "mobility": running, "earlier": queries.mobilities(person), "contacts": found, "last": last,
        "due": contact_due(running.since, last, scope.today) if running and running.is_abroad else None,
        "abroad": _said("move.abroad_contact", scope.today), "duty": _said("move.mobile_contact", scope.today),
        "overlong": _said("lost.abroad", scope.today) if running and running.is_abroad
        and is_abroad_too_long(running.since, scope.today) else None,
        "should": _said("move.should", scope.today), "next": _next(scope, person), "today": scope.today,
        "may_edit": scope.may(Right.EDIT_PERSON, path) and person.pk != scope.person_id,
        "suspended": person.stage == StageKind.SUSPENDED,
    }  # fmt: skip
    return render(request, "people/contact.html", context)


def _next(scope: Any, person: Person) -> tuple[str, str, Finding, int] | None:
    """(address, words, the rule with its first day, days missing) of the decision that comes next for somebody lost."""
    if not person.is_lost:
        return None
    after, url, words = StageKind.SUSPENDED, "people:stop", "登记停止党籍"
    if person.stage == StageKind.SUSPENDED:
        after, url, words = StageKind.LEFT, "people:remove", "登记按自行脱党除名"
    elif person.stage not in MEMBERS:
        return None
    past = queries.past(queries.history(scope, person))
    step = transition(person.stage, after, past)
    bound = not_before(step, person, past, scope.today) if step else None
    if bound is None or bound.not_before is None:
        return None
    return resolve_url(url, pk=person.pk), words, bound, max((bound.not_before - scope.today).days, 0)


@page(needs=Right.EDIT_PERSON, methods=("GET", "POST"))
def record(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Writing down that contact was made, or sought."""
    scope: Any = request.scope  # type: ignore[attr-defined]
    person = queries.person(scope, pk, Right.EDIT_PERSON)
    running = queries.mobility(person)
    keeper = running.keeper if running else None
    form = ContactForm(request.POST or None, person=person, keeper=keeper or queries.my_file(scope), today=scope.today)

    def act() -> object:
        data = dict(form.cleaned_data)
        by = data.pop("by").strip()
        return actions.record_contact(scope, person, by=queries.by_number_or_name(scope, by) if by else None, **data)

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, "已登记联系记录。")
        return redirect("people:contact", pk=person.pk)
    cancel = resolve_url("people:contact", pk=person.pk)
    return form_page(
        request, form, title=f"登记联系：{person.name}", submit="登记", cancel=cancel,
        intro="只记联系的事实和结果，不记谈话内容。", template="people/step.html", context={"person": person},
    )  # fmt: skip


def _decision(
    request: HttpRequest, pk: int, act: Any, *, title: str, submit: str, rule: str, done: str
) -> HttpResponseBase:
    scope: Any = request.scope  # type: ignore[attr-defined]
    person = queries.person(scope, pk, Right.EDIT_PERSON)
    form = DecisionForm(request.POST or None, today=scope.today)
    if request.method == "POST" and attempt(form, lambda: act(scope, person, **form.cleaned_data)) is not None:
        messages.success(request, f"“{person.name}”：{done}。")
        return redirect("people:contact", pk=person.pk)
    said, found = _said(rule, scope.today), _next(scope, person)
    missing = f"还差 {found[3]} 天，最早 {found[2].not_before}。" if found and found[3] else ""
    article = f"（期限：{said.shown}，{said.citation}）" if said else ""
    return form_page(
        request, form, title=f"{title}：{person.name}", submit=submit, cancel=resolve_url("people:contact", pk=pk),
        intro=f"本页只登记党组织已经作出的决定，不代替讨论和审批。{missing}{article}",
        template="people/step.html", context={"person": person},
    )  # fmt: skip


@page(needs=Right.EDIT_PERSON, methods=("GET", "POST"))
def stop(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _decision(
        request, pk, actions.stop_membership, title="停止党籍", submit="登记停止党籍", rule="lost.stop",
        done="已登记停止党籍，请继续查找",
    )  # fmt: skip


@page(needs=Right.EDIT_PERSON, methods=("GET", "POST"))
def remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _decision(
        request, pk, actions.remove_lost, title="按自行脱党除名", submit="登记除名", rule="lost.remove",
        done="已登记除名",
    )  # fmt: skip
