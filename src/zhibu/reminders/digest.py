"""What a reminder says: titles, counts, since when, where. No names, nothing of third persons."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from zhibu.ui.waiting import Waiting

MARK = 12
LATE = "\nlate"  # what became late is another thing than what merely waited


@dataclass(frozen=True)
class Line:
    """One thing that waits. ``fresh``: more of it than when it was last looked at, or late only since then."""

    title: str
    shown: str
    count: int
    url: str
    when: str
    late: bool
    fresh: bool
    mark: str

    @property
    def tag(self) -> str:
        return "【逾期】" if self.late else "【新】" if self.fresh else ""


@dataclass(frozen=True)
class Digest:
    """Everything that waits for one reader on one day, new and late first."""

    lines: tuple[Line, ...]

    @property
    def count(self) -> int:
        return sum(line.count for line in self.lines)

    @property
    def late(self) -> int:
        return sum(line.count for line in self.lines if line.late)

    @property
    def fresh(self) -> int:
        return sum(1 for line in self.lines if line.fresh)

    @property
    def told(self) -> dict[str, int]:
        return {line.mark: line.count for line in self.lines}


def address(path: str) -> str:
    """A page of this platform as a link from outside."""
    return f"{settings.PUBLIC_URL}{path}"


def digest_of(found: Sequence[Waiting], before: Mapping[str, int]) -> Digest:
    lines = [_line(item, before) for item in found]
    lines.sort(key=lambda line: (not line.late, not line.fresh))  # stable: oldest first remains
    return Digest(tuple(lines))


def _line(item: Waiting, before: Mapping[str, int]) -> Line:
    mark = hashlib.sha256(f"{item.title}\n{item.url}{LATE * item.late}".encode()).hexdigest()[:MARK]
    fresh = item.count > before.get(mark, 0)
    return Line(item.title, item.shown, item.count, address(item.url), item.when, item.late, fresh, mark)


def subject(digest: Digest) -> str:
    late = f"，其中逾期 {digest.late} 件" if digest.late else ""
    return f"支部：{digest.count} 件事等您办理{late}"


def mail_text(digest: Digest) -> str:
    """Plain text: reads in every mail client, loads nothing, tells nobody that it was opened."""
    parts = [f"今天有 {digest.count} 件事等您办理。", ""]
    for line in digest.lines:
        when = f"，{line.when}" if line.when else ""
        parts += [f"{line.tag}{line.title}：{line.shown} 件{when}", f"　　{line.url}"]
    parts += ["", f"全部待办：{address('/')}", "", "这封邮件由平台自动发出，请勿回复。"]
    parts += [f"不想收到，或想改免打扰时间：{address('/reminders/')}"]
    return "\n".join(parts)


def group_text(digest: Digest, organization: str) -> str:
    """For a group chat: only how much, and where. A title might name somebody; a group is read by everybody in it."""
    late = f"，其中逾期 **{digest.late}** 件" if digest.late else ""
    return f"{organization}：**{digest.count}** 件事等待办理{late}。\n\n[登录平台查看]({address('/')})"
