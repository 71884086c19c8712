"""One case, lists of cases, and what they fold into."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from django.db.models import Model, Prefetch, Q, QuerySet
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.archive.models import Document
from zhibu.people.rules.fields import SECRET
from zhibu.procedures.enums import LIVING
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, Entry
from zhibu.procedures.rules.transit import standing
from zhibu.procedures.state import Mark, State, fold

M = TypeVar("M", bound=Model)


def _visible(scope: Scope) -> Q:
    """Cases of organizations in the reader's subtrees, on either side, and the reader's own."""
    seen = scope.within(Right.VIEW_CASE) | scope.within(Right.VIEW_CASE, "target__path")
    return seen | Q(person=scope.person_id or 0)


def _joined() -> QuerySet[Case]:
    hidden = [f"person__{name}" for name in SECRET]
    return Case.objects.select_related("person", "organization", "target").defer(*hidden)


def cases(scope: Scope, right: Right = Right.VIEW_CASE) -> QuerySet[Case]:
    """Cases within the reader's subtrees."""
    inside = scope.within(right) | scope.within(right, "target__path")
    return _joined().filter(inside)


def my_cases(scope: Scope) -> QuerySet[Case]:
    """The reader's own cases, newest first."""
    return _joined().filter(person=scope.person_id or 0).order_by("-opened_on", "-pk")


def case(scope: Scope, pk: int, *, lock: bool = False) -> Case:
    """One case, in one query: 404 outside the reader's subtrees. Who may act in it is asked of each step."""
    if lock:
        # Held before it is read: PostgreSQL would compare a row that was handed over meanwhile with its old one.
        Case.objects.select_for_update().filter(pk=pk).only("pk").first()
    found = _joined().filter(_visible(scope), pk=pk).first()
    if found is None:
        raise Http404("没有这件办理事项，或不在您的管理范围内。")
    return found


def entries_of(found: Case, *, with_papers: bool = False) -> QuerySet[Entry]:
    """The timeline. ``found`` has been loaded through the scope."""
    entries = found.entries.select_related("organization", "recorded_by").order_by("position")
    return entries.prefetch_related(Prefetch("documents", papers_of(found))) if with_papers else entries


def papers_of(found: Case) -> QuerySet[Document]:
    """Every paper that an entry of the case rests on."""
    return Document.objects.filter(case_entries__case=found).distinct().order_by("pk")


def in_admission(persons: Iterable[int]) -> set[int]:
    """Of these people, those whose admission is under way: their stage is changed by its steps and by nothing else."""
    living = Case.objects.filter(person__in=list(persons), procedure="admission", state__in=sorted(LIVING))
    return {pk for pk in living.values_list("person_id", flat=True) if pk is not None}


def marks_of(entries: Iterable[Entry]) -> list[Mark]:
    """The entries as the rules read them."""
    return [
        Mark(one.position, one.kind, one.step, one.on, one.outcome, one.data, one.reason, one.corrects)
        for one in entries
    ]


def state_of(found: Case, entries: Iterable[Entry] | None = None, *, today: date | None = None) -> State:
    """Where the case stands, folded from its entries; with ``today`` also what follows from the date alone."""
    rows = found.entries.order_by("position") if entries is None else entries
    shape = procedure(found.procedure)
    state = fold(shape, marks_of(rows))
    return state if today is None else standing(shape, state, today)


def of_person(rows: QuerySet[M], text: str, prefix: str) -> QuerySet[M]:
    """Every word as the beginning of the name, its spelling or initials, or the 学工号 of the person at ``prefix``."""
    for word in text.split():
        rows = rows.filter(_named(prefix, word))
    return rows


def of_case(rows: QuerySet[M], text: str, prefix: str) -> QuerySet[M]:
    """As `of_person` for the case at ``prefix``; of one about an organization, every word is part of its name."""
    for word in text.split():
        organization = Q(**{f"{prefix}person": None, f"{prefix}organization__name__icontains": word})
        rows = rows.filter(_named(f"{prefix}person__", word) | organization)
    return rows


def _named(prefix: str, word: str) -> Q:
    if not word.isascii():
        return Q(**{f"{prefix}name__startswith": word})
    letters = word.lower().replace("'", "").replace("ü", "v")
    begins = Q(**{f"{prefix}pinyin__startswith": letters}) | Q(**{f"{prefix}initials__startswith": letters})
    return begins | Q(**{f"{prefix}number__startswith": word})
