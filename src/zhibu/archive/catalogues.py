"""The catalogue of a folder (归档目录) as a Word file in the office's template, one folder or many as one file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from zhibu.archive.models import Document
from zhibu.documents.filling import fill_many
from zhibu.people.models import Person


def catalogues(folders: Iterable[tuple[Person, Sequence[Document]]], *, filed_by: str, today: date) -> bytes:
    return fill_many("catalogue", [_content(person, papers, filed_by, today) for person, papers in folders])


def _content(person: Person, papers: Sequence[Document], filed_by: str, today: date) -> dict[str, Any]:
    """The number of pages is left open: whoever ties the folder counts them."""
    items = [
        {
            "number": number, "title": _title(paper), "made_on": paper.dated_on, "pages": "",
            "note": "，".join(filter(None, [paper.number, _where(paper), "密封" * paper.is_sealed])),
        }
        for number, paper in enumerate(papers, start=1)
    ]  # fmt: skip
    return {
        "name": person.name, "person_number": person.number or "", "organization": str(person.organization or ""),
        "items": items, "total": len(items), "filed_by": filed_by, "dated_on": today,
    }  # fmt: skip


def _title(paper: Document) -> str:
    """A sealed paper is named by its kind only."""
    return paper.get_kind_display() if paper.is_sealed else paper.title


def _where(paper: Document) -> str:
    return "、".join(["扫描件"] * bool(paper.file) + ["原件"] * bool(paper.place))
