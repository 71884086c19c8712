"""The check-in code: six digits to type and a ticket to scan, both good for fifteen seconds and fifteen more.

Both are HMAC-SHA-256 over the meeting and the number of the 15-second step, under a key that only this check-in has;
the digits are cut from it as in RFC 4226. The step is counted by the server's clock alone: what a phone thinks of the
time plays no part. A ticket names its step, so that one which is merely too old can be told from one that was made up.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

STEP_SECONDS = 15
# Besides the step now running the one before: whoever scans at its last moment is not late.
STEPS_BEFORE = 1
# Digits that were right a moment ago are slow typing, not guessing.
STEPS_SLOW = 8
_DIGITS = re.compile(r"[0-9]{6}")
_TICKET = re.compile(r"([0-9]{1,12})-([0-9a-f]{32})")


class Verdict(Enum):
    """What a code is found to be."""

    GOOD = "good"
    OLD = "old"
    WRONG = "wrong"


@dataclass(frozen=True)
class Key:
    """The key of one check-in, bound to its meeting."""

    secret: str
    meeting_id: int

    def _mac(self, use: str, step: int) -> bytes:
        return hmac.digest(bytes.fromhex(self.secret), f"{use}:{self.meeting_id}:{step}".encode(), "sha256")

    def digits(self, step: int) -> str:
        mac = self._mac("digits", step)
        at = mac[-1] & 0x0F
        return f"{(int.from_bytes(mac[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"

    def ticket(self, step: int) -> str:
        return f"{step}-{self._mac('ticket', step).hex()[:32]}"

    def judge(self, given: str, at: datetime, *, grace: int = STEPS_BEFORE) -> Verdict:
        """Whether ``given`` was the code at that moment. Compared in constant time; other writing is simply wrong."""
        now = step_of(at)
        if found := _TICKET.fullmatch(given):
            step = int(found[1])
            if not hmac.compare_digest(self.ticket(step), given):
                return Verdict.WRONG
            return Verdict.GOOD if now - grace <= step <= now else Verdict.OLD
        if not _DIGITS.fullmatch(given):
            return Verdict.WRONG
        fitting = [hmac.compare_digest(self.digits(now - back), given) for back in range(max(grace, STEPS_SLOW) + 1)]
        if any(fitting[: grace + 1]):
            return Verdict.GOOD
        return Verdict.OLD if any(fitting) else Verdict.WRONG


def new_secret() -> str:
    return secrets.token_hex(32)


def step_of(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def seconds_left(at: datetime) -> int:
    """Until the next code."""
    return STEP_SECONDS - int(at.timestamp()) % STEP_SECONDS


def is_ticket(given: str) -> bool:
    return _TICKET.fullmatch(given) is not None


def tidy(given: str) -> str:
    """As people type it: with spaces, in full width."""
    return "".join(given.split()).translate(str.maketrans("０１２３４５６７８９", "0123456789"))[:64]
