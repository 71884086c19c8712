"""Word files for the tests: what an office might upload, good and bad."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.oxml.ns import qn


def word(*paragraphs: str) -> bytes:
    """A Word file with these paragraphs."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    return saved(document)


def saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def text_of(content: bytes) -> str:
    """Everything that stands in the body, tables included, one line a paragraph."""
    body = Document(io.BytesIO(content)).element.body
    return "\n".join("".join(part.text or "" for part in line.iter(qn("w:t"))) for line in body.iter(qn("w:p")))


def pages_begun(content: bytes) -> int:
    """How many sections the file has: each begins a page."""
    return len(Document(io.BytesIO(content)).sections)


def repacked(content: bytes, changed: dict[str, bytes]) -> bytes:
    """The same package with parts replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changed.get(name, old.read(name)))
        for name in set(changed) - set(old.namelist()):
            new.writestr(name, changed[name])
    return stream.getvalue()


def part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name)


def parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in sorted(package.namelist()):
            yield name, package.read(name)
