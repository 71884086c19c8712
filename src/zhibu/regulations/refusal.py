"""How an action says no: a sentence, the rule behind it, and what would make it possible."""

from __future__ import annotations

from datetime import date
from typing import Any


class Refusal(Exception):
    """What was asked cannot be done. ``message`` and ``remedy`` are Chinese sentences for the reader.

    ``field`` names the input it belongs to; ``rule`` is the id of the rule in `zhibu.regulations`, read in the edition
    of ``on``.
    """

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        rule: str | None = None,
        on: date | None = None,
        remedy: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.rule = rule
        self.on = on
        self.remedy = remedy

    @property
    def citation(self) -> str:
        """The article behind the rule in the edition of ``on``; empty where there is none."""
        if self.rule is None or self.on is None:
            return ""
        from zhibu.regulations.queries import NotInForce, value

        try:
            return value(self.rule, self.on).citation
        except NotInForce:
            return ""

    def __str__(self) -> str:
        source = f"（依据：{self.citation}）" if self.citation else ""
        return f"{self.message}{self.remedy}{source}"

    def as_dict(self) -> dict[str, Any]:
        """For the JSON interface."""
        return {
            "message": self.message,
            "field": self.field,
            "rule": self.rule,
            "citation": self.citation,
            "remedy": self.remedy,
        }


class Refusals(Exception):
    """Several refusals of one attempt, all shown at once."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__(" ".join(str(refusal) for refusal in refusals))
        self.refusals = refusals
