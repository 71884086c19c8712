"""One file: its history, who looked at it, what was asked to be corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.models import User
from zhibu.accounts.scope import Scope
from zhibu.audit.queries import about
from zhibu.audit.verbs import verb_label
from zhibu.people.enums import GONE, RequestState, StageKind
from zhibu.people.models import Affiliation, ChangeRequest, Person, Stage
from zhibu.people.rules.fields import FIELD
from zhibu.people.rules.stages import Past
from zhibu.people.signals import GoneTo, where_to

if TYPE_CHECKING:
    from zhibu.audit.models import Entry

KIND = "people.person"
LOOKS = ("people.view", "people.reveal", "archive.view", "archive.package", "dues.reveal")


@dataclass(frozen=True)
class Look:
    """Somebody opened the file, or had a masked value shown."""

    at: datetime
    who: str
    what: str
    reason: str


def history(scope: Scope, person: Person) -> list[Stage]:
    """Stages, oldest first. ``person`` has been loaded through the scope."""
    return list(Stage.objects.filter(person=person).select_related("organization").order_by("started_on", "pk"))


def past(stages: Sequence[Stage]) -> list[Past]:
    """The stages as the rules read them."""
    return [Past(stage.kind, stage.started_on, stage.ended_on, stage.way_out) for stage in stages]


def open_stage(stages: Sequence[Stage]) -> Stage | None:
    return next((stage for stage in stages if stage.ended_on is None), None)


def ties(scope: Scope, person: Person) -> list[Affiliation]:
    """Organizational ties, oldest first. ``person`` has been loaded through the scope."""
    found = Affiliation.objects.filter(person=person).select_related("organization")
    return list(found.order_by("started_on", "pk"))


def looks(scope: Scope, person: Person, limit: int = 100) -> list[Look]:
    """Who looked at the own file, when and why, newest first. Only for the person's own file."""
    if person.pk != scope.person_id:
        raise Http404("只能查询谁看过本人的档案。")
    entries = list(about(KIND, person.pk, LOOKS)[:limit])
    names = dict(User.objects.filter(pk__in={entry.user_id for entry in entries}).values_list("pk", "display_name"))
    return [Look(entry.at, _who(entry, names), _what(entry), entry.reason) for entry in entries]


def _who(entry: Entry, names: dict[int, str]) -> str:
    name = names.get(entry.user_id or 0, "")
    return f"{name}（{entry.actor}）" if name else entry.actor


def _what(entry: Entry) -> str:
    shown = entry.changes.get("shown") if isinstance(entry.changes, dict) else None
    labels = "、".join(FIELD[name].label for name in shown or () if name in FIELD)
    return f"{verb_label(entry.verb)}：{labels}" if labels else verb_label(entry.verb)


@dataclass(frozen=True)
class Departure:
    """When somebody who has gone left, how, where to, and what says so."""

    on: date
    how: str
    to: str
    paper: str


def departure(person: Person, stages: Sequence[Stage]) -> Departure | None:
    """How somebody left who has gone; None for whoever is here. ``stages`` are those of the person, oldest first."""
    last = open_stage(stages)
    if person.stage not in GONE or last is None or last.kind != person.stage:
        return None
    told: GoneTo | None = None
    if last.kind == StageKind.TRANSFERRED:
        answers: list[Any] = [answer for _room, answer in where_to.send(Person, person=person.pk)]
        told = next((answer for answer in answers if isinstance(answer, GoneTo)), None)
    return Departure(
        last.started_on, last.get_kind_display(), told.to if told else "", told.paper if told else last.basis
    )


def my_file(scope: Scope) -> Person | None:
    """The reader's own file; None for an account without a person."""
    if scope.person_id is None:
        return None
    return Person.objects.select_related("organization").filter(pk=scope.person_id).first()


def my_requests(scope: Scope) -> QuerySet[ChangeRequest]:
    """The reader's own requests for correction, newest first."""
    return ChangeRequest.objects.filter(person=scope.person_id or 0).order_by("-asked_at", "-pk")


def change_requests(scope: Scope, right: Right = Right.DECIDE_CHANGE) -> QuerySet[ChangeRequest]:
    """Requests of people within the reader's subtrees. Values are read only where one request is opened."""
    found = ChangeRequest.objects.select_related("person__organization").defer(
        "old_value", "new_value", *(f"person__{name}" for name in ("id_number", "phone", "landline", "address"))
    )
    return scope.visible(found, right, "person__organization__path")


def change_request(scope: Scope, pk: int, right: Right = Right.DECIDE_CHANGE, *, lock: bool = False) -> ChangeRequest:
    """One request: 404 outside the subtrees, 403 inside without the right."""
    visible = scope.within(Right.VIEW_PERSON, "person__organization__path") | Q(person_id=scope.person_id)
    found = ChangeRequest.objects.select_related("person__organization").filter(visible, pk=pk)
    one = (found.select_for_update(of=("self",)) if lock else found).first()
    if one is None:
        raise Http404("没有这份更正申请，或不在您的管理范围内。")
    organization = one.person.organization
    scope.require(right, organization.path if organization else "")
    return one


def open_request_count(scope: Scope) -> int:
    return change_requests(scope).filter(state=RequestState.OPEN).order_by().count()
