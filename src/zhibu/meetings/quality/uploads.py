"""The words of a Word file."""

from __future__ import annotations

from typing import Any

import docx
from django.core.files.base import File

from zhibu.regulations.refusal import Refusal
from zhibu.ui.files import check_upload

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def title_and_text(upload: File) -> tuple[str, str]:
    """What the file is called and what it says. Refuses everything but an unharmed docx."""
    name, media = check_upload(upload)
    if media != DOCX:
        raise Refusal(
            f"“{name}”不是 docx 文件。", field="file", remedy="请用 Word 或 WPS 另存为 docx，或直接粘贴正文。"
        )
    try:
        body = docx.Document(upload.file).element.body
        # Tables and text boxes too: whatever stands in a paragraph, in its order.
        text = "\n".join(_line(one) for one in body.iter(f"{{{WORDS}}}p"))
    except (KeyError, ValueError, OSError, AttributeError, SyntaxError) as damaged:
        raise Refusal(f"“{name}”打不开。", field="file", remedy="请用 Word 打开后另存，或直接粘贴正文。") from damaged
    return name.removesuffix(".docx").removesuffix(".DOCX"), text


def _line(paragraph: Any) -> str:
    parts = paragraph.iter(f"{{{WORDS}}}t", f"{{{WORDS}}}br", f"{{{WORDS}}}tab")
    return "".join(
        part.text or "" if part.tag.endswith("}t") else " " if part.tag.endswith("tab") else "\n" for part in parts
    )
