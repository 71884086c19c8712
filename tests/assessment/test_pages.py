"""From the total down to the record, as each role sees it."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from tests.assessment.test_actions import OFFICE, Q3, hold
from tests.cast import TODAY, Cast, make_cast, make_organization, make_person
from tests.warehouse.lakes import refreshed
from zhibu.assessment import actions, queries
from zhibu.assessment.explain import RecordsFilter, explain_line
from zhibu.assessment.models import IndicatorScore, OrganizationScore, ScoreRun
from zhibu.assessment.records import records
from zhibu.assessment.requests import running
from zhibu.assessment.scheme import delivered_for
from zhibu.assessment.tasks import compute, nightly
from zhibu.dues.actions import fix_base, register
from zhibu.dues.enums import IncomeKind
from zhibu.indicators.periods import Cycle, Period
from zhibu.meetings.enums import Kind
from zhibu.meetings.models import Meeting
from zhibu.regulations.refusal import Refusal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scored(tmp_path: Path, settings: Any) -> Cast:
    """The cast with some meetings, a real lake and real scores of the third quarter."""
    settings.LAKE = tmp_path
    cast = make_cast()
    for serial in range(20, 28):
        make_person(f"党员{serial}", cast.branch, serial=serial)
    hold(cast, date(2026, 7, 9), Kind.GENERAL, came=2)
    hold(cast, date(2026, 7, 20), Kind.COMMITTEE)
    hold(cast, date(2026, 8, 20), Kind.COMMITTEE, complete=False)
    hold(cast, date(2026, 8, 5), Kind.THEME_DAY)
    refreshed(tmp_path)
    actions.score(OFFICE, Q3)
    return cast


def text(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def line(cast: Cast, key: str) -> IndicatorScore:
    return IndicatorScore.objects.get(
        run__is_current=True, run__period=str(Q3), organization=cast.branch, indicator=key
    )


def test_before_the_first_score_the_page_says_what_to_do(cast: Cast, sign_in: Any) -> None:
    assert "先更新数据并计算一次" in text(sign_in(cast.office), "/assessment/")
    assert "学校组织部计算后" in text(sign_in(cast.member), "/assessment/")


def test_the_office_goes_from_the_university_to_one_record(scored: Cast, sign_in: Any) -> None:
    client = sign_in(scored.office)
    node = scored.branch
    total = OrganizationScore.objects.get(run__is_current=True, organization=node).total

    overview = text(client, "/assessment/")
    faculty = text(client, f"/assessment/{scored.faculty.pk}/?period=2026Q3")
    branch = text(client, f"/assessment/{node.pk}/?period=2026Q3")
    one = text(client, f"/assessment/{node.pk}/meetings_complete/?period=2026Q3")
    gaps = text(client, f"/assessment/{node.pk}/meetings_complete/?period=2026Q3&gaps=1")

    assert "计算机学院党委" in overview
    assert f"/assessment/{node.pk}/?period=2026Q3" in faculty
    assert str(total) in branch
    assert f"/assessment/{node.pk}/meetings_complete/?period=2026Q3" in branch
    stored = line(scored, "meetings_complete")
    assert f"{stored.numerator} ÷ {stored.denominator}" in one
    assert "第十一条" in one
    missing = Meeting.objects.get(kind=Kind.COMMITTEE, held_on=date(2026, 8, 20))
    whole = Meeting.objects.get(kind=Kind.COMMITTEE, held_on=date(2026, 7, 20))
    assert f"/meetings/{missing.pk}/" in gaps
    assert f"/meetings/{whole.pk}/" not in gaps
    assert f"/meetings/{whole.pk}/" in one
    assert client.get(f"/meetings/{missing.pk}/").status_code == 200


def test_the_page_says_what_would_raise_the_score(scored: Cast, sign_in: Any) -> None:
    page = text(sign_in(scored.secretary), f"/assessment/{scored.branch.pk}/")
    wanted = queries.breakdown(OFFICE, scored.branch).improvements

    assert wanted
    for step in wanted:
        assert step.sentence in page


def test_a_member_sees_the_own_branch_and_no_names_behind_it(scored: Cast, sign_in: Any) -> None:
    client = sign_in(scored.member)

    own = text(client, f"/assessment/{scored.branch.pk}/attendance/")

    assert text(client, f"/assessment/{scored.branch.pk}/")
    assert "只有管理名册的人可以打开" in own
    assert "舒记" not in own.split("背后的记录")[1]
    for foreign in (scored.sibling, scored.faculty, scored.other_branch):
        assert client.get(f"/assessment/{foreign.pk}/").status_code == 404


def test_another_faculty_does_not_exist_for_an_organizer(scored: Cast, sign_in: Any) -> None:
    client = sign_in(scored.organizer)

    assert client.get(f"/assessment/{scored.other_faculty.pk}/").status_code == 404
    assert client.get(f"/assessment/{scored.other_branch.pk}/attendance/").status_code == 404
    assert "文学院" not in text(client, "/assessment/")


def opened(cast: Cast, key: str, *, gaps: bool) -> int:
    found = queries.explain(OFFICE, cast.branch, key)
    wanted: RecordsFilter | None = found.gaps if gaps else found.records
    assert wanted is not None
    return records(OFFICE, wanted, cast.branch).count()


@pytest.mark.parametrize("key", ["attendance", "profile_complete", "out_of_contact"])
def test_the_records_behind_a_number_are_as_many_as_the_number_says(scored: Cast, key: str) -> None:
    stored = line(scored, key)
    short = stored.numerator if key == "out_of_contact" else stored.denominator - stored.numerator

    assert opened(scored, key, gaps=False) == stored.denominator
    assert opened(scored, key, gaps=True) == short


@pytest.mark.parametrize(
    ("key", "period", "first"),
    [
        # A lecture is due once a quarter: what September lacks may be one that was left incomplete in July.
        ("lectures_held", Period(2026, 9, Cycle.MONTH), date(2026, 7, 1)),
        ("meetings_complete", Period(2026, 9, Cycle.MONTH), date(2026, 7, 1)),
        ("theme_days_held", Period(2026, 9, Cycle.MONTH), None),
        ("attendance", Period(2026, 9, Cycle.MONTH), date(2026, 9, 1)),
        ("lectures_held", Q3, date(2026, 7, 1)),
        ("lectures_held", Period(2026, 1, Cycle.YEAR), date(2026, 1, 1)),
    ],
)
def test_what_is_wanting_is_looked_for_where_it_may_lie(key: str, period: Period, first: date | None) -> None:
    scheme = delivered_for(TODAY)
    item = next(one for one in scheme.indicators if one.indicator.key == key)
    score = OrganizationScore(run=ScoreRun(period=str(period), data_until=TODAY), members=9, level="631")
    found = explain_line(score, IndicatorScore(organization_id=1, denominator=1), item, scheme)
    assert (found.gaps.first if found.gaps else None) == first
    assert found.records.first == period.first


def test_months_of_dues_open_for_who_keeps_the_dues(scored: Cast, sign_in: Any, tmp_path: Path) -> None:
    october = date(2026, 10, 1)
    for serial in (60, 61):
        person = make_person(f"交费{serial}", scored.branch, serial=serial)
        fix_base(scored.scope(scored.secretary), person, kind=IncomeKind.STUDENT, started_on=october)
    register(scored.scope(scored.secretary), person, months=[october], amount="0.20", paid_on=date(2026, 10, 20))
    refreshed(tmp_path)
    actions.score(OFFICE, Period(2026, 4))
    address = f"/assessment/{scored.branch.pk}/dues_in_time/?period=2026Q4"

    whole = text(sign_in(scored.secretary), address)
    gaps = text(sign_in(scored.secretary), f"{address}&gaps=1")

    assert "1 ÷ 2 人月" in whole and "交费61" in whole and "交费60" in whole
    assert "交费60" in gaps and "交费61" not in gaps
    assert "交费61" not in text(sign_in(scored.member), address)


def test_the_list_of_scores_is_exported_and_kept_to_the_subtree(scored: Cast, sign_in: Any) -> None:
    answer = sign_in(scored.organizer).get("/assessment/?all=1&c-export=xlsx")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content

    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    cells = {cell for row in rows for cell in row}
    assert {"党组织", "得分", "本科生第一党支部", "教师党支部"} <= cells
    assert "研究生党支部" not in cells


def test_pages_read_as_often_with_many_branches_as_with_few(scored: Cast, sign_in: Any, tmp_path: Path) -> None:
    client = sign_in(scored.office)

    def reads(address: str) -> int:
        text(client, address)
        with CaptureQueriesContext(connection) as captured:
            text(client, address)
        return len(captured)

    addresses = ("/assessment/", f"/assessment/{scored.faculty.pk}/", f"/assessment/{scored.branch.pk}/")
    few = [reads(address) for address in addresses]
    for number in range(3):
        make_person(f"新{number}", make_organization(f"支部{number}", scored.faculty), serial=40 + number)
    refreshed(tmp_path)
    actions.score(OFFICE, Q3)

    assert [reads(address) for address in addresses] == few
    assert max(few) <= 15


def test_only_organizations_of_one_category_are_compared(scored: Cast, sign_in: Any) -> None:
    page = text(sign_in(scored.office), "/assessment/compare/?category=teacher")

    assert "教师党支部" in page
    assert "本科生第一党支部" not in page


def test_the_scheme_stands_open_with_its_weights_and_refusals(scored: Cast, sign_in: Any) -> None:
    page = text(sign_in(scored.member), "/assessment/scheme/")

    for words in (
        "三会规范率",
        "20",
        "95%",
        "100%",
        "不超过 59 分",
        "设定",
        "在线时长",
        "个人排名",
    ):  # lines in percent, as drafted
        assert words in page


def test_the_score_leads_to_its_computations_for_who_may_ask_for_one(scored: Cast, sign_in: Any) -> None:
    link = 'href="/assessment/runs/"'

    assert link in text(sign_in(scored.office), "/assessment/")
    assert link not in text(sign_in(scored.organizer), "/assessment/")


def test_two_clicks_ask_for_one_computation(scored: Cast, sign_in: Any) -> None:
    client = sign_in(scored.office)

    first = client.post("/assessment/runs/start/", follow=True).content.decode()
    second = client.post("/assessment/runs/start/", follow=True).content.decode()

    assert "已开始更新数据并计算" in first
    assert "上一次更新还在进行" in second
    assert running() == "todo"
    assert "排队等待后台任务" in text(client, "/assessment/runs/progress/")


@pytest.mark.parametrize(
    ("ended", "told"), [("succeeded", "数据已更新，评价已重新计算。"), ("failed", "上一次更新没有完成")]
)
def test_when_the_computation_has_ended_the_page_says_so_and_comes_anew(
    scored: Cast, sign_in: Any, ended: str, told: str
) -> None:
    client = sign_in(scored.office)
    client.post("/assessment/runs/start/", follow=True)
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set status = %s", [ended])

    answer = client.get("/assessment/runs/progress/", headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == "/assessment/runs/"
    assert told in text(client, "/assessment/runs/")


def test_what_the_worker_then_does_brings_the_new_record_into_the_score(scored: Cast) -> None:
    hold(scored, date(2026, 9, 3), Kind.COMMITTEE)
    before = line(scored, "meetings_complete").numerator

    compute()

    assert line(scored, "meetings_complete").numerator == before + 1


@pytest.mark.parametrize("address", ["/indicators/", "/indicators/meetings_complete/", "/warehouse/"])
def test_the_library_and_the_lake_explain_themselves(scored: Cast, sign_in: Any, address: str) -> None:
    page = text(sign_in(scored.office), address)

    assert {"/indicators/": "三会规范率", "/warehouse/": "meetings.meeting"}.get(address, "第十一条") in page
    assert "舒记" not in page


def test_the_list_shows_what_is_in_force_and_on_demand_what_was_replaced(scored: Cast, sign_in: Any) -> None:
    client = sign_in(scored.office)
    run = ScoreRun.objects.get()
    ScoreRun.objects.create(
        scheme=run.scheme, period=run.period, fingerprint="old", lake_generation=1, data_until=run.data_until,
        is_current=False,
    )  # fmt: skip
    assert "已被重算替代" not in text(client, "/assessment/runs/")
    assert "已被重算替代" in text(client, "/assessment/runs/?all=1")


@pytest.mark.django_db(transaction=True)
def test_a_night_without_records_has_nothing_to_compute(settings: Any, tmp_path: Path) -> None:
    """A new installation: the night passes without a failure in the log; whoever asks for a computation is told why."""
    settings.LAKE = tmp_path
    nightly(0)
    assert not ScoreRun.objects.exists()
    with pytest.raises(Refusal, match="还没有数据"):
        compute()
