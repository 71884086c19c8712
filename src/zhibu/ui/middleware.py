"""Turns a refusal that no form caught into a page with its sentence, remedy and article (422)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from zhibu.regulations.refusal import Refusal, Refusals


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal | Refusals):
            return render(request, "422.html", {"refusal": exception}, status=422)
        return None
