"""The superior enters what was concluded on all work reports of a call on one sheet, safely beside others."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from tests.assessment.test_work_reports import concluded, scope
from tests.cast import TODAY, Cast, appoint, make_cast, make_person
from tests.house.test_two_at_once import posts, together
from zhibu.assessment.evaluators.enums import ReportGrade
from zhibu.assessment.reports import actions
from zhibu.assessment.reports.models import WorkReport, WorkReportCall
from zhibu.organizations.enums import PostKind


@pytest.fixture
def handed_in() -> Cast:
    """Both branches of the faculty have reported."""
    cast = make_cast()
    appoint(make_person("另书", cast.sibling, serial=9, username="other"), cast.sibling, PostKind.SECRETARY)
    call = actions.call(scope(cast, cast.organizer), cast.faculty.pk, year=2026, due_on=TODAY, note="")
    call.reports.update(state="submitted", text="一年来……", submitted_at="2026-11-20T08:00:00+08:00")
    return cast


def sheet(first: Any, second: Any, **changed: str) -> dict[str, str]:
    found = {"held_on": str(TODAY)}
    for row, mark, comment in ((first, "good", "扎实。"), (second, "fair", "问题找得不够深。")):
        found |= {f"version-{row.pk}": "1", f"grade-{row.pk}": mark, f"comment-{row.pk}": comment}
    return found | changed


@pytest.mark.django_db
def test_all_are_entered_at_once_or_each_row_says_why_not(handed_in: Cast, sign_in: Any) -> None:
    cast, call = handed_in, WorkReportCall.objects.get()
    first, second = WorkReport.objects.order_by("pk")
    address, client = f"/assessment/reports/calls/{call.pk}/grade/", sign_in(cast.organizer)
    assert address in client.get(f"/assessment/reports/calls/{call.pk}/").content.decode()

    # One without words, one with words and no grade: both say so, and nothing typed is lost.
    wrong = sheet(first, second, **{f"comment-{first.pk}": "", f"grade-{second.pk}": ""})
    answer = client.post(address, wrong)
    assert answer.status_code == 422 and "没有选择综合评价" in answer.content.decode()
    page = client.post(address, sheet(first, second, **{f"comment-{first.pk}": ""})).content.decode()
    assert (
        "请写明评语" in page and "问题找得不够深。" in page and not WorkReport.objects.filter(state="graded").exists()
    )
    assert "没有填写任何一份" in client.post(address, {**dict.fromkeys(wrong, ""), **_versions(wrong)}).content.decode()

    # Another grades the first meanwhile: its row says so, the other waits, until the row is cleared.
    actions.grade(scope(cast, cast.organizer), first.pk, concluded(), version=1)
    page = client.post(address, sheet(first, second)).content.decode()
    assert "刚被他人办理，现为“好”" in page and "扎实。" in page
    cleared = sheet(first, second, **{f"grade-{first.pk}": "", f"comment-{first.pk}": ""})
    assert client.post(address, cleared).status_code == 302
    assert [(row.grade, row.comment) for row in WorkReport.objects.order_by("pk")] == [
        ("good", "好。"), ("fair", "问题找得不够深。"),
    ]  # fmt: skip
    assert "没有待评议的述职报告" in client.get(address).content.decode()


@pytest.mark.django_db
def test_what_is_handed_in_meanwhile_waits_for_the_next_sheet(handed_in: Cast, sign_in: Any) -> None:
    first, second = WorkReport.objects.order_by("pk")
    seen = {name: value for name, value in sheet(first, second).items() if not name.endswith(f"-{second.pk}")}
    answer = sign_in(handed_in.organizer).post(f"/assessment/reports/calls/{first.call_id}/grade/", seen)
    assert answer.status_code == 302
    assert [row.state for row in WorkReport.objects.order_by("pk")] == ["graded", "submitted"]


def _versions(form: dict[str, str]) -> dict[str, str]:
    return {"held_on": str(TODAY)} | {name: "1" for name in form if name.startswith("version-")}


@pytest.mark.django_db
def test_nobody_grades_his_own_report_on_the_sheet(handed_in: Cast, sign_in: Any) -> None:
    cast, call = handed_in, WorkReportCall.objects.get()
    own = WorkReport.objects.get(organization=cast.sibling)
    WorkReport.objects.filter(pk=own.pk).update(reporter=cast.organizer)  # he is that branch's secretary, too
    page = sign_in(cast.organizer).get(f"/assessment/reports/calls/{call.pk}/grade/").content.decode()
    assert '"grade-' in page and f'"grade-{own.pk}"' not in page
    given = {own.pk: (concluded(grade=ReportGrade.GOOD), 1)}
    with pytest.raises(PermissionDenied, match="不评议自己"):
        actions.grade_sheet(scope(cast, cast.organizer), call.pk, given)
    assert sign_in(cast.secretary).get(f"/assessment/reports/calls/{call.pk}/grade/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_two_sheets_at_the_same_moment_one_counts(handed_in: Cast) -> None:
    first, second = WorkReport.objects.order_by("pk")
    address = f"/assessment/reports/calls/{first.call_id}/grade/"
    answers = together(
        posts(handed_in, "organizer", address, sheet(first, second)),
        posts(handed_in, "office", address, sheet(first, second, **{f"grade-{first.pk}": "poor"})),
    )
    assert sorted(answers) == [302, 422]
    assert {row.version for row in WorkReport.objects.all()} == {2}
