"""Filling templates: ``fill("letter", {...})`` gives a docx, ``fill_many`` one docx with a document on each page.

A template is code that an office uploads. It runs in a sandbox, over values that are text, lists and dicts of text and
nothing else; `zhibu.documents.checking` has refused before whatever is more than naming, repeating and leaving out.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import jinja2
from django.utils import timezone
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2.sandbox import ImmutableSandboxedEnvironment

from zhibu.documents.registry import DocumentKind, Variable, kind_of
from zhibu.documents.rules import LOOP
from zhibu.documents.store import in_force

MOST = 3000  # documents in one file


class WrongValues(TypeError):
    """The caller gave values that the kind does not have, or left out some that it needs: a mistake in code."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Names and attributes of plain data; no globals, filters or calls to reach anything else by."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=jinja2.StrictUndefined, extensions=[])
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The column of a row, or the number of a loop's turn; nothing of any other object."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, jinja2.runtime.LoopContext) and attribute in LOOP:
            return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return self.getattr(obj, str(argument))

    def is_safe_callable(self, obj: Any) -> bool:
        return False


@dataclass(frozen=True)
class Prepared:
    """A template ready to be filled: the file it came from, its body as a program."""

    content: bytes
    program: jinja2.Template
    word: DocxTemplate


def opened(content: bytes) -> DocxTemplate:
    word = DocxTemplate(io.BytesIO(content))
    word.init_docx()
    return word


def source_of(word: DocxTemplate) -> str:
    """The body as Jinja source: Word scatters a tag over several runs, docxtpl brings it together."""
    return re.sub(r"<w:p([ >])", r"\n<w:p\1", word.patch_xml(word.get_xml()))


@lru_cache(maxsize=32)
def prepared(content: bytes) -> Prepared:
    word = opened(content)
    return Prepared(content, Sandbox().from_string(source_of(word)), word)


def fill(key: str, context: Mapping[str, Any]) -> bytes:
    """One document of this kind as docx, with the template in force."""
    return fill_many(key, [context])


def fill_many(key: str, contexts: Iterable[Mapping[str, Any]]) -> bytes:
    """All documents in one docx, each from a new page with page numbers of its own."""
    return filled(in_force(key), kind_of(key), list(contexts))


def filled(content: bytes, kind: DocumentKind, contexts: Sequence[Mapping[str, Any]]) -> bytes:
    """As `fill_many`, with a template that is not in force (trial, preview of a version)."""
    if not 0 < len(contexts) <= MOST:
        raise WrongValues(f"{kind.key}: {len(contexts)} documents in one file; between 1 and {MOST} are possible.")
    ready = prepared(content)
    bodies = [_body(ready, values_of(kind, context)) for context in contexts]
    document = Document(io.BytesIO(content))
    root = document.element
    root.replace(root.body, _joined(bodies))
    document.core_properties.title = kind.label
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _body(ready: Prepared, values: dict[str, Any]) -> Any:
    xml = re.sub(r"\n<w:p([ >])", r"<w:p\1", ready.program.render(values))
    if "\n" in xml:
        xml = ready.word.resolve_listing(xml)
    return ready.word.fix_tables(xml)


def _joined(bodies: list[Any]) -> Any:
    """The bodies of one template have the same styles, numbering and relations: they can simply follow each other.

    The section of all but the last moves into its last paragraph, as Word writes a section break.
    """
    if len(bodies) == 1:
        return bodies[0]
    whole, last = bodies[0], len(bodies) - 1
    for number, body in enumerate(bodies):
        section = body.find(qn("w:sectPr"))
        _restart_numbers(section)
        if number < last:
            body.remove(section)
            _end_section(body, section)
        if body is not whole:
            for element in list(body):
                whole.append(element)
    return whole


def _restart_numbers(section: Any) -> None:
    for old in section.findall(qn("w:pgNumType")):
        section.remove(old)
    numbers = OxmlElement("w:pgNumType")
    numbers.set(qn("w:start"), "1")
    # The schema wants it after the margins.
    margins = section.find(qn("w:pgMar"))
    (margins.addnext if margins is not None else section.append)(numbers)


def _end_section(body: Any, section: Any) -> None:
    paragraph = body[-1] if len(body) and body[-1].tag == qn("w:p") else None
    if paragraph is None or paragraph.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None:
        paragraph = OxmlElement("w:p")
        body.append(paragraph)
    properties = paragraph.find(qn("w:pPr"))
    if properties is None:
        properties = OxmlElement("w:pPr")
        paragraph.insert(0, properties)
    change = properties.find(qn("w:pPrChange"))
    (change.addprevious if change is not None else properties.append)(deepcopy(section))


def values_of(kind: DocumentKind, context: Mapping[str, Any]) -> dict[str, Any]:
    """The values as text. Raises `WrongValues` for unknown names and for missing ones that are not optional."""
    return _values(kind.key, kind.variables, context)


def _values(where: str, variables: Sequence[Variable], context: Mapping[str, Any]) -> dict[str, Any]:
    names = {variable.name for variable in variables}
    missing = sorted(variable.name for variable in variables if not variable.optional and variable.name not in context)
    if missing or (unknown := sorted(set(context) - names)):
        raise WrongValues(f"{where}: missing {missing}" if missing else f"{where}: unknown {unknown}")
    return {
        variable.name: [
            _values(f"{where}.{variable.name}", variable.columns, row) for row in context.get(variable.name) or ()
        ]
        if variable.is_list
        else written(context.get(variable.name))
        for variable in variables
    }


def written(value: Any) -> str:
    """A value as it stands in a document: 2026年11月21日, 12.50, 是. Characters that XML forbids are dropped."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime():
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            return f"{written(local.date())}{local:%H:%M}"
        case date():
            return f"{value.year}年{value.month}月{value.day}日"
        case Decimal():
            return f"{value:f}"
        case _:
            text = str(value).replace("\r\n", "\n").replace("\t", " ")
            return "".join(
                sign for sign in text if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs", "Cn"}
            )
