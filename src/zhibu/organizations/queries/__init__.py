"""What can be asked about organizations. ``scope`` comes first and decides what is seen."""

from zhibu.organizations.queries.base import grants_of, in_office, organization, organizations
from zhibu.organizations.queries.changes import changes, told, with_names
from zhibu.organizations.queries.counts import branch_size, member_counts
from zhibu.organizations.queries.offices import (
    declared_not_matched,
    holders,
    posts_held,
    posts_left,
    posts_of,
    tenures,
    terms_due,
    vacant,
    waiting,
)
from zhibu.organizations.queries.past import (
    Node,
    children_on,
    count_on,
    exists_on,
    found_on,
    organization_on,
    superiors_on,
    top_on,
    tree_on,
)
from zhibu.organizations.queries.tree import (
    ancestors,
    children,
    found_by,
    roots,
    with_superior,
)

__all__ = [
    "Node", "ancestors", "branch_size", "changes", "children", "children_on", "count_on", "declared_not_matched",
    "exists_on", "found_by", "found_on", "grants_of", "holders", "in_office", "member_counts", "organization",
    "organization_on", "organizations", "posts_held", "posts_left", "posts_of", "roots", "superiors_on", "tenures",
    "terms_due", "told", "top_on", "tree_on", "vacant", "waiting", "with_names", "with_superior",
]  # fmt: skip
