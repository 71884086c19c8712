"""Several photographs of one paper become one PDF, page after page in the order chosen."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from pathlib import PurePath

from django.core.files.base import ContentFile, File
from PIL import Image, ImageOps
from pypdf import PdfWriter

from zhibu.archive.contents import PICTURES, PIXELS_LIMIT, refuse_picture
from zhibu.regulations.refusal import Refusal
from zhibu.ui.files import check_upload, plain_name

PAGES_LIMIT = 20
UNPACKED_LIMIT = 40_000_000  # pixels of a picture that can only be unpacked whole
LONG_SIDE = 2480  # A4 at 210 dots an inch


def one_file(files: Sequence[File]) -> File | None:
    """None, the only file as it is, or a PDF of several pictures. Refuses several files that are not all pictures."""
    if len(files) < 2:
        return files[0] if files else None
    if len(files) > PAGES_LIMIT:
        raise Refusal(f"一次最多选 {PAGES_LIMIT} 张照片。", field="file", remedy="请分成几份材料归档，或先合成 PDF。")
    if any(check_upload(file)[1] not in PICTURES for file in files):
        raise Refusal(
            "一次只能归档一份材料；只有照片可以一次选多张，合成一个 PDF。", field="file",
            remedy="不同的材料请逐份归档；同一份材料的几个文件请先合成一个 PDF。",
        )  # fmt: skip
    book = PdfWriter()
    for file in files:
        book.append(_page(file))
    made = io.BytesIO()
    book.write(made)
    return ContentFile(made.getvalue(), name=f"{PurePath(plain_name(files[0])).stem}等{len(files)}张.pdf")


def _page(file: File) -> io.BytesIO:
    """A PDF of one page, upright, in colour, not larger than a sheet needs. One photograph is unpacked at a time."""
    file.seek(0)
    raw = io.BytesIO(file.read())
    refuse_picture(raw, plain_name(file), PIXELS_LIMIT if check_upload(file)[1] == "image/jpeg" else UNPACKED_LIMIT)
    raw.seek(0)
    try:
        with Image.open(raw) as picture:
            picture.thumbnail((LONG_SIDE, LONG_SIDE))  # a JPEG is unpacked no larger than needed
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise Refusal(
            f"“{plain_name(file)}”不是能打开的照片。", field="file", remedy="请重新拍照或另存后再上传。"
        ) from error
    made = io.BytesIO()
    # Fixed times: the same photographs give the same bytes, by which doubles are noticed.
    then = time.gmtime(0)
    upright.save(made, "PDF", resolution=200, quality=85, creationDate=then, modDate=then)
    return made
