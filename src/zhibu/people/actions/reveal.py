"""Reading that leaves a trace: opening somebody's file, and having a masked value shown."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.people.actions.writing import path_of
from zhibu.people.models import Person
from zhibu.people.queries import person as load
from zhibu.people.rules.fields import SECRET
from zhibu.regulations.refusal import Refusal

COMMON_REASONS = ("核对身份信息", "联系本人", "办理组织关系转接", "上级要求报送", "慰问或走访")
SHORTEST_REASON = 4


@transaction.atomic
def open_file(scope: Scope, pk: int) -> Person:
    """The file, for its page. Whoever opens a file that is not their own is recorded (``people.view``)."""
    person = load(scope, pk)
    if person.pk != scope.person_id:
        record(scope, "people.view", object=person, organization_path=path_of(person))
    return person


@transaction.atomic
def reveal(scope: Scope, person: Person, fields: Iterable[str], *, reason: str) -> dict[str, str]:
    """The plain values of secret fields. Asks for a reason of at least four characters and records ``people.reveal``
    with the names of the fields, never their values. One's own need no reason."""
    names = tuple(fields)
    if unknown := set(names) - SECRET:
        raise Refusal(f"没有这些可查看的项目：{'、'.join(sorted(unknown))[:60]}。", remedy="请从档案页面查看。")
    own = person.pk == scope.person_id
    person = load(scope, person.pk, Right.VIEW_PERSON if own else Right.REVEAL_PERSON)
    reason = " ".join(reason.split())
    if not own:
        if len(reason) < SHORTEST_REASON:
            raise Refusal("请写明查看的理由，至少四个字。", field="reason", remedy="理由会留下记录，本人可以看到。")
        changes = {"shown": list(names)}
        record(scope, "people.reveal", object=person, organization_path=path_of(person), changes=changes, reason=reason)
    return {name: getattr(person, name) for name in names}
