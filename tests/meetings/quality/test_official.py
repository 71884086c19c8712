"""Official documents: entered by the office, one or several at once; their passages are shown as quotation."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import Cast
from tests.meetings.quality.texts import recorded, told
from zhibu.meetings.models import OfficialDocument
from zhibu.meetings.quality import actions, queries
from zhibu.regulations.refusal import Refusal

SignIn = Callable[..., Client]
NEW = "/meetings/quality/official/new/"


def word(name: str, *paragraphs: str) -> SimpleUploadedFile:
    made, document = io.BytesIO(), docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(made)
    return SimpleUploadedFile(name, made.getvalue())


def test_a_text_is_pasted_and_its_passages_stand_as_quotation_on_the_record(cast: Cast, sign_in: SignIn) -> None:
    passage = told(500)
    form = {"issued_by": "中共虚构市委", "title": "某通知", "issued_on": "2026-09-01", "text": passage}
    assert sign_in(cast.office).post(NEW, form).status_code == 302
    meeting = recorded(cast, "会议传达了文件。" + passage + "大家作了讨论。")

    shown = sign_in(cast.secretary).get(f"/meetings/{meeting.pk}/quality/").content.decode()

    assert shown.count('class="z-quoted"') == 1
    assert "某通知" in sign_in(cast.secretary).get("/meetings/quality/official/").content.decode()


def test_several_word_files_come_in_at_once_or_not_at_all(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.office)
    good = [word("甲文件.docx", told(1), told(2)), word("乙文件.docx", told(3))]
    short = client.post(NEW, {"issued_by": "某机关", "file": [word("甲.docx", told(1)), word("短.docx", "太短")]})
    assert short.status_code == 422 and "只有 2 个字" in short.content.decode()
    assert not OfficialDocument.objects.exists()

    assert client.post(NEW, {"issued_by": "某机关", "file": good}).status_code == 302
    assert {row.title for row in OfficialDocument.objects.all()} == {"甲文件", "乙文件"}
    assert told(2) in OfficialDocument.objects.get(title="甲文件").text


def package(*members: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.pdf", b"%PDF-1.7\n%%EOF", "不是 docx"),
        ("a.docx", package("word/document.xml"), "打不开"),
        ("a.docx", b"PK\x03\x04" + bytes(30), "已损坏"),
        ("a.docx", package("word/document.xml", "word/vbaProject.bin"), "宏"),
        ("a.docx", b"", "空文件"),
    ],
)
def test_bad_files_are_refused_with_a_sentence(cast: Cast, sign_in: SignIn, name: str, body: bytes, said: str) -> None:
    answer = sign_in(cast.office).post(NEW, {"issued_by": "某机关", "file": SimpleUploadedFile(name, body)})

    assert answer.status_code == 422 and said in answer.content.decode()
    assert not OfficialDocument.objects.exists()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"issued_by": "某机关"}, "二者选一"),
        ({"issued_by": "某机关", "text": "正文" * 40}, "请填写标题"),
        ({"issued_by": "某机关", "title": "某", "text": "，。" * 40 + "短"}, "只有 1 个字"),
    ],
)
def test_what_was_typed_is_kept_when_it_is_refused(
    cast: Cast, sign_in: SignIn, form: dict[str, str], said: str
) -> None:
    answer = sign_in(cast.office).post(NEW, form)

    assert answer.status_code == 422
    assert said in answer.content.decode() and "某机关" in answer.content.decode()


def test_the_same_text_twice_is_refused_and_names_the_first(cast: Cast) -> None:
    scope = cast.scope(cast.office)
    actions.add_official(scope, title="甲", issued_by="某", text=told(1))
    with pytest.raises(Refusal, match="“甲”相同"):
        actions.add_official(scope, title="乙", issued_by="某", text=told(1) + "\r\n")


def test_only_the_office_enters_and_removes_with_a_reason(cast: Cast, sign_in: SignIn) -> None:
    row = actions.add_official(cast.scope(cast.office), title="甲", issued_by="某", text=told(1))
    address = f"/meetings/quality/official/{row.pk}/"

    with pytest.raises(PermissionDenied):
        actions.add_official(cast.scope(cast.organizer), title="乙", issued_by="某", text=told(2))
    assert "移除" not in sign_in(cast.secretary).get(address).content.decode()
    assert sign_in(cast.secretary).post(address + "remove/", {"reason": "x"}).status_code == 403
    assert sign_in(cast.office).post(address + "remove/", {"reason": ""}).status_code == 422
    assert sign_in(cast.office).post(address + "remove/", {"reason": "误录"}).status_code == 302
    assert not OfficialDocument.objects.exists()


def test_the_offices_limits_are_kept_one_after_the_other(cast: Cast, sign_in: SignIn) -> None:
    client: Any = sign_in(cast.office)
    before = queries.standard()
    assert (before.pk, before.days, before.likeness) == (None, 7, 23)

    assert client.post("/meetings/quality/standard/", {"days": "91", "likeness": "23"}).status_code == 422
    same = client.post("/meetings/quality/standard/", {"days": "7", "likeness": "23"})
    assert "与现在的设定相同" in same.content.decode()
    assert client.post("/meetings/quality/standard/", {"days": "10", "likeness": "30"}).status_code == 302
    assert (queries.standard().days, queries.standard().likeness, queries.standard().set_by) == (
        10, 30, cast.office.user,
    )  # fmt: skip
