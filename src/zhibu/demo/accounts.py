"""One account per role for whoever tries the demo, each with a random password that exists only in one file.

The persons are ordinary ones of a branch in which something waits. Accounts are opened, linked and activated by the
same actions as in a real installation.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from zhibu.accounts.actions import HandedOut, activate, open_account, reset_account
from zhibu.accounts.enums import Role
from zhibu.accounts.models import User
from zhibu.accounts.scope import Scope, system_scope
from zhibu.demo import appraised, outgoing
from zhibu.meetings.enums import State
from zhibu.meetings.ledger.actions import grant
from zhibu.meetings.models import Inspection, Meeting
from zhibu.organizations.enums import PostKind
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.queries import in_office
from zhibu.people.actions.accounts import hand_out_account
from zhibu.people.enums import StageKind
from zhibu.people.models import ChangeRequest, Person
from zhibu.regulations.refusal import Refusal

ADMINISTRATOR = "demo-administrator"
INSPECTOR = "demo-inspector"


@dataclass(frozen=True)
class DemoAccount:
    """``note`` says who it is and what waits."""

    role: Role
    username: str
    password: str
    note: str


@transaction.atomic
def hand_out(file: Path, *, today: date | None = None) -> list[DemoAccount]:
    """Open one account per role, or renew its password, and write all of them to ``file`` (readable by the owner only).

    Refuses a database that `generate` has not filled.
    """
    today = today or timezone.localdate()
    scope = system_scope(today)
    branch = shown_branch()
    root, faculty = _above(branch)
    found = [
        _for_person(scope, Role.MEMBER, _member(branch, today), f"{branch}党员，有一项信息更正申请待审核"),
        _for_person(scope, Role.SECRETARY, _holder(branch, PostKind.SECRETARY, today), f"{branch}书记，有待办事项"),
        _for_person(scope, Role.ORGANIZER, _holder(faculty, PostKind.ORGANIZER, today), f"{faculty}组织员"),
        _for_person(scope, Role.OFFICE, _holder(root, PostKind.OFFICER, today), "学校党委组织部工作人员"),
        _administrator(scope),
        _inspector(scope, faculty),
    ]
    users = {one.role: User.objects.get(username=one.username) for one in found}
    outgoing.fill(users, branch, timezone.now())
    appraised.fill(users, branch, today)
    _write(file, found)
    return found


def shown_branch() -> Organization:
    """The branch that was given something of every kind that waits; an unfinished record marks it."""
    draft = Meeting.objects.filter(state=State.DRAFT).order_by("id").select_related("organization").first()
    if draft is None:
        raise Refusal("数据库中没有演示数据，不能发放演示账号。", remedy="请先运行 zhibu demo 生成演示数据。")
    return draft.organization


def _above(branch: Organization) -> tuple[Organization, Organization]:
    """The university's committee and the faculty of the branch."""
    steps = Organization.steplen
    paths = [branch.path[:end] for end in range(steps, len(branch.path), steps)]
    above = list(Organization.objects.filter(path__in=paths).order_by("path"))
    return above[0], above[-1]


def _member(branch: Organization, today: date) -> Person:
    """A full member without a post who has asked for a correction, else any member without a post."""
    members = Person.objects.filter(organization__path__startswith=branch.path, stage=StageKind.FULL)
    plain = members.exclude(tenures__in=Tenure.objects.filter(in_office(today))).order_by("id")
    asking = ChangeRequest.objects.filter(person__in=plain).order_by("id").select_related("person").first()
    person = asking.person if asking else plain.first()
    if person is None:
        raise Refusal(f"{branch}没有可作演示的党员。", remedy="请用较大的规模重新生成。")
    return person


def _holder(organization: Organization, post: PostKind, today: date) -> Person:
    held = Tenure.objects.filter(in_office(today), organization=organization, post=post).order_by("id")
    tenure = held.select_related("person").first()
    if tenure is None:
        raise Refusal(f"{organization}没有{post.label}，不能发放演示账号。", remedy="请用较大的规模重新生成。")
    return tenure.person


def _for_person(scope: Scope, role: Role, person: Person, note: str) -> DemoAccount:
    at = timezone.now()
    handed = reset_account(scope, person.user, at=at) if person.user else hand_out_account(scope, person, at=at)
    return _activated(role, handed, f"{person.name}，{note}")


def _administrator(scope: Scope) -> DemoAccount:
    """The account that runs the machine has no person behind it."""
    handed = _without_person(scope, ADMINISTRATOR, Role.ADMINISTRATOR)
    return _activated(Role.ADMINISTRATOR, handed, "管理账号和系统，不能查看党员信息")


def _inspector(scope: Scope, faculty: Organization) -> DemoAccount:
    """Somebody from outside who may read the ledgers of one faculty for a month."""
    handed = _without_person(scope, INSPECTOR, Role.INSPECTOR)
    if not Inspection.objects.filter(user=handed.user, until__gte=scope.today, revoked_at=None).exists():
        until = scope.today + timedelta(days=30)
        grant(scope, faculty.pk, username=INSPECTOR, until=until, reason="年度党建考核（演示）")
    return _activated(Role.INSPECTOR, handed, f"只能查阅{faculty}的台账，一个月后失效")


def _without_person(scope: Scope, username: str, role: Role) -> HandedOut:
    at, existing = timezone.now(), User.objects.filter(username=username).first()
    if existing is not None:
        return reset_account(scope, existing, at=at)
    is_administrator = role is Role.ADMINISTRATOR
    return open_account(
        scope, username=username, display_name=role.label, at=at, is_administrator=is_administrator
    )  # fmt: skip


def _activated(role: Role, handed: HandedOut, note: str) -> DemoAccount:
    password = secrets.token_urlsafe(12)
    activate(username=handed.user.username, code=handed.code, password=password, at=timezone.now())
    return DemoAccount(role, handed.user.username, password, note)


def _write(file: Path, accounts: list[DemoAccount]) -> None:
    lines = ["# 演示账号，数据全部为虚构；口令随机生成，只在这里", "# 角色\t账号\t口令\t说明"]
    lines += ["\t".join((one.role.label, one.username, one.password, one.note)) for one in accounts]
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")
    draft.replace(file)
