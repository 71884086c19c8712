"""What is written out reads back as the same: single values, and whole forms."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast
from tests.exchange.files import comma, grid, imported, member, members_file, preview, xlsx
from zhibu.exchange import exporting
from zhibu.exchange.columns.members import MEMBERS
from zhibu.exchange.columns.parsers import parse_date, parse_month, write_date, write_month
from zhibu.exchange.enums import RowState
from zhibu.people import codes

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
MANNERS = (
    "{0:%Y-%m-%d}",
    "{0.year}.{0.month}.{0.day}",
    "{0.year}年{0.month}月{0.day}日",
    "{0:%Y%m%d}",
    "{0.year}/{0.month}/{0.day}",
)


@given(DAYS, st.sampled_from(MANNERS))
def test_a_day_reads_back_in_every_manner(day: date, manner: str) -> None:
    assert parse_date(manner.format(day)) == day
    assert parse_date(write_date(day)) == day


@given(DAYS.filter(lambda day: day >= date(1927, 5, 19)))
def test_a_serial_number_is_the_day_that_excel_shows(day: date) -> None:
    assert parse_date(float((day - date(1899, 12, 30)).days)) == day


@given(DAYS.map(lambda day: day.replace(day=1)))
def test_a_month_reads_back(month: date) -> None:
    assert parse_month(write_month(month)) == month
    assert parse_month(f"{month:%Y%m}") == month


@given(
    st.sampled_from(
        [(name, code) for name in ("gender", "ethnicity", "education", "work_post") for code, _ in codes.choices(name)]
    )
)
def test_a_code_reads_back_from_its_name_and_itself(pair: tuple[str, str]) -> None:
    name, code = pair
    column = MEMBERS.by_name[name]

    assert column.parse(column.write(code)) == code
    assert column.parse(code) == code
    assert column.parse(f" {code} {codes.label(name, code)}") == code


@given(st.sampled_from(["01062750000", "05123456789", "02087654321", "62750000", "01062750000-12"]))
def test_a_landline_reads_back(number: str) -> None:
    column = MEMBERS.by_name["landline"]

    assert column.parse(column.write(number)) == number


ROWS = [
    member(101, landline="010-62750000"),
    member(102, stage="预备党员", joined_on="2026-06-01", confirmed_on=""),
    member(103, is_lost="是", lost_since="2024-03", is_mobile="是", mobile_destination="某省某市"),
    member(104, membership="停止党籍", phone="", landline="0512-65880000"),
    member(105, name="艾力·买买提", ethnicity="维吾尔族"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["xlsx", "gb18030", "utf-8-sig"])
def test_export_and_import_change_nothing(cast: Cast, form: str) -> None:
    scope = cast.scope(cast.secretary)
    imported(scope, members_file(*ROWS))
    rows = [row for row in exporting.member_rows(scope, cast.branch, full=True) if row["address"]]
    assert len(rows) == 5

    again = preview(scope, xlsx(grid(rows)) if form == "xlsx" else comma(grid(rows), form))

    assert (again.count(RowState.UNCHANGED), again.summary["errors"]) == (5, 0)


@pytest.mark.django_db
def test_masked_numbers_do_not_come_back_in(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    imported(scope, members_file(*ROWS))
    rows = list(exporting.member_rows(scope, cast.branch, full=False))

    again = preview(scope, xlsx(grid(rows)))

    assert again.count(RowState.ERROR) == len(rows)
