"""Two hundred people at the door at once, over real connections: none lost, none doubled."""

from __future__ import annotations

import threading
import time
from uuid import uuid4

import pytest
from django.db import connections

from tests.cast import TODAY, make_cast, make_person
from tests.meetings.test_check_in import after, expected, shown, wrong
from zhibu.accounts.enums import Role
from zhibu.accounts.scope import Grant, Scope
from zhibu.audit.models import Entry
from zhibu.meetings import actions
from zhibu.meetings.enums import MarkState, Presence
from zhibu.meetings.models import Attendance, CheckInMark, Meeting, WrongCodes
from zhibu.regulations.refusal import Refusal

MANY, DOORS = 200, 8


@pytest.mark.django_db(transaction=True)
def test_two_hundred_check_in_within_half_a_minute_though_each_phone_sends_twice() -> None:
    cast = make_cast()
    meeting = expected(cast, attendance=())
    people = [make_person(f"员{serial}", cast.branch, serial=400 + serial) for serial in range(MANY)]
    actions.open_check_in(cast.scope(cast.secretary), meeting.pk, at=after(-60))
    code = shown(meeting, after(0), ticket=True)
    keys = {person.pk: uuid4() for person in people}
    gate, failed = threading.Barrier(DOORS), []

    def door(number: int) -> None:
        try:
            gate.wait()
            for person in people[number::DOORS] * 2:
                scope = Scope(None, person.pk, TODAY, (Grant(cast.branch.path, Role.MEMBER),))
                actions.check_in(scope, meeting.pk, code=code, key=keys[person.pk], at=after(3))
        except Exception as error:  # noqa: BLE001  (a thread's failure would be lost)
            failed.append(error)
        finally:
            connections.close_all()

    began = time.monotonic()
    threads = [threading.Thread(target=door, args=(number,)) for number in range(DOORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began

    assert failed == []
    assert took < 30
    assert Attendance.objects.filter(meeting=meeting, presence=Presence.PRESENT).count() == MANY
    assert CheckInMark.objects.filter(meeting=meeting, state=MarkState.COUNTED).count() == MANY
    assert Entry.objects.filter(verb="meetings.check_in").count() == MANY
    kept = Meeting.objects.get(pk=meeting.pk)
    assert (kept.expected, kept.present) == (MANY + 2, MANY)


@pytest.mark.django_db(transaction=True)
def test_guessing_from_many_phones_at_once_gets_no_more_than_five_tries() -> None:
    cast = make_cast()
    meeting = expected(cast)
    actions.open_check_in(cast.scope(cast.secretary), meeting.pk, at=after(-60))
    code, said = wrong(meeting, after(0)), []

    def guess() -> None:
        try:
            for _turn in range(3):
                try:
                    actions.check_in(cast.scope(cast.member), meeting.pk, code=code, key=uuid4(), at=after(0))
                except Refusal as refused:
                    said.append(refused.message)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guess) for _phone in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum("签到码不对" in message for message in said) == 5
    assert sum("次数过多" in message for message in said) == 7
    assert WrongCodes.objects.get().count == 5
