"""`zhibu import`: a workbook into the records without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zhibu.site.cli import start_django

KINDS = {"党员": "members", "党组织": "organizations", "members": "members", "organizations": "organizations"}
SHOWN = 40


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(list(KINDS)), default="党员", show_default=True, help="表格种类")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="数据日期，默认今天")
@click.option("--yes", is_flag=True, help="没有错误时直接写入，不再询问")
@click.option("--only-clean", is_flag=True, help="有错误时只写入没有错误的行")
@click.option("--accept-notices", is_flag=True, help="已核对提醒，按表中内容写入")
@click.option("--corrected", type=click.Path(dir_okay=False, path_type=Path), help="把改正稿存到这里")
def command(
    file: Path, kind: str, as_of: Any, yes: bool, only_clean: bool, accept_notices: bool, corrected: Path | None
) -> None:
    """从命令行导入表格：先核对，确认后写入。"""
    start_django()
    from django.utils import timezone

    from zhibu.accounts.scope import system_scope
    from zhibu.exchange import actions, preview
    from zhibu.exchange.enums import BatchKind, BatchState
    from zhibu.regulations.refusal import Refusal

    scope = system_scope(timezone.localdate())
    day = as_of.date() if as_of else scope.today
    try:
        batch = actions.upload(scope, BatchKind(KINDS[kind]), file.read_bytes(), file.name, as_of=day)
        batch = actions.check(batch.pk, scope=scope)
        if batch.state == BatchState.FAILED:
            raise click.ClickException(f"{batch.summary['failure']}{batch.summary['remedy']}")
        writable = _show(batch)
        if corrected and (batch.problems or batch.notices):
            corrected.write_bytes(preview.corrected(scope, batch))
            click.echo(f"改正稿：{corrected}")
        if not writable:
            actions.discard(scope, batch.pk)
            click.echo("表中内容与系统一致，没有需要写入的。" if not batch.problems else "没有可以写入的行。")
            return
        if not yes:
            click.confirm(f"写入 {writable} 行？", abort=True)
        actions.confirm(scope, batch.pk, only_clean=only_clean, accept_notices=accept_notices)
        batch = actions.commit(batch.pk, scope=scope)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    if batch.state != BatchState.COMMITTED:
        raise click.ClickException(batch.summary.get("interrupted", "没有写入。"))
    written = batch.summary["written"]
    click.echo(f"已写入：新增 {written['created']}，更新 {written['updated']}。批次号 {batch.pk}，可在网页上撤销。")


def _show(batch: Any) -> int:
    """Print counts and the first problems; gives the number of rows that confirming would write."""
    from zhibu.exchange.columns.sheets import sheet_of
    from zhibu.exchange.enums import RowState
    from zhibu.exchange.staging import staged_rows

    sheet = sheet_of(batch.kind)
    click.echo("，".join(f"{state.label} {batch.count(state)}" for state in RowState))
    for remark in batch.summary.get("remarks", ()):
        click.echo(f"· {remark}")
    left = SHOWN
    for row in staged_rows(batch, *RowState) if batch.problems or batch.notices else ():
        for problem in row.problems:
            if left > 0:
                title = sheet.by_name[problem.column].title
                click.echo(f"第 {row.number} 行 {title}〔{problem.severity.label}〕{problem.message}{problem.remedy}")
            left -= 1
    if left < 0:
        click.echo(f"……还有 {-left} 处，加 --corrected 可得到标出全部问题的改正稿。")
    return int(batch.count(RowState.NEW) + batch.count(RowState.CHANGED))
