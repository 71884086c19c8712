"""The list of problems after six weeks: what the rules found at night, what superiors gave out, each somewhere on its
way."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from django.db.models import QuerySet
from django.utils.timezone import get_current_timezone

from zhibu.accounts.enums import Role
from zhibu.accounts.scope import system_scope
from zhibu.organizations.enums import BRANCH_KINDS
from zhibu.organizations.models import Organization
from zhibu.supervision.actions import watch
from zhibu.supervision.common.actions import rename
from zhibu.supervision.common.regrouping import regroup
from zhibu.supervision.enums import EntryKind, ProblemState, Source
from zhibu.supervision.models import CommonProblem, Grouping, Milestone, Problem, ProblemEntry
from zhibu.supervision.rules import usual_due

NIGHTS = (42, 14, 0)  # days ago
# The same thing is found in several places and told in other words each time.
GIVEN = (
    (Source.SUPERIOR, "本学期组织生活计划没有公布。", "支委会补充制定计划，在支部公开栏公布。"),
    (Source.INSPECTION, "检查发现会议记录缺少缺席人员的原因。", "逐次核对请假情况，由记录人并列更正。"),
    (Source.FEEDBACK, "党员反映主题党日形式单一。", "征求党员意见，每季度安排一次共建或实践活动。"),
    (Source.OWN, "自查发现两份思想汇报没有及时归档。", "由组织委员当月补齐并装入电子档案。"),
    (Source.SUPERIOR, "组织生活计划未在支部公开栏公布。", "支委会补充制定计划，在支部公开栏公布。"),
    (Source.INSPECTION, "会议记录没有写明缺席党员的原因。", "逐次核对请假情况，由记录人并列更正。"),
    (Source.FEEDBACK, "主题党日内容单一，多为集体学习文件。", "征求党员意见，每季度安排一次共建或实践活动。"),
    (Source.OWN, "思想汇报归档不及时，缺 3 份。", "由组织委员当月补齐并装入电子档案。"),
    (Source.INSPECTION, "会议记录过于简单，缺席人员未注明原因。", "逐次核对请假情况，由记录人并列更正。"),
    (Source.FEEDBACK, "主题党日形式单调，缺少实践活动。", "征求党员意见，每季度安排一次共建或实践活动。"),
)
ON_THE_WAY = (ProblemState.UNDER_WAY, ProblemState.TO_REVIEW, ProblemState.CLOSED, ProblemState.UNCLAIMED)
MEASURE = "支部委员会查明原因，按要求补开或补办，今后由专人按月对照检查。"


def problems(seed: int, today: date) -> dict[str, int]:
    """Write them; gives how many rows of each table."""
    rng = Random(seed)
    for ago in NIGHTS:
        watch(system_scope(today - timedelta(days=ago)))
        if ago == NIGHTS[0]:
            _given(rng, today)
            _on_the_way(rng, today)
    _grouped(today)
    return {
        "supervision.Problem": Problem.objects.count(), "supervision.CommonProblem": CommonProblem.objects.count(),
        "supervision.ProblemEntry": ProblemEntry.objects.count(),
    }  # fmt: skip


def _grouped(today: date) -> None:
    """Like problems of the whole university; one group was looked through and named by the office."""
    top = Organization.objects.get(depth=1)
    grouping = Grouping.objects.create(
        organization=top, asked_at=datetime.combine(today, time(4, 26), get_current_timezone())
    )
    regroup(grouping.pk, today)
    one = CommonProblem.objects.filter(grouping=grouping, rows__problem__source=Source.INSPECTION).first()
    if one is not None:
        rename(system_scope(today), one.pk, title="会议记录不写缺席原因")


def _given(rng: Random, today: date) -> None:
    """One problem for every twelfth branch, given out within the last weeks."""
    nodes = Organization.objects.filter(kind__in=BRANCH_KINDS, dissolved_on__isnull=True).order_by("pk")
    rows = []
    for number, node in enumerate(nodes[::12]):
        source, text, _measure = GIVEN[number % len(GIVEN)]
        day = today - timedelta(days=rng.randint(36, 44))
        rows.append(Problem(organization=node, source=source, text=text, raised_on=day, due_on=usual_due(day)))
    made = Problem.objects.bulk_create(rows)
    role = Role.ORGANIZER.label
    ProblemEntry.objects.bulk_create(_entry(one, EntryKind.RAISED, one.raised_on, one.text, role) for one in made)


def _on_the_way(rng: Random, today: date) -> None:
    """Three of four have been claimed since; some were reported done, some of these struck off."""
    measures = {text: measure for _, text, measure in GIVEN}
    entries, steps, rows = [], [], list(_given_out())
    for number, row in enumerate(rows):
        state = ON_THE_WAY[number % len(ON_THE_WAY)]
        if state == ProblemState.UNCLAIMED:
            continue
        claimed = row.raised_on + timedelta(days=rng.randint(1, 4))
        row.state, row.measure = state, measures.get(row.text, MEASURE)
        entries.append(_entry(row, EntryKind.MEASURE, claimed, row.measure, Role.SECRETARY.label))
        steps.append(Milestone(problem=row, text="支委会专题研究", due_on=claimed + timedelta(days=7)))
        if state == ProblemState.UNDER_WAY:
            continue
        row.done_on = min(row.due_on + timedelta(days=rng.randint(-12, 3)), today)
        steps[-1].done_on = row.done_on
        said = "已按整改措施补办，记录和材料存支部备查。"
        entries.append(_entry(row, EntryKind.REPORTED, row.done_on, said, Role.SECRETARY.label))
        if state == ProblemState.CLOSED:
            row.closed_on = min(row.done_on + timedelta(days=rng.randint(1, 6)), today)
            entries.append(_entry(row, EntryKind.ACCEPTED, row.closed_on, "", Role.ORGANIZER.label))
    Problem.objects.bulk_update(rows, ["state", "measure", "done_on", "closed_on"])
    ProblemEntry.objects.bulk_create(entries)
    Milestone.objects.bulk_create(steps)


def _given_out() -> QuerySet[Problem]:
    """Open ones; those of life meetings have their own way (`zhibu.demo.gatherings`)."""
    rows = Problem.objects.exclude(state=ProblemState.CLOSED).exclude(source=Source.LIFE_MEETING)
    return rows.order_by("pk")


def _entry(row: Problem, kind: EntryKind, on: date, text: str, role: str) -> ProblemEntry:
    at = datetime.combine(on, time(12), get_current_timezone())
    return ProblemEntry(problem=row, kind=kind, on=on, at=at, role=role, text=text)
