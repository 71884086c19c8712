"""Refusals and failures as pages, or, for htmx, as one alert in the message area of the page that is open."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme


@dataclass(frozen=True)
class Words:
    """What happened, and what to do."""

    title: str
    what: str
    remedy: str


WORDS = {
    400: Words("请求有误", "浏览器发来的内容不完整或格式不对。", "请返回上一页刷新后重试。"),
    403: Words(
        "没有权限", "您的职务没有办理此事的权限。", "需要办理的，请联系上级党组织；认为有误的，请联系系统管理员。"
    ),
    404: Words("没有找到", "这个页面不存在，或者不在您的管理范围内。", "请检查网址，或者从菜单重新进入。"),
    405: Words("没有办理", "这一步要在页面上点按钮办理，不能直接打开网址。", "请从菜单重新进入，再点一次按钮。"),
    422: Words("不能办理", "所填内容不符合规定。", "请按提示修改后重试。"),
    429: Words("请求过于频繁", "短时间内的尝试次数过多，已暂停受理。", "请稍后再试。"),
    500: Words(
        "系统出错",
        "服务器处理时发生错误，刚才的操作可能没有完成。",
        "请稍后重试；仍不行请把发生时间告诉系统管理员。",
    ),
    503: Words(
        "数据库暂时连接不上",
        "刚才的操作没有完成。",
        "请稍后重试；仍不行请告诉系统管理员，由其运行 zhibu doctor 查看原因。",
    ),
}


def came_from(request: HttpRequest) -> str:
    """The page of this house on which a button was pressed that was then refused; "" where there is none."""
    given = request.headers.get("Referer", "")
    if request.method != "POST" or not url_has_allowed_host_and_scheme(given, {request.get_host()}):
        return ""
    parts = urlsplit(given)
    here = parts.path + (f"?{parts.query}" if parts.query else "")
    # Two slashes at its beginning would lead to another house.
    return here if parts.netloc and parts.path != request.path and not here.startswith("//") else ""


def error_page(
    request: HttpRequest, status: int, *, what: str = "", remedy: str = "", citation: str = ""
) -> HttpResponse:
    """The page of a status. ``what`` and ``remedy`` replace the general sentences."""
    words = WORDS[status]
    context = {
        "status": status,
        "title": words.title,
        "what": what or words.what,
        "remedy": remedy or words.remedy,
        "citation": citation,
        "back": came_from(request),
    }
    htmx = getattr(request, "htmx", None)
    # A form that was sent stays open below the sentence, with all that was typed.
    if htmx and (not htmx.boosted or request.method == "POST"):
        answer = HttpResponse(render_to_string("ui/error_part.html", context, request), status=status)
        answer["HX-Retarget"] = "#messages"
        answer["HX-Reswap"] = "innerHTML show:window:top"
        answer["HX-Push-Url"] = "false"
        return answer
    signed_in = getattr(getattr(request, "user", None), "is_authenticated", False)
    template = "ui/error.html" if signed_in else "ui/error_public.html"
    return HttpResponse(render_to_string(template, context, request), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403, what=str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404)


def too_many(request: HttpRequest, what: str = "", remedy: str = "") -> HttpResponse:
    """For lockouts and throttles."""
    return error_page(request, 429, what=what, remedy=remedy)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """``CSRF_FAILURE_VIEW``: usually a page left open across a sign-in."""
    return error_page(request, 403, what="页面已过期，为了安全没有办理。", remedy="请返回上一页刷新后重试。")


def server_error(request: HttpRequest) -> HttpResponse:
    """Depends on nothing that may just have failed: no database, no session, no user."""
    status = 503 if isinstance(sys.exc_info()[1], OperationalError | InterfaceError) else 500
    words = WORDS[status]
    context = {"status": status, "title": words.title, "what": words.what, "remedy": words.remedy}
    if getattr(request, "htmx", None):
        answer = HttpResponse(render_to_string("ui/error_part.html", context), status=status)
        answer["HX-Retarget"] = "#messages"
        answer["HX-Reswap"] = "innerHTML show:window:top"
        return answer
    return HttpResponse(render_to_string("ui/error_public.html", context), status=status)
