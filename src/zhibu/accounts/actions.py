"""What can be done with accounts. A password is chosen by its owner and by nobody else."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from zhibu.accounts.enums import Right
from zhibu.accounts.models import Activation, User
from zhibu.accounts.rules import normal_code, normal_username
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.regulations.refusal import Refusal

VALID = timedelta(days=7)
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0/O and 1/I, which are misread on paper


@dataclass(frozen=True)
class HandedOut:
    """An account with the code its owner needs; the code exists nowhere else and cannot be shown again."""

    user: User
    code: str
    expires_at: datetime


@transaction.atomic
def open_account(
    scope: Scope, *, username: str, display_name: str, at: datetime, is_administrator: bool = False
) -> HandedOut:
    """Open an account without a password and hand out its activation code. Refuses a name that is taken."""
    scope.require(Right.MANAGE_ACCOUNTS)
    if is_administrator:
        scope.require(Right.MANAGE_ACCOUNTS, "")
    name = normal_username(username)
    if not name:
        raise Refusal("账号不能为空，只能由字母、数字、点、下划线和连字符组成。", field="username")
    if User.objects.filter(username=name).exists():
        raise Refusal(f"账号“{name}”已经存在。", field="username", remedy="请核对学工号；忘记口令的可以重发启用码。")
    user = User(username=name, display_name=display_name.strip() or name, is_administrator=is_administrator)
    user.set_unusable_password()
    user.save(force_insert=True)
    handed = _issue(scope, user, "activate", at)
    record(scope, "accounts.open", object=user, changes={"is_administrator": is_administrator})
    return handed


@transaction.atomic
def reset_account(scope: Scope, user: User, *, at: datetime) -> HandedOut:
    """Take the password away, end all sessions and hand out a new code."""
    _require_over(scope, user)
    if not user.is_active:
        raise Refusal(f"账号“{user}”已停用。", remedy="请先恢复账号，再重发启用码。")
    user.set_unusable_password()  # also ends every session: the session carries a hash of the password
    user.save(update_fields=["password"])
    handed = _issue(scope, user, "reset", at)
    record(scope, "accounts.reset", object=user)
    return handed


@transaction.atomic
def deactivate(scope: Scope, user: User, *, reason: str) -> None:
    """Forbid signing in and end all sessions; the person's records stay."""
    _require_over(scope, user)
    if user.pk == scope.user_id:
        raise Refusal("不能停用自己正在使用的账号。", remedy="请由另一位管理人员办理。")
    if not user.is_active:
        raise Refusal(f"账号“{user}”已经停用。")
    user.is_active = False
    user.deactivated_on = scope.today
    user.set_unusable_password()
    user.save(update_fields=["is_active", "deactivated_on", "password"])
    Activation.objects.filter(user=user, used_at__isnull=True).delete()
    record(scope, "accounts.deactivate", object=user, reason=reason)


@transaction.atomic
def reactivate(scope: Scope, user: User, *, at: datetime) -> HandedOut:
    """Allow signing in again, with a new activation code."""
    _require_over(scope, user)
    if user.is_active:
        raise Refusal(f"账号“{user}”没有停用，无需恢复。")
    user.is_active = True
    user.deactivated_on = None
    user.save(update_fields=["is_active", "deactivated_on"])
    handed = _issue(scope, user, "reset", at)
    record(scope, "accounts.reactivate", object=user)
    return handed


@transaction.atomic
def activate(*, username: str, code: str, password: str, at: datetime) -> User:
    """Set the owner's password with a code, once. Every failure reads the same, so that nothing can be probed."""
    found = (
        Activation.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(code_hash=hash_of(code), user__username=normal_username(username), used_at__isnull=True)
        .first()
    )
    if found is None or found.expires_at <= at or not found.user.is_active:
        raise Refusal("账号或启用码不对，或启用码已过期、已使用。", remedy="请核对后重试，或请发放人重新发放启用码。")
    user = found.user
    _choose_password(user, password)
    found.used_at = at
    found.save(update_fields=["used_at"])
    record(None, "accounts.activate", object=user)
    return user


@transaction.atomic
def change_password(scope: Scope, user: User, *, old: str, new: str) -> None:
    """Replace the own password; other sessions end."""
    if not user.check_password(old):
        raise Refusal("原口令不对。", field="old")
    _choose_password(user, new)
    record(scope, "accounts.change_password", object=user)


def _choose_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refusal(" ".join(error.messages), field="password") from error
    user.set_password(password)
    user.save(update_fields=["password"])


def _require_over(scope: Scope, user: User) -> None:
    """The right over this account: an administrator's account only by one who has the right over everything."""
    from zhibu.accounts.queries import accounts

    if not accounts(scope).filter(pk=user.pk).exists():
        scope.require(Right.MANAGE_ACCOUNTS, "")


def _issue(scope: Scope, user: User, purpose: str, at: datetime) -> HandedOut:
    Activation.objects.filter(user=user, used_at__isnull=True).delete()
    code = new_code()
    Activation.objects.create(
        user=user,
        code_hash=hash_of(code),
        purpose=purpose,
        created_at=at,
        expires_at=at + VALID,
        issued_by_id=scope.user_id,
    )
    return HandedOut(user, code, at + VALID)


def new_code() -> str:
    """Eighty random bits to be typed by hand, in four groups."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def hash_of(code: str) -> str:
    # A plain hash is enough for eighty random bits: there is nothing to guess.
    return hashlib.sha256(normal_code(code).encode()).hexdigest()
