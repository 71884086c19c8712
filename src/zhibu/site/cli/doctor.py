"""`zhibu doctor`: says in words what is wrong and how to mend it."""

import sys

import click
from rich.console import Console
from rich.markup import escape

from zhibu.site.cli import start_django

MARKS = {"well": "[green]✓[/]", "note": "[yellow]![/]", "fault": "[red]✗[/]"}


@click.command(name="doctor")
@click.option("--mend-tree", is_flag=True, help="修复组织树的路径（不改动隶属关系）")
@click.option("--sweep-archive", is_flag=True, help="清理不属于任何材料的加密文件")
@click.option("--mend-audit", is_flag=True, help="重新装上防止修改审计记录的触发器")
def command(mend_tree: bool, mend_audit: bool, sweep_archive: bool) -> None:
    """检查安装并说明如何修复。有故障时退出码为 1。"""
    start_django()
    from zhibu.site.doctor import FAULT, examine

    console = Console(highlight=False, soft_wrap=True)
    if mend_tree:
        _mend_tree(console)
    if mend_audit:
        _mend_audit(console)
    if sweep_archive:
        _sweep_archive(console)
    faults = 0
    for finding in examine():
        console.print(f"{MARKS[finding.state]} [bold]{finding.topic}[/]  {escape(finding.text)}")
        if finding.remedy:
            console.print(f"   怎么办：{escape(finding.remedy)}")
        faults += finding.state == FAULT
    console.print(f"\n共 {faults} 处故障。" if faults else "\n没有发现故障。")
    sys.exit(1 if faults else 0)


def _mend_tree(console: Console) -> None:
    from django.db import DatabaseError
    from django.utils import timezone

    from zhibu.accounts.scope import system_scope
    from zhibu.site.tree import mend

    try:
        changed = mend(system_scope(timezone.localdate()))
    except DatabaseError as error:
        raise click.ClickException("数据库出错，没有修复。请先运行 zhibu doctor 查看原因。") from error
    console.print(f"组织树已核对，改正了 {changed} 个党组织的路径。\n")


def _mend_audit(console: Console) -> None:
    from django.db import DatabaseError
    from django.utils import timezone

    from zhibu.accounts.scope import system_scope
    from zhibu.site.anchor import restore_triggers

    try:
        restore_triggers(system_scope(timezone.localdate()))
    except DatabaseError as error:
        raise click.ClickException("数据库出错，没有修复。请先运行 zhibu doctor 查看原因。") from error
    console.print("触发器已重新装上。\n")


def _sweep_archive(console: Console) -> None:
    from django.db import DatabaseError
    from django.utils import timezone

    from zhibu.accounts.scope import system_scope
    from zhibu.archive.actions import sweep

    try:
        removed = sweep(system_scope(timezone.localdate()))
    except DatabaseError as error:
        raise click.ClickException("数据库出错，没有清理。请先运行 zhibu doctor 查看原因。") from error
    console.print(f"已清理 {removed} 个无主的档案文件。\n")
