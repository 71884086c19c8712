"""Once a year a committee analyses its activists: the platform counts, people conclude."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.cast import TODAY, Cast, make_person
from tests.house.test_permissions import client_of
from tests.procedures.road import voters
from zhibu.organizations.models import Organization
from zhibu.people.enums import StageKind
from zhibu.procedures import actions
from zhibu.procedures.analysis import queries
from zhibu.procedures.models import ActivistAnalysis
from zhibu.ui.waiting import answered

pytestmark = pytest.mark.django_db
GIVEN = {
    "by": "committee", "year": "2026",
    "version": "0", "held_on": "2026-11-20", "discussed_at": "2026 年第 12 次党委会会议",
    "conclusion": "队伍数量适当，个别支部考察逾期，已责成补上。", "number": "", "place": "党委会议记录本", "reason": "",
}  # fmt: skip


@pytest.fixture
def activists(cast: Cast) -> None:
    """Of half a year, one and a half and two and a half years; the youngest without a case, two reviews late."""
    voters(cast)
    for serial, since in enumerate((date(2026, 6, 1), date(2025, 4, 1), date(2024, 4, 1)), start=720):
        person = make_person(f"积极{serial}", cast.branch, serial=serial, stage=StageKind.ACTIVIST, since=since)
        if since.year < 2026:
            actions.open_case(cast.scope(cast.secretary), "admission", person, last_review_on=date(2026, 2, 1))
    make_person("新申", cast.branch, serial=730, stage=StageKind.APPLICANT, since=date(2026, 10, 1))


def post(cast: Cast, **change: str) -> Any:
    return client_of(cast, "organizer").post(f"/procedures/analysis/{cast.faculty.pk}/new/", {**GIVEN, **change})


def test_the_figures_come_from_roster_and_cases(cast: Cast, activists: None) -> None:
    found = {one.key: one.number for one in queries.figures(cast.scope(cast.organizer), cast.faculty, 2026)}

    assert found == {
        "applicants": 1, "activists": 3, "candidates": 0, "under_one": 1, "under_two": 1, "over_two": 1,
        "late_reviews": 2, "without_case": 2, "new_activists": 1, "new_candidates": 0, "new_members": 0, "dropped": 0,
        "backfilled": 0,
        "reviews": 2,
    }  # fmt: skip


def test_the_conclusion_is_kept_with_the_figures_of_that_day_and_corrected_by_a_new_entry(
    cast: Cast, activists: None
) -> None:
    first, doubled = post(cast), post(cast)
    unexplained = post(cast, version="1", conclusion="队伍数量适当，已无逾期的考察。")
    post(cast, version="1", conclusion="队伍数量适当，已无逾期的考察。", reason="漏写第二次讨论")
    page = client_of(cast, "organizer").get(f"/procedures/analysis/{cast.faculty.pk}/").content.decode()

    assert (first.status_code, doubled.status_code, unexplained.status_code) == (302, 422, 422)
    assert "刚才已由别人登记" in doubled.content.decode() and GIVEN["conclusion"] in doubled.content.decode()
    versions = list(ActivistAnalysis.objects.order_by("version").values_list("version", "figures__late_reviews"))
    assert versions == [(1, 2), (2, 2)]
    assert "已责成补上" in page and "已无逾期的考察" in page and "漏写第二次讨论" in page


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"held_on": "2026-11-22"}, "日期不能晚于今天"),
        ({"held_on": "2025-12-31"}, "不在其中"),
        ({"conclusion": "很好"}, "请写明分析结论"),
        ({"year": "2024"}, "没有这个选项"),
    ],
)
def test_an_analysis_without_its_day_or_conclusion_is_refused_and_stays_typed(
    cast: Cast, activists: None, change: dict[str, str], why: str
) -> None:
    answer = post(cast, **change)

    assert answer.status_code == 422 and why in answer.content.decode()
    assert GIVEN["discussed_at"] in answer.content.decode() and ActivistAnalysis.objects.count() == 0


def due(cast: Cast, today: date) -> list[tuple[str, int]]:
    scope = replace(cast.scope(cast.organizer), today=today)
    return [(one.title, one.count) for one in answered(queries.waiting(scope))]


def test_it_is_due_once_a_year_and_late_from_the_next_on(cast: Cast, activists: None) -> None:
    Organization.objects.filter(pk=cast.faculty.pk).update(recorded_since=date(2026, 1, 1))
    soon, late = "入党积极分子队伍年度分析应在年底前完成", "入党积极分子队伍年度分析已逾期"

    before = [due(cast, day) for day in (TODAY, date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31))]
    after = due(cast, date(2027, 1, 1))
    post(cast)

    assert before == [[], [], [(soon, 1)], [(soon, 1)]]
    assert after == [(late, 1)]
    assert (due(cast, date(2026, 12, 31)), due(cast, date(2027, 1, 1))) == ([], [])


def test_years_before_the_records_began_are_not_called_late(cast: Cast, activists: None) -> None:
    listed = client_of(cast, "organizer").get("/procedures/analysis/?state=late").context["bound"].rows
    late = due(cast, TODAY)
    Organization.objects.filter(pk=cast.faculty.pk).update(recorded_since=date(2026, 1, 1))

    assert late == [("入党积极分子队伍年度分析已逾期", 1)] and len(list(listed)) == 1
    assert due(cast, TODAY) == []


def test_only_the_committee_itself_enters_it(cast: Cast, activists: None) -> None:
    address = f"/procedures/analysis/{cast.faculty.pk}/"

    assert client_of(cast, "secretary").post(f"{address}new/", GIVEN).status_code == 403
    assert client_of(cast, "secretary").get(address).status_code == 404
    assert client_of(cast, "office").get(address).status_code == 200


COUNTY = {
    **GIVEN, "by": "county", "department": "市委组织部", "discussed_at": "市委组织部年度分析报告",
    "conclusion": "全市高校队伍结构合理，个别学院发展偏慢。",
}  # fmt: skip


def listed(cast: Cast, who: str, wanted: str) -> list[str]:
    rows = client_of(cast, who).get(f"/procedures/analysis/?county={wanted}").context["bound"].rows
    return [row.name for row in rows]


def test_the_organization_office_enters_what_the_county_level_department_concluded(cast: Cast, activists: None) -> None:
    office, address = client_of(cast, "office"), f"/procedures/analysis/{cast.faculty.pk}/"
    offered = office.get(address).content.decode()
    assert "?by=county" in offered and "组织部门名称" in office.get(f"{address}new/?by=county").content.decode()

    assert office.post(f"{address}new/", COUNTY).status_code == 302
    page = client_of(cast, "organizer").get(address).content.decode()

    assert ActivistAnalysis.objects.get().department == "市委组织部"
    assert "县级党委组织部门" in page and "个别学院发展偏慢" in page and "?by=county" not in page
    assert listed(cast, "office", "yes") == [cast.faculty.name] and cast.faculty.name not in listed(
        cast, "office", "no"
    )
    # It is no substitute: the committee's own is still due, and its own first version is not a correction.
    assert due(cast, date(2026, 12, 1))[-1][0] == "入党积极分子队伍年度分析应在年底前完成"
    assert post(cast).status_code == 302


def test_one_about_the_whole_university_counts_for_its_faculties_and_is_read_by_the_office(
    cast: Cast, activists: None
) -> None:
    client_of(cast, "office").post(f"/procedures/analysis/{cast.root.pk}/new/", COUNTY)

    export = client_of(cast, "organizer").get("/procedures/analysis/?export=csv")
    text = b"".join(export.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    below = {
        who: client_of(cast, who).get(f"/procedures/analysis/{cast.faculty.pk}/") for who in ("organizer", "office")
    }

    assert listed(cast, "organizer", "yes") == [cast.faculty.name]
    assert "县级组织部门分析日期" in text and "2026-11-20" in text
    assert "发展偏慢" not in below["organizer"].content.decode() and "发展偏慢" in below["office"].content.decode()


@pytest.mark.parametrize(
    ("who", "change", "status", "why"),
    [
        ("organizer", {}, 403, "没有"),
        ("office", {"department": " "}, 422, "必填"),
        ("office", {"held_on": "2026-05-10"}, 422, "没有要求县级党委组织部门分析"),
        ("office", {"held_on": "2026-05-11"}, 302, ""),
    ],
)
def test_who_enters_it_of_which_day(
    cast: Cast, activists: None, who: str, change: dict[str, str], status: int, why: str
) -> None:
    answer = client_of(cast, who).post(f"/procedures/analysis/{cast.faculty.pk}/new/", {**COUNTY, **change})

    assert (answer.status_code, ActivistAnalysis.objects.count()) == (status, int(status == 302))
    assert why in answer.content.decode()
