"""Minutes that stand: two people sign one version; what is wrong afterwards is said beside it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client
from django.utils import timezone
from docx import Document

from tests.cast import TODAY, Cast
from tests.meetings.records import held
from zhibu.audit.models import Entry
from zhibu.meetings import actions, queries
from zhibu.meetings.enums import State
from zhibu.meetings.models import Attachment, Correction, Meeting, Signature
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal
from zhibu.ui.waiting import answered

SignIn = Callable[..., Client]


@pytest.fixture
def meeting(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Meeting:
    """The secretary presided, the member took the minutes."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)
    return held(cast, recorder_id=cast.member.pk)


def signs(cast: Cast, who: Person, meeting: Meeting, version: int | None = None) -> Signature:
    meeting.refresh_from_db()
    version = meeting.version if version is None else version
    return actions.sign(cast.scope(who), meeting.pk, version=version, at=timezone.now())


def corrects(cast: Cast, meeting: Meeting, **changes: Any) -> Meeting:
    meeting.refresh_from_db()
    content = replace(queries.content_of(meeting), **changes)
    return actions.correct(cast.scope(cast.secretary), meeting.pk, content, version=meeting.version, reason="笔误")


def text(answer: Any) -> str:
    return answer.content.decode()


def test_host_and_recorder_sign_each_as_himself_in_the_platform(cast: Cast, meeting: Meeting, sign_in: SignIn) -> None:
    for who, quality in ((cast.secretary, "主持人"), (cast.member, "记录人")):
        waits = {item.title: item.url for item in answered(queries.waiting(cast.scope(who)))}
        client = sign_in(who)
        page = text(client.get(waits["待签名的会议记录"]))
        version = re.search(r'name="version" value="(\d+)"', page)
        assert "先学习，后讨论。" in page and f"我是本次会议的{quality}" in page and version
        assert client.post(f"/meetings/{meeting.pk}/sign/", {"version": version[1]}).status_code == 302
        assert "待签名的会议记录" not in {item.title for item in answered(queries.waiting(cast.scope(who)))}

    assert queries.is_signed(queries.signatures(meeting))
    assert "两人已签名，记录不再改动" in text(client.get(f"/meetings/{meeting.pk}/sign/?card=1"))
    assert Entry.objects.filter(verb="meetings.sign").count() == 2


def test_nobody_signs_for_another(cast: Cast, meeting: Meeting) -> None:
    with pytest.raises(Refusal, match="本人签名"):
        signs(cast, cast.office, meeting)
    with pytest.raises(Http404):
        signs(cast, cast.neighbour, meeting)
    Meeting.objects.filter(pk=meeting.pk).update(recorder=cast.secretary)
    with pytest.raises(PermissionDenied):
        signs(cast, cast.member, meeting)
    with pytest.raises(Refusal, match="同一个人"):
        signs(cast, cast.secretary, meeting)
    assert not Signature.objects.exists()


def test_a_draft_is_not_signed_and_a_signature_is_given_once(cast: Cast, meeting: Meeting) -> None:
    draft = held(cast, State.DRAFT, recorder_id=cast.member.pk)
    with pytest.raises(Refusal, match="草稿"):
        signs(cast, cast.secretary, draft)

    assert signs(cast, cast.secretary, meeting) == signs(cast, cast.secretary, meeting)
    assert Entry.objects.filter(verb="meetings.sign").count() == 1


def test_a_change_before_both_have_signed_voids_the_first_signature_and_says_so(
    cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    signs(cast, cast.secretary, meeting)
    corrects(cast, meeting, place="第二会议室")

    assert queries.signatures(meeting) == []
    page = text(sign_in(cast.secretary).get(f"/meetings/{meeting.pk}/sign/"))
    assert "舒记（主持人）签的是第 1 版" in page and "须重新签名" in page
    signs(cast, cast.secretary, meeting)
    signs(cast, cast.member, meeting)
    assert queries.is_signed(queries.signatures(meeting))
    assert Signature.objects.filter(voided_at__isnull=False).count() == 1


def test_what_was_changed_while_it_was_read_is_not_signed(cast: Cast, meeting: Meeting, sign_in: SignIn) -> None:
    corrects(cast, meeting, place="第二会议室")

    answer = sign_in(cast.member).post(f"/meetings/{meeting.pk}/sign/", {"version": "1"})

    assert answer.status_code == 422
    assert "记录又有改动" in text(answer) and "第二会议室" in text(answer)
    assert not Signature.objects.exists()


def test_a_file_more_or_less_is_a_change_too(cast: Cast, meeting: Meeting) -> None:
    scope, photo = cast.scope(cast.secretary), SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF\n")
    signs(cast, cast.secretary, meeting)
    actions.attach(scope, meeting.pk, photo)
    assert queries.signatures(meeting) == []
    signs(cast, cast.secretary, meeting)
    actions.detach(scope, meeting.pk, Attachment.objects.get().pk, reason="误传")
    assert queries.signatures(meeting) == []


def test_signed_minutes_are_corrected_beside_and_never_changed(cast: Cast, meeting: Meeting, sign_in: SignIn) -> None:
    signs(cast, cast.secretary, meeting)
    signs(cast, cast.member, meeting)
    with pytest.raises(Refusal, match="不能再改动"):
        corrects(cast, meeting, place="第二会议室")
    photo = SimpleUploadedFile("手写.pdf", b"%PDF-1.4\n%%EOF\n")
    added = actions.attach(cast.scope(cast.secretary), meeting.pk, photo)
    with pytest.raises(Refusal, match="不能再改动"):
        actions.detach(cast.scope(cast.secretary), meeting.pk, added.pk, reason="误传")

    client, form = sign_in(cast.secretary), {
        "subject": "地点", "was": "第一会议室", "becomes": "第二会议室", "reason": "", "submission": str(uuid4())
    }  # fmt: skip
    address = f"/meetings/{meeting.pk}/correction/"
    refused = client.post(address, form)
    assert refused.status_code == 422 and "第二会议室" in text(refused)
    for _double_click in range(2):
        assert client.post(address, {**form, "reason": "记错了"}).status_code == 302

    assert f'hx-get="/meetings/{meeting.pk}/sign/?card=1"' in text(client.get(f"/meetings/{meeting.pk}/"))
    assert client.get(f"/meetings/{meeting.pk}/edit/")["Location"] == address
    page = text(client.get(f"/meetings/{meeting.pk}/sign/?card=1"))
    assert "原记录：第一会议室" in page and "更正为：第二会议室" in page and "记错了" in page
    assert "内容与签名时不一致" not in page
    meeting.refresh_from_db()
    assert (meeting.place, Correction.objects.count()) == ("第一会议室", 1)
    assert len(queries.signatures(meeting)) == 2
    assert "第二会议室" not in str(Entry.objects.get(verb="meetings.add_correction").changes)


def test_what_is_not_signed_is_corrected_itself(cast: Cast, meeting: Meeting, sign_in: SignIn) -> None:
    signs(cast, cast.secretary, meeting)
    form = {"subject": "地点", "was": "甲", "becomes": "乙", "reason": "错", "submission": str(uuid4())}

    answer = sign_in(cast.secretary).post(f"/meetings/{meeting.pk}/correction/", form)

    assert answer.status_code == 422 and "还没有由两人签名" in text(answer)
    # the recorder, a plain member, signs but does not correct
    assert sign_in(cast.member).post(f"/meetings/{meeting.pk}/correction/", form).status_code == 403


def test_a_change_behind_the_platforms_back_shows(cast: Cast, meeting: Meeting, sign_in: SignIn) -> None:
    signs(cast, cast.secretary, meeting)
    signs(cast, cast.member, meeting)
    Meeting.objects.filter(pk=meeting.pk).update(minutes="另一份记录。")

    assert "内容与签名时不一致" in text(sign_in(cast.secretary).get(f"/meetings/{meeting.pk}/sign/"))


def test_the_sheet_comes_as_docx_and_pdf_with_signatures_and_corrections(
    cast: Cast, meeting: Meeting, sign_in: SignIn
) -> None:
    signs(cast, cast.secretary, meeting)
    signs(cast, cast.member, meeting)
    given = {"subject": "地点", "was": "第一会议室", "becomes": "第二会议室", "reason": "记错了", "by_name": "舒记"}
    actions.add_correction(cast.scope(cast.secretary), meeting.pk, **given, submission=uuid4(), at=timezone.now())

    client = sign_in(cast.member)  # the recorder, who holds no post
    answer = client.get(f"/meetings/{meeting.pk}/document/?as=docx")
    document = Document(io.BytesIO(answer.content))
    words = "\n".join(
        [one.text for one in document.paragraphs]
        + [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    )

    for part in (
        "支部党员大会记录", "本科生第一党支部", "2026年11月12日14:00至15:30", "第一会议室", "应到2人，实到2人",
        "讨论工作计划", "孟员：同意。", "先学习，后讨论。", "通过工作计划", "舒记，2026年12月31日", "两人已在平台签名",
        "第二会议室", "记错了",
    ):  # fmt: skip
        assert part in words, part
    assert "（未签名）" not in words
    assert client.get(f"/meetings/{meeting.pk}/document/").content.startswith(b"%PDF-")
    assert sign_in(cast.neighbour).get(f"/meetings/{meeting.pk}/document/").status_code == 404
