"""Taking back the latest change of the tree, as long as nothing rests on it."""

from __future__ import annotations

from django.db import transaction

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations.actions.common import fresh, lock_tree
from zhibu.organizations.enums import ChangeKind
from zhibu.organizations.models import Change, Organization, Period
from zhibu.regulations.refusal import Refusal

UNDOABLE = {ChangeKind.RENAMED, ChangeKind.REKINDED, ChangeKind.REPARENTED}


@transaction.atomic
def undo_last_change(scope: Scope, change: Change) -> Organization:
    """Undo a renaming, a change of kind or of superior: the period before opens again.

    Refused for other changes (people have moved by them) and when a later change followed.
    """
    lock_tree()
    if change.kind not in UNDOABLE:
        raise Refusal(
            f"{change.get_kind_display()}涉及人员或下级的变动，不能撤销。", remedy="请按实际情况另行登记一次变动。"
        )
    node = fresh(scope, change.results.get(), Right.RESHAPE_TREE)
    current = Period.objects.filter(organization=node, ended_on__isnull=True).first()
    if current is None or current.opened_by_id != change.pk:
        raise Refusal(
            f"“{node}”在这次变动之后又有变动，或与另一次变动在同一天，不能单独撤销。", remedy="请另行登记一次变动。"
        )
    before = Period.objects.get(organization=node, ended_on=current.started_on)
    if before.parent_id != current.parent_id:
        if before.parent is None or before.parent.dissolved_on is not None:
            raise Refusal("原上级党组织已经撤销，不能恢复隶属。")
        scope.require(Right.RESHAPE_TREE, before.parent.path)
        Organization.objects.move(node, before.parent, "last-child")
        node = Organization.objects.get(pk=node.pk)
    current.delete()
    before.ended_on = None
    before.save(update_fields=["ended_on"])
    node.name, node.kind = before.name, before.kind
    node.save(update_fields=["name", "kind"])
    what = change.get_kind_display()
    change.delete()
    record(scope, "organizations.undo", object=node, organization_path=node.path, changes={"change": what})
    return node
