"""Several photographs of one paper become one PDF, page after page in the order chosen."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from pathlib import PurePath

from django.core.files.base import ContentFile, File
from PIL import Image, ImageOps, UnidentifiedImageError

from zhibu.regulations.refusal import Refusal
from zhibu.ui.files import check_upload, plain_name

PICTURES = frozenset({"image/jpeg", "image/png"})
PAGES_LIMIT = 20  # all are held decoded while the PDF is written: 13 MB each
PIXELS_LIMIT = 60_000_000
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
    pages = [_page(file) for file in files]
    made = io.BytesIO()
    # Fixed times: the same photographs give the same bytes, by which doubles are noticed.
    then = time.gmtime(0)
    pages[0].save(
        made, "PDF", save_all=True, append_images=pages[1:], resolution=200, quality=85, creationDate=then, modDate=then
    )
    return ContentFile(made.getvalue(), name=f"{PurePath(plain_name(files[0])).stem}等{len(files)}张.pdf")


def _page(file: File) -> Image.Image:
    """Upright, in colour, not larger than a sheet needs."""
    wrong = Refusal(f"“{plain_name(file)}”不是能打开的照片。", field="file", remedy="请重新拍照或另存后再上传。")
    file.seek(0)
    try:
        with Image.open(io.BytesIO(file.read())) as picture:
            if picture.width * picture.height > PIXELS_LIMIT:
                raise Refusal(
                    f"“{plain_name(file)}”的像素太多。", field="file", remedy="请用普通清晰度重新拍照或扫描。"
                )
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise wrong from error
    upright.thumbnail((LONG_SIDE, LONG_SIDE))
    return upright
