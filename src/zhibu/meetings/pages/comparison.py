"""What two versions of one record say differently, for the page that shows both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zhibu.meetings.content import PLAIN_FIELDS, AttendanceLine, Content, FollowUpLine
from zhibu.meetings.models import Meeting
from zhibu.people.models import Person
from zhibu.ui.shown import shown

PERSONS = ("host_id", "recorder_id", "lecturer_id")


@dataclass(frozen=True)
class Difference:
    label: str
    theirs: str
    mine: str


def compared(theirs: Content, mine: Content) -> list[Difference]:
    """Field by field, person by person, row by row; equal ones left out."""
    found = [
        Difference(_label(name), _text(name, theirs), _text(name, mine))
        for name in PLAIN_FIELDS
        if getattr(theirs, name) != getattr(mine, name)
    ]
    ours = {line.person_id: line for line in mine.attendance}
    others = {line.person_id: line for line in theirs.attendance}
    for pk in sorted(ours.keys() | others.keys()):
        one, other = others.get(pk), ours.get(pk)
        if one != other:
            name = (one and one.name) or (other and other.name) or ""
            found.append(Difference(f"出席：{name}", _line(one), _line(other)))
    for label, one_rows, other_rows in (
        ("议题", theirs.topics, mine.topics),
        ("决议", theirs.resolutions, mine.resolutions),
        ("以往决议的落实", theirs.follow_ups, mine.follow_ups),
    ):
        if one_rows != other_rows:
            found.append(Difference(label, _rows(one_rows), _rows(other_rows)))
    return found


def _label(name: str) -> str:
    return str(getattr(Meeting._meta.get_field(name.removesuffix("_id")), "verbose_name", name))


def _text(name: str, content: Content) -> str:
    value = getattr(content, name)
    if name in PERSONS and value is not None:
        return Person.objects.filter(pk=value).values_list("name", flat=True).first() or ""
    return str(value.label) if name == "kind" else shown(value)


def _line(line: AttendanceLine | None) -> str:
    if line is None:
        return "不在名单"
    where = "（线上）" if line.is_online else ""
    return f"{line.part.label} {line.presence.label}{where} {line.reason}".strip()


def _rows(rows: Any) -> str:
    texts = []
    for row in rows:
        if isinstance(row, FollowUpLine):
            texts.append(f"{row.result.label} {row.note}".strip())
            continue
        parts = [getattr(row, "title", None) or getattr(row, "text", ""), getattr(row, "points", "")]
        if getattr(row, "is_vote", False):
            parts.append(f"赞成 {shown(row.in_favour)} 反对 {shown(row.against)} 弃权 {shown(row.abstained)}")
            parts.append(row.outcome.label if row.outcome else "")
        texts.append("：".join(part for part in parts if part))
    return "\n".join(texts) or "—"
