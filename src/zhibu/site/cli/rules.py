"""`zhibu rules`: the rules and their articles, without a database."""

import sys
from datetime import date, datetime
from zoneinfo import ZoneInfo

import click
from rich.cells import cell_len

from zhibu.regulations import queries
from zhibu.regulations.enums import SUBJECTS


class Day(click.ParamType):
    """A date as 2026-05-11."""

    name = "日期"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}”不是日期，应写成 2026-05-11 这样。", param, ctx)


def today() -> date:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


@click.group(name="rules", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """查询规程条目：zhibu rules list、zhibu rules show 编号。"""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, subject="", on=None)


@command.command(name="list")
@click.option("--subject", default="", metavar="分类", help="只列一个分类，例如 development 或 发展党员")
@click.option("--on", type=Day(), default=None, metavar="日期", help="按哪一天的规定（默认今天）")
def list_(subject: str, on: date | None) -> None:
    """列出各条规则、内容和依据。"""
    on = on or today()
    found = queries.entries(on, subject=_subject(subject))
    width = max(len(entry.rule.id) for entry in found)
    heading = ""
    for entry in found:
        if heading != entry.rule.subject_label:
            heading = entry.rule.subject_label
            click.secho(f"\n{heading}（{on}）", bold=True)
        click.echo(f"{entry.rule.id:<{width}}  {_padded(entry.rule.title, 46)}  {_line(entry)}")


def _line(entry: queries.Entry) -> str:
    said = entry.value
    if said is None:
        return entry.absent
    caveat = f"（{said.caveat}）" if said.caveat else ""
    return f"{said.shown}  {said.binding.label}  {said.citation}{caveat}"


def _padded(text: str, width: int) -> str:
    return text + " " * max(width - cell_len(text), 0)


def _subject(text: str) -> str:
    key = {label: name for name, label in SUBJECTS.items()}.get(text, text)
    if key and key not in SUBJECTS:
        names = "、".join(f"{name}（{label}）" for name, label in SUBJECTS.items())
        _stop(f"没有分类 {text}。可以用：{names}。")
    return key


def _stop(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(1)


@command.command(name="show")
@click.argument("rule_id", metavar="编号")
@click.option("--on", type=Day(), default=None, metavar="日期", help="只看这一天适用的一版")
def show(rule_id: str, on: date | None) -> None:
    """一条规则的各版内容。"""
    try:
        rule = queries.rule(rule_id)
        values = rule.values if on is None else (queries.value(rule_id, on),)
    except (queries.UnknownRule, queries.NotInForce) as error:
        _stop(str(error))
        return
    click.secho(f"{rule.title}（{rule.id}）", bold=True)
    click.echo(f"分类：{rule.subject_label}")
    if rule.anchor:
        click.echo(f"起算：{rule.anchor}")
    for said in values:
        until = f"至 {said.ended_on} 前" if said.ended_on else "起"
        click.echo(f"\n{said.started_on} {until}\n  内容：{said.shown}\n  约束：{said.binding.label}")
        click.echo(f"  依据：{said.citation}\n  核对：{said.verified.label}")
    if rule.note:
        click.echo(f"\n说明：{rule.note}")
    click.echo(f"最近核查：{rule.reviewed_on}")
