"""One row of everything that has an address, for the own branch and for another; one more of each for lists."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tests.cast import TODAY, Cast
from zhibu.accounts.scope import system_scope
from zhibu.initiatives.actions.confirming import issue
from zhibu.initiatives.enums import DeedState, MilestoneState, ProjectAct, ProjectState
from zhibu.initiatives.models import (
    Activity,
    Attachment,
    Confirmation,
    JournalEntry,
    Milestone,
    Participation,
    PracticalDeed,
    Project,
    ProjectEntry,
    ProjectMember,
)
from zhibu.people.models import Person

MAY, DECEMBER = date(2026, 5, 1), date(2026, 12, 31)


def of(cast: Cast, own: bool) -> tuple[Any, Person]:
    return (cast.branch, cast.secretary) if own else (cast.other_branch, cast.neighbour)


def project(cast: Cast, own: bool = True, state: ProjectState = ProjectState.RUNNING, title: str = "结对") -> Project:
    node, person = of(cast, own)
    found, made = Project.objects.get_or_create(
        organization=node, title=title, state=state, defaults={
            "kind": "service", "secretary": person, "goals": "帮扶", "starts_on": MAY, "ends_on": DECEMBER,
            "declared_at": timezone.now(),
        },
    )  # fmt: skip
    if made:
        milestone(found, "调研")
        ProjectEntry.objects.create(project=found, position=1, act=ProjectAct.DECLARED, on=MAY, at=timezone.now())
    return found


def milestone(found: Project, title: str, due_on: date = date(2026, 10, 1)) -> Milestone:
    return Milestone.objects.create(project=found, title=title, due_on=due_on, entered_at=timezone.now())


def entry(cast: Cast, own: bool = True, text: str = "走访宿舍") -> JournalEntry:
    node, _person = of(cast, own)
    shared = {"organization": node, "on": TODAY, "text": text}
    return JournalEntry.objects.get_or_create(**shared, defaults={"who": "支委会", "entered_at": timezone.now()})[0]


def activity(cast: Cast, own: bool = True, title: str = "社区义诊") -> Activity:
    node, _person = of(cast, own)
    return Activity.objects.get_or_create(
        organization=node, title=title, defaults={
            "kind": "community", "on": TODAY - timedelta(days=1), "place": "虚构社区", "outcome": "服务居民三十人",
            "entered_at": timezone.now(),
        },
    )[0]  # fmt: skip


def part(cast: Cast, own: bool = True, person: Person | None = None, state: str = "noted") -> Participation:
    held = activity(cast, own)
    who = person or (cast.member if own else cast.neighbour)
    settled = {"through": "organizer", "confirmed_at": timezone.now()} if state == "confirmed" else {}
    return Participation.objects.get_or_create(
        activity=held, person=who, defaults={"half_hours": 3, "noted_at": timezone.now(), "state": state, **settled}
    )[0]


def deed(cast: Cast, own: bool = True, state: DeedState = DeedState.OPEN, title: str = "修路灯") -> PracticalDeed:
    node, person = of(cast, own)
    done = {"result": "已修好", "finished_on": TODAY} if state != DeedState.OPEN else {}
    return PracticalDeed.objects.get_or_create(
        organization=node, title=title, state=state, defaults={
            "need": "路灯不亮", "heard_from": "三号楼住户", "measure": "报修", "responsible": person,
            "heard_on": MAY, "due_on": date(2026, 11, 1), "entered_at": timezone.now(), **done,
        },
    )[0]  # fmt: skip


def attachment(cast: Cast, own: bool = True, **of_what: Any) -> Attachment:
    given = of_what or {"project": project(cast, own)}
    return Attachment.objects.create(
        **given, file="initiatives/none", name="a.pdf", content_type="application/pdf", size=1, sha256="0" * 64,
        added_at=timezone.now(),
    )  # fmt: skip


def token(cast: Cast, own: bool = True) -> str:
    return issue(system_scope(TODAY), deed=deed(cast, own, DeedState.REPORTED).pk)[0]


def add(cast: Cast, number: int, person: Person) -> None:
    """One more of all that lists show."""
    known = project(cast)
    for state in (ProjectState.RUNNING, ProjectState.DECLARED, ProjectState.RETURNED):
        project(cast, state=state, title=f"项目{number}")
    milestone(known, f"节点{number}", date(2026, 12, number))
    old = milestone(known, f"旧节点{number}")
    Milestone.objects.filter(pk=old.pk).update(state=MilestoneState.REPLACED)
    Milestone.objects.create(
        project=known, title=f"新节点{number}", due_on=DECEMBER, replaces=old, reason="天气", entered_at=timezone.now()
    )
    ProjectMember.objects.create(project=known, person=person)
    ProjectEntry.objects.create(
        project=known, position=number + 1, act=ProjectAct.CHANGED, on=TODAY, milestone=old.replaced_by,
        at=timezone.now(),
    )  # fmt: skip
    line, gone = entry(cast), entry(cast, text=f"走访{number}")
    held, done = activity(cast), deed(cast)
    activity(cast, title=f"服务{number}")
    deed(cast, title=f"实事{number}")
    deed(cast, state=DeedState.REPORTED, title=f"办好{number}")
    part(cast, person=person)
    confirmed = activity(cast, title=f"服务{number}")
    for who in (cast.member, cast.secretary, cast.organizer, cast.office):
        Participation.objects.create(activity=confirmed, person=who, half_hours=2, noted_at=timezone.now())
    for of_what in ({"project": known}, {"entry": line}, {"deed": done}, {"entry": gone}):
        attachment(cast, **of_what)
    for about in ({"activity": held}, {"deed": done}):
        Confirmation.objects.create(
            **about, through="beneficiary", outcome="已修好", is_satisfied=True, at=timezone.now()
        )
