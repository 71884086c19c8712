"""Appeals on screen: lodging one, the list, one with its answer."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.assessment.publication import appeals as actions
from zhibu.assessment.publication import queries
from zhibu.assessment.publication.actions import require_own
from zhibu.assessment.publication.enums import AppealState, PublicationState
from zhibu.assessment.publication.forms import AnswerForm, AppealForm, UnchangedForm
from zhibu.assessment.publication.models import Appeal
from zhibu.assessment.publication.pages import scope_of, version_of
from zhibu.assessment.publication.rules import (
    ANSWER_RULE,
    SIDE,
    is_late,
    may_be_recomputed,
    needs_recomputing,
    spoken_for,
    title_of,
    why_no_appeal,
    why_not_handled,
)
from zhibu.assessment.publication.tables import APPEAL_TONES, AppealTable
from zhibu.organizations.queries import organization as one_organization
from zhibu.regulations.queries import rule, value
from zhibu.regulations.refusal import Refusal
from zhibu.ui import files
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import table_page


@page(needs=Right.APPEAL_SCORE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    return table_page(
        request, AppealTable(scope.today), queries.appeals(scope), template="assessment/publication/appeals.html",
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.APPEAL_SCORE, methods=("GET", "POST"))
def new(request: HttpRequest, pk: int, organization: int) -> HttpResponseBase:
    scope = scope_of(request)
    publication = queries.publication(scope, pk)
    node = one_organization(scope, organization, Right.VIEW_SCORE)
    found = queries.result(scope, publication, node)
    require_own(scope, node.pk)
    if request.method == "GET" and (refusal := why_no_appeal(publication, scope.today)):
        raise refusal
    form = AppealForm(
        found.score, found.lines, actions.lodged_about(node, publication)[:200], request.POST or None,
        request.FILES or None, initial={"indicator": request.GET.get("line", "")},
    )  # fmt: skip
    back = reverse("assessment:result", args=[pk, node.pk])
    made = (
        attempt(form, lambda: actions.appeal(scope, pk, node.pk, **form.given())) if request.method == "POST" else None
    )
    if isinstance(made, Appeal):
        messages.success(request, f"已提出申诉，学校组织部应在 {made.answer_due} 前答复。")
        return redirect("assessment:appeal", pk=made.pk)
    days = value(ANSWER_RULE, scope.today)
    return form_page(
        request, form, title=f"申诉：{publication}", submit="提出申诉", cancel=back, draft="score-appeal",
        template="assessment/publication/form.html", context={"found": publication},
        intro=f"{node.name}，申诉截止 {publication.appeals_until}，提出之后 {days.number} 天之内答复。"
        f"{rule(ANSWER_RULE).note}",
    )  # fmt: skip


@page(needs=Right.APPEAL_SCORE)
def appeal(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.appeal(scope, pk)
    correction = getattr(found, "correction", None)
    office = scope.may(Right.PUBLISH_SCORE, found.organization.path)
    open_now = found.state == AppealState.OPEN and found.publication.state == PublicationState.NOTICE
    context = {
        "found": found, "about": title_of(found.indicator), "publication": found.publication,
        "opens": found.indicator and not found.indicator.startswith(SIDE), "tone": APPEAL_TONES[found.state],
        "late": is_late(found, scope.today), "files": list(found.files.all()), "correction": correction,
        "lines": [
            (title_of(one["indicator"]), one["before"], one["after"])
            for one in (correction.lines if correction else ())
        ],
        "may_answer": office and open_now,
        "may_take_back": open_now and found.organization_id in spoken_for(scope),
        "may_recompute": office and may_be_recomputed(found) and found.publication.state == PublicationState.NOTICE,
    }  # fmt: skip
    return render(request, "assessment/publication/appeal.html", context)


@page(needs=Right.PUBLISH_SCORE, methods=("GET", "POST"))
def answer(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.appeal(scope, pk)
    if request.method == "GET" and (refusal := why_not_handled(found, found.publication, AppealState.OPEN)):
        raise refusal
    form = AnswerForm(request.POST or None, initial={"version": found.version})

    def act() -> Appeal:
        data = form.cleaned_data
        points: Decimal | None = data["points"]
        return actions.answer(
            scope, pk, data["version"], upheld=data["upheld"], answer=data["answer"], remedy=data["remedy"],
            points=points,
        )  # fmt: skip

    made = attempt(form, act) if request.method == "POST" else None
    if made:
        messages.success(request, "已答复。")
        return redirect("assessment:appeal", pk=pk)
    return form_page(
        request, form, title=f"答复：{found.organization} {title_of(found.indicator)}", submit="答复",
        draft="appeal-answer",
        cancel=reverse("assessment:appeal", args=[pk]), intro=f"申诉理由：{found.reason}",
        template="assessment/publication/form.html", context={"found": found.publication},
    )  # fmt: skip


@page(needs=Right.APPEAL_SCORE, methods=("POST",))
def take_back(request: HttpRequest, pk: int) -> HttpResponseBase:
    actions.take_back(scope_of(request), pk, version_of(request))
    messages.success(request, "已撤回申诉。")
    return redirect("assessment:appeal", pk=pk)


@page(needs=Right.PUBLISH_SCORE, methods=("POST",))
def recomputed(request: HttpRequest, pk: int) -> HttpResponseBase:
    made = actions.take_recomputed(scope_of(request), pk, version_of(request))
    messages.success(request, f"已按重算结果更正：{made.total_before} → {made.total_after} 分。")
    return redirect("assessment:appeal", pk=pk)


@page(needs=Right.PUBLISH_SCORE, methods=("GET", "POST"))
def unchanged(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.appeal(scope, pk)
    if request.method == "GET" and not needs_recomputing(found):
        raise Refusal("这件申诉不需要重算，或已经办结。", remedy="请返回申诉页，看现在到了哪一步。")
    form = UnchangedForm(request.POST or None, initial={"version": found.version})
    done = attempt(form, lambda: actions.state_unchanged(scope, pk, **form.cleaned_data))
    if request.method == "POST" and done:
        messages.success(request, "已写明重算结果相同，申诉的党组织可以看到理由。")
        return redirect("assessment:appeal", pk=pk)
    return form_page(
        request, form, title=f"重算结果相同：{found.organization} {title_of(found.indicator)}", submit="写明理由并办结",
        draft="appeal-unchanged", cancel=reverse("assessment:appeal", args=[pk]),
        intro="记录已经更正、重新计算之后，这个党组织的各项得分都没有变化时使用；有变化的，请取用重算结果。",
        template="assessment/publication/form.html", context={"found": found.publication},
    )  # fmt: skip


@page(needs=Right.APPEAL_SCORE)
def evidence(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    return files.download(queries.appeal_file(scope_of(request), pk, file))
