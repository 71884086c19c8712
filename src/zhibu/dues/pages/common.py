"""What several pages share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.forms import BaseForm
from django.http import Http404, HttpRequest
from django.urls import reverse

from zhibu.accounts.scope import Scope
from zhibu.dues import queries
from zhibu.dues.rules import Chosen, month_of
from zhibu.organizations.models import Organization
from zhibu.regulations.dates import add_months
from zhibu.ui.forms import attempt

FIRST = date(2008, 4, 1)


def scope_of(request: HttpRequest) -> Scope:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


def tried(request: HttpRequest, form: BaseForm, call: Callable[[], object]) -> object:
    """What the action gave, true for one that gives nothing; None before it is asked for and when it was refused."""
    return attempt(form, call) if request.method == "POST" else None


def month_from(parameters: Mapping[str, Any], scope: Scope) -> date:
    """The month of an address (``2026-11``); this month where it says nothing, or nothing sensible."""
    given = str(parameters.get("month", ""))
    now = month_of(scope.today)
    try:
        found = date.fromisoformat(f"{given}-01") if len(given) == 7 else now
    except ValueError:
        return now
    return found if FIRST <= found <= now else now


def pk_from(text: str | None) -> int:
    """A key of an address; 404 for what is none."""
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise Http404("没有这个党组织，或不在您的管理范围内。")
    return int(text)


def neighbours(address: str, month: date, scope: Scope, **more: Any) -> list[tuple[str, str]]:
    """The months before and after, as links."""
    wanted = [("上一月", add_months(month, -1)), ("下一月", add_months(month, 1))]
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return [
        (label, f"{address}?month={other:%Y-%m}{query}") for label, other in wanted if FIRST <= other <= scope.today
    ]


def sheet_address(branch: Organization, month: date) -> str:
    return f"{reverse('dues:sheet')}?branch={branch.pk}&month={month:%Y-%m}"


def chosen_now(scope: Scope) -> Chosen:
    return queries.choice(month_of(scope.today))


def known_year(year: int, scope: Scope) -> None:
    """404 for a year of which the platform can know nothing."""
    if not FIRST.year <= year <= scope.today.year:
        raise Http404("没有这个年度的党费。")
