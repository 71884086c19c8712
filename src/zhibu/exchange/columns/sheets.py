"""All kinds of workbook by name."""

from zhibu.exchange.columns.members import MEMBERS
from zhibu.exchange.columns.organizations import ORGANIZATIONS
from zhibu.exchange.columns.specification import Sheet
from zhibu.exchange.enums import BatchKind

SHEETS: dict[BatchKind, Sheet] = {BatchKind.MEMBERS: MEMBERS, BatchKind.ORGANIZATIONS: ORGANIZATIONS}


def sheet_of(kind: str) -> Sheet:
    return SHEETS[BatchKind(kind)]
