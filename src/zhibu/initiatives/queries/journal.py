"""The journal, and what the platform knows of the same days without anybody typing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope, system_scope
from zhibu.initiatives.enums import EntryState, ProjectAct, ProjectState
from zhibu.initiatives.models import Activity, JournalEntry, PracticalDeed, ProjectEntry
from zhibu.meetings.enums import Kind, State, TaskState
from zhibu.meetings.models import Meeting, Task
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization as one_organization
from zhibu.procedures.enums import EntryKind
from zhibu.procedures.loading import procedures
from zhibu.procedures.models import Entry


@dataclass(frozen=True)
class Happening:
    """One thing that an organization did on a day. ``kind`` is its name on screen, ``url`` leads to the record."""

    on: date
    kind: str
    title: str
    url: str = ""
    who: str = ""


def entries(scope: Scope) -> QuerySet[JournalEntry]:
    """The journals that the reader keeps or supervises."""
    return scope.visible(JournalEntry.objects.select_related("organization"), Right.RECORD_INITIATIVE)


def entry(scope: Scope, pk: int) -> JournalEntry:
    """One line: 404 outside and, as to a member, whether there is one is not told: 403 inside without the right."""
    found = JournalEntry.objects.select_related("organization", "corrects").filter(pk=pk).first()
    if found is None or not scope.may(Right.VIEW_INITIATIVE, found.organization.path):
        raise Http404("没有这条纪实，或不在您的查看范围内。")
    scope.require(Right.RECORD_INITIATIVE, found.organization.path)
    return found


def journal_of(scope: Scope, pk: int) -> Organization:
    return one_organization(scope, pk, Right.RECORD_INITIATIVE)


def written(scope: Scope, node: Organization, first: date, last: date) -> Iterator[Happening]:
    """What was written into the journal, as it now stands."""
    rows = entries(scope).filter(organization=node, on__range=(first, last), state=EntryState.CURRENT)
    for row in rows:
        yield Happening(row.on, "工作纪实", row.text, reverse("initiatives:entry", args=[row.pk]), row.who)


def undertaken(scope: Scope, node: Organization, first: date, last: date) -> Iterator[Happening]:
    """Projects, volunteer service and practical deeds."""
    days = (first, last)
    told = (ProjectAct.REACHED, ProjectAct.FINISHED, ProjectAct.STOPPED, ProjectAct.DECLARED)
    steps = ProjectEntry.objects.filter(
        scope.within(Right.VIEW_INITIATIVE, "project__organization__path"), project__organization=node, on__range=days,
        act__in=told,
    )  # fmt: skip
    if not scope.may(Right.RECORD_INITIATIVE, node.path):
        steps = steps.exclude(project__state__in=(ProjectState.DECLARED, ProjectState.RETURNED))
    for step in steps.select_related("project", "milestone"):
        subject = f"：{step.milestone.title}" if step.milestone else ""
        title = f"{step.project.title}：{step.get_act_display()}{subject}"
        yield Happening(step.on, "书记项目", title, reverse("initiatives:project", args=[step.project_id]))
    held = scope.visible(Activity.objects.filter(organization=node, on__range=days), Right.VIEW_INITIATIVE)
    for row in held.filter(on__lte=scope.today):
        told_so = f"（已确认 {row.confirmed_people} 人、{row.confirmed_half_hours / 2:g} 小时）"
        title = row.title + (told_so if row.confirmed_people else "（时长待确认）")
        yield Happening(row.on, "志愿服务", title, reverse("initiatives:activity", args=[row.pk]))
    deeds = scope.visible(PracticalDeed.objects.filter(organization=node), Right.VIEW_INITIATIVE)
    for deed in deeds.filter(finished_on__range=days):
        title = f"{deed.title}（{deed.get_state_display()}）"
        yield Happening(deed.finished_on or first, "为民办实事", title, reverse("initiatives:deed", args=[deed.pk]))


def known(scope: Scope, node: Organization, first: date, last: date) -> list[Happening]:
    """What other rooms have on record: meetings, steps taken, tasks done. Each only where the reader may read it; a
    talk is nobody's business here, and a step names its procedure and not whom it is about."""
    found: list[Happening] = []
    days = (first, last)
    if scope.may(Right.VIEW_MEETING, node.path):
        held = Meeting.objects.filter(organization=node, held_on__range=days, state=State.RECORDED)
        for one in held.exclude(kind=Kind.TALK):
            url = reverse("meetings:meeting", args=[one.pk])
            found.append(Happening(one.held_on, str(one.get_kind_display()), one.title or "（未命名）", url))
    if scope.may(Right.RECORD_MEETING, node.path):
        done = Task.objects.filter(organization=node, done_on__range=days, state=TaskState.DONE)
        for task in done:
            found.append(
                Happening(task.done_on or first, "决议任务", task.text, reverse("meetings:task", args=[task.pk]))
            )
    if scope.may(Right.VIEW_CASE, node.path):
        found += _steps(node, days)
    return found


def _steps(node: Organization, days: tuple[date, date]) -> Iterator[Happening]:
    """Steps that stand: one that was corrected is told by its correction."""
    taken = Entry.objects.filter(organization=node, on__range=days, kind__in=(EntryKind.DONE, EntryKind.CORRECTED))
    rows = list(taken.select_related("case"))
    undone = set(
        Entry.objects.filter(case__in={row.case_id for row in rows}, corrects__isnull=False).values_list(
            "case_id", "corrects"
        )
    )
    for row in rows:
        if (row.case_id, row.position) not in undone and row.step:
            shape = procedures()[row.case.procedure]
            url = reverse("procedures:case", args=[row.case_id])
            yield Happening(row.on, shape.label, shape[row.step].label, url)


def happenings(scope: Scope, node: Organization, first: date, last: date) -> list[Happening]:
    """Everything of these days, the newest first."""
    found = [
        *written(scope, node, first, last), *undertaken(scope, node, first, last), *known(scope, node, first, last)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.on.toordinal(), one.kind, one.title))


def of_year(scope: Scope, organization: Organization, year: int) -> list[Happening]:
    """What the organization did outside its meetings in a year, the earliest first: for its ledger. The journal is
    left out for whoever may not read it."""
    first, last = date(year, 1, 1), date(year + 1, 1, 1) - timedelta(days=1)
    found = [*written(scope, organization, first, last), *undertaken(scope, organization, first, last)]
    return sorted(found, key=lambda one: (one.on, one.kind, one.title))


def chapters(
    sender: type, organization: Organization, year: int, today: date, **_given: object
) -> list[tuple[str, list[tuple[date, str]]]]:
    """For the ledger: the year's journal, projects, service and deeds. Whoever may read the ledger reads it whole."""
    found: dict[str, list[tuple[date, str]]] = {}
    for one in of_year(system_scope(today), organization, year):
        found.setdefault(one.kind, []).append((one.on, f"{one.title}（{one.who}）" if one.who else one.title))
    return sorted(found.items())
