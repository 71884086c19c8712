"""Merging, splitting and dissolving organizations: decisions by which people move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations import rules
from zhibu.organizations.actions.common import (
    fresh,
    keep_for_undo,
    kind_of,
    last_change,
    lock_tree,
    people_of,
    record_change,
    refuse,
)
from zhibu.organizations.actions.history import closing_faults
from zhibu.organizations.enums import BRANCH_KINDS, ChangeKind, Kind
from zhibu.organizations.models import Organization, Period, Tenure, Term
from zhibu.organizations.queries import posts_left
from zhibu.people.actions import move_members
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal


@transaction.atomic
def merge(
    scope: Scope,
    sources: Sequence[Organization],
    *,
    target: Organization,
    on: date,
    document: str = "",
    reason: str = "",
) -> Organization:
    """Merge branches into ``target``: their people move, their posts end, they are dissolved on that day."""
    lock_tree()
    nodes = [fresh(scope, node) for node in {node.pk: node for node in sources if node.pk != target.pk}.values()]
    target = fresh(scope, target)
    found = [*rules.refuse_dissolved(target), *rules.refuse_before(target, on)]
    if not nodes:
        found.append(Refusal("请至少选择一个要并入的党组织。", field="sources"))
    for node in nodes:
        found += [*rules.refuse_dissolved(node), *rules.refuse_day(on, scope.today, last_change(node))]
        if node.depth == 1 or not rules.same_level(kind_of(node), kind_of(target)):
            found.append(Refusal(f"“{node}”与“{target}”不是同一级的组织，不能合并。", field="sources"))
        found += [*_refuse_children(node), *closing_faults(node, on)]
    refuse(found)
    change = record_change(
        scope, ChangeKind.MERGED, on, sources=nodes, results=[target], document=document, reason=reason
    )
    people = sum(move_members(scope, [node], target, on=on) for node in nodes)
    closed = [_close(node, on, why=f"并入{target}") for node in nodes]
    keep_for_undo(change, people=people, closed=closed)
    changes = {"sources": ",".join(str(node.pk) for node in nodes)}
    record(scope, "organizations.merge", object=target, organization_path=target.path, changes=changes)
    return target


@transaction.atomic
def split(
    scope: Scope,
    node: Organization,
    *,
    parts: Mapping[Organization, Sequence[Person]],
    on: date,
    document: str = "",
    reason: str = "",
) -> list[Organization]:
    """Move the named people into the organizations ``parts``, established before; the others stay.

    Refuses to move whoever holds a post here: it would stay behind.
    """
    lock_tree()
    node = fresh(scope, node)
    targets = [fresh(scope, part) for part in parts]
    found = [*rules.refuse_dissolved(node), *rules.refuse_day(on, scope.today, last_change(node))]
    here = set(people_of(node).values_list("pk", flat=True))
    named = [person.pk for people in parts.values() for person in people]
    for target in targets:
        found += [*rules.refuse_dissolved(target), *rules.refuse_before(target, on)]
        if target.pk == node.pk or not rules.same_level(kind_of(target), kind_of(node)):
            found.append(
                Refusal(f"“{target}”不能接收“{node}”拆分出的人员。", field="parts", remedy="请选同一级的另一个组织。")
            )
    if not named:
        found.append(Refusal("没有指定拆分出去的人员。", field="parts"))
    if len(named) != len(set(named)):
        found.append(Refusal("同一个人被分到两个组织。", field="parts"))
    if set(named) - here:
        found.append(
            Refusal(f"有 {len(set(named) - here)} 人不在“{node}”。", field="parts", remedy="请刷新名单后重选。")
        )
    for target, people in zip(targets, parts.values(), strict=True):
        held = posts_left([person.pk for person in people], node, target, on)
        found += [rules.refuse_post_left(tenure, on, who=tenure.person.name, field="parts") for tenure in held]
    refuse(found)
    record_change(
        scope, ChangeKind.SPLIT, on, sources=[node], results=[node, *targets], document=document, reason=reason
    )
    for target, people in zip(targets, parts.values(), strict=True):
        move_members(scope, [node], target, on=on, persons=[person.pk for person in people])
    record(scope, "organizations.split", object=node, organization_path=node.path, changes={"people": len(named)})
    return targets


@transaction.atomic
def dissolve(
    scope: Scope,
    node: Organization,
    *,
    on: date,
    people_to: Organization | None = None,
    document: str = "",
    reason: str = "",
) -> Organization:
    """Dissolve an organization. Refused while it has children, or people or posts without somebody who takes over."""
    lock_tree()
    node = fresh(scope, node)
    found = [*rules.refuse_dissolved(node), *rules.refuse_day(on, scope.today, last_change(node))]
    found += [*_refuse_children(node), *closing_faults(node, on)]
    if node.depth == 1:
        found.append(Refusal("学校党组织不能撤销。"))
    people = people_of(node).count()
    if people and people_to is None:
        found.append(
            Refusal(
                f"“{node}”还有 {people} 人。",
                field="people_to",
                remedy="请指定接收他们的党组织，组织关系不能悬空。",
            )
        )
    if people_to is None:
        found += _refuse_posts(node)
    else:
        people_to = fresh(scope, people_to)
        found += [*rules.refuse_dissolved(people_to), *rules.refuse_before(people_to, on)]
        if people_to.pk == node.pk or kind_of(people_to) not in BRANCH_KINDS | {Kind.GROUP}:
            found.append(Refusal(f"“{people_to}”不能接收人员。", field="people_to", remedy="请选一个党支部。"))
    refuse(found)
    results = [people_to] if people_to else []
    change = record_change(
        scope, ChangeKind.DISSOLVED, on, sources=[node], results=results, document=document, reason=reason
    )
    moved = move_members(scope, [node], people_to, on=on) if people and people_to is not None else 0
    keep_for_undo(change, people=moved, closed=[_close(node, on, why="组织撤销")])
    record(scope, "organizations.dissolve", object=node, organization_path=node.path, reason=reason)
    return node


def _refuse_children(node: Organization) -> list[Refusal]:
    children = Organization.objects.get_children(node).filter(dissolved_on__isnull=True).count()
    if not children:
        return []
    return [Refusal(f"“{node}”还有 {children} 个下级组织。", remedy="请先合并、调整或撤销下级组织。")]


def _refuse_posts(node: Organization) -> list[Refusal]:
    held = Tenure.objects.filter(organization=node, ended_on__isnull=True).select_related("person")
    names = [f"{tenure.get_post_display()} {tenure.person.name}" for tenure in held]
    if not names:
        return []
    text = f"“{node}”还有在任职务：{'、'.join(names)}。"
    return [Refusal(text, field="people_to", remedy="请先办理免职，或指定接收的党组织，职务随撤销终止。")]


def _close(node: Organization, on: date, *, why: str) -> dict[str, Any]:
    """Everything that ran at the node ends with it; gives what opening it again would need."""
    node.dissolved_on = on
    node.save(update_fields=["dissolved_on"])
    posts = Tenure.objects.filter(organization=node, ended_on__isnull=True)
    terms = Term.objects.filter(organization=node, ended_on__isnull=True)
    # A period of no day cannot be stored: what changed and ended on one day keeps its open period.
    periods = Period.objects.filter(organization=node, ended_on__isnull=True, started_on__lt=on)
    closed = {
        "node": node.pk,
        "tenures": list(posts.values_list("pk", flat=True)),
        "terms": list(terms.values_list("pk", flat=True)),
        "periods": list(periods.values_list("pk", flat=True)),
    }
    posts.update(ended_on=on, end_reason=why)
    terms.update(ended_on=on)
    periods.update(ended_on=on)
    return closed
