"""The rules on screen: everyone signed in may read them, on any day."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client

from tests.browser import enter, overflow
from tests.cast import Cast
from zhibu.regulations.queries import rules

Enter = Callable[[Any], Client]


@pytest.fixture
def reader(cast: Cast, sign_in: Enter) -> Client:
    return sign_in(cast.member)


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_stranger_is_sent_to_sign_in(client: Client, cast: Cast) -> None:
    assert client.get("/regulations/").status_code == 302
    assert client.get("/regulations/dev.talk/").status_code == 302


def test_the_list_shows_value_and_article_of_today(reader: Client) -> None:
    shown = text(reader, "/regulations/")

    assert f"共 {len(rules())} 条" in shown
    assert "列为发展对象前的公示期" in shown
    assert "5 个工作日" in shown
    assert "《中国共产党发展党员工作细则》（2026年）第十三条" in shown
    assert "（2014年）" not in shown


def test_the_list_of_an_earlier_day_shows_the_old_edition(reader: Client) -> None:
    shown = text(reader, "/regulations/?subject=development&on=2026-05-10")

    assert f"共 {len(rules('development'))} 条" in shown
    assert "（2014年）第二十六条" in shown
    assert "2026年）" not in shown
    assert shown.count("自 2026-05-11 起有内容") == 4
    assert "/regulations/dev.talk/?on=2026-05-10" in shown


def test_search_finds_words_in_title_and_article(reader: Client) -> None:
    shown = text(reader, "/regulations/?q=支部工作条例 第十二条")

    assert "共 2 条" in shown
    assert "支部委员会会议的频次" in shown
    assert "主题党日" not in shown


def test_what_was_not_checked_is_marked(reader: Client) -> None:
    shown = text(reader, "/regulations/?unverified=1")

    assert "选举大会有效的到会比例" in shown
    marks = ("只见二手材料，未核对原文", "凭记忆，未核对原文", "惯例，不是规定")
    assert sum(map(shown.count, marks)) == sum(bool(one.latest.caveat) for one in rules())
    assert "支部党员大会的频次" not in shown


def test_nothing_found_says_what_to_do(reader: Client) -> None:
    shown = text(reader, "/regulations/?q=没有这样的词")

    assert "没有符合条件的规则" in shown
    assert "清除筛选" in shown


@pytest.mark.parametrize("address", ["/regulations/", "/regulations/dev.talk/"])
def test_a_day_that_does_not_exist_is_said_and_today_taken(reader: Client, address: str) -> None:
    assert "“2026-02-30”不是日期" in text(reader, f"{address}?on=2026-02-30")


def test_a_rule_shows_its_editions_and_what_changed(reader: Client) -> None:
    shown = text(reader, "/regulations/dev.listing/?on=2026-05-10")

    assert shown.index("2014-05-28 至 2026-05-11 前") < shown.index("2026-05-11 起")
    assert "<strong>内容由“备案”改为“同意”。</strong>" in shown
    assert shown.index("适用") < shown.index("2026-05-11 起")
    assert "2026-11-21" in shown  # reviewed on


def test_a_rule_that_was_not_checked_says_so(reader: Client) -> None:
    shown = text(reader, "/regulations/elect.quorum/")

    assert "只见二手材料，未核对原文，请以原文为准。" in shown
    assert "只核对过第一至五条" in shown
    assert "条号待查" in shown


def test_a_rule_before_its_first_day_says_so(reader: Client) -> None:
    assert "这一天没有规定" in text(reader, "/regulations/dev.oath/?on=2026-05-10")


def test_an_unknown_rule_is_not_found(reader: Client) -> None:
    assert reader.get("/regulations/dev.nothing/").status_code == 404


def test_the_list_is_handed_out_as_a_workbook(reader: Client) -> None:
    response = reader.get("/regulations/?subject=development&on=2026-05-10&export=xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    rows = {row[1]: row for row in sheet.iter_rows(values_only=True)}
    assert rows["编号"][:5] == ("分类", "编号", "规则", "内容", "约束")
    assert rows["dev.approve"][3:5] == ("3 个月", "应当")
    assert rows["dev.approve"][6] == "《中国共产党发展党员工作细则》（2014年）第二十六条"
    assert "没有适用的规定" in rows["dev.oath"][3]
    assert len(rows) == len(rules("development")) + 2  # heading, and the line saying who made it


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", ["phone", "desk"])
def test_pages_fit_the_window(request: pytest.FixtureRequest, live_server: Any, cast: Cast, width: str) -> None:
    window = request.getfixturevalue(width)
    enter(window, live_server, cast.member.user)

    for address in ("", "dev.listing/", "dev.introducer_bar/", "dues.salaried/"):
        window.goto(f"{live_server.url}/regulations/{address}")
        assert overflow(window) == 0, address
