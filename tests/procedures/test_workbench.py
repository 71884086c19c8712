"""What waits, and how late it is: one's own, and counted for the subtree; every count opens the steps behind it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.utils.html import strip_tags

from tests.cast import Cast, make_person
from tests.house.test_permissions import client_of
from tests.procedures.road import applicant, voters
from zhibu.people.enums import StageKind
from zhibu.procedures import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(cast: Cast) -> None:
    """A talk that is five months late, one due within the month, and another faculty's that is late."""
    voters(cast)
    for serial, asked in ((701, date(2026, 6, 1)), (702, date(2026, 11, 1))):
        actions.open_case(
            cast.scope(cast.secretary), "admission", applicant(cast, f"申{serial}", serial=serial, on=asked)
        )
    elsewhere = make_person("申外", cast.other_branch, serial=703, stage=StageKind.APPLICANT, since=date(2026, 6, 1))
    actions.open_case(cast.scope(cast.neighbour), "admission", elsewhere)


def seen(cast: Cast, who: str, url: str) -> list[tuple[str, ...]]:
    rows = client_of(cast, who).get(url).context["bound"].rows
    return [tuple(strip_tags(row.cells[place].html).strip() for place in (0, 4)) for row in rows]


def test_a_secretary_sees_what_waits_the_latest_first_and_since_when(cast: Cast, three: None) -> None:
    page = client_of(cast, "secretary").get("/procedures/").content.decode()

    assert seen(cast, "secretary", "/procedures/") == [("申701", "已逾期"), ("申702", "30 天内到期")]
    assert seen(cast, "secretary", "/procedures/?delay=soon") == [("申702", "30 天内到期")]
    assert "2026-07-01" in page and "等待自" in page and "下级情况" not in page


def test_a_superior_sees_counts_by_delay_below_and_each_opens_its_steps(cast: Cast, three: None) -> None:
    page: Any = client_of(cast, "office").get("/procedures/?all=1")
    links = [
        link.replace("&amp;", "&") for link in re.findall(r'href="(\?all=1&amp;below=[^"]+)"', page.content.decode())
    ]

    assert [(str(one.organization), dict(one.counts)) for one in page.context["below"]] == [
        ("计算机学院党委", {"late": 1, "soon": 1, "ready": 0, "waiting": 0}),
        ("文学院党委", {"late": 1, "soon": 0, "ready": 0, "waiting": 0}),
    ]
    assert [seen(cast, "office", f"/procedures/{link}") for link in links] == [
        [("申701", "已逾期"), ("申702", "30 天内到期")], [("申701", "已逾期")], [("申702", "30 天内到期")],
        [("申外", "已逾期")], [("申外", "已逾期")],
    ]  # fmt: skip


def test_another_faculty_s_code_opens_nothing(cast: Cast, three: None) -> None:
    code = cast.other_faculty.code

    assert seen(cast, "organizer", f"/procedures/?all=1&below={code}") == []
    assert seen(cast, "organizer", "/procedures/?all=1&below=nowhere") == []
