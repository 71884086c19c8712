"""Declaring a project, answering it, carrying it out, ending it. Every step is a line of its timeline."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.initiatives import rules
from zhibu.initiatives.enums import MilestoneState, ProjectAct, ProjectState, Verdict
from zhibu.initiatives.models import Milestone, Project, ProjectEntry, ProjectMember
from zhibu.initiatives.queries import is_superior, project, recording_organization, roster_of, secretaries
from zhibu.initiatives.rules import ProjectPlan
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal, Refusals
from zhibu.ui.submissions import sent_before


def held(scope: Scope, pk: int, right: Right) -> Project:
    """The project, locked; rights are looked at first."""
    found = project(scope, pk, right)
    locked = Project.objects.select_for_update().get(pk=pk)
    locked.organization = found.organization
    return locked


def enter(scope: Scope, found: Project, act: ProjectAct, on: date, text: str = "", **more: Any) -> ProjectEntry:
    """One line more; the version of the project grows with it. The project must be locked."""
    found.version += 1
    found.save()
    return ProjectEntry.objects.create(
        project=found, position=found.version, act=act, on=on, text=text, at=timezone.now(), by_id=scope.user_id, **more
    )


def _noted(scope: Scope, verb: str, found: Project, **changes: Any) -> None:
    audit.record(scope, verb, object=found, organization_path=found.organization.path, changes=changes)


@transaction.atomic
def declare(scope: Scope, organization: int, plan: ProjectPlan, *, submission: UUID) -> Project:
    """Declare a project to the superior. The same form sent twice gives the same project once.

    Refuses a plan without milestones, with days outside the project's, a secretary or members who are none there.
    Audited as ``initiatives.declare_project``.
    """
    node = recording_organization(scope, organization)
    Organization.objects.select_for_update().get(pk=node.pk)
    if same := sent_before(Project.objects.all(), submission, organization=node):
        return same
    _refuse(scope, node, plan)
    found = Project(organization=node, submission=submission, declared_at=timezone.now(), version=0)
    _write(found, plan)
    enter(scope, found, ProjectAct.DECLARED, scope.today)
    _noted(scope, "initiatives.declare_project", found, state=found.state, milestones=len(plan.milestones))
    return found


@transaction.atomic
def amend(scope: Scope, pk: int, plan: ProjectPlan, *, version: int) -> Project:
    """Change what was declared, until the superior has agreed; it then waits for him again.

    Refuses what another changed meanwhile. Audited as ``initiatives.amend_project``.
    """
    found = held(scope, pk, Right.RECORD_INITIATIVE)
    if found.state not in rules.UNDER_REVIEW:
        raise Refusal("项目已经审核，申报内容不再改动。", remedy="节点有变化的，在项目页上调整节点并写明理由。")
    if found.version != version:
        raise Refusal("这个项目刚被他人改动。", remedy="请刷新页面，核对后重新填写。")
    _refuse(scope, found.organization, plan)
    found.state = ProjectState.DECLARED
    found.milestones.all().delete()
    found.members.all().delete()
    _write(found, plan)
    enter(scope, found, ProjectAct.AMENDED, scope.today)
    _noted(scope, "initiatives.amend_project", found, version=found.version)
    return found


def _refuse(scope: Scope, node: Organization, plan: ProjectPlan) -> None:
    found = rules.wrong_with(plan)
    if plan.secretary not in {one.pk for one in secretaries(scope, node)}:
        found.append(
            Refusal("负责书记不是这个党组织的现任书记。", field="secretary", remedy="请先登记书记任职。")
        )  # fmt: skip
    chosen = set(plan.members)
    if chosen and roster_of(scope, node).filter(pk__in=chosen).count() < len(chosen):
        found.append(Refusal("有的成员不在这个党组织的名册里。", field="members", remedy="请刷新页面后重新勾选。"))
    if found:
        raise Refusals(found)


def _write(found: Project, plan: ProjectPlan) -> None:
    for name in ("title", "kind", "goals", "starts_on", "ends_on"):
        setattr(found, name, getattr(plan, name))
    found.secretary_id = plan.secretary
    found.save()
    ProjectMember.objects.bulk_create(ProjectMember(project=found, person_id=pk) for pk in dict.fromkeys(plan.members))
    now = timezone.now()
    Milestone.objects.bulk_create(
        Milestone(project=found, title=one.title, due_on=one.due_on, entered_at=now) for one in plan.milestones
    )


@transaction.atomic
def review(scope: Scope, pk: int, *, verdict: Verdict, opinion: str) -> Project:
    """The superior agrees, takes note, sends back, or gives an opinion on a project under way.

    Refuses whoever stands not above the organization, and the responsible secretary himself. Audited as
    ``initiatives.review_project``.
    """
    found = held(scope, pk, Right.REVIEW_INITIATIVE)
    if not is_superior(scope, found.organization):
        raise PermissionDenied("项目由上级党组织审核。")
    if scope.person_id is not None and found.secretary_id == scope.person_id:
        raise PermissionDenied("本人负责的项目由他人审核。")
    opinion = opinion.strip()
    if refusal := rules.refusal_of_verdict(ProjectState(found.state), verdict, opinion):
        raise refusal
    if verdict is Verdict.RETURNED:
        found.state = ProjectState.RETURNED
    elif verdict is not Verdict.OPINION:
        found.state = ProjectState.RUNNING
    enter(scope, found, ProjectAct.REVIEWED, scope.today, opinion, verdict=verdict)
    _noted(scope, "initiatives.review_project", found, verdict=verdict.value, state=found.state)
    return found


def _running(scope: Scope, pk: int) -> Project:
    found = held(scope, pk, Right.RECORD_INITIATIVE)
    if found.state != ProjectState.RUNNING:
        raise Refusal(f"这个项目是“{found.get_state_display()}”，不能登记进展。", remedy="请刷新页面。")
    return found


def _open_milestone(found: Project, milestone: int) -> Milestone:
    row = found.milestones.filter(pk=milestone).first()
    if row is None or row.state != MilestoneState.OPEN:
        raise Refusal("这个节点已经完成或已经调整。", remedy="请刷新页面。")
    return row


@transaction.atomic
def reach(scope: Scope, pk: int, milestone: int, *, on: date, result: str) -> Milestone:
    """A milestone is reached on a day, with its result. Audited as ``initiatives.reach_milestone``."""
    found = _running(scope, pk)
    row = _open_milestone(found, milestone)
    rules.refuse_future(on, scope.today, "on", "完成日期")
    if on < found.starts_on:
        raise Refusal("完成日期早于项目开始日期。", field="on", remedy="请核对日期。")
    row.state, row.done_on, row.result = MilestoneState.DONE, on, result.strip()
    row.save(update_fields=["state", "done_on", "result"])
    enter(scope, found, ProjectAct.REACHED, on, row.result, milestone=row)
    _noted(scope, "initiatives.reach_milestone", found, milestone=row.pk, done_on=on)
    return row


@transaction.atomic
def change(scope: Scope, pk: int, milestone: int, *, title: str, due_on: date, reason: str) -> Milestone:
    """Another milestone takes the place of one, with the reason; the old one stays to be read.

    Audited as ``initiatives.change_milestone``.
    """
    found = _running(scope, pk)
    old = _open_milestone(found, milestone)
    if (title, due_on) == (old.title, old.due_on):
        raise Refusal("节点和期限都没有变。", remedy="请改动后再提交。")
    _refuse_day(found, due_on)
    _refuse_same(found, title, due_on)
    old.state = MilestoneState.REPLACED
    old.save(update_fields=["state"])
    row = Milestone.objects.create(
        project=found, title=title, due_on=due_on, replaces=old, reason=reason.strip(), entered_at=timezone.now()
    )
    enter(scope, found, ProjectAct.CHANGED, scope.today, row.reason, milestone=row)
    _noted(scope, "initiatives.change_milestone", found, due_on=[old.due_on, due_on], milestone=row.pk)
    return row


@transaction.atomic
def add_milestone(scope: Scope, pk: int, *, title: str, due_on: date, reason: str) -> Milestone:
    """One milestone more while the project runs, with the reason. Audited as ``initiatives.add_milestone``."""
    found = _running(scope, pk)
    _refuse_day(found, due_on)
    _refuse_same(found, title, due_on)
    if found.milestones.count() >= rules.MILESTONES_LIMIT:
        raise Refusal(f"节点最多 {rules.MILESTONES_LIMIT} 个。", remedy="请调整已有的节点。")
    row = Milestone.objects.create(
        project=found, title=title, due_on=due_on, reason=reason.strip(), entered_at=timezone.now()
    )
    enter(scope, found, ProjectAct.ADDED, scope.today, row.reason, milestone=row)
    _noted(scope, "initiatives.add_milestone", found, due_on=due_on, milestone=row.pk)
    return row


@transaction.atomic
def drop_milestone(scope: Scope, pk: int, milestone: int, *, reason: str) -> Milestone:
    """A milestone is given up, with the reason. Audited as ``initiatives.drop_milestone``."""
    found = _running(scope, pk)
    row = _open_milestone(found, milestone)
    row.state, row.reason = MilestoneState.DROPPED, reason.strip()
    row.save(update_fields=["state", "reason"])
    enter(scope, found, ProjectAct.DROPPED, scope.today, row.reason, milestone=row)
    _noted(scope, "initiatives.drop_milestone", found, milestone=row.pk)
    return row


def _refuse_day(found: Project, due_on: date) -> None:
    if due_on < found.starts_on:
        raise Refusal("节点期限早于项目开始日期。", field="due_on", remedy="请核对日期。")


def _refuse_same(found: Project, title: str, due_on: date) -> None:
    """A form sent twice adds nothing, either."""
    if found.milestones.filter(title=title, due_on=due_on, state=MilestoneState.OPEN).exists():
        raise Refusal("已经有这个节点。", field="title", remedy="请刷新页面查看；要另设节点的，请改名称或期限。")


@transaction.atomic
def finish(scope: Scope, pk: int, *, on: date, result: str) -> Project:
    """The project ends with what came of it. Refuses while milestones are open.

    Audited as ``initiatives.finish_project``.
    """
    found = _running(scope, pk)
    rules.refuse_future(on, scope.today, "on", "结项日期")
    if on < found.starts_on:
        raise Refusal("结项日期早于项目开始日期。", field="on", remedy="请核对日期。")
    if left := found.milestones.filter(state=MilestoneState.OPEN).count():
        raise Refusal(f"还有 {left} 个节点没有完成。", remedy="请先登记结果；不再做的，取消节点并写明理由。")
    found.state, found.closed_on, found.result = ProjectState.DONE, on, result.strip()
    enter(scope, found, ProjectAct.FINISHED, on, found.result)
    _noted(scope, "initiatives.finish_project", found, state=found.state, closed_on=on)
    return found


@transaction.atomic
def stop(scope: Scope, pk: int, *, reason: str) -> Project:
    """The project is given up, with the reason, whether or not it had been agreed.

    Audited as ``initiatives.stop_project``.
    """
    found = held(scope, pk, Right.RECORD_INITIATIVE)
    if found.state in (ProjectState.DONE, ProjectState.STOPPED):
        raise Refusal(f"这个项目已经是“{found.get_state_display()}”。", remedy="请刷新页面。")
    found.state, found.closed_on = ProjectState.STOPPED, scope.today
    enter(scope, found, ProjectAct.STOPPED, scope.today, reason.strip())
    _noted(scope, "initiatives.stop_project", found, state=found.state)
    return found
