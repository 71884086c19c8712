"""Pages of the reminders: they read input, call one action or query, and render."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.models import User
from zhibu.accounts.scope import Scope
from zhibu.reminders import actions, queries
from zhibu.reminders.enums import SILENT, DeliveryState, RobotKind
from zhibu.reminders.forms import PreferenceForm, RobotForm
from zhibu.reminders.models import Delivery, Robot
from zhibu.reminders.tables import DeliveryTable, RobotTable, explained
from zhibu.ui.forms import Form, attempt, form_page
from zhibu.ui.tables import table_page


def _scope(request: HttpRequest) -> Scope:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@page(methods=("GET", "POST"))
def mine(request: HttpRequest) -> HttpResponseBase:
    """How the reader wants to be reminded."""
    scope, user = _scope(request), _user(request)
    kept = queries.preference(user)
    names = ("by_email", "rhythm", "address", "quiet_from", "quiet_until")
    form = PreferenceForm(request.POST or None, initial={name: getattr(kept, name) for name in names})
    known = queries.address_of(user, kept) if not kept.address else ""
    form.fields["address"].help_text = (
        f"不填则发到档案里的 {known}。" if known else "档案里没有邮箱的，要填写才能收到。"
    )

    def act() -> bool:
        return bool(actions.set_preference(scope, user, **form.cleaned_data))

    if request.method == "POST" and attempt(form, act):
        messages.success(request, "已保存提醒设置。")
        return redirect("reminders:mine")
    context = {"form": form, "open": queries.channels_open()}
    return render(request, "reminders/mine.html", context, status=422 if form.errors else 200)


@page(needs=Right.EDIT_ORGANIZATION)
def robots(request: HttpRequest) -> HttpResponseBase:
    return table_page(
        request, RobotTable(), queries.robots(_scope(request)), template="reminders/robots.html",
        context={"open": queries.channels_open()},
    )  # fmt: skip


@page(needs=Right.EDIT_ORGANIZATION, methods=("GET", "POST"))
def new_robot(request: HttpRequest) -> HttpResponseBase:
    scope = _scope(request)
    mine = queries.organizations_for_robots(scope)[:2]
    initial = {"kind": RobotKind.WECOM, "organization": mine[0].code if len(mine) == 1 else ""}
    form = RobotForm(request.POST or None, scope=scope, initial=initial)

    def act() -> Robot:
        cleaned = dict(form.cleaned_data)
        return actions.add_robot(scope, cleaned.pop("organization"), at=timezone.now(), **cleaned)

    if request.method == "POST" and (robot := attempt(form, act)):
        assert isinstance(robot, Robot)
        messages.success(request, "已登记。请发一条测试，看群里是否收到。")
        return redirect("reminders:robot", robot.pk)
    intro = "群里只会收到“多少件事等待办理”和平台的链接，不会出现任何人的姓名。地址加密保存，登记后不再显示。"
    return form_page(
        request, form, title="登记群机器人", submit="登记", cancel=reverse("reminders:robots"), intro=intro
    )


@page(needs=Right.EDIT_ORGANIZATION)
def robot(request: HttpRequest, pk: int) -> HttpResponse:
    found = queries.robot(_scope(request), pk)
    last = [(row, explained(row)) for row in found.deliveries.exclude(state__in=SILENT)[:10]]
    return render(request, "reminders/robot.html", {"robot": found, "last": last})


@page(needs=Right.EDIT_ORGANIZATION, methods=("POST",))
def test_robot(request: HttpRequest, pk: int) -> HttpResponse:
    _tell(request, actions.test_robot(_scope(request), pk, timezone.now()), "群里应已收到一条测试消息。")
    return redirect("reminders:robot", pk)


@page(needs=Right.EDIT_ORGANIZATION, methods=("POST",))
def switch_robot(request: HttpRequest, pk: int) -> HttpResponse:
    found = actions.switch_robot(_scope(request), pk, on=request.POST.get("on") == "1")
    messages.success(request, f"已{'启用' if found.is_active else '停用'}“{found.label}”。")
    return redirect("reminders:robot", pk)


@page(needs=Right.EDIT_ORGANIZATION, methods=("GET", "POST"))
def remove_robot(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Asks first: the address is shown to nobody, so that what was removed cannot be entered again from memory."""
    if request.method == "POST":
        messages.success(request, f"已删去“{actions.remove_robot(_scope(request), pk)}”。")
        return redirect("reminders:robots")
    found = queries.robot(_scope(request), pk)
    intro = (
        f"{found.organization}的“{found.label}”（{found.get_kind_display()}）不再收到提醒，它的地址、密钥和发送记录一并删去，"
        "不能恢复；以后再用要重新登记。只是暂时不发的，请用“停用”。"
    )
    cancel = reverse("reminders:robot", args=[pk])
    return form_page(request, Form(), title=f"删去群机器人：{found.label}", submit="删去", cancel=cancel, intro=intro)


@page(needs=Right.MAINTAIN)
def log(request: HttpRequest) -> HttpResponseBase:
    scope = _scope(request)
    return table_page(
        request, DeliveryTable(), queries.deliveries(scope), template="reminders/log.html",
        context={"open": queries.channels_open()},
    )  # fmt: skip


@page(needs=Right.MAINTAIN, methods=("POST",))
def test_mail(request: HttpRequest) -> HttpResponse:
    _tell(request, actions.test_mail(_scope(request), _user(request), timezone.now()), "测试邮件已交给邮件服务器。")
    return redirect("reminders:log")


def _tell(request: HttpRequest, held: Delivery, good: str) -> None:
    if held.state == DeliveryState.SENT:
        messages.success(request, good)
    else:
        messages.error(request, held.reason)
