"""What a rule is: typed, frozen, read from YAML. Nothing here is stored in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from zhibu.regulations.enums import SUBJECTS, Binding, Verified

DIGITS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """1–99 in Chinese characters, as articles are numbered."""
    if number < 10:
        return DIGITS[number]
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


@dataclass(frozen=True)
class Regulation:
    """One edition of one regulation; ``articles`` is how many it has, where that is known."""

    code: str
    title: str
    edition: str
    effective_on: date
    status: str
    issued_on: date | None = None
    replaced_on: date | None = None
    replaces: str = ""
    unit: str = "条"
    articles: int | None = None

    @property
    def name(self) -> str:
        if self.code in {"LOCAL", "NOTICE"}:
            return self.title
        return f"《{self.title}》" + (f"（{self.edition}）" if self.edition else "")


@dataclass(frozen=True)
class Source:
    """The regulation and, where it is known, the article a value comes from."""

    regulation: Regulation
    article: str = ""

    @property
    def citation(self) -> str:
        if not self.article:
            return self.regulation.name
        number = chinese_number(int(self.article)) if self.article.isdigit() else self.article
        return f"{self.regulation.name}第{number}{self.regulation.unit}"


@dataclass(frozen=True)
class Share:
    """A share of a number of people, with the exact meaning of its bound: over, at least or at most."""

    bound: str
    share: Fraction

    def met(self, part: int, whole: int) -> bool:
        """Whether ``part`` of ``whole`` satisfies the bound. Nothing of nothing does not."""
        if whole <= 0:
            return False
        ratio = Fraction(part, whole)
        if self.bound == "over":
            return ratio > self.share
        return ratio >= self.share if self.bound == "at_least" else ratio <= self.share

    def __str__(self) -> str:
        words = {"over": "超过", "at_least": "不少于", "at_most": "不超过"}[self.bound]
        share = "半数" if self.share == Fraction(1, 2) else f" {self.share.numerator}/{self.share.denominator}"
        return words + share


@dataclass(frozen=True)
class Range:
    """From ``min`` to ``max``, both included."""

    min: int
    max: int

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and self.min <= number <= self.max

    def __str__(self) -> str:
        return f"{self.min}—{self.max}"


@dataclass(frozen=True)
class Bracket:
    """One bracket of a whole-amount rate: applies up to and including ``up_to`` (None: without end)."""

    rate: Decimal
    up_to: Decimal | None = None

    def __str__(self) -> str:
        reach = f"{self.up_to} 元以下（含）" if self.up_to is not None else "以上"
        return f"{reach} {(self.rate * 100).normalize():f}%"


Content = int | Decimal | str | Share | Range | tuple[str, ...] | tuple[Bracket, ...]


@dataclass(frozen=True)
class Value:
    """What a rule says from ``started_on`` until before ``ended_on``, and where that stands."""

    rule_id: str
    started_on: date
    ended_on: date | None
    content: Content
    unit: str
    binding: Binding
    source: Source
    verified: Verified

    @property
    def number(self) -> int:
        """The content where it is a whole number; anything else is a programming error."""
        if not isinstance(self.content, int):
            raise TypeError(f"{self.rule_id} is not a whole number but {self.content!r}")
        return self.content

    @property
    def share(self) -> Share:
        """The content where it is a share."""
        if not isinstance(self.content, Share):
            raise TypeError(f"{self.rule_id} is not a share but {self.content!r}")
        return self.content

    @property
    def range(self) -> Range:
        """The content where it is a range."""
        if not isinstance(self.content, Range):
            raise TypeError(f"{self.rule_id} is not a range but {self.content!r}")
        return self.content

    def rate_for(self, amount: Decimal) -> Decimal:
        """The rate of the one bracket that an amount in yuan falls into; it holds for the whole amount."""
        for bracket in self.content if isinstance(self.content, tuple) else ():
            if isinstance(bracket, Bracket) and (bracket.up_to is None or amount <= bracket.up_to):
                return bracket.rate
        raise TypeError(f"{self.rule_id} has no brackets but {self.content!r}")

    @property
    def citation(self) -> str:
        return self.source.citation

    @property
    def caveat(self) -> str:
        """What must be said on screen with a value that was not checked against the text; empty otherwise."""
        return "" if self.verified is Verified.CHECKED else self.verified.label

    @property
    def shown(self) -> str:
        """The content in words with its unit."""
        if isinstance(self.content, tuple):
            return "；".join(str(item) for item in self.content)
        if isinstance(self.content, Share):
            return f"{self.content}（{self.unit}）" if self.unit else str(self.content)
        return f"{self.content} {self.unit}".strip()


@dataclass(frozen=True)
class Rule:
    """One rule with all its dated values, oldest first, without overlap or gap."""

    id: str
    subject: str
    title: str
    unit: str
    binding: Binding
    anchor: str
    values: tuple[Value, ...]
    note: str
    reviewed_on: date

    @property
    def subject_label(self) -> str:
        return SUBJECTS[self.subject]

    @property
    def latest(self) -> Value:
        return self.values[-1]


Catalogue = Mapping[str, Regulation]
