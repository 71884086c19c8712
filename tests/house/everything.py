"""One more of everything that any page lists: ``add(cast, 1)``, ``add(cast, 2)`` … give each list one row more."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.utils import timezone

from tests.cast import TODAY, Cast, appoint, make_organization, make_person
from tests.dues import rows as dues
from tests.house.places import chosen_action, work_report
from tests.indicators.composed import document
from tests.initiatives import rows as initiatives
from tests.supervision.rows import make_alert, make_common, make_declaration, make_material, make_problem, make_wall_key
from zhibu.accounts.models import User
from zhibu.accounts.scope import system_scope
from zhibu.archive.enums import DocumentKind
from zhibu.archive.models import Document
from zhibu.assessment.actions import _version
from zhibu.assessment.design.drafts import begin
from zhibu.assessment.models import (
    Appeal,
    ChosenAction,
    Grading,
    Honour,
    IndicatorScore,
    ModelCase,
    OrganizationScore,
    Publication,
    ScoreCorrection,
    ScoreRun,
    Survey,
    WorkReport,
    WorkReportCall,
)
from zhibu.assessment.scheme import delivered_for
from zhibu.audit.actions import record
from zhibu.documents.models import Template
from zhibu.documents.store import shipped
from zhibu.exchange.columns.members import MEMBERS
from zhibu.exchange.enums import BatchKind, BatchState, RowState
from zhibu.exchange.models import ImportBatch, ImportRow
from zhibu.exchange.staging import pack
from zhibu.indicators.compose import actions as compose
from zhibu.indicators.models import ComposedIndicator
from zhibu.meetings.enums import Kind as Kinds
from zhibu.meetings.enums import Part, Presence, State
from zhibu.meetings.models import (
    Attachment,
    Attendance,
    CheckInMark,
    Correction,
    DrawnRecord,
    FollowUp,
    Inspection,
    Invitation,
    LedgerExport,
    LifeMeeting,
    Likeness,
    Meeting,
    ModelRecord,
    OfficialDocument,
    Overruling,
    PlannedMeeting,
    Resolution,
    SelfCheck,
    Signature,
    SpotCheck,
    Talk,
    Task,
    Topic,
)
from zhibu.organizations.enums import Category, ChangeKind, Kind, PostKind
from zhibu.organizations.models import Change, Organization, Term
from zhibu.people.enums import StageKind
from zhibu.people.models import ChangeRequest, Contact, CorrectionTerm, Mobility, Person, Sanction
from zhibu.procedures.actions import open_case
from zhibu.procedures.enums import CaseState, EntryKind
from zhibu.procedures.models import ActivistAnalysis, Case, Entry, FormRecord, Leaver, Letter, NumberedForm
from zhibu.procedures.transfers.actions import Outside
from zhibu.procedures.transfers.actions import request as ask_transfer
from zhibu.procedures.transfers.enums import LetterState
from zhibu.reminders.enums import Channel, DeliveryState, RobotKind
from zhibu.reminders.models import Delivery, Robot
from zhibu.supervision.alerts.definition import alert_rules
from zhibu.supervision.alerts.models import Alert
from zhibu.supervision.models import CommonProblem, Material, Problem

FIELDS = ("school", "major", "email", "title")
POSTS = (PostKind.PUBLICITY_MEMBER, PostKind.DISCIPLINE_MEMBER, PostKind.YOUTH_MEMBER, PostKind.UNITED_FRONT_MEMBER)


def fill_the_log(cast: Cast) -> None:
    """More than a page of it from the beginning: what reading and adding log besides would turn the first page over in
    between, and a list with a second page is counted by a query of its own."""
    for _ in range(60):
        record(system_scope(TODAY), "people.view", object=cast.member, organization_path=cast.branch.path)


def add(cast: Cast, number: int) -> None:
    """The ``number``th of everything, counted from 1 and at most 4; each role of the cast sees some of it."""
    for node in nodes(cast, number):
        life(node, number)
    person = people(cast, number)
    asked = timezone.now() - timedelta(hours=number)
    for whose in (cast.member, person):
        ChangeRequest.objects.create(person=whose, field=FIELDS[number - 1], new_value="虚构", asked_at=asked)
    held(cast, number, person)
    talks(cast, number, person)
    lives(cast, number, person)
    quality(cast, number)
    plans(cast, number, person)
    run(cast, number, person)
    for who in (cast.office, cast.organizer, cast.secretary):
        batches(cast, who, number)
    record(system_scope(TODAY), "people.view", object=cast.member, organization_path=cast.branch.path)
    papers(cast, number)
    scores(number)
    assessed(cast, number)
    composed(number)
    cases(cast, number)
    transfers(cast, number)
    reminded(cast, number)
    supervised(cast, number)
    dues.add(cast, number, person)
    initiatives.add(cast, number, person)
    Template.objects.create(
        key="letter", version=number, content=shipped("letter"), size=1, note=f"改动{number}", sha256="0" * 64,
        uploaded_by=cast.office.user, uploaded_at=asked,
    )  # fmt: skip


def known_problem(cast: Cast) -> Problem:
    """The problem that grows with every `add`."""
    found = Problem.objects.filter(text="不断增加的问题").first()
    return found or make_problem(
        cast.branch, text="不断增加的问题", state="under_way", measure="补讲。", person=cast.member
    )


def supervised(cast: Cast, number: int) -> None:
    """A problem of each organization more, in several standings; an entry, a file and a milestone of the known one."""
    for node in (cast.branch, cast.sibling, cast.faculty):
        make_problem(node, text=f"问题{number}", due_on=TODAY - timedelta(days=12 * number))
        make_problem(node, text=f"待复核{number}", state="to_review", done_on=TODAY, measure="补讲。")
        make_problem(node, text=f"按期{number}", raised_on=date(2026, 11 - number, 1))
        make_wall_key(node, number)
    make_problem(cast.branch, text=f"指明{number}", person=cast.member, due_on=TODAY)
    mine, theirs = Problem.objects.filter(text=f"问题{number}", organization__in=(cast.branch, cast.sibling))
    for node in (cast.root, cast.faculty):
        make_common(node, mine, title="不断增加的共性问题")
        make_common(node, theirs, title=f"共性问题{number}")
        out = Problem.objects.get(text=f"按期{number}", organization=cast.branch)
        make_common(node, out, title="不断增加的共性问题").rows.filter(problem=out).update(is_out=True)
    make_material(cast.faculty, to=cast.branch, title=f"材料{number}")
    known_material(cast).assignments.create(
        organization=(cast.faculty, cast.sibling, cast.root, cast.other_faculty)[number - 1], audience="members",
        due_on=TODAY, assigned_on=TODAY,
    )  # fmt: skip
    make_declaration(cast.faculty, f"承诺书{number}")
    make_declaration(cast.faculty).texts.create(version=number + 1, text="不收受礼金。", published_on=TODAY)
    known = known_problem(cast)
    entry = known.entries.create(kind="reported", on=TODAY, at=timezone.now(), role="党支部书记", text="已补。")
    entry.files.create(file="supervision/none", name=f"材料{number}.pdf", content_type="application/pdf", size=1)
    known.milestones.create(text=f"节点{number}", due_on=TODAY)
    rule = list(alert_rules())[number - 1]
    for node in (cast.branch, cast.sibling, cast.faculty):
        make_alert(node, rule)
    known_alert(cast).entries.create(kind="changed", on=TODAY, at=timezone.now(), role="系统", text=f"现为 {number}。")


def known_common(cast: Cast) -> CommonProblem:
    """The common problem that grows with every `add`."""
    return make_common(cast.faculty, title="不断增加的共性问题")


def known_material(cast: Cast) -> Material:
    """The material whose assignments grow with every `add`."""
    return Material.objects.filter(title="不断增加的材料").first() or make_material(
        cast.faculty, to=cast.branch, title="不断增加的材料"
    )


def known_alert(cast: Cast) -> Alert:
    """The alert whose entries grow with every `add`."""
    return make_alert(cast.branch, next(iter(alert_rules())))


def known_case(cast: Cast) -> Case:
    """The case that grows with every `add`."""
    found = Case.objects.filter(person__name="高案").first()
    if found is None:
        person = make_person("高案", cast.branch, serial=190, stage=StageKind.ACTIVIST, since=date(2026, 6, 1))
        found = open_case(cast.scope(cast.secretary), "admission", person)
    return found


def known_form(cast: Cast) -> NumberedForm:
    """The numbered form whose records grow with every `add`."""
    return NumberedForm.objects.get_or_create(number="2026-0000", defaults={"organization": cast.faculty})[0]


def cases(cast: Cast, number: int) -> None:
    """An applicant with a case, one without, one more entry in the known case, an earlier case of the member."""
    make_person(f"己{number}", cast.branch, serial=150 + number, stage=StageKind.APPLICANT)
    applicant = make_person(f"戊{number}", cast.branch, serial=140 + number, stage=StageKind.APPLICANT)
    open_case(cast.scope(cast.secretary), "admission", applicant)
    case = known_case(cast)
    position = case.entries.count() + 1
    Entry.objects.create(
        case=case, position=position, kind=EntryKind.DONE, step="review", on=date(2026, 11, number),
        organization=cast.branch, recorded_at=timezone.now(), recorded_by=cast.secretary.user,
    )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(version=position)
    # Two at first: whoever has only one is led straight to it.
    for year in (2018, 2019) if number == 1 else (2019,):
        Case.objects.create(
            procedure="admission", person=cast.member, organization=cast.branch, opened_on=date(year, 1, number),
            state=CaseState.ENDED, closed_on=date(2020, 1, 1),
        )  # fmt: skip
    form = NumberedForm.objects.create(organization=cast.faculty, number=f"2026-000{number}")
    ActivistAnalysis.objects.create(
        organization=cast.faculty, year=2020 + number, held_on=date(2020 + number, 12, 1), discussed_at="党委会会议",
        conclusion="队伍数量适当，培养教育按期进行。", place="党委档案柜", recorded_at=timezone.now(),
        by="county" if number == 2 else "committee", department="市委组织部" if number == 2 else "",
    )  # fmt: skip
    for known in (known_form(cast), form):
        FormRecord.objects.create(form=known, act="taken_in", on=date(2026, 9, number), recorded_at=timezone.now())
    Case.objects.create(
        procedure="by_election", organization=cast.branch, opened_on=date(2021, 1, number), state=CaseState.DONE,
        closed_on=date(2021, 6, 1),
    )  # fmt: skip


def transfers(cast: Cast, number: int) -> None:
    """A transfer with its letter on the way, one that fell back, a leaver of this season without a destination and one
    who stays too long."""
    going = make_person(f"庚{number}", cast.branch, serial=640 + number)
    case = ask_transfer(
        cast.scope(cast.secretary), going, outside=Outside("paper", "中共虚构市委组织部", f"虚构第{number}党支部")
    )
    serial = Letter.objects.count() + 1
    day = {"issued_on": TODAY - timedelta(days=100), "valid_until": TODAY - timedelta(days=10), "valid_days": 90}
    shared = {"case": case, "issuer": cast.faculty, "issued_by": cast.faculty.name, "year": 2026}
    Letter.objects.create(**shared, **day, serial=serial, number=f"（2026）第{serial:04d}号", state=LetterState.EXPIRED)
    Letter.objects.create(**shared, **day, serial=serial + 1, number=f"（2026）第{serial + 1:04d}号")
    Person.objects.filter(pk=going.pk).update(class_name=f"计算机220{number}班")
    stays = make_person(f"辛{number}", cast.branch, serial=650 + number)
    Leaver.objects.create(person=going, season=TODAY.year, to_unit=f"虚构第{number}党支部")
    Leaver.objects.create(
        person=stays, season=2022, destination="unsettled", receiver_kind="stay", stays_until=date(2024, 7, number)
    )


def nodes(cast: Cast, number: int) -> list[Organization]:
    """A faculty with a branch, a branch of the known faculty, a group of the known branch."""
    upper = make_organization(f"第{number}学院党委", cast.root, kind=Kind.COMMITTEE, category=Category.UPPER)
    return [
        upper,
        make_organization(f"第{number}学院党支部", upper),
        make_organization(f"本科生第{number}0党支部", cast.faculty),
        make_organization(f"第{number}党小组", cast.branch, kind=Kind.GROUP),
    ]


def life(node: Organization, number: int) -> None:
    """A term that runs out or has run out, a change of the name."""
    due = TODAY + timedelta(days=30 if number % 2 else -30)
    Term.objects.create(organization=node, started_on=date(2024, 1, 10), due_on=due, seats=3)
    change = Change.objects.create(kind=ChangeKind.RENAMED, effective_on=date(2022, 1, number))
    change.sources.add(node)
    change.results.add(node)


def people(cast: Cast, number: int) -> Person:
    """Members of the branch and its sibling; of those one in a post (returned), one with an account nobody has
    activated yet, one whose probation is over, one lost."""
    posted = make_person(f"甲{number}", cast.branch, serial=100 + number)
    appoint(posted, cast.branch, POSTS[number - 1])
    waiting = make_person(f"乙{number}", cast.branch, serial=110 + number, username=f"waiting{number}")
    User.objects.filter(pk=waiting.user_id).update(password=User.unusable_password())
    make_person(f"丙{number}", cast.branch, serial=120 + number, stage=StageKind.PROBATIONARY)
    lost = make_person(f"丁{number}", cast.branch, serial=130 + number)
    Person.objects.filter(pk=lost.pk).update(is_lost=True, lost_since=TODAY)
    away = make_person(f"辛{number}", cast.branch, serial=160 + number)
    Person.objects.filter(pk__in=(away.pk, cast.member.pk)).update(is_mobile=True, mobile_destination="虚构省")
    Mobility.objects.create(person=away, place="虚构省", since=date(2026, 1, number), is_abroad=True, keeper=posted)
    Mobility.objects.create(
        person=cast.member, place="虚构省", since=date(2020, 1, number), ended_on=date(2020, 8, number), keeper=posted
    )
    Sanction.objects.create(
        person=cast.member, kind="1", since=date(2026, 1, number), until=date(2026, 2, number), document="虚构",
        recorded_at=timezone.now(),
    )  # fmt: skip
    CorrectionTerm.objects.create(
        person=lost, decided_on=date(2026, 1, number), until=date(2026, 7, number), document="虚构",
        recorded_at=timezone.now(),
    )  # fmt: skip
    Contact.objects.create(
        person=cast.member, on=date(2026, 2, number), way="phone", purpose="keep", is_reached=True, by=posted,
        recorded_at=timezone.now(),
    )  # fmt: skip
    return posted


def known_meeting(cast: Cast) -> Meeting:
    """The record that grows with every `add`."""
    found, _made = Meeting.objects.get_or_create(
        organization=cast.branch, kind=Kinds.GENERAL, title="党员大会", held_on=date(2026, 11, 2), state=State.RECORDED
    )
    return found


def held(cast: Cast, number: int, person: Person) -> None:
    """A record, a draft and a talk more; one line more in every part of the known record."""
    known, day = known_meeting(cast), date(2026, 11, number)
    Attendance.objects.create(meeting=known, person=person, part=Part.VOTER, presence=Presence.PRESENT)
    Topic.objects.create(meeting=known, position=number, title=f"议题{number}")
    Resolution.objects.create(meeting=known, position=number, text=f"决议{number}")
    Attachment.objects.create(
        meeting=known, file="meetings/none", name=f"{number}.pdf", content_type="application/pdf", size=1,
        sha256="0" * 64, added_at=timezone.now(),
    )  # fmt: skip
    for kind, state in ((Kinds.THEME_DAY, State.RECORDED), (Kinds.LECTURE, State.DRAFT), (Kinds.TALK, State.RECORDED)):
        meeting = Meeting.objects.create(
            organization=cast.branch, kind=kind, title=f"学习{number}", held_on=day, state=state, host=cast.secretary,
            recorder=person, lecturer=person,
        )  # fmt: skip
        for one in (cast.member, cast.secretary, cast.organizer, cast.office):
            Attendance.objects.create(meeting=meeting, person=one, presence=Presence.PRESENT)


def known_talk(cast: Cast) -> Talk:
    """The talk of the member and the secretary that gets a reader more with every `add`."""
    found = Talk.objects.filter(author=cast.member).first()
    if found is None:
        meeting = Meeting.objects.create(
            organization=cast.branch, kind=Kinds.TALK, title="谈心谈话", held_on=date(2026, 10, 1)
        )
        found = Talk.objects.create(
            meeting=meeting, author=cast.member, other=cast.secretary, occasion="visit", noted_at=timezone.now()
        )
    return found


def talks(cast: Cast, number: int, person: Person) -> None:
    """A talk more that the member and the secretary, the organizer and the office may read; a reader more of another,
    who has read it."""
    meeting = Meeting.objects.create(
        organization=cast.branch, kind=Kinds.TALK, title="谈心谈话", held_on=date(2026, 10, number + 1)
    )
    talk = Talk.objects.create(
        meeting=meeting, author=person, other=cast.member, occasion="visit", noted_at=timezone.now()
    )
    for who in (cast.secretary, cast.organizer, cast.office):
        talk.readers.create(person=who, named_by=cast.member, named_on=TODAY)
    known = known_talk(cast)
    known.readers.create(person=person, named_by=cast.member, named_on=TODAY)
    record(cast.scope(cast.member), "meetings.read_talk", object=known, organization_path=cast.branch.path)


def known_life(cast: Cast) -> LifeMeeting:
    """The life meeting of the branch that grows with every `add`."""
    found = LifeMeeting.objects.filter(title="已知的生活会").first()
    return found or LifeMeeting.objects.create(
        organization=cast.branch, kind=Kinds.LIFE, year=2026, title="已知的生活会", planned_on=TODAY,
        meeting=known_life_record(cast), begun_at=timezone.now(), submission=uuid4(),
    )  # fmt: skip


def known_life_record(cast: Cast) -> Meeting:
    return Meeting.objects.create(
        organization=cast.branch, kind=Kinds.LIFE, title="组织生活会", held_on=TODAY, state=State.RECORDED
    )


def known_self_check(cast: Cast) -> SelfCheck:
    return known_life(cast).checks.get_or_create(person=cast.member)[0]


def lives(cast: Cast, number: int, person: Person) -> None:
    """A life meeting more with an open box and a list of the member's; an opinion, a list, a point that was made and a
    line more of the known one."""
    life = LifeMeeting.objects.create(
        organization=cast.branch, kind=Kinds.LIFE, year=2026, title=f"生活会{number}", planned_on=TODAY,
        box_until=TODAY, begun_at=timezone.now(), submission=uuid4(),
    )  # fmt: skip
    life.checks.create(person=cast.member)
    known = known_life(cast)
    known_self_check(cast).points.create(problem=f"问题{number}", cause="原因", measure="措施")
    known.checks.create(person=person)
    known.opinions.create(text=f"意见{number}", source="paper", received_on=TODAY)
    Attendance.objects.create(meeting_id=known.meeting_id, person=person, presence=Presence.PRESENT)
    for by, about in ((person, cast.member), (cast.member, person)):
        known.criticisms.create(by=by, about=about, text=f"要点{number}", submission=uuid4())
    for owner in (cast.member, cast.secretary, cast.organizer, cast.office):
        known.lines.create(problem=f"问题{number}", measure="措施", owner=owner, due_on=TODAY, submission=uuid4())


def quality(cast: Cast, number: int) -> None:
    """A question about the known record more, an overruling of it, an official document."""
    known = known_meeting(cast)
    earlier = Meeting.objects.create(
        organization=cast.branch, kind=Kinds.GENERAL, title=f"旧会{number}", held_on=date(2025, 11, number),
        state=State.RECORDED, minutes="记录",
    )  # fmt: skip
    Likeness.objects.create(
        later=known, earlier=earlier, share=0.5, earlier_share=0.5, letters=99, found_on=date(2026, 11, number)
    )
    shown = Meeting.objects.create(
        organization=cast.branch, kind=Kinds.LECTURE, title=f"好课{number}", held_on=date(2025, 10, number),
        state=State.RECORDED,
    )  # fmt: skip
    ModelRecord.objects.create(
        meeting=shown, reason="具体", proposed_at=timezone.now(), is_consented=True, version=shown.version
    )
    asked = Meeting.objects.create(
        organization=cast.branch, kind=Kinds.LECTURE, title=f"荐课{number}", held_on=date(2025, 9, number),
        state=State.RECORDED,
    )  # fmt: skip
    ModelRecord.objects.create(meeting=asked, reason="具体", proposed_at=timezone.now())
    for node, seed in ((cast.faculty, str(number)), (cast.faculty, "0")):
        check, _made = SpotCheck.objects.get_or_create(
            organization=node, since=date(2025, 1, 1), until=date(2025, 12, 31), seed=seed,
            defaults={"title": f"抽查{seed}", "each": 1, "population": 9, "drawn_at": timezone.now()},
        )  # fmt: skip
        DrawnRecord.objects.create(
            check_of=check, meeting=shown, stratum="本科生党支部 2025-10", finding="缺名单", checked_at=timezone.now()
        )
    Overruling.objects.create(meeting=known, part="timeliness", percent=number, reason="核对无误", at=timezone.now())
    OfficialDocument.objects.create(
        title=f"文件{number}", issued_by="某机关", text="正文", digest=str(number) * 64, added_at=timezone.now()
    )


def known_planned(cast: Cast) -> PlannedMeeting:
    """The planned meeting whose notice, agenda and materials grow with every `add`."""
    draft, _made = Meeting.objects.get_or_create(
        organization=cast.branch, kind=Kinds.THEME_DAY, title="计划中的党日", held_on=date(2026, 12, 10),
        state=State.DRAFT,
    )  # fmt: skip
    given = {"starts_at": time(13), "ends_at": time(15), "notified_at": timezone.now(), "place": "报告厅"}
    found, _made = PlannedMeeting.objects.get_or_create(
        organization=cast.branch, kind=Kinds.THEME_DAY, title=draft.title, held_on=draft.held_on,
        defaults={**given, "meeting": draft},
    )  # fmt: skip
    return found


def known_invitation(cast: Cast) -> Invitation:
    return Invitation.objects.get_or_create(planned=known_planned(cast), person=cast.member)[0]


def plans(cast: Cast, number: int, person: Person) -> None:
    """A planned meeting more, told to everybody of the cast, at a time and in a place that clash with the known one;
    a line more in every part of the known one."""
    known = known_invitation(cast).planned
    Invitation.objects.create(planned=known, person=person, answer="leave", leave="asked", reason="实习")
    Topic.objects.create(meeting=known.meeting, position=number, title=f"议题{number}")
    Attachment.objects.create(
        meeting=known.meeting, file="meetings/none", name=f"材料{number}.pdf", content_type="application/pdf", size=1,
        sha256="0" * 64, added_at=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    expert = User.objects.create(username=f"expert{number}", display_name=f"检查{number}")
    for node in (cast.branch, cast.faculty):
        Inspection.objects.create(
            user=expert, organization=node, reason="年度检查", until=TODAY, granted_at=timezone.now()
        )
    LedgerExport.objects.create(
        organization=cast.branch, year=TODAY.year, format="pdf", state="failed", problem="出错", total=1,
        user=cast.secretary.user, asked_at=timezone.now(),
    )  # fmt: skip
    for node in (cast.branch, cast.faculty):
        row = PlannedMeeting.objects.create(
            organization=node, kind=Kinds.LECTURE, title=f"第{number}讲", held_on=known.held_on,
            starts_at=time(14, number), ends_at=time(15), place=known.place, notified_at=timezone.now(),
        )  # fmt: skip
        for one in (cast.member, cast.secretary, cast.organizer, cast.office):
            Invitation.objects.create(planned=row, person=one)


def known_draft(cast: Cast) -> Meeting:
    """The draft whose desk grows with every `add`."""
    found, _made = Meeting.objects.get_or_create(
        organization=cast.branch, kind=Kinds.COMMITTEE, title="支委会", held_on=TODAY, state=State.DRAFT
    )
    return found


def known_task(cast: Cast) -> Task:
    """The task that grows with every `add`."""
    given = {"organization": cast.branch, "owner": cast.member, "due_on": date(2026, 11, 5)}
    return Task.objects.get_or_create(meeting=known_meeting(cast), text="走访企业", defaults=given)[0]


def run(cast: Cast, number: int, person: Person) -> None:
    """One line more at the desk and one that waits there; a signature undone and a correction more; a task more and one
    word more about the known one."""
    known, draft, at = known_meeting(cast), known_draft(cast), timezone.now()
    for offset, presence in enumerate((Presence.EXPECTED, Presence.LATE)):
        who = make_person(f"会{number}{offset}", cast.branch, serial=700 + 10 * number + offset)
        Attendance.objects.create(meeting=draft, person=who, presence=presence)
    CheckInMark.objects.create(
        meeting=draft, person=person, key=uuid4(), source="self", state="pending", presence="present", made_at=at,
        arrived_at=at,
    )  # fmt: skip
    Signature.objects.create(
        meeting=known, quality="host", person=cast.secretary, by=cast.secretary.user, version=number, digest="0" * 64,
        signed_at=at, voided_at=at,
    )  # fmt: skip
    Correction.objects.create(
        meeting=known, subject=f"第{number}项", was="甲", becomes="乙", reason="笔误", made_at=at,
        made_by=cast.secretary.user, made_by_name="舒记", submission=uuid4(),
    )  # fmt: skip
    FollowUp.objects.create(task=known_task(cast), result="not_done", note=f"进展{number}", said_at=at)
    Task.objects.create(
        meeting=known, organization=cast.branch, text=f"任务{number}", owner=cast.member, due_on=date(2026, 12, number)
    )


def known_check(cast: Cast) -> SpotCheck:
    """The draw that grows with every `add`."""
    return SpotCheck.objects.get_or_create(
        organization=cast.faculty, since=date(2025, 1, 1), until=date(2025, 12, 31), seed="0",
        defaults={"title": "抽查0", "each": 1, "population": 9, "drawn_at": timezone.now()},
    )[0]  # fmt: skip


def known_paper(cast: Cast) -> Any:
    """The first version of the paper that grows with every `add`; None before."""
    return Document.objects.filter(person=cast.member, kind=DocumentKind.THOUGHT_REPORT, version=1).first()


def papers(cast: Cast, number: int) -> None:
    """A version more of a known paper, a paper more in the member's folder and of the branch, a look more."""
    common: dict[str, Any] = {
        "organization": cast.branch, "title": f"材料{number}", "dated_on": date(2026, 9, number), "place": "档案柜",
        "added_at": timezone.now(),
    }  # fmt: skip
    known = Document.objects.filter(person=cast.member, kind=DocumentKind.THOUGHT_REPORT)
    Document.objects.create(
        person=cast.member, kind=DocumentKind.THOUGHT_REPORT, version=number,
        replaces=known.filter(version=number - 1).first(), **common,
    )  # fmt: skip
    Document.objects.create(person=cast.member, kind=DocumentKind.TRAINING_CERTIFICATE, **common)
    Document.objects.create(kind=DocumentKind.ELECTION_REPORT, **common)
    record(system_scope(TODAY), "archive.open", object=known_paper(cast), organization_path=cast.branch.path)


def known_batch(cast: Cast, who: Person) -> ImportBatch:
    """The batch of this person whose preview grows with every `add`."""
    node = {cast.office: cast.root, cast.organizer: cast.faculty}.get(who, cast.branch)
    found, _made = ImportBatch.objects.get_or_create(
        kind=BatchKind.MEMBERS, state=BatchState.READY, digest="0" * 64, user=who.user, organization_path=node.path,
        defaults={"file_name": "0.xlsx", "file_size": 1, "as_of": TODAY, "uploaded_at": timezone.now()},
    )  # fmt: skip
    return found


def batches(cast: Cast, who: Person, number: int) -> None:
    known = known_batch(cast, who)
    cells: dict[str, Any] = {"name": f"新{number}", "organization": cast.branch.code, "birth_date": "2000-01-01"}
    problem = ["phone", "error", "手机号应为 11 位。", "请核对。"]
    payload = pack([[cells.get(column.name, "") for column in MEMBERS.columns], {}, [problem], {}])
    ImportRow.objects.create(batch=known, number=number, state=RowState.ERROR, payload=payload)
    ImportBatch.objects.create(
        kind=BatchKind.MEMBERS, state=BatchState.COMMITTED, digest=str(number) * 64, user=who.user,
        organization_path=known.organization_path, file_name=f"{number}.xlsx", file_size=1, as_of=TODAY,
        uploaded_at=timezone.now(), committed_at=timezone.now(), committed_by=who.user,
    )  # fmt: skip


def known_robot(node: Organization) -> Robot:
    """The robot of this organization whose log grows with every `add`."""
    address = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0"
    found, _made = Robot.objects.get_or_create(
        organization=node, label="支部群",
        defaults={
            "kind": RobotKind.WECOM, "address": address, "host": "qyapi.weixin.qq.com", "added_at": timezone.now(),
        },
    )  # fmt: skip
    return found


def reminded(cast: Cast, number: int) -> None:
    """A robot more of the branch, a digest more to its known robot and to an account."""
    known = known_robot(cast.branch)
    day, at = TODAY - timedelta(days=number), timezone.now() - timedelta(days=number)
    Robot.objects.create(
        organization=cast.branch, label=f"群{number}", kind=RobotKind.DINGTALK, host="oapi.dingtalk.com", added_at=at
    )
    sent = {"day": day, "state": DeliveryState.FAILED, "at": at, "reason": "没有及时回答。"}
    Delivery.objects.create(channel=Channel.ROBOT, robot=known, **sent)
    Delivery.objects.create(channel=Channel.EMAIL, user=cast.member.user, **sent)


def known_appeal(node: Organization) -> Appeal:
    """The appeal of an organization whose evidence grows with every `add`."""
    return Appeal.objects.filter(organization=node).order_by("pk")[0]


def known_result() -> Publication:
    """The final result whose organizations grow with every `add`."""
    return Publication.objects.get(period="2025Q1")


def opened_result() -> Publication:
    """One that everybody may see, with the organizations of `known_result`."""
    return Publication.objects.get(period="2011Q1")


def published(run: ScoreRun, nodes: list[Organization], number: int) -> None:
    """The result of one quarter more, the first in notice, in which each organization appeals one thing more."""
    day = TODAY - timedelta(days=2)
    Publication.objects.create(run=run, period=run.period, state="notice", noticed_on=day, appeals_until=TODAY)
    known = Publication.objects.order_by("pk")[0]
    honoured(known, nodes, number)
    for node in nodes:
        indicator = ("attendance", "meetings_complete", "theme_days_held", "lectures_held")[number - 1]
        made = Appeal.objects.create(
            publication=known, organization=node, indicator=indicator, reason="虚构", filed_on=day, answer_due=TODAY,
            state="upheld", remedy="points", answer="属实", answered_on=TODAY,
        )  # fmt: skip
        known_appeal(node).files.create(
            file="assessment/none", name=f"佐证材料{number}.pdf", content_type="application/pdf", size=1,
            sha256="0" * 64, added_at=timezone.now(),
        )  # fmt: skip
        ScoreCorrection.objects.create(
            publication=known, organization=node, appeal=made, reason="属实", made_on=TODAY,
            lines=[{"indicator": indicator, "before": ["1.00", "2.00"], "after": ["2.00", "2.00"]}],
            total_before=20 + number, total_after=21 + number,
        )  # fmt: skip


def assessed(cast: Cast, number: int) -> None:
    """One more chosen action; one more review, step and file of the known one."""
    by, at = cast.office.user, timezone.now()
    ChosenAction.objects.create(
        organization=cast.branch, title=f"帮扶{number}", what="结对", goal="见效", starts_on=TODAY, ends_on=TODAY,
        claimed=1, proposed_at=at, state="submitted", submitted_at=at,
    )  # fmt: skip
    known = chosen_action(cast, True)
    who = (cast.office, cast.organizer, cast.secretary)[number % 3].user
    known.reviews.create(round=0, reviewer=who, scores={"need": "1"}, points=1, opinion="好。", entered_at=at)
    known.entries.create(step="concluded", role="院系组织员", at=at, by=by)
    call = WorkReportCall.objects.create(organization=cast.faculty, year=2020 + number, due_on=TODAY, called_at=at)
    report = work_report(cast, True)
    for node in (cast.branch, cast.sibling):
        WorkReport.objects.create(call=call, organization=node)
    # The known call asks one organization more.
    others = Organization.objects.exclude(work_reports__call=report.call)
    WorkReport.objects.create(
        call=report.call, organization=others.order_by("pk")[0], state="submitted", submitted_at=at
    )
    report.files.create(
        file=f"x{number}", name="述职.pdf", content_type="application/pdf", size=1, sha256="0", added_at=at
    )
    known.evidence.create(
        file=f"x{number}", name="总结.pdf", content_type="application/pdf", size=1, sha256="0", added_at=at
    )


def known_composed() -> ComposedIndicator:
    """The composed indicator that gets a version with every `add`."""
    found = ComposedIndicator.objects.filter(title="常用的").first()
    return found or compose.begin(system_scope(TODAY), document(title="常用的", limit=31))


def composed(number: int) -> None:
    """One more draft of a composed indicator, one more adopted, one more version of the known one."""
    scope = system_scope(TODAY)
    compose.begin(scope, document(title=f"组合{number}"))
    own = compose.begin(scope, document(title=f"采用{number}", limit=10 + number))
    compose.adopt(scope, own.pk, own.version)
    known = known_composed()
    known = compose.change(scope, known.pk, known.version, document(title="常用的", limit=number))
    compose.adopt(scope, known.pk, known.version)


def honoured(known: Publication, nodes: list[Organization], number: int) -> None:
    """An honour of each organization and two cases more, one of them shown; a final result with candidates."""
    final, _made = ScoreRun.objects.get_or_create(
        scheme=known.run.scheme, period="2025Q1", fingerprint="final", lake_generation=1, data_until=TODAY,
        is_current=False,
    )  # fmt: skip
    Publication.objects.get_or_create(
        run=final, period="2025Q1", state="final", noticed_on=TODAY, appeals_until=TODAY, final_on=TODAY
    )
    # Shown to everybody: one more with every `add`, all of the same organizations.
    Publication.objects.create(
        run=final, period=f"{2010 + number}Q1", state="published", noticed_on=TODAY, appeals_until=TODAY,
        final_on=TODAY, published_on=TODAY, audience="public", reviewed_by="虚构", open_until=TODAY,
    )  # fmt: skip
    for node in nodes:
        OrganizationScore.objects.get_or_create(
            run=final, organization=node, defaults={
                "parent": nodes[0] if node.depth > 1 else None, "level": node.kind, "category": node.category,
                "members": 2, "total": 95, "uncapped": 95, "weight": 20,
            },
        )  # fmt: skip
    kind = ("advanced", "excellent", "model", "advanced")[number - 1]
    for node in nodes:
        one = Honour.objects.create(
            publication=known, organization=node, kind=kind, state="awarded", grounds="得分在前", proposed_on=TODAY,
            decided_on=TODAY, document="纪要", number=f"2026-{number}{node.pk:04d}",
        ) if number < 4 else None  # fmt: skip
        if node not in nodes[:3]:
            continue
        first = Honour.objects.filter(organization=node).order_by("pk").first() or one
        shared = {"organization": node, "honour": first, "title": f"案例{number}", "text": "做法"}
        ModelCase.objects.create(**shared, state="shown", agreed_on=TODAY, shown_on=TODAY)
        ModelCase.objects.create(**shared, state="agreed", agreed_on=TODAY)


def scores(number: int) -> None:
    """One more draft of a scheme; one more quarter, the newest, with a score and its lines of every organization."""
    scheme = delivered_for(date(2026, 9, 30))
    begin(system_scope(TODAY), title=f"方案{number}")
    run = ScoreRun.objects.create(
        scheme=_version(scheme), period=("2025Q4", "2026Q1", "2026Q2", "2026Q3")[number - 1], fingerprint=str(number),
        lake_generation=number, data_until=TODAY,
    )  # fmt: skip
    found = list(Organization.objects.all())
    at = {node.path: node for node in found}
    OrganizationScore.objects.bulk_create(
        OrganizationScore(
            run=run, organization=node, parent=at.get(node.path[: -Organization.steplen]), level=node.kind,
            category=node.category, members=2, total=Decimal(20), uncapped=Decimal(20), weight=Decimal(20),
            breakdown={"MANAGE": ["20.00", "20.00"]},
        )
        for node in found
    )  # fmt: skip
    Grading.objects.bulk_create(
        Grading(
            organization=node, period=run.period, evaluator="superior", value=80, most=100, grounds="走访",
            entered_at=timezone.now(), entered_by=User.objects.first(),
        )
        for node in found
    )  # fmt: skip
    Survey.objects.bulk_create(
        Survey(
            organization=node, held_by=found[0], period=run.period, evaluator="public", statements=["组织生活"] * 2,
            closes_on=TODAY, issued=5, answered=5, counts=[[0] * 5] * 2, opened_at=timezone.now(),
            opened_by=User.objects.first(),
        )
        for node in found
    )  # fmt: skip
    published(run, found, number)
    half = Decimal("0.5")
    IndicatorScore.objects.bulk_create(
        IndicatorScore(
            run=run, organization=node, indicator=item.indicator.key, numerator=1, denominator=2, raw=half,
            smoothed=half, normalised=half, weight=item.weight, points=item.weight / 2,
        )
        for node in found
        for item in scheme.indicators
    )  # fmt: skip
