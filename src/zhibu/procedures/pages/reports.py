"""The compliance report as docx or PDF, and papers of a step begun in the office's templates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.documents.filling import fill
from zhibu.documents.preview import as_pdf
from zhibu.organizations.models import Organization
from zhibu.procedures import actions, queries
from zhibu.procedures.actions import OPENING
from zhibu.procedures.drafts import DRAFTS, Known, draft
from zhibu.procedures.election_drafts import ELECTION_DRAFTS, KnownElection, election_draft
from zhibu.procedures.election_drafts import people_of as election_people
from zhibu.procedures.enums import Actor
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case
from zhibu.procedures.report import report as report_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@page(needs=Right.VIEW_CASE)
def report(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.case(scope, pk)
    if not any(scope.may(Right.VIEW_CASE, node.path) for node in (found.organization, found.target) if node):
        raise PermissionDenied("合规报告由经办的党组织出具。需要的，请联系您所在的党支部。")
    shape = procedure(found.procedure)
    entries = list(queries.entries_of(found, with_papers=True))
    content = fill("compliance_report", report_of(scope, found, shape, entries))
    actions.record_report(scope, found)
    if request.GET.get("as") == "docx":
        answer = HttpResponse(content, content_type=WORD)
        answer["Content-Disposition"] = f'attachment; filename="case-{pk}.docx"'
        return answer
    answer = HttpResponse(as_pdf(content, title=f"{shape.label}合规报告"), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="case-{pk}.pdf"'
    return answer


def drafts_of(procedure_key: str) -> Collection[str]:
    """The kinds of papers that the platform can begin in a procedure."""
    if procedure_key == "admission":
        return DRAFTS.keys()
    return ELECTION_DRAFTS.keys() if procedure_key in OPENING else ()


def _filled(found: Case, kind: str, acting: Mapping[Actor, Organization], today: date) -> tuple[str, dict[str, Any]]:
    """The template and what is known for it."""
    state = queries.state_of(found)
    if found.person is not None:
        return draft(kind, Known(found.person, found.organization, acting[Actor.APPROVER], state, today))
    named, due = queries.people_named(election_people(state)), queries.term_end(found.organization)
    known = KnownElection(found.procedure, found.organization, acting[Actor.SUPERIOR], state, named, due, today)
    return election_draft(kind, known)


@page(needs=Right.HANDLE_CASE)
def paper(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """A paper begun for a step, to be finished in Word; it is filed once people have signed it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.case(scope, pk)
    acting = queries.acting(found)
    if kind not in drafts_of(found.procedure):
        raise Http404("平台不能起草这种材料。")
    if not any(
        queries.may_act(scope, found, actor, acting) for actor in (Actor.BRANCH, Actor.APPROVER, Actor.SUPERIOR)
    ):
        raise PermissionDenied("材料由经办的党组织起草。需要的，请联系该组织。")
    answer = HttpResponse(fill(*_filled(found, kind, acting, scope.today)), content_type=WORD)
    answer["Content-Disposition"] = f'attachment; filename="{kind}-{pk}.docx"'
    return answer
