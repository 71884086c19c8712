"""`zhibu worker`: background work (imports, refresh, nightly duties)."""

import asyncio
import signal
from contextlib import suppress

import click

from zhibu.site.cli import start_django

PAUSE = 2.0  # seconds between two looks whether the database is there again


@click.command(name="worker")
@click.option("--concurrency", default=1, show_default=True, help="同时进行的任务数")
def command(concurrency: int) -> None:
    """只启动后台任务。"""
    start_django()
    asyncio.run(_work(concurrency))


async def _work(concurrency: int) -> None:
    """Until asked to end. procrastinate gives up when it loses its connection; a database that is restarted for an
    update would so end the whole site. It is waited for instead, and the work begun anew."""
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    ending = asyncio.create_task(asked.wait())
    click.echo("后台任务已启动。", err=True)
    while not ending.done():
        turn = asyncio.create_task(_turn(concurrency))
        await asyncio.wait({turn, ending}, return_when=asyncio.FIRST_COMPLETED)
        turn.cancel()  # when asked to end: finishes the jobs it is at
        with suppress(asyncio.CancelledError):
            await turn
        if not ending.done():
            click.echo("后台任务与数据库的连接中断，恢复后自动继续。", err=True)
        while not (ending.done() or await _database_answers()):
            await asyncio.wait({ending}, timeout=PAUSE)


async def _turn(concurrency: int) -> None:
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import ConnectorException

    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with suppress(ConnectorException), app.replace_connector(connector) as working:
        async with working.open_async():
            await working.run_worker_async(concurrency=concurrency, install_signal_handlers=False)


async def _database_answers() -> bool:
    import psycopg
    from django.db import connection

    parameters = connection.get_connection_params()
    known = {name: parameters[name] for name in ("dbname", "host", "port", "user", "password") if parameters.get(name)}
    try:
        await (await psycopg.AsyncConnection.connect(**known)).close()
    except psycopg.OperationalError:
        return False
    return True
