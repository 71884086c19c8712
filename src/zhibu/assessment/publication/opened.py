"""Results that everybody may see, without an account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.assessment.publication import queries
from zhibu.assessment.publication.pages import scope_of
from zhibu.assessment.publication.tables import OpenedResultTable, OpenedTable
from zhibu.ui.errors import error_page
from zhibu.ui.tables import table_page


@page(public=True)
def index(request: HttpRequest) -> HttpResponseBase:
    found = queries.opened(scope_of(request).today)
    return _until_closed(table_page(request, OpenedTable(), found, template="assessment/publication/opened.html"))


@page(public=True)
def result(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = queries.opened(scope_of(request).today).filter(pk=pk).first()
    if found is None:
        # Not for a menu and a right that a stranger has not: what was linked to is over.
        return error_page(
            request, 404, what="这一结果没有向社会公开，或公开期限已过。",
            remedy=f"仍在公开的，见本站 {reverse('opened-results')} 页。",
        )  # fmt: skip
    table = OpenedResultTable(title=str(found))
    rows = queries.opened_results(found)
    return _until_closed(
        table_page(request, table, rows, template="assessment/publication/opened_result.html", context={"found": found})
    )


def _until_closed(answer: HttpResponseBase) -> HttpResponseBase:
    """No proxy and no search engine keeps a copy that would outlive the last day."""
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex, noarchive"
    return answer
