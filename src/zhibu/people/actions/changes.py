"""A person asks for a correction; the branch decides."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.people.actions.files import write
from zhibu.people.actions.writing import path_of
from zhibu.people.enums import RequestState
from zhibu.people.models import ChangeRequest
from zhibu.people.queries import change_request
from zhibu.people.queries import person as load
from zhibu.people.rules.fields import CHANGEABLE, FIELD, SECRET, cleaned
from zhibu.regulations.refusal import Refusal

ALLOWED = frozenset(field.name for field in CHANGEABLE)


@transaction.atomic
def request_change(scope: Scope, *, field: str, value: Any, reason: str = "") -> ChangeRequest:
    """Ask for a correction of one own field. Refuses wrong values, no change, and a second open request for the field.
    Records ``people.request_change`` without values."""
    if scope.person_id is None:
        raise Refusal("这个账号没有对应的人员档案。", remedy="请联系所在党支部。")
    if field not in ALLOWED:
        raise Refusal("这一项不能由本人申请更正。", field="field", remedy="请联系所在党支部。")
    person = load(scope, scope.person_id, lock=True)
    new = _text(cleaned({field: value}, scope.today)[field])
    old = _text(getattr(person, field))
    if new == old:
        raise Refusal(f"与现在登记的{FIELD[field].label}相同。", field="value", remedy="不需要更正。")
    try:
        with transaction.atomic():
            asked = ChangeRequest.objects.create(
                person=person,
                field=field,
                old_value=old,
                new_value=new,
                reason=reason.strip()[:500],
                asked_at=timezone.now(),
            )
    except IntegrityError:
        text = f"“{FIELD[field].label}”已经有一份申请等待审核。"
        raise Refusal(text, field="field", remedy="请先撤回原来的申请。") from None
    record(
        scope, "people.request_change", object=person, organization_path=path_of(person), changes={"field": field}
    )  # fmt: skip
    return asked


@transaction.atomic
def open_request(scope: Scope, pk: int) -> ChangeRequest:
    """One request, for its page. Its secret values are shown to whoever decides, which counts as revealing."""
    asked = change_request(scope, pk)
    if asked.state == RequestState.OPEN and asked.field in SECRET and asked.person_id != scope.person_id:
        person = asked.person
        changes = {"shown": [asked.field]}
        record(
            scope, "people.reveal", object=person, organization_path=path_of(person), changes=changes,
            reason="审核本人提出的更正申请",
        )  # fmt: skip
    return asked


@transaction.atomic
def decide_change(scope: Scope, asked: ChangeRequest, *, approve: bool, answer: str = "") -> ChangeRequest:
    """Approve (the value is written) or reject with an answer. Nobody decides on their own request.
    Records ``people.decide_change``, and what was written as ``people.update`` records it."""
    asked = change_request(scope, asked.pk, lock=True)
    if asked.state != RequestState.OPEN:
        raise Refusal(f"这份申请已经处理：{asked.get_state_display()}。")
    if asked.person_id == scope.person_id:
        raise Refusal("本人的申请不能由本人审核。", remedy="请支部其他委员或上级党组织审核。")
    if not approve and len(answer.strip()) < 2:
        raise Refusal("不采纳的，请写明理由。", field="answer", remedy="理由会告知本人。")
    person = load(scope, asked.person_id, Right.DECIDE_CHANGE, lock=True)
    if approve:
        write(scope, person, {asked.field: asked.new_value}, verb="people.update", reason="本人申请更正")
    asked.state = RequestState.APPROVED if approve else RequestState.REJECTED
    asked.decided_at, asked.decided_by_id, asked.answer = timezone.now(), scope.user_id, answer.strip()[:500]
    asked.save(update_fields=["state", "decided_at", "decided_by", "answer"])
    changes = {"field": asked.field, "state": asked.get_state_display()}
    record(scope, "people.decide_change", object=person, organization_path=path_of(person), changes=changes)
    return asked


@transaction.atomic
def withdraw_change(scope: Scope, pk: int) -> None:
    """Take back an own request that nobody has decided. Records ``people.withdraw_change``."""
    asked = ChangeRequest.objects.select_for_update().filter(pk=pk, person=scope.person_id or 0).first()
    if asked is None or scope.person_id is None:
        raise Http404("没有这份申请，或不是您提出的。")
    if asked.state != RequestState.OPEN:
        raise Refusal(f"这份申请已经处理：{asked.get_state_display()}。")
    asked.state, asked.decided_at = RequestState.WITHDRAWN, timezone.now()
    asked.save(update_fields=["state", "decided_at"])
    record(scope, "people.withdraw_change", object=asked.person, changes={"field": asked.field})


def _text(value: Any) -> str:
    """How a value is kept in a request: encrypted text."""
    if value is None or value == "":
        return ""
    return str(value)
