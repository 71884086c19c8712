"""What can be done with workbooks: upload, check, confirm, commit, undo, discard, export."""

from zhibu.exchange.actions.confirming import commit, confirm
from zhibu.exchange.actions.exporting import record_export
from zhibu.exchange.actions.intake import check, check_again, discard, forget_old_files, recover, too_large, upload
from zhibu.exchange.actions.paying import (
    forget_payment_files,
    read_payments,
    read_payments_again,
    recover_payments,
    take_payments,
)
from zhibu.exchange.actions.undoing import undo

__all__ = [
    "check",
    "check_again",
    "commit",
    "confirm",
    "discard",
    "forget_old_files",
    "forget_payment_files",
    "read_payments",
    "read_payments_again",
    "record_export",
    "recover",
    "recover_payments",
    "take_payments",
    "too_large",
    "undo",
    "upload",
]  # fmt: skip
