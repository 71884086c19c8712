"""Whether the stored paths of the organization tree agree with its history, and how to put them right.

Rights follow the path, so a damaged one shows branches to the wrong people. Who hangs below whom is also written in
`Period`, which nothing but decisions changes; that is what a mended path is made from.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import connection, transaction

from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations.actions import lock_tree
from zhibu.organizations.models import Organization

STEP = Organization.steplen
# One read however large the tree: treebeard's own check asks twice for every node.
FAULTS = """
select node.id
from organizations_organization node
left join organizations_organization above on above.path = left(node.path, -%(step)s)
left join organizations_period held on held.organization_id = node.id and held.ended_on is null
left join (
    select left(path, -%(step)s) as path, count(*) as number from organizations_organization group by 1
) below on below.path = node.path
where node.path !~ '^[0-9A-Z]+$'
    or length(node.path) %% %(step)s <> 0
    or node.depth <> length(node.path) / %(step)s
    or (length(node.path) > %(step)s and above.id is null)
    or node.numchild <> coalesce(below.number, 0)
    or (node.dissolved_on is null and held.id is not null and held.parent_id is distinct from above.id)
order by node.id
"""
PLACES = """
select node.id, node.path, node.dissolved_on is null, above.id, held.id is not null, held.parent_id
from organizations_organization node
left join organizations_organization above on above.path = left(node.path, -%(step)s)
left join lateral (
    select id, parent_id from organizations_period where organization_id = node.id order by started_on desc limit 1
) held on true
order by node.path
"""


@dataclass
class _Places:
    """Where every organization stands, and where it belongs."""

    path: dict[int, str] = field(default_factory=dict)
    below: dict[int | None, list[int]] = field(default_factory=lambda: defaultdict(list))


def faults() -> list[int]:
    """Organizations whose path, depth or number of children is wrong, or hangs elsewhere than their history says."""
    with connection.cursor() as cursor:
        cursor.execute(FAULTS, {"step": STEP})
        return [pk for (pk,) in cursor]


@transaction.atomic
def mend(scope: Scope) -> int:
    """Give every organization a path below its superior; nothing changes hands. Returns how many paths changed.

    Records ``organizations.mend_tree``.
    """
    lock_tree()
    places = _places()
    wanted: dict[int, str] = {}
    _lay(places, None, "", wanted)
    changed = {pk: path for pk, path in wanted.items() if places.path[pk] != path}
    # Paths are unique: those that move step aside first.
    for pk in changed:
        Organization.objects.filter(pk=pk).update(path=f"~{pk}")
    for pk, path in changed.items():
        Organization.objects.filter(pk=pk).update(path=path)
    Organization.objects.fix_tree()
    if changed:
        record(scope, "organizations.mend_tree", changes={"organizations": sorted(changed)})
    return len(changed)


def _places() -> _Places:
    found = _Places()
    with connection.cursor() as cursor:
        cursor.execute(PLACES, {"step": STEP})
        for pk, path, is_alive, above, has_history, superior in cursor:
            found.path[pk] = path
            # A dissolved organization stays where it stood when it was dissolved, along with that superior.
            known = superior if has_history and (is_alive or above is None) else above
            found.below[known].append(pk)
    return found


def _lay(places: _Places, parent: int | None, prefix: str, wanted: dict[int, str]) -> None:
    """Paths of everything below ``parent``: the old one where it fits, else the old last step, else the next free."""
    children = places.below.get(parent, [])
    right = {pk for pk in children if _fits(places.path[pk], prefix)}
    taken = {places.path[pk] for pk in right}
    for pk in children:
        if pk in right:
            wanted[pk] = places.path[pk]
            continue
        path = prefix + places.path[pk][-STEP:]
        if path in taken or not _fits(path, prefix):
            last = max((Organization._str2int(one[-STEP:]) for one in taken), default=0)
            path = Organization._get_path(prefix, len(prefix) // STEP + 1, last + 1)
        taken.add(path)
        wanted[pk] = path
    for pk in children:
        _lay(places, pk, wanted[pk], wanted)


def _fits(path: str, prefix: str) -> bool:
    step = path[len(prefix) :]
    return path.startswith(prefix) and len(step) == STEP and all(letter in Organization.alphabet for letter in step)
