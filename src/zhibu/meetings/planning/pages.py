"""The plan: its list, a proposal to change by hand, one planned meeting."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.enums import Kind
from zhibu.meetings.models import PlannedMeeting
from zhibu.meetings.planning import actions, queries
from zhibu.meetings.planning.clashing import Clashing
from zhibu.meetings.planning.enums import Stand
from zhibu.meetings.planning.forms import CancelForm, PlannedForm
from zhibu.meetings.planning.rules import Clash, Line, remark
from zhibu.meetings.planning.tables import TONES, PlanTable
from zhibu.meetings.queries import chairs, recording_organizations
from zhibu.meetings.rules import kinds_for
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization as one_organization
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import Column, Empty, Table, bind, table_page

NARROWED = ("stand", "leave", "held_from", "held_to", "q")
SHOWN_CLASHES = 20


def scope_of(request: HttpRequest) -> Scope:
    found: Scope = request.scope  # type: ignore[attr-defined]
    return found


@page(needs=Right.VIEW_MEETING)
def plan(request: HttpRequest) -> HttpResponseBase:
    """Planned and held beside each other; from the first day of this year unless asked otherwise."""
    scope = scope_of(request)
    rows = queries.planned(scope)
    if not any(request.GET.get(name) for name in NARROWED):
        rows = rows.filter(held_on__gte=scope.today.replace(month=1, day=1))
    may = scope.may(Right.RECORD_MEETING)
    if may:
        address = reverse("meetings:propose")
        empty = Empty("还没有计划", "按应开展的组织生活生成建议，改好后保存。", action="编制计划", url=address)
    else:
        empty = Empty("还没有计划", "支部编制组织生活计划后，会显示在这里。")
    clashing = Clashing(scope)
    table = PlanTable(scope.today, clashing.of if may else None, empty=empty)
    bound = bind(request, table, rows, export_right=Right.EXPORT)
    clashing.rows = lambda: bound.sorted if bound.get("export") else bound.page_rows
    if answer := bound.answer():
        return answer
    return render(request, "meetings/plan/index.html", {"bound": bound, "title": table.title, "may_record": may})


class ChooseTable(Table):
    title = "选择编制计划的党组织"
    search = "名称或代码"
    search_in = ("name", "code")
    default_sort = "name"
    columns = (
        Column("name", "党组织", value=lambda row: row.name, sort="path"),
        Column("kind", "类别", value=lambda row: row.get_kind_display()),
    )
    empty = Empty("没有可编制计划的党组织", "您没有任何党组织的登记权限，需要编制的请联系党支部书记。")

    def row_url(self, row: Any) -> str | None:
        return f"{reverse('meetings:propose')}?organization={row.pk}"


def node_of(request: HttpRequest) -> Organization | HttpResponseBase:
    """The organization that the address names, or the only one; else the choice of one."""
    scope = scope_of(request)
    wanted = request.POST.get("organization") or request.GET.get("organization") or ""
    if wanted.isdecimal() and len(wanted) < 18:
        return one_organization(scope, int(wanted), Right.RECORD_MEETING)
    found = recording_organizations(scope).order_by("path")
    if len(first := list(found[:2])) == 1:
        return first[0]
    return table_page(request, ChooseTable(), found)


@page(needs=Right.VIEW_MEETING)
def planned(request: HttpRequest, pk: int) -> HttpResponse:
    scope = scope_of(request)
    row = queries.one(scope, pk)
    full = scope.may(Right.RECORD_MEETING, row.organization.path)
    found = queries.stand(row, scope.today)
    is_open = full and found in {Stand.PLANNED, Stand.PREPARING, Stand.OVERDUE}
    context = {
        "planned": row, "full": full, "stand": found, "tone": TONES[found], "is_open": is_open,
        "remark": remark(row.held_on),
    }  # fmt: skip
    if full:
        context["answers"] = list(queries.answers(row)) if row.notified_at else []
        context["counted"] = queries.counted(row) if row.notified_at else {}
        context["own"] = scope.person_id
    if is_open:
        people = (row.host_id, row.recorder_id)
        line = Line(Kind(row.kind), row.title, row.held_on, row.starts_at, row.ends_at, row.place)
        context["clashes"] = told(queries.clashes_of(scope, row.organization, [line], people=people, but=row.pk))
    return render(request, "meetings/plan/planned.html", context)


def told(found: Iterable[Clash]) -> list[str]:
    """Clashes as sentences; of the persons a few by name."""
    lines = []
    for clash in list(found)[:SHOWN_CLASHES]:
        parts = [f"地点同为“{clash.first.place}”"] if clash.same_place else []
        if clash.persons:
            parts.append(f"有 {len(clash.persons)} 人两处都应参加")
        lines.append(f"{clash.first.label} 与 {clash.second.label}：{'，'.join(parts)}")
    return lines


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponseBase:
    """One meeting outside the proposal."""
    scope, node = scope_of(request), node_of(request)
    if not isinstance(node, Organization):
        return node
    form = _form(request, node, {"submission": uuid.uuid4(), "held_on": scope.today, "recorder": scope.person_id})

    def act() -> list[PlannedMeeting]:
        submission = form.cleaned_data["submission"] or uuid.uuid4()
        return actions.save(scope, node.pk, [_plan(form)], submission=submission)

    if request.method == "POST" and (rows := attempt(form, act)):
        assert isinstance(rows, list)
        messages.success(request, "已列入计划。")
        return redirect("meetings:planned", rows[0].pk)
    cancel = reverse("meetings:plan")
    return form_page(request, form, title=f"{node}：增加一项计划", submit="列入计划", cancel=cancel)


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def change(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    row = queries.one(scope, pk, Right.RECORD_MEETING)
    initial = {
        "kind": row.kind, "title": row.title, "held_on": row.held_on, "starts_at": row.starts_at,
        "ends_at": row.ends_at, "place": row.place, "host": row.host_id, "recorder": row.recorder_id,
        "with_appraisal": row.with_appraisal, "sequence": row.sequence,
    }  # fmt: skip
    form = _form(request, row.organization, initial)

    def act() -> bool:
        sequence = form.cleaned_data["sequence"]
        return bool(actions.change(scope, pk, _plan(form), sequence=-1 if sequence is None else sequence))

    if request.method == "POST" and attempt(form, act):
        messages.success(request, "已修改计划。")
        return redirect("meetings:planned", pk)
    intro = "已发通知的会议改了时间，须请大家重新答复，已同意的请假作废。" if row.notified_at else ""
    cancel = reverse("meetings:planned", args=[pk])
    return form_page(request, form, title="修改计划", submit="保存", cancel=cancel, intro=intro)


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    row = queries.one(scope, pk, Right.RECORD_MEETING)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and attempt(form, lambda: bool(actions.cancel(scope, pk, **form.cleaned_data))):
        messages.success(request, "已取消。")
        return redirect("meetings:planned", pk)
    intro = f"取消 {row.held_on} 的“{row.title}”。"
    if row.meeting_id:
        intro += "为它准备的记录草稿和附件一并删除。"
    address = reverse("meetings:planned", args=[pk])
    return form_page(request, form, title="取消计划", submit="取消这项计划", cancel=address, intro=intro)


@page(needs=Right.RECORD_MEETING, methods=("POST",))
def prepare(request: HttpRequest, pk: int) -> HttpResponse:
    actions.prepare(scope_of(request), pk)
    messages.success(request, "已建立记录草稿，列出应到人员。材料可先上传到草稿，再发通知。")
    return redirect("meetings:planned", pk)


def _form(request: HttpRequest, node: Organization, initial: dict[str, Any]) -> PlannedForm:
    scope = scope_of(request)
    people = chairs(scope, node, scope.today)
    return PlannedForm(request.POST or None, initial=initial, kinds=kinds_for(node.kind), people=people)


def _plan(form: PlannedForm) -> actions.Plan:
    given = form.cleaned_data
    return actions.Plan(
        given["kind"], given["title"], given["held_on"], given["starts_at"], given["ends_at"], given["place"],
        given["host"], given["recorder"], given["with_appraisal"],
    )  # fmt: skip
