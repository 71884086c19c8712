"""`zhibu serve`: the web server and one worker, as children that end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from types import FrameType

import click

from zhibu.site.cli import start_django


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", default=8000, show_default=True, envvar="PORT", help="端口")
@click.option("--workers", default=2, show_default=True, help="网页进程数")
def command(host: str, port: int, workers: int) -> None:
    """启动网站和后台任务。"""
    start_django()
    from zhibu.site.installation import unapplied_migrations

    if waiting := unapplied_migrations():
        raise click.ClickException(f"数据库还有 {waiting} 项结构更新没有执行，请先运行：zhibu manage migrate")
    run(host, port, workers)


def run(host: str, port: int, workers: int = 2) -> None:
    """Serve until interrupted; when either child ends by itself, end the other and report its exit code."""
    from django.db import connections

    connections.close_all()
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
        "--respawn-failed-workers", "zhibu.site.wsgi:application",
    ]  # fmt: skip
    work = [sys.executable, "-m", "zhibu.site.cli", "worker"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "zhibu.site.settings"}
    children = [subprocess.Popen(arguments, env=environment) for arguments in (web, work)]

    def stop(_number: int, _frame: FrameType | None) -> None:
        for child in children:
            child.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    pid, status = os.wait()
    stop(0, None)
    for child in children:
        if child.pid != pid:
            child.wait()
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, -signal.SIGTERM, -signal.SIGINT):
        name = "网页服务" if pid == children[0].pid else "后台任务"
        raise click.ClickException(
            f"{name}意外结束（代码 {code}），端口 {port} 是否已被占用？运行 zhibu doctor 可查原因。"
        )
