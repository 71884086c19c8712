"""Projects: the list, one with its timeline, declaring, reviewing, ending, printing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.documents.filling import fill, written
from zhibu.documents.preview import as_pdf
from zhibu.initiatives import queries, rules
from zhibu.initiatives.actions import projects as actions
from zhibu.initiatives.enums import MilestoneState, ProjectState, Verdict
from zhibu.initiatives.forms import (
    FEW_ROWS,
    AttachForm,
    FinishForm,
    ProjectForm,
    ReasonForm,
    ReviewForm,
    milestone_rows,
)
from zhibu.initiatives.models import Milestone, Project, ProjectEntry
from zhibu.initiatives.pages.common import chosen, scope_of, went
from zhibu.initiatives.tables import PROJECT_FILTERS, PROJECT_TONES, ProjectTable, late_projects
from zhibu.organizations.models import Organization
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.parts import Event
from zhibu.ui.tables import Empty, YesNoFilter, table_page

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@page(needs=Right.VIEW_INITIATIVE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    may_record = scope.may(Right.RECORD_INITIATIVE)

    def mine_to_review(rows: QuerySet, yes: bool) -> QuerySet:
        own = queries.to_review(scope).values("pk")
        return rows.filter(pk__in=own) if yes else rows.exclude(pk__in=own)

    filters = [*PROJECT_FILTERS, late_projects(scope.today)]
    if scope.may(Right.REVIEW_INITIATIVE):
        filters.append(YesNoFilter("review", "待我审核", apply=mine_to_review))
    empty = ProjectTable.empty
    if may_record:
        empty = Empty(empty.title, empty.text, action="申报书记项目", url=reverse("initiatives:new-project"))
    return table_page(
        request, ProjectTable(filters=filters, empty=empty), queries.listed(scope),
        template="initiatives/projects.html", context={"may_record": may_record}, export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponseBase:
    node = chosen(request)
    if not isinstance(node, Organization):
        return node
    return _declared(request, node, None)


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = queries.project(scope_of(request), pk, Right.RECORD_INITIATIVE)
    if found.state not in rules.UNDER_REVIEW:
        messages.info(request, "项目已经审核，申报内容不再改动。")
        return redirect("initiatives:project", pk=pk)
    return _declared(request, found.organization, found)


def _declared(request: HttpRequest, node: Organization, found: Project | None) -> HttpResponseBase:
    scope = scope_of(request)
    secretaries = queries.secretaries(scope, node)
    initial: dict[str, Any] = {"starts_on": scope.today}
    if found is not None:
        names = ("title", "kind", "goals", "starts_on", "ends_on", "version")
        initial = {name: getattr(found, name) for name in names}
        initial["secretary"] = found.secretary_id
        initial["members"] = list(found.members.values_list("person_id", flat=True))
    form = ProjectForm(
        request.POST or None, initial=initial, secretaries=secretaries, people=queries.roster_of(scope, node)
    )
    rows = milestone_rows(request, found)

    def call() -> Project:
        plan = form.plan(rows)
        if found is None:
            return actions.declare(scope, node.pk, plan, submission=form.cleaned_data["submission"])
        return actions.amend(scope, found.pk, plan, version=form.cleaned_data["version"] or 0)

    if request.method == "POST" and rows.is_valid() and isinstance(kept := attempt(form, call), Project):
        messages.success(request, "已申报，等待上级党组织审核。")
        return redirect("initiatives:project", pk=kept.pk)
    shown = max(FEW_ROWS, rows.initial_form_count() + 2, *(n for n, one in enumerate(rows, 1) if one.has_changed()), 0)
    context = {
        "form": form, "rows": rows.forms[:shown], "more": rows.forms[shown:], "management": rows.management_form,
        "node": node, "project": found, "secretaries": secretaries,
        "draft": f"project-{found.pk}-{found.version}" if found else f"project-of-{node.pk}",
    }  # fmt: skip
    return render(request, "initiatives/project_form.html", context, status=422 if form.is_bound else 200)


@page(needs=Right.VIEW_INITIATIVE)
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """One project with its milestones and its timeline."""
    scope = scope_of(request)
    found = queries.project(scope, pk)
    rows = queries.milestones(found)
    may_record = scope.may(Right.RECORD_INITIATIVE, found.organization.path)
    standing = [one for one in rows if one.state in (MilestoneState.OPEN, MilestoneState.DONE)]
    context = {
        "project": found, "tone": PROJECT_TONES[ProjectState(found.state)], "may_record": may_record,
        "milestones": [(one, rules.is_late(one.state, one.due_on, scope.today)) for one in standing],
        "past": [one for one in rows if one not in standing],
        "members": [one.person.name for one in found.members.select_related("person")],
        "events": [_event(one) for one in _entries(found)],
        "running": found.state == ProjectState.RUNNING,
        "amendable": found.state in rules.UNDER_REVIEW,
        "closed": found.state in (ProjectState.DONE, ProjectState.STOPPED),
        "may_review": _may_review(request, found),
        "attachments": list(found.attachments.all()), "attach_form": AttachForm(),
        "attach_url": reverse("initiatives:attach-project", args=[pk]),
    }  # fmt: skip
    return render(request, "initiatives/project.html", context)


def _may_review(request: HttpRequest, found: Project) -> bool:
    scope = scope_of(request)
    return queries.is_superior(scope, found.organization) and found.secretary_id != (scope.person_id or 0)


def _entries(found: Project) -> list[ProjectEntry]:
    return list(found.entries.select_related("milestone__replaces").order_by("-position"))


TONES = {"reviewed": "blue", "reached": "green", "finished": "green", "changed": "yellow", "stopped": "red"}


def _event(one: ProjectEntry) -> Event:
    return Event(one.on, _label(one), note=one.text, tone=TONES.get(one.act, "grey"))


def _label(one: ProjectEntry) -> str:
    if one.verdict:
        return f"上级意见：{one.get_verdict_display()}"
    if one.milestone is None:
        return str(one.get_act_display())
    old = one.milestone.replaces
    was = f"（原为“{old.title}”，{written(old.due_on)}）" if one.act == "changed" and old else ""
    return f"{one.get_act_display()}：{one.milestone.title}，{written(one.milestone.due_on)}{was}"


@page(needs=Right.REVIEW_INITIATIVE, methods=("GET", "POST"))
def review(request: HttpRequest, pk: int) -> HttpResponse:
    scope = scope_of(request)
    found = queries.project(scope, pk, Right.REVIEW_INITIATIVE)
    form = ReviewForm(request.POST or None)
    if found.state != ProjectState.DECLARED:
        form.fields["verdict"].choices = [(Verdict.OPINION.value, Verdict.OPINION.label)]  # type: ignore[attr-defined]
        form.fields["verdict"].initial = Verdict.OPINION.value

    def call() -> Project:
        data = form.cleaned_data
        return actions.review(scope, pk, verdict=Verdict(data["verdict"]), opinion=data["opinion"])

    if went(request, form, call):
        messages.success(request, "已登记审核意见。")
        return redirect("initiatives:project", pk=pk)
    return form_page(
        request, form, title=f"审核：{found.title}", submit="登记意见",
        cancel=reverse("initiatives:project", args=[pk]), intro="意见写入项目记录，申报的党组织可以看到。",
    )  # fmt: skip


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    scope = scope_of(request)
    found = queries.project(scope, pk, Right.RECORD_INITIATIVE)
    form = FinishForm(request.POST or None, initial={"on": scope.today})
    if went(request, form, lambda: actions.finish(scope, pk, **form.cleaned_data)):
        messages.success(request, "已结项。成果材料可以在项目页上传。")
        return redirect("initiatives:project", pk=pk)
    return form_page(
        request, form, title=f"结项：{found.title}", submit="结项", cancel=reverse("initiatives:project", args=[pk]),
        draft=f"project-finish-{pk}",
    )  # fmt: skip


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    scope = scope_of(request)
    found = queries.project(scope, pk, Right.RECORD_INITIATIVE)
    form = ReasonForm(request.POST or None)
    if went(request, form, lambda: actions.stop(scope, pk, **form.cleaned_data)):
        messages.success(request, "已终止项目，记录保留。")
        return redirect("initiatives:project", pk=pk)
    return form_page(
        request, form, title=f"终止：{found.title}", submit="终止项目", cancel=reverse("initiatives:project", args=[pk])
    )


@page(needs=Right.VIEW_INITIATIVE)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The project on paper: PDF, or docx to be edited in Word."""
    found = queries.project(scope_of(request), pk)
    content = fill("secretary_project", _values(found, queries.milestones(found)))
    if request.GET.get("as") == "docx":
        answer = HttpResponse(content, content_type=WORD)
        answer["Content-Disposition"] = f'attachment; filename="project-{found.pk}.docx"'
        return answer
    answer = HttpResponse(as_pdf(content, title=found.title), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="project-{found.pk}.pdf"'
    return answer


def _values(found: Project, rows: list[Milestone]) -> dict[str, Any]:
    return {
        "title": found.title, "organization": found.organization.name, "kind": found.get_kind_display(),
        "secretary": found.secretary.name,
        "members": "、".join(one.person.name for one in found.members.select_related("person")),
        "starts_on": found.starts_on, "ends_on": found.ends_on, "goals": found.goals,
        "state": found.get_state_display(), "result": found.result,
        "milestones": [
            {
                "title": one.title, "due_on": written(one.due_on), "state": one.get_state_display(),
                "result": "；".join(filter(None, (written(one.done_on), one.result, one.reason))),
            }
            for one in rows
        ],
        "entries": [
            {"on": written(one.on), "label": _label(one), "text": one.text} for one in reversed(_entries(found))
        ],
        "attachments": "、".join(one.name for one in found.attachments.all()),
    }  # fmt: skip
