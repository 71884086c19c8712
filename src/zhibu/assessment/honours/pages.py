"""Honours on screen: candidates with their grounds, the list, deciding, one honour with its certificate."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.honours import actions, queries
from zhibu.assessment.honours.candidates import Place, Threshold, candidates, threshold_of
from zhibu.assessment.honours.enums import HonourKind, HonourState
from zhibu.assessment.honours.forms import DecideForm, KindForm, NominateForm, ReasonForm
from zhibu.assessment.honours.models import LIVING, Honour
from zhibu.assessment.honours.tables import TONES, CandidateTable, HonourTable
from zhibu.assessment.models import OrganizationScore, Publication
from zhibu.assessment.publication.rules import spoken_for
from zhibu.assessment.queries import scheme_of
from zhibu.documents.filling import fill
from zhibu.documents.preview import as_pdf
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import selected, table_page

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORM = "assessment/honours/form.html"


def scope_of(request: HttpRequest) -> Scope:
    found: Scope = request.scope  # type: ignore[attr-defined]
    return found


@page(needs=Right.VIEW_SCORE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    context = {"office": scope.may(Right.PUBLISH_SCORE)}
    return table_page(
        request, HonourTable(), queries.honours(scope), template="assessment/honours/index.html", context=context,
        export_right=Right.EXPORT,
    )  # fmt: skip


def _candidates(scope: Scope, publication: Publication) -> tuple[Any, dict[int, Place], Threshold]:
    """Scores of the candidates, with whether each is proposed for anything already."""
    threshold = threshold_of(scheme_of(publication.run), publication.span.last)
    places = candidates(scope, publication, threshold)
    there = Honour.objects.filter(publication=publication, organization=OuterRef("organization"), state__in=LIVING)
    rows = OrganizationScore.objects.filter(pk__in=list(places)).select_related("organization")
    return rows.annotate(honoured=Exists(there)), places, threshold


def _asked(scope: Scope, given: str) -> Publication | None:
    """The final result of an address, or the newest."""
    firm = queries.firm(scope)
    if given:
        return firm.filter(pk=int(given)).first() if given.isdecimal() and len(given) < 18 else None
    return firm.order_by("-period").first()


@page(needs=Right.PUBLISH_SCORE)
def candidate_list(request: HttpRequest) -> HttpResponseBase:
    """Who may be proposed, and why; nobody is proposed by the platform."""
    scope = scope_of(request)
    found = _asked(scope, request.GET.get("publication", ""))
    if found is None:
        messages.info(request, "结果定稿之后才有候选。")
        return redirect("assessment:honours")
    rows, places, threshold = _candidates(scope, found)
    context = {"found": found, "threshold": threshold, "firm": list(queries.firm(scope).order_by("-period")[:12])}
    return table_page(
        request, CandidateTable(places), rows, template="assessment/honours/candidates.html", context=context,
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.PUBLISH_SCORE, methods=("POST",))
def nominate(request: HttpRequest) -> HttpResponseBase:
    """The chosen candidates: for which honour, with the grounds of each before it is done."""
    scope = scope_of(request)
    found = _publication_of(scope, request)
    rows, places, threshold = _candidates(scope, found)
    chosen = list(selected(request, CandidateTable(places), rows))
    grounds = [(row, places[row.pk].grounds(found.span.label, threshold)) for row in chosen]
    form = KindForm(request.POST if request.POST.get("sent") == "1" else None)

    def act() -> list[Honour]:
        wanted = [(row.organization_id, text) for row, text in grounds]
        return actions.propose(scope, found.pk, wanted, HonourKind(form.cleaned_data["kind"]))

    made = attempt(form, act) if form.is_bound else None
    if isinstance(made, list):
        messages.success(request, f"已提名 {len(made)} 个党组织，集体研究决定后登记。")
        return redirect(f"{reverse('assessment:honours')}?state=proposed")
    lines = [(row.organization.name, text) for row, text in grounds[:60]]
    return _chosen(request, form, "提名", lines, len(chosen), reverse("assessment:honour-candidates"))


def _publication_of(scope: Scope, request: HttpRequest) -> Publication:
    """The result that the chosen rows belong to: of the first row, or of the address that the list had."""
    first = next((pk for pk in request.POST.getlist("selected") if pk.isdecimal() and len(pk) < 18), None)
    if first is not None and request.POST.get("all") != "1":
        found = queries.firm(scope).filter(run__scores=int(first)).first()
    else:
        found = _asked(scope, QueryDict(request.POST.get("filters", "")).get("publication", ""))
    if found is None:
        raise Http404("没有这次结果，或还没有定稿。")
    return found


def _chosen(
    request: HttpRequest, form: Any, submit: str, lines: list[tuple[str, str]], count: int, cancel: str
) -> HttpResponseBase:
    kept = [(name, value) for name in ("selected", "all", "filters") for value in request.POST.getlist(name)]
    context = {"form": form, "submit": submit, "lines": lines, "count": count, "cancel": cancel, "kept": kept}
    return render(request, "assessment/honours/chosen.html", context, status=422 if form.errors else 200)


@page(needs=Right.PUBLISH_SCORE, methods=("GET", "POST"))
def nominate_other(request: HttpRequest) -> HttpResponseBase:
    """An organization that is no candidate, with a reason of its own."""
    scope = scope_of(request)
    found = _asked(scope, request.GET.get("publication", ""))
    if found is None:
        messages.info(request, "结果定稿之后才能提名。")
        return redirect("assessment:honours")
    form = NominateForm(request.POST or None, scope=scope)

    def act() -> list[Honour]:
        data = form.cleaned_data
        return actions.propose(scope, found.pk, [(data["organization"].pk, data["grounds"])], HonourKind(data["kind"]))

    made = attempt(form, act) if request.method == "POST" else None
    if made:
        messages.success(request, "已提名。")
        return redirect(f"{reverse('assessment:honours')}?state=proposed")
    return form_page(
        request, form, title=f"另行提名（{found.span.label}）", submit="提名", template=FORM,
        cancel=reverse("assessment:honour-candidates"),
    )  # fmt: skip


@page(needs=Right.PUBLISH_SCORE, methods=("POST",))
def decide(request: HttpRequest) -> HttpResponseBase:
    """What was decided on the chosen proposals, at one meeting or by one document."""
    scope = scope_of(request)
    chosen = list(selected(request, HonourTable(), queries.honours(scope))[: actions.MOST + 1])
    form = DecideForm(request.POST if request.POST.get("sent") == "1" else None, initial={"decided_on": scope.today})

    def act() -> list[Honour]:
        data = form.cleaned_data
        return actions.decide(scope, [row.pk for row in chosen], **data)

    made = attempt(form, act) if form.is_bound else None
    if isinstance(made, list):
        messages.success(request, f"已登记对 {len(made)} 个党组织的决定。")
        return redirect("assessment:honours")
    lines = [(f"{row.organization.name}：{row.get_kind_display()}", row.grounds) for row in chosen[:60]]
    return _chosen(request, form, "登记决定", lines, len(chosen), reverse("assessment:honours"))


@page(needs=Right.VIEW_SCORE)
def honour(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.honour(scope, pk)
    own = scope.may(Right.VIEW_SCORE, found.organization.path)
    office = scope.may(Right.PUBLISH_SCORE)
    context = {
        "found": found, "tone": TONES[found.state], "office": office,
        "may_print": own and found.state == HonourState.AWARDED,
        "may_write": own and found.state == HonourState.AWARDED
        and (office or found.organization_id in spoken_for(scope)),
        "may_decide": office and found.state == HonourState.PROPOSED,
        "may_withdraw": office and found.state in LIVING, "opens": own and found.publication.is_noticed,
        "cases": list(queries.gallery(scope).filter(honour=found)),
    }  # fmt: skip
    return render(request, "assessment/honours/honour.html", context)


@page(needs=Right.PUBLISH_SCORE, methods=("GET", "POST"))
def withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.honour(scope, pk)
    if request.method == "GET" and (refusal := actions.why_not_withdrawn(found)):
        raise refusal
    form = ReasonForm(request.POST or None, initial={"version": found.version})
    made = attempt(form, lambda: actions.withdraw(scope, pk, **form.cleaned_data)) if request.method == "POST" else None
    back = reverse("assessment:honour", args=[pk])
    if made:
        messages.success(request, "已撤销，记录保留。")
        return redirect(back)
    return form_page(
        request, form, title=f"撤销：{found.organization} {found}", submit="撤销", cancel=back, template=FORM
    )


@page(needs=Right.VIEW_SCORE)
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate as PDF, or as docx for the office's own paper."""
    scope = scope_of(request)
    found = queries.certified(scope, pk)
    content = fill(
        "honour_certificate",
        {
            "number": found.number, "organization": found.organization.name, "honour": found.get_kind_display(),
            "period": found.publication.span.label, "document": found.document,
            "signed_by": queries.issuer(found), "dated_on": found.decided_on,
        },
    )  # fmt: skip
    if request.GET.get("as") == "docx":
        answer = HttpResponse(content, content_type=WORD)
        answer["Content-Disposition"] = f'attachment; filename="honour-{found.number}.docx"'
        return answer
    answer = HttpResponse(as_pdf(content, title=str(found)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="honour-{found.number}.pdf"'
    return answer
