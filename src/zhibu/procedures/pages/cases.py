"""One case: reading, taking a step, putting an entry right, deciding about the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.scope import Scope
from zhibu.dues.queries import paid_until
from zhibu.people.enums import StageKind
from zhibu.people.rules.stages import transition
from zhibu.procedures import actions, queries
from zhibu.procedures.actions.taking import free_papers
from zhibu.procedures.definition import Procedure, Step
from zhibu.procedures.enums import Actor, EntryKind
from zhibu.procedures.forms import CorrectForm, ReasonForm, RulingForm, StepForm, StepReasonForm, WithdrawForm
from zhibu.procedures.inputs import INPUTS
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, Entry
from zhibu.procedures.pages.drafts import offered_in
from zhibu.procedures.rules import checks
from zhibu.procedures.rules.transit import first_sent
from zhibu.procedures.signals import meetings_asked, record_asked
from zhibu.procedures.state import State, corrected
from zhibu.procedures.view import case_view, papers_shown, people_of, timeline
from zhibu.regulations.queries import value
from zhibu.ui.forms import attempt, form_page


@page()
def case(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One line per step, for the person and for each actor."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.case(scope, pk)
    shape = procedure(found.procedure)
    entries = list(queries.entries_of(found, with_papers=True))
    acting = queries.acting(found)
    view = case_view(scope, found, shape, entries, acting, queries.facts_of(found, scope.today))
    subject = found.person_id == scope.person_id and not queries.may_act(scope, found, Actor.BRANCH, acting)
    handles, decides = _may(scope, found, acting, Actor.BRANCH), _may(scope, found, acting, Actor.SUPERIOR)
    names = {} if subject else queries.names_of(people_of(entries))
    context = {
        "view": view, "case": found, "shape": shape, "subject": subject, "may_handle": handles, "may_decide": decides,
        "events": timeline(view, names, for_subject=subject, links=handles or decides),
        "papers": [] if subject else papers_shown(entries), "today": scope.today,
    }  # fmt: skip
    return render(request, "procedures/case.html", context)


def _may(scope: Scope, found: Case, acting: Any, actor: Actor) -> bool:
    return queries.may_act(scope, found, actor, acting) and found.person_id != scope.person_id


@page(methods=("GET", "POST"))
def step(request: HttpRequest, pk: int, step: str) -> HttpResponseBase:
    """Taking a step."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found, shape, state = _loaded(scope, pk)
    one = shape.by_id.get(step)
    if one is None:
        raise Http404("没有这一步。")
    _require(scope, found, one.actor)
    said = _said(request, scope, found, one)
    past = _past_day(request, said, scope.today)
    facts = queries.facts_of(found, scope.today, one, None, state, past)
    one = one.within(facts.circumstances)
    if first_sent(state) is None:  # what a letter given anew asks for
        one = one.without("original_collected")
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = StepForm(
        *posted, step=one, today=scope.today, drafts=partial(offered_in, found.procedure),
        there=free_papers(found, shape, one, state, scope.today),
        eligible=queries.eligible(found, one, state, past), in_writing=queries.is_named_in_writing(found, one),
        written=lambda names: queries.written(found, names, past),
        register=facts.register, sitting={one.pk for one in facts.sitting},
        delegates=facts.delegates,
        initial={
            "version": found.version, "entitled": facts.full_members, "committee_entitled": facts.committee,
            **_usual(found, one, scope.today), **_carried(said, one),
        },
    )  # fmt: skip

    def act() -> Entry:
        data = form.cleaned_data
        return actions.take(
            scope, pk, step, version=data["version"], on=data["on"], outcome=data.get("outcome", ""),
            data=form.content(), people_named=form.named(), papers=form.handed_in(),
            reason=data["reason"],
        )  # fmt: skip

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, f"已登记“{one.label}”。")
        return redirect("procedures:case", pk=pk)
    before = checks.timing(shape, one, state, facts, scope.today, scope.today)
    context = {
        "form": form, "case": found, "step": one, "shape": shape, "before": before, "today": scope.today,
        "basis": one.basis_on(state.law_day(one.id, scope.today)), "cancel": reverse("procedures:case", args=[pk]),
        "draft": f"case-{pk}-{step}",
        "decisions": _decisions(scope, found, one) if request.method == "GET" and not said else [],
    }  # fmt: skip
    return render(request, "procedures/step.html", context, status=422 if form.is_bound and form.errors else 200)


def _said(request: HttpRequest, scope: Scope, found: Case, one: Step) -> dict[str, Any]:
    """What the decision says that the address names; nothing without one."""
    record, number = (request.GET.get(name, "") for name in ("record", "number"))
    if request.method != "GET" or not all(part.isdecimal() and len(part) < 10 for part in (record, number)):
        return {}
    told: Any = record_asked.send(Case, scope=scope, case=found, step=one.id, record=int(record), number=int(number))
    return {name: value for _, values in told for name, value in values.items()}


def _past_day(request: HttpRequest, said: Mapping[str, Any], today: date) -> date | None:
    """The earlier day that somebody has filled in, or that a decision was taken: its roster is offered, not today's."""
    text = request.POST.get("on") or str(said.get("on", "")) or request.GET.get("on", "")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None  # the form says what is wrong with it
    return day if day < today else None


def _usual(found: Case, one: Step, today: date) -> dict[str, int | str]:
    """What is filled in to begin with: the number of a rule, and up to when the dues are paid by their register."""
    rules = {name: INPUTS[name].usual for name in one.inputs if INPUTS[name].usual}
    known: dict[str, int | str] = {name: value(rule, today).number for name, rule in rules.items()}
    if "dues_until" in one.inputs and found.person_id and (paid := paid_until([found.person_id])):
        known["dues_until"] = f"{paid[found.person_id]:%Y-%m}"
    return known


def _carried(said: Mapping[str, Any], one: Step) -> dict[str, Any]:
    """What the record of a meeting says, as the form asks for it. It is looked through and checked like all input."""
    known = {name: value for name, value in said.items() if name != "record"}
    if said:
        known |= {f"place_{kind}": f"本平台会议记录第 {said['record']} 号" for kind in one.minutes}
    return known


def _decisions(scope: Scope, found: Case, one: Step) -> list[tuple[str, str]]:
    """What recorded meetings have decided about this step, with the address that fills it in."""
    if not one.is_decided_in_meeting:
        return []
    told: Any = meetings_asked.send(Case, scope=scope, case=found, step=one.id)
    return [decision for _, decisions in told for decision in decisions]


def _loaded(scope: Scope, pk: int) -> tuple[Case, Procedure, State]:
    found = queries.case(scope, pk)
    return found, procedure(found.procedure), queries.state_of(found, today=scope.today)


def _require(scope: Scope, found: Case, *actors: Actor) -> None:
    """403 with the office that does it, for readers who may see the case."""
    acting = queries.acting(found)
    if not any(queries.may_act(scope, found, actor, acting) for actor in actors):
        raise PermissionDenied(f"这一步由“{acting[actors[0]]}”办理。需要办理的，请联系该组织。")


@page(methods=("GET", "POST"))
def correct(request: HttpRequest, pk: int, position: int) -> HttpResponseBase:
    """Putting an earlier entry right."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found, shape, _state = _loaded(scope, pk)
    marks = {mark.position: mark for mark in corrected(queries.marks_of(queries.entries_of(found)))}
    mark = marks.get(position)
    if mark is None or mark.kind not in {EntryKind.DONE, EntryKind.BACKFILLED}:
        raise Http404("没有可以更正的这一项记录。")
    one = shape[mark.step]
    _require(scope, found, one.actor)
    initial = {**mark.data, "version": found.version, "on": mark.on}
    form = CorrectForm(request.POST or None, step=one, initial=initial)

    def act() -> Entry:
        data = form.cleaned_data
        return actions.correct(
            scope, pk, position, version=data["version"], on=data["on"], data=form.content(), reason=data["reason"]
        )

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, f"已更正“{one.label}”，原来的记录保留。")
        return redirect("procedures:case", pk=pk)
    return form_page(
        request, form, title=f"更正：{one.label}", submit="更正", cancel=reverse("procedures:case", args=[pk]),
        intro="更正作为新的一项记录，原来的记录保留。结果有误的，请由上级退回重新办理。",
    )  # fmt: skip


@page(methods=("GET", "POST"))
def steer(request: HttpRequest, pk: int, what: str) -> HttpResponseBase:
    """Return, explain, extend, rule, suspend, resume, end: each a form with its reason."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if what not in STEERING:
        raise Http404("没有这个操作。")
    found, shape, state = _loaded(scope, pk)
    title, submit, intro, actors = TEXTS[what]
    _require(scope, found, *actors)
    form, act = STEERING[what](request, scope, found, shape, state)

    if request.method == "POST" and attempt(form, lambda: act(form.cleaned_data)) is not None:
        messages.success(request, f"已登记：{title}。")
        return redirect("procedures:case", pk=pk)
    return form_page(
        request, form, title=title, submit=submit, cancel=reverse("procedures:case", args=[pk]), intro=intro
    )  # fmt: skip


Made = tuple[Any, Callable[[dict[str, Any]], Entry]]
UPPER = (Actor.SUPERIOR, Actor.APPROVER)
TEXTS: dict[str, tuple[str, str, str, tuple[Actor, ...]]] = {
    "back": ("退回重新办理", "退回", "这一步和以它为前提的步骤将重新办理，已有的记录保留。", (*UPPER, Actor.BRANCH)),
    "explain": ("登记超期说明", "登记", "说明之后可以继续办理；超期仍会写在合规报告里。", UPPER),
    "extend": ("延长期限", "延长", "只有规定写明可以延长的期限才能延长。", (*UPPER, Actor.BRANCH)),
    "rule": ("裁定适用版本", "裁定", "细则没有过渡条款：跨越新旧两版的个案，由上级党组织裁定并留痕。", UPPER),
    "suspend": ("暂停", "暂停", "暂停期间不能办理。没有规定允许期限中止，期限照常计算。", (Actor.BRANCH,)),
    "resume": ("恢复办理", "恢复", "", (Actor.BRANCH,)),
    "end": ("终止", "终止", "终止之后不能恢复；再次申请的，另行立项。", (Actor.BRANCH, Actor.PERSON)),
}


def _anything(step: Step) -> bool:
    return True


def _extendable(step: Step) -> bool:
    return any(limit.extended_by for limit in step.limits)


def _of_step(
    action: Callable[..., Entry], *, done: bool, which: Callable[[Step], bool] = _anything
) -> Callable[..., Made]:
    """``done``: the steps to choose from are those done, else those still to come; of them, ``which``."""

    def make(request: HttpRequest, scope: Scope, found: Case, shape: Procedure, state: State) -> Made:
        steps = [one for one in shape.steps if (one.id in state.done) is done and which(one)]
        initial = {"version": found.version, "step": request.GET.get("step", "")}
        form = StepReasonForm(request.POST or None, steps=steps, initial=initial)
        return form, lambda data: action(scope, found.pk, data["step"], version=data["version"], reason=data["reason"])

    return make


def _ruling(request: HttpRequest, scope: Scope, found: Case, shape: Procedure, state: State) -> Made:
    steps = [one for one in shape.steps if one.id not in state.done]
    initial = {"version": found.version, "step": request.GET.get("step", "")}
    form = RulingForm(request.POST or None, steps=steps, procedure=shape, initial=initial)
    return form, lambda data: actions.rule(
        scope, found.pk, data["step"], version=data["version"], edition_on=data["edition_on"], reason=data["reason"]
    )


def _of_case(action: Callable[..., Entry]) -> Callable[..., Made]:
    def make(request: HttpRequest, scope: Scope, found: Case, shape: Procedure, state: State) -> Made:
        form = ReasonForm(request.POST or None, initial={"version": found.version})
        return form, lambda data: action(scope, found.pk, version=data["version"], reason=data["reason"])

    return make


def _ending(request: HttpRequest, scope: Scope, found: Case, shape: Procedure, state: State) -> Made:
    way = transition(found.person.stage, StageKind.ENDED) if found.person else None
    ways: list[Any] | None = [one for one in (way.ways_out if way else ()) if one != "cancelled"]
    if found.person is None or not shape.reached:
        ways = None
    form = WithdrawForm(request.POST or None, ways_out=ways, today=scope.today, initial={"version": found.version})
    return form, lambda data: actions.withdraw(
        scope,
        found.pk,
        version=data["version"],
        on=data.get("on") or scope.today,
        way_out=data.get("way_out", ""),
        reason=data["reason"],
    )


STEERING: dict[str, Callable[..., Made]] = {
    "back": _of_step(actions.send_back, done=True),
    "explain": _of_step(actions.explain, done=False),
    "extend": _of_step(actions.extend, done=False, which=_extendable),
    "rule": _ruling,
    "suspend": _of_case(actions.suspend),
    "resume": _of_case(actions.resume),
    "end": _ending,
}
