"""The ledger of a year: read, exported by the worker, lent to an inspector until a day."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from tests.cast import PASSWORD, TODAY, Cast, make_person
from tests.meetings.records import HELD, held, vote
from zhibu.accounts.models import User
from zhibu.accounts.scope import scope_of
from zhibu.audit.models import Entry
from zhibu.meetings.actions import add_correction, attach, record_talk, report_task, sign
from zhibu.meetings.content import ResolutionLine
from zhibu.meetings.enums import FollowUpResult, Kind, Outcome, State
from zhibu.meetings.ledger import actions, queries
from zhibu.meetings.ledger.enums import ExportState, Format
from zhibu.meetings.models import FollowUp, Inspection, Invitation, LedgerExport, Meeting, PlannedMeeting, Task
from zhibu.meetings.planning import actions as planning
from zhibu.meetings.planning.enums import Answer, Leave
from zhibu.people.enums import StageKind
from zhibu.regulations.refusal import Refusal

SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def year(cast: Cast) -> Meeting:
    """A record with an attachment, a talk of which nothing may be told, an activist."""
    meeting = held(cast)
    attach(cast.scope(cast.secretary), meeting.pk, SimpleUploadedFile("提纲.pdf", b"%PDF-1.4\n%%EOF\n"))
    record_talk(
        cast.scope(cast.secretary), cast.branch.pk, first=cast.secretary.pk, second=cast.member.pk, held_on=HELD,
        topic="家庭困难", submission=uuid4(),
    )  # fmt: skip
    make_person("季极", cast.branch, serial=70, stage=StageKind.ACTIVIST)
    return meeting


@pytest.fixture
def expert(db: None) -> User:
    user = User(username="expert", display_name="检查员")
    user.set_password(PASSWORD)
    user.save()
    return user


def lent(cast: Cast, **changes: Any) -> Inspection:
    given = {"username": "expert", "until": TODAY + timedelta(days=7), "reason": "年度党建考核", **changes}
    return actions.grant(cast.scope(cast.organizer), cast.branch.pk, **given)


def text(answer: Any) -> str:
    return answer.content.decode()


def written(cast: Cast, wanted: Format) -> bytes:
    row = actions.ask(cast.scope(cast.secretary), cast.branch.pk, TODAY.year, wanted)
    actions.write(row.pk, TODAY)
    row.refresh_from_db()
    assert (row.state, row.done, row.total) == (ExportState.DONE, 1, 1)
    with row.file.open("rb") as file:
        return bytes(file.read())


def test_the_secretary_reads_the_year(cast: Cast, year: Meeting, sign_in: SignIn) -> None:
    client = sign_in(cast.secretary)
    page = text(client.get(f"/meetings/ledger/{cast.branch.pk}/"))
    record = text(client.get(f"/meetings/ledger/{cast.branch.pk}/records/{year.pk}/"))

    assert "十一月支部党员大会" in page and "1 次，涉及 2 人" in page and "季极" in page and "没有登记公布" in page
    assert "先学习，后讨论。" in record and "通过工作计划" in record and "提纲.pdf" in record


def test_of_a_talk_only_the_fact_is_told(cast: Cast, year: Meeting, sign_in: SignIn) -> None:
    talk = Meeting.objects.get(kind="talk")
    client = sign_in(cast.office)
    pages = [text(client.get(f"/meetings/ledger/{cast.branch.pk}/")), pdf_text(written(cast, Format.PDF))]

    assert not any("家庭困难" in page for page in pages)
    assert client.get(f"/meetings/ledger/{cast.branch.pk}/records/{talk.pk}/").status_code == 404


def pdf_text(body: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages)


def test_the_pdf_holds_everything_of_the_year(cast: Cast, year: Meeting) -> None:
    found = "".join(pdf_text(written(cast, Format.PDF)).split())

    words = ("2026年台账", "十一月支部党员大会", "孟员", "讨论工作计划", "通过工作计划", "季极", "提纲.pdf")
    assert [word for word in words if word not in found] == []


@pytest.fixture
def whole_life(cast: Cast) -> Meeting:
    """A meeting announced, with leave granted, followed up, signed by both and corrected; another one called off."""
    plan = planning.Plan(Kind.GENERAL, "十一月支部党员大会", HELD, time(14), time(15, 30))
    scope = cast.scope(cast.secretary)
    row, off = (PlannedMeeting.objects.create(
        organization=cast.branch, submission=uuid4(), **{**asdict(plan), **changes}
    ) for changes in ({}, {"kind": Kind.LECTURE, "title": "十一月党课"}))  # fmt: skip
    planning.cancel(scope, off.pk, reason="与校运会冲突")
    visit = ResolutionLine("走访共建企业", responsible="孟员", due_on=date(2026, 12, 1), owner_id=cast.member.pk)
    meeting = held(cast, recorder_id=cast.member.pk, resolutions=(visit, vote(2, outcome=Outcome.PASSED)))
    row.refresh_from_db()
    Invitation.objects.create(planned=row, person=cast.member, answer=Answer.LEAVE, leave=Leave.GRANTED)
    PlannedMeeting.objects.filter(pk=row.pk).update(notified_at=timezone.now(), notice="请带笔记本。")
    report_task(
        cast.scope(cast.member),
        Task.objects.get().pk,
        result=FollowUpResult.NOT_DONE,
        note="已联系三家",
        at=timezone.now(),
    )
    for who in (cast.secretary, cast.member):
        sign(cast.scope(who), meeting.pk, version=meeting.version, at=timezone.now())
    add_correction(
        scope, meeting.pk, subject="决议二", was="九票", becomes="十票", reason="笔误", by_name="舒记",
        submission=uuid4(), at=timezone.now(),
    )  # fmt: skip
    return meeting


def test_a_record_carries_its_notice_tasks_signatures_and_corrections(
    cast: Cast, whole_life: Meeting, sign_in: SignIn
) -> None:
    draft = held(cast, State.DRAFT, resolutions=(), minutes="草稿", kind=Kind.THEME_DAY)
    FollowUp.objects.create(
        task=Task.objects.get(), meeting=draft, result=FollowUpResult.DONE, note="只是草稿", said_at=timezone.now()
    )
    client = sign_in(cast.secretary)
    pages = text(client.get(f"/meetings/ledger/{cast.branch.pk}/records/{whole_life.pk}/")) + text(
        client.get(f"/meetings/ledger/{cast.branch.pk}/")
    )
    archive = zipfile.ZipFile(BytesIO(written(cast, Format.ZIP)))
    tables = Document(BytesIO(archive.read("台账.docx"))).tables
    word = "".join(cell.text for table in tables for row in table.rows for cell in row.cells)
    words = (
        "通知1人", "同意请假1人", "请带笔记本", "责任人：孟员", "本人报告：未完成，已联系三家", "主持人舒记",
        "记录人孟员", "表决：赞成2", "更正为：十票", "与校运会冲突",
    )  # fmt: skip

    for found in (pages, pdf_text(written(cast, Format.PDF)), word):
        assert [one for one in words if one not in "".join(found.split())] == []
        assert "只是草稿" not in found


def test_the_package_holds_word_and_attachments(cast: Cast, year: Meeting) -> None:
    archive = zipfile.ZipFile(BytesIO(written(cast, Format.ZIP)))
    document = Document(BytesIO(archive.read("台账.docx")))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]

    assert any("先学习，后讨论。" in cell for cell in cells) and any("通过工作计划" in cell for cell in cells)
    [name] = [name for name in archive.namelist() if name.endswith("提纲.pdf")]
    assert archive.read(name).startswith(b"%PDF")


def test_a_lost_attachment_is_named_and_the_rest_goes_out(cast: Cast, year: Meeting) -> None:
    year.attachments.get().file.storage.delete(year.attachments.get().file.name or "")

    archive = zipfile.ZipFile(BytesIO(written(cast, Format.ZIP)))

    assert "提纲.pdf" in archive.read("缺失的附件.txt").decode()


def test_an_export_is_asked_on_the_page_watched_and_fetched(cast: Cast, year: Meeting, sign_in: SignIn) -> None:
    client = sign_in(cast.secretary)
    for _twice in range(2):
        client.post(f"/meetings/ledger/{cast.branch.pk}/export/", {"format": "pdf", "year": "2026"})
    row = LedgerExport.objects.get()
    waiting = client.get(f"/meetings/ledger/exports/{row.pk}/")
    too_early = client.get(f"/meetings/ledger/exports/{row.pk}/file/")
    actions.write(row.pk, TODAY)
    ready = client.get(f"/meetings/ledger/exports/{row.pk}/")
    file = client.get(f"/meetings/ledger/exports/{row.pk}/file/")

    assert "等待生成" in text(waiting) and too_early.status_code == 422
    assert ready["HX-Refresh"] == "true"
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    assert sign_in(cast.organizer).get(f"/meetings/ledger/exports/{row.pk}/file/").status_code == 404


def test_an_empty_year_is_refused_and_old_files_are_forgotten(cast: Cast, year: Meeting) -> None:
    with pytest.raises(Refusal, match="还没有已登记"):
        actions.ask(cast.scope(cast.secretary), cast.branch.pk, 2025, Format.PDF)
    written(cast, Format.PDF)
    path = Path(LedgerExport.objects.get().file.path)
    assert actions.forget_old(timezone.now()) == 0 and path.exists()

    assert actions.forget_old(timezone.now() + timedelta(days=4)) == 1
    assert not path.exists() and not LedgerExport.objects.exists()


def test_a_failure_says_so_on_the_page(cast: Cast, year: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    row = actions.ask(cast.scope(cast.secretary), cast.branch.pk, TODAY.year, Format.PDF)

    def broken(*_: Any) -> bytes:
        raise OSError("no space")

    monkeypatch.setattr("zhibu.meetings.ledger.writing.pdf", broken)
    with pytest.raises(OSError, match="no space"):
        actions.write(row.pk, TODAY)

    row.refresh_from_db()
    assert (row.state, row.problem != "") == (ExportState.FAILED, True)


def test_an_inspector_reads_only_what_was_lent_and_every_page_is_kept(
    cast: Cast, year: Meeting, expert: User, sign_in: SignIn
) -> None:
    address = f"/meetings/ledger/{cast.branch.pk}/"
    client = sign_in(expert)
    assert client.get(address).status_code == 403  # no right at all: the door itself is closed
    lent(cast)
    attachment = year.attachments.get()
    file = client.get(f"{address}records/{year.pk}/{attachment.pk}/")
    seen = [client.get(address).status_code, client.get(f"{address}records/{year.pk}/").status_code]
    kept = Entry.objects.filter(verb="meetings.read_ledger", user_id=expert.pk)
    elsewhere = client.get(f"/meetings/ledger/{cast.other_branch.pk}/").status_code
    others = [
        client.get(one).status_code for one in ("/meetings/", "/people/", f"/meetings/{year.pk}/", "/meetings/new/")
    ]

    assert seen == [200, 200] and b"".join(file.streaming_content).startswith(b"%PDF") and kept.count() == 3
    assert elsewhere == 404
    assert others == [403, 403, 403, 403]
    assert cast.branch.name in text(client.get("/meetings/ledger/"))
    assert "授权查阅的台账" in text(client.get("/"))


def test_the_right_ends_by_itself_or_is_taken_back(cast: Cast, year: Meeting, expert: User, sign_in: SignIn) -> None:
    row = lent(cast)
    until, after = row.until, row.until + timedelta(days=1)
    assert [scope_of(expert, day).grants != () for day in (until, after)] == [True, False]

    sign_in(cast.organizer).post(f"/meetings/ledger/inspections/{row.pk}/revoke/")

    assert scope_of(expert, TODAY).grants == ()
    with pytest.raises(Refusal, match="已经收回"):
        actions.revoke(cast.scope(cast.organizer), row.pk)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"username": "nobody"}, "没有这个账号"),
        ({"username": "organizer"}, "不能授权给自己"),
        ({"username": "administrator"}, "检查专用的账号"),
        ({"username": "neighbour"}, "检查专用的账号"),
        ({"reason": " "}, "须写明检查事由"),
        ({"until": TODAY - timedelta(days=1)}, "最长三个月"),
        ({"until": TODAY + timedelta(days=93)}, "最长三个月"),
    ],
)
def test_a_right_is_lent_with_name_reason_and_end(cast: Cast, expert: User, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        lent(cast, **changes)
    assert not Inspection.objects.exists()


def test_the_office_lends_on_a_page_and_what_was_typed_stays(cast: Cast, expert: User, sign_in: SignIn) -> None:
    client = sign_in(cast.office)
    form = {"organization": cast.branch.code, "username": "expert", "until": "2027-12-01", "reason": "年度考核"}
    refused = client.post("/meetings/ledger/inspections/new/", form)
    client.post("/meetings/ledger/inspections/new/", {**form, "until": "2026-12-01"})

    assert refused.status_code == 422 and "年度考核" in text(refused)
    assert Inspection.objects.get().user == expert
    assert "检查员" in text(client.get("/meetings/ledger/inspections/"))
    assert sign_in(cast.secretary).get("/meetings/ledger/inspections/").status_code == 403


def test_members_and_neighbours_do_not_read_it(cast: Cast, year: Meeting, sign_in: SignIn) -> None:
    address = f"/meetings/ledger/{cast.branch.pk}/"

    assert sign_in(cast.member).get(address).status_code == 403
    assert sign_in(cast.neighbour).get(address).status_code == 404
    assert list(queries.ledgers(cast.scope(cast.secretary))) == [cast.branch]
