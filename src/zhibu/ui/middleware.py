"""What the frame does to every answer: refusals become pages, and htmx gets redirects and messages in its own way."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.messages import get_messages
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from psycopg.errors import DeadlockDetected

from zhibu.regulations.refusal import Refusal, Refusals
from zhibu.ui.errors import error_page


class RefusalMiddleware:
    """Stands after messages and htmx.

    - A refusal that no form caught becomes a 422 page with its sentence, remedy and article.
    - The address of a button, opened as a page, is answered by a page that says so.
    - A redirect for htmx becomes ``HX-Redirect``, so that no page lands inside a table.
    - Messages left by an htmx request are added to its answer out of band.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 405:  # the address of a button, opened: after signing in again, or by reloading
            allowed = response["Allow"]
            response = error_page(request, 405)
            response["Allow"] = allowed
        htmx = getattr(request, "htmx", None)
        if isinstance(response, StreamingHttpResponse):
            return response
        patch_vary_headers(response, ["HX-Request", "HX-Target", "HX-Boosted"])
        if not htmx:
            return response
        if response.status_code in {301, 302, 303, 307, 308}:
            answer = HttpResponse(status=204)
            answer["HX-Redirect"] = response["Location"]
            answer.cookies.update(response.cookies)
            return answer
        html = response.get("Content-Type", "").startswith("text/html")
        if html and not htmx.boosted and response.status_code != 204 and (left := list(get_messages(request))):
            response.write(render_to_string("ui/messages_oob.html", {"messages": left}))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal | Refusals):
            refused = exception.refusals if isinstance(exception, Refusals) else [exception]
            what = "".join(one.message for one in refused)
            remedy = "".join(one.remedy for one in refused)
            return error_page(request, 422, what=what, remedy=remedy, citation=refused[0].citation)
        # PostgreSQL stores no NUL; forms refuse it, and this is for what is read beside a form. No text is repeated.
        if isinstance(exception, ValueError | DataError) and "NUL (0x00)" in str(exception):
            return error_page(request, 400, what="所填内容中含有不能保存的控制字符。", remedy="请删去后重试。")
        # Two who wait for each other: PostgreSQL undid this one, whole. Nothing is known to be away.
        if isinstance(exception, OperationalError) and isinstance(exception.__cause__, DeadlockDetected):
            what = "另一位工作人员正在办理同一件事，您的操作没有保存。"
            return error_page(request, 422, what=what, remedy="请刷新页面核对后再办一次。")
        return None
