"""The list of alerts, one alert, what can be done with it, and the rules with their records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.supervision.alerts import actions, queries
from zhibu.supervision.alerts.definition import PAGES, AlertRule, alert_rules
from zhibu.supervision.alerts.enums import AlertEntryKind, AlertState
from zhibu.supervision.alerts.forms import FalseForm, SnoozeForm
from zhibu.supervision.alerts.models import Alert, AlertEntry
from zhibu.supervision.alerts.queries import FEWEST_CASES, Record
from zhibu.supervision.alerts.rules import AlertAct, longest_snooze, restored, why_not
from zhibu.supervision.alerts.tables import TONES, alert_table, rule_title
from zhibu.ui.forms import Form, attempt, form_page
from zhibu.ui.parts import Event
from zhibu.ui.tables import table_page

EVENT_TONES = {
    AlertEntryKind.RAISED: "yellow", AlertEntryKind.WOKEN: "yellow", AlertEntryKind.CLOSED: "green",
    AlertEntryKind.ACKNOWLEDGED: "blue", AlertEntryKind.PROBLEM: "blue",
}  # fmt: skip


@page(needs=Right.VIEW_PROBLEM)
def index(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return table_page(
        request, alert_table(scope), queries.alerts(scope), template="supervision/alerts/index.html",
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.VIEW_PROBLEM)
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """One alert: what, since when, why, what to do, and what this reader may do now."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.alert(scope, pk)
    rule = alert_rules().get(found.rule)
    events = [_event(one) for one in queries.entries(found)]
    allowed = {act.name.lower() for act in AlertAct if why_not(scope, act, found) is None}
    context = {
        "found": found, "rule": rule, "title": rule_title(found), "tone": TONES[AlertState(found.state)],
        "readings": [restored(one) for one in found.readings], "records": _records(found, rule),
        "place": _place(found, rule), "allowed": allowed, "events": events[::-1],
    }  # fmt: skip
    return render(request, "supervision/alerts/alert.html", context)


def _event(one: AlertEntry) -> Event:
    who = f"{one.role}（{one.by.display_name}）" if one.by else one.role
    tone = EVENT_TONES.get(AlertEntryKind(one.kind), "grey")
    return Event(one.at, one.get_kind_display(), "　".join(filter(None, (who, one.text))), tone=tone)


def _records(found: Alert, rule: AlertRule | None) -> tuple[str, str] | None:
    """(name, address) of the records that the values were counted from."""
    if rule is None:
        return None
    if rule.indicator is None:
        standing = {"problems_late": "overdue", "problems_open": "open"}[rule.measure]
        chosen = urlencode({"branch": f"={found.organization.code}", "standing": standing})
        return "打开这些问题", f"{reverse('supervision:index')}?{chosen}"
    period = found.readings[-1]["period"] if found.readings else ""
    url = reverse("assessment:indicator", args=[found.organization_id, rule.measure])
    return "打开指标的公式和记录", f"{url}?{urlencode({'period': period})}" if period else url


def _place(found: Alert, rule: AlertRule | None) -> str:
    """Where to act."""
    if rule is None:
        return ""
    name, of_organization = PAGES[rule.page]
    if rule.page == "problems":
        return f"{reverse(name)}?{urlencode({'branch': f'={found.organization.code}', 'standing': 'open'})}"
    return reverse(name, args=[found.organization_id] if of_organization else [])


@page(needs=Right.HANDLE_PROBLEM, methods=("POST",))
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    actions.acknowledge(request.scope, pk)  # type: ignore[attr-defined]
    messages.success(request, "已确认。事实改变后，预警在夜里自动解除。")
    return redirect("supervision:alert", pk)


@page(needs=Right.HANDLE_PROBLEM, methods=("POST",))
def problem(request: HttpRequest, pk: int) -> HttpResponse:
    made = actions.turn_into_problem(request.scope, pk).problem  # type: ignore[attr-defined]
    assert made is not None
    messages.success(request, f"已列入问题清单，编号 {made.number}。")
    return redirect("supervision:problem", made.pk)


@page(needs=Right.HANDLE_PROBLEM, methods=("GET", "POST"))
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    form = SnoozeForm(request.POST or None)

    def do(data: dict[str, Any]) -> object:
        return actions.snooze(scope, pk, until=data["until"], reason=data["reason"])

    intro = f"一次最多暂缓 {longest_snooze(scope.today)} 天（〔建议〕校内设定）。暂缓期间事实改变的，预警照样解除。"
    return _act(request, pk, AlertAct.SNOOZE, form, do, "已暂缓提醒。", intro)


@page(needs=Right.SUPERVISE, methods=("GET", "POST"))
def mark_false(request: HttpRequest, pk: int) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    form = FalseForm(request.POST or None)

    def do(data: dict[str, Any]) -> object:
        return actions.mark_false(scope, pk, reason=data["reason"])

    intro = "标为误报后不再提醒，直到这一事实改变；误报计入这条规则的误报率。以后认为不是误报的，可以再确认。"
    return _act(request, pk, AlertAct.FALSE, form, do, "已标为误报。", intro)


def _act(
    request: HttpRequest, pk: int, act: AlertAct, form: Form, do: Callable[[dict[str, Any]], object], done: str,
    intro: str,
) -> HttpResponse:  # fmt: skip
    """One short form about one alert: 404 outside the subtrees, refused where it is not this reader's turn."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.alert(scope, pk, Right.HANDLE_PROBLEM)
    back = reverse("supervision:alert", args=[pk])
    if request.method == "POST":
        if attempt(form, lambda: do(form.cleaned_data)) is not None:
            messages.success(request, done)
            return redirect(back)
    elif refusal := why_not(scope, act, found):
        raise refusal
    return form_page(
        request, form, title=f"{act.value}：{found.number}", submit=act.value, cancel=back, intro=intro,
        template="supervision/alerts/act.html",
        context={"found": found, "back": back, "act": act.value, "name": rule_title(found)},
    )  # fmt: skip


@page(needs=Right.VIEW_PROBLEM)
def rules(request: HttpRequest) -> HttpResponse:
    """All rules, each with what became of its alerts in the reader's subtrees."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    records = queries.record_by_rule(scope)
    rows = [(one, records.get(one.id, Record())) for one in alert_rules().values()]
    return render(request, "supervision/alerts/rules.html", {"rows": rows, "fewest": FEWEST_CASES})


@page(needs=Right.VIEW_PROBLEM)
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """One rule: when, on whom, on what basis, what to do; how many it raised, how many were acted upon, how many
    false."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.alert_rule(key)
    listed = f"{reverse('supervision:alerts')}?{urlencode({'rule': key})}"
    context = {
        "rule": found, "record": queries.record_by_rule(scope).get(key, Record()), "fewest": FEWEST_CASES,
        "listed": listed, "living": f"{listed}&state=living", "found_false": f"{listed}&state=found_false",
        "acted": f"{listed}&state=acted",
    }  # fmt: skip
    return render(request, "supervision/alerts/rule.html", context)
