"""What each row of the plan clashes with, read once for all of them: the same place or the same persons elsewhere at
the same time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from django.db.models import Q

from zhibu.accounts.scope import Scope
from zhibu.meetings.models import PlannedMeeting
from zhibu.meetings.planning.enums import Stand
from zhibu.meetings.planning.queries import bodies_of, others, stand
from zhibu.meetings.planning.rules import Clash, clashes
from zhibu.organizations.enums import BRANCH_KINDS
from zhibu.organizations.enums import Kind as OrganizationKind
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.queries import in_office
from zhibu.people.enums import MEMBERS
from zhibu.people.models import Affiliation

AHEAD = frozenset({Stand.PLANNED, Stand.PREPARING})


class Clashing:
    """Asked row by row, answered from one reading of the ``rows`` that are set before."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.rows: Callable[[], Iterable[PlannedMeeting]] = list
        self._found: dict[int, list[str]] | None = None

    def of(self, row: PlannedMeeting) -> str:
        if self._found is None:
            self._found = _found(self.scope, [one for one in self.rows() if stand(one, self.scope.today) in AHEAD])
        return "；".join(self._found.get(row.pk, ()))


def _found(scope: Scope, rows: list[PlannedMeeting]) -> dict[int, list[str]]:
    if not rows:
        return {}
    bodies = bodies_of(_meeting([row.organization for row in rows], scope), scope.today)
    everybody = {pk for row in rows for pk in (row.host_id, row.recorder_id) if pk is not None}
    slots = list(others(scope, bodies, rows, everybody))
    told: dict[int, list[str]] = defaultdict(list)
    own = {f"p{row.pk}": row.pk for row in rows}
    for number, slot in enumerate(slots):
        if slot.key in own:
            for clash in clashes([slot], (*slots[:number], *slots[number + 1 :])):
                told[own[slot.key]].append(sentence(clash))
    return told


def sentence(clash: Clash) -> str:
    """From the first one's point of view."""
    parts = [f"地点同为“{clash.first.place}”"] if clash.same_place else []
    if clash.persons:
        parts.append(f"{len(clash.persons)} 人两处都应参加")
    return f"与 {clash.second.label}：{'，'.join(parts)}"


def _meeting(nodes: Iterable[Organization], scope: Scope) -> set[int]:
    """Members and post holders of these organizations, a branch's with those of its groups."""
    known = {node.pk: node for node in nodes}
    inside = Q(organization__in=known)
    for node in known.values():
        if node.kind in BRANCH_KINDS:
            inside |= Q(organization__path__startswith=node.path, organization__kind=OrganizationKind.GROUP)
    members = Affiliation.objects.filter(inside & in_office(scope.today), person__stage__in=MEMBERS)
    posts = Tenure.objects.filter(in_office(scope.today), organization__in=known)
    return set(members.values_list("person_id", flat=True)) | set(posts.values_list("person_id", flat=True))
