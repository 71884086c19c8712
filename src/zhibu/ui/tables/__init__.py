"""The list framework: a `Table` declares columns, filters and bulk actions; `table_page` answers for it."""

from zhibu.ui.tables.bound import BoundTable, bind, selected, table_page
from zhibu.ui.tables.columns import BulkAction, Column, Empty
from zhibu.ui.tables.filters import ChoiceFilter, DateFilter, Filter, TextFilter, YesNoFilter
from zhibu.ui.tables.table import Table

__all__ = [
    "BoundTable", "BulkAction", "ChoiceFilter", "Column", "DateFilter", "Empty", "Filter", "Table", "TextFilter",
    "YesNoFilter", "bind", "selected", "table_page",
]  # fmt: skip
