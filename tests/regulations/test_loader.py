"""A broken file of rules is refused with its name and a sentence; what stands in the house is complete."""

from __future__ import annotations

import re
from datetime import date
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
    ("a share of nothing by nothing", "value: 1\n", 'value: {over: "1/0"}\n', "第 8 行 2014-05-28 value：看不懂 '1/0'"),
    ("a share above the whole", "value: 1\n", 'value: {at_least: "3/2"}\n', "at_least 3/2 不可能做到"),
    ("more than all", "value: 1\n", 'value: {over: "1/1"}\n', "over 1/1 不可能做到"),
    ("a negative number", "value: 1\n", "value: -1\n", "不能是负数 -1"),
    ("an empty value", "value: 1\n", 'value: ""\n', "value：不能空着"),
    ("an empty list", "value: 1\n", "value: []\n", "不能空着"),
    ("a list of numbers", "value: 1\n", "value: [1, 2]\n", "逐项是文字"),
    ("a list of words and brackets", "value: 1\n", 'value: [甲, {rate: "0.1"}]\n', "逐项是文字"),
    ("a list with one item twice", "value: 1\n", "value: [甲, 甲]\n", "有一项写了两次"),
    ("an unknown key in a bracket", "value: 1\n", 'value: [{rate: "0.1", rat: "1"}]\n', "不认识的名称 rat"),
    ("a bracket without a rate", "value: 1\n", 'value: [{up_to: "3000"}]\n', "缺少 rate"),
    ("a rate above the whole", "value: 1\n", 'value: [{rate: "5"}]\n', "rate 应在 0 与 1 之间"),
    ("a rate that is no number", "value: 1\n", 'value: [{rate: "NaN"}]\n', "看不懂 'NaN'"),
    ("an amount with words", "value: 1\n", 'value: "3 元"\n', "看不懂 '3 元'"),
    ("a kind that changes", "value: 1\n", "value: {min: 1, max: 2}\n", "各版的值应是同一种"),
    ("an article as a number", 'article: "7"', "article: 7", "第 9 行 2014-05-28 source article：应是文字"),
    ("an article that does not exist", 'article: "7"', 'article: "45"', "没有第 45 条：FZ14 只有 44 条"),
    ("an article of many digits", 'article: "7"', 'article: "07"', "没有第 07 条"),
    ("a list of regulations", "regulation: FZ14", "regulation: [FZ14]", "regulation：应是文字"),
    (
        "a replaced edition cited on",
        GOOD[GOOD.index("  2026-05-11") : GOOD.index("note")],
        "",
        "FZ14 自 2026-05-11 起已被替代",
    ),
    (
        "a replaced edition cited anew",
        "regulation: FZ26",
        "regulation: FZ14",
        "第 13 行 2026-05-11 source：FZ14 自 2026-05-11",
    ),
    ("an end that is no day", FIRST, FIRST + "\n    end: 明年", "end：应是日期"),
    ("an empty title", "title: 谈话期限", 'title: " "', "title：不能空着"),
    ("a review at a moment", "reviewed_on: 2026-11-21", "reviewed_on: 2026-11-21 10:00:00", "reviewed_on：应是日期"),
    ("a list as a name", "unit: 个月\n", "? [甲]\n: 乙\nunit: 个月\n", "第 3 行：['甲'] 不能作名称"),
    ("no YAML at all", "title: 谈话期限", "title: [谈话期限", "不是有效的 YAML"),
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

    assert re.match(r"development/talk\.yaml 第 \d+ 行", str(refused.value))
    assert words in str(refused.value)


def test_a_file_that_holds_no_rule_is_refused(tmp_path: Path) -> None:
    for text in ("- 1\n", "", "谈话\n"):
        with pytest.raises(RuleError, match=r"^development/talk\.yaml：应是一组“名称: 内容”。$"):
            load_rules(write(tmp_path, text))


def test_an_edition_ends_no_later_than_it_is_replaced(tmp_path: Path) -> None:
    only_old = GOOD[: GOOD.index("  2026-05-11")] + GOOD[GOOD.index("note") :]
    on_the_day, a_day_late = (only_old.replace(FIRST, f"{FIRST}\n    end: 2026-05-{day}") for day in (11, 12))

    assert load_rules(write(tmp_path, on_the_day))["dev.talk"].latest.ended_on == date(2026, 5, 11)
    with pytest.raises(RuleError, match="FZ14 自 2026-05-11 起已被替代"):
        load_rules(write(tmp_path, a_day_late))


@pytest.mark.parametrize("name", ["development/talk.yml", "development/old/talk.yaml"])
def test_a_file_that_would_not_be_read_is_refused(tmp_path: Path, name: str) -> None:
    file = write(tmp_path, GOOD) / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(GOOD, "utf-8")

    with pytest.raises(RuleError, match="放在这里不会被读取"):
        load_rules(tmp_path)


def test_a_folder_that_is_no_subject_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"talk.yaml：不认识的分类 parties"):
        load_rules(write(tmp_path, GOOD, "parties/talk.yaml"))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("- {code: A1, title: 甲, edition: '', effective_on: 2020-01-01, status: 好, colour: 红}", "colour"),
        ("- {code: A1, title: 甲, edition: '', effective_on: 上周, status: 好}", "effective_on：应是日期"),
        ("- {code: FZ14, title: 甲, edition: '', effective_on: 2020-01-01, status: 好}", "代号 FZ14 重复"),
        ("- {code: A1, title: 7, edition: '', effective_on: 2020-01-01, status: 好}", "A1 title：应是文字"),
        ("- {code: A1, title: 甲, edition: '', effective_on: 2020-01-01}", "缺少 status"),
        ("- {code: A1, title: 甲, edition: '', effective_on: 2020-01-01, status: 好, articles: 0}", "应是条数"),
        (
            "- {code: A1, title: 甲, edition: '', effective_on: 2020-01-01, status: 好, replaced_on: 明年}",
            "replaced_on：应是日期",
        ),
        (
            "- {code: A1, title: 甲, edition: '', effective_on: 2020-01-01, status: 好, replaces: A0}",
            "A1 替代 A0，后者的",
        ),
        (
            "- {code: A1, title: 甲, edition: '', effective_on: 2027-01-01, status: 好, replaces: FZ26}",
            "replaced_on 应是 2027-01-01",
        ),
        ("- 甲", "应是一组"),
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


def test_a_catalogue_that_is_no_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "regulations.yaml").write_text("a: 1\n", "utf-8")

    with pytest.raises(RuleError, match=r"^regulations\.yaml：应是规定的列表"):
        load_rules(tmp_path)


def test_a_new_edition_names_the_rules_that_wait_for_it(tmp_path: Path) -> None:
    folder = write(tmp_path, GOOD)
    file = folder / "regulations.yaml"
    text = file.read_text("utf-8").replace("replaces: FZ14,", "replaces: FZ14, replaced_on: 2030-01-01,")
    new = "{code: FZ30, title: 甲, edition: 2030年, effective_on: 2030-01-01, status: 好, replaces: FZ26}"
    file.write_text(f"{text}- {new}\n", "utf-8")

    with pytest.raises(RuleError, match="第 13 行 2026-05-11 source：FZ26 自 2030-01-01 起已被替代"):
        load_rules(folder)


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
        "dev.papers_activist", "dev.papers_applicant", "dev.papers_candidate", "dev.papers_probationary",
        "disp.correct", "disp.correct_limit", "disp.rejoin",
        "dues.arrears", "dues.enrolled", "dues.hand_over", "dues.rounding",
        "edu.leader_hours", "edu.local_hours",
        "elect.delegates", "elect.delegates_max", "elect.diff", "elect.pass", "elect.quorum", "elect.reduce",
        "life.checkin_late", "life.checkin_offline", "life.checkin_opens", "life.democratic_life",
        "life.democratic_life_quarter", "life.excellent_cap", "life.lecture", "life.opinion_group",
        "move.letter", "move.stay_extension",
        "assess.answer", "assess.appeal", "assess.honour", "assess.honour_least", "assess.open_days",
        "assess.survey_group",
        "supervise.claim", "supervise.common", "supervise.compare_fewest", "supervise.declaration",
        "supervise.declaration_soon", "supervise.escalate", "supervise.review",
        "supervise.size_branch", "supervise.size_upper", "supervise.snooze", "supervise.term",
    }  # fmt: skip
