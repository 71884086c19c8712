"""Chosen actions: the list, proposing, one with its record, sending in, withdrawing, its files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.chosen import actions, queries
from zhibu.assessment.chosen.enums import EDITABLE, ActionState, ActionStep
from zhibu.assessment.chosen.forms import ActionForm, EvidenceForm, ReasonForm
from zhibu.assessment.chosen.models import ActionEntry, ChosenAction
from zhibu.assessment.chosen.reviewing import rubric_of
from zhibu.assessment.chosen.rubric import rubric_for
from zhibu.assessment.chosen.rules import refuse_state
from zhibu.assessment.chosen.tables import TONES, ActionTable
from zhibu.assessment.evaluators.queries import is_superior
from zhibu.assessment.evaluators.tables import ChooseTable
from zhibu.indicators.periods import Period
from zhibu.organizations.models import Organization
from zhibu.ui import files
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.parts import Event
from zhibu.ui.tables import ChoiceFilter, Empty, table_page

MINE = {"open": queries.to_open, "score": queries.to_score, "decide": queries.to_decide}
EVENT_TONES = {"concluded": "green", "returned": "yellow", "disputed": "red", "reopened": "yellow", "opened": "blue"}


def scope_of(request: HttpRequest) -> Scope:
    found: Scope = request.scope  # type: ignore[attr-defined]
    return found


@page(needs=Right.VIEW_SCORE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    may_propose = scope.may(Right.REPORT_WORK)
    filters = list(ActionTable.filters)
    if scope.may(Right.GRADE):

        def mine(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
            return rows.filter(pk__in=MINE[value](scope).values("pk"))

        choices = (("open", "待开始评审"), ("score", "待我评审"), ("decide", "待我裁定"))
        filters.append(ChoiceFilter("mine", "待我办理", choices, apply=mine))
    empty = ActionTable.empty
    if may_propose:
        empty = Empty(empty.title, empty.text, action="申报自选动作", url=reverse("assessment:action-new"))
    return table_page(
        request, ActionTable(filters=filters, empty=empty), queries.chosen_actions(scope),
        template="assessment/chosen/index.html", context={"may_propose": may_propose}, export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.VIEW_SCORE)
def rubric(request: HttpRequest) -> HttpResponseBase:
    return render(request, "assessment/chosen/rubric.html", {"rubric": rubric_for(scope_of(request).today)})


@page(needs=Right.REPORT_WORK, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    given = request.GET.get("organization", "")
    if given.isdecimal() and len(given) < 18:
        return _proposed(request, queries.reporting_organization(scope, int(given)), None)
    known = queries.reporting_organizations(scope)
    few = list(known[:2])
    if len(few) == 1:
        return _proposed(request, few[0], None)
    return table_page(request, ChooseTable(f"{request.path}?organization="), known)


@page(needs=Right.REPORT_WORK, methods=("GET", "POST"))
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = queries.chosen_action(scope_of(request), pk, Right.REPORT_WORK)
    if found.state not in EDITABLE:
        messages.info(request, "已经报送评审，申报内容不再改动。")
        return redirect("assessment:action", pk=pk)
    return _proposed(request, found.organization, found)


def _proposed(request: HttpRequest, node: Organization, found: ChosenAction | None) -> HttpResponseBase:
    scope = scope_of(request)
    projects, deeds = queries.linkable(scope, node)
    initial: dict[str, Any] = {"starts_on": scope.today}
    if found is not None:
        names = ("title", "what", "goal", "starts_on", "ends_on", "claimed", "version")
        initial = {name: getattr(found, name) for name in names}
        initial |= {"project": found.project_id, "deed": found.deed_id}
    form = ActionForm(
        request.POST or None, initial=initial, rubric=rubric_for(scope.today), projects=projects, deeds=deeds
    )

    def call() -> ChosenAction:
        if found is None:
            return actions.propose(scope, node.pk, form.plan(), submission=form.cleaned_data["submission"])
        return actions.amend(scope, found.pk, form.plan(), version=form.cleaned_data["version"] or 0)

    if request.method == "POST" and isinstance(kept := attempt(form, call), ChosenAction):
        messages.success(request, "已保存，完成后上传材料、报送评审。")
        return redirect("assessment:action", pk=kept.pk)
    title = f"{'申报' if found is None else '修改'}自选动作：{node}"
    back = reverse("assessment:action", args=[found.pk]) if found else reverse("assessment:actions")
    return form_page(
        request, form, title=title, submit="保存", cancel=back, draft="chosen-action",
        template="assessment/chosen/form.html",
    )  # fmt: skip


@page(needs=Right.VIEW_SCORE)
def action(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One action with its reviews as the reader may see them, its files and its record."""
    scope = scope_of(request)
    found = queries.chosen_action(scope, pk)
    superior = is_superior(scope, found.organization)
    state = ActionState(found.state)
    rubric = rubric_of(found) if found.rubric else rubric_for(scope.today)
    reviews = queries.shown_reviews(scope, found)
    titles = {one.key: one.title for one in rubric.criteria}
    context = {
        "action": found, "tone": TONES[state], "rubric": rubric, "superior": superior,
        "period": Period.of(found.ends_on),
        "may_report": scope.may(Right.REPORT_WORK, found.organization.path),
        "editable": state in EDITABLE, "state": state.value,
        "reviews": [(one, [(titles[key], one.scores[key]) for key in titles if key in one.scores]) for one in reviews],
        "given": len(queries.reviews_of(found)),
        "own": any(one.reviewer_id == scope.user_id for one in reviews),
        "events": [_event(one) for one in found.entries.order_by("-pk")],
        "evidence": list(found.evidence.all()), "evidence_form": EvidenceForm(),
        "attach_url": reverse("assessment:action-attach", args=[pk]),
    }  # fmt: skip
    return render(request, "assessment/chosen/action.html", context)


def _event(one: ActionEntry) -> Event:
    return Event(one.at, f"{ActionStep(one.step).label}（{one.role}）", note=one.text,
                 tone=EVENT_TONES.get(one.step, "grey"))  # fmt: skip


def version_of(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


@page(needs=Right.REPORT_WORK, methods=("POST",))
def submit(request: HttpRequest, pk: int) -> HttpResponseBase:
    actions.submit(scope_of(request), pk, version=version_of(request))
    messages.success(request, "已报送，等待上级党组织评审。")
    return redirect("assessment:action", pk=pk)


@page(needs=Right.REPORT_WORK, methods=("GET", "POST"))
def withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.chosen_action(scope, pk, Right.REPORT_WORK)
    if request.method == "GET":
        refuse_state(found, *EDITABLE, ActionState.SUBMITTED)
    form = ReasonForm(request.POST or None, initial={"version": found.version})
    done = attempt(form, lambda: actions.withdraw(scope, pk, **form.cleaned_data)) if request.POST else None
    if done is not None:
        messages.success(request, "已撤回，内容仍可查看。")
        return redirect("assessment:action", pk=pk)
    back = reverse("assessment:action", args=[pk])
    return form_page(request, form, title=f"撤回“{found.title}”", submit="撤回", cancel=back)


@page(needs=Right.REPORT_WORK, methods=("POST",))
def attach(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    queries.chosen_action(scope, pk, Right.REPORT_WORK)
    form = EvidenceForm(request.POST, request.FILES)
    back = reverse("assessment:action", args=[pk])
    if attempt(form, lambda: actions.attach(scope, pk, form.cleaned_data["file"])) is not None:
        messages.success(request, "已保存佐证材料。")
        return redirect(back)
    return form_page(request, form, title="上传佐证材料", submit="上传", cancel=back)


@page(needs=Right.VIEW_SCORE)
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    found, _action = queries.evidence(scope_of(request), pk)
    return files.download(found)


@page(needs=Right.REPORT_WORK, methods=("POST",))
def remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = actions.detach(scope_of(request), pk, reason=request.POST.get("reason", ""))
    messages.success(request, "已删去佐证材料。")
    return redirect("assessment:action", pk=found.pk)
