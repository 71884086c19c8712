"""Two people act on one case: one wins, the other is told, nothing is entered twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.cast import Cast, make_cast
from tests.house.test_two_at_once import signed_in, together
from tests.procedures.road import applicant, take, voters
from tests.procedures.test_numbered_forms import candidate, examine, kept
from zhibu.procedures import actions
from zhibu.procedures.models import Case
from zhibu.regulations.refusal import Refusal

pytestmark = pytest.mark.django_db(transaction=True)
TALK = {"on": "2026-06-10", "place_talk_record": "党支部档案柜", "reason": "", "number_talk_record": ""}


@pytest.fixture
def people() -> Cast:
    return make_cast()


@pytest.fixture
def case(people: Cast) -> Case:
    voters(people)
    return actions.open_case(people.scope(people.secretary), "admission", applicant(people))


def posts(who: Any, address: str, given: dict[str, Any]) -> Callable[[], Any]:
    client = signed_in(who.user)
    return lambda: client.post(address, given)


def test_a_step_taken_by_two_is_entered_once_and_the_other_keeps_what_was_typed(people: Cast, case: Case) -> None:
    address, given = f"/procedures/{case.pk}/talk/", {**TALK, "version": case.version}

    answers = together(posts(people.secretary, address, given), posts(people.organizer, address, given))

    assert sorted(answer.status_code for answer in answers) == [302, 422]
    lost = next(answer for answer in answers if answer.status_code == 422).content.decode()
    assert "刚才已由别人办理" in lost and "党支部档案柜" in lost
    assert case.entries.filter(step="talk").count() == 1


def test_a_double_click_enters_once(people: Cast, case: Case) -> None:
    address, given = f"/procedures/{case.pk}/talk/", {**TALK, "version": case.version}
    client = signed_in(people.secretary.user)

    first, second = client.post(address, given), client.post(address, given)

    assert (first.status_code, second.status_code) == (302, 422)
    assert case.entries.filter(step="talk").count() == 1


def test_one_person_has_one_living_case_however_often_it_is_opened(people: Cast) -> None:
    person = applicant(people, "双申", serial=710)
    address, given = "/procedures/new/one/", {"person": person.number}

    answers = together(posts(people.secretary, address, given), posts(people.organizer, address, given))

    assert sorted(answer.status_code for answer in answers) == [302, 422]
    assert Case.objects.filter(person=person).count() == 1


def test_what_was_decided_meanwhile_is_told_to_whoever_acts_on_an_old_page(people: Cast, case: Case) -> None:
    before = case.version
    take(people, case, "talk", date(2026, 6, 10))

    with pytest.raises(Refusal, match="刚才已由别人办理"):
        actions.suspend(people.scope(people.secretary), case.pk, version=before, reason="本人出国交流")


@pytest.mark.parametrize("is_kept", [True, False])
def test_one_numbered_form_goes_to_one_of_two_candidates(people: Cast, is_kept: bool) -> None:
    """With a register the pre-examination hands it out, without one both write the same free number."""
    voters(people)
    first, second = candidate(people), candidate(people, "次象", 721)
    step, paper = ("pre_examination", "preexam_reply") if is_kept else ("application_form", "application_form")
    given = {"on": "2026-10-20", "outcome": "qualified", "reason": "", f"place_{paper}": "党委档案柜"}
    if is_kept:
        kept(people, "A1", "A2")
        given |= {"form_issued": "A1", "form_received_by": "舒记"}
    else:
        examine(people, first)
        examine(people, second)
        given |= {"form_number": "A1"}
    for case in (first, second):
        case.refresh_from_db()

    answers = together(
        *(
            posts(who, f"/procedures/{case.pk}/{step}/", {**given, "version": case.version})
            for who, case in ((people.organizer, first), (people.office, second))
        )
    )

    assert sorted(answer.status_code for answer in answers) == [302, 422]
    lost = next(answer for answer in answers if answer.status_code == 422).content.decode()
    assert "A1 的入党志愿书已" in lost and "党委档案柜" in lost
