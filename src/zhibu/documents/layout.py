"""The layout of GB/T 9704-2012 for the shipped templates, as named Word styles (data-standards.md section 7.1).

A4; 37 mm above, 28 mm on the binding side, a type area of 156 × 225 mm; 22 lines of 28 characters; body in 仿宋 of
size 3 (16 pt), title in 小标宋 of size 2 (22 pt); page number in 宋体 of size 4 between dashes, outside.
An office edits the result in Word: what matters for the look is a style, so that one change there changes all.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from lxml import etree

TOP, BINDING, BOTTOM, OUTER = Mm(37), Mm(28), Mm(35), Mm(26)
LINE = 579  # twentieths of a point: 225 mm in 22 lines
# How much narrower than its 16 pt a character stands, in 4096ths of a point: 156 mm in 28 characters.
CHARACTER = -842
BODY, TITLE_SIZE, FOOT, FORM = Pt(16), Pt(22), Pt(14), Pt(12)
FANGSONG, TITLE_FONT, HEITI, KAITI, SONG = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "宋体"
# Where a machine lacks the font, Word takes the next of these.
FALLBACKS = {
    FANGSONG: "仿宋,FangSong,STFangsong,Noto Serif CJK SC",
    TITLE_FONT: ",".join(("方正小标宋_GBK", "小标宋", "宋体", "SimSun", "Noto Serif CJK SC")),
    HEITI: "SimHei,STHeiti,Noto Sans CJK SC",
    KAITI: "楷体,KaiTi,STKaiti,Noto Serif CJK SC",
    SONG: "SimSun,STSong,Noto Serif CJK SC",
}
LEFT, CENTRE, RIGHT, JUSTIFY = (
    WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY,
)  # fmt: skip
# name, font, size, alignment, characters before the first line, characters free at the right
STYLES: tuple[tuple[str, str, Pt, Any, int, int], ...] = (
    ("公文标题", TITLE_FONT, TITLE_SIZE, CENTRE, 0, 0),
    ("公文字号", FANGSONG, BODY, CENTRE, 0, 0),
    ("公文主送", FANGSONG, BODY, LEFT, 0, 0),
    ("公文正文", FANGSONG, BODY, JUSTIFY, 2, 0),
    ("公文一级标题", HEITI, BODY, JUSTIFY, 2, 0),
    ("公文二级标题", KAITI, BODY, JUSTIFY, 2, 0),
    ("公文附件", FANGSONG, BODY, LEFT, 2, 0),
    ("公文署名", FANGSONG, BODY, RIGHT, 0, 2),
    ("公文日期", FANGSONG, BODY, RIGHT, 0, 4),
    ("公文附注", FANGSONG, BODY, LEFT, 2, 0),
    ("公文表格", FANGSONG, FORM, LEFT, 0, 0),
    ("表单标题", TITLE_FONT, Pt(18), CENTRE, 0, 0),
    ("表单正文", FANGSONG, FORM, JUSTIFY, 2, 0),
    ("表单落款", FANGSONG, FORM, RIGHT, 0, 2),
    ("表单裁切线", SONG, Pt(10), CENTRE, 0, 0),
)


class Sheet:
    """A document under construction. Its methods add one piece each, in the named style."""

    def __init__(self, *, official: bool = True) -> None:
        self.document = Document()
        self.official = official
        _fonts(self.document)
        _page(self.document, official)
        _styles(self.document, official)
        _page_numbers(self.document)

    def add(self, style: str, text: str, *, before: int = 0) -> Any:
        """A paragraph; ``before`` counts empty lines above it."""
        paragraph = self.document.add_paragraph(text, style=style)
        if before:
            paragraph.paragraph_format.space_before = Pt(before * LINE / 20)
        return paragraph

    def when(self, name: str, style: str, text: str, *, before: int = 0) -> None:
        """A paragraph that is left out where the value is empty."""
        self.add(style, "{%p if " + name + " %}")
        self.add(style, text, before=before)
        self.add(style, "{%p endif %}")

    def each(self, name: str, style: str, text: str = "{{ row.text }}") -> None:
        """A paragraph for every row of a list."""
        self.add(style, "{%p for row in " + name + " %}")
        self.add(style, text)
        self.add(style, "{%p endfor %}")

    def table(self, widths: list[int], heads: list[str], name: str = "", cells: list[str] | None = None) -> Any:
        """A ruled table with a head that repeats on each page. With ``name`` one row for every row of that list."""
        table = self.document.add_table(rows=0, cols=len(widths), style="Table Grid")
        table.autofit = False
        head = self.row(table, widths, heads, bold=True)
        head.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        if name:
            self.row(table, widths, ["{%tr for row in " + name + " %}", *[""] * (len(widths) - 1)])
            self.row(table, widths, ["{{ row." + cell + " }}" for cell in cells or []])
            self.row(table, widths, ["{%tr endfor %}", *[""] * (len(widths) - 1)])
        return table

    def pairs(self, pairs: list[tuple[str, str]], widths: tuple[int, int] = (46, 110)) -> None:
        """A form of two columns: what, and the value."""
        table = self.document.add_table(rows=0, cols=2, style="Table Grid")
        table.autofit = False
        for label, value in pairs:
            self.row(table, list(widths), [label, value])

    def row(self, table: Any, widths: list[int], texts: list[str], *, bold: bool = False) -> Any:
        cells = table.add_row().cells
        for cell, width, text in zip(cells, widths, texts, strict=True):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            paragraph.style = self.document.styles["公文表格"]
            paragraph.add_run(text).bold = bold or None
        row = table.rows[-1]._tr
        row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        return row


def _page(document: Any, official: bool) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    margins = (TOP, BINDING, BOTTOM, OUTER) if official else (Mm(22), Mm(27), Mm(22), Mm(27))
    section.top_margin, section.left_margin, section.bottom_margin, section.right_margin = margins
    section.header_distance = Mm(15)
    # The dash stands 7 mm below the type area.
    section.footer_distance = BOTTOM - Mm(7) - FOOT if official else Mm(10)
    for grid in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(grid)
    if official:
        grid = OxmlElement("w:docGrid")
        for name, value in (("type", "linesAndChars"), ("linePitch", LINE), ("charSpace", CHARACTER)):
            grid.set(qn(f"w:{name}"), str(value))
        section._sectPr.append(grid)


def _font(style: Any, name: str, size: Pt) -> None:
    style.font.name, style.font.size = "Times New Roman", size
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _styles(document: Any, official: bool) -> None:
    normal = document.styles["Normal"]
    _font(normal, FANGSONG, BODY if official else FORM)
    normal.paragraph_format.space_after = Pt(0)
    for name, font, size, alignment, indent, free in STYLES:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.quick_style = normal, True
        _font(style, font, size)
        shape = style.paragraph_format
        shape.alignment = alignment
        if size in (BODY, TITLE_SIZE):
            shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
            shape.line_spacing = Pt(LINE / 20) if size == BODY else Pt(33)
        else:
            shape.line_spacing = 1.3
        _in_characters(style, indent, free, size)
    document.styles["公文标题"].paragraph_format.space_after = Pt(LINE / 20)
    document.styles["表单标题"].paragraph_format.space_after = Pt(12)


def _in_characters(style: Any, first: int, right: int, size: Pt) -> None:
    """Indents count characters and stay right when the size changes; points stand beside for older readers."""
    if first or right:
        indent = style.element.get_or_add_pPr().get_or_add_ind()
        for name, count in (("firstLine", first), ("right", right)):
            if count:
                indent.set(qn(f"w:{name}Chars"), str(count * 100))
                indent.set(qn(f"w:{name}"), str(int(count * size.pt * 20)))


def _page_numbers(document: Any) -> None:
    """— 1 —, outside: at the right of odd pages and at the left of even ones, one character from the edge."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, alignment in ((section.footer, RIGHT), (section.even_page_footer, LEFT)):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = alignment
        edge = paragraph.paragraph_format
        edge.left_indent, edge.right_indent = (FOOT, None) if alignment == LEFT else (None, FOOT)
        for text in ("— ", None, " —"):
            run = paragraph.add_run(text or "")
            run.font.name, run.font.size = SONG, FOOT
            run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), SONG)
            if text is None:
                _field(run, "PAGE")


def _field(run: Any, instruction: str) -> None:
    for kind in ("begin", None, "end"):
        if kind is None:
            part = OxmlElement("w:instrText")
            part.text = instruction
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)


def _fonts(document: Any) -> None:
    """The table of fonts with their fallbacks; the theme's fonts are not used."""
    table = parse_xml(f"<w:fonts {nsdecls('w')}/>")
    for name, others in FALLBACKS.items():
        font = parse_xml(
            f'<w:font {nsdecls("w")} w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/></w:font>'
        )
        table.append(deepcopy(font))
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    part._blob = etree.tostring(table, xml_declaration=True, encoding="UTF-8", standalone=True)
    for fonts in document.styles.element.iter(qn("w:rFonts")):
        for attribute in [name for name in fonts.attrib if name.endswith("Theme")]:
            del fonts.attrib[attribute]
