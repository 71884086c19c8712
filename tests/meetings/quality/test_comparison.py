"""Organizations by months and one organization's year: the right averages, each leading to its records."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django.test import Client

from tests.cast import Cast
from tests.meetings.quality.texts import copy, recorded, told
from tests.meetings.records import held
from zhibu.meetings.enums import Kind
from zhibu.meetings.models import Likeness
from zhibu.meetings.quality import actions, comparing
from zhibu.meetings.quality.enums import PartKey
from zhibu.meetings.quality.summary import Averages

SignIn = Callable[..., Client]


def text(answer: Any) -> str:
    return answer.content.decode()


def test_an_average_is_that_of_the_records_with_what_was_overruled(cast: Cast) -> None:
    held(cast)  # 11 of 11
    lacking = held(cast, kind=Kind.THEME_DAY, place="", held_on=date(2026, 10, 9))  # 8 of 9
    scope = cast.scope(cast.office)

    def average(month: int | None = None) -> int | None:
        return Averages(scope, 2026, [cast.branch.pk]).percent(cast.branch.pk, PartKey.COMPLETENESS, month)

    assert (average(11), average(10), average(9), average()) == (100, 89, None, 94)
    actions.overrule(scope, lacking.pk, PartKey.COMPLETENESS, 50, "缺两处")
    assert average() == 75
    actions.overrule(scope, lacking.pk, PartKey.COMPLETENESS, None, "核对有误")
    assert average() == 94


def test_each_part_has_its_average_and_what_was_not_compared_has_none(cast: Cast) -> None:
    meeting = recorded(cast, told())
    found = Averages(cast.scope(cast.secretary), 2026, [cast.branch.pk])
    values = {key: found.percent(cast.branch.pk, key) for key in PartKey}
    # 12 → 21 November is the ninth day, two more than the office's week
    assert values == {
        PartKey.COMPLETENESS: 100, PartKey.TIMELINESS: 0, PartKey.ATTENDANCE: 100, PartKey.FOLLOW_THROUGH: 100,
        PartKey.SPECIFICITY: 100, PartKey.ORIGINALITY: None,
    }  # fmt: skip

    comparing.check(meeting.pk)
    actions.set_standard(cast.scope(cast.office), days=9, likeness=23)
    found = Averages(cast.scope(cast.secretary), 2026, [cast.branch.pk])
    assert found.percent(cast.branch.pk, PartKey.ORIGINALITY) == 100
    assert found.percent(cast.branch.pk, PartKey.TIMELINESS) == 100


def test_the_page_compares_branches_and_its_cells_open_the_records(cast: Cast, sign_in: SignIn) -> None:
    held(cast, title="十一月大会")
    client = sign_in(cast.organizer)
    shown = text(client.get("/meetings/quality/"))

    def rows(page: str) -> set[int]:
        return {int(found) for found in re.findall(r"/meetings/quality/organizations/(\d+)/", page)}

    assert rows(shown) == {cast.faculty.pk, cast.branch.pk, cast.sibling.pk}
    link = re.search(rf'href="(/meetings/\?branch={cast.branch.code}&[^"]*held_from=2026-11-01[^"]*)"', shown)
    assert link and "十一月大会" in text(client.get(link[1].replace("&amp;", "&")))
    assert rows(text(client.get("/meetings/quality/?category=undergraduate"))) == {cast.branch.pk}
    exported = b"".join(client.get("/meetings/quality/?export=csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    line = next(line for line in exported.splitlines() if "本科生第一党支部" in line)
    assert line.split(",")[1:4] == ["1", "100%", "0%"]


def test_a_branch_sees_its_year_and_every_record(cast: Cast, sign_in: SignIn) -> None:
    meeting = held(cast)
    client = sign_in(cast.secretary)
    address = f"/meetings/quality/organizations/{cast.branch.pk}/"
    shown = text(client.get(address))

    assert f"/meetings/{meeting.pk}/quality/" in shown and "开展日历" in shown
    assert "还没有登记的记录" in text(client.get(address + "?year=2025"))
    assert sign_in(cast.neighbour).get(address).status_code == 404
    assert sign_in(cast.member).get(address).status_code == 403


def test_the_doughnut_counts_questions_of_the_own_subtree(cast: Cast, sign_in: SignIn) -> None:
    recorded(cast, told())
    comparing.check(recorded(cast, copy(), held_on=date(2026, 11, 13)).pk)
    assert Likeness.objects.count() == 1

    assert "相近提示的办理情况" in text(sign_in(cast.organizer).get("/meetings/quality/"))
    assert "相近提示的办理情况" not in text(sign_in(cast.neighbour).get("/meetings/quality/"))
