"""What stands in a file, as far as it is text: PDF with a text layer and docx. Pictures are not recognized."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO

from PIL import Image, UnidentifiedImageError

from zhibu.regulations.refusal import Refusal

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PICTURES = frozenset({"image/jpeg", "image/png"})
PIXELS_LIMIT = 80_000_000  # a sheet of A3 at 600 dots an inch has 70 million
READER, SECONDS = Path(__file__).parent / "text_layer.py", 8  # of computing; an honest paper needs half a one
PAGES, LONGEST, UNPACKED = 30, 200_000, 20 * 1024 * 1024
ID_NUMBER = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?=[A-Za-z]*[0-9])[0-9A-Za-z]{5,30}(?![0-9A-Za-z])")
_OLD_ID = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|[0-9]{15})(?![0-9A-Za-z])")


def text_of(content: bytes, media: str) -> str:
    """The text, or nothing where there is none to read. Refuses what asks for a password, what is broken, and what
    would swallow the machine of whoever opens it."""
    if media == PDF:
        return _pdf(content)
    if media in PICTURES:
        refuse_picture(io.BytesIO(content), "照片")
        return ""
    return _docx(content) if media == DOCX else ""


def _pdf(content: bytes) -> str:
    """Read by `zhibu.archive.text_layer` in a process that may fail without harm."""
    command = [sys.executable, "-I", str(READER), str(PAGES), str(LONGEST), str(SECONDS)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=3 * SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise _endless() from None
    try:
        told = json.loads(done.stdout) if done.returncode == 0 else {}
    except ValueError:
        told = {}
    match told:
        case {"text": str(text)}:
            return _narrow(text.encode("utf-8", "replace").decode())
        case {"fault": "password"}:
            raise Refusal(
                "这个 PDF 设了打开口令，归档后别人打不开。", field="file", remedy="请去掉口令，另存后再上传。"
            )
        case {"fault": "broken"}:
            raise Refusal("这个 PDF 已损坏，或者没有一页能打开。", field="file", remedy="请重新扫描或另存后再上传。")
    raise _endless()


def _endless() -> Refusal:
    return Refusal(
        "这个 PDF 展开后过大或结构异常，无法核对。", field="file",
        remedy="请用“打印”另存为新的 PDF，或者拍成照片后再上传。",
    )  # fmt: skip


def _docx(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package, package.open("word/document.xml") as part:
            xml = part.read(UNPACKED).decode("utf-8", "replace")
    # What zipfile raises for a broken member, an unknown compression, a password (RuntimeError).
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Refusal(
            "这个 Word 文件已损坏或加了密码，打不开。", field="file", remedy="请用 Word 打开，另存后再上传。"
        ) from error
    # No "<" inside a tag: else a file of nothing but "<" keeps the machine busy for hours.
    text = re.sub(r"<[^<>]*>", "", re.sub(r"</w:p>|<w:(?:br|tab)\b[^<>]*>", "\n", xml))
    for mark, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(mark, sign)
    return _narrow(text[:LONGEST])


def refuse_picture(file: IO[bytes], name: str, most: int = PIXELS_LIMIT) -> None:
    """Refuses by its first bytes, without unpacking it, a picture that is none or has too many pixels."""
    try:
        with Image.open(file) as one:
            pixels = one.width * one.height
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pixels = most + 1
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Refusal(f"“{name}”不是能打开的照片。", field="file", remedy="请重新拍照或另存后再上传。") from error
    if pixels > most:
        raise Refusal(f"“{name}”的像素太多。", field="file", remedy="请用普通清晰度重新拍照或扫描。")


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
