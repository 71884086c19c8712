"""The templates of a talk by occasion, as data: between whom, by which article, and what to think of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from zhibu.regulations.queries import in_force, value

FILE = Path(__file__).parent / "data/occasions.yaml"
CUSTOM = "惯例，不是规定"


@dataclass(frozen=True)
class Occasion:
    """One template. The prompts are guidance: nobody has to follow them, and nothing checks whether somebody did."""

    key: str
    label: str
    between: str
    prompts: tuple[str, ...]
    rule: str = ""
    source: str = ""

    def basis(self, on: date) -> str:
        """The article that speaks of such a talk, or that none does."""
        if self.rule and in_force(self.rule, on):
            found = value(self.rule, on)
            return f"{found.citation}{f'（{found.caveat}）' if found.caveat else ''}"
        return self.source or CUSTOM


@lru_cache(maxsize=1)
def occasions() -> dict[str, Occasion]:
    rows = yaml.safe_load(FILE.read_text("utf-8"))
    return {row["key"]: Occasion(**{**row, "prompts": tuple(row["prompts"])}) for row in rows}


def label_of(key: str) -> str:
    """Also of an occasion that has left the file since."""
    found = occasions().get(key)
    return found.label if found else "谈心谈话"
