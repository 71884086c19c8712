"""Who belonged to a branch, a group or a temporary crew, and from when to when as a member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zhibu.demo.world import Being, Node
from zhibu.organizations.enums import Kind
from zhibu.people.enums import MEMBERS, StageKind


@dataclass(slots=True, frozen=True)
class Member:
    """A member of the organization from ``since`` until before ``until``; with a vote from ``full`` on."""

    being: Being
    since: date
    until: date | None
    full: date | None
    joined: date | None = None


def roll(node: Node) -> list[Member]:
    """Everybody who was ever a member there. Ties to groups count for the branch."""
    if node.kind is Kind.TEMPORARY_BRANCH:
        return [Member(being, node.established, None, node.established) for being in node.extra.get("crew", ())]
    found = []
    for tie in node.roll():
        being = tie.being
        joined = being.since(StageKind.PROBATIONARY) or being.since(StageKind.FULL)
        if joined is None:
            continue
        ended = next((step.start for step in being.steps if step.start > joined and step.kind not in MEMBERS), None)
        since, until = max(tie.start, joined), min((day for day in (tie.end, ended) if day), default=None)
        if until is None or since < until:
            found.append(Member(being, since, until, being.since(StageKind.FULL), joined))
    return sorted(found, key=lambda member: member.being.id)
