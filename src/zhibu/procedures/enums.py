"""Kinds of entries, states of a case, who acts. A leaf that anyone may import."""

from datetime import timedelta
from enum import StrEnum

from django.db.models import TextChoices


class EntryKind(TextChoices):
    """What one entry in the timeline of a case says. Entries are only added, never changed."""

    DONE = "done", "办理"
    BACKFILLED = "backfilled", "补录"
    CORRECTED = "corrected", "更正"
    RETURNED = "returned", "退回"
    EXPLAINED = "explained", "超期说明"
    EXTENDED = "extended", "延长期限"
    RULED = "ruled", "裁定适用版本"
    SUSPENDED = "suspended", "暂停"
    RESUMED = "resumed", "恢复"
    HANDED_OVER = "handed_over", "移交"
    WITHDRAWN = "withdrawn", "终止"


class CaseState(TextChoices):
    OPEN = "open", "办理中"
    SUSPENDED = "suspended", "已暂停"
    DONE = "done", "已办结"
    ENDED = "ended", "已终止"


LIVING = frozenset({CaseState.OPEN, CaseState.SUSPENDED})


class Actor(TextChoices):
    """Who takes a step. All but the person act for an organization; which one, `queries.actors` finds."""

    PERSON = "person", "本人"
    BRANCH = "branch", "党支部"
    SUPERIOR = "superior", "上级党组织"
    APPROVER = "approver", "上级党委（有审批权限）"
    OFFICE = "office", "学校组织部门"
    RECEIVER = "receiver", "接收党支部"
    RECEIVING_COMMITTEE = "receiving_committee", "接收方上级党组织"


UPPER_ACTORS = frozenset({Actor.SUPERIOR, Actor.APPROVER, Actor.OFFICE, Actor.RECEIVING_COMMITTEE})


class Subject(StrEnum):
    """Whom a procedure is about."""

    PERSON = "person"
    ORGANIZATION = "organization"


class Deed(StrEnum):
    """What a step changes beside the stage of a person; `actions.deeds` does it."""

    FILL_POSTS = "fill_posts"
    FILL_VACANCIES = "fill_vacancies"
    EXTEND_TERM = "extend_term"
    PLACE = "place"
    LEAVE = "leave"
    ISSUE_LETTER = "issue_letter"
    RETURN_LETTER = "return_letter"
    REPARENT = "reparent"
    HAND_OUT_FORM = "hand_out_form"
    USE_FORM = "use_form"


# Deeds that leave what a person or an organization is as it was: a step with one of them can be sent back.
OF_PAPER = frozenset({Deed.HAND_OUT_FORM, Deed.USE_FORM})


class Circumstance(StrEnum):
    """What an organization is or has, on which depends what a step asks for: a committee, the rank of an upper
    organization, the rank of the university's own committee."""

    COMMITTEE = "committee"
    UPPER = "upper"
    UNIVERSITY = "university"


class LimitKind(StrEnum):
    """``from``: not before so long after the anchor. ``until``: at the latest so long after it. ``due``: the article
    says "in good time" (及时); the day is shown and counts as late afterwards, but nothing is refused."""

    FROM = "from"
    UNTIL = "until"
    DUE = "due"


class Late(StrEnum):
    """What makes a step possible again whose last day has passed: the superior has the delay explained and recorded,
    or an earlier step is taken anew."""

    EXPLAIN = "explain"
    REDO = "redo"


class Delay(TextChoices):
    """How a step stands towards its dates today."""

    LATE = "late", "已逾期"
    SOON = "soon", "30 天内到期"
    READY = "ready", "可以办理"
    WAITING = "waiting", "未到时间"


SOON = timedelta(days=30)  # what `Delay.SOON` means
