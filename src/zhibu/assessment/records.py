"""From a number to the records behind it: what a `RecordsFilter` opens, within the reader's rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.composed_records import ActivityRecords, OrganizationRecords, composed_records
from zhibu.assessment.explain import RecordsFilter
from zhibu.dues.queries import closed_dues
from zhibu.meetings.enums import Kind, Part, Presence, State
from zhibu.meetings.models import Attendance, Meeting
from zhibu.organizations.models import Organization, Tenure, Term
from zhibu.organizations.queries import in_office, vacant
from zhibu.people.enums import MEMBERS, StageKind
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.people.queries import incomplete_people
from zhibu.supervision.integrity.queries import due_readings
from zhibu.supervision.queries import judged
from zhibu.ui.tables import Column, Empty, Table

THERE = (Presence.PRESENT, Presence.LATE, Presence.EARLY)
NOTHING = Empty("这里没有记录", "没有符合条件的记录，或相应的事还没有登记。")


def _meeting(row: Any) -> str:
    return reverse("meetings:meeting", args=[row.pk])


class MeetingRecords(Table):
    title = "组织生活记录"
    default_sort = "-held_on"
    empty = NOTHING
    columns = [
        Column("held_on", "日期", sort="held_on", link=_meeting),
        Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind"),
        Column("title", "名称或主题", link=_meeting, width=36),
        Column("organization", "党组织", value=lambda row: str(row.organization), sort="organization__path"),
        Column("came", "实到/应到", value=lambda row: f"{row.present}/{row.expected}", numeric=True),
        Column(
            "parts", "记录要素", value=lambda row: f"{row.parts_present}/{row.parts_required}",
            badge=lambda row: "green" if row.parts_present >= row.parts_required else "yellow",
        ),
    ]  # fmt: skip


class AttendanceRecords(Table):
    title = "出席登记"
    default_sort = "-held_on"
    empty = NOTHING
    columns = [
        Column("held_on", "日期", value="meeting.held_on", sort="meeting__held_on",
               link=lambda row: reverse("meetings:meeting", args=[row.meeting_id])),
        Column("meeting", "会议", value=lambda row: row.meeting.get_kind_display()),
        Column("organization", "党组织", value=lambda row: str(row.meeting.organization),
               sort="meeting__organization__path"),
        Column("person", "人员", value="person.name", link=lambda row: reverse("people:file", args=[row.person_id])),
        Column("presence", "出席情况", value=lambda row: row.get_presence_display(), sort="presence"),
    ]  # fmt: skip


class TermRecords(Table):
    title = "届次"
    default_sort = "due_on"
    empty = NOTHING
    columns = [
        Column("organization", "党组织", value=lambda row: str(row.organization), sort="organization__path",
               link=lambda row: reverse("organizations:detail", args=[row.organization_id])),
        Column("started_on", "本届选举", sort="started_on"),
        Column("due_on", "应换届日期", sort="due_on"),
        Column("seats", "职数", numeric=True),
    ]  # fmt: skip


class TenureRecords(Table):
    title = "在任情况"
    default_sort = "organization"
    empty = NOTHING
    columns = [
        Column("organization", "党组织", value=lambda row: str(row.organization), sort="organization__path",
               link=lambda row: reverse("organizations:detail", args=[row.organization_id])),
        Column("post", "职务", value=lambda row: row.get_post_display()),
        Column("person", "任职人", value="person.name"),
        Column("started_on", "任职日期", sort="started_on"),
    ]  # fmt: skip


class VacantRecords(Table):
    title = "有空缺的党组织"
    default_sort = "name"
    empty = NOTHING
    columns = [
        Column("name", "党组织", sort="path", link=lambda row: reverse("organizations:detail", args=[row.pk])),
        Column("seats", "职数", numeric=True),
        Column("held", "在任", numeric=True),
    ]


class PersonRecords(Table):
    title = "人员"
    search = "姓名、拼音或首字母"
    search_in = ("name", "pinyin", "initials")
    default_sort = "name"
    empty = NOTHING
    columns = [
        Column("name", "姓名", sort="pinyin", link=lambda row: reverse("people:file", args=[row.pk])),
        Column("stage", "人员类别", value=lambda row: row.get_stage_display(), sort="stage"),
        Column("organization", "所在党支部", value=lambda row: str(row.organization or "—"), sort="organization__path"),
    ]


class StepRecords(Table):
    title = "发展步骤"
    default_sort = "-started_on"
    empty = NOTHING
    columns = [
        Column("started_on", "日期", sort="started_on"),
        Column("person", "人员", value="person.name", link=lambda row: reverse("people:file", args=[row.person_id])),
        Column("organization", "党组织", value=lambda row: str(row.organization or "—"), sort="organization__path"),
        Column("before", "由", value=lambda row: StageKind(row.before).label),
        Column("kind", "转为", value=lambda row: row.get_kind_display()),
        Column("before_on", "前一阶段始于"),
        Column("kept", "时间", value=lambda row: "符合规定" if kept(row) else "早于规定",
               badge=lambda row: "green" if kept(row) else "red"),
    ]  # fmt: skip


class DueRecords(Table):
    title = "应交党费"
    default_sort = "-month"
    empty = NOTHING
    columns = [
        Column("month", "月份", value=lambda row: f"{row.month:%Y-%m}", sort="month"),
        Column("person", "姓名", value="person.name", link=lambda row: reverse("dues:person", args=[row.person_id])),
        Column("organization", "党支部", value=lambda row: str(row.organization), sort="organization__path"),
        Column("paid_on", "交纳日期", value="payment.paid_on", sort="payment__paid_on"),
        Column("in_time", "按时", value=lambda row: "按时" if row.in_time else "未按时",
               badge=lambda row: "green" if row.in_time else "yellow"),
    ]  # fmt: skip


class ProblemRecords(Table):
    title = "到期的问题"
    default_sort = "due_on"
    empty = NOTHING
    columns = [
        Column("number", "编号", sort="pk", link=lambda row: reverse("supervision:problem", args=[row.pk])),
        Column("text", "问题", width=48),
        Column("organization", "责任党组织", value=lambda row: str(row.organization), sort="organization__path"),
        Column("due_on", "整改期限", sort="due_on"),
        Column("done_on", "报告完成日期", sort="done_on"),
        Column("in_time", "按期", value=lambda row: "按期" if row.in_time else "未按期",
               badge=lambda row: "green" if row.in_time else "yellow"),
    ]  # fmt: skip


class ReadingRecords(Table):
    """What was to be read; how far each organization came stands behind it, names only with whoever keeps them."""

    title = "到期的交阅"
    default_sort = "due_on"
    empty = NOTHING
    columns = [
        Column("material", "材料", value="material.title", width=36,
               link=lambda row: reverse("supervision:reading", args=[row.pk])),
        Column("organization", "交阅范围", value=lambda row: str(row.organization), sort="organization__path"),
        Column("audience", "对象", value=lambda row: row.get_audience_display()),
        Column("due_on", "阅读期限", sort="due_on"),
    ]  # fmt: skip


JUDGED = {
    (StageKind.ACTIVIST, StageKind.CANDIDATE): "dev.cultivate_min",
    (StageKind.PROBATIONARY, StageKind.FULL): "dev.probation",
    (StageKind.PROBATIONARY, StageKind.EXTENDED): "dev.probation",
}


def kept(row: Any) -> bool:
    """Whether the step came after the shortest interval in force on its day."""
    from zhibu.regulations.dates import add_months
    from zhibu.regulations.queries import value

    rule_id = JUDGED[StageKind(row.before), StageKind(row.kind)]
    return bool(row.started_on >= add_months(row.before_on, value(rule_id, row.started_on).number))


# Which kinds of record show persons, and the right that it takes to see them.
PERSONAL = {
    "people.person": Right.VIEW_PERSON, "people.stage": Right.VIEW_PERSON, "meetings.attendance": Right.VIEW_PERSON,
    "dues.due": Right.VIEW_DUES, "supervision.problem": Right.VIEW_PROBLEM,
    "supervision.readingassignment": Right.VIEW_PROBLEM,
}  # fmt: skip


def may_open(scope: Scope, wanted: RecordsFilter, path: str) -> bool:
    """Everybody sees the number and the meetings behind it; the persons behind it only those who keep the roster, or
    the dues."""
    return wanted.record not in PERSONAL or scope.may(PERSONAL[wanted.record], path)


def table_of(wanted: RecordsFilter) -> Table:
    """The list that shows this kind of record."""
    if wanted.record == "organizations.tenure" and wanted.filters.get("vacant"):
        return VacantRecords()
    tables: dict[str, type[Table]] = {
        "meetings.meeting": MeetingRecords,
        "meetings.attendance": AttendanceRecords,
        "organizations.term": TermRecords,
        "organizations.tenure": TenureRecords,
        "people.person": PersonRecords,
        "people.stage": StepRecords,
        "dues.due": DueRecords,
        "supervision.problem": ProblemRecords,
        "supervision.readingassignment": ReadingRecords,
        "organizations.organization": OrganizationRecords,
        "initiatives.activity": ActivityRecords,
    }
    return tables[wanted.record](title=wanted.label)


def records(scope: Scope, wanted: RecordsFilter, organization: Organization) -> QuerySet[Any]:
    """The records themselves, in the organization's subtree and the days of the window."""
    if "composed" in wanted.filters:
        return composed_records(scope, wanted, organization)
    opener: dict[str, Callable[[Scope, RecordsFilter, str], QuerySet[Any]]] = {
        "meetings.meeting": _meetings,
        "meetings.attendance": _attendance,
        "organizations.term": _terms,
        "organizations.tenure": _tenures,
        "people.person": _people,
        "people.stage": _steps,
        "dues.due": _dues,
        "supervision.problem": _problems,
        "supervision.readingassignment": _readings,
    }
    return opener[wanted.record](scope, wanted, organization.path)


def _held(wanted: RecordsFilter, prefix: str = "") -> Q:
    days = Q(**{f"{prefix}held_on__lte": wanted.last, f"{prefix}state": State.RECORDED})
    return days & Q(**{f"{prefix}held_on__gte": wanted.first}) if wanted.first else days


def _meetings(scope: Scope, wanted: RecordsFilter, path: str) -> QuerySet[Any]:
    found = scope.visible(Meeting.objects.select_related("organization"), Right.VIEW_MEETING)
    found = found.filter(_held(wanted), organization__path__startswith=path, kind__in=wanted.filters["kind"])
    whole = Q(parts_present__gte=F("parts_required"))
    if (complete := wanted.filters.get("complete")) is not None:
        found = found.filter(whole) if complete else found.exclude(whole)
    return found


def _attendance(scope: Scope, wanted: RecordsFilter, path: str) -> QuerySet[Any]:
    found = Attendance.objects.select_related("meeting__organization", "person")
    found = scope.visible(found, Right.VIEW_PERSON, "meeting__organization__path").exclude(part=Part.OBSERVER)
    found = found.filter(
        _held(wanted, "meeting__"), meeting__organization__path__startswith=path,
        meeting__kind__in=wanted.filters["kind"], is_exempt=False,
    )  # fmt: skip
    if presence := wanted.filters.get("presence"):
        found = found.filter(presence__in=presence)
    return found


def _on_last_day(wanted: RecordsFilter) -> Q:
    return in_office(wanted.last)


def _terms(scope: Scope, wanted: RecordsFilter, path: str) -> QuerySet[Any]:
    found = scope.visible(Term.objects.select_related("organization"), Right.VIEW_ORGANIZATION)
    found = found.filter(_on_last_day(wanted), organization__path__startswith=path)
    return found.filter(due_on__lt=wanted.last) if wanted.filters.get("overdue") else found


def _tenures(scope: Scope, wanted: RecordsFilter, path: str) -> QuerySet[Any]:
    if wanted.filters.get("vacant"):
        return vacant(scope, min(wanted.last, scope.today)).filter(path__startswith=path)
    found = scope.visible(Tenure.objects.select_related("organization", "person"), Right.VIEW_ORGANIZATION)
    return found.filter(_on_last_day(wanted), organization__path__startswith=path)


def _people(scope: Scope, wanted: RecordsFilter, path: str) -> QuerySet[Any]:
    """Members on the last day of the window; for what is counted over a year, those who were members all through it."""
    day = in_office(wanted.last)
    tie = Affiliation.objects.filter(day, person=OuterRef("pk"), organization__path__startswith=path)
    member = Stage.objects.filter(day, person=OuterRef("pk"), kind__in=MEMBERS)
    found = scope.visible(Person.objects.select_related("organization"), Right.VIEW_PERSON)
    found = found.filter(Exists(tie), Exists(member))
    if wanted.filters.get("lost"):
        found = found.filter(is_lost=True, lost_since__lte=wanted.last)
    if wanted.filters.get("complete") is False:
        found = found.filter(pk__in=incomplete_people(scope).values("pk"))
    for name in ("took_part_in", "missed"):
        if kind := wanted.filters.get(name):
            settled = Stage.objects.filter(person=OuterRef("pk"), kind__in=MEMBERS, started_on__lte=wanted.first)
            held = Q(meeting__kind=kind)
            if kind == Kind.APPRAISAL:
                held |= Q(meeting__with_appraisal=True)
            there = Attendance.objects.filter(
                _held(wanted, "meeting__"), held, person=OuterRef("pk"), presence__in=THERE
            )
            found = found.filter(Exists(settled), Exists(there) if name == "took_part_in" else ~Exists(there))
    return found


def _dues(scope: Scope, wanted: RecordsFilter, path: str) -> QuerySet[Any]:
    assert wanted.first is not None  # a period has a first day
    found = closed_dues(scope, path, wanted.first, wanted.last)
    return found.filter(in_time=False) if wanted.filters.get("in_time") is False else found


def _problems(scope: Scope, wanted: RecordsFilter, path: str) -> QuerySet[Any]:
    assert wanted.first is not None  # a period has a first day
    found: QuerySet[Any] = judged(scope, path, wanted.first, wanted.last)
    return found.filter(in_time=False) if wanted.filters.get("in_time") is False else found


def _readings(scope: Scope, wanted: RecordsFilter, path: str) -> QuerySet[Any]:
    assert wanted.first is not None  # a period has a first day
    return due_readings(scope, path, wanted.first, wanted.last)


def _steps(scope: Scope, wanted: RecordsFilter, path: str) -> QuerySet[Any]:
    before = Stage.objects.filter(person=OuterRef("person"), ended_on=OuterRef("started_on")).exclude(pk=OuterRef("pk"))
    pairs = Q(pk__in=())
    for old, new in JUDGED:
        pairs |= Q(before=old, kind=new)
    found = scope.visible(Stage.objects.select_related("person", "organization"), Right.VIEW_PERSON)
    found = found.filter(organization__path__startswith=path, started_on__lte=wanted.last)
    if wanted.first:
        found = found.filter(started_on__gte=wanted.first)
    found = found.annotate(before=before.values("kind")[:1], before_on=before.values("started_on")[:1]).filter(pairs)
    if wanted.filters.get("kept") is False:
        # The edition of the rule differs by day, so the few steps of a year are judged one by one.
        early = [row.pk for row in found if not kept(row)]
        found = found.filter(pk__in=early)
    return found
