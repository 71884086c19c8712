"""Collecting opinions: a box that knows nobody, and what came on paper."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from zhibu.accounts.scope import Scope
from zhibu.meetings.life import queries
from zhibu.meetings.life.actions.preparing import hold, locked, note, refresh, refuse_if_held
from zhibu.meetings.life.enums import OpinionSource
from zhibu.meetings.life.models import LifeMeeting, Opinion
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal
from zhibu.ui.submissions import sent_before

# Nobody may drown the others: on average so many a member, in all.
EACH = 5


@transaction.atomic
def open_box(scope: Scope, pk: int, *, until: date) -> LifeMeeting:
    """Let the members below give opinions without their names, until the end of a day.

    Refuses a day gone by, one after the meeting, and a group so small that one would guess who wrote. Audited as
    ``meetings.open_box``.
    """
    life = locked(scope, pk)
    refuse_if_held(life)
    least = value("life.opinion_group", scope.today).number
    size = queries.group_size(life.organization, scope.today)
    if size < least:
        raise Refusal(
            f"范围内除委员会外的党员 {size} 人，少于 {least} 人，匿名的意见也猜得出是谁写的。", field="until",
            rule="life.opinion_group", on=scope.today, remedy="请用谈话、座谈等方式征求，由书记书面登记。",
        )  # fmt: skip
    if life.box_until is not None and life.box_until < scope.today:
        raise Refusal("意见箱已经截止，不能再开。", field="until", remedy="补充的意见请书面登记。")
    if until < scope.today:
        raise Refusal("截止日期已经过去。", field="until", remedy="请选今天或以后的日期。")
    if until >= life.planned_on:
        raise Refusal("截止日期应早于计划的会议日期。", field="until", remedy="请留出归纳意见的时间。")
    life.box_until = until
    life.save(update_fields=["box_until"])
    note(scope, "meetings.open_box", life, {"box_until": until})
    return life


@transaction.atomic
def give_opinion(scope: Scope, pk: int, *, text: str, about: int | None, submission: UUID) -> None:
    """Put an opinion into the box. No name, no moment, no entry in the log: an entry would tell both.

    Refuses whoever does not belong below, a box that is not open, and one that is full.
    """
    queries.one(scope, pk)
    # Held, so that two at once do not both pass the last place.
    life = hold(pk)
    if not queries.is_below(scope, life):
        raise PermissionDenied("意见箱面向本级以下的党员。")
    if life.box_until is None or life.box_until < scope.today:
        raise Refusal("意见箱没有开放，或已经截止。", field="text", remedy="有意见可以同支部委员当面谈。")
    if not text.strip():
        raise Refusal("没有写意见。", field="text", remedy="请写明具体的事。")
    _refuse_about(life, about, scope.today)
    if sent_before(Opinion.objects.all(), submission, by="pk", life=life):
        return
    if life.opinions.filter(source=OpinionSource.BOX).count() >= EACH * queries.group_size(
        life.organization, scope.today
    ):
        raise Refusal("意见箱已满。", field="text", remedy="请同支部委员当面谈。")
    Opinion.objects.create(pk=submission, life=life, about_id=about, text=text.strip(), source=OpinionSource.BOX)


def _refuse_about(life: LifeMeeting, about: int | None, on: date) -> None:
    if about is not None and about not in {one.pk for one in queries.committee(life.organization, on)}:
        raise Refusal("这个人不在委员会里。", field="about", remedy="请在列出的人中选择，或选委员会。")


@transaction.atomic
def enter_opinion(scope: Scope, pk: int, *, text: str, about: int | None, on: date, submission: UUID) -> Opinion:
    """Enter what came on paper or was said, without a name. Audited without the text as ``meetings.enter_opinion``."""
    life = locked(scope, pk)
    if not text.strip():
        raise Refusal("没有写意见。", field="text", remedy="请照原意登记，不写提意见的人。")
    if on > scope.today:
        raise Refusal("收到日期还没有到。", field="on", remedy="请核对日期。")
    _refuse_about(life, about, scope.today)
    if same := sent_before(Opinion.objects.all(), submission, by="pk", life=life):
        return same
    row = Opinion.objects.create(
        pk=submission, life=life, about_id=about, text=text.strip(), source=OpinionSource.PAPER, received_on=on
    )
    refresh(life)
    note(scope, "meetings.enter_opinion", life, {"received_on": on})
    return row


@transaction.atomic
def take_up_opinion(scope: Scope, pk: int, opinion: UUID) -> None:
    """The committee has taken it up in its lists. Audited as ``meetings.take_up_opinion``."""
    queries.one(scope, pk)
    life = hold(pk)
    row = queries.opinions(scope, life).filter(pk=opinion).first()
    if row is None:
        raise Refusal("没有这条意见。", remedy="请刷新页面。")
    if row.taken_up_on is None:
        row.taken_up_on = scope.today
        row.save(update_fields=["taken_up_on"])
        refresh(life)
        note(scope, "meetings.take_up_opinion", life, {})


@transaction.atomic
def note_reading_opinions(scope: Scope, life: LifeMeeting) -> None:
    note(scope, "meetings.read_opinions", life, {})
