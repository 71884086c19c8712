"""Computed results put together by hand, for tests of what happens to a result after it was computed."""

from datetime import date
from decimal import Decimal

from zhibu.assessment.actions import _version
from zhibu.assessment.models import IndicatorScore, OrganizationScore, ScoreRun
from zhibu.assessment.scheme import delivered_for
from zhibu.organizations.models import Organization

LINES = {"attendance": ("6.00", "8.00"), "meetings_complete": ("10.00", "20.00")}


def make_run(
    period: str = "2026Q3",
    lines: dict[int, dict[str, tuple[str, str]]] | None = None,
    *,
    capped: dict[int, str] | None = None,
    until: date = date(2026, 10, 8),
) -> ScoreRun:
    """A run of every organization with two lines each: 16 of 28 points. ``lines`` and ``capped`` by organization."""
    ScoreRun.objects.filter(period=period).update(is_current=False)
    run = ScoreRun.objects.create(
        scheme=_version(delivered_for(date(2026, 9, 30))), period=period, lake_generation=1, data_until=until,
        fingerprint=f"r{ScoreRun.objects.count()}",
    )  # fmt: skip
    parents = Organization.objects
    for node in parents.order_by("path"):
        found = (lines or {}).get(node.pk, LINES)
        points = sum(Decimal(one) for one, _weight in found.values())
        weight = sum(Decimal(one) for _points, one in found.values())
        uncapped = (points * 100 / weight).quantize(Decimal("0.01"))
        limit = Decimal((capped or {}).get(node.pk, "100"))
        OrganizationScore.objects.create(
            run=run, organization=node, parent=parents.get_parent(node), level=node.kind, members=9,
            category=node.category,
            total=min(uncapped, limit), uncapped=uncapped, weight=weight,
            capped_by="整季未召开支部党员大会" if limit < uncapped else "",
            breakdown={"MANAGE": [str(points), str(weight)]},
        )  # fmt: skip
        for key, (got, out_of) in found.items():
            share = Decimal(got) / Decimal(out_of)
            IndicatorScore.objects.create(
                run=run, organization=node, indicator=key, numerator=int(share * 100), denominator=100, raw=share,
                smoothed=share, normalised=share, weight=out_of, points=got,
            )  # fmt: skip
    return run
