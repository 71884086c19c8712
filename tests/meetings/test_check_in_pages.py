"""Check-in as its users see it: the wall, the member's phone, the recorder's desk, and what a script sends for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.cast import TODAY, Cast, make_person
from tests.meetings.test_check_in import after, expected, presence, shown
from zhibu.meetings import actions, queries
from zhibu.meetings.enums import MarkState, Presence
from zhibu.meetings.models import CheckIn, CheckInMark, Meeting
from zhibu.ui.waiting import answered

SignIn = Callable[..., Client]
JSON = {"Accept": "application/json"}


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """``at(60)``: the server's clock stands a minute after the beginning."""
    moment: list[datetime] = [after(0)]
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)
    monkeypatch.setattr("zhibu.meetings.pages.checkin.now", lambda: moment[0])

    def stand(seconds: float) -> None:
        moment[0] = after(seconds)

    return stand


@pytest.fixture
def meeting(cast: Cast, at: Any) -> Meeting:
    found = expected(cast)
    actions.open_check_in(cast.scope(cast.secretary), found.pk, at=after(-600))
    return found


def text(answer: Any) -> str:
    return answer.content.decode()


def test_the_chair_opens_shows_and_ends_it(cast: Cast, sign_in: SignIn, at: Any) -> None:
    found, client = expected(cast), sign_in(cast.secretary)
    base = f"/meetings/{found.pk}/check-in"

    at(-3600)
    assert "现在还早" in text(client.get(f"{base}/desk/"))
    assert client.post(f"{base}/open/").status_code == 422
    at(-600)
    assert client.post(f"{base}/open/").status_code == 302
    wall = text(client.get(f"{base}/code/"))
    digits = shown(found, after(-600))
    assert f"{digits[:3]} {digits[3:]}" in wall and "<svg" in wall
    # asks for the next code when this one ends
    assert f'hx-trigger="load delay:{15 - int(after(-600).timestamp()) % 15}s' in wall
    at(-585)
    part = text(client.get(f"{base}/code/", headers={"HX-Request": "true"}))
    assert part.lstrip().startswith("<div") and f"{digits[:3]} {digits[3:]}" not in part
    assert client.post(f"{base}/close/").status_code == 302
    assert "已经结束" in text(client.get(f"{base}/code/"))


def test_a_scanned_address_signs_the_reader_in_and_nobody_else(
    cast: Cast, meeting: Meeting, sign_in: SignIn, at: Any
) -> None:
    at(20)
    address = f"/meetings/{meeting.pk}/check-in/?code={shown(meeting, after(20), ticket=True)}"
    client = sign_in(cast.member)
    page = text(client.get(address))
    code, key = (re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("code", "key"))
    assert presence(meeting, cast.member) == Presence.EXPECTED  # opening a link changes nothing
    assert "data-outbox-now" in page and code and key

    answer = client.post(address, {"code": code[1], "key": key[1]}, follow=True)

    assert "您已签到：出席" in text(answer)
    assert presence(meeting, cast.secretary) == Presence.EXPECTED
    assert sign_in(cast.neighbour).get(address).status_code == 404
    assert sign_in(cast.organizer).get(address).status_code == 403


def test_a_wrong_code_is_said_beside_what_was_typed(cast: Cast, meeting: Meeting, sign_in: SignIn, at: Any) -> None:
    answer = sign_in(cast.member).post(f"/meetings/{meeting.pk}/check-in/", {"code": "000 00"})

    assert answer.status_code == 422
    assert "签到码不对" in text(answer) and "还可以再试 4 次" in text(answer) and 'value="000 00"' in text(answer)


def test_the_offline_queue_sent_twice_arrives_once(cast: Cast, meeting: Meeting, sign_in: SignIn, at: Any) -> None:
    """The answer to the first sending was lost with the network; the browser sends all of it again."""
    client = sign_in(cast.secretary)
    marks = [
        {"mark": f"{cast.member.pk}:late", "key": str(uuid4()), "age": "200"},
        {"mark": f"{cast.secretary.pk}:online", "key": str(uuid4()), "age": "190"},
    ]
    at(900)
    answers = [client.post(f"/meetings/{meeting.pk}/check-in/mark/", one, headers=JSON) for one in marks * 2]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert [answer.json()["state"] for answer in answers] == ["counted"] * 4
    assert CheckInMark.objects.count() == 2
    assert (presence(meeting, cast.member), presence(meeting, cast.secretary)) == ("late", "present")
    meeting.refresh_from_db()
    assert (meeting.present, meeting.attendances.get(person=cast.secretary).is_online) == (2, True)


def test_a_refusal_of_a_queued_mark_is_final_and_says_why(
    cast: Cast, meeting: Meeting, sign_in: SignIn, at: Any
) -> None:
    address = f"/meetings/{meeting.pk}/check-in/mark/"
    mark = {"mark": f"{cast.member.pk}:late", "key": str(uuid4())}
    for who, status in ((cast.member, 403), (cast.neighbour, 404)):
        answer = sign_in(who).post(address, mark, headers=JSON)
        assert (answer.status_code, bool(answer.json()["said"])) == (status, True)
    client = sign_in(cast.secretary)
    for wrong in ({}, {**mark, "mark": "1:?"}, {**mark, "mark": f"{cast.neighbour.pk}:late"}, {**mark, "key": "x"}):
        answer = client.post(address, wrong, headers=JSON)
        assert (answer.status_code, "said" in answer.json()) == (422, True)
    assert not CheckInMark.objects.exists()


def test_a_late_scan_is_confirmed_at_the_desk(cast: Cast, meeting: Meeting, sign_in: SignIn, at: Any) -> None:
    code = shown(meeting, after(0), ticket=True)
    at(360)
    client = sign_in(cast.member)
    sent = client.post(
        f"/meetings/{meeting.pk}/check-in/", {"code": code, "key": str(uuid4()), "age": "355"}, headers=JSON
    )
    assert sent.json()["state"] == MarkState.PENDING
    assert "待记录人确认" in text(client.get(f"/meetings/{meeting.pk}/check-in/"))
    waits = {item.title: item.url for item in answered(queries.waiting(cast.scope(cast.secretary)))}
    client = sign_in(cast.secretary)
    page = text(client.get(waits["断网签到待确认"]))
    address = re.search(r'action="(/meetings/\d+/check-in/marks/\d+/)"', page)
    assert address and "孟员" in page

    client.post(address[1], {"decision": "confirm"})

    assert presence(meeting, cast.member) == Presence.PRESENT
    assert "断网签到待确认" not in text(client.get(f"/meetings/{meeting.pk}/check-in/desk/"))


def test_the_desk_answers_anew_only_when_something_changed(
    cast: Cast, meeting: Meeting, sign_in: SignIn, at: Any
) -> None:
    client = sign_in(cast.secretary)
    base = f"/meetings/{meeting.pk}/check-in"
    seen = re.search(r'"seen": "([^"]+)"', text(client.get(f"{base}/desk/")).replace("&quot;", '"'))
    assert seen
    poll = {"seen": seen[1]}

    assert client.get(f"{base}/desk/", poll, headers={"HX-Request": "true"}).status_code == 204
    client.post(f"{base}/mark/", {"mark": f"{cast.member.pk}:present", "key": str(uuid4())})
    fresh = client.get(f"{base}/desk/", poll, headers={"HX-Request": "true"})
    assert fresh.status_code == 200 and "实到 <strong>1</strong> 人" in text(fresh)


def test_an_open_check_in_waits_for_those_who_have_not_come(cast: Cast, meeting: Meeting, at: Any) -> None:
    def waits(who: Any) -> list[str]:
        return [item.url for item in answered(queries.waiting(cast.scope(who))) if item.title == "正在签到的会议"]

    assert waits(cast.member) == [f"/meetings/{meeting.pk}/check-in/"]
    assert waits(cast.neighbour) == []
    actions.check_in(cast.scope(cast.member), meeting.pk, code=shown(meeting, after(0)), key=uuid4(), at=after(0))
    assert waits(cast.member) == []


def test_the_desk_costs_the_same_for_two_and_for_ten(
    cast: Cast, meeting: Meeting, sign_in: SignIn, at: Any, django_assert_num_queries: Any
) -> None:
    client, address = sign_in(cast.secretary), f"/meetings/{meeting.pk}/check-in/desk/"
    client.get(address)
    with django_assert_num_queries(8) as few:
        client.get(address)
    for serial in range(340, 348):
        meeting.attendances.create(person=make_person(f"员{serial}", cast.branch, serial=serial))
    CheckIn.objects.filter(meeting=meeting).update(opened_at=after(-500))
    with django_assert_num_queries(len(few.captured_queries)):
        assert "员347" in text(client.get(address))
