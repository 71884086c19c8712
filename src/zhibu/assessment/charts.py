"""Charts of scores; each mark leads to the page of what it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from zhibu.assessment.models import IndicatorScore, OrganizationScore
from zhibu.assessment.scheme import Scheme
from zhibu.assessment.tables import BANDS, band
from zhibu.indicators.periods import Period
from zhibu.organizations.models import Organization
from zhibu.ui.charts import Chart, Heatmap, Point, Series


def score_url(pk: int, period: Period, key: str = "") -> str:
    name, arguments = ("assessment:indicator", [pk, key]) if key else ("assessment:organization", [pk])
    return f"{reverse(name, args=arguments)}?{urlencode({'period': str(period)})}"


def bands(totals: Iterable[Decimal], period: Period) -> Chart:
    """How many branches lie in which band."""
    counted = Counter(band(total)[1] for total in totals)
    url = f"{reverse('assessment:index')}?{urlencode({'period': str(period), 'all': 1, 'c-sort': 'total'})}"
    points = [Point(counted[label], url=url, tone=tone) for _least, label, tone in BANDS]
    return Chart("doughnut", [label for _least, label, _tone in BANDS], [Series("党支部", points)], unit="个")


def slices(found: Sequence[Any]) -> Chart:
    """Points by dimension."""
    labels = [item.dimension.value for item in found]
    points = [Point(float(item.points), url=f"#{item.dimension.name}") for item in found]
    return Chart("doughnut", labels, [Series("得分", points)], unit="分")


def line(node: Organization, past: Sequence[tuple[Period, OrganizationScore]]) -> Chart:
    """One organization's totals over all periods."""
    points = [Point(float(row.total), url=score_url(node.pk, at)) for at, row in past]
    return Chart("line", [at.short for at, _row in past], [Series(str(node), points)], unit="分")


def lines(
    series: Sequence[tuple[str, Sequence[tuple[Period, Decimal]]]], node: Organization | None = None, key: str = ""
) -> Chart:
    """Several lines over the periods that any of them has; a period without a value is a gap."""
    periods = sorted({at for _name, rows in series for at, _value in rows})
    drawn = []
    for name, rows in series:
        values = dict(rows)
        drawn.append(
            Series(
                name,
                [
                    Point(float(values[at]), url=score_url(node.pk, at, key) if node else "")
                    if at in values
                    else Point(None)
                    for at in periods
                ],
            )
        )
    return Chart("line", [at.short for at in periods], drawn, unit="分")


def heat(rows: Sequence[OrganizationScore], found: Mapping[tuple[int, str], IndicatorScore], scheme: Scheme) -> Heatmap:
    """Organizations by indicators: the share of the points that each reached, in percent."""
    items = scheme.indicators
    points = []
    for row in rows:
        cells = [found.get((row.organization_id, item.indicator.key)) for item in items]
        points.append(
            [
                Point(
                    round(float(cell.normalised) * 100, 1),
                    url=score_url(row.organization_id, row.run.span, cell.indicator),
                )
                if cell
                else Point(None)
                for cell in cells
            ]
        )
    titles = [item.indicator.title for item in items]
    return Heatmap(titles, [str(row.organization) for row in rows], points, unit="%", scale="share")
