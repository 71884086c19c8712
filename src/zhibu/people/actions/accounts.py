"""The account of a person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from zhibu.accounts.actions import HandedOut, open_account
from zhibu.accounts.enums import Right
from zhibu.accounts.models import User
from zhibu.accounts.queries import accounts
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.people.actions.writing import path_of
from zhibu.people.models import Person
from zhibu.people.queries import person as load
from zhibu.regulations.refusal import Refusal


@transaction.atomic
def link_account(scope: Scope, person: Person, user: User) -> None:
    """Say that this account is this person's; its rights then follow from posts and membership.
    Refuses an account or a person that already has one. Records ``people.link_account``."""
    person = load(scope, person.pk, Right.MANAGE_ACCOUNTS, lock=True)
    if person.user_id is not None:
        raise Refusal(f"“{person.name}”已经有账号。", remedy="忘记口令的，请重发启用码。")
    if Person.objects.filter(user=user).exists():
        raise Refusal(f"账号“{user}”已经属于另一个人。", remedy="请核对学工号。")
    person.user = user
    person.save(update_fields=["user", "updated_at"])
    if not accounts(scope).filter(pk=user.pk).exists():
        raise Refusal(f"“{person.name}”在您的管理范围之外担任职务，账号不能由您发放。", remedy="请由上级党组织发放。")
    record(
        scope, "people.link_account", object=person, organization_path=path_of(person), changes={"user": user.pk}
    )  # fmt: skip


@transaction.atomic
def hand_out_account(scope: Scope, person: Person, *, at: datetime) -> HandedOut:
    """Open an account named by the 学工号, link it, and give its activation code."""
    if not person.number:
        raise Refusal(
            f"“{person.name}”没有登记学工号，不能开通账号。", field="number", remedy="请先在档案里补填学工号。"
        )
    handed = open_account(scope, username=person.number, display_name=person.name, at=at)
    link_account(scope, person, handed.user)
    return handed
