"""Choices: of a person about the own reminders, of an organization about its groups."""

from __future__ import annotations

from datetime import datetime, time

from django.conf import settings
from django.db import transaction

from zhibu.accounts.enums import Right
from zhibu.accounts.models import User
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal
from zhibu.reminders import queries
from zhibu.reminders.enums import Rhythm, RobotKind
from zhibu.reminders.models import Preference, Robot
from zhibu.reminders.rules import host_of

MOST_ROBOTS = 5


@transaction.atomic
def set_preference(
    scope: Scope, user: User, *, by_email: bool, rhythm: str, address: str, quiet_from: time, quiet_until: time
) -> Preference:
    """Keep how this account wants to be reminded. Only its owner may. Records one entry without the address."""
    if user.pk != scope.user_id:
        raise Refusal("只能改自己的提醒设置。")
    # The row of the account is locked: two windows must not both make the first one.
    User.objects.select_for_update().get(pk=user.pk)
    kept = queries.preference(user)
    given = {
        "by_email": by_email, "rhythm": Rhythm(rhythm), "address": address.strip(), "quiet_from": quiet_from,
        "quiet_until": quiet_until,
    }  # fmt: skip
    changes = {name: [getattr(kept, name), value] for name, value in given.items() if getattr(kept, name) != value}
    for name, value in given.items():
        setattr(kept, name, value)
    kept.save()
    if changes:
        record(scope, "reminders.set", object=kept, changes=changes)
    return kept


@transaction.atomic
def add_robot(
    scope: Scope, organization: Organization, *, kind: RobotKind, label: str, address: str, secret: str, at: datetime
) -> Robot:
    """Register a group's robot for an organization.

    Refuses addresses that are not https or not allowed by the operator, the same address twice for one organization,
    and more than a few. Records one entry without address and secret.
    """
    scope.require(Right.EDIT_ORGANIZATION, organization.path)
    host = host_of(address, settings.WEBHOOK_HOSTS)
    Organization.objects.select_for_update().get(pk=organization.pk)
    known = list(Robot.objects.filter(organization=organization))
    if any(str(robot.address) == address.strip() for robot in known):
        raise Refusal("这个地址已经登记过了。", field="address", remedy="需要停用的，请在名单里停用。")
    if len(known) >= MOST_ROBOTS:
        raise Refusal(f"一个党组织最多登记 {MOST_ROBOTS} 个群机器人。", remedy="请先删去不用的。")
    if secret.strip() and kind is not RobotKind.DINGTALK:
        raise Refusal("只有钉钉的机器人有加签密钥。", field="secret", remedy="企业微信的请留空。")
    robot = Robot.objects.create(
        organization=organization, kind=kind, label=label.strip(), address=address.strip(), host=host,
        secret=secret.strip(), added_by_id=scope.user_id, added_at=at,
    )  # fmt: skip
    changes = {"kind": kind.value, "host": host, "label": robot.label}
    record(scope, "reminders.add_robot", object=robot, organization_path=organization.path, changes=changes)
    return robot


@transaction.atomic
def switch_robot(scope: Scope, pk: int, *, on: bool) -> Robot:
    """Let a robot speak, or silence it. Doing it twice changes nothing."""
    robot = queries.robot(scope, pk, lock=True)
    if robot.is_active != on:
        robot.is_active = on
        robot.save(update_fields=["is_active"])
        path = robot.organization.path
        record(
            scope, "reminders.switch_robot", object=robot, organization_path=path, changes={"is_active": [not on, on]}
        )
    return robot


@transaction.atomic
def remove_robot(scope: Scope, pk: int) -> str:
    """Forget a robot with its address and its log. Returns its label."""
    robot = queries.robot(scope, pk, lock=True)
    changes = {"label": robot.label, "host": robot.host}
    record(scope, "reminders.remove_robot", object=robot, organization_path=robot.organization.path, changes=changes)
    robot.delete()
    return robot.label
