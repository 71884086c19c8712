"""The map on the wall; letting a screen in by a key; issuing and revoking keys."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.forms import OrganizationField
from zhibu.supervision.pages.board import asked, listed, shown_tile
from zhibu.supervision.queries.board import board, closed_since, top
from zhibu.supervision.wall import actions, queries
from zhibu.supervision.wall.models import WallKey
from zhibu.ui.forms import DateField, Form, attempt, form_page
from zhibu.ui.tables import Column, Empty, Table, table_page

ON_THE_WALL = 24
LATELY = 30  # days
KEPT = "wall_key"  # in the session


@page(public=True)
def wall(request: HttpRequest) -> HttpResponseBase:
    """The map for a screen on the wall: it asks for itself every minute and names nobody. For whoever may see the
    problems, and for a screen with a good key; the screen gets no addresses that it could not open."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if request.user.is_authenticated:
        scope.require(Right.VIEW_PROBLEM)
    elif let_in := queries.screen_scope(request.session.get(KEPT), scope.today):
        scope = let_in
    else:
        return _not_let_in(request)
    node = top(scope, asked(request)[0])
    found = board(scope, node, names=False)
    since = scope.today - timedelta(days=LATELY)
    context = {
        "board": found, "node": node, "whole": shown_tile(found.whole, {}, ""),
        "closed": closed_since(scope, node, since),
        "closed_url": listed(node, standing="closed", closed_from=str(since)),
        "tiles": [shown_tile(tile, {}, "") for tile in found.tiles[:ON_THE_WALL]],
        "left_out": max(len(found.tiles) - ON_THE_WALL, 0), "at": timezone.now(),
        "here": f"{reverse('wall')}?node={node.pk}", "map": f"{reverse('supervision:map')}?node={node.pk}",
        "opens": request.user.is_authenticated,
    }  # fmt: skip
    is_part = getattr(request, "htmx", None) and request.htmx.target == "wall"  # type: ignore[attr-defined]
    return render(request, "supervision/wall_live.html" if is_part else "supervision/wall.html", context)


def _not_let_in(request: HttpRequest) -> HttpResponseBase:
    """A stranger signs in; a screen whose key has ended is told so."""
    ended = KEPT in request.session
    if getattr(request, "htmx", None):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = reverse("wall-key")
        return answer
    return redirect("wall-key") if ended else redirect_to_login(request.get_full_path())


class KeyForm(Form):
    sensitive = ("code",)
    code = forms.CharField(
        label="大屏口令",
        max_length=40,
        help_text="发放时显示的四组字符。",
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *given: Any, scope: Scope, **named: Any) -> None:
        super().__init__(*given, **named)
        self.today = scope.today
        self.found: WallKey | None = None

    def clean_code(self) -> str:
        self.found = queries.key_of(self.cleaned_data["code"], self.today)
        if self.found is None:
            raise forms.ValidationError("口令不对、已到期或已收回。请向发放口令的党组织再要一个。")
        return str(self.cleaned_data["code"])


@page(public=True, methods=("GET", "POST"))
def enter_key(request: HttpRequest) -> HttpResponseBase:
    """Typed once on the screen itself, which then shows the wall's page until the key's last day. Whoever was signed in
    there is signed out."""
    form = KeyForm(request.POST or None, scope=request.scope)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid() and form.found is not None:
        last = datetime.combine(form.found.until + timedelta(days=1), time.min, timezone.get_current_timezone())
        # The session of a screen lasts as long as its key: no account's may.
        logout(request)
        request.session[KEPT] = form.found.pk
        request.session.set_expiry(last)
        return redirect("wall")
    ended = KEPT in request.session and not form.is_bound
    status = 422 if form.is_bound else 200
    return render(request, "supervision/wall/enter.html", {"form": form, "ended": ended}, status=status)


def standing(row: WallKey) -> str:
    if row.revoked_at is not None:
        return "已收回"
    return "已到期" if row.until < timezone.localdate() else "有效"


class WallKeyTable(Table):
    title = "大屏口令"
    search = "安装地点或党组织"
    search_in = ("place", "organization__name")
    default_sort = "-issued_at"
    columns = (
        Column("place", "安装地点"),
        Column("organization", "显示范围", value=lambda row: str(row.organization)),
        Column("until", "有效期至", sort="until"),
        Column("standing", "状态", value=standing, badge=lambda row: "green" if standing(row) == "有效" else "grey"),
        Column("issued_at", "发放时间", sort="issued_at", phone=False),
        Column("issued_by", "发放账号", value=lambda row: str(row.issued_by or ""), phone=False),
    )
    empty = Empty(
        "还没有发放大屏口令",
        "要在会议室、走廊的屏幕上显示态势图，发放一个口令，在屏幕上输入一次；屏幕不用任何人的账号，只能看到这一页。",
        action="发放", url="new/",
    )  # fmt: skip

    def row_url(self, row: Any) -> str | None:
        return reverse("supervision:wall-revoke", args=[row.pk]) if standing(row) == "有效" else None


@page(needs=Right.SUPERVISE)
def keys(request: HttpRequest) -> HttpResponseBase:
    rows = queries.wall_keys(request.scope)  # type: ignore[attr-defined]
    return table_page(request, WallKeyTable(), rows, template="supervision/wall/keys.html", export_right=Right.EXPORT)


class IssueForm(Form):
    organization = OrganizationField(label="显示范围", help_text="显示这个党组织及其下级的态势。填代码、全称或简称")
    place = forms.CharField(label="安装地点", max_length=100)
    until = DateField(label="有效期至", help_text="最长一年，到期自动失效，可以随时收回。")
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *given: Any, scope: Scope, **named: Any) -> None:
        named["initial"] = {"submission": uuid.uuid4(), **(named.get("initial") or {})}
        super().__init__(*given, **named)
        field = self.fields["organization"]
        assert isinstance(field, OrganizationField)
        field.offer(scope, Right.SUPERVISE)


@page(needs=Right.SUPERVISE, methods=("GET", "POST"))
def issue(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    form = IssueForm(request.POST or None, scope=scope)

    def act() -> tuple[WallKey, str]:
        data = form.cleaned_data
        return actions.issue_key(
            scope, data["organization"].pk, place=data["place"], until=data["until"], submission=data["submission"]
        )

    if request.method == "POST":
        made = attempt(form, act)
        if isinstance(made, tuple):
            context = {"key": made[0], "code": made[1], "address": request.build_absolute_uri(reverse("wall-key"))}
            return render(request, "supervision/wall/issued.html", context)
    return form_page(
        request, form, title="发放大屏口令", submit="发放", cancel=reverse("supervision:wall-keys"),
        intro="持口令的屏幕只能看到大屏这一页：党组织和数字，没有问题内容，没有个人。",
    )  # fmt: skip


@page(needs=Right.SUPERVISE, methods=("GET", "POST"))
def revoke(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.wall_key(scope, pk)
    if request.method == "GET":
        actions.refuse_revoked(found)
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and attempt(form, lambda: bool(actions.revoke_key(scope, pk))):
        messages.success(request, "已收回，屏幕在一分钟内停止显示。")
        return redirect("supervision:wall-keys")
    return form_page(
        request, form, title="收回大屏口令", submit="收回", cancel=reverse("supervision:wall-keys"),
        intro=f"{found.place}的屏幕显示{found.organization}的态势，到 {found.until} 为止。",
    )  # fmt: skip
