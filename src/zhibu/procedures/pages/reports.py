"""The compliance report as docx or PDF."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.documents.filling import fill
from zhibu.documents.preview import as_pdf
from zhibu.procedures import actions, queries
from zhibu.procedures.loading import procedure
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
