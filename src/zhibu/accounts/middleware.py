"""Gives each request its scope, computed once and only if asked for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from zhibu.accounts.scope import Scope, scope_of


class ScopeMiddleware:
    """``request.scope`` for every view; strangers get a scope without grants."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        def build() -> Scope:
            today = timezone.localdate()
            if request.user.is_authenticated:
                return scope_of(request.user, today)
            return Scope(user_id=None, person_id=None, today=today)

        request.scope = SimpleLazyObject(build)  # type: ignore[attr-defined]
        return self.get_response(request)
