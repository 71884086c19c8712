"""Yearly life meetings with what was done around them: prepared, held, put right; and of one branch the next one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from zhibu.accounts.enums import Role
from zhibu.accounts.scope import Scope, system_scope
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.life import actions, queries
from zhibu.meetings.life.actions.preparing import refresh
from zhibu.meetings.life.actions.rectifying import owners
from zhibu.meetings.life.enums import LineState, OpinionSource
from zhibu.meetings.life.models import Criticism, LifeMeeting, Opinion, Rectification, SelfCheck, SelfCheckPoint
from zhibu.meetings.life.rules import is_usual
from zhibu.meetings.life.waiting import unprepared
from zhibu.meetings.models import Meeting
from zhibu.organizations.models import Organization
from zhibu.regulations.queries import value
from zhibu.supervision.enums import EntryKind, ProblemState, Source
from zhibu.supervision.models import Problem, ProblemEntry

SHANGHAI = ZoneInfo("Asia/Shanghai")
STUDIED = "学习《中国共产党支部工作条例（试行）》和上一年度整改清单"
OPINIONS = ("主题党日的时间希望提前一周通知。", "会议记录请在三天内给参会人看一遍。", "实践活动可以同社区一起办。")
# What somebody lacks, why, what to do about it; the words are also the criticism that others make.
FAULTS = (
    ("两次主题党日没有提前读材料", "时间安排前松后紧", "会前一天读完，会上发言一次"),
    ("联系的入党积极分子只谈过一次", "以为平时见面就算谈话", "每季度谈一次，当天登记"),
    ("承担的志愿服务请了两次假", "同课程安排冲突，没有先协调", "学期初排好时间，确有冲突的换班"),
    ("思想汇报交得晚", "写得少，积压到季末", "每季度第一个月写好"),
    ("对支部工作提意见少", "怕意见不成熟", "每次支部党员大会至少提一条"),
)
LINES = (
    ("组织生活通知发得晚，党员来不及安排", "每月二十五日前公布下月安排", "三个月的通知均提前七天以上发出"),
    ("会议记录补签不及时", "会后两天内由主持人和记录人签名", "核对近三次记录，均在两天内签名"),
    ("同入党积极分子谈话间隔过长", "按季度列出谈话安排，由培养联系人逐人登记", "逐人核对谈话登记"),
)


def held_before(seed: int, today: date) -> None:
    """What was done around the life meetings of late, and around the last one of the branch of the demo accounts."""
    rng, scope, shown = Random(f"{seed} gatherings"), system_scope(today), _shown()
    if shown is None:
        return
    last = Meeting.objects.filter(organization=shown, kind=Kind.LIFE, state=State.RECORDED).order_by("-held_on").first()
    found = set(unprepared(scope).values_list("pk", flat=True)) | ({last.pk} if last else set())
    for meeting in Meeting.objects.filter(pk__in=found).select_related("organization", "host").order_by("pk"):
        _around(rng, scope, meeting)


def to_come(seed: int, today: date) -> dict[str, int]:
    """The next life meeting of that branch is under way; gives how many rows of each table."""
    rng, scope, shown = Random(f"{seed} to come"), system_scope(today), _shown()
    if shown is not None:
        _prepare(rng, scope, shown)
    return {model._meta.label: model._default_manager.count() for model in (LifeMeeting, SelfCheck, Rectification)}


def _shown() -> Organization | None:
    draft = Meeting.objects.filter(state=State.DRAFT).order_by("pk").select_related("organization").first()
    return draft.organization if draft else None


def _around(rng: Random, scope: Scope, meeting: Meeting) -> None:
    node, on = meeting.organization, meeting.held_on
    life = LifeMeeting.objects.create(
        organization=node, kind=meeting.kind, year=on.year, title=meeting.title[:120], planned_on=on, meeting=meeting,
        off_season="" if is_usual(Kind(meeting.kind), on, on) else "按学校党委通知安排", submission=_uuid(rng),
        studied_on=on - timedelta(days=9), studied=STUDIED, begun_at=_at(on - timedelta(days=24)),
    )  # fmt: skip
    listed = list(meeting.attendances.exclude(part="observer").order_by("pk").values_list("person", flat=True))
    _lists(rng, life, listed, on - timedelta(days=4))
    _opinions(rng, life, on)
    came = sorted(queries.came(life))
    said = []
    for place, person in enumerate(came):
        for by in dict.fromkeys((person, came[place - 1])):
            words = rng.choice(FAULTS)[0]
            said.append(Criticism(life=life, by_id=by, about_id=person, text=words, submission=_uuid(rng)))
    Criticism.objects.bulk_create(said)
    _lines(rng, scope, life, meeting, came)
    refresh(life)


def _lists(rng: Random, life: LifeMeeting, persons: list[int], on: date) -> None:
    body = [None] if len(queries.committee(life.organization, on)) > 1 else []
    rows = (SelfCheck(life=life, person_id=pk, handed_in_on=on) for pk in (*body, *persons))
    made = SelfCheck.objects.bulk_create(rows)
    SelfCheckPoint.objects.bulk_create(_point(rng, check) for check in made)


def _point(rng: Random, check: SelfCheck) -> SelfCheckPoint:
    problem, cause, measure = rng.choice(FAULTS)
    return SelfCheckPoint(check_of=check, problem=problem, cause=cause, measure=measure)


def _opinions(rng: Random, life: LifeMeeting, on: date) -> None:
    """By the box where nobody can be guessed, else on paper."""
    boxed = queries.group_size(life.organization, on) >= value("life.opinion_group", on).number
    if boxed:
        life.box_until = on - timedelta(days=6)
        life.save(update_fields=["box_until"])
    Opinion.objects.bulk_create(
        Opinion(
            id=_uuid(rng), life=life, text=text, source=OpinionSource.BOX if boxed else OpinionSource.PAPER,
            received_on=None if boxed else on - timedelta(days=7), taken_up_on=on - timedelta(days=5),
        )
        for text in OPINIONS[:2]
    )  # fmt: skip


def _lines(rng: Random, scope: Scope, life: LifeMeeting, meeting: Meeting, came: list[int]) -> None:
    """Told to the rooms above as they are drawn up; all but the last are struck off when their day has come."""
    known = owners(life, scope.today)
    owner = meeting.host_id if meeting.host_id in known else next((pk for pk in came if pk in known), None)
    if owner is None:
        return
    then = replace(scope, today=meeting.held_on)
    for place, (problem, measure, evidence) in enumerate(LINES):
        due = meeting.held_on + timedelta(days=(45, 75, 90)[place])
        lasting = place == len(LINES) - 1
        if lasting:  # what takes the whole year is still open
            due = max(due, scope.today + timedelta(days=12))
        row = actions.add_line(then, life.pk, actions.Line(problem, measure, owner, due), submission=_uuid(rng))
        if not lasting and due < scope.today:
            _strike_off(row, due - timedelta(days=5), evidence)


def _strike_off(row: Rectification, on: date, evidence: str) -> None:
    """By the branch, and after its superior has looked, from the list of problems."""
    Rectification.objects.filter(pk=row.pk).update(
        state=LineState.DONE, reported=evidence, reported_on=on, evidence=evidence, done_on=on
    )
    problem = Problem.objects.get(source=Source.LIFE_MEETING, key=str(row.pk))
    problem.state, problem.done_on, problem.closed_on = ProblemState.CLOSED, on, on + timedelta(days=4)
    problem.save()
    reported = (EntryKind.REPORTED, on, Role.SECRETARY, evidence)
    told = (reported, (EntryKind.ACCEPTED, problem.closed_on, Role.ORGANIZER, ""))
    ProblemEntry.objects.bulk_create(
        ProblemEntry(problem=problem, kind=kind, on=day, at=_at(day), role=role.label, text=text)
        for kind, day, role, text in told
    )


def _prepare(rng: Random, scope: Scope, node: Organization) -> None:
    """Its day is known: something was studied, opinions come in, half of the lists are there."""
    drafts = Meeting.objects.filter(
        organization=node, kind=Kind.LIFE, state=State.DRAFT, life_meeting=None, held_on__gt=scope.today
    )
    draft = drafts.order_by("held_on").first()
    day = draft.held_on if draft else scope.today + timedelta(days=18)
    if day.year != scope.today.year or not is_usual(Kind.LIFE, day, scope.today):
        return
    plan = actions.Plan(f"{day.year} 年度组织生活会", day, day.year)
    life = actions.begin_life(scope, node.pk, plan, submission=_uuid(rng))
    if draft is not None:
        actions.link_meeting(scope, life.pk, draft.pk)
    actions.note_study(scope, life.pk, on=scope.today - timedelta(days=3), what=STUDIED)
    for text in OPINIONS[:2]:
        on = scope.today - timedelta(days=2)
        actions.enter_opinion(scope, life.pk, text=text, about=None, on=on, submission=_uuid(rng))
    checks = list(life.checks.filter(person__isnull=False).order_by("pk"))
    written = checks[::2]
    SelfCheckPoint.objects.bulk_create(_point(rng, check) for check in written)
    SelfCheck.objects.filter(pk__in=[one.pk for one in written]).update(handed_in_on=scope.today - timedelta(days=1))


def _at(day: date) -> datetime:
    return datetime.combine(day, time(17), SHANGHAI)


def _uuid(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)
