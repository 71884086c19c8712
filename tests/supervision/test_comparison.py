"""A branch beside branches of its kind and size: where it stands, without place numbers and without others' names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast, make_organization
from tests.supervision.rows import make_alert, make_problem
from tests.supervision.test_pages import text
from zhibu.accounts.scope import system_scope
from zhibu.assessment.actions import _version
from zhibu.assessment.models import OrganizationScore, ScoreRun
from zhibu.assessment.scheme import delivered_for
from zhibu.organizations.enums import Category, Kind
from zhibu.organizations.models import Organization
from zhibu.supervision.comparison import queries
from zhibu.supervision.comparison.bands import Third, box, size_of, third
from zhibu.supervision.enums import ProblemState

SignIn = Callable[[Any], Client]
ON = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("level", "members", "band"),
    [
        ("631", 9, "不足 10 人"), ("631", 10, "10—29 人"), ("931", 29, "10—29 人"), ("631", 30, "30—49 人"),
        ("631", 50, "50 人以上"), ("611", 99, "不足 100 人"), ("611", 1000, "1000 人以上"),
    ],
)  # fmt: skip
def test_the_band_of_a_size(level: str, members: int, band: str) -> None:
    assert str(size_of(level, members, ON)) == band


def test_the_third_of_a_value_says_no_place() -> None:
    values = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0]

    assert [third(one, values, 1) for one in (70, 40, 10)] == [Third.UPPER, Third.MIDDLE, Third.LOWER]
    assert [third(one, values, -1) for one in (70, 40, 10)] == [Third.LOWER, Third.MIDDLE, Third.UPPER]
    assert [third(one, values, 0) for one in (70, 10)] == [Third.MORE, Third.LESS]
    assert third(5.0, [5.0] * 6, 1) is Third.SAME
    assert third(None, values, 1) is None
    assert box(values).values == [16.0, 25.0, 40.0, 55.0, 64.0]


pytestmark = pytest.mark.django_db
COMPUTED = "2026Q3"


def scored(run: ScoreRun, node: Organization, total: int, members: int = 12) -> OrganizationScore:
    return OrganizationScore.objects.create(
        run=run, organization=node, level=node.kind, category=node.category, members=members, total=Decimal(total),
        uncapped=Decimal(total), weight=Decimal(100), breakdown={"MANAGE": [str(total), "100.00"]},
    )  # fmt: skip


@pytest.fixture
def run(db: None) -> ScoreRun:
    return ScoreRun.objects.create(
        scheme=_version(delivered_for(date(2026, 9, 30))), period=COMPUTED, fingerprint="1", lake_generation=1,
        data_until=ON,
    )  # fmt: skip


@pytest.fixture
def like(cast: Cast, run: ScoreRun) -> list[Organization]:
    """Six undergraduates' branches of one size, one much larger one, and the teachers'."""
    scored(run, cast.branch, 60)
    found = []
    for number in range(5):
        found.append(make_organization(f"本科生外院第{number}党支部", cast.other_faculty))
        scored(run, found[-1], 70 + number)
    large = make_organization("本科生大支部", cast.other_faculty)
    scored(run, large, 99, members=80)
    scored(run, cast.sibling, 90)
    return found


def test_a_branch_is_put_beside_the_like_alone(cast: Cast, run: ScoreRun, like: list[Organization]) -> None:
    scope = cast.scope(cast.secretary)
    score = queries.score_in(scope, cast.branch, None)
    assert score is not None

    found = queries.compare(scope, score)

    assert (found.number, str(found.band)) == (5, "10—29 人")
    line = found.lines[0]
    assert (line.metric.key, line.own, line.third) == ("total", 60.0, Third.LOWER)
    assert line.box is not None
    assert line.box.middle == 71.5, "neither the large branch nor the teachers' is among them"
    assert list(queries.named_like(scope, score)) == [score]
    assert queries.named_like(system_scope(ON), score).count() == 6


def test_below_five_others_nothing_is_told_of_them(cast: Cast, run: ScoreRun, like: list[Organization]) -> None:
    OrganizationScore.objects.filter(organization=like[0]).delete()
    scope = cast.scope(cast.secretary)
    score = queries.score_in(scope, cast.branch, None)
    assert score is not None

    found = queries.compare(scope, score)

    assert (found.number, found.is_told) == (4, False)
    assert {line.third for line in found.lines} == {None}


def test_what_the_known_ones_leave_over_is_not_told(cast: Cast, run: ScoreRun, like: list[Organization]) -> None:
    # Of the like the faculty knows seven by name, and one elsewhere would be left over.
    for node in like[1:]:
        OrganizationScore.objects.filter(organization=node).delete()
    for number in range(6):
        scored(run, make_organization(f"本科生本院第{number}党支部", cast.faculty), 60 + number)
    scope = cast.scope(cast.organizer)
    score = queries.score_in(scope, cast.branch, None)
    assert score is not None

    found = queries.compare(scope, score)

    assert (found.number, found.is_told) == (6, True)
    assert found.lines[0].box == box([60.0, 60, 61, 62, 63, 64, 65]), "without the one elsewhere"


def test_problems_and_alerts_of_the_quarter_count_with_everything_below(
    cast: Cast, run: ScoreRun, like: list[Organization]
) -> None:
    group = make_organization("第一党小组", cast.branch, kind=Kind.GROUP)
    in_quarter = {"raised_on": date(2026, 7, 1), "due_on": date(2026, 8, 1)}
    closed = {"state": ProblemState.CLOSED, "closed_on": date(2026, 8, 9)}
    make_problem(cast.branch, **in_quarter, **closed, done_on=date(2026, 8, 1), measure="补。")
    make_problem(group, **in_quarter, **closed, done_on=date(2026, 8, 2), measure="补。")
    make_problem(cast.branch, raised_on=date(2026, 10, 1), due_on=date(2026, 11, 1))
    make_alert(cast.branch, raised_on=date(2026, 9, 30))
    make_alert(cast.branch, "dues_late", raised_on=date(2026, 9, 30), is_false=True)
    scope = cast.scope(cast.secretary)
    score = queries.score_in(scope, cast.branch, None)
    assert score is not None

    own = {line.metric.key: line.own for line in queries.compare(scope, score).lines}

    assert own == {"total": 60.0, "MANAGE": 60.0, "opened": 2, "late": 1, "in_time": 50.0, "alerts": 1}


def test_unlike_ones_are_put_side_by_side_only_with_a_warning(
    cast: Cast, sign_in: SignIn, run: ScoreRun, like: list[Organization]
) -> None:
    second = make_organization("本科生第二党支部", cast.faculty)
    scored(run, second, 80)
    client, here = sign_in(cast.organizer), "/supervision/compare/"
    warning = "类别或规模不同，数字不宜直接比较"

    page = text(client, f"{here}?node={cast.branch.code}&other={second.code}")
    assert (warning in page, "本科生第二党支部" in page, "外院" in page) == (False, True, False)
    assert "下三分之一" in page
    assert warning in text(client, f"{here}?node={cast.branch.code}&other={cast.sibling.code}")
    wrong = client.get(f"{here}?node={like[0].code}")
    assert (wrong.status_code, "不在您的管理范围内" in wrong.content.decode()) == (422, True)
    assert "还没有可以比较的数" in text(client, here), "the faculty itself was not scored"
    exported = client.get(f"{here}?node={cast.branch.code}&l-export=csv").getvalue().decode("utf-8-sig")
    assert ("本科生第二党支部" in exported, "外院" in exported, "预警（件）" in exported) == (True, False, True)


def test_a_member_is_not_shown_the_comparison(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.member).get("/supervision/compare/").status_code == 403
    assert "还没有可以比较的数" in text(sign_in(cast.secretary), "/supervision/compare/")
    assert cast.branch.category == Category.STUDENT_UNDERGRADUATE
