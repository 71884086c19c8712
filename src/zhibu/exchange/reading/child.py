"""The process that opens untrusted files: no database, no keys, bounded memory and time.

    python -m zhibu.exchange.reading.child < file

The order comes as JSON in ``ZHIBU_READING``; the answer goes to standard output as frames, a length of four bytes and
a marshalled value each: ``("head", {...})``, then ``("rows", [(number, cells), …])`` …, then ``("end", None)``;
or ``("refused", (sentence, remedy))``.
"""

from __future__ import annotations

import json
import marshal
import os
import resource
import struct
import sys
from typing import IO, Any

from zhibu.exchange.reading.container import Unreadable, recognise
from zhibu.exchange.reading.headers import SEARCHED_ROWS, Header, find_header
from zhibu.exchange.reading.tables import Grid, grids, with_formulas

BLOCK = 4000


def send(kind: str, value: Any) -> None:
    frame = marshal.dumps((kind, value))
    sys.stdout.buffer.write(struct.pack(">I", len(frame)))
    sys.stdout.buffer.write(frame)


def limit(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def choose(stream: IO[bytes], titles: dict[str, str]) -> tuple[Grid, Header, list[str]]:
    """The sheet whose header names the most columns, and the names of others that look like one too."""
    container = recognise(stream)
    best: tuple[Grid, Header] | None = None
    alike: list[str] = []
    seen: list[str] = []
    for grid in grids(stream, container):
        header = find_header(grid.peek(SEARCHED_ROWS + 1), titles)
        seen.append(grid.name)
        if header is None:
            continue
        if best is None or len(header.places) > len(best[1].places):
            alike += [best[0].name] if best and len(best[1].places) > 5 else []
            best = grid, header
        elif len(header.places) > 5:
            alike.append(grid.name)
    if best is None:
        where = f"工作表“{'、'.join(seen[:5])}”里" if any(seen) else "文件里"
        raise Unreadable(
            f"在{where}没有找到表头。", "请用模板填写，或把表头的列名改成与模板一致，例如“姓名”“公民身份证号”。"
        )
    return with_formulas(best[0], stream, container), best[1], alike


def answer(stream: IO[bytes], order: dict[str, Any]) -> None:
    grid, header, alike = choose(stream, order["titles"])
    send(
        "head",
        {
            "sheet": grid.name,
            "alike": alike,
            "first_row": header.first_row,
            "last_row": header.last_row,
            "places": header.places,
            "unknown": header.unknown,
            "doubled": header.doubled,
            "formulas": grid.formulas,
        },
    )
    first = 0 if order.get("whole") else header.last_row + 1
    block: list[tuple[int, list[Any]]] = []
    for index, row in enumerate(grid.rows):
        if index >= first and any(cell != "" for cell in row):
            block.append((index + 1, row))
            if len(block) == BLOCK:
                send("rows", block)
                block = []
    send("rows", block)
    send("end", None)


def main() -> None:
    order = json.loads(os.environ["ZHIBU_READING"])
    limit(order["memory"], order["seconds"])
    try:
        answer(sys.stdin.buffer, order)
    except Unreadable as error:
        send("refused", (error.message, error.remedy))
    except MemoryError:
        send("refused", ("表格范围过大，超出了允许的内存。", "请新建一个工作簿，只把有数据的区域复制过去再上传。"))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
