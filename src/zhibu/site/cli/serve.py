"""`zhibu serve`: the web server and one worker, as children that end together."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import click

from zhibu.site.cli import start_django

STARTING = 30.0  # seconds until the web server must listen
ENDING = 20.0  # seconds that children have to finish what they are at
NAMES = ("网页服务", "后台任务")


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", default=8000, show_default=True, envvar="PORT", help="端口")
@click.option("--workers", default=2, show_default=True, help="网页进程数")
def command(host: str, port: int, workers: int) -> None:
    """启动网站和后台任务。"""
    require_free(host, port)
    start_django()
    from django.db import DatabaseError

    from zhibu.site.installation import unapplied_migrations

    try:
        waiting = unapplied_migrations()
    except DatabaseError as error:
        raise click.ClickException("数据库连接不上，请运行 zhibu doctor 查看原因。") from error
    if waiting:
        raise click.ClickException(f"数据库还有 {waiting} 项结构更新没有执行，请先运行：zhibu manage migrate")
    run(host, port, workers, ready=lambda: click.echo(f"支部已启动：http://{host}:{port}/  （按 Ctrl+C 结束）"))


def require_free(host: str, port: int) -> None:
    """End with a sentence when another program listens there; asked before anything is started or generated."""
    if not 0 < port < 65536:
        raise click.ClickException(f"端口 {port} 不存在，请用 1 到 65535 之间的数。")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"{host} 的端口 {port} 不能使用（{error.strerror}），可能已被其他程序占用。"
                "请停掉那个程序，或用 --port 换一个端口。"
            ) from error


def run(host: str, port: int, workers: int = 2, *, ready: Callable[[], None] = lambda: None) -> None:
    """Serve until interrupted; when either child ends by itself, end the other and say so.

    ``ready`` is called once the address answers.
    """
    from django.conf import settings
    from django.db import connections

    require_free(host, port)
    connections.close_all()
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)  # whitenoise warns about a missing folder
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
        "--respawn-failed-workers", "zhibu.site.wsgi:application",
    ]  # fmt: skip
    work = [sys.executable, "-m", "zhibu.site.cli", "worker"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "zhibu.site.settings"}
    stopping = False
    children: list[subprocess.Popen[bytes]] = []

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        _terminate(children)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for arguments in (web, work):
        children.append(subprocess.Popen(arguments, env=environment, preexec_fn=_end_with_parent))
        if stopping:  # the signal came between the two
            _terminate(children)
    if not stopping and _wait_until_listening(host, port, children):
        ready()
    ended = _wait_for_one(children)
    by_itself = not stopping
    _terminate(children)
    _wait_for_all(children)
    if by_itself:
        code = children[ended].returncode
        raise click.ClickException(f"{NAMES[ended]}意外结束（代码 {code}），已全部停止。运行 zhibu doctor 可查原因。")


def _end_with_parent() -> None:
    """In the child: when `zhibu serve` is killed so hard that it cannot say goodbye, the kernel ends its children."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _terminate(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()


def _wait_until_listening(host: str, port: int, children: list[subprocess.Popen[bytes]]) -> bool:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline and all(child.poll() is None for child in children):
        with contextlib.suppress(OSError), socket.create_connection((reachable, port), timeout=1):
            return True
        time.sleep(0.1)
    return False


def _wait_for_one(children: list[subprocess.Popen[bytes]]) -> int:
    """Which child ends first."""
    while True:
        for number, child in enumerate(children):
            if child.poll() is not None:
                return number
        time.sleep(0.2)


def _wait_for_all(children: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + ENDING
    for child in children:
        try:
            child.wait(timeout=max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
