"""What each request is given before a view sees it: where it comes from, and its scope."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from zhibu.accounts.rules import client_address
from zhibu.accounts.scope import Scope, scope_of


class ClientAddressMiddleware:
    """Behind a reverse proxy, ``REMOTE_ADDR`` is made the client's, for whoever asks for it later (throttle, lockout).

    Stands first. Does nothing unless the operator named the proxy in ``ZHIBU_TRUSTED_PROXIES``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        peer, forwarded = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
        request.META["REMOTE_ADDR"] = client_address(peer, forwarded, settings.TRUSTED_PROXIES)
        return self.get_response(request)


class ScopeMiddleware:
    """``request.scope`` for every view, computed once and only if asked for; strangers get a scope without grants."""

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
