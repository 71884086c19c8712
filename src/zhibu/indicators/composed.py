"""From a composition to an `Indicator`: its formula in words and its expressions."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from datetime import date
from functools import partial, reduce
from typing import Any

import narwhals as nw

from zhibu.indicators.composing import Composed, Composition, Filter, Per, in_words
from zhibu.indicators.counts import EACH, Counts
from zhibu.indicators.definition import Frame, Indicator, Opens, Window
from zhibu.indicators.measures import KEYS, Measures, at_most, months_table, whole
from zhibu.indicators.periods import YEAR_MONTHS, Period
from zhibu.warehouse.contract import ColumnKind

Calendar = list[tuple[Period, date]]
CAPPED = "超出的部分不计，也不抵其他支部；党小组的记录不计入支部。"


def as_indicator(made: Composition, key: str, document: Mapping[str, Any]) -> Indicator:
    """The composed indicator as a scheme sees it. Its records are opened by the document itself."""
    gaps = {"composed": document, "unmet": True} if made.kind in (Composed.SHARE, Composed.ON_TIME) else {}
    remedy = f"此后再有 {{n}} {made.unit}达到要求" if made.higher_is_better else f"减少 {{n}} {made.unit}"
    return Indicator(
        key=key, title=made.title, unit=made.unit, formula=formula_of(made), dimension=made.dimension,
        window=made.window, reads=_reads(made),
        opens=Opens(made.offer.record, made.offer.label, {"composed": document}, gaps),
        define=partial(_define, made), basis=made.basis, remedy=remedy,
        past_is_past=made.higher_is_better,
        higher_is_better=made.higher_is_better, against=made.against,
    )  # fmt: skip


def _reads(made: Composition) -> tuple[str, ...]:
    more = {Per.ORGANIZATION: ("organizations.organization_month",),
            Per.MEMBER: ("organizations.organization_month", "people.membership_month")}  # fmt: skip
    return tuple(dict.fromkeys((made.fact, *more.get(made.per, ()))))  # type: ignore[arg-type]


def formula_of(made: Composition) -> str:
    """The formula in one Chinese paragraph, as it stands beside the number."""
    offer = made.offer
    kept = in_words(offer, made.filters)
    rows = f"{made.window.value}的{offer.label}" + (f"（{kept}）" if kept else "")
    column = offer.declared.column(made.column).meaning if made.column else ""
    end = "" if made.higher_is_better else "越低越好。"
    if made.kind is Composed.SHARE:
        return f"{rows}中符合“{in_words(offer, made.condition)}”的 ÷ 全部。{end}"
    if made.kind is Composed.ON_TIME:
        return f"{rows}中{_in_time(made, column)}的 ÷ 有这一项的全部。{end}"
    value = {Composed.COUNT: "数目", Composed.SUM: f"“{column}”之和", Composed.DISTINCT: f"不同“{column}”的数目"}
    if made.kind is Composed.TREND:
        what = f"“{column}”之和" if made.column else "数目"
        assert made.against is not None
        before = made.against.value
        return f"{rows}的{what}（至多计{before}的数目） ÷ {before}的数目。未结束的考核期不计。{end}"
    if made.per is Per.COLUMN:
        return f"{rows}的{value[made.kind]} ÷ “{offer.declared.column(made.over).meaning}”之和，至多计一倍。{end}"
    assert made.per is not None
    due = "应达到数" if made.higher_is_better else "上限数"
    return (
        f"{rows}的{value[made.kind]} ÷ {due}（{made.per.value} {made.target} {made.unit}）。{CAPPED}"
        + (
            "记录不是全程在本平台登记的支部，做到的才计入应达到数。"
            if made.higher_is_better
            else "记录不是全程在本平台登记的支部不计。"
        )
        + end
    )


def _in_time(made: Composition, column: str) -> str:
    kind = made.offer.declared.column(made.column).kind
    if kind is ColumnKind.FLAG:
        return f"“{column}”为是"
    return f"“{column}”不晚于每月 {made.limit} 日" if kind is ColumnKind.DATE else f"“{column}”不超过 {made.limit}"


def condition(filters: tuple[Filter, ...]) -> list[nw.Expr]:
    """Filters as expressions that every engine knows."""
    found = []
    for one in filters:
        column = nw.col(one.column)
        if one.codes:
            found.append(column.is_in(list(one.codes)))
        elif one.flag is not None:
            found.append(column if one.flag else ~column)
        else:
            found += [column >= nw.lit(one.least)] if one.least is not None else []
            found += [column <= nw.lit(one.most)] if one.most is not None else []
    return found


def met(made: Composition) -> nw.Expr:
    """Of a row of a share or of something timely: whether it is met."""
    if made.kind is Composed.SHARE:
        # Where nothing is known, the row is not met.
        return nw.all_horizontal(*condition(made.condition), ignore_nulls=False)
    column = nw.col(made.column)
    kind = made.offer.declared.column(made.column).kind
    if kind is ColumnKind.FLAG:
        return column
    return column.dt.day() <= made.limit if kind is ColumnKind.DATE else column <= made.limit


def _wanted(made: Composition) -> list[nw.Expr]:
    wanted = condition(made.filters)
    for name, codes in made.offer.without.items():
        wanted.append(~nw.col(name).is_in(list(codes)))
    if made.column:
        wanted.append(~nw.col(made.column).is_null())
    return wanted


def rows_of(made: Composition, frame: Frame) -> Frame:
    """The rows of the fact that count at all."""
    wanted = _wanted(made)
    return frame.filter(*wanted) if wanted else frame


def _define(made: Composition, m: Measures) -> Frame | Counts:
    if made.kind in (Composed.SHARE, Composed.ON_TIME):
        counting = reduce(operator.and_, _wanted(made), EACH)
        return Counts(made.fact, counting & met(made), counting)
    if made.kind is Composed.TREND:
        return _trend(made, m)
    rows = _rows(made, m, _calendar(made, m))
    if made.per is Per.COLUMN:
        sums = rows.group_by(*KEYS).agg(one=whole(nw.col(made.column)), all=whole(nw.col(made.over)))
        return sums.select(*KEYS, numerator=at_most(nw.col("one"), nw.col("all")), denominator=nw.col("all"))
    return _held_against(made, m, _valued(made, rows))


def _rows(made: Composition, m: Measures, calendar: Calendar) -> Frame:
    """The counting rows, once for each period that they count for."""
    found = rows_of(made, m.scan(made.fact, {month for _, month in calendar}))
    return found.join(_table(m, calendar), on="month", how="inner")


def _table(m: Measures, months: Calendar) -> Frame:
    """Month → each period that it counts for."""
    return m.lake.engine.table(months_table([(month, period) for period, month in months]))


def _calendar(made: Composition, m: Measures) -> Calendar:
    """Which months count for which period."""
    if made.window is Window.YEAR:
        return [(period, month) for period in m.yearly for month in m.year_of(period)]
    if made.window is Window.END:
        return [(period, m.end_month(period)) for period in m.begun]
    return [(period, month) for period in m.periods for month in period.months]


def _valued(made: Composition, rows: Frame) -> Frame:
    """organization_id, period, value."""
    if made.kind is Composed.DISTINCT:
        rows = rows.select(*KEYS, made.column).unique()
    value = whole(nw.col(made.column)) if made.column in made.offer.sums else nw.len().cast(nw.Int64)
    return rows.group_by(*KEYS).agg(value=value)


def _held_against(made: Composition, m: Measures, valued: Frame) -> Frame:
    """What each branch reached of what it should have. One whose records were kept elsewhere for a part of the window
    is not asked for more than it has; where less is better it is not judged at all."""
    periods = [period.number for period, _ in _calendar(made, m)]
    if made.per is Per.MEMBER:
        base = (
            m.scan("people.membership_month", m.end_months)
            .join(m.end_calendar, on="month", how="inner")
            .group_by(*KEYS)
            .agg(heads=nw.len().cast(nw.Int64))
            .join(m.branches.select(*KEYS), on=list(KEYS), how="inner")
        )
    else:
        base = m.branches.select(*KEYS, heads=nw.lit(1).cast(nw.Int64))
    found = (
        base.filter(nw.col("period").is_in(periods))
        .join(valued, on=list(KEYS), how="left")
        .with_columns(nw.col("value").fill_null(0), due=nw.col("heads") * made.target)
        .with_columns(reached=at_most(nw.col("value"), nw.col("due")))
    )
    asked = nw.lit(True)
    if made.window is not Window.END:
        months = YEAR_MONTHS if made.window is Window.YEAR else len(m.periods[0].months)
        found = found.join(_recorded(made, m), on=list(KEYS), how="left")
        asked = nw.col("recorded").fill_null(0) >= months
    else_due = nw.col("reached") if made.higher_is_better else nw.lit(0)
    return found.select(
        *KEYS, numerator=nw.col("reached"), denominator=nw.when(asked).then(nw.col("due")).otherwise(else_due)
    )


def _recorded(made: Composition, m: Measures) -> Frame:
    """In how many months of the window an organization's records were kept here to the month's end."""
    calendar = _calendar(made, m)
    return (
        m.scan("organizations.organization_month", {month for _, month in calendar})
        .filter(nw.col("closed"))
        .select("organization_id", "month")
        .join(_table(m, calendar), on="month", how="inner")
        .group_by(*KEYS)
        .agg(recorded=nw.len().cast(nw.Int64))
    )


def _trend(made: Composition, m: Measures) -> Frame:
    """This period's value, at most that of the earlier one, of the earlier one. Periods under way are not compared:
    they are not full yet."""
    against = made.against
    assert against is not None
    over = [period for period in m.periods if not m.under_way(period)]

    def at(*, earlier: bool) -> Frame:
        calendar: Calendar = []
        for period in over:
            months = (against.of(period) if earlier else period).months
            calendar += [(period, month) for month in (months[-1:] if made.window is Window.END else months)]
        return _valued(made, _rows(made, m, calendar))

    earlier = at(earlier=True).select(*KEYS, before=nw.col("value"))
    found = earlier.join(at(earlier=False), on=list(KEYS), how="left").with_columns(nw.col("value").fill_null(0))
    return found.select(*KEYS, numerator=at_most(nw.col("value"), nw.col("before")), denominator=nw.col("before"))
