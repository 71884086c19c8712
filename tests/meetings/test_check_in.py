"""Checking in by the code on the wall, and everything that is tried with such codes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from tests.cast import TODAY, Cast, make_person
from tests.meetings.records import held, whole
from zhibu.audit.models import Entry
from zhibu.meetings import actions, queries
from zhibu.meetings.actions import Arrived
from zhibu.meetings.codes import step_of
from zhibu.meetings.content import AttendanceLine
from zhibu.meetings.enums import MarkState, Part, Presence, State
from zhibu.meetings.models import Attendance, CheckIn, CheckInMark, Meeting, WrongCodes
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal

START = datetime.combine(TODAY, time(14, 0), tzinfo=timezone.get_default_timezone())
IN, LATE = Arrived(Presence.PRESENT, MarkState.COUNTED), Arrived(Presence.LATE, MarkState.COUNTED)


def after(seconds: float) -> datetime:
    """So long after the beginning of the meeting."""
    return START + timedelta(seconds=seconds)


def expected(cast: Cast, **changes: Any) -> Meeting:
    """A meeting of today, 14:00 to 15:30, to which nobody has come yet."""
    lines = tuple(AttendanceLine(line.person_id, line.part) for line in whole(cast, held_on=TODAY).attendance)
    return held(cast, State.DRAFT, **{"held_on": TODAY, "attendance": lines, **changes})


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """Opened ten minutes before it begins."""
    found = expected(cast)
    actions.open_check_in(cast.scope(cast.secretary), found.pk, at=after(-600))
    return found


def shown(meeting: Meeting, at: datetime, *, ticket: bool = False) -> str:
    """What stands on the wall at that moment."""
    key = queries.key_of(CheckIn.objects.get(meeting=meeting))
    return key.ticket(step_of(at)) if ticket else key.digits(step_of(at))


def wrong(meeting: Meeting, at: datetime) -> str:
    """Six digits that are not, and were not lately, the code."""
    key = queries.key_of(CheckIn.objects.get(meeting=meeting))
    known = {key.digits(step_of(at) - back) for back in range(50)}
    return next(digits for digits in (f"{number:06d}" for number in range(100)) if digits not in known)


def sends(cast: Cast, who: Person, meeting: Meeting, code: str, at: datetime, **more: Any) -> Arrived:
    return actions.check_in(cast.scope(who), meeting.pk, **{"code": code, "key": uuid4(), "at": at, **more})


def presence(meeting: Meeting, who: Person) -> str:
    return Attendance.objects.get(meeting=meeting, person=who).presence


@pytest.mark.parametrize("ticket", [True, False])
def test_a_member_checks_in_with_what_is_on_the_wall(cast: Cast, meeting: Meeting, ticket: bool) -> None:
    code = shown(meeting, after(-60), ticket=ticket)

    assert sends(cast, cast.member, meeting, code, after(-60)) == IN

    meeting.refresh_from_db()
    assert presence(meeting, cast.member) == Presence.PRESENT
    assert (meeting.expected, meeting.present, meeting.voters_present) == (2, 1, 1)
    entry = Entry.objects.get(verb="meetings.check_in")
    assert entry.changes == {f"attendance.{cast.member.pk}": ["expected", "present"]}


def test_digits_may_be_typed_with_spaces_and_in_full_width(cast: Cast, meeting: Meeting) -> None:
    code = shown(meeting, after(0))
    typed = f"{code[:3]} {code[3:]}".translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    assert sends(cast, cast.member, meeting, typed, after(0)) == IN


def test_whoever_comes_more_than_five_minutes_late_is_late(cast: Cast, meeting: Meeting) -> None:
    assert sends(cast, cast.member, meeting, shown(meeting, after(300)), after(300)) == IN
    assert sends(cast, cast.secretary, meeting, shown(meeting, after(301)), after(301)) == LATE


@pytest.mark.parametrize("ticket", [True, False])
def test_an_age_that_a_phone_states_makes_nobody_come_in_time(cast: Cast, meeting: Meeting, ticket: bool) -> None:
    """Twenty minutes late with the code of that moment, and told to have been scanned at the beginning."""
    at = after(1200)

    assert sends(cast, cast.member, meeting, shown(meeting, at, ticket=ticket), at, age=timedelta(minutes=20)) == LATE
    assert at - CheckInMark.objects.get().made_at <= timedelta(seconds=30)


def test_whoever_was_taken_off_the_list_and_is_on_it_again_checks_in_again(cast: Cast, meeting: Meeting) -> None:
    assert sends(cast, cast.member, meeting, shown(meeting, after(0)), after(0)) == IN
    row = Meeting.objects.get(pk=meeting.pk)
    content = queries.content_of(row)
    others = tuple(line for line in content.attendance if line.person_id != cast.member.pk)
    actions.update(cast.scope(cast.secretary), row.pk, replace(content, attendance=others), version=row.version)
    actions.open_check_in(cast.scope(cast.secretary), meeting.pk, at=after(10))

    assert sends(cast, cast.member, meeting, shown(meeting, after(20)), after(20)) == IN
    assert presence(meeting, cast.member) == Presence.PRESENT
    assert sorted(CheckInMark.objects.values_list("state", flat=True)) == [MarkState.COUNTED, MarkState.OVERTAKEN]


def test_a_code_lives_for_its_step_and_the_next(cast: Cast, meeting: Meeting) -> None:
    for ticket in (True, False):
        code = shown(meeting, after(0), ticket=ticket)
        with pytest.raises(Refusal, match="过期"):
            sends(cast, cast.member, meeting, code, after(30))
    assert sends(cast, cast.member, meeting, shown(meeting, after(0)), after(29)) == IN


def test_a_screenshot_sent_on_is_refused_once_it_has_expired(cast: Cast, meeting: Meeting) -> None:
    picture = shown(meeting, after(0), ticket=True)
    assert sends(cast, cast.secretary, meeting, picture, after(5)) == IN

    with pytest.raises(Refusal, match="过期"):
        sends(cast, cast.member, meeting, picture, after(60))
    assert presence(meeting, cast.member) == Presence.EXPECTED
    assert not WrongCodes.objects.filter(count__gt=0).exists()  # slow, not guessing


def test_the_same_member_may_send_it_again_and_again(cast: Cast, meeting: Meeting) -> None:
    code, key = shown(meeting, after(0)), uuid4()
    answers = [sends(cast, cast.member, meeting, code, after(second), key=key) for second in (0, 1, 90)]
    again = sends(cast, cast.member, meeting, code, after(95))

    assert [*answers, again] == [IN] * 4
    assert CheckInMark.objects.count() == 1
    assert Entry.objects.filter(verb="meetings.check_in").count() == 1


def test_the_code_of_another_meeting_is_wrong_here(cast: Cast, meeting: Meeting) -> None:
    other = expected(cast)
    actions.open_check_in(cast.scope(cast.secretary), other.pk, at=after(-600))

    with pytest.raises(Refusal, match="签到码不对"):
        sends(cast, cast.member, meeting, shown(other, after(0), ticket=True), after(0))
    # not even with the key of the other one copied: the meeting is part of what is signed
    CheckIn.objects.filter(meeting=other).update(secret=CheckIn.objects.get(meeting=meeting).secret)
    with pytest.raises(Refusal, match="签到码不对"):
        sends(cast, cast.member, meeting, shown(other, after(0), ticket=True), after(0))


def test_codes_from_before_it_was_opened_again_are_void(cast: Cast, meeting: Meeting) -> None:
    code = shown(meeting, after(0), ticket=True)
    actions.open_check_in(cast.scope(cast.secretary), meeting.pk, at=after(0))

    with pytest.raises(Refusal, match="签到码不对"):
        sends(cast, cast.member, meeting, code, after(1))


def test_guessing_ends_after_five_tries_even_with_the_right_code(cast: Cast, meeting: Meeting) -> None:
    for _try in range(5):
        with pytest.raises(Refusal, match="签到码不对"):
            sends(cast, cast.member, meeting, wrong(meeting, after(0)), after(0))

    with pytest.raises(Refusal, match="次数过多"):
        sends(cast, cast.member, meeting, shown(meeting, after(0)), after(0))
    assert sends(cast, cast.secretary, meeting, shown(meeting, after(0)), after(0)) == IN
    marked = actions.mark_presence(
        cast.scope(cast.secretary), meeting.pk, person=cast.member.pk, presence=Presence.PRESENT, key=uuid4(),
        at=after(9),
    )  # fmt: skip
    assert marked == IN


def test_many_guessers_close_the_digits_but_not_the_ticket(cast: Cast, meeting: Meeting) -> None:
    opened = CheckIn.objects.get(meeting=meeting)
    for serial in range(300, 315):
        WrongCodes.objects.create(
            check_in=opened, person=make_person(f"员{serial}", cast.branch, serial=serial), count=4
        )

    with pytest.raises(Refusal, match="数字码已停用"):
        sends(cast, cast.member, meeting, shown(meeting, after(0)), after(0))
    assert sends(cast, cast.member, meeting, shown(meeting, after(0), ticket=True), after(0)) == IN


@pytest.mark.parametrize("code", ["", "12345", "1234567", "一二三四五六", "1-" + "0" * 32, "9" * 300, "<script>"])
def test_what_is_no_code_is_wrong(cast: Cast, meeting: Meeting, code: str) -> None:
    with pytest.raises(Refusal, match="签到码不对"):
        sends(cast, cast.member, meeting, code, after(0))


@pytest.mark.parametrize("skew", [-300, 300])
def test_a_phone_whose_clock_is_five_minutes_off_checks_in_all_the_same(
    cast: Cast, meeting: Meeting, skew: int, monkeypatch: pytest.MonkeyPatch, sign_in: Any
) -> None:
    """All that a phone sends is the code and how long it kept it: the same from whatever time it believes in."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)
    monkeypatch.setattr("zhibu.meetings.pages.checkin.now", lambda: after(20))
    form = {"code": shown(meeting, after(20)), "key": str(uuid4()), "age": "0", "made": after(20 + skew).isoformat()}

    answer = sign_in(cast.member).post(f"/meetings/{meeting.pk}/check-in/", form)

    assert answer.status_code == 302
    assert presence(meeting, cast.member) == Presence.PRESENT


def test_a_scan_without_network_waits_for_the_recorder(cast: Cast, meeting: Meeting) -> None:
    code, key = shown(meeting, after(0), ticket=True), uuid4()
    kept = {"age": timedelta(minutes=6), "key": key}
    first = sends(cast, cast.member, meeting, code, after(362), **kept)
    again = sends(cast, cast.member, meeting, code, after(420), **{**kept, "age": timedelta(minutes=7)})

    assert first == again == Arrived(Presence.PRESENT, MarkState.PENDING)
    assert presence(meeting, cast.member) == Presence.EXPECTED
    mark = CheckInMark.objects.get()
    actions.decide_mark(cast.scope(cast.secretary), meeting.pk, mark.pk, confirmed=True, at=after(500))
    # on time, though the recorder confirmed it late
    assert presence(meeting, cast.member) == Presence.PRESENT
    with pytest.raises(Refusal, match="已经处理过"):
        actions.decide_mark(cast.scope(cast.secretary), meeting.pk, mark.pk, confirmed=False, at=after(501))


def test_a_scan_that_the_recorder_did_not_see_stays_out(cast: Cast, meeting: Meeting) -> None:
    code, key = shown(meeting, after(0), ticket=True), uuid4()
    sends(cast, cast.member, meeting, code, after(362), age=timedelta(minutes=6), key=key)
    actions.decide_mark(
        cast.scope(cast.secretary), meeting.pk, CheckInMark.objects.get().pk, confirmed=False, at=after(500)
    )

    with pytest.raises(Refusal, match="没有得到确认"):
        sends(cast, cast.member, meeting, code, after(510), age=timedelta(seconds=508), key=key)
    assert presence(meeting, cast.member) == Presence.EXPECTED


@pytest.mark.parametrize(
    ("arrives", "age"),
    [(362, 60), (362, 0), (362, -60), (660, 660), (90_000, 90_000)],
    ids=["age does not fit the code", "no age", "from the future", "too late", "next day"],
)
def test_an_age_that_cannot_be_is_not_believed(cast: Cast, meeting: Meeting, arrives: int, age: int) -> None:
    code = shown(meeting, after(0), ticket=True)

    with pytest.raises(Refusal):
        sends(cast, cast.member, meeting, code, after(arrives), age=timedelta(seconds=age))
    assert not CheckInMark.objects.exists()


def test_only_whoever_stands_on_the_list_checks_in(cast: Cast, meeting: Meeting) -> None:
    code = shown(meeting, after(0))
    late_comer = make_person("新员", cast.branch, serial=330, username="newcomer")
    Attendance.objects.filter(meeting=meeting, person=cast.secretary).delete()

    with pytest.raises(PermissionDenied):
        sends(cast, late_comer, meeting, code, after(0))
    with pytest.raises(PermissionDenied, match="名单中没有您"):
        sends(cast, cast.secretary, meeting, code, after(0))
    with pytest.raises(Http404):
        sends(cast, cast.neighbour, meeting, code, after(0))
    with pytest.raises(Http404):
        actions.check_in(cast.scope(cast.administrator), meeting.pk, code=code, key=uuid4(), at=after(0))
    assert meeting.present == 0


def test_it_opens_half_an_hour_before_and_ends_with_the_meeting(cast: Cast) -> None:
    meeting, scope = expected(cast), cast.scope(cast.secretary)

    with pytest.raises(Refusal, match="还早"):
        actions.open_check_in(scope, meeting.pk, at=after(-1801))
    actions.open_check_in(scope, meeting.pk, at=after(-1800))
    assert sends(cast, cast.secretary, meeting, shown(meeting, after(5400)), after(5400)) == LATE
    with pytest.raises(Refusal, match="已经结束"):
        sends(cast, cast.member, meeting, shown(meeting, after(5401)), after(5401))
    with pytest.raises(Refusal, match="已经结束"):
        actions.open_check_in(scope, meeting.pk, at=after(5401))


def test_a_meeting_without_times_cannot_be_opened(cast: Cast) -> None:
    with pytest.raises(Refusal, match="起止时间"):
        actions.open_check_in(cast.scope(cast.secretary), expected(cast, ends_at=None).pk, at=after(0))


def test_closing_ends_it_at_once(cast: Cast, meeting: Meeting) -> None:
    actions.close_check_in(cast.scope(cast.secretary), meeting.pk, at=after(10))

    with pytest.raises(Refusal, match="没有开放"):
        sends(cast, cast.member, meeting, shown(meeting, after(11)), after(11))
    with pytest.raises(Refusal, match="没有开放"):
        actions.close_check_in(cast.scope(cast.secretary), meeting.pk, at=after(12))


def test_only_those_who_run_the_meeting_open_it_and_mark_others(cast: Cast) -> None:
    meeting = expected(cast, host_id=cast.member.pk)
    other = make_person("旁员", cast.branch, serial=331, username="other")
    mark = {"person": other.pk, "presence": Presence.PRESENT, "at": after(0)}

    for who, error in ((other, PermissionDenied), (cast.neighbour, Http404)):
        with pytest.raises(error):
            actions.open_check_in(cast.scope(who), meeting.pk, at=after(0))
        with pytest.raises(error):
            actions.mark_presence(cast.scope(who), meeting.pk, key=uuid4(), **mark)
    # the host, though a plain member
    actions.open_check_in(cast.scope(cast.member), meeting.pk, at=after(0))
    assert actions.mark_presence(cast.scope(cast.member), meeting.pk, key=uuid4(), **mark) == IN


def test_what_the_recorder_said_stands_against_a_code(cast: Cast, meeting: Meeting) -> None:
    actions.mark_presence(
        cast.scope(cast.secretary), meeting.pk, person=cast.member.pk, presence=Presence.ABSENT, key=uuid4(),
        at=after(0),
    )  # fmt: skip

    with pytest.raises(Refusal, match="登记为缺席"):
        sends(cast, cast.member, meeting, shown(meeting, after(5)), after(5))


def test_the_recorders_marks_arrive_once_and_not_over_newer_ones(cast: Cast, meeting: Meeting) -> None:
    scope, key = cast.scope(cast.secretary), uuid4()

    def mark(presence: Presence, key: Any, second: int, age: int = 0) -> Arrived:
        return actions.mark_presence(
            scope, meeting.pk, person=cast.member.pk, presence=presence, key=key, at=after(second),
            age=timedelta(seconds=age),
        )  # fmt: skip

    assert mark(Presence.EARLY, key, 3000) == Arrived(Presence.EARLY, MarkState.COUNTED)
    assert mark(Presence.EARLY, key, 3100, age=100) == Arrived(Presence.EARLY, MarkState.COUNTED)
    # made before that, on another phone without network
    assert mark(Presence.ABSENT, uuid4(), 3200, age=2000).state is MarkState.OVERTAKEN
    assert presence(meeting, cast.member) == Presence.EARLY
    assert CheckInMark.objects.count() == 2
    # a key is good for the person it was made for
    with pytest.raises(Refusal, match="已经用过"):
        actions.mark_presence(
            scope, meeting.pk, person=cast.secretary.pk, presence=Presence.LATE, key=key, at=after(3300)
        )


def test_whoever_left_early_came_but_no_longer_makes_the_quorum(cast: Cast, meeting: Meeting) -> None:
    scope = cast.scope(cast.secretary)
    for person, how in ((cast.member, Presence.EARLY), (cast.secretary, Presence.LEAVE)):
        actions.mark_presence(scope, meeting.pk, person=person.pk, presence=how, key=uuid4(), at=after(60))

    found = queries.live(scope, queries.led_meeting(scope, meeting.pk))

    assert (found.count.present, found.here.voters_present, found.here.voters_expected) == (1, 0, 2)
    assert found.quorum and not found.quorum.met


def test_minutes_written_meanwhile_do_not_undo_a_check_in(cast: Cast, meeting: Meeting) -> None:
    meeting.refresh_from_db()
    typed = queries.content_of(meeting)  # what the recorder's page was made from
    sends(cast, cast.member, meeting, shown(meeting, after(0)), after(0))

    actions.update(cast.scope(cast.secretary), meeting.pk, typed, version=meeting.version)

    assert presence(meeting, cast.member) == Presence.PRESENT


def test_nothing_is_checked_in_to_a_record(cast: Cast, meeting: Meeting) -> None:
    code = shown(meeting, after(0))
    Meeting.objects.filter(pk=meeting.pk).update(state=State.RECORDED)

    with pytest.raises(Refusal, match="已经登记"):
        sends(cast, cast.member, meeting, code, after(0))
    with pytest.raises(Refusal, match="已经登记"):
        actions.open_check_in(cast.scope(cast.secretary), meeting.pk, at=after(0))


def test_observers_check_in_without_counting(cast: Cast, meeting: Meeting) -> None:
    Attendance.objects.filter(meeting=meeting, person=cast.member).update(part=Part.OBSERVER)

    assert sends(cast, cast.member, meeting, shown(meeting, after(0)), after(0), is_online=True) == IN
    meeting.refresh_from_db()
    assert (meeting.expected, meeting.present) == (1, 0)
    assert Attendance.objects.get(meeting=meeting, person=cast.member).is_online


def test_the_key_is_stored_encrypted(cast: Cast, meeting: Meeting) -> None:
    from django.db import connection

    secret = CheckIn.objects.get(meeting=meeting).secret
    with connection.cursor() as cursor:
        cursor.execute("select secret from meetings_checkin")
        stored = bytes(cursor.fetchone()[0])

    assert len(secret) == 64
    assert str(secret).encode() not in stored
