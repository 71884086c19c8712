"""People written down one a line, as an office writes them: names of candidates, votes for those who did not stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from zhibu.people.models import Person

Finder = Callable[[Iterable[str]], Mapping[str, Sequence[Person]]]
LINE = re.compile(r"(?P<name>.+?)[\s，,：:]+(?P<votes>\d{1,4})\s*票?(?P<elected>[\s，,]*当选)?")


@dataclass(frozen=True)
class WriteIn:
    """Votes for somebody who did not stand (另选人)."""

    pk: int
    votes: int
    is_elected: bool


class _Lines(forms.CharField):
    """A text of which every line names one person of those that ``find`` knows."""

    def __init__(self, *, find: Finder, rows: int, **kwargs: Any) -> None:
        super().__init__(max_length=6000, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)
        self.find = find

    def lines(self, value: Any) -> list[str]:
        text = super().clean(value)
        return [" ".join(line.split()) for line in text.splitlines() if line.strip()]

    def people(self, names: Sequence[str]) -> list[int]:
        """The person that each name means. Refuses names of nobody or of several, and somebody named twice."""
        known = self.find(names) if names else {}
        found: list[int] = []
        for name in names:
            meant = known[name]
            if not meant:
                raise forms.ValidationError(f"本党组织的正式党员中没有“{name[:60]}”。请核对姓名，或改填学工号。")
            if len(meant) > 1:
                raise forms.ValidationError(f"正式党员中不止一个人叫“{name[:60]}”。请改填学工号。")
            if meant[0].pk in found:
                raise forms.ValidationError(f"“{name[:60]}”写了两次。请合并为一行。")
            found.append(meant[0].pk)
        return found


class NamesField(_Lines):
    """Names or 学工号, one a line."""

    def clean(self, value: Any) -> list[int]:
        return self.people(self.lines(value))


class WriteInField(_Lines):
    """Name and votes, and 当选 where the votes elect."""

    def clean(self, value: Any) -> list[WriteIn]:
        rows = [self._read(line) for line in self.lines(value)]
        found = self.people([name for name, _, _ in rows])
        return [WriteIn(pk, votes, chosen) for pk, (_, votes, chosen) in zip(found, rows, strict=True)]

    def _read(self, line: str) -> tuple[str, int, bool]:
        row = LINE.fullmatch(line)
        if row is None or not int(row["votes"]):
            text = f"“{line[:60]}”看不出得票。每行写姓名、赞成票数，用空格分开，例如：孟员 8 当选。"
            raise forms.ValidationError(text)
        return row["name"], int(row["votes"]), row["elected"] is not None
