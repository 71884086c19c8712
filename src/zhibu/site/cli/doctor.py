"""`zhibu doctor`: says in words what is wrong and how to mend it."""

import sys

import click
from rich.console import Console

from zhibu.site.cli import start_django

MARKS = {"well": "[green]✓[/]", "note": "[yellow]![/]", "fault": "[red]✗[/]"}


@click.command(name="doctor")
@click.option("--mend-tree", is_flag=True, help="修复组织树的路径（不改动隶属关系）")
def command(mend_tree: bool) -> None:
    """检查安装并说明如何修复。有故障时退出码为 1。"""
    start_django()
    from zhibu.site.doctor import FAULT, examine

    console = Console()
    if mend_tree:
        from zhibu.organizations.models import Organization

        Organization.objects.fix_tree()
        console.print("组织树的路径已重新计算。")
    faults = 0
    for finding in examine():
        console.print(f"{MARKS[finding.state]} [bold]{finding.topic}[/]  {finding.text}", highlight=False)
        if finding.remedy:
            console.print(f"   怎么办：{finding.remedy}", highlight=False)
        faults += finding.state == FAULT
    console.print(f"\n共 {faults} 处故障。" if faults else "\n没有发现故障。")
    sys.exit(1 if faults else 0)
