"""Publications on screen: the list, one with its steps and results, one organization's result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.publication import actions, queries
from zhibu.assessment.publication.enums import Audience, PublicationState
from zhibu.assessment.publication.forms import BeginForm, NoticeForm, PublishForm, VersionForm, WithdrawForm
from zhibu.assessment.publication.models import Publication
from zhibu.assessment.publication.rules import (
    APPEAL_RULE,
    spoken_for,
    title_of,
    usual_deadline,
    why_no_appeal,
    why_not_final,
    why_not_from,
    why_not_withdrawn,
)
from zhibu.assessment.publication.tables import TONES, PublicationTable, ResultTable
from zhibu.indicators.periods import Period
from zhibu.organizations.queries import organization as one_organization
from zhibu.regulations.queries import rule
from zhibu.ui.forms import Form, attempt, form_page
from zhibu.ui.parts import Step
from zhibu.ui.tables import bind, table_page

State = PublicationState
FORM = "assessment/publication/form.html"


def scope_of(request: HttpRequest) -> Scope:
    found: Scope = request.scope  # type: ignore[attr-defined]
    return found


@page(needs=Right.VIEW_SCORE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    return table_page(
        request, PublicationTable(scope.today), queries.publications(scope),
        template="assessment/publication/index.html",
        context={"may_publish": scope.may(Right.PUBLISH_SCORE), "may_appeal": scope.may(Right.APPEAL_SCORE)},
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.PUBLISH_SCORE, methods=("GET", "POST"))
def begin(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    form = BeginForm(queries.to_publish(scope), request.POST or None)

    def act() -> Publication:
        data = form.cleaned_data
        return actions.begin(scope, period=Period.parse(data["period"]), note=data["note"])

    made = attempt(form, act) if request.method == "POST" else None
    if isinstance(made, Publication):
        messages.success(request, "已起草，核对无误后告知各党组织。")
        return redirect("assessment:publication", pk=made.pk)
    return form_page(
        request, form, title="起草结果公布", submit="起草", cancel=reverse("assessment:publications"),
        template="assessment/publication/form.html",
        intro="只列出已经结束、算出结果、尚未进入公布程序的考核期。起草之后，这一结果固定下来，以后重算也不改变它。",
    )  # fmt: skip


@page(needs=Right.VIEW_SCORE)
def publication(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One publication: how far it is, its facts, the results that the reader may see."""
    scope = scope_of(request)
    found = queries.publication(scope, pk)
    later = queries.current_run(found)
    later = later if later and later.pk != found.run_id else None
    table = ResultTable(found, lambda path: scope.may(Right.VIEW_SCORE, path))
    bound = bind(request, table, queries.results(scope, found, later), export_right=Right.EXPORT)
    if answer := bound.answer():
        return answer
    office = scope.may(Right.PUBLISH_SCORE)
    not_yet = None
    if office and found.state == State.NOTICE:
        not_yet = why_not_final(found, found.appeals.select_related("correction"), scope.today)
    context = {
        "found": found, "bound": bound, "steps": steps(found, scope), "later": later, "tone": TONES[found.state],
        "counts": queries.counts(found) if office else None, "office": office,
        "acts": list(_acts(found, not_yet is None)) if office else [], "not_yet": not_yet,
        "is_open": found.is_open(scope.today), "shown_to": found.shown_to(scope.today),
        "may_renew": office and found.state == State.DRAFT and later is not None,
    }  # fmt: skip
    return render(request, "assessment/publication/publication.html", context)


def steps(found: Publication, scope: Scope) -> list[Step]:
    """起草 → 告知 → 申诉 → 定稿 → 公布, each with its day."""
    order = [State.DRAFT, State.NOTICE, State.FINAL, State.PUBLISHED]
    at = order.index(State(found.state)) if found.state in order else -1
    over = found.appeals_until is not None and scope.today > found.appeals_until
    until = (
        (f"已于 {found.appeals_until} 截止" if over else f"截止 {found.appeals_until}") if found.appeals_until else ""
    )
    return [
        Step("起草", "done" if at > 0 or found.noticed_on else "current"),
        Step("告知", "done" if found.noticed_on else "todo", found.noticed_on),
        Step("申诉和答复", "done" if at > 1 else "current" if at == 1 else "todo", note=until),
        Step("定稿", "done" if found.final_on else "todo", found.final_on),
        Step(
            "公布", "done" if found.published_on else "current" if at == 2 else "todo", found.published_on,
            note=found.shown_to(scope.today) if found.state == State.PUBLISHED else "",
        ),
    ]  # fmt: skip


def _acts(found: Publication, may_finish: bool) -> Any:
    """What the office may do next: label, address, whether it is the main one."""
    following = {
        State.DRAFT: ("告知各党组织", "publication-notice"),
        State.NOTICE: ("定稿", "publication-final"),
        State.FINAL: ("公布", "publication-publish"),
    }
    if found.state in following and may_finish:
        label, name = following[State(found.state)]
        yield label, reverse(f"assessment:{name}", args=[found.pk]), True
    if found.state != State.WITHDRAWN:
        yield "撤回", reverse("assessment:publication-withdraw", args=[found.pk]), False


def _step(
    request: HttpRequest, found: Publication, form: Form, do: Callable[[], Publication], *, title: str, submit: str,
    done: str, intro: str = "",
) -> HttpResponseBase:  # fmt: skip
    made = attempt(form, do) if request.method == "POST" else None
    if made:
        messages.success(request, done)
        return redirect("assessment:publication", pk=found.pk)
    return form_page(
        request, form, title=f"{title}：{found}", submit=submit, intro=intro, template=FORM,
        cancel=reverse("assessment:publication", args=[found.pk]), context={"found": found},
    )  # fmt: skip


@page(needs=Right.PUBLISH_SCORE, methods=("GET", "POST"))
def notice(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.publication(scope, pk)
    if request.method == "GET" and (refusal := why_not_from(found, State.DRAFT)):
        raise refusal
    usual = usual_deadline(scope.today)
    form = NoticeForm(request.POST or None, initial={"version": found.version, "appeals_until": usual})
    days = (usual - scope.today).days
    return _step(
        request, found, form, lambda: actions.give_notice(scope, pk, **form.cleaned_data), title="告知",
        submit="告知各党组织", done="已告知各党组织，申诉期开始。",
        intro=f"告知之后，每个党组织看到自己的结果，至少 {days} 天之内可以申诉；这一结果不再随重算改变。"
        f"{rule(APPEAL_RULE).note}",
    )  # fmt: skip


@page(needs=Right.PUBLISH_SCORE, methods=("GET", "POST"))
def final(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.publication(scope, pk)
    if request.method == "GET" and (
        refusal := why_not_final(found, found.appeals.select_related("correction"), scope.today)
    ):
        raise refusal
    form = VersionForm(request.POST or None, initial={"version": found.version})
    counts = queries.counts(found)
    return _step(
        request, found, form, lambda: actions.finalize(scope, pk, **form.cleaned_data), title="定稿", submit="定稿",
        done="已定稿，可以公布。",
        intro=f"收到申诉 {counts['appeals']} 件，成立 {counts['upheld']} 件，更正得分 {counts['corrections']} 次。"
        "定稿之后得分不再改变。",
    )  # fmt: skip


@page(needs=Right.PUBLISH_SCORE, methods=("GET", "POST"))
def publish(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.publication(scope, pk)
    if request.method == "GET" and (refusal := why_not_from(found, State.FINAL)):
        raise refusal
    form = PublishForm(request.POST or None, initial={"version": found.version, "audience": Audience.FACULTY})

    def act() -> Publication:
        data = dict(form.cleaned_data)
        return actions.publish(scope, pk, data.pop("version"), audience=Audience(data.pop("audience")), **data)

    return _step(
        request, found, form, act, title="公布", submit="公布", done="已公布。",
        intro="公布的是党组织的得分，不含个人姓名；各项指标和背后的记录仍只有本组织和上级能打开。",
    )  # fmt: skip


@page(needs=Right.PUBLISH_SCORE, methods=("GET", "POST"))
def withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.publication(scope, pk)
    if request.method == "GET" and (refusal := why_not_withdrawn(found)):
        raise refusal
    form = WithdrawForm(request.POST or None, initial={"version": found.version})
    return _step(
        request, found, form, lambda: actions.withdraw(scope, pk, **form.cleaned_data), title="撤回", submit="撤回",
        done="已撤回，这一考核期可以重新起草公布。", intro="撤回的结果和申诉都保留，理由向已经告知的党组织公开。",
    )  # fmt: skip


@page(needs=Right.PUBLISH_SCORE, methods=("POST",))
def close(request: HttpRequest, pk: int) -> HttpResponseBase:
    actions.close(scope_of(request), pk, version_of(request))
    messages.success(request, "已停止向社会公开，校内各党组织仍可查看。")
    return redirect("assessment:publication", pk=pk)


@page(needs=Right.PUBLISH_SCORE, methods=("POST",))
def renew(request: HttpRequest, pk: int) -> HttpResponseBase:
    actions.renew(scope_of(request), pk, version_of(request))
    messages.success(request, "草案已改用最近一次计算的结果。")
    return redirect("assessment:publication", pk=pk)


def version_of(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


@page(needs=Right.VIEW_SCORE)
def result(request: HttpRequest, pk: int, organization: int) -> HttpResponseBase:
    """One organization's result as it is published: lines, corrections, appeals, and what a later run changed."""
    scope = scope_of(request)
    publication = queries.publication(scope, pk)
    node = one_organization(scope, organization, Right.VIEW_SCORE)
    found = queries.result(scope, publication, node)
    own = node.pk in spoken_for(scope)
    appeals = queries.appeals(scope).filter(publication=publication, organization=node)
    context = {
        "found": found, "publication": publication, "node": node, "own": own, "tone": TONES[publication.state],
        "appeals": [(one, title_of(one.indicator)) for one in appeals],
        "sees_appeals": scope.may(Right.APPEAL_SCORE, node.path),
        "may_appeal": own and why_no_appeal(publication, scope.today) is None,
        "may_confirm": own and publication.state == State.NOTICE and found.confirmation is None
        and not appeals.filter(state="open").exists(),
    }  # fmt: skip
    return render(request, "assessment/publication/result.html", context)


@page(needs=Right.APPEAL_SCORE, methods=("POST",))
def confirm(request: HttpRequest, pk: int, organization: int) -> HttpResponseBase:
    actions.confirm(scope_of(request), pk, organization)
    messages.success(request, "已确认。")
    return redirect("assessment:result", pk=pk, organization=organization)


@page(needs=Right.APPEAL_SCORE)
def notices(request: HttpRequest) -> HttpResponseBase:
    """To the result that waits longest for the reader's word; without one, to the list."""
    scope = scope_of(request)
    first = queries.to_check(spoken_for(scope), scope.today).order_by("noticed_on", "pk").first()
    if first is None:
        return redirect("assessment:publications")
    return redirect("assessment:result", pk=first.publication_id, organization=first.organization_id)
