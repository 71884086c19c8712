"""Files: what is taken, what is refused and why, and how they come back."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404

from tests.cast import Cast
from tests.meetings.records import held
from zhibu.meetings import actions, queries
from zhibu.meetings.enums import State
from zhibu.meetings.models import Attachment
from zhibu.regulations.refusal import Refusal
from zhibu.ui import files

PDF = b"%PDF-1.7\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


@pytest.fixture(autouse=True)
def media(settings: object, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def package(*members: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    return made.getvalue()


def test_a_file_is_kept_under_a_random_name_with_its_hash(cast: Cast, media: Path) -> None:
    meeting = held(cast)
    kept = actions.attach(cast.scope(cast.secretary), meeting.pk, SimpleUploadedFile("../../签到表.pdf", PDF))

    files = [path for path in media.rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in files] == [PDF]
    assert "签到表" not in str(files[0])
    assert (kept.name, kept.content_type, kept.size, len(kept.sha256)) == ("签到表.pdf", "application/pdf", 14, 64)


def test_the_same_file_twice_is_kept_once(cast: Cast) -> None:
    scope, meeting = cast.scope(cast.secretary), held(cast)
    first = actions.attach(scope, meeting.pk, SimpleUploadedFile("a.pdf", PDF))
    again = actions.attach(scope, meeting.pk, SimpleUploadedFile("b.pdf", PDF))

    assert first == again


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("照片.jpg", b"MZ\x90\x00" + bytes(60), "不是可以接收的类型"),
        ("照片.jpg", PNG, "扩展名不符"),
        ("程序.exe", b"MZ" + bytes(60), "不是可以接收的类型"),
        ("网页.pdf", b"<html><script>", "不是可以接收的类型"),
        ("图.svg", b"<svg onload='x'>", "不是可以接收的类型"),
        ("空.pdf", b"", "空文件"),
        ("包.docx", package("a.txt"), "不是可以接收的类型"),
        ("坏.docx", b"PK\x03\x04" + bytes(30), "已损坏"),
        ("宏.docx", package("word/document.xml", "word/vbaProject.bin"), "含有宏"),
        ("假.xlsx", package("word/document.xml"), "扩展名不符"),
        ("旧.txt", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(8), "扩展名不符"),
    ],
)
def test_bad_files_are_refused_and_nothing_is_left(cast: Cast, media: Path, name: str, body: bytes, said: str) -> None:
    meeting = held(cast)

    with pytest.raises(Refusal) as refused:
        actions.attach(cast.scope(cast.secretary), meeting.pk, SimpleUploadedFile(name, body))

    assert said in refused.value.message
    assert refused.value.remedy
    assert not Attachment.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.jpeg", b"\xff\xd8\xff\xe0" + bytes(8)),
        ("a.PNG", PNG),
        ("a.docx", package("word/document.xml")),
        ("a.xlsx", package("xl/workbook.xml")),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(8)),
        ("a.wps", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(8)),
    ],
)
def test_files_of_offices_are_taken(cast: Cast, name: str, body: bytes) -> None:
    meeting = held(cast)

    assert actions.attach(cast.scope(cast.secretary), meeting.pk, SimpleUploadedFile(name, body)).size == len(body)


def test_a_file_over_the_limit_is_refused_by_size(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SIZE_LIMIT", len(PDF))
    scope, meeting = cast.scope(cast.secretary), held(cast)
    actions.attach(scope, meeting.pk, SimpleUploadedFile("a.pdf", PDF))

    with pytest.raises(Refusal, match="上限"):
        actions.attach(scope, meeting.pk, SimpleUploadedFile("b.pdf", PDF + b" "))


def test_a_gigabyte_is_refused_by_its_announced_length_before_it_is_read(cast: Cast, sign_in: Callable) -> None:
    meeting = held(cast)
    client = sign_in(cast.secretary)

    answer = client.post(f"/meetings/{meeting.pk}/attachments/", {}, headers={"content-length": str(2**30)})

    assert answer.status_code == 413
    assert "1024 MB" in answer.content.decode()
    assert not Attachment.objects.exists()


def test_the_upload_form_wants_its_token(cast: Cast) -> None:
    from django.test import Client

    meeting = held(cast)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.secretary.user, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.post(f"/meetings/{meeting.pk}/attachments/", {"file": SimpleUploadedFile("a.pdf", PDF)})

    assert answer.status_code == 403
    assert not Attachment.objects.exists()


def test_a_file_comes_back_only_as_a_download(cast: Cast, sign_in: Callable) -> None:
    meeting = held(cast)
    client = sign_in(cast.secretary)
    sent = client.post(f"/meetings/{meeting.pk}/attachments/", {"file": SimpleUploadedFile("签到表.pdf", PDF)})
    kept = Attachment.objects.get()
    answer = client.get(f"/meetings/{meeting.pk}/attachments/{kept.pk}/")

    assert sent.status_code == 302
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer["Content-Security-Policy"] and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_refused_file_is_answered_on_its_form(cast: Cast, sign_in: Callable) -> None:
    meeting = held(cast)
    upload = SimpleUploadedFile("照片.jpg", b"MZ\x90\x00" + bytes(60))
    answer = sign_in(cast.secretary).post(f"/meetings/{meeting.pk}/attachments/", {"file": upload})

    assert answer.status_code == 422
    assert "不是可以接收的类型" in answer.content.decode()


def test_files_are_for_those_who_keep_the_record(cast: Cast) -> None:
    from django.core.exceptions import PermissionDenied

    meeting = held(cast)
    kept = actions.attach(cast.scope(cast.secretary), meeting.pk, SimpleUploadedFile("a.pdf", PDF))

    with pytest.raises(PermissionDenied):
        queries.attachment(cast.scope(cast.member), meeting.pk, kept.pk)
    with pytest.raises(Http404):
        queries.attachment(cast.scope(cast.neighbour), meeting.pk, kept.pk)
    with pytest.raises(Http404):
        queries.attachment(cast.scope(cast.secretary), held(cast).pk, kept.pk)


def test_a_file_leaves_a_finished_record_only_with_a_reason(
    cast: Cast, media: Path, django_capture_on_commit_callbacks: Callable
) -> None:
    scope, meeting = cast.scope(cast.secretary), held(cast)
    kept = actions.attach(scope, meeting.pk, SimpleUploadedFile("a.pdf", PDF))

    with pytest.raises(Refusal, match="理由"):
        actions.detach(scope, meeting.pk, kept.pk)
    with django_capture_on_commit_callbacks(execute=True):
        actions.detach(scope, meeting.pk, kept.pk, reason="误传")

    assert not Attachment.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_discarded_draft_takes_its_files_along(
    cast: Cast, media: Path, django_capture_on_commit_callbacks: Callable
) -> None:
    scope, draft = cast.scope(cast.secretary), held(cast, State.DRAFT)
    actions.attach(scope, draft.pk, SimpleUploadedFile("a.pdf", PDF))

    with django_capture_on_commit_callbacks(execute=True):
        actions.delete_draft(scope, draft.pk)

    assert not [path for path in media.rglob("*") if path.is_file()]
