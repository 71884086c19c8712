"""What a folder must hold at a stage, told once in Python for one folder and once by the database for lists."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import TODAY, Cast, make_person
from zhibu.archive import queries, rules
from zhibu.archive.enums import DocumentKind, DocumentState
from zhibu.archive.models import Document
from zhibu.people.enums import StageKind
from zhibu.people.models import Person, Stage
from zhibu.ui.waiting import answered

K, S = DocumentKind, StageKind
OLD, NEW = date(2026, 5, 10), date(2026, 5, 11)
PUBLICITY = {K.PUBLICITY_NOTICE, K.PUBLICITY_RESULT}


def hold(person: Person, *kinds: K, state: DocumentState = DocumentState.CURRENT) -> None:
    reason = "误传" if state == DocumentState.WITHDRAWN else ""
    Document.objects.bulk_create(
        Document(
            person=person, organization=person.organization, kind=kind, title=kind.label, dated_on=TODAY, place="柜",
            added_at=timezone.now(), state=state, withdrawn_reason=reason,
        )
        for kind in kinds
    )  # fmt: skip


def at_stage(cast: Cast, stage: S, *, serial: int = 60, **since: date) -> Person:
    """Somebody with a history: ``candidate=…`` is the day they were listed."""
    person = make_person(f"人{serial}", cast.branch, serial=serial, stage=stage, since=since.pop("since", TODAY))
    for name, day in since.items():
        Stage.objects.create(person=person, kind=S[name.upper()], started_on=day, ended_on=TODAY)
    return person


def lacking(cast: Cast, person: Person) -> set[K]:
    return set(queries.folder(cast.scope(cast.secretary), person).lacking)


def test_every_word_of_the_lists_is_a_kind() -> None:
    assert all(need.kinds for need in rules.needs())
    assert {need.stage for need in rules.needs()} == set(rules.ROAD)


def test_an_applicant_needs_the_application_and_nothing_more(cast: Cast) -> None:
    person = at_stage(cast, S.APPLICANT)
    assert lacking(cast, person) == {K.APPLICATION}

    hold(person, K.APPLICATION)
    assert lacking(cast, person) == set()


def test_each_stage_adds_its_papers(cast: Cast) -> None:
    activist, candidate = at_stage(cast, S.ACTIVIST), at_stage(cast, S.CANDIDATE, serial=61)

    assert lacking(cast, activist) < lacking(cast, candidate)
    assert K.ACTIVIST_REGISTER in lacking(cast, activist)
    assert K.OPINIONS_RECORD not in lacking(cast, activist)


@pytest.mark.parametrize(("listed", "asked"), [(OLD, set()), (NEW, PUBLICITY)])
def test_publicity_is_asked_of_whoever_was_listed_under_the_new_edition(
    cast: Cast, listed: date, asked: set[K]
) -> None:
    candidate = at_stage(cast, S.CANDIDATE, since=listed)
    probationary = at_stage(cast, S.PROBATIONARY, serial=61, since=TODAY - timedelta(days=9), candidate=listed)

    assert lacking(cast, candidate) & PUBLICITY == asked
    assert lacking(cast, probationary) & PUBLICITY == asked


@pytest.mark.parametrize(("confirmed", "number"), [(date(2014, 5, 27), 0), (date(2014, 5, 28), 5), (OLD, 5), (NEW, 6)])
def test_a_full_member_needs_what_the_edition_of_the_confirmation_lists(
    cast: Cast, confirmed: date, number: int
) -> None:
    person = make_person("正式", cast.branch, serial=60)
    person.joined_on, person.confirmed_on = None, confirmed
    person.save()

    assert len(lacking(cast, person)) == number


def test_the_six_of_the_new_edition_are_enough_for_the_list_too(cast: Cast) -> None:
    person = make_person("正式", cast.branch, serial=60)
    Person.objects.filter(pk=person.pk).update(confirmed_on=NEW)
    hold(person, *next(need.kinds for need in rules.needs() if need.stage is S.FULL and need.since == NEW))

    rows = queries.folders(cast.scope(cast.secretary)).filter(pk=person.pk)
    assert not queries.incomplete(rows, TODAY).exists()


def test_the_oldest_edition_also_holds_for_whoever_applied_before_it(cast: Cast) -> None:
    person = at_stage(cast, S.APPLICANT, since=date(2012, 1, 1))

    assert lacking(cast, person) == {K.APPLICATION}


def test_a_withdrawn_paper_does_not_count(cast: Cast) -> None:
    person = at_stage(cast, S.APPLICANT)
    hold(person, K.APPLICATION, state=DocumentState.WITHDRAWN)

    assert lacking(cast, person) == {K.APPLICATION}


def test_the_next_stage_tells_what_to_prepare(cast: Cast) -> None:
    coming = rules.coming(S.APPLICANT, TODAY)
    extended = rules.coming(S.EXTENDED, TODAY)

    assert coming and coming.stage is S.ACTIVIST
    assert extended and extended.stage is S.FULL
    assert rules.coming(S.FULL, TODAY) is None and rules.coming(S.LEFT, TODAY) is None


def test_the_database_and_the_page_agree_on_every_folder(cast: Cast) -> None:
    """Forty random histories: the filter of the list and the folder's own page name the same folders."""
    chance = random.Random(7)
    edges = [date(2014, 5, 27), date(2014, 5, 28), OLD, NEW, TODAY, date(2012, 1, 1)]
    for serial in range(200, 240):
        stage = chance.choice([*rules.ROAD, S.EXTENDED, S.SUSPENDED])
        person = make_person(f"人{serial}", cast.branch, serial=serial, stage=stage, since=chance.choice(edges[:-2]))
        person.confirmed_on = chance.choice([*edges, None]) if stage == S.FULL else None
        person.joined_on = None
        person.save()
        for earlier in chance.sample(rules.ROAD, chance.randrange(3)):
            day = chance.choice(edges)
            Stage.objects.create(person=person, kind=earlier, started_on=day, ended_on=TODAY)
        asked = [kind for need in rules.needs() for kind in need.kinds]
        hold(person, *set(asked if chance.random() < 0.3 else chance.sample(asked, chance.randrange(len(asked)))))

    scope = cast.scope(cast.secretary)
    rows = queries.folders(scope)
    told = set(queries.incomplete(rows, TODAY).values_list("pk", flat=True))

    assert told == {row.pk for row in rows if queries.lacking_of(row, TODAY)}
    assert told == {row.pk for row in rows if queries.folder(scope, row).lacking}
    assert 5 < len(told) < rows.count()


def test_what_waits_are_the_folders_under_way_and_those_confirmed_lately(cast: Cast) -> None:
    at_stage(cast, S.ACTIVIST)
    for serial, confirmed in ((61, TODAY - timedelta(days=365)), (62, TODAY - timedelta(days=366))):
        person = make_person(f"正式{serial}", cast.branch, serial=serial)
        Person.objects.filter(pk=person.pk).update(confirmed_on=confirmed)

    def waiting(who: Any) -> list[int]:
        return [item.count for item in answered(queries.waiting(cast.scope(who)))]

    assert waiting(cast.secretary) == [2]
    assert waiting(cast.office) == [2]
    assert waiting(cast.neighbour) == []
    assert waiting(cast.member) == []
