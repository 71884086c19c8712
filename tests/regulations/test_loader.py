"""A broken file of rules is refused with its name and a sentence; what stands in the house is complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhibu.regulations.enums import Verified
from zhibu.regulations.loader import DATA, RuleError, load_rules
from zhibu.regulations.queries import rules

GOOD = """\
id: dev.talk
title: 谈话期限
unit: 个月
binding: must
anchor: 收到入党申请书
values:
  2014-05-28:
    value: 1
    source: {regulation: FZ14, article: "7"}
    verified: checked
  2026-05-11:
    value: 1
    source: {regulation: FZ26, article: "7"}
    verified: checked
note: ""
reviewed_on: 2026-11-21
"""
FIRST = 'value: 1\n    source: {regulation: FZ14, article: "7"}\n    verified: checked'
BRACKETS = 'value: [{up_to: "3000", rate: "0.005"}, {up_to: "2000", rate: "0.01"}, {rate: "0.02"}]'
# (what is wrong, what is replaced, by what, words of the refusal)
BROKEN = [
    ("an unknown key", "unit:", "units:", "不认识的名称 units"),
    (
        "an unknown key in a value",
        "verified: checked\nnote",
        "verified: checked\n    page: 3\nnote",
        "不认识的名称 page",
    ),
    ("a doubled key", "unit: 个月\n", "unit: 个月\nunit: 年\n", "第 4 行：“unit”写了两次"),
    ("a doubled date", "2026-05-11:", "2014-05-28:", "“2014-05-28”写了两次"),
    ("a missing key", "anchor: 收到入党申请书\n", "", "缺少 anchor"),
    ("a day that does not exist", "2026-05-11:", "2026-02-30:", "第 11 行：没有 2026-02-30 这一天"),
    ("a key that is no date", "2026-05-11:", "明年:", "“明年”不是日期"),
    ("a review without a day", "reviewed_on: 2026-11-21", "reviewed_on: 昨天", "reviewed_on：应是日期"),
    ("a value of the wrong type", "value: 1\n", "value: true\n", "不能是 True"),
    ("a binary fraction", "value: 1\n", "value: 0.2\n", "不能是 0.2"),
    ("a share that is no text", "value: 1\n", "value: {over: 0.5}\n", "要加引号"),
    ("a share with an unknown bound", "value: 1\n", 'value: {above: "1/2"}\n', "只能是 min/max"),
    ("a range upside down", "value: 1\n", "value: {min: 2, max: 1}\n", "min 大于 max"),
    ("a range of words", "value: 1\n", "value: {min: 一, max: 二}\n", "应是整数"),
    ("a title that is no text", "title: 谈话期限", "title: 7", "title：应是文字"),
    ("an unknown word of binding", "binding: must", "binding: should", "“should”不在"),
    ("an unknown mark", "verified: checked", "verified: sure", "“sure”不在"),
    ("a missing source", '    source: {regulation: FZ14, article: "7"}\n', "", "缺少 source"),
    ("an empty source", '{regulation: FZ14, article: "7"}', "{}", "要写明出自哪个规定"),
    ("a missing article though checked", '{regulation: FZ14, article: "7"}', "{regulation: FZ14}", "必须写明条号"),
    ("an unknown regulation", "regulation: FZ14", "regulation: FZ99", "目录 regulations.yaml 里没有 FZ99"),
    ("a value before its regulation", "2014-05-28:", "2014-05-27:", "FZ14 自 2014-05-28 起施行"),
    ("an overlap", FIRST, FIRST + "\n    end: 2026-05-12", "与 2026-05-11 起的值重叠"),
    ("a gap", FIRST, FIRST + "\n    end: 2026-05-10", "2026-05-10 至 2026-05-11 之间没有值"),
    ("an end before the beginning", FIRST, FIRST + "\n    end: 2014-05-28", "应是晚于起始日的日期"),
    ("dates out of order", "2014-05-28:", "2026-06-01:", "日期应由早到晚"),
    ("no values", GOOD[GOOD.index("values:") : GOOD.index("note")], "values: {}\n", "至少要有一个带起始日期的值"),
    ("brackets that overlap", "value: 1\n", BRACKETS + "\n", "各档上限应逐档升高"),
    ("brackets without a last one", "value: 1\n", 'value: [{up_to: "3000", rate: "0.005"}]\n', "有重叠或空档"),
    ("an id that is not the file's name", "id: dev.talk", "id: dev.talks", "与文件夹和文件名不一致"),
    ("an id of another subject", "id: dev.talk", "id: life.talk", "与文件夹和文件名不一致"),
    ("no YAML at all", "title: 谈话期限", "title: [谈话期限", "不是有效的 YAML"),
    ("a list instead of names", GOOD, "- 1\n", "应是一组“名称: 内容”"),
]


def write(folder: Path, text: str, name: str = "development/talk.yaml") -> Path:
    (folder / "regulations.yaml").write_text((DATA / "regulations.yaml").read_text("utf-8"), "utf-8")
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    return folder


def test_a_right_file_is_read(tmp_path: Path) -> None:
    rule = load_rules(write(tmp_path, GOOD))["dev.talk"]

    assert [(value.number, value.ended_on, value.source.article) for value in rule.values] == [
        (1, rule.values[1].started_on, "7"),
        (1, None, "7"),
    ]


@pytest.mark.parametrize(("old", "new", "words"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_file_is_refused_with_its_name_and_a_sentence(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in GOOD

    with pytest.raises(RuleError) as refused:
        load_rules(write(tmp_path, GOOD.replace(old, new, 1)))

    assert str(refused.value).startswith("talk.yaml")
    assert words in str(refused.value)


def test_a_folder_that_is_no_subject_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"talk.yaml：不认识的分类 parties"):
        load_rules(write(tmp_path, GOOD, "parties/talk.yaml"))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("- {code: A1, title: 甲, edition: '', effective_on: 2020-01-01, status: 好, colour: 红}", "colour"),
        ("- {code: A1, title: 甲, edition: '', effective_on: 上周, status: 好}", "effective_on：应是日期"),
        ("- {code: FZ14, title: 甲, edition: '', effective_on: 2020-01-01, status: 好}", "代号 FZ14 重复"),
    ],
)
def test_a_broken_catalogue_is_refused(tmp_path: Path, row: str, words: str) -> None:
    folder = write(tmp_path, GOOD)
    file = folder / "regulations.yaml"
    file.write_text(file.read_text("utf-8") + row + "\n", "utf-8")

    with pytest.raises(RuleError) as refused:
        load_rules(folder)

    assert str(refused.value).startswith("regulations.yaml")
    assert words in str(refused.value)


def test_every_value_has_an_article_or_says_why_not() -> None:
    for rule in rules():
        for value in rule.values:
            if not value.source.article:
                assert value.caveat, f"{rule.id} {value.started_on}"
            if value.source.regulation.code == "LOCAL":
                assert value.verified is Verified.CONVENTION, rule.id


def test_no_rule_has_an_overlap_or_a_gap() -> None:
    for rule in rules():
        ends = [value.ended_on for value in rule.values[:-1]]
        assert ends == [value.started_on for value in rule.values[1:]], rule.id


def test_what_is_not_checked_is_said_in_words() -> None:
    unchecked = {rule.id for rule in rules() if rule.latest.caveat}

    assert unchecked == {
        "disp.correct", "disp.correct_limit", "disp.rejoin",
        "edu.leader_hours", "edu.local_hours",
        "elect.diff", "elect.pass", "elect.quorum",
        "life.excellent_cap", "life.lecture",
        "move.letter", "move.stay_extension",
    }  # fmt: skip
