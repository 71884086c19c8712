"""Lists of records and talks, the choice of an organization, and a record to read and print."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings import queries
from zhibu.meetings.cadence import DUTIES, DUTY
from zhibu.meetings.content import counts
from zhibu.meetings.enums import Kind, Matter, Presence, State
from zhibu.meetings.forms import AttachmentForm
from zhibu.meetings.models import LifeMeeting, Meeting
from zhibu.meetings.pages.minutes import groups
from zhibu.meetings.quality.queries import shown_parts
from zhibu.meetings.queries.leading import untaken
from zhibu.meetings.queries.records import INCOMPLETE
from zhibu.meetings.rules import CUSTOM, missing_parts, quorum
from zhibu.organizations.enums import PostKind
from zhibu.organizations.models import Organization, Tenure
from zhibu.ui.tables import ChoiceFilter, Column, DateFilter, Empty, Table, TextFilter, YesNoFilter, table_page

LIFE_KINDS = frozenset({Kind.LIFE, Kind.DEMOCRATIC_LIFE})
KINDS = [choice for choice in Kind.choices if choice[0] != Kind.TALK]


def by_branch(queryset: QuerySet, value: str) -> QuerySet:
    """The organization by its code, or any whose name contains the words."""
    return queryset.filter(Q(organization__code=value) | Q(organization__name__icontains=value))


def _completeness(row: Meeting) -> str:
    return f"{row.parts_present}/{row.parts_required}"


TITLE = Column("title", "名称或主题", value=lambda row: row.title or "（未命名）", width=40)
KIND = Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind")
BRANCH = Column("organization", "党组织", value=lambda row: str(row.organization), sort="organization__path", width=24)
DAY = Column("held_on", "日期", sort="held_on")
CAME = Column("came", "实到/应到", value=lambda row: f"{row.present}/{row.expected}", numeric=True)
PARTS = Column(
    "parts", "记录要素", value=_completeness,
    badge=lambda row: "green" if row.parts_present >= row.parts_required else "yellow",
    help="已记要素/应记要素，应记要素为平台建议",
)  # fmt: skip
STATE = Column(
    "state", "状态", value=lambda row: row.get_state_display(), sort="state",
    badge=lambda row: "grey" if row.state == State.RECORDED else "yellow",
)  # fmt: skip
OWN = Column(
    "own", "本人", value=lambda row: Presence(row.own_presence).label if row.own_presence else None, export=False
)


def by_duty(queryset: QuerySet, value: str) -> QuerySet:
    """The records that count for one duty of the cadence."""
    counted = Q(kind__in=DUTY[value].satisfied_by)
    if DUTY[value].kind is Kind.APPRAISAL:
        counted |= Q(kind=Kind.LIFE, with_appraisal=True)
    return queryset.filter(counted, state=State.RECORDED)


def by_secretary(queryset: QuerySet, value: str) -> QuerySet:
    """Lectures given by whoever was then secretary of the committee with this code."""
    held = Tenure.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=OuterRef("held_on")), person=OuterRef("lecturer"),
        post=PostKind.SECRETARY, organization__code=value, started_on__lte=OuterRef("held_on"),
    )  # fmt: skip
    return queryset.filter(Exists(held), kind=Kind.LECTURE, state=State.RECORDED)


def by_decision(scope: Scope, queryset: QuerySet, yes: bool) -> QuerySet:
    """The records with a decision that a step of a case still waits for."""
    waits = Exists(untaken(scope).filter(meeting=OuterRef("pk")))
    return queryset.filter(waits) if yes else queryset.filter(~waits)


SECRETARY_OF = TextFilter("secretary_of", "授课书记所在党委代码", apply=by_secretary)


class MeetingTable(Table):
    title = "组织生活"
    search = "名称、主题或党组织"
    search_in = ("title", "organization__name")
    default_sort = "-held_on"
    columns = (TITLE, KIND, BRANCH, DAY, CAME, PARTS, STATE, OWN)
    filters = (
        ChoiceFilter("kind", "类别", KINDS),
        ChoiceFilter(
            "duty", "计入", [(duty.key, duty.label) for duty in DUTIES if duty.satisfied_by], apply=by_duty
        ),
        TextFilter("branch", "党组织名称或代码", apply=by_branch),
        DateFilter("held", "日期", field="held_on"),
        ChoiceFilter("state", "状态", State.choices),
        YesNoFilter(
            "incomplete", "要素不全",
            apply=lambda queryset, yes: queryset.filter(INCOMPLETE) if yes else queryset.exclude(INCOMPLETE),
        ),
    )  # fmt: skip
    empty = Empty("还没有组织生活记录", "开过会或办过活动后，在这里登记。手机上也能登记。")

    def row_url(self, row: Any) -> str | None:
        return reverse("meetings:meeting", args=[row.pk])


def table_for(request: HttpRequest) -> MeetingTable:
    """Members see the fact and their own attendance; those who keep records see how complete these are."""
    scope = request.scope  # type: ignore[attr-defined]
    if not scope.may(Right.RECORD_MEETING):
        return MeetingTable(
            columns=(TITLE, KIND, DAY, BRANCH, OWN), filters=MeetingTable.filters[:4],
            empty=Empty("还没有组织生活记录", "支部登记组织生活后，会显示在这里。"),
        )  # fmt: skip
    empty = Empty(MeetingTable.empty.title, MeetingTable.empty.text, action="登记组织生活", url=reverse("meetings:new"))
    decided = YesNoFilter("decided", "有决定待办理", apply=partial(by_decision, scope))
    asked = (SECRETARY_OF,) if request.GET.get(SECRETARY_OF.name) else ()
    return MeetingTable(empty=empty, filters=(*MeetingTable.filters, decided, *asked))


@page(needs=Right.VIEW_MEETING)
def index(request: HttpRequest) -> HttpResponseBase:
    scope = request.scope  # type: ignore[attr-defined]
    context = {"may_record": scope.may(Right.RECORD_MEETING)}
    return table_page(
        request, table_for(request), queries.meetings(scope), template="meetings/index.html", context=context,
        export_right=Right.EXPORT,
    )  # fmt: skip


class TalkTable(Table):
    title = "谈心谈话"
    search = "谈话双方姓名"
    search_in = ("attendances__person__name",)
    default_sort = "-held_on"
    columns = (
        Column("pair", "双方", value=lambda row: "、".join(one.person.name for one in row.attendances.all())),
        Column("held_on", "日期", sort="held_on"),
        Column("title", "主题"),
        Column("organization", "党支部", value=lambda row: str(row.organization), sort="organization__path"),
    )
    filters = (DateFilter("held", "日期", field="held_on"),)

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return super().find(queryset, text).distinct()


@page(needs=Right.VIEW_MEETING)
def talks(request: HttpRequest) -> HttpResponseBase:
    scope = request.scope  # type: ignore[attr-defined]
    may_record = scope.may(Right.RECORD_MEETING)
    action = {"action": "登记谈话", "url": reverse("meetings:new_talk")} if may_record else {}
    empty = Empty("还没有谈心谈话", "只登记谈话双方和日期，谈话内容不在平台保存。只有双方和支部书记看得到。", **action)
    found = queries.talks(scope).prefetch_related("attendances__person")
    return table_page(
        request, TalkTable(empty=empty), found, template="meetings/talks.html", context={"may_record": may_record}
    )


class ChooseTable(Table):
    title = "选择党组织"
    search = "名称或代码"
    search_in = ("name", "code")
    default_sort = "name"
    columns = (
        Column("name", "党组织", value=lambda row: row.name, sort="path"),
        Column("kind", "类别", value=lambda row: row.get_kind_display()),
    )
    empty = Empty("没有可登记的党组织", "您没有任何党组织的登记权限，需要登记的请联系党支部书记。")

    def row_url(self, row: Any) -> str | None:
        return f"{reverse('meetings:new')}?organization={row.pk}"


@page(needs=Right.RECORD_MEETING)
def choose(request: HttpRequest) -> HttpResponseBase:
    scope = request.scope  # type: ignore[attr-defined]
    return table_page(request, ChooseTable(), queries.recording_organizations(scope))


@page(needs=Right.VIEW_MEETING)
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    scope = request.scope  # type: ignore[attr-defined]
    found = queries.meeting(scope, pk)
    if found.kind == Kind.TALK:
        return redirect("meetings:talks")
    if not queries.may_read_fully(scope, found):
        return render(request, "meetings/meeting.html", _short(found, scope.person_id))
    context = _full(found)
    content = context["content"]
    context["decisions"] = list(zip(content.resolutions, queries.leads(scope, found, content), strict=True))
    context["may_record"] = scope.may(Right.RECORD_MEETING, found.organization.path)
    if found.state == State.RECORDED:
        context["quality"] = shown_parts(found, context["content"], scope.today)
    return render(request, "meetings/meeting.html", context)


def _short(found: Meeting, person: int | None) -> dict[str, Any]:
    own = found.attendances.filter(person=person).first() if person else None
    topics = found.topics.order_by("position")
    return {"meeting": found, "topics": topics, "own": own, "full": False}


def _full(found: Meeting) -> dict[str, Any]:
    content = queries.content_of(found)
    count = counts(content.attendance)
    return {
        "meeting": found,
        "full": True,
        "content": content,
        "count": count,
        "groups": groups(content.attendance),
        "topics": content.topics,
        "missing": missing_parts(content),
        "custom": CUSTOM,
        "quorum": quorum(content.kind, Matter.ORDINARY, count, content.held_on),
        "attachments": list(found.attachments.all()),
        "attachment_form": AttachmentForm(),
        "is_draft": found.state == State.DRAFT,
        "life": LifeMeeting.objects.filter(meeting=found).first() if found.kind in LIFE_KINDS else None,
        "lacks_life": found.kind in LIFE_KINDS and content.around is None,
    }


def address_of(organization: Organization, **narrowed: Any) -> str:
    """The list narrowed to one organization."""
    return f"{reverse('meetings:index')}?{urlencode({'branch': organization.code, **narrowed})}"
