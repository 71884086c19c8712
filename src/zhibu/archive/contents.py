"""What stands in a file, as far as it is text: PDF with a text layer and docx. Pictures are not recognized."""

from __future__ import annotations

import io
import logging
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date

import pypdf
from pypdf.errors import PyPdfError

from zhibu.regulations.refusal import Refusal

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGES, LONGEST, UNPACKED = 30, 200_000, 20 * 1024 * 1024
ID_NUMBER = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?=[A-Za-z]*[0-9])[0-9A-Za-z]{5,30}(?![0-9A-Za-z])")
_OLD_ID = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|[0-9]{15})(?![0-9A-Za-z])")
# pypdf tells of every flaw of a file that it can live with.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def text_of(content: bytes, media: str) -> str:
    """The text, or nothing where there is none to read. Refuses a PDF that asks for a password."""
    if media == PDF:
        return _pdf(content)
    return _docx(content) if media == DOCX else ""


def _pdf(content: bytes) -> str:
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refusal(
                "这个 PDF 设了打开口令，归档后别人打不开。", field="file", remedy="请去掉口令，另存后再上传。"
            )
        found: list[str] = []
        for page in reader.pages[:PAGES]:
            found.append(page.extract_text())
            if sum(map(len, found)) > LONGEST:
                break
    # A scanner's PDF may be odd in ways that its readers forgive; it is then filed as one without text.
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError):
        return ""
    return _narrow("\n".join(found)[:LONGEST])


def _docx(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package, package.open("word/document.xml") as part:
            xml = part.read(UNPACKED).decode("utf-8", "replace")
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError):
        return ""
    # No "<" inside a tag: else a file of nothing but "<" keeps the machine busy for hours.
    text = re.sub(r"<[^<>]*>", "", re.sub(r"</w:p>|<w:(?:br|tab)\b[^<>]*>", "\n", xml))
    for mark, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(mark, sign)
    return _narrow(text[:LONGEST])


def _narrow(text: str) -> str:
    """Full-width digits and letters as plain ones, compatibility forms of characters (common in PDFs) as usual."""
    return unicodedata.normalize("NFKC", text)


def compact(text: str) -> str:
    """Without blanks: names are often spaced out, numbers stand in boxes."""
    return re.sub(r"\s+", "", text)


def id_numbers(text: str) -> set[str]:
    return {found.upper() for form in (text, compact(text)) for found in ID_NUMBER.findall(form)}


def personal_numbers(text: str) -> set[str]:
    """What could be a 学工号. Days written in one piece are left out."""
    return {token for token in _NUMBER.findall(text) if not _is_day(token)}


def _is_day(token: str) -> bool:
    try:
        return len(token) == 8 and 1900 <= date.fromisoformat(token).year <= 2100
    except ValueError:
        return False


def without_id_numbers(text: str) -> str:
    """For file names: they appear on screen and in the catalogue."""
    return _OLD_ID.sub("", text)


def words_with_id_number(texts: dict[str, str]) -> Iterator[str]:
    """Names of the inputs that contain an ID number."""
    return (name for name, text in texts.items() if ID_NUMBER.search(unicodedata.normalize("NFKC", text)))
