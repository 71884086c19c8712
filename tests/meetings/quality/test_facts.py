"""What the warehouse is given of a record's quality: numbers, the newest overruling of each part, no word of it."""

from typing import Any

from django.db import connection

from tests.cast import TODAY, Cast
from tests.meetings.quality.texts import recorded, told
from zhibu.accounts.enums import Right
from zhibu.meetings.facts import quality
from zhibu.meetings.quality import actions, comparing
from zhibu.meetings.quality.enums import PartKey
from zhibu.warehouse.contract import ColumnKind


def rows() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(quality.sql.replace(":today", f"date '{TODAY}'"))
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_the_fact_gives_the_numbers_and_what_holds_of_the_overrulings(cast: Cast) -> None:
    meeting = recorded(cast, told())
    assert rows()[0]["original_percent"] is None
    comparing.check(meeting.pk)
    office = cast.scope(cast.office)
    assert office.may(Right.REVIEW_MEETING)
    for part, percent in ((PartKey.ATTENDANCE, 40), (PartKey.ATTENDANCE, 50), (PartKey.COMPLETENESS, 60)):
        actions.overrule(office, meeting.pk, part, percent, "核对")
    actions.overrule(office, meeting.pk, PartKey.COMPLETENESS, None, "撤回")

    (row,) = rows()

    assert [column.name for column in quality.columns] == list(row)
    assert (row["days"], row["due"], row["came"], row["decisions"], row["assigned"], row["specific"]) == (
        9,
        2,
        2,
        1,
        1,
        1,
    )
    assert (row["original_percent"], row["attendance_ruled"], row["completeness_ruled"]) == (100, 50, None)
    assert {column.kind for column in quality.columns} <= {
        ColumnKind.DATE, ColumnKind.KEY, ColumnKind.COUNT, ColumnKind.CODE,
    }  # fmt: skip
