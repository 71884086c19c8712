"""Transfers: the list, asking, letters from outside, letters of introduction."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.people.models import Person
from zhibu.people.queries import branches, by_number_or_name
from zhibu.people.queries import person as load
from zhibu.procedures.enums import Actor
from zhibu.procedures.models import Case
from zhibu.procedures.pages.reports import WORD
from zhibu.procedures.queries import acting, case, may_act
from zhibu.procedures.transfers import actions, queries
from zhibu.procedures.transfers.actions import IncomingLetter, Outside
from zhibu.procedures.transfers.forms import FetchForm, IncomingForm, LateReceiptForm, RequestForm, WholeForm
from zhibu.procedures.transfers.models import Letter
from zhibu.procedures.transfers.tables import LetterTable, TransferTable
from zhibu.regulations.refusal import Refusal
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import selected, table_page

INTRO = (
    "未被接收之前，仍由原党支部负责；被接收并编入党支部之日起，由接收方负责。"
    "校内转接选择党支部，转出校外填写接收的党组织。"
)


@page(needs=Right.VIEW_CASE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return table_page(
        request, TransferTable(), queries.transfers(scope), template="procedures/transfers/index.html",
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponseBase:
    """Asking for a transfer: everybody for themselves, offices for those in their branches."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    others = scope.may(Right.HANDLE_CASE)
    if scope.person_id is None and not others:
        raise PermissionDenied("这个账号没有对应的党员档案，不能申请转接。需要办理的，请联系党支部。")
    initial = {"person": request.GET.get("person", ""), "submission": uuid.uuid4()}
    form = RequestForm(request.POST or None, initial=initial, branches=queries.receiving_branches(scope), others=others)

    def act() -> Case:
        data = form.cleaned_data
        outside = None
        if data["kind"] or data["addressee"] or data["to_unit"]:
            outside = Outside(data["kind"], data["addressee"], data["to_unit"])
        return actions.request(
            scope, _person(scope, data.get("person", "")), target=data["target"], outside=outside, cause=data["cause"],
            submission=data["submission"],
        )  # fmt: skip

    if request.method == "POST" and isinstance(found := attempt(form, act), Case):
        messages.success(request, f"已为“{found.person}”提出转接申请。")
        return redirect("procedures:case", pk=found.pk)
    cancel = reverse("procedures:transfers") if scope.may(Right.VIEW_CASE) else reverse("procedures:mine")
    return form_page(
        request, form, title="申请转接组织关系", submit="提出申请", cancel=cancel, intro=INTRO, draft="transfer-new"
    )  # fmt: skip


def _person(scope: Scope, text: str) -> Person:
    if text.strip():
        return by_number_or_name(scope, text)
    if scope.person_id is None:
        raise Refusal("请填写党员姓名或学工号。", field="person")
    return load(scope, scope.person_id)


@page(needs=Right.HANDLE_CASE, methods=("GET", "POST"))
def whole(request: HttpRequest) -> HttpResponseBase:
    """Asking for the move of a whole organization."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    form = WholeForm(
        request.POST or None, initial={"submission": uuid.uuid4()}, movable=queries.movable(scope),
        superiors=queries.superiors(scope),
    )  # fmt: skip

    def act() -> Case:
        data = form.cleaned_data
        return actions.request_whole(
            scope, data["organization"], data["parent"], cause=data["cause"], submission=data["submission"]
        )

    if request.method == "POST" and isinstance(found := attempt(form, act), Case):
        messages.success(request, "已提出整建制转接，办结之前冻结人员变动。")
        return redirect("procedures:case", pk=found.pk)
    return form_page(
        request, form, title="整建制转接", submit="提出申请", cancel=reverse("procedures:transfers"),
        intro="党组织连同全部下级和党员改由另一个上级党组织领导。原上级和新上级都同意之后调整隶属；期间冻结人员变动。",
    )  # fmt: skip


@page(needs=Right.DECIDE_CASE, methods=("GET", "POST"))
def incoming(request: HttpRequest) -> HttpResponseBase:
    """A letter from outside: the member is taken in, the receipt is due within a month."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    form = IncomingForm(request.POST or None, branches=branches(scope, Right.DECIDE_CASE), today=scope.today)

    def act() -> Case:
        data = form.cleaned_data
        letter = IncomingLetter(
            data["number"], data["issued_by"], data["issued_on"], data["valid_days"], data["letter_dues_until"]
        )
        return actions.receive(
            scope, data["organization"], letter, on=data["on"], stage=data["stage"], fields=form.of_person(),
            returning=data["returning"],
        )  # fmt: skip

    if request.method == "POST" and isinstance(found := attempt(form, act), Case):
        messages.success(request, f"已接收“{found.person}”并编入党支部，请在一个月内寄出回执。")
        return redirect("procedures:case", pk=found.pk)
    form.ask_whether_returning()
    return form_page(
        request, form, title="登记收到的介绍信", submit="接收并编入", cancel=reverse("procedures:transfers"),
        intro="核对介绍信和档案材料之后登记。登记即编入党支部，党员档案按所填内容建立。",
    )  # fmt: skip


@page(needs=Right.VIEW_CASE)
def letters(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return table_page(
        request, LetterTable(), queries.letters_listed(scope), template="procedures/transfers/letters.html",
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.DECIDE_CASE, methods=("POST",))
def print_letters(request: HttpRequest) -> HttpResponseBase:
    """The chosen letters as one Word file."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    chosen = selected(request, LetterTable(), queries.letters_listed(scope))
    content = actions.print_letters(scope, chosen)
    answer = HttpResponse(content, content_type=WORD)
    answer["Content-Disposition"] = 'attachment; filename="letters.docx"'
    return answer


@page(needs=Right.HANDLE_CASE, methods=("GET", "POST"))
def fetched(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Somebody has fetched a letter."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    letter = queries.letter(scope, pk)
    form = FetchForm(request.POST or None, initial={"on": scope.today})

    def act() -> Letter:
        return actions.fetch(scope, pk, on=form.cleaned_data["on"])

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, f"已登记领取 {letter.number}。")
        return redirect("procedures:case", pk=letter.case_id)
    return form_page(
        request, form, title=f"登记领取：{letter.number}", submit="登记",
        cancel=reverse("procedures:case", args=[letter.case_id]),
    )  # fmt: skip


@page(needs=Right.DECIDE_CASE, methods=("GET", "POST"))
def late_receipt(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A receipt within the validity that came after the transfer had fallen back."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = case(scope, pk)
    if found.procedure != "transfer_out":
        raise Http404("这件事没有介绍信。")
    if not may_act(scope, found, Actor.APPROVER, acting(found)):
        raise PermissionDenied("回执由开具介绍信的党组织登记。需要登记的，请联系该组织。")
    form = LateReceiptForm(request.POST or None, initial={"version": found.version})

    def act() -> object:
        data = form.cleaned_data
        return actions.late_receipt(scope, pk, version=data["version"], on=data["on"], reason=data["reason"])

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, "已登记回执，组织关系已转出。")
        return redirect("procedures:case", pk=pk)
    return form_page(
        request, form, title="登记迟到的回执", submit="登记", cancel=reverse("procedures:case", args=[pk]),
        intro="接收方在介绍信有效期内已经接收、回执在逾期退回之后才收到的，按接收日期登记。",
    )  # fmt: skip
