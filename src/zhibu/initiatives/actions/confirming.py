"""Links for beneficiaries outside: signed, good once, until a moment. They show a title, a branch, an outcome."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.initiatives import rules
from zhibu.initiatives.actions import deeds, service
from zhibu.initiatives.enums import DeedState, ParticipationState, Through
from zhibu.initiatives.models import (
    Activity,
    Confirmation,
    ConfirmationLink,
    LinkFailure,
    Participation,
    PracticalDeed,
)
from zhibu.regulations.refusal import Refusal
from zhibu.vault.crypto import pseudonym

SALT = "zhibu.initiatives.confirm"
SECRET_BYTES = 24


@dataclass(frozen=True)
class Asked:
    """What a beneficiary is shown and asked about. Names nobody."""

    link: ConfirmationLink
    title: str
    branch: str
    outcome: str
    is_activity: bool

    @property
    def seal(self) -> str:
        """Changes with what is shown: nobody confirms what he did not read."""
        said = "\n".join((str(self.link.pk), self.title, self.branch, self.outcome))
        return hashlib.sha256(said.encode()).hexdigest()[:32]


class NoLink(Exception):
    """The address is none of ours."""


class Spent(Exception):
    """The link was good once; ``str`` says why it is not now."""


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue(scope: Scope, *, activity: int | None = None, deed: int | None = None) -> tuple[str, ConfirmationLink]:
    """A new link for one thing; earlier ones of it end. Only its hash is kept, so that it is shown this once.

    Refuses where there is nothing to confirm. Audited as ``initiatives.issue_link``.
    """
    of: Activity | PracticalDeed
    if activity is not None:
        of = service.held(scope, activity)
        if not outcome_of(of):
            raise Refusal("还没有写成效，或没有待确认的时长。", remedy="请先填成效、登记参加人和时长。")
    else:
        of = deeds.held(scope, deed or 0, Right.RECORD_INITIATIVE)
        if of.state != DeedState.REPORTED:
            raise Refusal("还没有登记办理结果。", remedy="请先登记办理结果。")
    now = timezone.now()
    of.links.filter(used_at__isnull=True, revoked_at__isnull=True).update(revoked_at=now)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    link = ConfirmationLink.objects.create(
        activity_id=activity, deed_id=deed, secret_hash=_hash(secret), issued_at=now, issued_by_id=scope.user_id,
        expires_at=now + timedelta(days=rules.LINK_DAYS),
    )  # fmt: skip
    audit.record(
        scope, "initiatives.issue_link", object=link, organization_path=of.organization.path,
        changes={"activity": activity, "deed": deed, "expires_at": link.expires_at},
    )  # fmt: skip
    return signing.dumps([link.pk, secret], salt=SALT, compress=False), link


@transaction.atomic
def revoke(scope: Scope, *, activity: int | None = None, deed: int | None = None) -> int:
    """Links of this thing that are still good end now. Audited as ``initiatives.revoke_link``."""
    of: Activity | PracticalDeed = (
        service.held(scope, activity) if activity is not None
        else deeds.held(scope, deed or 0, Right.RECORD_INITIATIVE)
    )  # fmt: skip
    count = of.links.filter(used_at__isnull=True, revoked_at__isnull=True).update(revoked_at=timezone.now())
    if not count:
        raise Refusal("没有有效的确认链接。", remedy="请刷新页面。")
    audit.record(scope, "initiatives.revoke_link", object=of, organization_path=of.organization.path)
    return count


def outcome_of(found: Activity | PracticalDeed) -> str:
    """The words that are confirmed; "" where there is nothing to confirm."""
    if isinstance(found, PracticalDeed):
        return found.result if found.state == DeedState.REPORTED else ""
    waits = found.participations.filter(state=ParticipationState.NOTED)
    total = waits.aggregate(total=Sum("half_hours"))["total"] or 0
    people = waits.count()
    if not found.outcome or not people:
        return ""
    return f"{found.outcome}（{people} 人参加，共 {total / 2:g} 小时）"


def opened(token: str, at: datetime) -> Asked:
    """What a link asks about. A forged one is none (`NoLink`); one used, revoked or expired is `Spent`."""
    try:
        pk, secret = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise NoLink from None
    link = ConfirmationLink.objects.select_related("activity__organization", "deed__organization").filter(pk=pk).first()
    if link is None or not constant_time_compare(link.secret_hash, _hash(str(secret))):
        raise NoLink
    _refuse_spent(link, at)
    found = link.activity or link.deed
    assert found is not None
    outcome = outcome_of(found)
    if not outcome:
        raise Spent("这件事已经确认，或内容正在修改，现在没有要确认的。")
    return Asked(link, found.title, found.organization.name, outcome, link.activity_id is not None)


def _refuse_spent(link: ConfirmationLink, at: datetime) -> None:
    if link.used_at:
        raise Spent("这个链接已经用过，只能确认一次。")
    if link.revoked_at:
        raise Spent("这个链接已经作废。")
    if link.expires_at <= at:
        raise Spent("这个链接已经过期。")


@transaction.atomic
def confirm(
    token: str, *, seal: str, is_satisfied: bool, words: str, at: datetime, scope: Scope, reader: Scope | None = None
) -> None:
    """The beneficiary says that it was so, or not. Good once: of two at the same moment one counts.

    Refuses when what was shown has changed since. ``scope`` is that of somebody without an account; ``reader`` is
    whoever is signed in at that browser: those who keep the thing or had a part in it do not answer for others.
    Audited as ``initiatives.confirm_by_link`` besides what it settles.
    """
    asked = opened(token, at)
    kind: type[Activity] | type[PracticalDeed] = Activity if asked.is_activity else PracticalDeed
    pk = asked.link.activity_id or asked.link.deed_id or 0
    # First the thing, then its link: the same order as in `issue`.
    found = kind.objects.select_for_update(of=("self",)).select_related("organization").get(pk=pk)
    link = ConfirmationLink.objects.select_for_update().get(pk=asked.link.pk)
    _refuse_spent(link, at)
    outcome = outcome_of(found)
    now = Asked(link, found.title, found.organization.name, outcome, asked.is_activity)
    if not outcome or not constant_time_compare(now.seal, seal):
        raise Refusal("内容刚有改动。", remedy="请看过上面现在的内容，再确认一次。")
    if reader is not None and _is_of_the_house(reader, found):
        raise Refusal(
            "您在这台设备上登录着平台，是登记或参加这件事的人，不能代服务对象确认。",
            remedy="请把链接发给服务对象，由对方打开。",
        )
    if isinstance(found, PracticalDeed):
        deeds.settle(scope, found, Through.BENEFICIARY, is_satisfied=is_satisfied, words=words)
    else:
        _settle_activity(found, outcome, is_satisfied, words.strip(), at)
    link.used_at = at
    link.save(update_fields=["used_at"])
    audit.record(
        scope, "initiatives.confirm_by_link", object=link, organization_path=found.organization.path,
        changes={"activity": link.activity_id, "deed": link.deed_id, "is_satisfied": is_satisfied},
    )  # fmt: skip


def _is_of_the_house(reader: Scope, found: Activity | PracticalDeed) -> bool:
    if reader.may(Right.RECORD_INITIATIVE, found.organization.path):
        return True
    if reader.person_id is None:
        return False
    if isinstance(found, PracticalDeed):
        return found.responsible_id == reader.person_id
    return found.participations.filter(person=reader.person_id).exists()


def _settle_activity(found: Activity, outcome: str, is_satisfied: bool, words: str, at: datetime) -> None:
    """Confirmed: the hours count. Not: nothing counts, and the organizer reads why."""
    rules.refuse_numbers(words, "words")
    if not is_satisfied and not words:
        raise Refusal("情况不符的，请写一句哪里不符。", field="words", remedy="只写事情，不写人。")
    Confirmation.objects.create(
        activity=found, through=Through.BENEFICIARY, outcome=outcome, is_satisfied=is_satisfied, words=words, at=at
    )
    if is_satisfied:
        waits = Participation.objects.select_for_update().filter(activity=found, state=ParticipationState.NOTED)
        service.settle(found, waits.order_by("pk"), Through.BENEFICIARY, None)


def is_throttled(address: str, at: datetime) -> bool:
    """Whether an address has tried too many links that are none."""
    since = at - timedelta(minutes=rules.TRY_MINUTES)
    return LinkFailure.objects.filter(mark=pseudonym(address), at__gt=since).count() >= rules.TRIES_PER_ADDRESS


def note_failure(address: str, at: datetime) -> None:
    """Counted under a mark; what is older than the window is forgotten."""
    LinkFailure.objects.filter(Q(at__lt=at - timedelta(minutes=rules.TRY_MINUTES))).delete()
    LinkFailure.objects.create(mark=pseudonym(address), at=at)
