"""What stands against a leaver's row; how long whoever stays may stay (regulations.md 5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhibu.procedures.transfers.enums import ALLOWED, Destination, ReceiverKind
from zhibu.regulations.dates import add_months, add_years
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal

if TYPE_CHECKING:
    from zhibu.procedures.transfers.models import Leaver

OUTSIDE = frozenset({ReceiverKind.UNIT, ReceiverKind.STREET, ReceiverKind.AGENCY})


@dataclass(frozen=True)
class Going:
    """Where a leaver's organizational tie is to go, as typed in a row or a workbook."""

    destination: str = ""
    receiver_kind: str = ""
    to_unit: str = ""
    addressee: str = ""
    valid_days: int | None = None
    dues_until: str = ""

    def completed(self) -> Going:
        """With the receiver that the case suggests where none was chosen."""
        if self.receiver_kind or self.destination not in ALLOWED:
            return self
        kind = ALLOWED[Destination(self.destination)][0]
        return Going(self.destination, kind, self.to_unit, self.addressee, self.valid_days, self.dues_until)


def faults(going: Going, today: date) -> Iterator[Refusal]:
    """What cannot be saved at all. What is only missing still may be: a row is filled in bit by bit."""
    if going.destination and going.destination not in Destination.values:
        yield Refusal("去向只有四种情形。", field="destination", remedy="请从列表中选择。")
    elif going.destination and going.receiver_kind not in ALLOWED[Destination(going.destination)]:
        allowed = "、".join(kind.label for kind in ALLOWED[Destination(going.destination)])
        yield Refusal(
            f"“{Destination(going.destination).label}”的，组织关系转到：{allowed}。", field="receiver_kind",
            remedy="请重新选择接收党组织的类型。",
        )  # fmt: skip
    elif going.receiver_kind and not going.destination:
        yield Refusal("请先选择去向。", field="destination")
    longest = value("move.letter", today).number
    if going.valid_days is not None and not 1 <= going.valid_days <= longest:
        yield Refusal(
            f"有效天数应为 1 至 {longest} 天。", field="valid_days", rule="move.letter", on=today,
            remedy="市内一般 10 天，市外 30 天，最长三个月。",
        )  # fmt: skip


def missing(leaver: Leaver) -> list[str]:
    """What a letter cannot be given without."""
    if not leaver.destination:
        return ["去向"]
    if leaver.receiver_kind == ReceiverKind.CAMPUS:
        return [] if leaver.to_unit else ["接收党组织"]
    found = [("to_unit", "接收党组织"), ("addressee", "介绍信抬头"), ("dues_until", "党费交至")]
    return [label for name, label in found if not getattr(leaver, name)]


def stays_until(destination: str, graduated: date, today: date) -> date:
    """Who has not settled may keep the tie here for so long; who studies abroad for longer."""
    rule = "lost.abroad" if destination == Destination.ABROAD else "move.stay"
    return add_years(graduated, value(rule, today).number)


def extended_until(graduated: date, today: date) -> date:
    """With consent in special cases, counted on from the usual end."""
    usual = stays_until(Destination.UNSETTLED, graduated, today)
    return add_years(usual, value("move.stay_extension", today).number)


def contact_due(last: date, today: date) -> date:
    """By when whoever is abroad must be spoken to again."""
    return add_months(last, value("move.abroad_contact", today).number)
