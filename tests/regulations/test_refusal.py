"""A refusal says what happened, what to do, and the article in the edition of the day of the event."""

from datetime import date

import pytest

from zhibu.regulations.queries import UnknownRule
from zhibu.regulations.refusal import Refusal, Refusals

SENTENCE = "赞成人数没有超过应到会有表决权党员的半数。"


def test_the_article_is_that_of_the_day_of_the_event() -> None:
    before = Refusal(SENTENCE, rule="dev.pass", on=date(2026, 5, 10), remedy="请核对票数。")
    after = Refusal(SENTENCE, rule="dev.pass", on=date(2026, 5, 11), remedy="请核对票数。")

    assert before.citation == "《中国共产党发展党员工作细则》（2014年）第二十一条"
    assert str(after) == f"{SENTENCE}请核对票数。（依据：《中国共产党发展党员工作细则》（2026年）第二十条）"


def test_without_a_rule_there_is_no_article() -> None:
    refusal = Refusal("召开日期不能晚于今天。", field="held_on")

    assert str(refusal) == "召开日期不能晚于今天。"
    assert refusal.as_dict() == {
        "message": "召开日期不能晚于今天。", "field": "held_on", "rule": None, "citation": "", "remedy": "",
    }  # fmt: skip


def test_a_rule_that_says_nothing_that_day_gives_no_article() -> None:
    assert str(Refusal("没有宣誓。", rule="dev.oath", on=date(2026, 5, 10))) == "没有宣誓。"


def test_a_rule_that_does_not_exist_is_a_programming_error() -> None:
    with pytest.raises(UnknownRule):
        str(Refusal("甲。", rule="dev.nothing", on=date(2026, 5, 11)))


def test_several_refusals_are_told_together() -> None:
    assert str(Refusals([Refusal("甲。"), Refusal("乙。", remedy="丙。")])) == "甲。 乙。丙。"
