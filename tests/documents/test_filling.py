"""Documents are filled with any value, alone or as one file, and shown without a network."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from docx import Document
from docx.oxml.ns import qn

from tests.documents.words import pages_begun, parts, text_of, word
from zhibu.documents import defaults
from zhibu.documents.checking import check
from zhibu.documents.filling import WrongValues, fill, fill_many, filled, written
from zhibu.documents.preview import as_pdf, preview
from zhibu.documents.registry import KINDS
from zhibu.documents.store import shipped

pytestmark = pytest.mark.django_db
LETTER = KINDS["letter"]
NAME = "阿卜杜热合曼·买买提依明·阿卜杜拉"


@pytest.mark.parametrize("key", KINDS)
def test_every_shipped_template_passes_the_check_uses_all_its_variables_and_fills(key: str) -> None:
    kind = KINDS[key]

    use = check(kind, shipped(key))
    text = text_of(fill(key, kind.sample))

    assert use.variables == set(kind.by_name)
    assert "{" not in text
    for variable in kind.variables:
        rows = variable.sample if variable.is_list else [{"": variable.sample}]
        for value in (value for row in rows for value in row.values()):
            assert written(value) in text, variable.name


@pytest.mark.parametrize("key", KINDS)
def test_the_shipped_files_are_what_the_reviewed_script_writes(key: str) -> None:
    """``python -m zhibu.documents.defaults`` after a change of it."""
    assert dict(parts(shipped(key))) == dict(parts(defaults.build(key)))


def test_an_official_document_has_the_page_of_the_standard() -> None:
    """GB/T 9704: A4, 37 mm above, 28 mm at the binding, 156 × 225 mm with 22 lines of 28 characters."""
    document = Document(io.BytesIO(fill("request", KINDS["request"].sample)))
    section = document.sections[0]
    grid = section._sectPr.find(qn("w:docGrid"))
    body, title = document.styles["公文正文"], document.styles["公文标题"]
    width = (section.page_width - section.left_margin - section.right_margin) / 36000  # of Word's units
    assert (section.page_width.mm, section.page_height.mm) == pytest.approx((210, 297), abs=0.1)
    assert (section.top_margin.mm, section.left_margin.mm) == pytest.approx((37, 28), abs=0.1)
    assert width == pytest.approx(156, abs=0.1)
    pitch = int(grid.get(qn("w:linePitch"))) / 20  # points
    height = (section.page_height - section.top_margin - section.bottom_margin) / 12700
    assert int(height / pitch) == 22
    advance = body.font.size.pt + int(grid.get(qn("w:charSpace"))) / 4096
    assert int(width / 25.4 * 72 / advance) == 28
    assert (body.font.size.pt, title.font.size.pt) == (16, 22)
    assert body.element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert title.element.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    assert body.element.pPr.ind.get(qn("w:firstLineChars")) == "200"


def test_many_letters_are_one_file_with_a_page_and_page_numbers_each() -> None:
    contexts = [{**LETTER.sample, "name": f"毕业生{number}", "number": f"第{number}号"} for number in range(1, 41)]

    content = fill_many("letter", contexts)

    assert pages_begun(content) == 40
    text = text_of(content)
    places = [text.index(f"毕业生{number}同志") for number in range(1, 41)]
    assert places == sorted(places)
    assert "毕业生41" not in text
    starts = [section._sectPr.find(qn("w:pgNumType")) for section in Document(io.BytesIO(content)).sections]
    assert [start.get(qn("w:start")) for start in starts] == ["1"] * 40
    # A document that ends with a table is separated too.
    assert pages_begun(filled(_ends_with_a_table(), KINDS["talk_notice"], [KINDS["talk_notice"].sample] * 3)) == 3


def _ends_with_a_table() -> bytes:
    from tests.documents.words import saved

    document = Document()
    document.add_table(1, 1).cell(0, 0).text = "{{ name }}"
    return saved(document)


@pytest.mark.parametrize(
    "value",
    ["<w:p/>&amp;", "]]>", "{{ 7*7 }}", "{% for %}", "第一行\n第二行", "\x00\x08坏字符", "😀𠮷", "a" * 3000, NAME],
)
def test_whatever_is_typed_stands_in_the_document_as_it_was_typed(value: str) -> None:
    content = fill("letter", {**LETTER.sample, "to_unit": value})

    lines = value.replace("\x00", "").replace("\x08", "").split("\n")
    text = text_of(content)
    assert all(line in text for line in lines)
    assert "49同志" not in text
    assert preview(content)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 2, 3), "2026年2月3日"),
        (datetime(2026, 2, 3, 1, 5, tzinfo=timezone.get_current_timezone()), "2026年2月3日01:05"),
        (Decimal("0.20"), "0.20"), (Decimal("1E+3"), "1000"), (0, "0"), (None, ""), (True, "是"),
    ],
)  # fmt: skip
def test_values_are_written_as_an_office_writes_them(value: Any, shown: str) -> None:
    assert written(value) == shown


def test_a_value_that_nobody_gave_or_that_nobody_knows_is_a_mistake_of_the_code() -> None:
    short = {name: value for name, value in LETTER.sample.items() if name != "name"}

    with pytest.raises(WrongValues, match="missing"):
        fill("letter", short)
    with pytest.raises(WrongValues, match="unknown"):
        fill("letter", {**LETTER.sample, "nmae": "孟员"})
    with pytest.raises(WrongValues):
        fill_many("letter", [])
    optional = {name: value for name, value in LETTER.sample.items() if not LETTER.by_name[name].optional}
    assert "公民身份号码" not in text_of(fill("letter", optional))


def test_the_preview_keeps_text_tables_and_styles_and_nothing_that_acts() -> None:
    kind = KINDS["publicity_notice"]
    html = preview(fill("publicity_notice", {**kind.sample, "title": "<script>alert(1)</script>"}))

    assert '<p class="doc-title">&lt;script&gt;' in html
    assert NAME in html
    assert html.count("<tr>") == 1 + len(kind.sample["people"])
    assert "<script" not in html


def test_a_link_in_a_document_is_text_in_the_preview() -> None:
    document = Document()
    paragraph = document.add_paragraph()
    target = document.part.relate_to("https://evil.example/", HYPERLINK, is_external=True)
    link = paragraph._p.makeelement(qn("w:hyperlink"), {qn("r:id"): target})
    run = paragraph.add_run("点这里")._r
    paragraph._p.append(link)
    link.append(run)
    from tests.documents.words import saved

    html = preview(saved(document))

    assert "点这里" in html
    assert "evil.example" not in html


HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


def test_the_pdf_is_a_pdf_of_the_same_text() -> None:
    assert as_pdf(word("正文"), title="<b>").startswith(b"%PDF-")
