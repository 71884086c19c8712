"""Establishing, renaming and moving organizations, changing their kind."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations import rules
from zhibu.organizations.actions.common import (
    fresh,
    keep_for_undo,
    kind_of,
    last_change,
    lock_tree,
    parent_of,
    people_of,
    record_change,
    refuse,
    refuse_namesake,
    turn_page,
)
from zhibu.organizations.actions.history import children_faults, place_faults
from zhibu.organizations.enums import BRANCH_KINDS, Category, ChangeKind, Kind, PostKind
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.signals import reparented, reparenting
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
        [*_refuse_new(name, code, parent), *rules.refuse_day(on, scope.today, None), *place_faults(kind, parent, on)]
    )
    fields = {"name": name.strip(), "kind": kind, "category": category, "code": code.strip(), "established_on": on}
    fields |= {"approval_document": document, **details}
    tree = Organization.objects
    node = tree.add_child(parent, fields) if parent is not None else tree.add_root(fields)
    change = record_change(
        scope, ChangeKind.ESTABLISHED, on, sources=[], results=[node], document=document, reason=reason
    )
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
    if parent is not None:
        found += refuse_namesake(parent, name)
    return found


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
    elif parent is not None:
        found += refuse_namesake(parent, name, node)
    refuse(found)
    before = {"short_name": node.short_name}
    old, node.name, node.short_name = node.name, name.strip(), short_name.strip()
    node.save(update_fields=["name", "short_name"])
    change = record_change(
        scope, ChangeKind.RENAMED, on, sources=[node], results=[node], document=document, reason=reason
    )
    keep_for_undo(change, **before)
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
    if kind == node.kind:
        found.append(Refusal("类别没有变化。", field="kind"))
    found += [*place_faults(kind, parent, on), *children_faults(node, kind, on), *_left_behind(node, kind)]
    refuse(found)
    old, node.kind = node.kind, kind
    node.save(update_fields=["kind"])
    change = record_change(
        scope, ChangeKind.REKINDED, on, sources=[node], results=[node], document=document, reason=reason
    )
    turn_page(node, change, parent=parent)
    record(scope, "organizations.rekind", object=node, organization_path=node.path, changes={"kind": [old, kind.value]})
    return node


def _left_behind(node: Organization, kind: Kind) -> list[Refusal]:
    """People and posts that an organization of the new kind cannot have."""
    found = []
    ties = BRANCH_KINDS | {Kind.GROUP}
    if kind_of(node) in ties and kind not in ties and (people := people_of(node).count()):
        found.append(
            Refusal(
                f"“{node}”还有 {people} 人，{kind.label}不直接管理党员的组织关系。",
                field="kind", remedy="请先把他们的组织关系调整到党支部。",
            )
        )  # fmt: skip
    for held in Tenure.objects.filter(organization=node, ended_on__isnull=True).select_related("person"):
        if not rules.post_exists(kind, PostKind(held.post)):
            text = f"{held.person.name}担任{held.get_post_display()}，{kind.label}没有这个职务。"
            found.append(Refusal(text, field="kind", remedy="请先办理免职。"))
    return found


@transaction.atomic
def reparent(
    scope: Scope, node: Organization, *, parent: Organization, on: date, document: str = "", reason: str = "",
    procedure: str = "",
) -> Organization:  # fmt: skip
    """Put an organization with everything below it under another superior. ``procedure``: the one that decided it.

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
    else:
        found += refuse_namesake(parent, node.name, node, field="parent")
        found += place_faults(kind_of(node), parent, on, node=node)
    refuse(found)
    reparenting.send(Organization, scope=scope, node=node, parent=parent, on=on, procedure=procedure)
    before = parent_of(node)
    Organization.objects.move(node, parent, "last-child")
    node = Organization.objects.get(pk=node.pk)
    sources = [before] if before else []
    change = record_change(
        scope, ChangeKind.REPARENTED, on, sources=sources, results=[node], document=document, reason=reason
    )
    turn_page(node, change, parent=parent)
    changes = {"parent": [before.pk if before else None, parent.pk]}
    reparented.send(Organization, scope=scope, node=node, on=on)
    record(scope, "organizations.reparent", object=node, organization_path=node.path, changes=changes)
    return node
