"""Taking back a change of the tree on the day of its entry, as long as nothing rests on it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import ManyToManyField

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations import rules
from zhibu.organizations.actions.common import fresh, kind_of, lock_tree, parent_of, refuse, refuse_namesake
from zhibu.organizations.actions.history import children_faults, place_faults
from zhibu.organizations.enums import ChangeKind, Kind
from zhibu.organizations.models import Change, Organization, Period, Tenure, Term
from zhibu.regulations.refusal import Refusal

LATER = "之后又有变动，不能单独撤销。"
OTHERWISE = "请按实际情况另行登记一次变动。"


@transaction.atomic
def undo_last_change(scope: Scope, change: Change) -> Organization:
    """Undo a decision about the tree; gives the organization to look at next.

    Refused after the day of entry, when a later change followed, when people have moved by it, when somebody has
    already used what it made, and when the state before would no longer fit. Records one ``organizations.undo``.
    """
    lock_tree()
    if not Change.objects.filter(pk=change.pk).exists():
        raise Refusal("这次变动已由别人撤销。", remedy="请刷新页面查看。")
    refuse(rules.refuse_undo(change, scope.today))
    if change.kind == ChangeKind.ESTABLISHED:
        node = _unmake(scope, change)
    elif change.kind in {ChangeKind.MERGED, ChangeKind.DISSOLVED}:
        node = _reopen(scope, change)
    else:
        node = _step_back(scope, change)
    what = change.get_kind_display()
    change.delete()
    record(scope, "organizations.undo", object=node, organization_path=node.path, changes={"change": what})
    return node


def _latest(node: Organization, change: Change) -> Period:
    """The open period, which must be the work of this change."""
    current = Period.objects.filter(organization=node, ended_on__isnull=True).first()
    if current is None or current.opened_by_id != change.pk or node.dissolved_on is not None:
        raise Refusal(f"“{node}”在这次变动{LATER}", remedy=OTHERWISE)
    return current


def _step_back(scope: Scope, change: Change) -> Organization:
    """Undo a renaming, a change of kind or of superior: the period before holds again."""
    node = fresh(scope, change.results.get())
    current = _latest(node, change)
    replaced = (change.undo or {}).get("replaced")
    before = _restored(current, replaced) if replaced else Period.objects.get(
        organization=node, ended_on=current.started_on
    )  # fmt: skip
    kind, parent, on = Kind(before.kind), before.parent, current.started_on
    found = [*place_faults(kind, parent, on, node=node), *children_faults(node, kind, on)]
    if parent is not None:
        scope.require(Right.RESHAPE_TREE, parent.path)
        found += refuse_namesake(parent, before.name, node)
    refuse(found)
    if parent is not None and parent != parent_of(node):
        Organization.objects.move(node, parent, "last-child")
        node = Organization.objects.get(pk=node.pk)
    if replaced:
        before.save(update_fields=["name", "kind", "parent", "opened_by"])
    else:
        current.delete()
        before.ended_on = None
        before.save(update_fields=["ended_on"])
    node.name, node.kind = before.name, kind
    node.short_name = (change.undo or {}).get("short_name", node.short_name)
    node.save(update_fields=["name", "kind", "short_name"])
    return node


def _restored(current: Period, replaced: dict[str, object]) -> Period:
    """The open period as it was before a second change on the same day."""
    for name, held in replaced.items():
        setattr(current, name, held)
    return current


def _reopen(scope: Scope, change: Change) -> Organization:
    """Undo a dissolution or a merger by which nobody moved: posts and terms run again."""
    nodes = []
    for closed in (change.undo or {})["closed"]:
        node = fresh(scope, Organization.objects.get(pk=closed["node"]))
        parent, on = parent_of(node), change.effective_on
        later = node.changes_from.filter(pk__gt=change.pk) | node.changes_to.filter(pk__gt=change.pk)
        if later.exists():
            raise Refusal(f"“{node}”在这次变动{LATER}", remedy=OTHERWISE)
        found = [*place_faults(kind_of(node), parent, on, node=node)]
        if parent is not None:
            found += refuse_namesake(parent, node.name, node)
        refuse(found)
        node.dissolved_on = None
        node.save(update_fields=["dissolved_on"])
        Tenure.objects.filter(pk__in=closed["tenures"]).update(ended_on=None, end_reason="")
        Term.objects.filter(pk__in=closed["terms"]).update(ended_on=None)
        Period.objects.filter(pk__in=closed["periods"]).update(ended_on=None)
        nodes.append(node)
    return nodes[0]


def _unmake(scope: Scope, change: Change) -> Organization:
    """Undo an establishment that nothing refers to yet; gives the superior."""
    node = fresh(scope, change.results.get())
    _latest(node, change)
    parent = parent_of(node)
    if parent is None:
        raise Refusal("学校党组织不能撤销。")
    own = {Period.organization.field, Change.sources.field, Change.results.field}
    for relation in Organization._meta.related_objects:
        referring = relation.related_model._base_manager.filter(**{relation.field.name: node})
        if isinstance(relation.field, ManyToManyField) and relation.field in own:
            referring = referring.exclude(pk=change.pk)
        elif relation.field in own:
            continue
        if referring.exists():
            what = relation.related_model._meta.verbose_name
            raise Refusal(f"“{node}”已有{what}记录，不能撤销设立。", remedy="请改为登记一次撤销组织。")
    # Children that were dissolved again still carry its path.
    if Organization.objects.get_children(node).exists():
        raise Refusal(f"“{node}”已有下级组织，不能撤销设立。", remedy="请先撤销下级组织的设立。")
    change.results.clear()
    node.periods.all().delete()
    Organization.objects.filter(pk=node.pk).delete()
    return Organization.objects.get(pk=parent.pk)
