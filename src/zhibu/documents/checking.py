"""Whether an uploaded file can be a template: a Word document without macros, links or surprises, that fills well."""

from __future__ import annotations

import io
import re
import zipfile

from docx.opc.exceptions import PackageNotFoundError
from jinja2 import TemplateError
from lxml import etree

from zhibu.documents import rules
from zhibu.documents.filling import filled, opened, source_of
from zhibu.documents.registry import DocumentKind
from zhibu.regulations.refusal import Refusal

LARGEST = 2 * 1024 * 1024
UNPACKED = 30 * 1024 * 1024
MOST_PARTS = 300
WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
ACTIVE = re.compile(r"vbaProject|/activeX/|/embeddings/|/customUI", re.IGNORECASE)
BODY = "word/document.xml"
HYPERLINK = "/hyperlink"
AGAIN = "请用 Word 打开本页下载的模板，修改后另存为“Word 文档（.docx）”再上传。"
TAG = re.compile(r"\{\{|\{%|\{#")


def check(kind: DocumentKind, content: bytes) -> rules.Use:
    """What the template uses. Refuses a file that is not a plain docx, that says more than it may, or fills badly."""
    parts = _parts(content)
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            _check_part(name, part)
    try:
        use = rules.use_of(source_of(opened(content)), kind)
        _try(kind, content)
    except (PackageNotFoundError, KeyError, ValueError, etree.XMLSyntaxError, AttributeError) as error:
        raise Refusal("这个文件不能作为 Word 文档读出来。", field="file", remedy=AGAIN) from error
    return use


def _parts(content: bytes) -> dict[str, bytes]:
    if len(content) > LARGEST:
        raise Refusal(f"模板不能超过 {LARGEST // 1024 // 1024} MB。", field="file", remedy="请压缩或去掉模板里的图片。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > UNPACKED:
                raise Refusal("这个文件展开后过大，不能作为模板。", field="file", remedy=AGAIN)
            if any(entry.flag_bits & 1 for entry in entries):
                raise Refusal("这个文件加了密码。", field="file", remedy="请取消密码后再上传。")
            # A size that lies is noticed by the checksum when read.
            parts = {entry.filename: package.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        old = content[:4] == b"\xd0\xcf\x11\xe0"
        what = "这是旧版 Word 文件（.doc）或加了密码的文件。" if old else "这不是 Word 文档（.docx）。"
        raise Refusal(what, field="file", remedy=AGAIN) from error
    types = parts.get("[Content_Types].xml", b"")
    if ACTIVE.search("\n".join(parts)) or b"macroEnabled" in types:
        raise Refusal("模板里有宏、控件或嵌入的对象。", field="file", remedy=AGAIN)
    if WORD not in types or BODY not in parts:
        raise Refusal("这不是 Word 文档（.docx）。", field="file", remedy=AGAIN)
    return parts


def _check_part(name: str, part: bytes) -> None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        tree = etree.fromstring(part, parser=parser).getroottree()
    except etree.XMLSyntaxError as error:
        raise Refusal("这个文件已经损坏。", field="file", remedy=AGAIN) from error
    if tree.docinfo.internalDTD is not None:
        raise Refusal("模板里有不允许的声明（DTD）。", field="file", remedy=AGAIN)
    if name.endswith(".rels"):
        for relation in tree.getroot():
            if relation.get("TargetMode") == "External" and not str(relation.get("Type")).endswith(HYPERLINK):
                raise Refusal(
                    "模板引用了文件以外的图片、模板或对象。", field="file",
                    remedy="请把图片直接插入文档（不用“链接到文件”），并在“开发工具”里取消附加的模板。",
                )  # fmt: skip
    elif name != BODY and TAG.search("".join(tree.getroot().itertext())):
        raise Refusal("变量只能写在正文里，不能写在页眉、页脚、脚注、批注或文档属性里。", field="file")


def _try(kind: DocumentKind, content: bytes) -> None:
    """With invented values, once alone and once as a batch."""
    try:
        result = filled(content, kind, [kind.sample, kind.sample])
    except TemplateError as error:
        raise Refusal("用示例数据试填没有成功。", field="file", remedy=rules.HELP) from error
    with zipfile.ZipFile(io.BytesIO(result)) as package:
        body = etree.fromstring(package.read(BODY))
    if TAG.search("".join(body.itertext())):
        raise Refusal("试填之后还有没有填上的标记。", field="file", remedy=rules.HELP)
