"""Files made to harm: each is refused with a sentence, soon, and without swallowing the machine."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfReader, PdfWriter

from tests.archive.files import docx, pdf, pdf_of, photo
from zhibu.archive import contents
from zhibu.archive.scans import one_file
from zhibu.regulations.refusal import Refusal
from zhibu.ui.files import check_upload

SOON = 20  # seconds, on a busy machine; an honest paper takes half a one


def taken(file: SimpleUploadedFile) -> str:
    """The text of a file as it is taken when filed."""
    _, media = check_upload(file)
    file.seek(0)
    return contents.text_of(file.read(), media)


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
FONT = b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R %s >>" % FONT


def endless_tree() -> SimpleUploadedFile:
    return pdf_of(CATALOG, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000000 >>")


def deep_brackets() -> SimpleUploadedFile:
    return pdf_of(CATALOG, b"<< /Type /Pages /Count 1 /Kids " + b"[" * 400_000 + b"]" * 400_000 + b" >>")


def many_pages() -> SimpleUploadedFile:
    kids = b"3 0 R " * 1_500_000
    return pdf_of(CATALOG, b"<< /Type /Pages /Count 1500000 /Kids [" + kids + b"] >>", PAGE)


def no_pages() -> SimpleUploadedFile:
    return pdf_of(CATALOG, b"<< /Type /Pages /Kids [] /Count 0 >>")


def torn() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40)


def locked() -> SimpleUploadedFile:
    writer, made = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(made)
    return SimpleUploadedFile("a.pdf", made.getvalue())


def picture_of_nothing() -> SimpleUploadedFile:
    """30,000 × 30,000 points in a hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + parts)


def package(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<w:document/>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def exploding_word() -> SimpleUploadedFile:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("word/document.xml", "<w:document/>")
        with archive.open("word/media/image1.bmp", "w", force_zip64=True) as part:
            for _ in range(310):
                part.write(bytes(1024 * 1024))
    return SimpleUploadedFile("a.docx", made.getvalue())


def word_of_many_parts() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.docx", package(**{f"p{number}": b"" for number in range(11_000)}))


def torn_word() -> SimpleUploadedFile:
    whole = docx("孟员" * 200).read()
    return SimpleUploadedFile("a.docx", whole.replace("孟员孟员".encode(), b"\x00" * 12))


def behind_a_pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.pdf", pdf("Meng").read() + package())


def behind_a_picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", photo().read() + package())


def pdf_in_a_word_file() -> SimpleUploadedFile:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("0", pdf("Meng").read())
        archive.writestr("word/document.xml", "<w:document/>")
    return SimpleUploadedFile("a.docx", made.getvalue())


def page_of_a_site() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.pdf", b"%PDF-1.4\n<html><script>alert(1)</script></html>")


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (endless_tree, "已损坏|展开后过大"), (deep_brackets, "已损坏|展开后过大"), (many_pages, "没有一页"),
        (no_pages, "没有一页"), (torn, "已损坏"), (locked, "打开口令"), (picture_of_nothing, "像素太多"),
        (exploding_word, "展开后过大"), (word_of_many_parts, "展开后过大"), (torn_word, "已损坏"),
        (behind_a_pdf, "另一种文件"), (behind_a_picture, "另一种文件"), (pdf_in_a_word_file, "另一种文件"),
        (page_of_a_site, "另一种文件"),
    ],
)  # fmt: skip
def test_a_harmful_file_is_refused_soon_and_with_a_sentence(
    made: Callable[[], SimpleUploadedFile], sentence: str
) -> None:
    file = made()
    began = time.monotonic()
    tracemalloc.start()

    with pytest.raises(Refusal, match=sentence) as refused:
        taken(file)

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (refused.value.field, bool(refused.value.remedy)) == ("file", True)
    assert time.monotonic() - began < SOON
    assert most < 60 * 1024 * 1024


def test_a_page_that_unpacks_without_end_counts_as_one_without_text() -> None:
    bomb = zlib.compress(b"BT /F1 9 Tf " + b" " * 300_000_000, 1)
    stream = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(bomb), bomb)
    began = time.monotonic()

    assert taken(pdf_of(CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", PAGE, stream)) == ""

    assert time.monotonic() - began < SOON


def test_a_page_that_is_drawn_for_hours_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "SECONDS", 1)
    drawn = zlib.compress(b"BT /F1 9 Tf " + b"1 0 0 1 0 0 Tm (a) Tj " * 400_000 + b"ET", 1)
    stream = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn)

    with pytest.raises(Refusal, match="展开后过大"):
        taken(pdf_of(CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", PAGE, stream))


def test_honest_files_are_taken() -> None:
    assert taken(docx("孟员同志")).strip() == "孟员同志"
    assert taken(pdf("Meng Yuan")).strip() == "Meng Yuan"
    assert taken(pdf()) == taken(photo()) == ""


def test_large_photographs_become_one_pdf_sheet_by_sheet() -> None:
    """Six of 24 million points each: unpacked together they would need 430 MB."""
    made = io.BytesIO()
    picture = Image.new("RGB", (6000, 4000), (200, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the telephone turned
    picture.save(made, "JPEG", exif=exif)
    files = [SimpleUploadedFile(f"{number}.jpg", made.getvalue()) for number in range(6)]

    book = one_file(files)

    assert book is not None
    pages = PdfReader(io.BytesIO(book.read())).pages
    assert len(pages) == 6
    assert {page.mediabox.height > page.mediabox.width for page in pages} == {True}
