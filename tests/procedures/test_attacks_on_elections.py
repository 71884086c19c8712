"""What a tired or a careless hand sends through the forms of elections: refused with the reason, what was typed is
kept, nothing is written twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from tests.cast import TODAY, Cast, make_person
from tests.procedures.electing import members, poll, take, term, with_candidates
from zhibu.organizations.models import Term
from zhibu.people.models import Person
from zhibu.procedures import actions
from zhibu.procedures.models import Case, Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(cast: Cast) -> list[Person]:
    return members(cast)


@pytest.fixture
def case(cast: Cast, people: list[Person]) -> Case:
    """Four stand for three seats; the candidates were approved on 1 November."""
    term(cast)
    case = actions.open_election(cast.scope(cast.organizer), cast.branch)
    with_candidates(cast, case, people[:4])
    case.entries.update(on=date(2026, 11, 1))
    case.refresh_from_db()
    return case


def form(case: Case, members: list[Person], **changed: Any) -> dict[str, Any]:
    """The vote as the secretary fills it in: three of four elected by ten ballots."""
    votes = dict(zip((f"votes_{one.pk}" for one in members[:4]), (10, 9, 8, 3), strict=True))
    return {
        "version": case.version, "on": "2026-11-21", "outcome": "complete", "entitled": 10, "present": 10,
        "handed_out": 10, "returned": 10, "invalid": 0, "place_election_minutes": "档案柜第三层",
        "place_ballot_result": "档案柜第三层", "people": [one.pk for one in members[:3]], **votes, **changed,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"returned": 11}, "多于发出的 10 张，选举无效"),
        ({"handed_out": 9, "returned": 10}, "选举无效"),
        ({"handed_out": 11, "returned": 11}, "多于实到"),
        ({"invalid": 1}, "多于有效票 9 张"),
        ({"on": "2026-10-31"}, "日期早于"),
        ({"on": "2026-11-22"}, "不能晚于今天"),
        ({"on": "2026-02-30"}, "有效的日期"),
        ({"entitled": -1}, "不能小于 0"),
        ({"present": "9999999999999999999999"}, "不能大于"),
        ({"outcome": "reduced"}, "已经选足"),
        ({"outcome": "by_acclamation"}, "选择"),
        ({"version": 1}, "刚才已由别人办理"),
        ({"version": "x"}, "整数"),
    ],
)
def test_the_form_of_the_vote_refuses_and_keeps_what_was_typed(
    case: Case, cast: Cast, people: list[Person], sign_in: Callable[[Any], Any], changed: dict[str, Any], why: str
) -> None:
    url = reverse("procedures:step", args=[case.pk, "meeting"])

    answer = sign_in(cast.secretary).post(url, form(case, people, **changed))
    shown = answer.content.decode()

    assert answer.status_code == 422 and why in shown
    assert "档案柜第三层" in shown
    assert not case.entries.filter(step="meeting").exists()


def test_whom_the_form_does_not_offer_is_not_elected(
    case: Case, cast: Cast, people: list[Person], sign_in: Callable[[Any], Any]
) -> None:
    """More elected than seats; somebody who does not stand, ticked or with votes of a field that was made up."""
    client, url = sign_in(cast.secretary), reverse("procedures:step", args=[case.pk, "meeting"])
    stranger = make_person("外人", cast.sibling, serial=970)

    many = client.post(url, form(case, people, people=[one.pk for one in people[:4]]))
    outside = client.post(url, form(case, people, people=[people[0].pk, people[1].pk, stranger.pk]))
    made_up = client.post(url, form(case, people, **{f"votes_{stranger.pk}": 10}))

    assert many.status_code == 422 and "赞成 3 票" in many.content.decode()
    assert outside.status_code == 422
    assert made_up.status_code == 302
    assert str(stranger.pk) not in case.entries.get(step="meeting").data["votes"]


def test_the_same_form_sent_twice_is_one_entry(
    case: Case, cast: Cast, people: list[Person], sign_in: Callable[[Any], Any]
) -> None:
    client, url = sign_in(cast.secretary), reverse("procedures:step", args=[case.pk, "meeting"])
    posted = form(case, people)

    first, second = client.post(url, posted), client.post(url, posted)

    assert (first.status_code, second.status_code) == (302, 422)
    assert "刚才已由别人办理" in second.content.decode()
    assert Entry.objects.filter(case=case, step="meeting").count() == 1


def test_a_tie_sent_as_complete_is_told_to_vote_again(
    case: Case, cast: Cast, people: list[Person], sign_in: Callable[[Any], Any]
) -> None:
    client, url = sign_in(cast.secretary), reverse("procedures:step", args=[case.pk, "meeting"])
    tie = {f"votes_{people[0].pk}": 9, f"votes_{people[2].pk}": 6, f"votes_{people[3].pk}": 6}

    answer = client.post(url, form(case, people, **tie))
    case.refresh_from_db()
    again = {**tie, "outcome": "again", "people": [one.pk for one in people[:2]]}
    taken = client.post(url, form(case, people, **again))
    further = client.get(url).content.decode()

    assert answer.status_code == 422 and "请就票数相等的候选人再次投票" in answer.content.decode()
    assert taken.status_code == 302
    assert f"votes_{people[2].pk}" in further and f"votes_{people[0].pk}" not in further


@pytest.mark.parametrize(
    ("posted", "why"),
    [
        ({"extend_to": "2026-12-31"}, "应晚于 2026-12-31"),
        ({"extend_to": "2028-01-01"}, "一般不超过 1 年"),
        ({"extend_to": ""}, "必填"),
        ({"extend_to": "2027-13-01"}, "有效的日期"),
        ({"extend_to": "2027-06-30", "on": "2026-11-22"}, "不能晚于今天"),
    ],
)
def test_the_form_of_an_extension(cast: Cast, sign_in: Callable[[Any], Any], posted: dict[str, str], why: str) -> None:
    running = term(cast)
    case = actions.open_extension(cast.scope(cast.secretary), cast.branch)
    papers = {f"place_{kind}": "档案柜" for kind in ("committee_minutes", "election_request")}

    answer = sign_in(cast.secretary).post(
        reverse("procedures:step", args=[case.pk, "request"]),
        {"version": case.version, "on": "2026-11-21", **papers, **posted},
    )

    running.refresh_from_db()
    assert answer.status_code == 422 and why in answer.content.decode()
    assert running.due_on == date(2026, 12, 31)


def test_an_extension_that_was_approved_once_is_not_approved_again(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    running = term(cast)
    case = actions.open_extension(cast.scope(cast.secretary), cast.branch)
    take(cast, case, "request", data={"extend_to": "2027-06-30"}, reason="学院调整，拟合并后换届")
    case.refresh_from_db()
    client, url = sign_in(cast.organizer), reverse("procedures:step", args=[case.pk, "decision"])
    posted = {
        "version": case.version, "on": "2026-11-21", "outcome": "approved", "place_election_reply": "档案柜",
        "number_election_reply": "虚院党〔2026〕9 号",
    }  # fmt: skip

    answers = [client.post(url, posted).status_code for _ in range(2)]

    running.refresh_from_db()
    assert answers == [302, 422]
    assert (running.due_on, Term.objects.count()) == (date(2027, 6, 30), 1)


@pytest.mark.parametrize(
    ("seats", "why"), [("0", "请填写补选的名额"), ("-1", "不能小于"), ("7", "一般不超过 7 人"), ("一", "整数")]
)
def test_the_form_of_a_by_election(
    cast: Cast, people: list[Person], sign_in: Callable[[Any], Any], seats: str, why: str
) -> None:
    term(cast)
    case = actions.open_by_election(cast.scope(cast.secretary), cast.branch)
    papers = {f"place_{kind}": "档案柜" for kind in ("committee_minutes", "election_request")}

    answer = sign_in(cast.secretary).post(
        reverse("procedures:step", args=[case.pk, "request"]),
        {"version": case.version, "on": "2026-11-21", "seats": seats, **papers},
    )

    assert answer.status_code == 422 and why in answer.content.decode()
    assert f'value="{seats}"' in answer.content.decode()


def test_who_is_not_elected_gets_no_post_and_nobody_is_secretary_twice(
    case: Case, cast: Cast, people: list[Person], sign_in: Callable[[Any], Any]
) -> None:
    take(cast, case, "meeting", people_named=[one.pk for one in people[:3]], data=poll(people[:4], [10, 9, 8, 3]))
    case.refresh_from_db()
    client, url = sign_in(cast.secretary), reverse("procedures:step", args=[case.pk, "first_meeting"])
    posts = {f"post_{one.pk}": "member" for one in people[1:3]} | {f"post_{people[0].pk}": "secretary"}
    posted = {
        "version": case.version, "on": "2026-11-21", "committee_entitled": 3, "committee_present": 3,
        f"ayes_{people[0].pk}": 3, f"ayes_{people[1].pk}": 3, "place_committee_minutes": "档案柜", **posts,
    }  # fmt: skip

    twice = client.post(url, {**posted, f"post_{people[1].pk}": "secretary"})
    nobody = client.post(url, {**posted, f"post_{people[0].pk}": "member"})
    outsider = client.post(url, {**posted, f"post_{people[5].pk}": "secretary"})

    assert twice.status_code == 422 and "应有一名书记" in twice.content.decode()
    assert nobody.status_code == 422 and "应有一名书记" in nobody.content.decode()
    assert outsider.status_code == 302
    assert str(people[5].pk) not in case.entries.get(step="first_meeting").data["posts"]
    assert case.entries.get(step="first_meeting").on == TODAY
