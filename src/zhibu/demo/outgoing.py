"""A letter that the office has made its own, and some days of reminders, for whoever opens these pages in the demo.

Nothing of this was ever sent: the group's robot is silenced and its address leads nowhere.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

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
from zhibu.meetings.talks.actions import Words, confirm_talk, note_talk
from zhibu.meetings.talks.enums import TalkState
from zhibu.meetings.talks.models import Talk
from zhibu.organizations.models import Organization
from zhibu.people.actions.accounts import hand_out_account
from zhibu.reminders.enums import Channel, DeliveryState, RobotKind
from zhibu.reminders.models import Delivery, Robot

DAYS = 5
SIGNED = 4
TOLD = ((Role.SECRETARY, 6), (Role.ORGANIZER, 14), (Role.OFFICE, 31))
WORDS = (
    Words("committee_member", "谈了近期的学习和工作；希望活动安排早一些通知。", "下月起提前一周通知，由书记负责。"),
    Words("committee_member", "谈了联系入党积极分子的情况，商定每季度谈一次。"),
    Words("visit", "了解近况，没有需要支部帮助的困难。"),
    Words("life_meeting", "交换对支部工作的意见：记录要在三天内给参会人看。", "写进整改清单。"),
)
REFUSED = "邮件服务器 smtp.example.edu.cn:465 没有及时回答。"


def fill(accounts: Mapping[Role, User], branch: Organization, at: datetime) -> None:
    """Once; a second start of the demo finds it."""
    if not Template.objects.exists():
        _own_letter(accounts[Role.OFFICE], at)
    if not Robot.objects.exists():
        _reminders(accounts, branch, at)
    if not Talk.objects.exists():
        _talks(accounts[Role.SECRETARY], accounts[Role.MEMBER], branch, at)
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


def _talks(secretary: User, member: User, branch: Organization, at: datetime) -> None:
    """What the secretary kept of talks of the last months; of the two with the member one waits to be confirmed."""
    day = timezone.localdate(at)
    led = Meeting.objects.filter(organization=branch, kind=Kind.TALK, state=State.RECORDED, host__user=secretary)
    kept = led.exclude(attendances__person__user=member).order_by("-held_on", "-pk").prefetch_related("attendances")
    for words, meeting in zip(WORDS, kept[: len(WORDS)], strict=False):
        other = next((one.person_id for one in meeting.attendances.all() if one.person_id != meeting.host_id), None)
        if other is not None and meeting.host_id is not None:
            Talk.objects.create(
                meeting=meeting, author_id=meeting.host_id, other_id=other, occasion=words.occasion, text=words.text,
                follow_up=words.follow_up, state=TalkState.ONE_SIDED, noted_at=at - timedelta(days=9),
            )  # fmt: skip
    author, other_party = scope_of(secretary, day), scope_of(member, day)
    for ago, words in ((26, WORDS[0]), (2, WORDS[3])):
        if other_party.person_id is None:
            return
        note = note_talk(
            author, other=other_party.person_id, held_on=day - timedelta(days=ago), words=words,
            submission=UUID(int=ago, version=4),
        )  # fmt: skip
        if ago == 26:
            confirm_talk(other_party, note.pk)
