"""What the log must not hold: addresses that let in whoever reads them."""

from __future__ import annotations

import logging
import re

# A survey's slip, a beneficiary's link: the last part of the address is the whole key.
_KEY = re.compile(r"(/s/|/initiatives/confirm/)[^/\s\"']+")


def without_keys(text: str) -> str:
    return _KEY.sub(r"\1…", text)


class WithoutKeys(logging.Filter):
    """Takes the keys out of every line before it is written; drops no line."""

    def filter(self, record: logging.LogRecord) -> bool:
        told = record.getMessage()
        if (safe := without_keys(told)) != told:
            record.msg, record.args = safe, ()
        return True
