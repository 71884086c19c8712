"""Reading a problem to act on it, and entering what was done."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.regulations.refusal import Refusal
from zhibu.supervision.enums import EntryKind
from zhibu.supervision.models import Problem, ProblemEntry
from zhibu.supervision.queries import named
from zhibu.supervision.rules import Act, why_not

LONGEST = 2000


def locked(scope: Scope, pk: int, act: Act) -> Problem:
    """One problem, held until the end of the transaction: 404 outside the subtrees and for whom it does not name;
    refuses what is not its turn."""
    seen = scope.within(Right.VIEW_PROBLEM) | named(scope)
    rows = Problem.objects.select_related("organization", "person").filter(seen)
    found = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个问题，或不在您的管理范围内。")
    if refusal := why_not(scope, act, found):
        raise refusal
    return found


def words(text: str, field: str, example: str) -> str:
    """What was typed, without which the act is not done."""
    found = text.strip()
    if not found:
        raise Refusal("请写明内容，不能空着。", field=field, remedy=f"例如：{example}")
    return found[:LONGEST]


def entry(scope: Scope, found: Problem, kind: EntryKind, text: str = "", **data: Any) -> ProblemEntry:
    """The entry as it is to be saved."""
    return ProblemEntry(
        problem=found, kind=kind, on=scope.today, at=timezone.now(), by_id=scope.user_id,
        role=scope.role_label if scope.user_id else "系统", text=text[:LONGEST], data=data,
    )  # fmt: skip


def enter(
    scope: Scope, found: Problem, kind: EntryKind, verb: str, text: str = "", changed: tuple[str, ...] = (), **data: Any
) -> ProblemEntry:
    """Save what changed in the problem, add the entry, audit it. The words stay out of the audit log."""
    if changed:
        found.save(update_fields=changed)
    made = entry(scope, found, kind, text, **data)
    made.save()
    plain = {name: value for name, value in data.items() if name != "milestones"}
    audit.record(
        scope, verb, object=found, organization_path=found.organization.path, changes={"state": found.state, **plain}
    )
    return made
