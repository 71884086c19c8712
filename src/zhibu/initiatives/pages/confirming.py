"""Links for beneficiaries: handing one out, and the page that opens without an account."""

from __future__ import annotations

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.initiatives import queries
from zhibu.initiatives.actions import confirming as actions
from zhibu.initiatives.forms import ConfirmForm
from zhibu.initiatives.pages.common import scope_of
from zhibu.ui.bearer import for_bearer
from zhibu.ui.errors import not_found, too_many
from zhibu.ui.forms import attempt


@page(needs=Right.RECORD_INITIATIVE, methods=("POST",))
@never_cache
def of_activity(request: HttpRequest, pk: int) -> HttpResponse:
    found = queries.activity(scope_of(request), pk, Right.RECORD_INITIATIVE)
    back = reverse("initiatives:activity", args=[pk])
    return _handed_out(request, found.title, back, activity=pk)


@page(needs=Right.RECORD_INITIATIVE, methods=("POST",))
@never_cache
def of_deed(request: HttpRequest, pk: int) -> HttpResponse:
    found = queries.deed(scope_of(request), pk, Right.RECORD_INITIATIVE)
    back = reverse("initiatives:deed", args=[pk])
    return _handed_out(request, found.title, back, deed=pk)


def _handed_out(request: HttpRequest, title: str, back: str, **of: int) -> HttpResponse:
    """The new link, shown this once as text and picture; or the earlier one ended."""
    scope = scope_of(request)
    if request.POST.get("do") == "revoke":
        actions.revoke(scope, **of)
        messages.success(request, "确认链接已作废。")
        return redirect(back)
    token, link = actions.issue(scope, **of)
    path = reverse("initiatives:confirm", args=[token])
    address = f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
    picture = segno.make(address, error="m").svg_data_uri(scale=4)
    context = {"title": title, "back": back, "address": address, "picture": picture, "link": link}
    return render(request, "initiatives/link.html", context)


@page(public=True, methods=("GET", "POST"))
@never_cache
def outside(request: HttpRequest, token: str) -> HttpResponse:
    """Opened by whoever was given the link. Shows title, branch and outcome, and nobody's name."""
    at, address = timezone.now(), request.META.get("REMOTE_ADDR", "")
    if actions.is_throttled(address, at):
        return for_bearer(too_many(request, "此处试错的链接过多，请 15 分钟后再试。"))
    try:
        asked = actions.opened(token, at)
        form = ConfirmForm(request.POST or None, is_activity=asked.is_activity, initial={"seal": asked.seal})
        if request.method == "POST":
            scope = Scope(user_id=None, person_id=None, today=timezone.localdate(at))

            def call() -> None:
                actions.confirm(token, at=at, scope=scope, reader=scope_of(request), **form.cleaned_data)

            if attempt(form, call):
                return for_bearer(render(request, "initiatives/confirmed.html", {"asked": asked}))
            # What is read now is what the next answer is about.
            form.data = {**request.POST.dict(), "seal": asked.seal}
    except actions.NoLink:
        actions.note_failure(address, at)
        return for_bearer(not_found(request, Http404()))
    except actions.Spent as spent:
        return for_bearer(render(request, "initiatives/spent.html", {"why": str(spent)}, status=410))
    context = {"asked": asked, "form": form}
    return for_bearer(render(request, "initiatives/confirm.html", context, status=422 if form.is_bound else 200))
