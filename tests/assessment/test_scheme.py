"""Schemes are read strictly, and never with what must not be counted."""

import copy
from datetime import date
from decimal import Decimal

import pytest
import yaml

from zhibu.assessment.scheme import FOLDER, SchemeError, delivered_for, load, read
from zhibu.indicators.definition import Role, catalogue
from zhibu.indicators.guard import ForbiddenIndicator

RAW = yaml.safe_load((FOLDER / "default-2026.yaml").read_text(encoding="utf-8"))


def test_the_newest_default_scheme_weighs_all_there_are() -> None:
    scheme = delivered_for(date(2026, 12, 31))
    assert sum(item.weight for item in scheme.indicators) == Decimal(100)
    scored = {key for key, item in catalogue().items() if item.role is Role.SCORED}
    # Offered by the library; whether it weighs is for whoever adopts the next scheme.
    assert {item.indicator.key for item in scheme.indicators} == scored - {"rectified_in_time", "read_in_time"}
    assert all(item.note for item in scheme.indicators) and scheme.sources and scheme.assumptions_stated


def test_quarters_before_dues_were_counted_keep_their_scheme() -> None:
    before, after = delivered_for(date(2026, 9, 30)), delivered_for(date(2026, 10, 1))
    assert (before.version, after.version) == ("2026.1", "2026.2")
    assert before.weighted("dues_in_time") is None and after.weighted("dues_in_time").weight == Decimal(5)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("indicators", 0, "weight"), 9, "权重合计 101"),
        (("indicators", 0, "weight"), 0, "权重应大于 0"),
        (("indicators", 0, "weight"), True, "应写整数"),
        (("indicators", 0, "full_at"), 0.95, "加引号的小数"),
        (("indicators", 0, "full_at"), "nan", "不是数字"),
        (("indicators", 0, "full_at"), "1.2", "0 到 1 之间"),
        (("indicators", 0, "zero_at"), "1", "满分线应高于零分线"),
        (("indicators", 5, "full_at"), "0.10", "满分线应低于零分线"),
        (("indicators", 0, "key"), "lectures_hold", "是不是 lectures_held"),
        (("indicators", 0, "key"), "general_meeting_held", "没有可用的指标"),
        (("indicators", 0, "key"), "attendance", "出现两次"),
        (("indicators", 0, "smooth"), "yes", "true 或 false"),
        (("indicators", 0, "wieght"), 5, "是不是 weight"),
        (("caps", 0, "check"), "attendance", "没有可用的指标"),
        (("caps", 0, "total_at_most"), 101, "0 到 100"),
        (("smoothing", "weight"), -1, "不能为负"),
        (("assumptions", "lectures"), 5, "assumptions 应恰好包含"),
        (("starts_on",), "soon", "应为日期"),
        (("extra",), 1, "不认识 'extra'"),
    ],
)
def test_mistakes_are_named(path: tuple, value: object, words: str) -> None:
    raw = copy.deepcopy(RAW)
    place = raw
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(SchemeError, match=words):
        read(raw, "方案.yaml")


@pytest.mark.parametrize("text", ["按登录次数计分", "点赞越多越好", "会议照片数量", "党员个人排名"])
def test_forbidden_schemes_are_refused_with_the_reason(text: str) -> None:
    raw = copy.deepcopy(RAW)
    raw["indicators"][0]["note"] = text
    with pytest.raises(ForbiddenIndicator, match="国办函"):
        read(raw, "方案.yaml")


def test_forbidden_indicator_key_is_refused_before_it_is_unknown() -> None:
    raw = copy.deepcopy(RAW)
    raw["indicators"][0]["key"] = "login_count"
    with pytest.raises(ForbiddenIndicator):
        read(raw, "方案.yaml")


def test_no_scheme_before_the_first() -> None:
    with pytest.raises(SchemeError, match="没有生效的评价方案"):
        delivered_for(date(2020, 12, 31))


def test_broken_yaml_is_a_scheme_error(tmp_path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("key: [", encoding="utf-8")
    with pytest.raises(SchemeError, match=r"broken\.yaml"):
        load(file)
