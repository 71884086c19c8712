"""The journal: written once, corrected beside, with what the platform knows already."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from tests.cast import TODAY, Cast, make_organization
from tests.initiatives import rows
from zhibu.initiatives import queries
from zhibu.initiatives.actions import journal as actions
from zhibu.initiatives.enums import EntryState
from zhibu.initiatives.models import JournalEntry
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.ledger import writing
from zhibu.meetings.models import Meeting, Task
from zhibu.organizations.enums import Kind as OrganizationKind
from zhibu.procedures.enums import EntryKind
from zhibu.procedures.loading import procedures
from zhibu.procedures.models import Case, Entry
from zhibu.regulations.refusal import Refusal

pytestmark = pytest.mark.django_db


def write(cast: Cast, text: str = "走访宿舍", **more: Any) -> JournalEntry:
    given = {"on": TODAY, "text": text, "who": "支委会", "submission": uuid4(), **more}
    return actions.write(cast.scope(cast.secretary), cast.branch.pk, **given)


def meeting(cast: Cast, kind: Kind, title: str, state: State = State.RECORDED) -> Meeting:
    return Meeting.objects.create(organization=cast.branch, kind=kind, title=title, held_on=TODAY, state=state)


def test_a_correction_is_a_new_line_with_its_reason(cast: Cast) -> None:
    scope, same = cast.scope(cast.secretary), uuid4()
    first = write(cast, submission=same)
    assert write(cast, submission=same) == first

    second = actions.correct(scope, first.pk, on=TODAY, text="走访六号楼", who="支委会", reason="楼号有误")

    first.refresh_from_db()
    assert (first.state, first.text) == (EntryState.CORRECTED, "走访宿舍")
    assert (second.corrects, second.reason) == (first, "楼号有误")
    with pytest.raises(Refusal, match="不能再更正"):
        actions.correct(scope, first.pk, on=TODAY, text="别的", who="支委会", reason="再改")
    actions.void(scope, second.pk, reason="记错支部")
    assert [one.title for one in queries.of_year(scope, cast.branch, 2026)] == []
    assert JournalEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "message"),
    [({"on": TODAY + timedelta(days=1)}, "晚于今天"), ({"text": "联系 13800000000"}, "不要写电话")],
)
def test_what_may_not_stand_in_the_journal_is_refused(cast: Cast, given: dict[str, Any], message: str) -> None:
    with pytest.raises(Refusal, match=message):
        write(cast, **given)


def test_a_disguised_file_keeps_the_line_from_being_written(cast: Cast) -> None:
    with pytest.raises(Refusal, match="不是可以接收的类型"):
        write(cast, uploads=[SimpleUploadedFile("a.pdf", b"MZ")])

    assert not JournalEntry.objects.exists()


def test_what_the_platform_knows_stands_beside_it(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    write(cast)
    held = meeting(cast, Kind.THEME_DAY, "参观展览")
    meeting(cast, Kind.TALK, "私下交谈")
    meeting(cast, Kind.LECTURE, "草稿中的课", State.DRAFT)
    Task.objects.create(
        meeting=held,
        organization=cast.branch,
        text="订教材",
        owner=cast.member,
        due_on=TODAY,
        done_on=TODAY,
        state="done",
    )
    case = Case.objects.create(procedure="by_election", organization=cast.branch, opened_on=TODAY)
    given = {"case": case, "organization": cast.branch, "on": TODAY, "recorded_at": timezone.now()}
    step = next(iter(procedures()["by_election"].steps))
    Entry.objects.create(**given, kind=EntryKind.DONE, step=step.id, position=1)
    Entry.objects.create(**given, kind=EntryKind.CORRECTED, step=step.id, position=2, corrects=1)
    rows.activity(cast)
    rows.deed(cast, state=rows.DeedState.REPORTED)

    page = sign_in(cast.secretary).get(f"/initiatives/journal/{cast.branch.pk}/").text

    for text in ("走访宿舍", "参观展览", "订教材", "社区义诊（时长待确认）", "修路灯（待确认）"):
        assert page.count(text) == 1
    assert page.count(step.label) == 1  # the corrected step is told once
    assert "私下交谈" not in page and "草稿中的课" not in page
    year = sign_in(cast.secretary).get(f"/initiatives/journal/{cast.branch.pk}/?year=2026").text
    assert f"/initiatives/journal/{cast.branch.pk}/?month=2026-11" in year
    found = sign_in(cast.secretary).get(f"/initiatives/journal/{cast.branch.pk}/?year=2026&q=教材").text
    assert "订教材" in found and "参观展览" not in found


def test_a_month_goes_out_as_a_workbook(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    write(cast, "=1+1 走访")
    meeting(cast, Kind.THEME_DAY, "参观展览")

    answer = sign_in(cast.secretary).get(f"/initiatives/journal/{cast.branch.pk}/?month=2026-11&export=xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(max_col=4)]
    assert lines[0] == ["日期", "类别", "事项", "谁做的"]
    assert sorted(line[2] for line in lines[1:3]) == ["=1+1 走访", "参观展览"]
    assert sheet["C2"].data_type != "f" and "共 2 条" in lines[3][0]


def test_of_a_year_members_learn_what_was_held_and_not_the_journal(cast: Cast) -> None:
    write(cast)
    rows.activity(cast)
    rows.activity(cast, own=False)

    of_year = [(one.kind, one.url) for one in queries.of_year(cast.scope(cast.member), cast.branch, 2026)]

    assert of_year == [("志愿服务", f"/initiatives/activities/{rows.activity(cast).pk}/")]
    assert len(queries.of_year(cast.scope(cast.secretary), cast.branch, 2026)) == 2
    assert queries.of_year(cast.scope(cast.secretary), cast.other_branch, 2026) == []
    assert queries.of_year(cast.scope(cast.secretary), cast.branch, 2025) == []


def test_groups_and_dissolved_branches_keep_no_journal_of_their_own(cast: Cast) -> None:
    group = make_organization("第一党小组", cast.branch, kind=OrganizationKind.GROUP)
    with pytest.raises(Http404):
        actions.write(cast.scope(cast.secretary), group.pk, on=TODAY, text="走访", who="组员", submission=uuid4())
    type(group).objects.filter(pk=cast.branch.pk).update(dissolved_on=TODAY)
    with pytest.raises(Http404):
        actions.write(cast.scope(cast.organizer), cast.branch.pk, on=TODAY, text="走访", who="组员", submission=uuid4())


def test_the_ledger_of_the_year_holds_it_all(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    """On the page, in the bound PDF and in the Word document; not for the members, who do not read the ledger."""
    write(cast, "走访宿舍")
    activity = rows.activity(cast)
    page = sign_in(cast.secretary).get(f"/meetings/ledger/{cast.branch.pk}/other/?year=2026").text
    assert "工作纪实" in page and "走访宿舍（支委会）" in page and activity.title in page

    bound = PdfReader(io.BytesIO(writing.pdf(cast.branch, 2026, TODAY, lambda done: None)))
    assert "走访宿舍" in "".join(sheet.extract_text() for sheet in bound.pages).replace("\n", "")
    word = Document(io.BytesIO(writing.docx(cast.branch, 2026, TODAY, lambda done: None)))
    assert any("走访宿舍（支委会）" in cell.text for table in word.tables for cell in table._cells)
    assert sign_in(cast.member).get(f"/meetings/ledger/{cast.branch.pk}/other/").status_code == 403
