"""Results that everybody may see, without an account."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase

from zhibu.accounts.access import page
from zhibu.assessment.publication import queries
from zhibu.assessment.publication.pages import scope_of
from zhibu.assessment.publication.tables import OpenedResultTable, OpenedTable
from zhibu.ui.tables import table_page


@page(public=True)
def index(request: HttpRequest) -> HttpResponseBase:
    found = queries.opened(scope_of(request).today)
    return table_page(request, OpenedTable(), found, template="assessment/publication/opened.html")


@page(public=True)
def result(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = queries.opened(scope_of(request).today).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这一考核期的公开结果，或公开期限已过。")
    table = OpenedResultTable(title=str(found))
    rows = queries.opened_results(found)
    return table_page(
        request, table, rows, template="assessment/publication/opened_result.html", context={"found": found}
    )
