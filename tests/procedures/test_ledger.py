"""The ledger of all cases, as the office downloads it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.cast import Cast
from tests.procedures.road import applicant, take
from zhibu.procedures import actions

pytestmark = pytest.mark.django_db


def test_the_office_downloads_a_row_a_case_with_the_day_of_each_step(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    case = actions.open_case(cast.scope(cast.secretary), "admission", applicant(cast, "<新>&申"))
    take(cast, case, "talk", date(2026, 6, 10))

    answer = sign_in(cast.office).get("/procedures/ledger/admission/")
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    )

    row = dict(zip(rows[0], rows[1], strict=True))
    assert len(rows) == 2
    assert (row["姓名"], row["党支部"]) == ("<新>&申", "本科生第一党支部")
    assert (row["1 递交入党申请书"], row["2 派人谈话"]) == (date(2026, 6, 1), date(2026, 6, 10))


def test_a_neighbour_gets_an_empty_ledger(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    actions.open_case(cast.scope(cast.secretary), "admission", applicant(cast))

    answer = sign_in(cast.neighbour).get("/procedures/ledger/admission/")
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    )

    assert len(rows) == 1
