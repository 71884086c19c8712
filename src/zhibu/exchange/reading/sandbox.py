"""The parent's side of `zhibu.exchange.reading.child`: give it the bytes, take rows as they come."""

from __future__ import annotations

import contextlib
import json
import marshal
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from zhibu.exchange.reading.container import Unreadable

MEMORY = 1536 * 1024 * 1024
SECONDS = 120
_SOURCE = str(Path(__file__).resolve().parents[3])
TOO_LARGE = "打开表格需要的内存或时间超过限度：可能在很远的单元格里留有内容，或文件有问题。"
COPY_OVER = "请新建一个工作簿，只把有数据的区域复制过去；人数很多时按学院分开上传。"


@dataclass(frozen=True)
class Head:
    """What the child found before the first row of data. ``first_row`` and ``last_row`` of the header are 0-based."""

    sheet: str
    alike: list[str]
    first_row: int
    last_row: int
    places: dict[str, int]
    unknown: dict[int, str]
    doubled: list[str]
    formulas: list[tuple[int, str]]


Row = tuple[int, list[Any]]


class Reading:
    """A file being read. Asking for ``head`` waits until the child has opened the file; what can be prepared meanwhile
    is best prepared before asking. ``head`` and ``blocks`` raise `Unreadable`, also when the child runs out of memory
    or time.
    """

    def __init__(self, frames: Iterator[tuple[str, Any]]) -> None:
        self._frames = frames

    @cached_property
    def head(self) -> Head:
        return Head(**self._next()[1])

    @property
    def blocks(self) -> Iterator[list[Row]]:
        """The rows below the header, in blocks."""
        _ = self.head  # comes first
        while (frame := self._next())[0] != "end":
            yield frame[1]

    def _next(self) -> tuple[str, Any]:
        kind, value = next(self._frames)
        if kind == "refused":
            raise Unreadable(*value)
        return kind, value


@contextlib.contextmanager
def read(
    content: bytes, titles: Mapping[str, str], *, whole: bool = False, memory: int = MEMORY, seconds: int = SECONDS
) -> Iterator[Reading]:
    """Have a child read the file; it is ended with the ``with`` block."""
    order = json.dumps({"titles": dict(titles), "whole": whole, "memory": memory, "seconds": seconds})
    # The plain bytes never touch the disk: the file exists in memory only and is gone with its descriptor.
    descriptor = os.memfd_create("upload", os.MFD_CLOEXEC)
    with os.fdopen(descriptor, "w+b") as file:
        file.write(content)
        file.flush()
        file.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-m", "zhibu.exchange.reading.child"],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PYTHONPATH": _SOURCE, "ZHIBU_READING": order, "PATH": "/usr/bin:/bin", "MALLOC_ARENA_MAX": "1"},
        )
    # CPU time is limited in the child; a child that only sleeps is stopped by the clock.
    guard = threading.Timer(seconds * 3, process.kill)
    guard.daemon = True
    guard.start()
    assert process.stdout is not None
    try:
        yield Reading(_frames(process.stdout))
    finally:
        guard.cancel()
        process.kill()
        process.stdout.close()
        process.wait()


def _frames(stream: IO[bytes]) -> Iterator[tuple[str, Any]]:
    while True:
        head = stream.read(4)
        size = struct.unpack(">I", head)[0] if len(head) == 4 else 0
        body = stream.read(size) if size else b""
        if not size or len(body) < size:
            raise Unreadable(TOO_LARGE, COPY_OVER)  # the child was stopped in the middle
        yield marshal.loads(body)
