"""A docx in the browser and as PDF: its text, tables and named styles as plain, cleaned HTML. Nothing is fetched."""

from __future__ import annotations

import io
from pathlib import Path

import mammoth
import nh3

from zhibu.ui.documents import html_to_pdf

# Style names that the shipped templates use, and the class under which page and print know them.
CLASSES = {
    "公文标题": "doc-title",
    "公文字号": "doc-number",
    "公文主送": "doc-addressee",
    "公文正文": "doc-body",
    "公文一级标题": "doc-first-head",
    "公文二级标题": "doc-second-head",
    "公文附件": "doc-body",
    "公文署名": "doc-signature",
    "公文日期": "doc-dated",
    "公文附注": "doc-body",
    "公文表格": "doc-cell",
    "表单标题": "doc-form-title",
    "表单正文": "doc-form-body",
    "表单落款": "doc-form-foot",
    "表单裁切线": "doc-cut",
}
STYLES = "\n".join(f"p[style-name='{name}'] => p.{css}:fresh" for name, css in CLASSES.items())
TAGS = {
    "p", "br", "strong", "em", "u", "s", "sub", "sup", "h1", "h2", "h3", "h4", "ol", "ul", "li",
    "table", "thead", "tbody", "tr", "td", "th", "img",
}  # fmt: skip
ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "img": {"src", "alt"}}
PRINT = Path(__file__).parent / "print" / "letter.css"


def preview(content: bytes) -> str:
    """The document as HTML for ``<div class="z-paper">``. Scripts, links and foreign addresses are gone."""
    raw = mammoth.convert_to_html(
        io.BytesIO(content), style_map=STYLES, external_file_access=False, include_embedded_style_map=False
    ).value
    return nh3.clean(
        raw, tags=TAGS, attributes=ATTRIBUTES, allowed_classes={"p": set(CLASSES.values())}, url_schemes={"data"},
        link_rel=None,
    )  # fmt: skip


def as_pdf(content: bytes, *, title: str = "") -> bytes:
    """The same HTML on A4. For the exact layout of Word, print the docx; this is for reading and sending."""
    style = PRINT.read_text(encoding="utf-8")
    head = f"<title>{nh3.clean_text(title)}</title><style>{style}</style>"
    return html_to_pdf(f'<!doctype html><html lang="zh-Hans"><head>{head}</head><body>{preview(content)}</body></html>')
