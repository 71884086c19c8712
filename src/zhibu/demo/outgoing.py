"""A letter that the office has made its own, and some days of reminders, for whoever opens these pages in the demo.

Nothing of this was ever sent: the group's robot is silenced and its address leads nowhere.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from docx import Document as Word

from zhibu.accounts.enums import Role
from zhibu.accounts.models import User
from zhibu.accounts.scope import scope_of, system_scope
from zhibu.documents import actions
from zhibu.documents.models import Template
from zhibu.documents.registry import kind_of
from zhibu.documents.store import shipped
from zhibu.meetings.actions import sign
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import Meeting, Signature
from zhibu.organizations.models import Organization
from zhibu.people.actions.accounts import hand_out_account
from zhibu.reminders.enums import Channel, DeliveryState, RobotKind
from zhibu.reminders.models import Delivery, Robot

DAYS = 5
SIGNED = 4
TOLD = ((Role.SECRETARY, 6), (Role.ORGANIZER, 14), (Role.OFFICE, 31))
REFUSED = "邮件服务器 smtp.example.edu.cn:465 没有及时回答。"


def fill(accounts: Mapping[Role, User], branch: Organization, at: datetime) -> None:
    """Once; a second start of the demo finds it."""
    if not Template.objects.exists():
        _own_letter(accounts[Role.OFFICE], at)
    if not Robot.objects.exists():
        _reminders(accounts, branch, at)
    if not Signature.objects.exists():
        _signatures(accounts[Role.SECRETARY], branch, at)


def _own_letter(office: User, at: datetime) -> None:
    """As the office would: download, add a line in Word, upload."""
    kind = kind_of("letter")
    document = Word(io.BytesIO(shipped(kind.key)))
    document.add_paragraph("（本介绍信涂改无效；逾期未接转的，请与开具单位联系。）", style="公文表格")
    stream = io.BytesIO()
    document.save(stream)
    scope = scope_of(office, timezone.localdate(at))
    actions.upload(scope, kind, stream.getvalue(), note="回执联下方加注逾期怎么办", based_on=0, at=at)


def _reminders(accounts: Mapping[Role, User], branch: Organization, at: datetime) -> None:
    robot = Robot.objects.create(
        organization=branch,
        kind=RobotKind.WECOM,
        label="支部党员群",
        host="qyapi.weixin.qq.com",
        is_active=False,
        address="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=demo",
        added_at=at,
        added_by=accounts[Role.SECRETARY],
    )
    told = [
        (accounts[role], waiting) for role, waiting in ((Role.SECRETARY, 6), (Role.ORGANIZER, 14), (Role.OFFICE, 31))
    ]
    rows = []
    for ago in range(DAYS, 0, -1):
        then = timezone.localtime(at).replace(hour=8, minute=5, second=0, microsecond=0) - timedelta(days=ago)
        for number, (user, count) in enumerate(told):
            lost = (ago, number) == (2, 1)
            rows.append(
                Delivery(
                    channel=Channel.EMAIL,
                    user=user,
                    day=then.date(),
                    at=then,
                    count=count + ago,
                    late=number,
                    state=DeliveryState.FAILED if lost else DeliveryState.SENT,
                    attempts=3 if lost else 1,
                    reason=REFUSED if lost else "",
                )
            )
        rows.append(
            Delivery(
                channel=Channel.ROBOT,
                robot=robot,
                day=then.date(),
                at=then,
                count=6 + ago,
                late=1,
                state=DeliveryState.SENT,
            )
        )
    Delivery.objects.bulk_create(rows)


def _signatures(secretary: User, branch: Organization, at: datetime) -> None:
    """Of the last minutes that the secretary led, the older are signed by both, the newest by the recorder alone."""
    led = Meeting.objects.filter(
        organization=branch, state=State.RECORDED, host__user=secretary, recorder__isnull=False,
        kind__in=(Kind.GENERAL, Kind.COMMITTEE, Kind.THEME_DAY), parts_present=F("parts_required"),
    ).exclude(recorder=F("host"))  # fmt: skip
    newest = led.order_by("-held_on", "-pk").select_related("recorder__user").first()
    if newest is None or newest.recorder is None:
        return
    day, recorder = timezone.localdate(at), newest.recorder
    user = recorder.user or hand_out_account(system_scope(day), recorder, at=at).user
    recorder.refresh_from_db()
    for place, meeting in enumerate(led.filter(recorder=recorder).order_by("-held_on", "-pk")[:SIGNED]):
        for account in (user, secretary) if place else (user,):
            sign(scope_of(account, day), meeting.pk, version=meeting.version, at=at)
