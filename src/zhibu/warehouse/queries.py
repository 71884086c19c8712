"""What can be asked about the lake itself. It holds no personal data, so these queries need no scope."""

from __future__ import annotations

from django.conf import settings

from zhibu.warehouse import manifest
from zhibu.warehouse.manifest import Manifest


def state() -> Manifest:
    """The present generation: its number, the day it was made for, its files."""
    return manifest.read(settings.LAKE)


def health() -> str:
    """What is wrong with the lake, as a sentence; empty when it can be read."""
    try:
        found = state()
    except (RuntimeError, ValueError, KeyError) as problem:
        return f"数据仓的清单读不出来（{problem}）。"
    if found.generation == 0:
        return "数据仓还没有数据，评价和统计暂不可用。"
    missing = [part.file for part in found.parts if not (settings.LAKE / part.file).exists()]
    if missing:
        return f"数据仓缺少 {len(missing)} 个文件，例如 {missing[0]}。"
    return ""
