"""What a file is, by its content, and whether it is safe to open. Runs inside the parsing child; knows no Django."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from typing import IO

MAX_ENTRIES = 3000
MAX_UNPACKED = 700 * 1024 * 1024
MAX_RATIO = 250
RATIO_FROM = 60 * 1024 * 1024
MAX_FORMULAS = 20_000

OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SHEET = re.compile(rb"<sheet\b[^>]*>")
_FORMULA = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f[\s>/]')
RESAVE = "请在 Excel 或 WPS 中打开，另存为“Excel 工作簿（*.xlsx）”后再上传。"


class Unreadable(Exception):
    """The file cannot be taken; the two arguments are a Chinese sentence and the remedy."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message, self.remedy = message, remedy


@dataclass(frozen=True)
class Container:
    """``format`` is xlsx, xls or csv."""

    format: str


_FOREIGN = (
    (b"%PDF", "这是 PDF 文件，不是表格。"),
    (b"\x89PNG", "这是图片，不是表格。"),
    (b"\xff\xd8\xff", "这是图片，不是表格。"),
    (b"Rar!", "这是压缩包，不是表格。请解压后逐个上传。"),
    (b"7z\xbc\xaf", "这是压缩包，不是表格。请解压后逐个上传。"),
    (b"\x1f\x8b", "这是压缩包，不是表格。请解压后逐个上传。"),
    (b"MZ", "这是程序文件，不是表格。"),
)


def recognise(stream: IO[bytes]) -> Container:
    """The format of the content, whatever the file's name says. Raises `Unreadable`."""
    stream.seek(0)
    head = stream.read(4096)
    if not head.strip(b"\0\r\n\t "):
        raise Unreadable("文件是空的。", "请确认选对了文件：打开它看看有没有内容，保存后再上传。")
    for magic, sentence in _FOREIGN:
        if head.startswith(magic):
            raise Unreadable(sentence, RESAVE)
    if head.startswith(b"PK"):
        _check_zip(stream)
        return Container("xlsx")
    if head.startswith(OLE):
        stream.seek(0)
        if _ENCRYPTED in stream.read():
            raise Unreadable(
                "工作簿设了打开密码，系统无法读取。", "请在 Excel 中取消密码（文件 → 信息 → 保护工作簿）后再上传。"
            )
        return Container("xls")
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise Unreadable("文件虽然叫作表格，内容却是网页（有些系统导出的 .xls 就是这样）。", RESAVE)
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("不认识的文件格式。", "请上传 .xlsx、.xls 或 .csv 表格。")
    return Container("csv")


def _check_zip(stream: IO[bytes]) -> None:
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Unreadable("工作簿已损坏，无法打开（可能没有传完）。", "请重新保存或重新上传这个文件。") from error
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    names = {entry.filename for entry in entries}
    if (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or (unpacked > RATIO_FROM and unpacked / packed > MAX_RATIO)
    ):
        raise Unreadable(
            f"工作簿解开后有 {unpacked // 1024 // 1024} MB，与文件大小不相称，为安全起见没有打开。",
            "请新建一个工作簿，只把有数据的区域复制过去；人数很多时按学院分开上传。",
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("文件设了密码，系统无法读取。", "请取消密码后再上传。")
    if "word/document.xml" in names:
        raise Unreadable("这是 Word 文档，不是表格。", "请把表格复制到 Excel 中，另存为 .xlsx 后再上传。")
    if not names & {"xl/workbook.xml", "xl/workbook.bin"}:
        raise Unreadable("这不是 Excel 工作簿（可能是压缩包或其他文档）。", RESAVE)


def formula_cells(stream: IO[bytes], sheet_index: int) -> list[tuple[int, str]]:
    """(row as Excel counts, column letters) of the cells of a worksheet that hold formulas; only for .xlsx."""
    stream.seek(0)
    found: list[tuple[int, str]] = []
    try:
        with zipfile.ZipFile(stream) as archive:
            part = _sheet_part(archive, sheet_index)
            if part is None:
                return []
            with archive.open(part) as content:
                rest = b""
                while block := content.read(1 << 20):
                    text = rest + block
                    if b"<f" in text:
                        found += [(int(row), column.decode()) for column, row in _FORMULA.findall(text)]
                    if len(found) > MAX_FORMULAS:
                        break
                    # A cell cut in two by the block's end is kept for the next round, but read only once.
                    cut = text.rfind(b"<c ")
                    rest = (
                        text[cut:] if cut >= 0 and len(text) - cut < 20_000 and not _FORMULA.match(text, cut) else b""
                    )
    except (zipfile.BadZipFile, KeyError, OSError, ValueError):
        return []
    return found


def _sheet_part(archive: zipfile.ZipFile, index: int) -> str | None:
    sheets = _SHEET.findall(archive.read("xl/workbook.xml"))
    relations = archive.read("xl/_rels/workbook.xml.rels")
    if index >= len(sheets):
        return None
    identity = re.search(rb'r:id="([^"]+)"', sheets[index])
    if identity is None:
        return None
    for relation in re.findall(rb"<Relationship\b[^>]*>", relations):
        if b'Id="' + identity.group(1) + b'"' in relation:
            target = re.search(rb'Target="([^"]+)"', relation)
            if target:
                path = target.group(1).decode()
                return path.lstrip("/") if path.startswith("/") else f"xl/{path}"
    return None
