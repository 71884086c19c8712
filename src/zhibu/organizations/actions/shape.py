"""Establishing, renaming, moving, merging, splitting and dissolving organizations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations import rules
from zhibu.organizations.actions.common import (
    fresh,
    kind_of,
    last_change,
    lock_tree,
    parent_of,
    record_change,
    refuse,
    turn_page,
)
from zhibu.organizations.enums import BRANCH_KINDS, Category, ChangeKind, Kind
from zhibu.organizations.models import Organization, Period, Tenure, Term
from zhibu.people.actions import move_members
from zhibu.people.enums import GONE
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal


@transaction.atomic
def establish(
    scope: Scope,
    *,
    parent: Organization | None,
    name: str,
    kind: Kind,
    category: Category,
    code: str,
    on: date,
    document: str = "",
    reason: str = "",
    **details: Any,
) -> Organization:
    """Set up an organization below ``parent`` (None: the university itself, once).

    Refuses a place that its kind cannot have, a code in use, a day to come. ``details`` are further collected fields.
    """
    lock_tree()
    if parent is not None:
        parent = fresh(scope, parent)
    else:
        scope.require(Right.RESHAPE_TREE, "")
    refuse(
        [*_refuse_new(name, code, parent), *rules.refuse_place(kind, parent), *rules.refuse_day(on, scope.today, None)]
    )
    fields = {"name": name.strip(), "kind": kind, "category": category, "code": code.strip(), "established_on": on}
    fields |= {"approval_document": document, **details}
    tree = Organization.objects
    node = tree.add_child(parent, fields) if parent is not None else tree.add_root(fields)
    change = record_change(ChangeKind.ESTABLISHED, on, sources=[], results=[node], document=document, reason=reason)
    turn_page(node, change, parent=parent)
    record(scope, "organizations.establish", object=node, organization_path=node.path, changes={"kind": kind.value})
    return node


def _refuse_new(name: str, code: str, parent: Organization | None) -> list[Refusal]:
    found = []
    if not name.strip():
        found.append(Refusal("党组织名称不能为空。", field="name"))
    if not code.strip():
        found.append(Refusal("组织代码不能为空。", field="code"))
    elif Organization.objects.filter(code=code.strip()).exists():
        found.append(Refusal(f"组织代码“{code}”已有党组织使用。", field="code", remedy="请换一个代码。"))
    if parent is None and Organization.objects.filter(depth=1, dissolved_on__isnull=True).exists():
        found.append(Refusal("学校党组织已经建立，一个安装只服务一所学校。", field="parent"))
    if parent is not None and _namesake(parent, name):
        found.append(
            Refusal(f"“{parent}”下已有名为“{name}”的党组织。", field="name", remedy="同一上级之下名称不能重复。")
        )
    return found


def _namesake(parent: Organization, name: str, besides: Organization | None = None) -> bool:
    same = Organization.objects.get_children(parent).filter(name=name.strip(), dissolved_on__isnull=True)
    return same.exclude(pk=besides.pk if besides else None).exists()


@transaction.atomic
def rename(
    scope: Scope, node: Organization, *, name: str, on: date, short_name: str = "", document: str = "", reason: str = ""
) -> Organization:
    """Give an organization another name from a day on; the old one stays in its history."""
    lock_tree()
    node = fresh(scope, node)
    parent = parent_of(node)
    found = [*rules.refuse_dissolved(node), *rules.refuse_day(on, scope.today, last_change(node))]
    if not name.strip() or name.strip() == node.name:
        found.append(Refusal("新名称与现名相同或为空。", field="name"))
    elif parent is not None and _namesake(parent, name, node):
        found.append(Refusal(f"“{parent}”下已有名为“{name}”的党组织。", field="name"))
    refuse(found)
    old, node.name, node.short_name = node.name, name.strip(), short_name.strip()
    node.save(update_fields=["name", "short_name"])
    change = record_change(ChangeKind.RENAMED, on, sources=[node], results=[node], document=document, reason=reason)
    turn_page(node, change, parent=parent)
    record(scope, "organizations.rename", object=node, organization_path=node.path, changes={"title": [old, node.name]})
    return node


@transaction.atomic
def rekind(
    scope: Scope, node: Organization, *, kind: Kind, on: date, document: str = "", reason: str = ""
) -> Organization:
    """Change the kind (a branch becomes a general branch). Refused where its superior or its children do not fit."""
    lock_tree()
    node = fresh(scope, node)
    parent = parent_of(node)
    found = [*rules.refuse_dissolved(node), *rules.refuse_day(on, scope.today, last_change(node))]
    found += rules.refuse_place(kind, parent)
    if kind == node.kind:
        found.append(Refusal("类别没有变化。", field="kind"))
    for child in Organization.objects.get_children(node).filter(dissolved_on__isnull=True):
        if not rules.may_stand_under(kind_of(child), kind):
            found.append(
                Refusal(f"下级“{child}”不能设在{kind.label}之下。", field="kind", remedy="请先调整下级组织的隶属。")
            )
            break
    refuse(found)
    old, node.kind = node.kind, kind
    node.save(update_fields=["kind"])
    change = record_change(ChangeKind.REKINDED, on, sources=[node], results=[node], document=document, reason=reason)
    turn_page(node, change, parent=parent)
    record(scope, "organizations.rekind", object=node, organization_path=node.path, changes={"kind": [old, kind.value]})
    return node


@transaction.atomic
def reparent(
    scope: Scope, node: Organization, *, parent: Organization, on: date, document: str = "", reason: str = ""
) -> Organization:
    """Put an organization with everything below it under another superior.

    Needs the right on both sides. Refuses a circle. Rights follow by themselves: they hold for a subtree.
    """
    lock_tree()
    node, parent = fresh(scope, node), fresh(scope, parent)
    found = [*rules.refuse_dissolved(node), *rules.refuse_day(on, scope.today, last_change(node))]
    if parent.path.startswith(node.path):
        found.append(Refusal(f"“{parent}”是“{node}”自己或它的下级，不能作它的上级。", field="parent"))
    elif node.depth == 1:
        found.append(Refusal("学校党组织没有上级，不能调整隶属。", field="parent"))
    elif parent_of(node) == parent:
        found.append(Refusal(f"“{node}”本来就隶属于“{parent}”。", field="parent"))
    elif _namesake(parent, node.name, node):
        found.append(Refusal(f"“{parent}”下已有名为“{node.name}”的党组织。", field="parent", remedy="请先更名。"))
    found += rules.refuse_place(kind_of(node), parent)
    refuse(found)
    before = parent_of(node)
    Organization.objects.move(node, parent, "last-child")
    node = Organization.objects.get(pk=node.pk)
    sources = [before] if before else []
    change = record_change(ChangeKind.REPARENTED, on, sources=sources, results=[node], document=document, reason=reason)
    turn_page(node, change, parent=parent)
    changes = {"parent": [before.pk if before else None, parent.pk]}
    record(scope, "organizations.reparent", object=node, organization_path=node.path, changes=changes)
    return node


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
    nodes = [fresh(scope, node) for node in sources if node.pk != target.pk]
    target = fresh(scope, target)
    found = [*rules.refuse_dissolved(target)]
    if not nodes:
        found.append(Refusal("请至少选择一个要并入的党组织。", field="sources"))
    for node in nodes:
        found += [*rules.refuse_dissolved(node), *rules.refuse_day(on, scope.today, last_change(node))]
        if (kind_of(node) in BRANCH_KINDS) != (kind_of(target) in BRANCH_KINDS):
            found.append(Refusal(f"“{node}”与“{target}”不是同一级的组织，不能合并。", field="sources"))
        found += _refuse_children(node)
    refuse(found)
    record_change(ChangeKind.MERGED, on, sources=nodes, results=[target], document=document, reason=reason)
    for node in nodes:
        move_members(scope, [node], target, on=on)
        _close(node, on, why=f"并入{target}")
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
    """Move the named people into the organizations ``parts``, established before; the others stay."""
    lock_tree()
    node = fresh(scope, node)
    targets = [fresh(scope, part) for part in parts]
    found = [*rules.refuse_dissolved(node), *rules.refuse_day(on, scope.today, last_change(node))]
    here = set(_people_of(node).values_list("pk", flat=True))
    named = [person.pk for people in parts.values() for person in people]
    for target in targets:
        found += rules.refuse_dissolved(target)
        if target.pk == node.pk or (kind_of(target) in BRANCH_KINDS) != (kind_of(node) in BRANCH_KINDS):
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
    refuse(found)
    record_change(ChangeKind.SPLIT, on, sources=[node], results=[node, *targets], document=document, reason=reason)
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
    """Dissolve an organization. Refused while it has children, or people without an organization that takes them."""
    lock_tree()
    node = fresh(scope, node)
    found = [*rules.refuse_dissolved(node), *rules.refuse_day(on, scope.today, last_change(node))]
    found += _refuse_children(node)
    if node.depth == 1:
        found.append(Refusal("学校党组织不能撤销。"))
    people = _people_of(node).count()
    if people and people_to is None:
        found.append(
            Refusal(
                f"“{node}”还有 {people} 人。",
                field="people_to",
                remedy="请指定接收他们的党组织，组织关系不能悬空。",
            )
        )
    if people_to is not None:
        people_to = fresh(scope, people_to)
        found += rules.refuse_dissolved(people_to)
        if people_to.pk == node.pk or kind_of(people_to) not in BRANCH_KINDS | {Kind.GROUP}:
            found.append(Refusal(f"“{people_to}”不能接收人员。", field="people_to", remedy="请选一个党支部。"))
    refuse(found)
    results = [people_to] if people_to else []
    record_change(ChangeKind.DISSOLVED, on, sources=[node], results=results, document=document, reason=reason)
    if people and people_to is not None:
        move_members(scope, [node], people_to, on=on)
    _close(node, on, why="组织撤销")
    record(scope, "organizations.dissolve", object=node, organization_path=node.path, reason=reason)
    return node


def _people_of(node: Organization) -> QuerySet[Person]:
    """Those who belong to this node itself and have not left."""
    return Person.objects.filter(organization=node).exclude(stage__in=GONE)


def _refuse_children(node: Organization) -> list[Refusal]:
    children = Organization.objects.get_children(node).filter(dissolved_on__isnull=True).count()
    if not children:
        return []
    return [Refusal(f"“{node}”还有 {children} 个下级组织。", remedy="请先合并、调整或撤销下级组织。")]


def _close(node: Organization, on: date, *, why: str) -> None:
    """Everything that ran at the node ends with it."""
    node.dissolved_on = on
    node.save(update_fields=["dissolved_on"])
    Tenure.objects.filter(organization=node, ended_on__isnull=True).update(ended_on=on, end_reason=why)
    Term.objects.filter(organization=node, ended_on__isnull=True).update(ended_on=on)
    Period.objects.filter(organization=node, ended_on__isnull=True, started_on__lt=on).update(ended_on=on)
