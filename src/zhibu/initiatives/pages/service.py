"""Volunteer service: activities, who took part, confirming, the sums of branches, a member's own record."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.initiatives import queries
from zhibu.initiatives.actions import service as actions
from zhibu.initiatives.enums import ParticipationState
from zhibu.initiatives.forms import ActivityForm, EnrollForm, NoteForm
from zhibu.initiatives.models import Activity
from zhibu.initiatives.pages.common import chosen, scope_of, went
from zhibu.initiatives.tables import UNCONFIRMED, ActivityTable, HoursTable, OwnTable
from zhibu.organizations.models import Organization
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.submissions import seal
from zhibu.ui.tables import Empty, table_page

YEARS = 4
NOTED, CONFIRMED = ParticipationState.NOTED, ParticipationState.CONFIRMED


@page(needs=Right.VIEW_INITIATIVE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    may_record = scope.may(Right.RECORD_INITIATIVE)
    empty, filters = ActivityTable.empty, list(ActivityTable.filters)
    if may_record:
        filters.append(UNCONFIRMED)
        empty = Empty(empty.title, empty.text, action="登记活动", url=reverse("initiatives:new-activity"))
    return table_page(
        request, ActivityTable(filters=filters, empty=empty), queries.listed_activities(scope),
        template="initiatives/activities.html", context={"may_record": may_record}, export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    node = chosen(request)
    if not isinstance(node, Organization):
        return node
    form = ActivityForm(request.POST or None, initial={"on": scope.today})
    if request.method == "POST":
        made = attempt(form, lambda: actions.plan_activity(scope, node.pk, **form.cleaned_data))
        if isinstance(made, Activity):
            messages.success(request, "已登记活动。活动开展后登记参加人和时长。")
            return redirect("initiatives:activity", pk=made.pk)
    return form_page(
        request, form, title="登记志愿服务活动", submit="登记", cancel=reverse("initiatives:activities"),
        draft="activity", intro=str(node),
    )  # fmt: skip


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    scope = scope_of(request)
    found = queries.activity(scope, pk, Right.RECORD_INITIATIVE)
    now = seal(found, actions.FIELDS)
    initial = {name: getattr(found, name) for name in actions.FIELDS} | {"seen": now}
    form = ActivityForm(request.POST or None, initial=initial)

    asked = False

    def call() -> Activity:
        nonlocal asked
        asked = True
        given = {name: form.cleaned_data[name] for name in actions.FIELDS}
        return actions.update_activity(scope, pk, seen=form.cleaned_data["seen"], **given)

    if went(request, form, call):
        messages.success(request, "已保存。")
        return redirect("initiatives:activity", pk=pk)
    if asked:  # told once that another changed it; saved again, it is meant
        form.data = {**request.POST.dict(), "seen": now}
    return form_page(request, form, title="修改活动", cancel=reverse("initiatives:activity", args=[pk]))


@page(needs=Right.VIEW_INITIATIVE)
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """One activity; who took part is shown to those who keep it, to a member only the own part."""
    scope = scope_of(request)
    found = queries.activity(scope, pk)
    parts = list(queries.participants(scope, found))
    may_record = scope.may(Right.RECORD_INITIATIVE, found.organization.path)
    own = next((one for one in parts if one.person_id == scope.person_id), None)
    held = found.on <= scope.today
    context = {
        "activity": found, "may_record": may_record, "is_held": held, "own": own,
        "waits": [one for one in parts if one.state == NOTED],
        "counted": [one for one in parts if one.state == CONFIRMED],
        "withdrawn": [one for one in parts if one.state == ParticipationState.WITHDRAWN],
        "may_note": held and scope.person_id is not None and (own is None or (own.by_self and own.state == NOTED)),
        "form": NoteForm(initial={"hours": own.hours} if own else None), "person_id": scope.person_id,
        "hours": found.confirmed_half_hours / 2, "confirmations": list(found.confirmations.all()),
        "link": found.links.filter(used_at__isnull=True, revoked_at__isnull=True).first() if may_record else None,
    }  # fmt: skip
    return render(request, "initiatives/activity.html", context)


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def enroll(request: HttpRequest, pk: int) -> HttpResponse:
    """Several of the roster at once, with the same hours."""
    scope = scope_of(request)
    found = queries.activity(scope, pk, Right.RECORD_INITIATIVE)
    settled = found.participations.filter(state=CONFIRMED).values("person")
    form = EnrollForm(request.POST or None, people=queries.roster_of(scope, found.organization).exclude(pk__in=settled))
    if request.method == "POST":
        number = attempt(form, lambda: actions.enroll(scope, pk, **form.cleaned_data))
        if isinstance(number, int):
            messages.success(request, f"已登记 {number} 人，时长待确认。")
            return redirect("initiatives:activity", pk=pk)
    return form_page(
        request, form, title="登记参加人", submit="登记", cancel=reverse("initiatives:activity", args=[pk]),
        intro=f"{found.title}，{found.on}。勾选时长相同的人一次登记；时长不同的分几次登记，再次登记的以后一次为准。",
    )  # fmt: skip


@page(needs=Right.VIEW_INITIATIVE, methods=("POST",))
def note_own(request: HttpRequest, pk: int) -> HttpResponse:
    scope = scope_of(request)
    queries.activity(scope, pk)
    form = NoteForm(request.POST)
    if attempt(form, lambda: actions.note_own(scope, pk, **form.cleaned_data)):
        messages.success(request, "已登记，等待组织者或服务对象确认。")
        return redirect("initiatives:activity", pk=pk)
    return form_page(
        request, form, title="登记本人参加", submit="登记", cancel=reverse("initiatives:activity", args=[pk])
    )


@page(needs=Right.RECORD_INITIATIVE, methods=("POST",))
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    given = [int(one) for one in request.POST.getlist("part") if one.isdecimal() and len(one) < 18]
    count = actions.confirm_parts(scope_of(request), pk, given)
    messages.success(request, f"已确认 {count} 人的时长。")
    return redirect("initiatives:activity", pk=pk)


@page(needs=Right.VIEW_INITIATIVE, methods=("POST",))
def drop(request: HttpRequest, pk: int, part: int) -> HttpResponse:
    actions.drop(scope_of(request), pk, part)
    messages.success(request, "已撤回。")
    return redirect("initiatives:activity", pk=pk)


@page(needs=Right.RECORD_INITIATIVE, methods=("POST",))
def withdraw(request: HttpRequest, pk: int, part: int) -> HttpResponse:
    actions.withdraw(scope_of(request), pk, part, reason=request.POST.get("reason", ""))
    messages.success(request, "已撤回确认，不再计入。")
    return redirect("initiatives:activity", pk=pk)


@page(needs=Right.VIEW_INITIATIVE)
def hours(request: HttpRequest) -> HttpResponseBase:
    """Confirmed hours of each branch in a year."""
    scope = scope_of(request)
    given = request.GET.get("year", "")
    latest = scope.today.year
    year = int(given) if given in {str(latest - back) for back in range(YEARS)} else latest
    days = date(year, 1, 1), date(year, 12, 31)
    rows, sums = queries.hours_of_branches(scope, *days), queries.sum_of_branches(scope, *days)
    context: dict[str, Any] = {
        "years": [(one, one == year) for one in range(latest, latest - YEARS, -1)], "year": year,
        "hours": sums["half_hours"] / 2, "times": sums["times"], "held": sums["held"],
    }  # fmt: skip
    return table_page(
        request, HoursTable(title=f"{year} 年各支部志愿服务"), rows, template="initiatives/hours.html", context=context,
        export_right=Right.EXPORT,
    )  # fmt: skip


@page()
def me(request: HttpRequest) -> HttpResponseBase:
    """What the reader took part in, and how much of it counts."""
    rows = queries.own(scope_of(request))
    total = rows.filter(state=CONFIRMED).aggregate(total=Sum("half_hours"))["total"] or 0
    return table_page(request, OwnTable(), rows, template="initiatives/me.html", context={"total": total / 2})
