"""What can be done with workbooks: upload, check, confirm, commit, undo, discard, export."""

from zhibu.exchange.actions.confirming import commit, confirm
from zhibu.exchange.actions.exporting import record_export
from zhibu.exchange.actions.intake import check, check_again, discard, forget_old_files, recover, too_large, upload
from zhibu.exchange.actions.undoing import undo

__all__ = [
    "check",
    "check_again",
    "commit",
    "confirm",
    "discard",
    "forget_old_files",
    "record_export",
    "recover",
    "too_large",
    "undo",
    "upload",
]  # fmt: skip
