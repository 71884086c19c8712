"""What can be asked about transfers and letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Case as Chosen
from django.db.models import (
    CharField,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)
from django.http import Http404
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import BRANCH_KINDS, UPPER_KINDS, Kind
from zhibu.organizations.models import Organization
from zhibu.people.rules.fields import SECRET
from zhibu.procedures.enums import LIVING, CaseState
from zhibu.procedures.models import Case
from zhibu.procedures.queries.cases import cases
from zhibu.procedures.queries.workbench import live
from zhibu.procedures.transfers.enums import PREFIX, LetterState, TransferKind
from zhibu.procedures.transfers.models import Letter
from zhibu.ui.waiting import Asked, Waiting


def transfers(scope: Scope) -> QuerySet[Case]:
    """Every transfer from, into or of the reader's subtrees, with what its line shows."""
    newest = Prefetch("letters", Letter.objects.order_by("-pk"))
    steps = Prefetch("open_steps", live(scope.today).order_by("pk"))
    found = cases(scope).filter(procedure__startswith=PREFIX).select_related("transfer")
    return found.prefetch_related(newest, steps)


def letters(scope: Scope) -> QuerySet[Any]:
    """Letters of the cases in the reader's subtrees. ``now`` is the state as of today: one whose last day is over has
    fallen back, also where its ``state`` does not say so yet."""
    joined = Letter.objects.select_related("case__person", "case__organization", "case__transfer", "issuer")
    left = ExpressionWrapper(
        F("valid_until") - Value(scope.today, output_field=DateField()), output_field=DurationField()
    )
    visible = joined.filter(scope.within(Right.VIEW_CASE, "case__organization__path"))
    return visible.annotate(left=left, now=state_now(scope.today))


def state_now(today: date) -> Chosen:
    """The state of a letter on a day, as an expression."""
    over = When(state=LetterState.ISSUED, valid_until__lt=today, then=Value(LetterState.EXPIRED.value))
    return Chosen(over, default=F("state"), output_field=CharField())


def letters_listed(scope: Scope) -> QuerySet[Any]:
    """As `letters`, without what nobody reads in a list."""
    return letters(scope).defer(*(f"case__person__{name}" for name in SECRET))


def letter(scope: Scope, pk: int, *, lock: bool = False) -> Letter:
    """One letter; 404 outside."""
    if lock:
        Letter.objects.select_for_update().filter(pk=pk).only("pk").first()
    found = letters(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这封介绍信，或不在您的管理范围内。")
    return found


def living_whole(scope: Scope) -> list[Case]:
    """Whole-organization moves under way, whoever asks: what they freeze is frozen for everybody."""
    living = Case.objects.filter(procedure=f"{PREFIX}{TransferKind.WHOLE}", state__in=sorted(LIVING))
    return list(living.select_related("organization"))


def freezing(scope: Scope, paths: Iterable[str]) -> Organization | None:
    """The organization whose whole move freezes the roster of one of these."""
    known = list(paths)
    wholes = (case.organization for case in living_whole(scope))
    return next((node for node in wholes if any(path.startswith(node.path) for path in known)), None)


def being_transferred(scope: Scope, persons: Sequence[int]) -> dict[int, Case]:
    """Of these people, those whose transfer is under way: until it is over, nobody moves them otherwise. Who has come
    with a letter and only awaits the receipt is not among them."""
    living = Case.objects.filter(person__in=persons, procedure__startswith=PREFIX, state__in=sorted(LIVING))
    found = living.exclude(procedure=f"{PREFIX}{TransferKind.IN}").select_related("person")
    return {case.person_id: case for case in found if case.person_id is not None}


def receiving_branches(scope: Scope) -> QuerySet[Organization]:
    """Living branches of the whole university, and the groups of the reader's own. Who moves has to be able to say
    where to: the names of branches are no secret inside the university."""
    nodes = Organization.objects.filter(dissolved_on__isnull=True).order_by("path")
    own = scope.within(Right.HANDLE_CASE, "path")
    return nodes.filter(Q(kind__in=BRANCH_KINDS) | (Q(kind=Kind.GROUP) & own))


def superiors(scope: Scope) -> QuerySet[Organization]:
    """Living organizations that may have others below them; their names are no secret either."""
    return Organization.objects.filter(dissolved_on__isnull=True, kind__in=UPPER_KINDS).order_by("path")


def movable(scope: Scope) -> QuerySet[Organization]:
    """Organizations of the reader that could change their superior as a whole."""
    nodes = Organization.objects.filter(dissolved_on__isnull=True, depth__gt=1).exclude(kind=Kind.GROUP)
    return scope.visible(nodes, Right.HANDLE_CASE, "path").order_by("path")


def fallen_back(scope: Scope) -> QuerySet[Any]:
    """Letters that came back unused and have not been given anew."""
    back = letters_listed(scope).filter(now__in=(LetterState.EXPIRED, LetterState.RETURNED))
    return back.filter(replaced_by__isnull=True, case__state=CaseState.OPEN)


def waiting(scope: Scope) -> list[Waiting | Asked]:
    """Letters that came back. What is on its way too long stands among the late steps of `queries.workbench`."""
    if not scope.may(Right.DECIDE_CASE):
        return []
    url = f"{reverse('procedures:letters')}?state={LetterState.EXPIRED.value}"
    rows = fallen_back(scope).filter(now=LetterState.EXPIRED)

    def told(count: int, oldest: date) -> Waiting:
        return Waiting("介绍信逾期退回，待重开", count, url, since=oldest, late=True)

    return [Asked(rows, told, "valid_until")]
