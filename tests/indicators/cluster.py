"""A real Spark standalone cluster on the loopback: a master and two workers, gone when the test is."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"


def _port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


def _wait(what: str, ready: object, seconds: int = 90) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if ready():  # type: ignore[operator]
                return
        except OSError:
            pass
        time.sleep(0.3)
    raise TimeoutError(f"{what} did not come up within {seconds} s")


@contextmanager
def standalone_cluster(folder: Path) -> Iterator[str]:
    """Yields the master's address (spark://127.0.0.1:port)."""
    import pyspark

    spark_class = Path(pyspark.__file__).parent / "bin" / "spark-class"
    port, page = _port(), _port()
    own = {"SPARK_LOCAL_IP": HOST, "SPARK_NO_DAEMONIZE": "1", "SPARK_HOME": str(spark_class.parents[1])}
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    log = (folder / "cluster.log").open("wb")
    running: list[subprocess.Popen[bytes]] = []

    def start(*command: str) -> None:
        running.append(subprocess.Popen([str(spark_class), *command], stdout=log, stderr=log, start_new_session=True))

    def alive() -> int:
        with urllib.request.urlopen(f"http://{HOST}:{page}/json/", timeout=2) as answer:
            return int(answer.read().count(b'"state" : "ALIVE"'))

    try:
        start(
            "org.apache.spark.deploy.master.Master", "--host", HOST, "--port", str(port), "--webui-port", str(page)
        )  # fmt: skip
        _wait("master", lambda: socket.create_connection((HOST, port), timeout=1).close() is None)
        for number in (1, 2):
            start(
                "org.apache.spark.deploy.worker.Worker", "--host", HOST, "--cores", "1", "--memory", "1g",
                "--webui-port", str(_port()), "--work-dir", str(folder / f"worker{number}"), f"spark://{HOST}:{port}",
            )  # fmt: skip
        _wait("workers", lambda: alive() >= 2)
        yield f"spark://{HOST}:{port}"
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        log.close()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
