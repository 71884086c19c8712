"""Secretaries report once a year; the superior grades; the grade becomes one side of the score."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from tests.assessment.test_evaluators import sided
from tests.cast import TODAY, Cast, make_cast
from tests.warehouse.lakes import write_lake
from zhibu.accounts.scope import Scope, scope_of
from zhibu.assessment.evaluators.blending import Gift
from zhibu.assessment.evaluators.enums import Evaluator, ReportGrade
from zhibu.assessment.evaluators.given import given_of
from zhibu.assessment.queries import waiting
from zhibu.assessment.reports import actions
from zhibu.assessment.reports.models import WorkReport, WorkReportCall
from zhibu.assessment.reports.rules import Conclusion
from zhibu.indicators.periods import Period
from zhibu.regulations.refusal import Refusal, Refusals
from zhibu.ui.waiting import answered
from zhibu.warehouse.engines import DuckDBEngine
from zhibu.warehouse.lake import Lake

Q4 = Period(2026, 4)
GRADED = {"held_on": "2026-11-20", "grade": "fairly_good", "comment": "工作扎实，问题找得不够深。"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def scope(cast: Cast, who: Any) -> Scope:
    return scope_of(who.user, TODAY)


def titles(whose: Scope) -> list[tuple[str, bool]]:
    return [(one.title, one.late) for one in answered(waiting(whose)) if "述职" in one.title]


def concluded(**changed: Any) -> Conclusion:
    return Conclusion(**{"held_on": TODAY, "grade": ReportGrade.GOOD, "comment": "好。", **changed})


@pytest.mark.django_db
def test_from_the_call_to_the_grade(cast: Cast, sign_in: Any) -> None:
    address = f"/assessment/reports/calls/new/?organization={cast.faculty.pk}"
    past = sign_in(cast.organizer).post(address, {"year": "2026", "due_on": "2026-11-20"})
    assert past.status_code == 422 and "已经过去" in past.content.decode()
    sign_in(cast.organizer).post(address, {"year": "2026", "due_on": "2026-11-30", "note": "问题和原因写足。"})
    sign_in(cast.organizer).post(address, {"year": "2026", "due_on": "2026-12-10", "note": "问题和原因写足。"})
    call = WorkReportCall.objects.get()
    assert call.due_on == date(2026, 12, 10) and call.reports.count() == 2, "called again, only the day changes"

    report = WorkReport.objects.get(organization=cast.branch)
    here = f"/assessment/reports/{report.pk}/"
    assert titles(scope(cast, cast.secretary)) == [("述职报告待提交", False)]
    assert "问题和原因写足" in sign_in(cast.secretary).get(f"{here}write/").content.decode()
    assert sign_in(cast.secretary).post(f"{here}write/", {"text": "", "version": report.version}).status_code == 422
    sent = {"text": "一年来……", "version": report.version}
    assert sign_in(cast.secretary).post(f"{here}write/", sent).status_code == 302
    stale = sign_in(cast.secretary).post(f"{here}write/", {"text": "x", "version": report.version})
    assert "刚被他人改动" in stale.content.decode()
    report.refresh_from_db()
    assert report.reporter == cast.secretary and titles(scope(cast, cast.secretary)) == []

    assert titles(scope(cast, cast.organizer)) == [("述职报告待评议", False)]
    assert "一年来" not in sign_in(cast.member).get("/assessment/reports/").content.decode()
    assert sign_in(cast.member).get(here).status_code == 404, "until it is graded it is between the two"
    sign_in(cast.organizer).post(f"{here}return/", {"reason": "缺问题部分。", "version": report.version})
    assert "缺问题部分" in sign_in(cast.secretary).get(here).content.decode()
    report.refresh_from_db()
    sign_in(cast.secretary).post(f"{here}write/", {"text": "一年来……问题……", "version": report.version})
    report.refresh_from_db()

    assert sign_in(cast.secretary).get(f"{here}grade/").status_code == 403
    few = GRADED | {"version": report.version, "present": "4", "ticks-good": "3"}
    assert "有效票不足 5 张" in sign_in(cast.organizer).post(f"{here}grade/", few).content.decode()
    full = few | {"present": "20", "ticks-good": "12", "ticks-fairly_good": "6"}
    assert sign_in(cast.organizer).post(f"{here}grade/", full).status_code == 302
    report.refresh_from_db()
    assert (report.grade, report.period, report.fair) == ("fairly_good", "2026Q4", 0)
    assert "好 12，较好 6，一般 0，差 0" in sign_in(cast.member).get(here).content.decode()


@pytest.mark.django_db
def test_what_is_refused(cast: Cast, sign_in: Any) -> None:
    organizer, office = scope(cast, cast.organizer), scope(cast, cast.office)
    actions.call(office, cast.root.pk, year=2026, due_on=TODAY, note="")
    mine = WorkReport.objects.get(organization=cast.faculty)
    with pytest.raises(Refusal, match="没有登记书记"):
        actions.hand_in(organizer, mine.pk, text="一年来……", version=1)
    with pytest.raises(PermissionDenied, match="上级党组织评议"):
        actions.grade(organizer, mine.pk, concluded(), version=1)
    with pytest.raises(Refusals, match="还没有提交"):
        actions.grade(office, mine.pk, concluded(), version=1)

    actions.call(organizer, cast.faculty.pk, year=2026, due_on=TODAY, note="")
    report = WorkReport.objects.get(organization=cast.branch)
    for superior in (organizer, office):
        with pytest.raises(PermissionDenied, match="不能代写代交"):
            actions.hand_in(superior, report.pk, text="代写", version=1)
    assert sign_in(cast.organizer).get(f"/assessment/reports/{report.pk}/write/").status_code == 403
    assert "写述职报告" not in sign_in(cast.organizer).get(f"/assessment/reports/{report.pk}/").content.decode()
    actions.hand_in(scope(cast, cast.secretary), report.pk, text="一年来……", version=1)
    with pytest.raises(Refusals, match="多于到会人数"):
        actions.grade(organizer, report.pk, concluded(present=5, ticks={ReportGrade.GOOD: 6}), version=2)
    actions.grade(organizer, report.pk, concluded(), version=2)
    with pytest.raises(Refusals, match="须写明理由"):
        actions.grade(organizer, report.pk, concluded(grade=ReportGrade.FAIR), version=3)
    with pytest.raises(Refusal, match="已经评议"):
        actions.hand_in(scope(cast, cast.secretary), report.pk, text="再改", version=3)
    assert actions.grade(organizer, report.pk, concluded(grade=ReportGrade.FAIR, reason="清点有误"), version=3).grade


def test_a_grade_lasts_a_year_and_those_present_count_as_the_scheme_says(tmp_path: Path) -> None:
    """The report of December 2025 still counts in 2026's fourth quarter while that is under way, not afterwards."""
    grades = {"good": "100", "fairly_good": "80", "fair": "60", "poor": "40"}
    report = {"key": "report", "share": "40", "lasting": "year", "grades": grades, "present": "25", "note": ""}
    scheme = sided([{"key": "system", "share": "60", "note": ""}, report], None)
    row = {"month": date(2025, 10, 1), "organization_id": 1, "report_id": 9, "conclusion": "fairly_good"}
    asked = row | {"year": 2025, "good": 3, "fairly_good": 0, "fair": 1, "poor": 0}
    # The year before was called for later, and graded in the same quarter.
    belated = row | {"year": 2024, "report_id": 10, "conclusion": "poor", "good": None}
    rows = {"assessment.work_report": [asked, belated | dict.fromkeys(("fairly_good", "fair", "poor"))]}
    # Three quarters of 80, one of the mean of those present, (3 * 100 + 60) / 4 = 90.
    expected = Gift(8250, 9)

    def counted(today: date, *periods: Period) -> list[bool]:
        folder = tmp_path / str(today)
        engine = DuckDBEngine(memory="200MB", threads=1)
        try:
            lake = Lake(write_lake(folder, rows, today=today), engine)
            sides = given_of(lake, scheme, periods).sides
            return [sides.get((1, period.number), {}).get(Evaluator.REPORT) == expected for period in periods]
        finally:
            engine.close()

    assert counted(date(2026, 11, 21), Period(2025, 3), Period(2025, 4), Period(2026, 3), Q4) == [
        False, True, True, True,
    ]  # fmt: skip
    assert counted(date(2027, 1, 5), Q4) == [False]
    assert Decimal(expected.hundredths) / 100 == Decimal("82.5")
