"""`zhibu rules` answers without a database."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from zhibu.regulations.queries import rules
from zhibu.site.cli.rules import command


def run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def test_the_list_names_rule_value_and_article() -> None:
    result = run("list", "--on", "2026-11-21")

    line = next(line for line in result.stdout.splitlines() if line.startswith("dev.publicity"))
    assert line.endswith("5 个工作日  应当  《中国共产党发展党员工作细则》（2026年）第十三条")
    assert sum(line[:1].isascii() and line[:1].isalpha() for line in result.stdout.splitlines()) == len(rules())
    assert result.exit_code == 0


def test_without_a_word_it_lists() -> None:
    assert "org.term_university" in run().stdout


@pytest.mark.parametrize("subject", ["election", "选举"])
def test_one_subject_by_either_name(subject: str) -> None:
    found = [line.split()[0] for line in run("list", "--subject", subject).stdout.splitlines() if "elect." in line]

    assert found == [
        "elect.congress", "elect.delegates", "elect.delegates_max", "elect.diff", "elect.pass", "elect.quorum",
        "elect.reduce", "elect.voters",
    ]  # fmt: skip


def test_an_unverified_mark_is_printed() -> None:
    assert "（只见二手材料，未核对原文）" in run("list", "--subject", "election").stdout


def test_show_gives_all_editions_or_that_of_one_day() -> None:
    both, old = run("show", "dev.listing"), run("show", "dev.listing", "--on", "2026-05-10")

    assert [line.strip() for line in both.stdout.splitlines() if "内容：" in line] == ["内容：备案", "内容：同意"]
    assert [line.strip() for line in old.stdout.splitlines() if "内容：" in line] == ["内容：备案"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["show", "dev.oat"], "没有编号为 dev.oat 的规则。您要找的是不是：dev.oath"),
        (["show", "dev.oath", "--on", "2026-05-10"], "2026-05-10 没有适用的规定"),
        (["list", "--subject", "cooking"], "没有分类 cooking。可以用：development（发展党员）"),
    ],
)
def test_what_cannot_be_shown_is_a_sentence(words: list[str], sentence: str) -> None:
    result = run(*words)

    assert result.exit_code == 1
    assert sentence in result.stderr
    assert result.stdout == ""


def test_a_date_that_is_none_is_a_sentence() -> None:
    result = run("list", "--on", "昨天")

    assert result.exit_code == 2
    assert "“昨天”不是日期" in result.stderr


def test_no_database_is_started() -> None:
    code = "import sys; from zhibu.site.cli.rules import command; command(['list'], standalone_mode=False);"
    code += "assert not {'django', 'psycopg'} & set(sys.modules), 'loaded'"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
