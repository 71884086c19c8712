"""Opinions and self-check lists."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.meetings.enums import Kind
from zhibu.meetings.life import actions, queries
from zhibu.meetings.life.actions.preparing import is_held
from zhibu.meetings.life.enums import LineState
from zhibu.meetings.life.forms import BoxForm, OpinionForm, PaperForm, PointForm
from zhibu.meetings.life.models import LifeMeeting
from zhibu.meetings.life.pages.overview import home, scope_of
from zhibu.regulations.queries import value
from zhibu.ui.forms import attempt, form_page


def body_of(life: LifeMeeting) -> str:
    return "支部委员会" if life.kind == Kind.LIFE else "领导班子"


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def box(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    life = queries.one(scope, pk, Right.RECORD_MEETING)
    form = BoxForm(request.POST or None, initial={"until": life.box_until})
    if request.method == "POST" and attempt(form, lambda: bool(actions.open_box(scope, pk, **form.cleaned_data))):
        messages.success(request, "意见箱已开放，党员在“我的组织生活会”里能提意见。")
        return redirect(home(pk, "opinions"))
    least = value("life.opinion_group", scope.today).number
    intro = (
        f"范围内的党员不少于 {least} 人才能开。平台不记录谁提了意见、什么时候提的；截止之后，只有{body_of(life)}的委员"
        "能一起读到，次序是打乱的。"
    )
    return form_page(request, form, title="开放匿名意见箱", submit="开放", cancel=home(pk, "opinions"), intro=intro)


@page(methods=("GET", "POST"))
def opinion(request: HttpRequest, pk: int) -> HttpResponseBase:
    """For members, on a phone: the text and nothing that says who."""
    scope = scope_of(request)
    life = queries.one(scope, pk)
    if not queries.is_below(scope, life):
        raise PermissionDenied("意见箱面向本级以下的党员。")
    form = OpinionForm(
        request.POST or None, initial={"submission": uuid.uuid4()}, body=body_of(life),
        committee=queries.committee(life.organization, scope.today),
    )  # fmt: skip

    def act() -> bool:
        actions.give_opinion(scope, pk, **form.cleaned_data)
        return True

    if request.method == "POST" and attempt(form, act):
        messages.success(request, "意见已放进意见箱，没有记录是谁提的。提交后不能查看、修改。")
        return redirect("meetings:my_life")
    intro = "不记录姓名和时间，截止之后才由委员会一起阅读。也可以直接当面谈。"
    cancel = reverse("meetings:my_life")
    return form_page(request, form, title=f"给{life.organization}提意见", submit="提交", cancel=cancel, intro=intro)


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    life = queries.one(scope, pk, Right.RECORD_MEETING)
    form = PaperForm(
        request.POST or None, initial={"submission": uuid.uuid4(), "on": scope.today}, body=body_of(life),
        committee=queries.committee(life.organization, scope.today),
    )  # fmt: skip
    if request.method == "POST" and attempt(form, lambda: bool(actions.enter_opinion(scope, pk, **form.cleaned_data))):
        messages.success(request, "已登记意见。")
        return redirect(home(pk, "opinions"))
    intro = "登记书面、座谈、谈话中听到的意见，不写是谁提的。"
    return form_page(request, form, title="书面登记意见", submit="登记", cancel=home(pk, "opinions"), intro=intro)


@page(methods=("GET", "POST"))
def opinions(request: HttpRequest, pk: int) -> HttpResponse:
    """For the committee; every opening is kept. POST: one has been taken up."""
    scope = scope_of(request)
    life = queries.one(scope, pk)
    rows = queries.opinions(scope, life)
    if request.method == "POST":
        actions.take_up_opinion(scope, pk, _uuid(request.POST.get("opinion", "")))
        messages.success(request, "已归纳。")
        return redirect("meetings:opinions", pk)
    actions.note_reading_opinions(scope, life)
    waits = life.box_until is not None and life.box_until >= scope.today
    context = {"life": life, "opinions": list(rows[:500]), "waits": waits, "body": body_of(life)}
    return render(request, "meetings/life/opinions.html", context)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


@page(methods=("GET", "POST"))
def check(request: HttpRequest, pk: int, check: int) -> HttpResponse:
    """One self-check list: written by its owner a problem at a time, read by the owner and the committee."""
    scope = scope_of(request)
    life = queries.one(scope, pk)
    row = queries.check(scope, life, check)
    writes = queries.writes(scope, life, row)
    form = PointForm(request.POST or None)

    def act() -> bool:
        return bool(actions.add_point(scope, pk, check, actions.Point(**form.cleaned_data)))

    if request.method == "POST" and attempt(form, act):
        messages.success(request, "已加上一条。")
        return redirect("meetings:self_check", pk, check)
    row.life = life
    actions.note_reading_list(scope, row)
    context = {
        "life": life, "check": row, "points": list(row.points.all()), "writes": writes, "form": form,
        "open": writes and row.handed_in_on is None, "whose": row.person.name if row.person else body_of(life),
        "may_take_back": writes and row.handed_in_on is not None and not is_held(life),
    }  # fmt: skip
    return render(request, "meetings/life/check.html", context, status=422 if form.is_bound else 200)


@page(methods=("POST",))
def remove_point(request: HttpRequest, pk: int, check: int, point: int) -> HttpResponse:
    actions.remove_point(scope_of(request), pk, check, point)
    messages.success(request, "已删去一条。")
    return redirect("meetings:self_check", pk, check)


@page(methods=("POST",))
def hand_in(request: HttpRequest, pk: int, check: int) -> HttpResponse:
    actions.hand_in(scope_of(request), pk, check)
    messages.success(request, "已提交，支部委员会能看到。")
    return redirect("meetings:self_check", pk, check)


@page(methods=("POST",))
def take_back(request: HttpRequest, pk: int, check: int) -> HttpResponse:
    actions.take_back(scope_of(request), pk, check)
    messages.success(request, "已撤回，改好后请再提交。")
    return redirect("meetings:self_check", pk, check)


@page(needs=Right.RECORD_MEETING, methods=("POST",))
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    added = actions.renew_lists(scope_of(request), pk)
    messages.success(request, f"已更新名单，新增 {added} 人。")
    return redirect(home(pk, "lists"))


@page()
def mine(request: HttpRequest) -> HttpResponse:
    """What a member has to do with life meetings: a list to write, a box to write to, lines to put right."""
    scope = scope_of(request)
    context = {
        "own": list(queries.own_checks(scope)), "boxes": list(queries.open_boxes(scope)),
        "lines": list(queries.lines(scope).filter(owner=scope.person_id or 0, state=LineState.OPEN)[:50]),
        "today": scope.today,
    }  # fmt: skip
    return render(request, "meetings/life/mine.html", context)
