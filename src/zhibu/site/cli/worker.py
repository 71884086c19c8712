"""`zhibu worker`: background work (imports, refresh, nightly duties)."""

import click

from zhibu.site.cli import start_django


@click.command(name="worker")
@click.option("--concurrency", default=1, show_default=True, help="同时进行的任务数")
def command(concurrency: int) -> None:
    """只启动后台任务。"""
    start_django()
    from django.core.management import call_command

    call_command("procrastinate", "worker", "--concurrency", str(concurrency))
