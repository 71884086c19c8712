"""What the room's pages draw, made from loaded objects."""

from __future__ import annotations

from dataclasses import dataclass

from zhibu.archive.enums import DocumentKind
from zhibu.archive.models import Document
from zhibu.archive.queries import Folder
from zhibu.archive.rules import Need
from zhibu.people.enums import StageKind

TITLES = {StageKind.FULL: "转正后归档的材料", StageKind.PROBATIONARY: "接收为预备党员的材料",
          StageKind.CANDIDATE: "列为发展对象的材料", StageKind.ACTIVIST: "确定为入党积极分子的材料",
          StageKind.APPLICANT: "申请入党的材料"}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One stage's list: each kind with the paper that is there."""

    need: Need
    papers: tuple[tuple[DocumentKind, Document | None], ...]

    @property
    def title(self) -> str:
        return TITLES[self.need.stage]

    @property
    def held(self) -> int:
        return sum(document is not None for _, document in self.papers)

    @property
    def count(self) -> str:
        return f"{self.held}/{len(self.papers)} 种"


def lines(folder: Folder) -> list[Line]:
    return [Line(need, tuple((kind, folder.held.get(kind)) for kind in need.kinds)) for need in folder.required]


def coming(folder: Folder) -> Line | None:
    """What the next stage will ask for and is not there yet."""
    need = folder.coming
    missing = [kind for kind in need.kinds if kind not in folder.held] if need else []
    return Line(need, tuple((kind, None) for kind in missing)) if need and missing else None
