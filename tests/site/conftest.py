"""What the tests of the installation stand on: real processes of `zhibu`, with folders and databases of their own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from psycopg import sql

ZHIBU = [sys.executable, "-m", "zhibu.site.cli"]
NewDatabase = Callable[[], str]


@pytest.fixture(scope="session")
def new_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[NewDatabase]:
    """A function that gives the address of a fresh database with all tables: a copy of the test run's own."""
    from django.db import connection, connections
    from django.test.utils import setup_databases, teardown_databases

    own = None
    with django_db_blocker.unblock():
        if not str(connection.settings_dict["NAME"]).startswith("test_"):
            # pytest-django makes it only where a chosen test asks for it; without, this would be the user's own.
            own = setup_databases(verbosity=0, interactive=False, aliases={"default"})
        name = str(connection.settings_dict["NAME"])
        parameters = {**connection.get_connection_params(), "dbname": "postgres"}
        connections.close_all()  # a database is copied only while nobody is connected to it
    parameters = {key: parameters[key] for key in ("dbname", "host", "port", "user", "password") if parameters.get(key)}
    numbers, made = count(1), []
    template = f"{name}_site"

    def run(*statements: sql.Composed) -> None:
        with psycopg.connect(**parameters, autocommit=True) as server:
            for statement in statements:
                server.execute(statement)

    def copy(source: str, target: str) -> None:
        drop = sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(target))
        create = sql.SQL("create database {} template {}").format(sql.Identifier(target), sql.Identifier(source))
        run(drop, create)
        made.append(target)

    copy(name, template)
    # What other tests have put off for a worker means records that are gone.
    with psycopg.connect(**{**parameters, "dbname": template}) as emptied:
        emptied.execute("truncate procrastinate_jobs cascade")

    def new() -> str:
        target = f"{template}_{next(numbers)}"
        copy(template, target)
        return f"postgresql://{parameters.get('user', '')}@/{target}?host={parameters['host']}"

    yield new
    run(*(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(one)) for one in made))
    if own:
        with django_db_blocker.unblock():
            teardown_databases(own, verbosity=0)


def environment(var: Path, url: str = "", **more: str) -> dict[str, str]:
    """The environment of a process: its folder, its database (empty: the embedded one), nothing of the test run's."""
    dropped = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PORT", "SCALE", "ZHIBU_VAR"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "ZHIBU_VAR": str(var), "COLUMNS": "80", **({"DATABASE_URL": url} if url else {}), **more}


def zhibu(*arguments: str, env: dict[str, str], typed: str = "", before: str = "") -> subprocess.CompletedProcess[str]:
    """Run one command to its end. ``before``: Python that the process runs first, to be killed at a chosen step."""
    start = [sys.executable, "-c", f"{before}\nfrom zhibu.site.cli import main\nmain(prog_name='zhibu')"]
    return subprocess.run(
        [*(start if before else ZHIBU), *arguments], env=env, input=typed, capture_output=True, text=True, timeout=120
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """A running `zhibu serve`."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self.port = free_port()
        self.log = log
        with log.open("wb") as stream:
            self.process = subprocess.Popen(
                [*ZHIBU, "serve", "--workers", "1", "--port", str(self.port)],
                env=env,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )

    def get(self, path: str, *, cookie: str = "") -> tuple[int, str]:
        """Status and text; 0 while nobody answers."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Cookie": cookie})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def wait_for(self, condition: Callable[[], Any], seconds: float = 40) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def children(self) -> dict[str, int]:
        """The two children by what they do."""
        found = {}
        for pid in descendants(self.process.pid):
            line = command_line(pid)
            if "granian" in line and parent(pid) == self.process.pid:
                found["web"] = pid
            elif line.endswith(" worker"):
                found["worker"] = pid
        return found

    def end(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=40)


def command_line(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    return ""


def parent(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return 0


def is_alive(pid: int) -> bool:
    """Running; a zombie that nobody has collected yet is not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def descendants(pid: int) -> list[int]:
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    found, level = [], {pid}
    while level:
        level = {one for one in pids if parent(one) in level}
        found += sorted(level)
    return found


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[dict[str, str]], Served]]:
    """``serve(env)`` starts the web site and waits until it answers; everything is ended after the test."""
    running: list[Served] = []

    def start(env: dict[str, str]) -> Served:
        served = Served(env, tmp_path / f"serve-{len(running)}.log")
        running.append(served)  # before it answers: it is ended even if it never does
        served.wait_for(lambda: served.get("/healthz")[0] == 200)
        return served

    yield start
    for served in running:
        pids = descendants(served.process.pid)
        with contextlib.suppress(subprocess.TimeoutExpired):
            served.end()
        for pid in [served.process.pid, *pids]:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        served.process.wait()


@pytest.fixture
def embedded() -> Iterator[Path]:
    """A folder for an installation with the embedded database. Its server's system user must be able to pass; above
    pytest's own folders every other run that begins on the machine forbids that again."""
    with TemporaryDirectory(prefix="zhibu-installation-") as folder:
        yield Path(folder)
