"""What would change a score: honest steps, the cheapest first, for whoever may take them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.assessment.rows import make_run
from tests.cast import TODAY, Cast
from zhibu.assessment.improving import Timing
from zhibu.assessment.models import IndicatorScore
from zhibu.assessment.queries import breakdown
from zhibu.indicators.periods import Period

pytestmark = pytest.mark.django_db
NOW = "2026Q4"  # under way on the day of the cast
LINES = {
    "attendance": ("1.00", "8.00"),
    "profile_complete": ("1.00", "5.00"),
    "talk_coverage": ("1.00", "8.00"),
    "lectures_held": ("8.00", "8.00"),
}


def steps(cast: Cast, who: Any = None, period: str = NOW, **about: Any) -> list[tuple[str, Timing]]:
    make_run(period, lines={cast.branch.pk: LINES}, until=TODAY if period == NOW else date(2026, 10, 8), **about)
    # Counted in persons: one of five, so that every further one brings a fifth of what is lacking.
    IndicatorScore.objects.filter(organization=cast.branch).update(
        numerator=1, denominator=5, raw=Decimal("0.2"), smoothed=Decimal("0.2")
    )
    found = breakdown(cast.scope(who or cast.secretary), cast.branch, Period.parse(period)).improvements
    return [(one.indicator.key, one.timing) for one in found]


def test_what_can_be_done_now_comes_before_what_only_counts_ahead(cast: Cast) -> None:
    assert steps(cast) == [
        ("talk_coverage", Timing.NOW), ("profile_complete", Timing.NOW), ("attendance", Timing.AHEAD),
    ]  # fmt: skip


def test_a_finished_quarter_promises_nothing(cast: Cast, sign_in: Any) -> None:
    assert {timing for _key, timing in steps(cast, period="2026Q3")} == {Timing.OVER}
    steps(cast)
    page = sign_in(cast.secretary).get(f"/assessment/{cast.branch.pk}/?period=2026Q3").content.decode()
    assert "已经结束，不能再办" in page and "登记组织生活" not in page
    assert f"/assessment/{cast.branch.pk}/?period=2026Q4#improve" in page


def test_the_breach_that_caps_the_total_comes_first(cast: Cast, sign_in: Any) -> None:
    found = steps(cast, capped={cast.branch.pk: "5.00"})
    assert found[0] == ("general_meeting_held", Timing.NOW)
    page = sign_in(cast.secretary).get(f"/assessment/{cast.branch.pk}/?period={NOW}").content.decode()
    assert "总分不超过 59 分" in page and f"/meetings/new/?organization={cast.branch.pk}" in page
    assert "封顶解除之后" in page


def test_a_member_reads_the_steps_but_is_not_sent_where_it_has_no_right(cast: Cast, sign_in: Any) -> None:
    steps(cast)
    secretary = sign_in(cast.secretary).get(f"/assessment/{cast.branch.pk}/?period={NOW}").content.decode()
    assert "到 2026-12-31 为止" in secretary or "12月31日" in secretary
    assert "/meetings/talks/coverage/" in secretary and "其中第一步可得" in secretary
    member = sign_in(cast.member).get(f"/assessment/{cast.branch.pk}/?period={NOW}").content.decode()
    assert "再与 4 名党员谈心谈话并登记" in member or "名党员谈心谈话" in member
    assert "/meetings/talks/coverage/" not in member


def test_every_place_exists(cast: Cast) -> None:
    from django.urls import reverse

    from zhibu.assessment.improving import PLACES

    for _label, name, _right in PLACES.values():
        assert reverse(name, args=[1] if name == "organizations:detail" else [])
