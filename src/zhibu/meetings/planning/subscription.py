"""The private calendar address: the page that makes and ends it, and the file behind it."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.access import page
from zhibu.accounts.scope import scope_of
from zhibu.meetings.models import CalendarAddress
from zhibu.meetings.planning import pages
from zhibu.meetings.planning.calendars import close_address, digest, open_address, own_meetings, written


@page(methods=("GET", "POST"))
def mine(request: HttpRequest) -> HttpResponse:
    """Make, renew and end the reader's own address."""
    scope = pages.scope_of(request)
    address = ""
    if request.method == "POST":
        if request.POST.get("do") == "close":
            close_address(scope)
        else:
            path = reverse("meetings:subscribed", args=[open_address(scope)])
            address = f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
    known = CalendarAddress.objects.filter(user=scope.user_id or 0).first()
    answer = render(request, "meetings/plan/calendar.html", {"address": address, "known": known})
    answer["Cache-Control"] = "no-store"
    return answer


@page(public=True)
def subscribed(request: HttpRequest, token: str) -> HttpResponse:
    """The file itself. Whoever knows the address reads; the account must still be active."""
    row = CalendarAddress.objects.select_related("user").filter(token_hash=digest(token)).first()
    if row is None or not row.user.is_active:
        raise Http404("没有这个日历地址，或已经停用。")
    scope = scope_of(row.user, timezone.localdate())
    answer = HttpResponse(written(own_meetings(scope)), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
