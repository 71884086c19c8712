"""What several pages of the room share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase

from zhibu.accounts.scope import Scope
from zhibu.initiatives import queries
from zhibu.initiatives.tables import ChooseTable
from zhibu.organizations.models import Organization
from zhibu.ui.forms import Form, attempt
from zhibu.ui.tables import table_page


def scope_of(request: HttpRequest) -> Scope:
    return request.scope  # type: ignore[attr-defined]


def chosen(request: HttpRequest) -> Organization | HttpResponseBase:
    """For which organization: the one named in the address, the only one there is, or the page to choose one."""
    scope = scope_of(request)
    given = request.GET.get("organization", "")
    if given.isdecimal() and len(given) < 18:
        return queries.recording_organization(scope, int(given))
    known = queries.recording_organizations(scope)
    few = list(known[:2])
    if len(few) == 1:
        return few[0]
    kept = {name: value for name, value in request.GET.items() if name in {"on"}}
    target = f"{request.path}?{urlencode(kept)}{'&' if kept else ''}organization="
    return table_page(request, ChooseTable(target), known)


def went(request: HttpRequest, form: Form, call: Callable[[], Any]) -> bool:
    """Whether something was asked for by POST and done; otherwise the form holds what is wrong."""
    return request.method == "POST" and bool(attempt(form, call))
