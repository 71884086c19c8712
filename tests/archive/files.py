"""Small files of every sort, made on the spot."""

from __future__ import annotations

import io
import zipfile
from time import gmtime

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def docx(*paragraphs: str, name: str = "材料.docx") -> SimpleUploadedFile:
    made = io.BytesIO()
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("word/document.xml", f"<w:document><w:body>{body}</w:body></w:document>")
    return SimpleUploadedFile(name, made.getvalue())


def pdf(text: str = "", name: str = "scan.pdf") -> SimpleUploadedFile:
    """A page with Latin text, or, without any, what a scanner makes: a picture and no letters."""
    if not text:
        made = io.BytesIO()
        Image.new("L", (8, 8), 200).save(made, "PDF", creationDate=gmtime(0), modDate=gmtime(0))
        return SimpleUploadedFile(name, made.getvalue())
    stream = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    return pdf_of(*parts, name=name)


def pdf_of(*objects: bytes, name: str = "a.pdf") -> SimpleUploadedFile:
    """Objects 1 (the catalogue), 2, … with their table of places."""
    content, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start, size = len(content), len(objects) + 1
    content += b"xref\n0 %d\n0000000000 65535 f \n" % size + b"".join(b"%010d 00000 n \n" % at for at in places)
    content += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, start)
    return SimpleUploadedFile(name, content)


def photo(name: str = "page.jpg", shade: int = 120) -> SimpleUploadedFile:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 10, 10)).save(made, "JPEG")
    return SimpleUploadedFile(name, made.getvalue())
