"""One's own talks on a phone, and the branch's coverage."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.talks import actions, coverage, queries
from zhibu.meetings.talks.enums import OPEN, TalkState
from zhibu.meetings.talks.forms import CorrectForm, NoteForm, ReaderForm
from zhibu.meetings.talks.models import Talk
from zhibu.meetings.talks.occasions import label_of, occasions
from zhibu.meetings.talks.tables import BranchesTable, CoverageTable, MyTalksTable, tone
from zhibu.people.queries import by_number_or_name
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import table_page


def _scope(request: HttpRequest) -> Scope:
    found: Scope = request.scope  # type: ignore[attr-defined]
    return found


@page()
def mine(request: HttpRequest) -> HttpResponseBase:
    scope = _scope(request)
    return table_page(request, MyTalksTable(scope.person_id), queries.mine(scope), template="meetings/talks/mine.html")


@page(methods=("GET", "POST"))
def note(request: HttpRequest) -> HttpResponseBase:
    """First the occasion, whose prompts then stand above the form."""
    scope, known = _scope(request), occasions()
    chosen = known.get(request.GET.get("occasion", ""))
    if chosen is None:
        shown = [(one, one.basis(scope.today)) for one in known.values()]
        return render(request, "meetings/talks/occasions.html", {"occasions": shown})
    initial = {"submission": uuid.uuid4(), "held_on": scope.today}
    form = NoteForm(
        request.POST or None, initial=initial, people=queries.partners(scope), may_name=scope.may(Right.VIEW_PERSON)
    )

    def act() -> Talk:
        given = form.cleaned_data
        words = actions.Words(chosen.key, given["text"], given["follow_up"])
        return actions.note_talk(
            scope, other=_other(scope, given), held_on=given["held_on"], words=words, submission=given["submission"]
        )

    if request.method == "POST" and (talk := attempt(form, act)):
        assert isinstance(talk, Talk)
        told = "已登记。" if talk.state == TalkState.ONE_SIDED else "已登记，等对方确认后计入覆盖。"
        messages.success(request, told)
        return redirect("meetings:my_talk", talk.pk)
    context = {"occasion": chosen, "basis": chosen.basis(scope.today)}
    return form_page(
        request, form, title="登记谈话", submit="登记", cancel=reverse("meetings:my_talks"),
        template="meetings/talks/note.html", context=context,
    )  # fmt: skip


def _other(scope: Scope, given: dict[str, Any]) -> int:
    if given["other"] is not None:
        return int(given["other"])
    try:
        return by_number_or_name(scope, given["named"]).pk
    except Refusal as refused:
        raise Refusal(refused.message, field="named", remedy=refused.remedy) from None


@page()
def talk(request: HttpRequest, pk: int) -> HttpResponse:
    """The words; that somebody opened them is kept."""
    scope = _scope(request)
    found = queries.one(scope, pk)
    party = scope.person_id in found.parties
    actions.note_reading(scope, found)
    context = {
        "talk": found, "occasion": label_of(str(found.occasion)), "tone": tone(found.state), "party": party,
        "asked": scope.person_id == found.other_id and found.state == TalkState.AWAITING,
        "may_withdraw": scope.person_id == found.author_id and found.state in OPEN,
        "readers": list(queries.readers(found)), "readings": queries.readings(found) if party else [],
    }  # fmt: skip
    return render(request, "meetings/talks/talk.html", context)


@page(methods=("GET", "POST"))
def name_reader(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the two lets somebody else read."""
    scope = _scope(request)
    found = queries.of_party(scope, pk)
    people = [one for one in queries.partners(scope) if one.pk not in found.parties]
    form = ReaderForm(request.POST or None, people=people)

    def act() -> bool:
        return bool(actions.name_reader(scope, pk, form.cleaned_data["person"]))

    if request.method == "POST" and attempt(form, act):
        messages.success(request, "已指定，对方在“我的谈心谈话”里能看到。")
        return redirect("meetings:my_talk", pk)
    intro = "指定的人能看到谈话的全部内容，每次阅读都留痕。双方都能指定，也都能收回。"
    cancel = reverse("meetings:my_talk", args=[pk])
    return form_page(request, form, title="指定可以阅读的人", submit="指定", cancel=cancel, intro=intro)


@page(methods=("POST",))
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    actions.confirm_talk(_scope(request), pk)
    messages.success(request, "已确认，计入覆盖。")
    return redirect("meetings:my_talk", pk)


@page(methods=("POST",))
def deny(request: HttpRequest, pk: int) -> HttpResponse:
    actions.deny_talk(_scope(request), pk)
    messages.success(request, "已说明没有谈，这次登记不计入覆盖。")
    return redirect("meetings:my_talk", pk)


@page(methods=("GET", "POST"))
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    scope = _scope(request)
    found = queries.asked_of(scope, pk)
    form = CorrectForm(request.POST or None, initial={"held_on": found.meeting.held_on})
    if request.method == "POST" and attempt(form, lambda: bool(actions.correct_talk(scope, pk, **form.cleaned_data))):
        messages.success(request, "已更正，计入覆盖。")
        return redirect("meetings:my_talk", pk)
    cancel = reverse("meetings:my_talk", args=[pk])
    intro = "谈过、但登记的日期或内容不准确的，在这里更正。没有谈过的，请返回选“没有谈过”。"
    return form_page(request, form, title="更正谈话登记", submit="更正", cancel=cancel, intro=intro)


@page(methods=("POST",))
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    actions.withdraw_talk(_scope(request), pk)
    messages.success(request, "已撤回，内容已删除。")
    return redirect("meetings:my_talks")


@page(methods=("POST",))
def withdraw_reader(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    actions.withdraw_reader(_scope(request), pk, person)
    messages.success(request, "已收回，对方不能再阅读。")
    return redirect("meetings:my_talk", pk)


def _year(request: HttpRequest, today: date) -> int:
    given = request.GET.get("year", "")
    return next((one for one in coverage.years(today) if str(one) == given), today.year)


@page(needs=Right.RECORD_MEETING)
def cover(request: HttpRequest) -> HttpResponseBase:
    """All branches of the reader; whoever keeps one is led straight to it."""
    scope = _scope(request)
    year, branches = _year(request, scope.today), coverage.branches(scope)
    if len(first := list(branches[:2])) == 1 and not request.GET:
        return redirect("meetings:talk_coverage_of", first[0].pk)
    table = BranchesTable(coverage.counted(scope, year), year)
    context = {"year": year, "years": coverage.years(scope.today), "rule": value("life.talk", scope.today)}
    return table_page(
        request, table, branches, template="meetings/talks/coverage.html", context=context, export_right=Right.EXPORT
    )


@page(needs=Right.RECORD_MEETING)
def cover_of(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = _scope(request)
    node, year = coverage.branch(scope, pk), _year(request, scope.today)
    table = CoverageTable(title=f"{node}：{year} 年谈心谈话覆盖情况")
    context = {
        "year": year, "years": coverage.years(scope.today), "rule": value("life.talk", scope.today), "node": node,
        "counted": coverage.of_branch(node, year, scope.today),
    }  # fmt: skip
    rows = coverage.covered(node, year, scope.today)
    return table_page(
        request, table, rows, template="meetings/talks/coverage.html", context=context, export_right=Right.EXPORT
    )
