"""Practical deeds: the list, one from need to answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.initiatives import queries
from zhibu.initiatives.actions import deeds as actions
from zhibu.initiatives.enums import DeedState
from zhibu.initiatives.forms import AnswerForm, AttachForm, DeedForm, PutOffForm, ReportForm
from zhibu.initiatives.models import PracticalDeed
from zhibu.initiatives.pages.common import chosen, scope_of, went
from zhibu.initiatives.tables import DEED_FILTERS, DEED_TONES, DeedTable, late_deeds
from zhibu.organizations.models import Organization
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import Empty, table_page


@page(needs=Right.VIEW_INITIATIVE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    may_record = scope.may(Right.RECORD_INITIATIVE)
    empty = DeedTable.empty
    if may_record:
        empty = Empty(empty.title, empty.text, action="登记实事", url=reverse("initiatives:new-deed"))
    return table_page(
        request, DeedTable(filters=(*DEED_FILTERS, late_deeds(scope.today)), empty=empty), queries.deeds(scope),
        template="initiatives/deeds.html", context={"may_record": may_record}, export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    node = chosen(request)
    if not isinstance(node, Organization):
        return node
    form = DeedForm(
        request.POST or None, initial={"heard_on": scope.today}, people=queries.roster_of(scope, node)
    )  # fmt: skip
    if request.method == "POST":
        made = attempt(form, lambda: actions.take_up(scope, node.pk, **form.cleaned_data))
        if isinstance(made, PracticalDeed):
            messages.success(request, "已登记。办完后登记结果，请服务对象确认。")
            return redirect("initiatives:deed", pk=made.pk)
    return form_page(
        request,
        form,
        title="登记实事",
        submit="登记",
        cancel=reverse("initiatives:deeds"),
        draft="deed",
        intro=str(node),
    )


@page(needs=Right.VIEW_INITIATIVE)
def deed(request: HttpRequest, pk: int) -> HttpResponse:
    scope = scope_of(request)
    found = queries.deed(scope, pk)
    may_record = scope.may(Right.RECORD_INITIATIVE, found.organization.path)
    is_open, mine = found.state == DeedState.OPEN, found.responsible_id == scope.person_id
    context = {
        "deed": found, "tone": DEED_TONES[DeedState(found.state)], "may_record": may_record, "is_open": is_open,
        "is_late": is_open and found.due_on < scope.today, "may_report": is_open and (may_record or mine),
        "is_reported": found.state == DeedState.REPORTED,
        "may_answer": may_record and found.state == DeedState.REPORTED and not mine,
        "confirmations": list(found.confirmations.all()), "postponements": list(found.postponements.all()),
        "link": found.links.filter(used_at__isnull=True, revoked_at__isnull=True).first() if may_record else None,
        "attachments": list(found.attachments.all()), "attach_form": AttachForm(),
        "attach_url": reverse("initiatives:attach-deed", args=[pk]),
    }  # fmt: skip
    return render(request, "initiatives/deed.html", context)


@page(needs=Right.VIEW_INITIATIVE, methods=("GET", "POST"))
def report(request: HttpRequest, pk: int) -> HttpResponse:
    scope = scope_of(request)
    found = queries.deed(scope, pk)
    if found.responsible_id != scope.person_id:
        scope.require(Right.RECORD_INITIATIVE, found.organization.path)
    form = ReportForm(request.POST or None, initial={"on": scope.today})
    if went(request, form, lambda: actions.report(scope, pk, **form.cleaned_data)):
        messages.success(request, "已登记办理结果，请服务对象确认。")
        return redirect("initiatives:deed", pk=pk)
    return form_page(
        request, form, title=f"办理结果：{found.title}", submit="登记", cancel=reverse("initiatives:deed", args=[pk])
    )


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def put_off(request: HttpRequest, pk: int) -> HttpResponse:
    scope = scope_of(request)
    found = queries.deed(scope, pk, Right.RECORD_INITIATIVE)
    form = PutOffForm(request.POST or None)
    if went(request, form, lambda: actions.put_off(scope, pk, **form.cleaned_data)):
        messages.success(request, "已延期。")
        return redirect("initiatives:deed", pk=pk)
    return form_page(
        request, form, title=f"延期：{found.title}", submit="延期", cancel=reverse("initiatives:deed", args=[pk])
    )


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """What the beneficiary said on paper or in person, entered by somebody who is not responsible for the deed."""
    scope = scope_of(request)
    found = queries.deed(scope, pk, Right.RECORD_INITIATIVE)
    form = AnswerForm(request.POST or None)
    if went(request, form, lambda: actions.answer(scope, pk, **form.cleaned_data)):
        messages.success(request, "已登记服务对象的意见。")
        return redirect("initiatives:deed", pk=pk)
    return form_page(
        request, form, title=f"服务对象的意见：{found.title}", submit="登记",
        cancel=reverse("initiatives:deed", args=[pk]), intro="按服务对象当面或书面所说登记。责任人本人不能登记。",
    )  # fmt: skip
