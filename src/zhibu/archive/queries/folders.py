"""Folders: which papers each must hold, which it holds, whose lack some, and who looked into one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, DateField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import Http404
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.models import User
from zhibu.accounts.scope import Scope
from zhibu.archive.enums import SEALED, DocumentKind, DocumentState
from zhibu.archive.models import Document
from zhibu.archive.queries.papers import held_kinds, place_of
from zhibu.archive.rules import ROAD, Need, coming, entries, joined, lacking, required
from zhibu.audit.models import Entry
from zhibu.audit.verbs import verb_label
from zhibu.people.enums import GONE, StageKind
from zhibu.people.models import Person, Stage
from zhibu.people.queries import Look, people
from zhibu.people.rules.fields import SECRET
from zhibu.ui.waiting import Asked, Waiting

PERSON, PAPER = "people.person", "archive.document"
OF_FOLDER = ("archive.view", "archive.catalogue", "archive.package")
OF_PAPER = ("archive.open", "archive.open_sealed")
# House rule, no regulation: whoever became a full member longer ago has the papers in the 人事档案; nobody is reminded.
LATELY = timedelta(days=365)


@dataclass(frozen=True)
class Folder:
    """What a person's folder must hold now and what it holds."""

    person: Person
    required: tuple[Need, ...]
    held: dict[str, Document]
    coming: Need | None

    @property
    def lacking(self) -> list[DocumentKind]:
        return lacking(self.required, self.held)


def folder(scope: Scope, person: Person) -> Folder:
    """Two queries. ``person`` has been loaded through the scope."""
    rows = Stage.objects.filter(person=person).order_by("-started_on").values_list("kind", "started_on")
    entered = entries({StageKind(kind): day for kind, day in rows}, person.confirmed_on, scope.today)
    asked = tuple(required(person.stage, entered))
    return Folder(person, asked, held_kinds(person), coming(person.stage, scope.today))


def folders(scope: Scope, *, gone: bool = False, right: Right = Right.VIEW_ARCHIVE) -> QuerySet[Person]:
    """Everybody whose folder the reader may open, with ``held`` kinds and ``reached`` stages ("30:2026-01-05")."""
    stages = Stage.objects.filter(person=OuterRef("pk")).order_by()
    told = stages.annotate(told=Concat("kind", Value(":"), Cast("started_on", CharField()))).values("told")
    listed = people(scope, right).defer(*SECRET).alias(sorting=F("pinyin"))
    listed = listed.filter(stage__in=GONE) if gone else listed.exclude(stage__in=GONE)
    return listed.annotate(held=ArraySubquery(_kinds()), reached=ArraySubquery(told))


def _kinds() -> QuerySet[Any]:
    current = Document.objects.filter(person=OuterRef("pk"), state=DocumentState.CURRENT).order_by()
    return current.values_list("kind", flat=True)


def asked_of(row: Any, today: date) -> list[Need]:
    """`required` for a row of `folders`."""
    stages: dict[StageKind, date] = {}
    for told in sorted(row.reached, reverse=True):  # the earliest of a kind is written last
        kind, _, day = told.partition(":")
        stages[StageKind(kind)] = date.fromisoformat(day)
    return required(row.stage, entries(stages, row.confirmed_on, today))


def lacking_of(row: Any, today: date) -> list[DocumentKind]:
    return lacking(asked_of(row, today), row.held)


def incomplete(rows: QuerySet[Person], today: date, *, lately: bool = False) -> QuerySet[Person]:
    """Those whose folder lacks something, told by the database. ``lately``: without full members of long ago."""
    condition = Q(pk__in=())
    reached: dict[str, Any] = {}
    for need in joined():
        day = "confirmed_on" if need.stage is StageKind.FULL else f"entered_{need.stage}"
        if need.stage is not StageKind.FULL and (need.since or need.until):
            reached[day] = _entered(need.stage, today)
        within = Q(stage__in=need.held_by)
        within &= Q(**{f"{day}__gte": need.since}) if need.since else Q()
        within &= Q(**{f"{day}__lt": need.until}) if need.until else Q()
        condition |= within & ~Q(held__contains=[str(kind) for kind in need.kinds])
    found = rows.alias(**reached).filter(condition)
    return found.filter(~Q(stage=StageKind.FULL) | Q(confirmed_on__gte=today - LATELY)) if lately else found


def _entered(stage: StageKind, today: date) -> Coalesce:
    """`rules.entries` in SQL: the first day at the stage or at the next one known of, else today."""
    later = ROAD[ROAD.index(stage) :]
    first = Stage.objects.filter(person=OuterRef("pk")).order_by("started_on").values("started_on")
    days = [Subquery(first.filter(kind=kind)[:1]) for kind in later]
    return Coalesce(*days, Value(today), output_field=DateField())


def waiting(scope: Scope) -> list[Waiting | Asked]:
    """Folders that lack papers, of those under way and those confirmed lately."""
    if not scope.may(Right.FILE_ARCHIVE):
        return []
    rows = folders(scope, right=Right.FILE_ARCHIVE).filter(~Q(stage=StageKind.SUSPENDED))
    late = incomplete(rows, scope.today, lately=True).exclude(pk=scope.person_id or 0)
    url = f"{reverse('archive:index')}?lacking=lately"
    return [Asked(late, lambda count, _: Waiting("电子档案缺少应有材料", count, url, help="发展中的和近一年转正的"))]


def looks(scope: Scope, person: Person, limit: int = 100) -> list[Look]:
    """Who opened the own folder or a paper in it, newest first. Of sealed papers only that one was opened."""
    if person.pk != scope.person_id:
        raise Http404("只能查询谁看过本人的档案。")
    kinds = dict(Document.objects.filter(person=person).values_list("pk", "kind"))
    about = Q(object_kind=PERSON, object_id=person.pk, verb__in=OF_FOLDER)
    about |= Q(object_kind=PAPER, object_id__in=list(kinds), verb__in=OF_PAPER)
    found = _named(Entry.objects.filter(about)).exclude(user_id=scope.user_id)[:limit]
    return [Look(one.at, _who(one), *_what(one, kinds)) for one in found]


def looks_at(scope: Scope, document: Document, limit: int = 50) -> list[Look]:
    """Who opened one paper, for those who keep it. ``document`` has been loaded through the scope.

    The reason for opening a sealed paper may tell what is in it: only whoever may open it reads that.
    """
    told = not document.is_sealed or scope.may(Right.OPEN_SEALED, place_of(document))
    found = _named(Entry.objects.filter(object_kind=PAPER, object_id=document.pk, verb__in=OF_PAPER))[:limit]
    return [Look(one.at, _who(one), verb_label(one.verb), one.reason if told else "") for one in found]


def _named(rows: QuerySet[Entry]) -> QuerySet[Any]:
    """Newest first, with the name of whoever it was."""
    account = User.objects.filter(pk=OuterRef("user_id"))
    return rows.annotate(name=Subquery(account.values("display_name"))).order_by("-pk")


def _who(entry: Any) -> str:
    return f"{entry.name}（{entry.actor}）" if entry.name else entry.actor


def _what(entry: Entry, kinds: dict[int, str]) -> tuple[str, str]:
    kind = kinds.get(entry.object_id or 0) if entry.object_kind == PAPER else None
    if kind is None:
        return verb_label(entry.verb), entry.reason
    # The reason for opening a sealed paper may tell what is in it.
    return (verb_label(entry.verb), "") if kind in SEALED else (f"打开：{DocumentKind(kind).label}", entry.reason)
