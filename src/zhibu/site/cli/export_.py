"""`zhibu export`: the collected forms as workbooks without a browser."""

from __future__ import annotations

from pathlib import Path

import click

from zhibu.site.cli import start_django
from zhibu.site.cli.import_ import KINDS


@click.command(name="export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(list(KINDS)), default="党员", show_default=True, help="表格种类")
@click.option("--under", default="", help="只导出这个组织代码及其下级")
@click.option("--full", is_flag=True, help="包含完整的证件号、电话和住址（须写理由）")
@click.option("--reason", default="", help="理由，记入审计")
@click.option(
    "--encoding", type=click.Choice(["utf-8-sig", "gb18030"]), default="utf-8-sig", show_default=True, help="CSV 的编码"
)
def command(file: Path, kind: str, under: str, full: bool, reason: str, encoding: str) -> None:
    """从命令行导出采集表；文件名以 .csv 结尾的导出为 CSV。"""
    start_django()
    from django.utils import timezone

    from zhibu.accounts.scope import system_scope
    from zhibu.exchange import actions, exporting, queries
    from zhibu.exchange.columns.sheets import sheet_of
    from zhibu.exchange.enums import BatchKind
    from zhibu.exchange.workbooks import Watermark, write_csv, write_form
    from zhibu.organizations.models import Organization
    from zhibu.regulations.refusal import Refusal

    scope = system_scope(timezone.localdate())
    chosen, sheet = BatchKind(KINDS[kind]), sheet_of(KINDS[kind])
    node = Organization.objects.filter(code=under).first() if under else None
    if under and node is None:
        raise click.ClickException(f"没有组织代码为“{under}”的党组织。")
    people = chosen == BatchKind.MEMBERS
    found = queries.members_for_export(scope, node) if people else queries.organizations_for_export(scope, node)
    count = found.count()
    try:
        actions.record_export(scope, chosen, node.path if node else "", count, full=full and people, reason=reason)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    rows = exporting.member_rows(scope, node, full=full) if people else exporting.organization_rows(scope, node)
    with file.open("wb") as stream:
        file.chmod(0o600)
        if file.suffix.lower() == ".csv":
            write_csv(stream, sheet, rows, encoding)
        else:
            now = timezone.localtime()
            write_form(
                stream,
                sheet,
                rows,
                Watermark("命令行", f"{now:%Y-%m-%d %H:%M}", count, reason, masked=people and not full),
            )
    click.echo(f"已导出 {count} 行：{file}")
