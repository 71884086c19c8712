"""`zhibu refresh`: bring the analysis data up to what has been recorded."""

from datetime import datetime

import click

from zhibu.site.cli import start_django


@click.command(name="refresh")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="按哪一天计算，默认今天")
def command(today: datetime | None) -> None:
    """把新的记录送入数据仓：只导出有变化的月份，完成后一次切换。"""
    start_django()
    from django.utils import timezone

    from zhibu.accounts.scope import system_scope
    from zhibu.regulations.refusal import Refusal
    from zhibu.site.cli.progress import bars
    from zhibu.warehouse.actions import refresh

    scope = system_scope(today.date() if today else timezone.localdate())
    try:
        with bars() as progress:
            report = refresh(scope, progress=progress)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(
        f"数据仓第 {report.generation} 批：导出 {report.written} 个文件（{report.rows} 行），"
        f"{report.kept} 个没有变化；内容标识 {report.fingerprint}。"
    )
