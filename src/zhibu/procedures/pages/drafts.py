"""Papers of a step begun in the office's templates: one, or the same one for many cases as one file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.documents.filling import fill, fill_many
from zhibu.documents.registry import kind_of
from zhibu.procedures import queries
from zhibu.procedures.actions import OPENING
from zhibu.procedures.drafts import DRAFTS, Known, content_of, offered
from zhibu.procedures.election_drafts import ELECTION_DRAFTS, KnownElection, election_draft
from zhibu.procedures.election_drafts import people_of as election_people
from zhibu.procedures.enums import Actor
from zhibu.procedures.forms import DraftsForm
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, OpenStep
from zhibu.procedures.queries.actors import ADMISSION, Acting
from zhibu.procedures.tables import WorkbenchTable
from zhibu.regulations.refusal import Refusal
from zhibu.ui.tables import selected

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST = 300  # each case is read with all its entries


def offered_in(procedure_key: str, kind: str) -> Mapping[str, str]:
    """What can be begun for a paper that a step asks for: the word in its address, and what it is called."""
    if procedure_key == ADMISSION:
        return {word: one.label for word, one in offered(kind).items()}
    return {kind: kind_of(ELECTION_DRAFTS[kind][0]).label} if _is_of_election(procedure_key, kind) else {}


def _is_of_election(procedure_key: str, kind: str) -> bool:
    return procedure_key in OPENING and kind in ELECTION_DRAFTS


def _may_begin(scope: Scope, found: Case, acting: Acting) -> bool:
    actors = (Actor.BRANCH, Actor.APPROVER, Actor.SUPERIOR)
    return any(queries.may_act(scope, found, actor, acting) for actor in actors)


def _values(found: Case, kind: str, acting: Acting, today: date) -> tuple[str, dict[str, Any]]:
    """The template and what is known for it."""
    state = queries.state_of(found)
    if found.person is not None:
        return content_of(kind, Known(found.person, found.organization, acting[Actor.APPROVER], state, today))
    named, due = queries.people_named(election_people(state)), queries.term_end(found.organization)
    known = KnownElection(found.procedure, found.organization, acting[Actor.SUPERIOR], state, named, due, today)
    return election_draft(kind, known)


def _word(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=WORD)
    answer["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    return answer


@page(needs=Right.HANDLE_CASE)
def paper(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """A paper begun for a step, to be finished in Word; it is filed once people have signed it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.case(scope, pk)
    if not (found.procedure == ADMISSION and kind in DRAFTS) and not _is_of_election(found.procedure, kind):
        raise Http404("平台不能起草这种材料。")
    acting = queries.acting(found)
    if not _may_begin(scope, found, acting):
        raise PermissionDenied("材料由经办的党组织起草。需要的，请联系该组织。")
    return _word(fill(*_values(found, kind, acting, scope.today)), f"{kind}-{pk}")


@page(needs=Right.HANDLE_CASE, methods=("POST",))
def draft_many(request: HttpRequest) -> HttpResponseBase:
    """The same paper for all the chosen steps. First the list posts its choice here, then the form posts it again with
    the paper."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    rows = _beginnable(selected(request, WorkbenchTable(), queries.mine(scope)))
    counted = Counter(word for words in rows.values() for word in words)
    if not counted:
        raise Refusal(
            "所选的步骤没有平台能起草的材料。",
            remedy="请在“办理事项”里选择要谈话、备案、请示、公示、表决或培训的步骤。",
        )
    choices = [(word, f"{DRAFTS[word].label}（{number} 份）") for word, number in counted.items()]
    form = DraftsForm(request.POST if "paper" in request.POST else None, papers=choices)
    if form.is_bound and form.is_valid():
        word = form.cleaned_data["paper"]
        of = [(row.case, queries.acting(row.case)) for row, words in rows.items() if word in words]
        made = [_values(case, word, acting, scope.today)[1] for case, acting in of if _may_begin(scope, case, acting)]
        if made:
            return _word(fill_many(DRAFTS[word].template, made), word)
        form.add_error("paper", "所选的事项都不由您办理，不能起草。")
    context = {
        "form": form,
        "kept": [(name, value) for name in ("selected", "all", "filters") for value in request.POST.getlist(name)],
    }
    return render(request, "procedures/drafts.html", context, status=422 if form.errors else 200)


def _beginnable(chosen: Any) -> dict[OpenStep, list[str]]:
    """Each chosen step of an admission with the sheets that can be begun for it."""
    shape = procedure(ADMISSION)
    rows = list(chosen.filter(case__procedure=ADMISSION).order_by("case__person__pinyin", "pk")[: MOST + 1])
    if len(rows) > MOST:
        raise Refusal(f"一次最多起草 {MOST} 份。", remedy="请分几次选择。")
    found = {row: [word for kind in shape[row.step].documents for word in offered(kind)] for row in rows}
    return {row: words for row, words in found.items() if words}
