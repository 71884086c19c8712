"""The frame alone, with a few pages to try it on: the other rooms may be under repair."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import include, path

from zhibu.accounts.access import page
from zhibu.accounts.models import User
from zhibu.regulations.refusal import Refusal
from zhibu.ui.tables import BulkAction, ChoiceFilter, Column, DateFilter, Table, TextFilter, selected, table_page


def by_state(rows, value):
    return rows.filter(is_active=value == "on")


class UserTable(Table):
    title = "账号"
    search = "账号或姓名"
    search_in = ("username", "display_name")
    default_sort = "username"
    columns = [
        Column("username", "账号", sort=True, link=lambda user: f"/account/{user.pk}/"),
        Column("display_name", "姓名", sort="display_name"),
        Column("is_active", "可登录", badge=lambda user: "green" if user.is_active else "grey"),
        Column("secret", "口令", value=lambda user: "******", export=False),
        Column("created_at", "建立时间", sort="created_at", phone=False),
    ]
    filters = [
        ChoiceFilter("state", "状态", (("on", "可登录"), ("off", "停用")), apply=by_state),
        TextFilter("name", "姓名", field="display_name"),
        DateFilter("since", "建立", field="created_at__date"),
    ]
    bulk = [BulkAction("mark", "标记", url="mark"), BulkAction("export", "导出所选")]


EXPORTED: list[tuple[str, int]] = []


def rows():
    return User.objects.filter(username__startswith="row")


@page()
def accounts(request: HttpRequest) -> HttpResponseBase:
    return table_page(
        request, UserTable(), rows(), export_right="export",
        on_export=lambda scope, table, count: EXPORTED.append((table.title, count)),
    )  # fmt: skip


@page(methods=("POST",))
def mark(request: HttpRequest) -> HttpResponse:
    names = selected(request, UserTable(), rows()).values_list("username", flat=True)
    return HttpResponse(",".join(sorted(names)))


@page()
def moved(request: HttpRequest) -> HttpResponse:
    return redirect("/elsewhere/")


@page()
def noted(request: HttpRequest) -> HttpResponse:
    messages.success(request, "已保存。")
    return HttpResponse("<p>part</p>")


@page(public=True, methods=("GET", "POST"))
def fails(request: HttpRequest, how: str) -> HttpResponse:
    if how == "refused":
        raise Refusal("到会人数不足。", remedy="请另行召开。")
    if how == "forbidden":
        raise PermissionDenied("您没有任免权限。")
    if how == "missing":
        raise Http404
    raise RuntimeError(how)


@page(public=True, methods=("POST",))
def button(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [
    path("accounts/", accounts),
    path("mark/", mark, name="mark"),
    path("moved/", moved),
    path("noted/", noted),
    path("button/", button),
    path("fails/<how>/", fails),
    path("", include("zhibu.ui.urls")),
    path("", accounts, name="home"),
    path("sign-in/", fails, name="sign_in"),
]
handler400 = "zhibu.ui.errors.bad_request"
handler403 = "zhibu.ui.errors.forbidden"
handler404 = "zhibu.ui.errors.not_found"
handler500 = "zhibu.ui.errors.server_error"
