"""The situation map and the wall: every number leads to its problems, and the wall names nobody."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast
from tests.supervision.rows import days, make_problem, reported
from zhibu.supervision.queries.board import board, months

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


@pytest.fixture
def troubled(cast: Cast) -> Cast:
    """Something of everything: two late and one stuck in the faculty's branches, one in the other faculty's."""
    make_problem(cast.branch, due_on=days(-3))
    make_problem(cast.branch, due_on=days(-40), measure="补讲。", state="under_way")
    make_problem(cast.sibling, due_on=days(-1), source="spot_check", raised_on=days(-40), state="under_way")
    make_problem(cast.faculty)
    make_problem(cast.other_branch)
    make_problem(cast.branch, state="closed", closed_on=days(-1))
    reported(cast)
    return cast


def test_the_map_counts_each_organization_with_all_below_it(troubled: Cast) -> None:
    scope = troubled.scope(troubled.office)

    found = board(scope, troubled.root)
    faculty = next(tile for tile in found.tiles if tile.node == troubled.faculty)

    assert (found.whole.open, faculty.open) == (6, 5)
    assert (faculty.stuck, faculty.late, faculty.in_time, faculty.to_review, faculty.measured) == (1, 2, 2, 1, 2)
    assert (faculty.word, faculty.next_due, faculty.responsible) == ("有停滞", days(-40), "祖员")
    inside = {tile.node: tile.open for tile in board(scope, troubled.faculty).tiles}
    assert inside == {troubled.branch: 3, troubled.sibling: 1, troubled.faculty: 1}
    assert board(scope, troubled.faculty, source="spot_check").whole.open == 1
    assert board(scope, troubled.faculty, month=days(-40).replace(day=1)).whole.open == 1
    assert months(scope, troubled.root)[-1][1:] == (6, 1)


def test_the_map_says_which_duty_is_late(cast: Cast, sign_in: SignIn) -> None:
    for key in ("meeting:1:2026-07", "meeting:2:2026-08", "dues:1:2026-09"):
        make_problem(cast.branch, source="late_duty", key=key, due_on=days(-3))
    make_problem(cast.branch)
    found = board(cast.scope(cast.organizer), cast.faculty)
    assert {duty.value: dict(counts) for duty, counts in found.duties} == {"meeting": {"late": 2}, "dues": {"late": 1}}

    client = sign_in(cast.organizer)
    page = unescape(client.get("/supervision/map/").content.decode())
    links = re.findall(r'href="(/supervision/\?[^"]*)">(\d+)</a>', page)
    ((address, number),) = [link for link in links if "duty=meeting" in link[0] and "standing=late" in link[0]]
    assert number == "2" and "共 2 条" in client.get(address).content.decode()


def test_every_number_on_the_map_opens_so_many_problems(troubled: Cast, sign_in: SignIn) -> None:
    client = sign_in(troubled.organizer)
    page = client.get("/supervision/map/").content.decode()

    assert "文学院" not in page
    stats = dict(
        re.findall(
            r'href="(/supervision/\?[^"]*standing=(?:late|stuck|in_time)[^"]*)">(?:逾期|停滞|期限内) (\d+)</a>', page
        )
    )
    assert len(stats) == 5
    for address, number in stats.items():
        rows = client.get(unescape(address)).content.decode()
        assert f"共 {number} 条" in rows, address


def test_another_subtree_has_no_map_for_this_reader(troubled: Cast, sign_in: SignIn) -> None:
    client = sign_in(troubled.organizer)

    for address in ("/supervision/map/", "/wall/"):
        assert client.get(f"{address}?node={troubled.other_faculty.pk}").status_code == 404
        assert client.get(f"{address}?node={troubled.branch.pk}").status_code == 200
    sign_in(troubled.member)
    assert client.get("/wall/").status_code == client.get("/supervision/map/").status_code == 403


def test_the_wall_names_nobody_and_asks_again_for_its_inside(troubled: Cast, sign_in: SignIn) -> None:
    client = sign_in(troubled.office)

    whole = client.get("/wall/").content.decode()
    part = client.get("/wall/", headers={"HX-Request": "true", "HX-Target": "wall"}).content.decode()

    assert "计算机学院党委" in whole
    assert not [name for name in ("祖员", "舒记", "班公", "林居", "孟员") if name in whole]
    assert part.lstrip().startswith('<main id="wall"')
    assert 'hx-trigger="every 60s"' in part
    sums = re.findall(r'<a href="([^"]+)">[^<]+<strong>(\d+)</strong>', part)
    assert [number for _, number in sums] == ["6", "1", "2", "3", "1"]
    for address, number in sums:
        assert f"共 {number} 条" in client.get(unescape(address)).content.decode(), address
