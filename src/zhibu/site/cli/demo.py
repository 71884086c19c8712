"""`zhibu demo`: an invented university, generated once, then served. A second start finds it and only serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from zhibu.site.cli import start_django

Report = Callable[[str, int, int], None]
HOST = "127.0.0.1"
LEAST, MOST = 0.03, 20  # below, some role has nobody who holds it
VERB = "demo.generate"


@click.command(name="demo")
@click.option("--port", default=8000, show_default=True, envvar="PORT", help="端口")
@click.option("--scale", default=1.0, show_default=True, envvar="SCALE", help="规模：1 约为 12000 人、320 个支部")
@click.option("--seed", default=2026, show_default=True, help="随机种子：相同的种子生成相同的大学")
@click.option("--prepare-only", is_flag=True, help="只生成，不启动网站")
def command(port: int, scale: float, seed: int, prepare_only: bool) -> None:
    """生成并启动一所虚构的大学。"""
    from zhibu.site.cli.serve import require_free, run

    console = Console()
    if not LEAST <= scale <= MOST:
        raise click.ClickException(f"规模 {scale:g} 不能用，应在 {LEAST} 与 {MOST} 之间：1 约为 12000 人、320 个支部。")
    if not prepare_only:
        require_free(HOST, port)
    with _progress(console) as report:
        report("启动数据库", 0, 1)
        start_django()
        _prepare(report, scale, seed)
    if prepare_only:
        _show_accounts(console)
        return

    def ready() -> None:
        _show_accounts(console)
        console.print(f"\n[bold]支部演示已就绪[/]：http://{HOST}:{port}/", highlight=False)
        console.print("按 Ctrl+C 结束，数据保留；再次启动只需几秒。")

    run(HOST, port, ready=ready)


def _prepare(report: Report, scale: float, seed: int) -> None:
    """Every step is skipped when it is done, so that a start which was killed is completed by the next one."""
    from django.db import DatabaseError

    from zhibu.regulations.refusal import Refusal

    try:
        _migrate(report)
        _generate(report, scale, seed)
        _hand_out()
        _analyse(report)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    except DatabaseError as error:
        text = str(error).strip().splitlines()[0]
        raise click.ClickException(f"数据库出错：{text}。请运行 zhibu doctor 查看原因。") from error


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
    from django.db import transaction
    from django.utils import timezone

    from zhibu.accounts.models import User
    from zhibu.accounts.scope import system_scope
    from zhibu.audit.actions import record
    from zhibu.audit.models import Entry
    from zhibu.demo.accounts import ADMINISTRATOR
    from zhibu.demo.generate import generate
    from zhibu.site.installation import university

    today = timezone.localdate()
    if university() is None:
        # One transaction: a start that is killed here leaves an empty database, and the next start begins anew.
        with transaction.atomic():
            generate(scale=scale, seed=seed, today=today, progress=report)
            record(system_scope(today), VERB, changes={"seed": seed, "scale": scale})
    elif not (Entry.objects.filter(verb=VERB).exists() or User.objects.filter(username=ADMINISTRATOR).exists()):
        raise click.ClickException(
            "这里已有正式数据，不能当作演示启动。正式使用请运行 zhibu serve；"
            "看演示请换一个数据目录，例如 ZHIBU_VAR=var-demo zhibu demo。"
        )


def _hand_out() -> None:
    """Accounts stand in the file only after they stand in the database: killed in between, both are made anew."""
    from zhibu.accounts.models import User
    from zhibu.demo.accounts import hand_out

    file = _accounts_file()
    names = [line.split("\t")[1] for line in _account_lines()]
    if names and User.objects.filter(username__in=names).count() == len(names):
        return
    draft = file.with_suffix(".draft")
    hand_out(draft)
    draft.replace(file)


def _analyse(report: Report) -> None:
    from django.utils import timezone

    from zhibu.accounts.scope import system_scope
    from zhibu.assessment.actions import score_all
    from zhibu.assessment.queries import periods
    from zhibu.demo.accounts import shown_branch
    from zhibu.demo.publishing import publish
    from zhibu.indicators.periods import Period
    from zhibu.supervision.alerts.actions import watch_alerts
    from zhibu.warehouse.actions import refresh
    from zhibu.warehouse.queries import health, state

    scope = system_scope(timezone.localdate())
    lake = None if health() else state().today
    # Quarters are kept one by one, the present one last: when it is there, all are.
    if lake and Period.of(lake) in periods():
        return
    refresh(scope, progress=report)
    score_all(scope, progress=report)
    watch_alerts(scope)
    publish(scope.today, shown_branch())


def _accounts_file() -> Path:
    from django.conf import settings

    return Path(settings.VAR) / "demo-accounts.txt"


def _account_lines() -> list[str]:
    file = _accounts_file()
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _show_accounts(console: Console) -> None:
    """Names and passwords in full at 80 columns; the note wraps."""
    table = Table(box=None, pad_edge=False)
    for title in ("角色", "账号", "口令"):
        table.add_column(title, no_wrap=True)
    table.add_column("说明", overflow="fold")
    for line in _account_lines():
        table.add_row(*(Text(part) for part in line.split("\t")))
    console.print()
    console.print(table)
    console.print(f"\n以上账号也保存在 {_accounts_file()}。演示数据全部为虚构。", soft_wrap=True, highlight=False)
