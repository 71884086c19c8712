"""Two requests at the same moment, over two connections of their own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from tests.cast import Cast, make_cast
from tests.meetings.records import whole
from zhibu.audit.models import Entry
from zhibu.meetings import actions
from zhibu.meetings.enums import State
from zhibu.meetings.models import Attendance, Meeting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def everybody() -> Iterator[Cast]:
    yield make_cast()


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Start all calls together; exceptions are results."""
    start = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        try:
            start.wait()
            return call()
        except Exception as error:  # noqa: BLE001  (a refusal is a result here)
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_a_double_click_over_two_connections_makes_one_meeting(everybody: Cast) -> None:
    scope, content, form = everybody.scope(everybody.secretary), whole(everybody), uuid4()

    def record() -> Meeting:
        return actions.create(scope, content, submission=form, state=State.RECORDED)

    found = at_once(record, record, record)

    assert found == [Meeting.objects.get()] * 3
    assert Attendance.objects.count() == 2
    assert Entry.objects.filter(verb="meetings.record").count() == 1


def test_of_two_savings_at_once_one_is_told(everybody: Cast) -> None:
    scope = everybody.scope(everybody.secretary)
    draft = actions.create(scope, whole(everybody), submission=uuid4())

    def save(place: str) -> Callable[[], object]:
        return lambda: actions.update(scope, draft.pk, whole(everybody, place=place), version=draft.version)

    found = at_once(save("第二会议室"), save("报告厅"))

    conflicts = [one for one in found if isinstance(one, actions.Conflict)]
    assert len(conflicts) == 1
    assert conflicts[0].current.place == Meeting.objects.get().place
    assert Meeting.objects.get().version == 2
