"""The gallery of model work on screen, and how a case gets there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.assessment.honours import cases as actions
from zhibu.assessment.honours import queries
from zhibu.assessment.honours.actions import require_gallery
from zhibu.assessment.honours.enums import CaseState, HonourState
from zhibu.assessment.honours.forms import CaseForm, ReasonForm
from zhibu.assessment.honours.models import Honour, ModelCase
from zhibu.assessment.honours.pages import FORM, scope_of
from zhibu.assessment.honours.tables import CASE_TONES, CaseTable, GalleryTable
from zhibu.assessment.publication.rules import spoken_for
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization as one_organization
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import table_page

RECORDS = 8  # of meetings, under the cases; the rest stands in the room of meetings


@page(needs=Right.VIEW_SCORE)
def index(request: HttpRequest) -> HttpResponseBase:
    """Cases that are shown; under them the exemplary records of meetings, which the room of meetings keeps."""
    scope = scope_of(request)
    records = queries.exemplary_records(scope)
    own = next(iter(spoken_for(scope)), None)
    context = {
        "records": list(records[:RECORDS]) if records is not None else [], "own": own,
        "keeps": own is not None or scope.may(Right.PUBLISH_SCORE),
    }  # fmt: skip
    return table_page(
        request, GalleryTable(), queries.gallery(scope), template="assessment/honours/gallery.html", context=context,
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.APPEAL_SCORE)
def cases(request: HttpRequest) -> HttpResponseBase:
    return table_page(
        request, CaseTable(), queries.cases(scope_of(request)), template="assessment/honours/cases.html",
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.VIEW_SCORE)
def case(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.case(scope, pk)
    own = found.organization_id in spoken_for(scope)
    office = scope.may(Right.PUBLISH_SCORE, found.organization.path)
    state = CaseState(found.state)
    context = {
        "found": found, "tone": CASE_TONES[found.state], "keeps": own or office,
        "may_agree": own and state == CaseState.ASKED,
        "may_decline": own and state in {CaseState.ASKED, CaseState.AGREED, CaseState.SHOWN},
        "may_show": office and state == CaseState.AGREED,
        "may_take_down": office and state in {CaseState.ASKED, CaseState.AGREED, CaseState.SHOWN},
    }  # fmt: skip
    return render(request, "assessment/honours/case.html", context)


@page(needs=Right.APPEAL_SCORE, methods=("GET", "POST"))
def new(request: HttpRequest, organization: int) -> HttpResponseBase:
    scope = scope_of(request)
    node = one_organization(scope, organization, Right.VIEW_SCORE)
    require_gallery(scope, node, spoken_for(scope))
    return _write(request, node, None)


@page(needs=Right.APPEAL_SCORE, methods=("GET", "POST"))
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.case(scope, pk)
    node = one_organization(scope, found.organization_id, Right.VIEW_SCORE)
    require_gallery(scope, node, spoken_for(scope))
    return _write(request, node, found)


def _write(request: HttpRequest, node: Organization, found: ModelCase | None) -> HttpResponseBase:
    scope = scope_of(request)
    honours = Honour.objects.filter(organization=node, state=HonourState.AWARDED).select_related("publication")
    initial: dict[str, Any] = {}
    if found is not None:
        initial = {"title": found.title, "text": found.text, "honour": found.honour_id, "version": found.version}
    form = CaseForm(honours, request.POST or None, initial=initial)
    pk = found.pk if found else None

    def act() -> ModelCase:
        return actions.write(scope, node.pk, pk=pk, **form.given())

    made = attempt(form, act) if request.method == "POST" else None
    if isinstance(made, ModelCase):
        told = "待展示" if made.state == CaseState.AGREED else "待本组织同意"
        messages.success(request, f"已保存，{told}。")
        return redirect("assessment:case", pk=made.pk)
    cancel = reverse("assessment:case", args=[pk]) if pk else reverse("assessment:gallery")
    return form_page(
        request, form, title=f"{node.name}：{'修改' if found else '撰写'}案例", submit="保存", cancel=cancel,
        draft="model-case", template=FORM,
        intro="本组织撰写的，保存即同意展示；学校组织部撰写或修改的，须经本组织同意。展示之后，本组织可以随时撤回。",
    )  # fmt: skip


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


@page(needs=Right.APPEAL_SCORE, methods=("POST",))
def consent(request: HttpRequest, pk: int) -> HttpResponseBase:
    agrees = request.POST.get("agrees") == "yes"
    actions.consent(scope_of(request), pk, _version(request), agrees=agrees)
    messages.success(request, "已同意展示。" if agrees else "已不再同意展示。")
    return redirect("assessment:case", pk=pk)


@page(needs=Right.PUBLISH_SCORE, methods=("POST",))
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    actions.show(scope_of(request), pk, _version(request))
    messages.success(request, "已展示。")
    return redirect("assessment:case", pk=pk)


@page(needs=Right.PUBLISH_SCORE, methods=("GET", "POST"))
def take_down(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.case(scope, pk)
    if request.method == "GET" and (refusal := actions.why_not_taken_down(found)):
        raise refusal
    form = ReasonForm(request.POST or None, initial={"version": found.version})
    made = (
        attempt(form, lambda: actions.take_down(scope, pk, **form.cleaned_data)) if request.method == "POST" else None
    )
    back = reverse("assessment:case", args=[pk])
    if made:
        messages.success(request, "已撤下。")
        return redirect(back)
    return form_page(request, form, title=f"撤下：{found.title}", submit="撤下", cancel=back, template=FORM)
