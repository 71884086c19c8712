"""`zhibu demo`: an invented university, generated once, then served. A second start finds it and only serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from zhibu.site.cli import start_django

Report = Callable[[str, int, int], None]


@click.command(name="demo")
@click.option("--port", default=8000, show_default=True, envvar="PORT", help="端口")
@click.option("--scale", default=1.0, show_default=True, envvar="SCALE", help="规模：1 约为 12000 人、320 个支部")
@click.option("--seed", default=2026, show_default=True, help="随机种子：相同的种子生成相同的大学")
@click.option("--prepare-only", is_flag=True, help="只生成，不启动网站")
def command(port: int, scale: float, seed: int, prepare_only: bool) -> None:
    """生成并启动一所虚构的大学。"""
    console = Console()
    with _progress(console) as report:
        report("启动数据库", 0, 1)
        start_django()
        _migrate(report)
        _generate(report, scale, seed)
        _analyse(report)
    _show_accounts(console, port)
    if not prepare_only:
        from zhibu.site.cli.serve import run

        run("127.0.0.1", port)


@contextmanager
def _progress(console: Console) -> Iterator[Report]:
    """A bar per step; a step is named by its description and shown as long as it has not reached its total."""
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )  # fmt: skip
    with Progress(*columns, console=console) as progress:
        tasks: dict[str, int] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total)
            progress.update(tasks[step], completed=done, total=total)  # type: ignore[arg-type]

        yield report


def _migrate(report: Report) -> None:
    from django.core.management import call_command

    report("启动数据库", 1, 1)
    report("建立数据表", 0, 1)
    call_command("migrate", verbosity=0, interactive=False)
    report("建立数据表", 1, 1)


def _generate(report: Report, scale: float, seed: int) -> None:
    from django.utils import timezone

    from zhibu.demo.accounts import hand_out
    from zhibu.demo.generate import generate
    from zhibu.site.installation import university

    if university() is not None:
        return
    # One transaction inside: a start that is killed here leaves an empty database, and the next start begins anew.
    generate(scale=scale, seed=seed, today=timezone.localdate(), progress=report)
    hand_out(_accounts_file())


def _analyse(report: Report) -> None:
    from django.utils import timezone

    from zhibu.accounts.scope import system_scope
    from zhibu.assessment.actions import score_all
    from zhibu.assessment.queries import has_scores
    from zhibu.warehouse.actions import refresh

    if has_scores():
        return
    scope = system_scope(timezone.localdate())
    refresh(scope, progress=report)
    score_all(scope, progress=report)


def _accounts_file() -> Path:
    from django.conf import settings

    return Path(settings.VAR) / "demo-accounts.txt"


def _show_accounts(console: Console, port: int) -> None:
    file = _accounts_file()
    console.print(f"\n[bold]支部演示已就绪[/]:http://127.0.0.1:{port}/  (按 Ctrl+C 结束，数据保留在 var/ 中)\n")
    if file.exists():
        table = Table("角色", "账号", "口令", "说明", box=None, pad_edge=False)
        for line in file.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                table.add_row(*line.split("\t"))
        console.print(table)
        console.print(f"\n以上账号也保存在 {file}。演示数据全部为虚构。")
