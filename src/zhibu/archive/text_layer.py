"""The text layer of a PDF, read in a process of its own: ``python -I text_layer.py PAGES LONGEST SECONDS``.

A PDF is a program of sorts: a few bytes can ask for hours or for all memory. The limits of this process end it, and the
site goes on. Nothing of the platform is imported here. Answers one JSON object: ``text``, or ``fault``.
"""

from __future__ import annotations

import io
import json
import logging
import resource
import sys

MEMORY = 768 * 1024 * 1024


def confine(seconds: int) -> None:
    """No more memory and time than any honest paper needs; no files, no core dump."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def answer(content: bytes, pages: int, longest: int) -> dict[str, str]:
    """``password`` and ``broken`` are faults that nobody can read past. A page that is only odd has no text."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    # Odd files raise whatever their oddity runs into; all of it means the same here.
    odd = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of every flaw that it can live with
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return {"fault": "password"}
        first = reader.pages[:pages]
        if not first:
            return {"fault": "broken"}
    except odd:
        return {"fault": "broken"}
    found: list[str] = []
    for page in first:
        try:
            found.append(page.extract_text())
        except odd:
            continue
        if sum(map(len, found)) > longest:
            break
    return {"text": "\n".join(found)[:longest]}


if __name__ == "__main__":
    pages, longest, seconds = map(int, sys.argv[1:])
    confine(seconds)
    json.dump(answer(sys.stdin.buffer.read(), pages, longest), sys.stdout)
