"""What the actions on the tree share: the lock, the refusals, the dated periods."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Max, QuerySet
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import ChangeKind, Kind
from zhibu.organizations.models import Change, Organization, Period
from zhibu.people.enums import GONE
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal, Refusals

TREE_LOCK = 0x54524545  # "TREE"


def lock_tree() -> None:
    """One change of the tree at a time: paths of many rows move together, and two moves could close a circle."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [TREE_LOCK])


def refuse(refusals: Iterable[Refusal]) -> None:
    """Raise what was found: one refusal as itself, several together."""
    found = list(refusals)
    if len(found) == 1:
        raise found[0]
    if found:
        raise Refusals(found)


def fresh(scope: Scope, node: Organization, right: Right = Right.RESHAPE_TREE) -> Organization:
    """The node as it is now, under the tree's lock; the reader must hold the right on it."""
    found = Organization.objects.select_for_update().filter(pk=node.pk).first()
    if found is None:
        raise Http404("这个党组织的设立刚刚被撤销。")
    scope.require(right, found.path)
    return found


def last_change(node: Organization) -> date | None:
    """The day on which the present name, kind and superior began."""
    return Period.objects.filter(organization=node).aggregate(last=Max("started_on"))["last"]


def record_change(
    scope: Scope,
    kind: ChangeKind,
    on: date,
    *,
    sources: Iterable[Organization],
    results: Iterable[Organization],
    document: str,
    reason: str,
) -> Change:
    """One decision with what came before and after it; on the day of its entry it can be taken back."""
    change = Change.objects.create(
        kind=kind,
        effective_on=on,
        document=document,
        reason=reason,
        undo={"entered_on": scope.today.isoformat()},
    )
    change.sources.set(sources)
    change.results.set(results)
    return change


def keep_for_undo(change: Change, **facts: Any) -> None:
    """Note what taking the change back needs."""
    change.undo = {**(change.undo or {}), **facts}
    change.save(update_fields=["undo"])


def turn_page(node: Organization, change: Change, *, parent: Organization | None) -> None:
    """Close the open period the day before and open one with the node's present name and kind.

    A second change on the same day replaces the first one's period: a day has one name, kind and superior.
    """
    on = change.effective_on
    open_period = Period.objects.select_for_update().filter(organization=node, ended_on__isnull=True).first()
    fields = {"parent": parent, "name": node.name, "kind": node.kind}
    if open_period is not None and open_period.started_on == on:
        keep_for_undo(
            change,
            replaced={
                "name": open_period.name,
                "kind": open_period.kind,
                "parent_id": open_period.parent_id,
                "opened_by_id": open_period.opened_by_id,
            },
        )
        Period.objects.filter(pk=open_period.pk).update(opened_by=change, **fields)
        return
    if open_period is not None:
        open_period.ended_on = on
        open_period.save(update_fields=["ended_on"])
    Period.objects.create(organization=node, started_on=on, opened_by=change, **fields)


def parent_of(node: Organization) -> Organization | None:
    return Organization.objects.get_parent(node) if node.depth > 1 else None


def kind_of(node: Organization) -> Kind:
    return Kind(node.kind)


def people_of(node: Organization) -> QuerySet[Person]:
    """Those who belong to this node itself and have not left."""
    return Person.objects.filter(organization=node).exclude(stage__in=GONE)


def refuse_namesake(
    parent: Organization, name: str, besides: Organization | None = None, *, field: str = "name"
) -> list[Refusal]:
    """Names are used once below one superior."""
    same = Organization.objects.get_children(parent).filter(name=name.strip(), dissolved_on__isnull=True)
    if not same.exclude(pk=besides.pk if besides else None).exists():
        return []
    text = f"“{parent}”下已有名为“{name.strip()}”的党组织。"
    return [Refusal(text, field=field, remedy="同一上级之下名称不能重复，请先更名。")]
