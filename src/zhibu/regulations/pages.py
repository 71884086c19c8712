"""The rules, readable for everyone signed in."""

from __future__ import annotations

from datetime import date
from itertools import groupby, pairwise

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.regulations import queries
from zhibu.regulations.enums import SUBJECTS
from zhibu.regulations.tables import Rows, RuleTable
from zhibu.ui.tables.export import FORMATS, audited, export


@page()
def index(request: HttpRequest) -> HttpResponseBase:
    """All rules as they stand on a day, by subject."""
    on, mistake = _day(request)
    subject = request.GET.get("subject", "")
    text = request.GET.get("q", "")[:100].strip()
    unverified = request.GET.get("unverified") == "1"
    found = queries.entries(on, subject=subject if subject in SUBJECTS else "", text=text, unverified=unverified)
    if wanted := request.GET.get("export"):
        table = RuleTable(title=f"制度依据（{on}）")
        return export(request, table, Rows(found), wanted, request.scope, audited)  # type: ignore[arg-type, attr-defined]
    query = request.GET.copy()
    exports = []
    for name, label in FORMATS.items():
        query["export"] = name
        exports.append((label, f"{request.path}?{query.urlencode()}"))
    groups = [(key, SUBJECTS[key], list(group)) for key, group in groupby(found, key=lambda entry: entry.rule.subject)]
    is_today = on == request.scope.today  # type: ignore[attr-defined]
    context = {
        "groups": groups,
        "count": len(found),
        "on": on,
        "is_today": is_today,
        "suffix": "" if is_today else f"?on={on}",
        "mistake": mistake,
        "subjects": SUBJECTS.items(),
        "subject": subject,
        "text": text,
        "unverified": unverified,
        "narrowed": bool(subject or text or unverified),
        "exports": exports,
    }
    return render(request, "regulations/index.html", context)


@page()
def detail(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule with all its editions side by side."""
    on, mistake = _day(request)
    try:
        entry = queries.entry(rule_id, on)
    except queries.UnknownRule as unknown:
        raise Http404(str(unknown)) from unknown
    values = entry.rule.values
    differences: list[list[queries.Difference]] = [
        [],
        *(queries.changes(before, after) for before, after in pairwise(values)),
    ]
    context = {
        "rule": entry.rule,
        "entry": entry,
        "on": on,
        "mistake": mistake,
        "editions": [
            {"value": value, "differences": different, "applies": value is entry.value}
            for value, different in zip(values, differences, strict=True)
        ],
        "back": reverse("regulations:index") + f"#{entry.rule.subject}",
    }
    return render(request, "regulations/detail.html", context)


def _day(request: HttpRequest) -> tuple[date, str]:
    """The day asked for, else today; and what is wrong with the day asked for."""
    today: date = request.scope.today  # type: ignore[attr-defined]
    asked = request.GET.get("on", "").strip()
    if not asked:
        return today, ""
    try:
        return date.fromisoformat(asked), ""
    except ValueError:
        return today, f"“{asked[:40]}”不是日期，应写成 2026-05-11 这样；现在按今天（{today}）显示。"
