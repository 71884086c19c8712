"""How many members an organization has, with everything below it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.core.cache import cache
from django.db import connection
from django.db.models import Count

from zhibu.organizations.models import Organization
from zhibu.people.enums import MEMBERS, StageKind
from zhibu.people.models import Affiliation, Person, Stage

KEPT_SECONDS = 60


def member_counts(nodes: Iterable[Organization]) -> dict[int, int]:
    """Members (full and probationary) of each node's whole subtree."""
    wanted = {node.path: node.pk for node in nodes}
    if not wanted:
        return {}
    # Rows of a tree are siblings: one range over their superior's subtree holds them all.
    first, last, step = min(wanted), max(wanted), Organization.steplen
    while not last.startswith(first):
        first = first[:-step]
    inside = Organization.objects.order_by()
    if first:
        inside = inside.filter(path__gte=first, path__lt=first[:-1] + chr(ord(first[-1]) + 1))
    counts = _by_organization()
    totals: dict[int, int] = defaultdict(int)
    for pk, below in inside.values_list("pk", "path"):
        if pk in counts:
            for length in range(step, len(below) + 1, step):
                if (node := wanted.get(below[:length])) is not None:
                    totals[node] += counts[pk]
    return totals


def formal_members(node: Organization) -> int:
    """Full members of the subtree, who count for the size of a branch and its committee."""
    end = node.path[:-1] + chr(ord(node.path[-1]) + 1)
    inside = Organization.objects.filter(path__gte=node.path, path__lt=end)
    return Person.objects.filter(organization__in=inside, stage=StageKind.FULL).count()


def _by_organization() -> dict[int, int]:
    """Members by the organization that they belong to themselves.

    Counting 100,000 people takes a tenth of a second, and every opened level of the tree asks. Whoever joins, changes
    stage or moves gets a new row of `Stage` or `Affiliation`, so the count of the same newest rows is still right; a
    minute later it is counted again in any case, for corrections made in place.
    """
    with connection.cursor() as cursor:
        tables = [model._meta.db_table for model in (Person, Stage, Affiliation)]
        cursor.execute("select " + ", ".join(f"(select max(id) from {table})" for table in tables))  # noqa: S608
        newest = cursor.fetchone()
    key = f"organizations.members:{connection.settings_dict['NAME']}:{':'.join(map(str, newest))}"
    found: dict[int, int] | None = cache.get(key)
    if found is None:
        members = Person.objects.filter(stage__in=MEMBERS, organization__isnull=False).order_by()
        found = dict(members.values_list("organization_id").annotate(count=Count("pk")))
        cache.set(key, found, KEPT_SECONDS)
    return found
