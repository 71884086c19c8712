"""The collected fields that are not part of the tree's history."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from stdnum.cn import uscc

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations import rules
from zhibu.organizations.actions.common import fresh, lock_tree, refuse
from zhibu.organizations.enums import UnitSituation
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal

DETAILS = (
    "short_name", "category", "declared_secretary", "contact_name", "contact_phone", "unit_situation", "unit_name",
    "unit_category", "unit_party_setup", "unit_code", "approval_document",
)  # fmt: skip
# Who may approve members is decided by the superior, not by the organization itself.
RESERVED = ("may_approve_members",)


@transaction.atomic
def update_details(scope: Scope, node: Organization, **fields: Any) -> Organization:
    """Change collected fields; unknown or unchanged ones are left alone. Audited with old and new values."""
    node = fresh(scope, node, Right.EDIT_ORGANIZATION)
    if "may_approve_members" in fields and fields["may_approve_members"] != node.may_approve_members:
        scope.require(Right.RESHAPE_TREE, node.path)
    changes = {
        name: [getattr(node, name), fields[name]]
        for name in (*DETAILS, *RESERVED)
        if name in fields and fields[name] != getattr(node, name)
    }
    for name, (_old, new) in changes.items():
        setattr(node, name, new)
    refuse([*rules.refuse_dissolved(node), *_refuse_unit(node)])
    if changes:
        node.save(update_fields=list(changes))
        # Names and phones of contacts are personal: the log shows that they changed, not to what.
        shown = {
            name: (values if name in {"category", "unit_situation", *RESERVED} else "已更改")
            for name, values in changes.items()
        }
        record(scope, "organizations.update", object=node, organization_path=node.path, changes=shown)
    return node


@transaction.atomic
def keep_records_since(
    scope: Scope, node: Organization, *, since: date, reason: str, below: bool = False
) -> Organization:
    """State from which day on an organization (``below``: and all below it) records its meetings here: earlier when old
    records have been entered, later when they stay on paper. What is due is counted from the first full period on."""
    lock_tree()
    node = fresh(scope, node)
    found = [*rules.refuse_dissolved(node)]
    if since > scope.today:
        found.append(Refusal("起登记日不能晚于今天。", field="since", remedy="请填实际开始登记的日期。"))
    if not reason.strip():
        found.append(Refusal("请写明事由。", field="reason", remedy="例如：已补录 2025 年的会议记录。"))
    refuse(found)
    before = node.recorded_since
    mine = Organization.objects.filter(path__startswith=node.path) if below else Organization.objects.filter(pk=node.pk)
    held = [one.pk for one in mine.select_for_update().order_by("pk").only("pk")]
    Organization.objects.filter(pk__in=held).update(recorded_since=since)
    changes = {"recorded_since": [str(before) if before else None, str(since)], "organizations": len(held)}
    record(
        scope, "organizations.keep_records_since", object=node, organization_path=node.path, changes=changes,
        reason=reason.strip(),
    )  # fmt: skip
    node.recorded_since = since
    return node


@transaction.atomic
def record_chart(scope: Scope, *, on: date, rows: int) -> None:
    """Note that the tree was taken out on paper, as every export is."""
    record(scope, "export", changes={"list": "组织机构图", "rows": rows, "on": str(on)})


def _refuse_unit(node: Organization) -> list[Refusal]:
    """Fields 7–10 stand or fall with field 6 (data-standards.md 2)."""
    found = []
    if node.unit_situation != UnitSituation.SAME and not node.unit_name:
        found.append(Refusal("党组织所在单位不是“与上级党组织相同”的，须填写单位名称。", field="unit_name"))
    if len(node.unit_code) == 18 and not uscc.is_valid(node.unit_code):
        found.append(Refusal("统一社会信用代码的校验位不对。", field="unit_code", remedy="请对照登记证书核对。"))
    return found
