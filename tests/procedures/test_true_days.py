"""What is true is entered on its own day: unknown days bind nobody, the voters are those of the day, figures are
counted as of it; and what would be lost is said before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.cast import TODAY, Cast, appoint, make_person
from tests.procedures.electing import members, poll, session, take, term, with_candidates
from tests.procedures.moving import FARAWAY, office, second_branch, traveller
from tests.procedures.road import take as take_step
from zhibu.organizations.enums import PostKind
from zhibu.organizations.models import Tenure
from zhibu.people import actions as people
from zhibu.people.enums import StageKind, StageOrigin
from zhibu.people.models import Stage
from zhibu.procedures import actions, queries
from zhibu.procedures.analysis import queries as analysis
from zhibu.procedures.models import Entry
from zhibu.procedures.queries.facts import full_members
from zhibu.procedures.transfers import actions as transfers
from zhibu.regulations.refusal import Refusal, Refusals

pytestmark = pytest.mark.django_db


def said(call: Callable[[], Any]) -> str:
    with pytest.raises((Refusal, Refusals)) as refusal:
        call()
    return str(refusal.value)


def test_an_unknown_day_does_not_hinder_the_true_one_of_the_next_step(cast: Cast) -> None:
    """The case of a probationary member is opened late: approval and oath are known to lie behind, not when."""
    person = make_person("预员", cast.branch, serial=710, stage=StageKind.PROBATIONARY, since=date(2025, 9, 1))
    case = actions.open_case(cast.scope(cast.secretary), "admission", person)

    early = said(lambda: take_step(cast, case, "confirm_application", date(2025, 8, 31), reason="当时已提出"))
    take_step(cast, case, "confirm_application", date(2026, 9, 1))

    assert "早于“支部党员大会讨论表决”的日期 2025-09-01" in early
    assert queries.state_of(case).on("confirm_application") == date(2026, 9, 1)
    assert queries.state_of(case).on("oath") == TODAY  # the last possible day, marked unknown


def test_a_committee_that_gives_up_a_seat_says_why_it_is_near_enough(cast: Cast) -> None:
    chosen = members(cast)
    term(cast)
    case = actions.open_election(cast.scope(cast.organizer), cast.branch)
    with_candidates(cast, case, chosen[:4])
    content = {**poll(chosen[:4], [9, 8, 5, 5]), "reduced_by": 5}
    two = {"people_named": [one.pk for one in chosen[:2]], "outcome": "reduced", "data": content}

    assert "应选 3 人，当选 2 人；接近应选名额的才可以减少" in said(lambda: take(cast, case, "meeting", **two))
    assert take(cast, case, "meeting", **two, reason="应选三名，已选出两名").outcome == "reduced"


def test_a_member_of_the_committee_in_office_becomes_secretary_in_a_by_election(cast: Cast) -> None:
    chosen = members(cast)
    term(cast, seats=3)
    old = cast.secretary.tenures.get()
    for person, post in ((chosen[2], PostKind.ORGANIZATION_MEMBER), (chosen[3], PostKind.PUBLICITY_MEMBER)):
        appoint(person, cast.branch, post)
    Tenure.objects.filter(pk=old.pk).update(ended_on=date(2026, 11, 1))
    case = actions.open_by_election(cast.scope(cast.organizer), cast.branch)
    more = {"who": cast.organizer}
    take(cast, case, "request", data={"seats": 1}, **more)
    take(cast, case, "reply")
    named = [chosen[4].pk, chosen[5].pk]
    take(cast, case, "candidates", people_named=named, data={"candidates_cleared": True}, **more)
    take(cast, case, "candidates_reply")
    take(cast, case, "meeting", people_named=named[:1], data=poll(chosen[4:6], [9, 1]), **more)
    posts = {chosen[2].pk: "secretary", chosen[4].pk: "organization_member"}
    stranger = said(
        lambda: take(cast, case, "first_meeting", data=session({**posts, chosen[6].pk: "member"}, entitled=3), **more)
    )
    take(cast, case, "first_meeting", data=session(posts, entitled=3, present=3), **more)
    take(cast, case, "report", **more)
    take(cast, case, "approval")

    held = Tenure.objects.filter(organization=cast.branch, ended_on__isnull=True).order_by("pk")
    assert "没有当选的人不能分工" in stranger
    assert {one.person.name: one.post for one in held} == {
        chosen[2].name: "secretary", chosen[3].name: "publicity_member", chosen[4].name: "organization_member",
    }  # fmt: skip


def test_the_form_of_a_by_election_offers_those_in_office(cast: Cast, sign_in: Any) -> None:
    chosen = members(cast)
    term(cast, seats=2)
    case = actions.open_by_election(cast.scope(cast.secretary), cast.branch)
    with_candidates(cast, case, chosen[2:4], seats=1)
    take(cast, case, "meeting", people_named=[chosen[2].pk], data=poll(chosen[2:4], [9, 1]))

    page = sign_in(cast.secretary).get(f"/procedures/{case.pk}/first_meeting/").content.decode()

    assert f"post_{cast.secretary.pk}" in page and "在任，职务不变的不选" in page


def test_who_had_a_vote_is_read_from_the_roster_of_that_day(cast: Cast, sign_in: Any) -> None:
    """Who has left since had one; who came since had none; 留党察看 counts from its own day."""
    gone = traveller(cast)
    make_person("后来", cast.branch, serial=711, since=date(2026, 10, 1))
    people.move(office(cast, date(2026, 10, 8)), gone, second_branch(cast), on=date(2026, 10, 8))
    people.record_sanction(
        office(cast), cast.member, kind="4", since=date(2026, 9, 1), until=date(2027, 9, 1), document="纪 1 号"
    )
    days = (date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 8))

    assert [full_members(cast.branch, day) for day in days] == [3, 2, 2, 3, 2]
    assert full_members(cast.branch) == 2


def test_the_form_of_a_past_day_offers_who_belonged_here_then(cast: Cast, sign_in: Any) -> None:
    gone = traveller(cast)
    person = make_person("积极", cast.branch, serial=712, stage=StageKind.ACTIVIST, since=date(2026, 3, 1))
    case = actions.open_case(cast.scope(cast.secretary), "admission", person)
    Entry.objects.filter(case=case, step="contacts").delete()
    people.move(office(cast, date(2026, 10, 8)), gone, second_branch(cast), on=date(2026, 10, 8))
    address = f"/procedures/{case.pk}/contacts/"

    assert gone.name not in sign_in(cast.secretary).get(address).content.decode()
    assert gone.name in sign_in(cast.secretary).get(f"{address}?on=2026-10-07").content.decode()


def test_whoever_holds_a_post_does_not_lose_it_by_a_letter_unawares(cast: Cast) -> None:
    """As inside the university: the post is ended first, by those who appoint."""
    wish = {"outside": FARAWAY}

    assert "不能带着职务调出" in said(lambda: transfers.request(office(cast), cast.secretary, **wish))
    Tenure.objects.filter(person=cast.secretary).update(ended_on=TODAY)
    assert transfers.request(office(cast), cast.secretary, **wish).procedure == "transfer_out"


def test_figures_are_those_of_the_day_of_the_analysis(cast: Cast) -> None:
    """An activist of last year who is a candidate today, and one who came this year."""
    older = make_person("旧积", cast.branch, serial=713, stage=StageKind.ACTIVIST, since=date(2024, 11, 30))
    Stage.objects.filter(person=older).update(ended_on=date(2026, 3, 1))
    Stage.objects.create(person=older, organization=cast.branch, kind=StageKind.CANDIDATE, started_on=date(2026, 3, 1))
    type(older).objects.filter(pk=older.pk).update(stage=StageKind.CANDIDATE)
    make_person("新积", cast.branch, serial=714, stage=StageKind.ACTIVIST, since=date(2026, 1, 10))

    def counted(year: int, on: date | None) -> dict[str, int]:
        found = analysis.figures(cast.scope(cast.organizer), cast.faculty, year, on)
        return {one.key: one.number for one in found if one.number}

    assert counted(2025, date(2025, 12, 10)) == {"activists": 1, "under_two": 1, "without_case": 1}
    assert counted(2025, date(2025, 11, 29))["under_one"] == 1
    assert counted(2026, None) == {
        "activists": 1, "candidates": 1, "under_one": 1, "without_case": 2, "new_activists": 1, "new_candidates": 1
    }  # fmt: skip


def test_reviews_are_late_as_of_the_day_of_the_analysis(cast: Cast) -> None:
    person = make_person("积极", cast.branch, serial=715, stage=StageKind.ACTIVIST, since=date(2025, 8, 31))
    case = actions.open_case(cast.scope(cast.secretary), "admission", person)
    type(case).objects.filter(pk=case.pk).update(opened_on=date(2025, 9, 1))

    def late(on: date) -> int:
        found = analysis.figures(cast.scope(cast.organizer), cast.faculty, 2026, on)
        return next(one.number for one in found if one.key == "late_reviews")

    assert [late(day) for day in (date(2026, 2, 28), date(2026, 3, 1))] == [0, 1]


def test_whoever_comes_back_stands_there_by_procedure(cast: Cast) -> None:
    from tests.cast import id_number
    from tests.procedures.test_letters import THEIRS

    person = traveller(cast)
    people.set_stage(
        office(cast),
        person,
        StageKind.TRANSFERRED,
        on=date(2026, 11, 1),
        way_out="transferred",
        reason="平台之外已办结",
    )
    fields = {
        "name": person.name, "id_number": id_number(600), "gender": person.gender, "ethnicity": "01",
        "birth_date": date(2000, 1, 1), "joined_on": date(2021, 6, 1), "confirmed_on": date(2022, 6, 1),
    }  # fmt: skip
    transfers.receive(
        office(cast), cast.branch, THEIRS, on=date(2026, 11, 20), stage=StageKind.FULL, fields=fields, returning=True
    )

    assert Stage.objects.get(person=person, ended_on__isnull=True).origin == StageOrigin.PROCEDURE
