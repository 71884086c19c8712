"""What can be done with organizations, their posts and terms."""

from zhibu.organizations.actions.common import lock_tree
from zhibu.organizations.actions.details import keep_records_since, record_chart, update_details
from zhibu.organizations.actions.ending import dissolve, merge, split
from zhibu.organizations.actions.posts import (
    appoint,
    end_tenure,
    end_term,
    end_with_membership,
    extend_term,
    start_term,
)
from zhibu.organizations.actions.shape import establish, rekind, rename, reparent
from zhibu.organizations.actions.undo import undo_last_change

__all__ = [
    "appoint", "dissolve", "end_tenure", "end_term", "end_with_membership", "establish", "extend_term",
    "keep_records_since", "lock_tree", "merge", "record_chart", "rekind", "rename", "reparent", "split", "start_term",
    "undo_last_change", "update_details",
]  # fmt: skip
