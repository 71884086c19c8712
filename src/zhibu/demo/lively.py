"""What offices do beside meetings and procedures: plans with notices and answers, check-ins, tasks, numbered forms, the
yearly analysis and a spot check. Most through the rooms' own actions; what only accounts can do, see `outgoing`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from zhibu.accounts.scope import Scope, system_scope
from zhibu.demo.speech import decision
from zhibu.meetings.enums import CAME, FollowUpResult, Kind, MarkSource, MarkState, State, TaskState
from zhibu.meetings.models import (
    CheckIn,
    CheckInMark,
    FollowUp,
    Invitation,
    Meeting,
    PlannedMeeting,
    Resolution,
    SpotCheck,
    Task,
)
from zhibu.meetings.planning import actions as planning
from zhibu.meetings.planning import notices
from zhibu.meetings.planning.enums import Answer, Leave
from zhibu.meetings.planning.proposal import dues, habits, proposed
from zhibu.meetings.planning.rules import Period
from zhibu.meetings.quality import reviewing
from zhibu.meetings.quality.comparing import measure
from zhibu.meetings.queries import content_of
from zhibu.organizations.enums import Kind as NodeKind
from zhibu.organizations.models import Organization
from zhibu.people.enums import StageKind
from zhibu.procedures.analysis.actions import enter_analysis
from zhibu.procedures.analysis.queries import committees
from zhibu.procedures.models import ActivistAnalysis, Case, FormRecord, NumberedForm
from zhibu.procedures.numbered.actions import spoil, take_in
from zhibu.procedures.numbered.enums import FormAct, FormState
from zhibu.procedures.numbered.queries import keepers
from zhibu.procedures.queries import decidable
from zhibu.regulations.dates import add_months
from zhibu.regulations.queries import in_force

SHANGHAI = ZoneInfo("Asia/Shanghai")
HELD = (Kind.COMMITTEE, Kind.THEME_DAY)  # what follows up tasks
PLANNERS = 6  # branches that have planned, the one of the demo accounts among them
FORMS, FILLED = 24, 8  # numbers of a committee's register, and how many of them cases rest on
CONCLUSION = (
    "入党积极分子队伍结构合理，教师中的积极分子偏少；个别支部培养考察不够及时，"
    "已要求按期补写考察意见，下一年重点在青年教师中培养。"
)
SEEN = {"attendance": True, "content": True, "decisions": True, "votes": True, "own": True}


def lively(seed: int, today: date) -> dict[str, int]:
    """Write them; gives how many rows of each table."""
    rng, scope = Random(f"{seed} lively"), system_scope(today)
    shown = Meeting.objects.filter(state=State.DRAFT).order_by("pk").select_related("organization").first()
    if shown is None:
        return {}
    _forms(rng, scope)
    _analyses(scope)
    _decide(rng, shown.organization)
    _lead_on(scope, shown.organization)
    _tasks(rng, today, shown.organization)
    _check_ins(rng, shown.organization)
    _plans(rng, scope, shown.organization)
    _spot_check(rng, scope, shown.organization)
    _measure(today, shown.organization)
    counted = (NumberedForm, ActivistAnalysis, PlannedMeeting, Invitation, Task, CheckInMark, SpotCheck)
    return {model._meta.label: model._default_manager.count() for model in counted}


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def _forms(rng: Random, scope: Scope) -> None:
    """Each committee that approves members keeps its numbers: filled in, unused, one spoilt and one lost."""
    received = scope.today - timedelta(days=300)
    for place, committee in enumerate(keepers(scope).order_by("path"), 1):
        numbers = [f"ML{place:02d}{serial:05d}" for serial in range(1, FORMS + 1)]
        take_in(scope, committee, numbers, on=received)
        unused = NumberedForm.objects.filter(organization=committee, state=FormState.UNUSED).order_by("number")
        _fill_in(scope, committee, list(unused[:FILLED]), received)
        spoilt, lost = unused[0], unused[1]
        on = received + timedelta(days=rng.randint(40, 200))
        spoil(scope, spoilt.pk, FormAct.VOIDED, on=on, reason="填写涂改，已换发")
        spoil(scope, lost.pk, FormAct.LOST, on=on, reason="搬迁办公室时遗失，已书面报告学校党委组织部")


def _fill_in(scope: Scope, committee: Organization, forms: list[NumberedForm], received: date) -> None:
    """Those admitted since the register is kept have filled in theirs."""
    admitted = Case.objects.filter(
        procedure="admission", organization__path__startswith=committee.path, person__stage=StageKind.PROBATIONARY,
        person__joined_on__gt=received + timedelta(days=20), person__joined_on__lte=scope.today,
    ).select_related("person")  # fmt: skip
    records, used = [], []
    for form, case in zip(forms, admitted.order_by("person__joined_on", "pk"), strict=False):
        assert case.person is not None
        assert case.person.joined_on is not None
        form.state, form.case, form.received_by = FormState.USED, case, case.person.name
        form.issued_on = case.person.joined_on - timedelta(days=12)
        used.append(form)
        for act, on in ((FormAct.ISSUED, form.issued_on), (FormAct.USED, form.issued_on + timedelta(days=4))):
            records.append(
                FormRecord(
                    form=form, act=act, on=on, case=case, received_by=case.person.name, recorded_at=_at(on, 16)
                )
            )  # fmt: skip
    NumberedForm.objects.bulk_update(used, ["state", "case", "issued_on", "received_by"])
    FormRecord.objects.bulk_create(records)


def _analyses(scope: Scope) -> None:
    """Every committee but the last has entered what it concluded about its activists of last year."""
    year = scope.today.year - 1
    held = date(year, 12, 18)
    if not in_force("dev.analysis", held):
        return
    then = replace(scope, today=held)
    for node in list(committees(then).order_by("path"))[:-1]:
        if node.established_on is None or node.established_on <= held:
            enter_analysis(
                then, node, year=year, version=0, held_on=held, discussed_at="党委委员会会议", conclusion=CONCLUSION,
                place=f"{node.short_name}档案柜",
            )  # fmt: skip


def _decide(rng: Random, node: Organization) -> None:
    """The last theme days of one branch gave its secretary something to do."""
    held = Meeting.objects.filter(organization=node, state=State.RECORDED, kind=Kind.THEME_DAY, host__isnull=False)
    meetings = held.filter(resolutions=None).order_by("-held_on", "-pk").select_related("host")[:4]
    Resolution.objects.bulk_create(
        Resolution(
            meeting=one, position=1, text=decision(rng, "会议决定"), responsible=one.host.name if one.host else "",
            due_on=one.held_on + timedelta(days=14),
        )
        for one in meetings
    )  # fmt: skip


def _lead_on(scope: Scope, node: Organization) -> None:
    """The last committee meeting of one branch agreed to two activists; their steps are still to be entered."""
    held = Meeting.objects.filter(organization=node, state=State.RECORDED, kind=Kind.COMMITTEE)
    meeting = held.order_by("-held_on", "-pk").first()
    if meeting is None:
        return
    waiting = [one for one in decidable(scope, node, meeting.held_on) if one.step.id == "activist"][:2]
    first = meeting.resolutions.count() + 1
    names = dict(Case.objects.filter(pk__in=[one.case_id for one in waiting]).values_list("pk", "person__name"))
    Resolution.objects.bulk_create(
        Resolution(
            meeting=meeting, position=first + number, text=f"同意确定{names[one.case_id]}为入党积极分子",
            case_id=one.case_id, step=one.step.id,
        )
        for number, one in enumerate(waiting)
    )  # fmt: skip


def _tasks(rng: Random, today: date, shown: Organization) -> None:
    """What committee meetings of the last months gave somebody to do; the next meeting says what became of it."""
    since = add_months(today, -4)
    found = Resolution.objects.filter(
        meeting__state=State.RECORDED, meeting__held_on__gte=since, meeting__kind__in=HELD, is_vote=False,
        due_on__isnull=False, meeting__host__isnull=False,
    ).select_related("meeting")  # fmt: skip
    chosen = [one for one in found.order_by("pk") if one.pk % 3 == 0 or one.meeting.organization_id == shown.pk]
    tasks = []
    for one in chosen:
        assert one.meeting.host_id is not None
        assert one.due_on is not None
        one.owner_id = one.meeting.host_id
        tasks.append(
            Task(
                meeting=one.meeting, organization_id=one.meeting.organization_id, text=one.text,
                owner_id=one.meeting.host_id, due_on=one.due_on,
            )
        )  # fmt: skip
    Resolution.objects.bulk_update(chosen, ["owner"], batch_size=500)
    Task.objects.bulk_create(tasks)
    later: dict[int, list[Meeting]] = {}
    meetings = Meeting.objects.filter(state=State.RECORDED, held_on__gte=since, kind__in=HELD)
    for meeting in meetings.order_by("held_on", "pk"):
        later.setdefault(meeting.organization_id, []).append(meeting)
    said = []
    for task in tasks:
        following = next((one for one in later[task.organization_id] if one.held_on > task.meeting.held_on), None)
        if following is None:
            continue
        done = rng.random() < 0.75
        result = FollowUpResult.DONE if done else FollowUpResult.NOT_DONE
        said.append(
            FollowUp(
                task=task, meeting=following, result=result, note="" if done else "还差一项材料，下次会议再报告",
                said_at=_at(following.held_on, 17),
            )
        )  # fmt: skip
        if done:
            task.state, task.done_on = TaskState.DONE, following.held_on
    FollowUp.objects.bulk_create(said)
    Task.objects.bulk_update(tasks, ["state", "done_on"])


def _check_ins(rng: Random, node: Organization) -> None:
    """To the last meetings of one branch most members checked in by themselves."""
    held = Meeting.objects.filter(organization=node, state=State.RECORDED, kind__in=(Kind.THEME_DAY, Kind.GENERAL))
    for meeting in held.filter(starts_at__isnull=False).order_by("-held_on", "-pk")[:3]:
        assert meeting.starts_at is not None
        start = datetime.combine(meeting.held_on, meeting.starts_at, SHANGHAI)
        opened, closed = start - timedelta(minutes=15), start + timedelta(minutes=20)
        CheckIn.objects.create(meeting=meeting, secret=_uuid(rng).hex, opened_at=opened, closed_at=closed)
        marks = []
        for line in meeting.attendances.filter(presence__in=sorted(CAME)).order_by("pk"):
            at = start - timedelta(seconds=rng.randint(30, 800))
            source = MarkSource.SELF if rng.random() < 0.9 else MarkSource.RECORDER
            marks.append(
                CheckInMark(
                    meeting=meeting, person_id=line.person_id, key=_uuid(rng), source=source, state=MarkState.COUNTED,
                    presence=line.presence, made_at=at, arrived_at=at,
                )
            )  # fmt: skip
        CheckInMark.objects.bulk_create(marks)


def _uuid(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def _plans(rng: Random, scope: Scope, shown: Organization) -> None:
    """Some branches have planned the twelve months to come; of the next meetings of one everybody was told."""
    others = Organization.objects.filter(kind=NodeKind.BRANCH, dissolved_on=None).exclude(pk=shown.pk).order_by("path")
    month = scope.today.replace(day=1)
    period = Period("demo", "今后十二个月", add_months(month, 1), add_months(month, 13) - timedelta(days=1))
    for node in [shown, *others[: PLANNERS - 1]]:
        found = dues(scope, node, period)
        lines = proposed(scope, node, period, found, habits(scope, node, {one.duty.kind for one in found}))
        if lines:
            planning.save(scope, node.pk, [planning.plan_of(line) for line in lines], submission=_uuid(rng))
    if PlannedMeeting.objects.filter(organization=shown).exists():
        _tell(rng, scope, shown)


def _tell(rng: Random, scope: Scope, node: Organization) -> None:
    row = PlannedMeeting.objects.filter(organization=node).order_by("held_on", "pk").first()
    assert row is not None
    planning.prepare(scope, row.pk)
    notices.notify(
        scope, row.pk, agenda=["学习党支部工作条例", "讨论下一季度安排"], text="请带笔记本；不能到会的请在系统中请假。"
    )
    told = list(Invitation.objects.filter(planned=row).order_by("pk"))
    at = _at(scope.today, 9)
    for place, one in enumerate(told):
        if place == 1:
            one.answer, one.reason, one.leave, one.answered_at = Answer.LEAVE, "赴外地参加学术会议", Leave.ASKED, at
        elif place and rng.random() < 0.6:  # the first has not looked yet
            one.answer, one.answered_at = Answer.COMING, at
    Invitation.objects.bulk_update(told, ["answer", "reason", "leave", "answered_at"])


def _spot_check(rng: Random, scope: Scope, shown: Organization) -> None:
    """The faculty of one branch has drawn records of the last quarter and gone through half of them."""
    faculty = Organization.objects.get(path=shown.path[: -Organization.steplen])
    since = add_months(scope.today.replace(day=1), -3)
    there = Meeting.objects.filter(state=State.RECORDED, organization__path__startswith=faculty.path)
    if not there.filter(held_on__gte=since, held_on__lt=scope.today).exclude(kind=Kind.TALK).exists():
        return
    check = reviewing.draw_records(
        scope, faculty.pk, title=f"{since:%Y-%m} 起的组织生活记录抽查", since=since,
        until=scope.today - timedelta(days=1), each=1, seed=f"{rng.randrange(10**6):06d}",
    )  # fmt: skip
    for place, one in enumerate(check.drawn.order_by("pk")):
        if place % 4 == 1:
            answers, finding = {**SEEN, "decisions": False}, "决议没有写明完成期限，请补正。"
            reviewing.check_record(scope, one.pk, answers, finding)
        elif place % 2 == 0:
            reviewing.check_record(scope, one.pk, SEEN, "")


def _measure(today: date, shown: Organization) -> None:
    """What recording would have measured, in the last months, of one faculty; the others wait for the night."""
    near = Meeting.objects.filter(organization__path__startswith=shown.path[: -Organization.steplen])
    wanted = near.filter(state=State.RECORDED, held_on__gte=add_months(today, -3)).exclude(kind=Kind.TALK)
    for meeting in wanted.order_by("pk"):
        measure(meeting, content_of(meeting))
