"""`zhibu serve`: two children that start, live and end together."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql

from tests.site.conftest import NewDatabase, Served, descendants, environment, is_alive, parent
from zhibu.site.cli.serve import command

ANYBODY = f"sessionid={'a' * 32}"  # asks the database whose session this is
Serve = Callable[[dict[str, str]], Served]


@pytest.fixture
def env(tmp_path: Path, new_database: NewDatabase) -> dict[str, str]:
    return environment(tmp_path / "var", new_database())


def test_a_web_process_that_is_killed_comes_back_and_a_signal_ends_all(serve: Serve, env: dict[str, str]) -> None:
    served = serve(env)
    served.wait_for(lambda: len(served.children()) == 2)
    web = served.children()["web"]
    victims = [pid for pid in descendants(web) if parent(pid) == web]
    for pid in victims:
        os.kill(pid, signal.SIGKILL)

    served.wait_for(lambda: served.get("/healthz")[0] == 200)
    assert served.get("/account/sign-in/")[0] == 200
    everybody = descendants(served.process.pid)
    assert served.end() == 0
    assert [pid for pid in everybody if is_alive(pid)] == []
    assert "Traceback" not in served.said()


def test_a_worker_that_is_killed_ends_everything_with_a_sentence(serve: Serve, env: dict[str, str]) -> None:
    served = serve(env)
    served.wait_for(lambda: len(served.children()) == 2)
    everybody = descendants(served.process.pid)

    os.kill(served.children()["worker"], signal.SIGKILL)

    assert served.process.wait(timeout=40) == 1
    assert "后台任务意外结束（代码 -9），已全部停止。运行 zhibu doctor 可查原因。" in served.said()
    assert [pid for pid in everybody if is_alive(pid)] == []


def test_a_database_that_goes_away_and_comes_back_ends_neither_the_site_nor_its_worker(
    serve: Serve, env: dict[str, str]
) -> None:
    served = serve(env)
    served.wait_for(lambda: work_done(env) == 0 and served.children().keys() == {"web", "worker"})
    before = served.children()

    with away(env["DATABASE_URL"]):
        served.wait_for(lambda: served.get("/", cookie=ANYBODY)[0] == 503)
        assert "数据库暂时连接不上" in served.get("/", cookie=ANYBODY)[1]
        served.wait_for(lambda: "Side task listener failed" in served.said())  # procrastinate gives up

    served.wait_for(lambda: "后台任务与数据库的连接中断，恢复后自动继续。" in served.said())
    served.wait_for(lambda: served.get("/", cookie=ANYBODY)[0] == 200)
    leave_work(env)
    served.wait_for(lambda: work_done(env) == 1)
    assert served.children() == before
    assert served.end() == 0


@contextmanager
def away(url: str) -> Iterator[None]:
    """As if the server were restarted: everybody is thrown out, and nobody comes in."""
    with psycopg.connect(url, dbname="postgres", autocommit=True) as server:
        name = str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])
        allow = sql.SQL("alter database {} with allow_connections {}").format
        server.execute(allow(sql.Identifier(name), sql.SQL("false")))
        server.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
        try:
            yield
        finally:
            server.execute(allow(sql.Identifier(name), sql.SQL("true")))


def leave_work(env: dict[str, str]) -> None:
    with psycopg.connect(env["DATABASE_URL"]) as database:
        database.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args) "
            "values ('exchange', 'zhibu.exchange.forget_old_files', '{\"timestamp\": 0}')"
        )


def work_done(env: dict[str, str]) -> int:
    with psycopg.connect(env["DATABASE_URL"]) as database:
        # Not what the clock has started: reminders are due every five minutes.
        found = database.execute(
            "select count(*) from procrastinate_jobs where status = 'succeeded' and task_name like '%forget_old_files'"
        ).fetchone()
    return found[0] if found else 0


def test_children_do_not_outlive_a_parent_that_was_killed(serve: Serve, env: dict[str, str]) -> None:
    served = serve(env)
    served.wait_for(lambda: len(served.children()) == 2)
    everybody = descendants(served.process.pid)

    served.process.kill()

    served.wait_for(lambda: not any(is_alive(pid) for pid in everybody))


@pytest.mark.parametrize("name", ["serve", "demo"])
def test_a_port_in_use_is_told_before_anything_starts(name: str) -> None:
    from zhibu.site.cli.demo import command as demo

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(command if name == "serve" else demo, env={"PORT": str(port)})

    assert result.exit_code == 1
    assert f"127.0.0.1 的端口 {port} 不能使用" in result.output
    assert "用 --port 换一个端口" in result.output


@pytest.mark.django_db
def test_serving_waits_for_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhibu.site.installation.unapplied_migrations", lambda: 2)

    result = CliRunner().invoke(command, ["--port", "18999"])

    assert result.exit_code == 1
    assert "还有 2 项结构更新没有执行，请先运行：zhibu manage migrate" in result.output
