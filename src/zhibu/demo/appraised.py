"""Several sides of a score in the demo: a scheme with shares, grades of the last quarter, work reports, chosen actions
in several states. Done through the room's own actions by the demo's accounts; all of it invented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from zhibu.accounts.enums import Role
from zhibu.accounts.models import User
from zhibu.accounts.scope import Grant, Scope, scope_of, system_scope
from zhibu.assessment.chosen import actions as chosen
from zhibu.assessment.chosen import reviewing
from zhibu.assessment.chosen.models import ChosenAction
from zhibu.assessment.chosen.rules import ActionPlan
from zhibu.assessment.design import drafts
from zhibu.assessment.evaluators.actions import enter
from zhibu.assessment.evaluators.enums import Evaluator, ReportGrade
from zhibu.assessment.evaluators.models import Grading
from zhibu.assessment.evaluators.rules import Entry
from zhibu.assessment.reports import actions as reports
from zhibu.assessment.reports.models import WorkReport
from zhibu.assessment.reports.queries import secretary_of
from zhibu.assessment.reports.rules import Conclusion
from zhibu.demo import surveyed
from zhibu.indicators.periods import Period
from zhibu.initiatives.models import Project
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization
from zhibu.people.models import Person

SIDES = [
    {"key": "system", "share": "60", "note": "系统数据为主。"},
    {"key": "superior", "share": "20", "most": "100", "lasting": "quarter", "note": "院系党委按季度评价。"},
    {"key": "members", "share": "10", "most": "5", "lasting": "year", "note": "纸质测评票，只录入汇总。"},
    {
        "key": "report", "share": "10", "lasting": "year", "present": "30", "note": "书记述职评议的综合评价。",
        "grades": {"good": "100", "fairly_good": "85", "fair": "70", "poor": "50"},
    },
]  # fmt: skip
BONUS = {"at_most": "5", "note": "鼓励结合实际的做法。"}
GROUNDS = (
    "本季度两次实地了解，组织生活按计划开展，记录齐全。", "台账齐全，主题党日与专业结合较好；党课请外单位同志讲得少。",
    "记录完成较晚，已提醒；服务师生有具体成效。",
)  # fmt: skip
REPORT = (
    "一年来，支部按规定开展组织生活，发展党员程序完整，党员结对帮扶低年级同学。\n"
    "存在的问题：主题党日形式较单一，个别党员参加不够；原因是计划制定偏晚，没有充分听取意见。\n"
    "下一步打算：学期初一次定好计划，每次活动会前征求意见，会后一周内完成记录。"
)
ACTIONS = (
    ("学业帮扶结对", "高年级党员结对辅导低年级同学，每周一次。", "结对二十人，期末挂科人次下降三成。", "4"),
    ("实验室安全值守", "党员轮流在实验楼值守、排查隐患。", "每月排查一次，隐患当月销号。", "3.5"),
    ("校史讲解队", "组织党员为新生讲校史。", "讲解十场，覆盖全体新生。", "2"),
    ("就业信息共享", "收集整理岗位信息，帮助未就业同学。", "帮助十名同学落实去向。", "2"),
)
MARKS = {"need": "1", "conduct": "1", "benefit": "0.8", "effect": "1.2", "example": "0.3"}


def fill(accounts: Mapping[Role, User], branch: Organization, today: date) -> None:
    """Once; a second start of the demo finds it."""
    if Grading.objects.exists() or branch.depth < 2:
        return
    faculty = Organization.objects.get(path=branch.path[: -Organization.steplen])
    scopes = {role: scope_of(user, today) for role, user in accounts.items()}
    organizer, secretary, office = (scopes[role] for role in (Role.ORGANIZER, Role.SECRETARY, Role.OFFICE))
    last = Period.of(today).moved(-1)
    _scheme(today, last)
    below = Organization.objects.get_children(faculty).filter(dissolved_on__isnull=True).exclude(kind=Kind.GROUP)
    branches = [branch, *below.exclude(pk=branch.pk).order_by("pk")[:7]]
    _grades(organizer, office, faculty, branches, last)
    surveyed.fill(organizer, branches, today)
    _reports(organizer, secretary, faculty, branch, today)
    _actions(organizer, secretary, office, branch, last, today)


def _scheme(today: date, last: Period) -> None:
    """Adopted before the last quarter, so that its scores show every side."""
    now = system_scope(today)
    draft = drafts.begin(now, title="党支部建设综合评价", note="学校组织部会议议定：以系统数据为主，多方评价。")
    document = {**draft.document, "evaluators": SIDES, "bonus": BONUS}
    draft = drafts.change(now, draft.pk, draft.version, title=draft.title, note=draft.note, document=document)
    drafts.adopt(
        system_scope(last.first), draft.pk, draft.version, name=f"{last.first.year}-综合", starts_on=last.first
    )


def _grades(organizer: Scope, office: Scope, faculty: Organization, branches: list[Organization], last: Period) -> None:
    rng = Random(f"{faculty.pk} grades")
    for number, node in enumerate(branches):
        value = Decimal(rng.randrange(78, 97))
        grounds = GROUNDS[number % len(GROUNDS)]
        enter(organizer, node.pk, last, Entry(Evaluator.SUPERIOR, value, Decimal(100), grounds))
    for node in branches[:4]:
        asked = rng.randrange(12, 30)
        survey = Entry(
            Evaluator.MEMBERS, Decimal(rng.randrange(40, 50)) / 10, Decimal(5), "党员大会上发放测评票，当场清点。",
            "纸质测评票，组织员和两名监票人清点", asked, asked - rng.randrange(3),
        )  # fmt: skip
        enter(organizer, node.pk, last, survey)
    if faculty.depth > 1:
        enter(office, faculty.pk, last, Entry(Evaluator.SUPERIOR, Decimal(90), Decimal(100), GROUNDS[0]))


def _reports(organizer: Scope, secretary: Scope, faculty: Organization, branch: Organization, today: date) -> None:
    note = "履职情况、问题和原因、下一步打算，问题和原因不少于三分之一；十二月开会评议。"
    call = reports.call(organizer, faculty.pk, year=today.year, due_on=today + timedelta(days=20), note=note)
    mine = WorkReport.objects.get(call=call, organization=branch)
    mine = reports.hand_in(secretary, mine.pk, text=REPORT, version=mine.version)
    ticks = {ReportGrade.GOOD: 14, ReportGrade.FAIRLY_GOOD: 7, ReportGrade.FAIR: 1, ReportGrade.POOR: 0}
    comment = "组织生活扎实，帮扶有成效；问题找得准，改进措施还可以更具体。"
    given = Conclusion(today - timedelta(days=2), ReportGrade.FAIRLY_GOOD, comment, 24, ticks)
    reports.grade(organizer, mine.pk, given, version=mine.version)
    held = [one for one in call.reports.select_related("organization") if secretary_of(one.organization, today)]
    # One at least has yet to write.
    for other in [one for one in held if one.pk != mine.pk][:-1][:3]:
        reports.hand_in(_of(other.organization, today), other.pk, text=REPORT, version=other.version)


def _of(node: Organization, day: date) -> Scope:
    """As the secretary of this organization."""
    return Scope(None, None, day, (Grant(node.path, Role.SECRETARY, node.pk, "党支部书记"),))


def _actions(
    organizer: Scope, secretary: Scope, office: Scope, branch: Organization, last: Period, today: date
) -> None:
    """One settled by two, one that waits for its second reviewer, one handed in, one under way."""
    project = Project.objects.filter(organization=branch).order_by("pk").first()
    made: list[ChosenAction] = []
    for number, (title, what, goal, claimed) in enumerate(ACTIONS):
        under_way = number == len(ACTIONS) - 1
        plan = ActionPlan(
            title, what, goal, last.first, today + timedelta(days=25) if under_way else last.last, Decimal(claimed),
            project.pk if project and not under_way else None,
        )  # fmt: skip
        made.append(chosen.propose(secretary, branch.pk, plan, submission=UUID(int=7000 + number, version=4)))
    near = Person.objects.filter(pk__in=[organizer.person_id, office.person_id], organization=branch)
    if project is None or near.exists():  # they do not score their own branch
        return
    for number, row in enumerate(made[:3]):
        row = chosen.submit(secretary, row.pk, version=row.version)
        if number < 2:
            reviewing.open_review(organizer, row.pk, version=row.version)
            marks = {key: Decimal(value) for key, value in MARKS.items()}
            reviewing.score(organizer, row.pk, marks, opinion="针对性强，有过程记录，成效有数字。")
            if number == 0:
                marks["effect"] -= Decimal("0.4")
                reviewing.score(office, row.pk, marks, opinion="做法好，成效依据还可以更充分。")
