"""What a view demands before it runs. Every URL carries `page`; a test fails on one that does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

from zhibu.accounts.enums import Right


@dataclass(frozen=True)
class Access:
    """The declaration that the permission matrix is generated from."""

    needs: Right | None
    public: bool
    methods: tuple[str, ...]


View = Callable[..., HttpResponseBase]


def page(
    *, needs: Right | None = None, public: bool = False, methods: Sequence[str] = ("GET",)
) -> Callable[[View], View]:
    """Declare who may open a view: anyone (``public``), anyone signed in, or holders of ``needs`` somewhere.

    Whether they hold it on the object in question is decided by the query that loads the object.
    """

    def declare(view: View) -> View:
        allowed = tuple(methods) + (("HEAD",) if "GET" in methods else ())

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return HttpResponseNotAllowed(methods)
            if not public:
                if not request.user.is_authenticated:
                    return _to_sign_in(request)
                if needs is not None:
                    request.scope.require(needs)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        guarded.access = Access(needs, public, tuple(methods))  # type: ignore[attr-defined]
        return guarded

    return declare


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    answer = redirect_to_login(request.get_full_path())
    if getattr(request, "htmx", False):
        # A redirect would put the sign-in form into the middle of a table.
        swap = HttpResponse(status=204)
        swap["HX-Redirect"] = redirect_to_login(request.META.get("HTTP_HX_CURRENT_URL", "/")).url
        return swap
    return answer
