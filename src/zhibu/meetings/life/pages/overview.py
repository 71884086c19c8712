"""All life meetings, one of them with its steps, and its report."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.documents.filling import fill, written
from zhibu.documents.preview import as_pdf
from zhibu.meetings.enums import Kind
from zhibu.meetings.life import actions, queries
from zhibu.meetings.life.actions.preparing import PLANNED, is_held, kind_of
from zhibu.meetings.life.forms import BeginForm, LinkForm, StudyForm
from zhibu.meetings.life.models import LifeMeeting
from zhibu.meetings.life.rules import Facts, Stand, citation, steps
from zhibu.meetings.life.tables import LivesTable
from zhibu.meetings.pages.minutes import WORD
from zhibu.meetings.planning.pages import node_of
from zhibu.meetings.rules import leads
from zhibu.organizations.models import Organization
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.parts import Step
from zhibu.ui.submissions import seal
from zhibu.ui.tables import Empty, table_page


def scope_of(request: HttpRequest) -> Scope:
    found: Scope = request.scope  # type: ignore[attr-defined]
    return found


def home(pk: int, anchor: str = "") -> str:
    return reverse("meetings:life", args=[pk]) + (f"#{anchor}" if anchor else "")


@page(needs=Right.VIEW_MEETING)
def lives(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    keeps = scope.may(Right.RECORD_MEETING)
    if keeps:
        address = reverse("meetings:new_life")
        empty = Empty("还没有组织生活会", "从会前准备开始办理，会后跟到整改销号。", action="开始准备", url=address)
    else:
        empty = Empty("还没有组织生活会", "支部开始准备后，会显示在这里。")
    rows = queries.staged(queries.lives(scope))
    table = LivesTable(scope.today, keeps=keeps, empty=empty)
    return table_page(
        request, table, rows, template="meetings/life/index.html", context={"keeps": keeps},
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponseBase:
    scope, node = scope_of(request), node_of(request)
    if not isinstance(node, Organization):
        return node
    kind, year = kind_of(node), scope.today.year
    initial = {"submission": uuid.uuid4(), "year": year, "title": f"{year} 年度{kind.label}"}
    form = BeginForm(request.POST or None, initial=initial, years=(year, year - 1))

    def act() -> LifeMeeting:
        submission = form.cleaned_data["submission"] or uuid.uuid4()
        return actions.begin_life(scope, node.pk, _plan(form), submission=submission)

    if request.method == "POST" and (life := attempt(form, act)):
        assert isinstance(life, LifeMeeting)
        messages.success(request, "已开始准备，应参加的人都有一份查摆清单待填写。")
        return redirect("meetings:life", life.pk)
    intro = f"一年至少一次，一般安排在第四季度。依据：{citation(_rule(kind), scope.today)}"
    cancel = reverse("meetings:lives")
    title = f"{node}：准备{kind.label}"
    return form_page(request, form, title=title, submit="开始准备", cancel=cancel, intro=intro)


def _rule(kind: Kind) -> str:
    return "life.org_life" if kind is Kind.LIFE else "life.democratic_life"


def _plan(form: BeginForm) -> actions.Plan:
    given = form.cleaned_data
    return actions.Plan(given["title"], given["planned_on"], given["year"], given["off_season"])


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def change(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    life = queries.one(scope, pk, Right.RECORD_MEETING)
    now = seal(life, PLANNED)
    initial = {name: getattr(life, name) for name in PLANNED} | {"seen": now}
    years = sorted({life.year, scope.today.year, scope.today.year - 1}, reverse=True)
    form = BeginForm(request.POST or None, initial=initial, years=years)

    def act() -> bool:
        return bool(actions.change_life(scope, pk, _plan(form), seen=form.cleaned_data["seen"]))

    if request.method == "POST" and attempt(form, act):
        messages.success(request, "已修改。")
        return redirect("meetings:life", pk)
    if form.is_bound:
        form.data = {**request.POST.dict(), "seen": now}
    return form_page(request, form, title="修改安排", submit="保存", cancel=home(pk))


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def study(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    life = queries.one(scope, pk, Right.RECORD_MEETING)
    form = StudyForm(request.POST or None, initial={"on": life.studied_on or scope.today, "what": life.studied})
    if request.method == "POST" and attempt(form, lambda: bool(actions.note_study(scope, pk, **form.cleaned_data))):
        messages.success(request, "已登记学习。")
        return redirect(home(pk, "study"))
    return form_page(request, form, title="登记会前学习", submit="登记", cancel=home(pk, "study"))


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def link(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    life = queries.one(scope, pk, Right.RECORD_MEETING)
    rows = list(queries.candidates(life)[:20])
    if request.method == "GET" and not rows and life.meeting is None:
        query = f"organization={life.organization_id}&kind={life.kind}"
        messages.info(request, "还没有可以连的记录。登记后回到这里连上。")
        return redirect(f"{reverse('meetings:new')}?{query}")
    form = LinkForm(request.POST or None, meetings=rows)

    def act() -> bool:
        return bool(actions.link_meeting(scope, pk, form.cleaned_data["meeting"]))

    if request.method == "POST" and attempt(form, act):
        messages.success(request, "已连到会议记录。")
        return redirect(home(pk, "meeting"))
    return form_page(request, form, title="连到会议记录", submit="连上", cancel=home(pk, "meeting"))


@page(methods=("GET",))
def life(request: HttpRequest, pk: int) -> HttpResponse:
    """One life meeting: to those who keep it with everything that is missing, to members with what is theirs."""
    scope = scope_of(request)
    found = queries.one(scope, pk)
    who = queries.reader(scope, found)
    facts = queries.facts(found, scope.today)
    stands = steps(facts)
    full = who.keeps or who.committee
    record = found.meeting
    reads_minutes = record is not None and (who.committee or leads(scope, record))
    known = queries.checks(found)
    checks = list(known if full else known.filter(person=scope.person_id or 0))
    own = next((one for one in checks if one.person_id is not None and one.person_id == scope.person_id), None)
    box_open = found.box_until is not None and found.box_until >= scope.today and not is_held(found)
    lines = list(queries.lines_of(scope, found)[:100])
    context = {
        "life": found, "who": who, "check": own, "facts": facts, "shown": [shown(one) for one in stands],
        "missing": [one for one in stands if not one.done], "full": full, "held": is_held(found), "record": record,
        "checks": checks if full else [], "lines": lines, "unseen": facts.lines - len(lines), "today": scope.today,
        "box_open": box_open, "may_write": box_open and queries.is_below(scope, found),
        "said": list(queries.criticisms(scope, found, full=reads_minutes)[:300]), "reads_minutes": reads_minutes,
    }  # fmt: skip
    return render(request, "meetings/life/life.html", context)


def shown(stand: Stand) -> Step:
    state = "done" if stand.done else "late" if stand.late else "current" if stand.said else "todo"
    return Step(stand.label, state=state, note=stand.said)  # type: ignore[arg-type]


@page(needs=Right.RECORD_MEETING)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole as a document that is filed: numbers of what was confidential, the points of the meeting, the list."""
    scope = scope_of(request)
    found = queries.one(scope, pk, Right.RECORD_MEETING)
    content = fill("life_report", _values(scope, found, queries.facts(found, scope.today)))
    if request.GET.get("as") == "docx":
        answer = HttpResponse(content, content_type=WORD)
        answer["Content-Disposition"] = f'attachment; filename="life-meeting-{found.pk}.docx"'
        return answer
    title = f"{found.get_kind_display()}情况报告"
    answer = HttpResponse(as_pdf(content, title=title), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="life-meeting-{found.pk}.pdf"'
    return answer


def _values(scope: Scope, life: LifeMeeting, facts: Facts) -> dict[str, Any]:
    said = queries.criticisms(scope, life, full=True) if life.meeting_id else ()
    return {
        "organization": life.organization.name, "kind": life.get_kind_display(), "title": life.title,
        "year": life.year, "planned_on": life.planned_on, "held_on": written(facts.held_on) or "（尚未召开）",
        "steps": [
            {"label": one.label, "said": one.said, "missing": one.missing or "无", "basis": one.basis}
            for one in steps(facts)
        ],
        "criticisms": [
            {"about": one.about.name, "by": "本人" if one.is_self else one.by.name, "text": str(one.text)}
            for one in said
        ],
        "lines": [
            {
                "number": number, "problem": one.problem, "measure": one.measure, "owner": one.owner.name,
                "due_on": one.due_on, "state": one.get_state_display(), "evidence": one.evidence,
            }
            for number, one in enumerate(queries.lines_of(scope, life), start=1)
        ],
        "dated_on": scope.today,
    }  # fmt: skip
