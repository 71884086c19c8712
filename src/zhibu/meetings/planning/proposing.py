"""The page of a proposal: usual days above, the lines below; nothing is stored before it is saved."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.planning import actions, proposal, queries
from zhibu.meetings.planning.enums import Source
from zhibu.meetings.planning.forms import HabitForm, LineSet
from zhibu.meetings.planning.pages import node_of, scope_of, told
from zhibu.meetings.planning.rules import Habit, Line, Period, period_of, periods, remark
from zhibu.meetings.rules import kinds_for
from zhibu.organizations.models import Organization
from zhibu.regulations.dates import working_day_known
from zhibu.ui.forms import Form, attempt
from zhibu.ui.parts import Tab

LINE_FIELDS = ("kind", "title", "held_on", "starts_at", "ends_at", "place", "with_appraisal")


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def propose(request: HttpRequest) -> HttpResponseBase:
    node = node_of(request)
    if not isinstance(node, Organization):
        return node
    return Proposal(request, node).answer()


class Proposal:
    """One request: the proposal, or what was made of it by hand."""

    def __init__(self, request: HttpRequest, node: Organization) -> None:
        self.request, self.node = request, node
        self.scope: Scope = scope_of(request)
        given = request.POST or request.GET
        self.period: Period = period_of(given.get("period", ""), self.scope.today)
        wanted = given.get("source", "")
        self.source = Source(wanted) if wanted in Source.values else Source.CADENCE
        self.dues = proposal.dues(self.scope, node, self.period)
        kinds = list(dict.fromkeys(one.duty.kind for one in self.dues))
        usual = proposal.habits(self.scope, node, kinds)
        asked = request.GET if request.method == "GET" and "do" in request.GET else None
        self.habit_forms = {kind: HabitForm(asked, prefix=kind.value, initial=_initial(usual[kind])) for kind in kinds}
        self.habits = {kind: form.habit(usual[kind]) for kind, form in self.habit_forms.items()}

    def answer(self) -> HttpResponseBase:
        kinds = kinds_for(self.node.kind)
        if self.request.method == "POST":
            self.lines = LineSet(self.request.POST, prefix="lines", form_kwargs={"kinds": kinds})
            self.form = Form(self.request.POST)
            valid = self.lines.is_valid()
            if self.request.POST.get("do") != "check":
                if not valid:
                    self.form.add_error(None, "有没填对的地方，已在表中标出。")
                elif attempt(self.form, self._save):
                    messages.success(self.request, f"已保存 {self.period.label}的计划。")
                    return redirect("meetings:plan")
                return self._page(422)
            return self._page(200)
        rows = [{"keep": True, **{name: getattr(line, name) for name in LINE_FIELDS}} for line in self._lines()]
        self.lines = LineSet(initial=rows, prefix="lines", form_kwargs={"kinds": kinds})
        self.form = Form()
        return self._page(200)

    def _lines(self) -> list[Line]:
        if self.source is Source.CADENCE:
            self.notes = proposal.proposed(self.scope, self.node, self.period, self.dues, self.habits)
        else:
            self.notes = proposal.copied(self.scope, self.node, self.period, self.source)
        return self.notes

    def _save(self) -> list[Any]:
        plans = [actions.plan_of(line) for form in self.lines.forms if (line := form.line()) is not None]
        given = self.request.POST.get("submission", "")
        return actions.save(self.scope, self.node.pk, plans, submission=_uuid(given))

    def _page(self, status: int) -> HttpResponseBase:
        chosen = self._chosen()
        notes = getattr(self, "notes", None)
        marks = [line.note for line in notes] if notes is not None else [
            remark(form.cleaned_data["held_on"]) if form.is_valid() else "" for form in self.lines.forms
        ]  # fmt: skip
        context = {
            "node": self.node, "period": self.period, "source": self.source, "form": self.form, "lines": self.lines,
            "rows": list(zip(self.lines.forms, marks, strict=True)),
            "habits": [(kind.label, form) for kind, form in self.habit_forms.items()],
            "clashes": told(queries.clashes_of(self.scope, self.node, chosen)),
            "periods": periods(self.scope.today),
            "tabs": [Tab(one.label, self._address(one), one is self.source) for one in Source],
            "submission": self.request.POST.get("submission") or uuid.uuid4(),
            "unknown_years": [
                year for year in sorted({self.period.start.year, self.period.end.year}) if not working_day_known(year)
            ],
        }  # fmt: skip
        return render(self.request, "meetings/plan/propose.html", context, status=status)

    def _chosen(self) -> list[Line]:
        if self.request.method == "GET":
            return self.notes
        return [line for form in self.lines.forms if form.is_valid() and (line := form.line()) is not None]

    def _address(self, source: Source) -> str:
        return f"?organization={self.node.pk}&period={self.period.key}&source={source.value}"


def _initial(habit: Habit) -> dict[str, Any]:
    return {name: getattr(habit, name) for name in ("week", "weekday", "starts_at", "ends_at", "place")}


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
