"""What can be asked about organizations. ``scope`` comes first and decides what is seen."""

from zhibu.organizations.queries.base import grants_of, in_office, organization, organizations
from zhibu.organizations.queries.offices import (
    declared_not_matched,
    holders,
    tenures,
    terms_due,
    vacant,
    waiting,
)
from zhibu.organizations.queries.tree import (
    Node,
    ancestors,
    changes,
    children,
    member_counts,
    roots,
    tree_on,
)

__all__ = [
    "Node", "ancestors", "changes", "children", "declared_not_matched", "grants_of", "holders", "in_office",
    "member_counts", "organization", "organizations", "roots", "tenures", "terms_due", "tree_on", "vacant", "waiting",
]  # fmt: skip
