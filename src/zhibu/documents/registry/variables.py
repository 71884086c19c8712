"""What a document is made of: its kind and the values that a template of this kind may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Variable:
    """One value. ``columns`` makes it a list of rows with these values; ``sample`` is invented.

    ``optional``: may be left out when filling and is empty then. All others must be given, if need be as "": a letter
    must not go out with a gap that nobody decided on.
    """

    name: str
    label: str
    sample: Any = ""
    optional: bool = False
    columns: tuple[Variable, ...] = ()

    @property
    def is_list(self) -> bool:
        return bool(self.columns)

    @property
    def written(self) -> str:
        """How it stands in a template."""
        if not self.is_list:
            return "{{ " + self.name + " }}"
        by = "p" if len(self.columns) == 1 else "tr"  # by paragraph, by row of a table
        return f"{{%{by} for row in {self.name} %}} … {{{{ row.{self.columns[0].name} }}}} … {{%{by} endfor %}}"


@dataclass(frozen=True)
class DocumentKind:
    """A kind of letter or form. ``official``: in the layout of GB/T 9704; otherwise a form with its own layout."""

    key: str
    label: str
    purpose: str
    variables: tuple[Variable, ...]
    official: bool = True
    by_name: Mapping[str, Variable] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {variable.name: variable for variable in self.variables})

    @property
    def sample(self) -> dict[str, Any]:
        """Invented values for every variable: for the preview and the trial fill of an upload."""
        return {variable.name: variable.sample for variable in self.variables}


def text(name: str, label: str, sample: Any = "", *, optional: bool = False) -> Variable:
    return Variable(name, label, sample, optional)


def rows(
    name: str, label: str, columns: tuple[Variable, ...], *samples: tuple[Any, ...], optional: bool = False
) -> Variable:
    """A list; each sample is one row in the order of the columns."""
    names = [column.name for column in columns]
    given = [dict(zip(names, sample, strict=True)) for sample in samples]
    return Variable(name, label, given, optional, columns)
