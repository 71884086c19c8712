"""The audit log on screen."""

from django.http import HttpRequest, HttpResponseBase

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.audit import queries
from zhibu.audit.tables import AuditTable
from zhibu.ui.tables import table_page


@page(needs=Right.READ_AUDIT)
def index(request: HttpRequest) -> HttpResponseBase:
    return table_page(
        request,
        AuditTable(),
        queries.entries(request.scope),  # type: ignore[attr-defined]
        export_right=Right.READ_AUDIT,
    )
