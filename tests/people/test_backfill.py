"""Nobody is admitted past the procedure unnoticed: a stage changed on the roster page says that it is 补录, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.cast import TODAY, Cast, make_person
from tests.house.test_permissions import client_of
from zhibu.audit.models import Entry
from zhibu.people import actions
from zhibu.people.enums import StageKind, StageOrigin
from zhibu.people.models import Person, Stage
from zhibu.regulations.refusal import Refusal, Refusals

pytestmark = pytest.mark.django_db
PAPER = {"is_backfill": "on", "reason": "系统启用前已按程序办理", "place": "组织员办公室第 3 柜"}


@pytest.fixture
def candidate(cast: Cast) -> Person:
    return make_person("补象", cast.branch, serial=90, stage=StageKind.CANDIDATE, since=date(2025, 1, 1))


def change(cast: Cast, person: Person, **given: str) -> Any:
    form = {"to": "40", "on": "2026-03-01", "way_out": "", "basis": "党委批复", "reason": "", **given}
    return client_of(cast, "secretary").post(f"/people/{person.pk}/stage/", form)


def origins(person: Person) -> list[tuple[str, str]]:
    return list(Stage.objects.filter(person=person).order_by("started_on", "pk").values_list("kind", "origin"))


def test_without_a_case_a_stage_is_changed_only_as_backfilled(cast: Cast, candidate: Person) -> None:
    answer = change(cast, candidate, reason="书记说可以")

    told = answer.content.decode()
    assert answer.status_code == 422 and "请先立项，按步骤办理" in told and "书记说可以" in told
    assert origins(candidate) == [("30", "")]


@pytest.mark.parametrize(("left_out", "why"), [("reason", "补录的须写明理由"), ("place", "材料存放在哪里")])
def test_backfilling_needs_its_reason_and_the_place_of_the_papers(
    cast: Cast, candidate: Person, left_out: str, why: str
) -> None:
    answer = change(cast, candidate, **{**PAPER, left_out: ""})

    assert answer.status_code == 422 and why in answer.content.decode()
    assert "党委批复" in answer.content.decode() and origins(candidate) == [("30", "")]


def test_a_backfilled_stage_stays_marked_and_can_be_counted(cast: Cast, candidate: Person) -> None:
    answer = change(cast, candidate, **PAPER)

    file = client_of(cast, "secretary").get(f"/people/{candidate.pk}/").content.decode()
    listed = client_of(cast, "secretary").get("/people/?origin=backfilled").context["bound"]
    assert answer.status_code == 302 and origins(candidate) == [("30", ""), ("40", StageOrigin.BACKFILLED)]
    assert ">补录</span>" in file and "系统启用前已按程序办理（材料在组织员办公室第 3 柜）" in file
    assert [row.name for row in listed.page_rows] == ["补象"]
    assert Entry.objects.filter(verb="people.set_stage").latest("pk").changes["origin"] == "补录"


def test_leaving_transfer_and_return_are_no_admission(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)

    actions.set_stage(
        scope, cast.member, "85", on=date(2026, 10, 1), way_out="transferred", reason="平台启用前已经转出"
    )
    actions.set_stage(scope, cast.member, "50", on=TODAY, reason="平台启用前已经转回")

    assert {origin for _kind, origin in origins(cast.member)} == {""}


def test_whoever_is_registered_or_imported_at_a_later_stage_is_marked_as_collected(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    fields = {"name": "采党", "birth_date": date(1990, 1, 1), "joined_on": date(2015, 6, 1)}
    member = actions.register(
        scope, organization=cast.branch, stage="50", on=TODAY, fields={**fields, "confirmed_on": date(2016, 6, 1)}
    )
    applicant = actions.register(scope, organization=cast.branch, stage="10", on=TODAY, fields={"name": "采申"})

    assert origins(member) == [("40", StageOrigin.COLLECTED), ("50", StageOrigin.COLLECTED)]
    assert origins(applicant) == [("10", "")]


def test_a_sequence_of_small_changes_cannot_admit_anybody_unmarked(cast: Cast) -> None:
    """Whatever the roster page is asked to do, an unmarked person stays an applicant."""
    person = make_person("直入", cast.branch, serial=91, stage=StageKind.APPLICANT, since=date(2020, 1, 1))
    scope = cast.scope(cast.organizer)

    for to in ("20", "30", "40", "41", "50"):
        with pytest.raises((Refusal, Refusals)):
            actions.set_stage(scope, person, to, on=TODAY, reason="上级已经同意了")

    assert origins(person) == [("10", "")]
