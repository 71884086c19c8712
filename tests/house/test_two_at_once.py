"""Two deciders at the same moment, as two browsers: one of them counts, the other is told, nothing is half-written."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import TODAY, Cast, make_cast, make_person
from zhibu.audit.models import Entry
from zhibu.people.enums import RequestState

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return make_cast()


def signed_in(user: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def together(*calls: Callable[[], Any]) -> list[Any]:
    """The answers of calls that start at the same time, each over a connection of its own."""
    gate = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(at: int) -> None:
        try:
            gate.wait()
            answers[at] = calls[at]()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def posts(people: Cast, who: str, address: str, given: dict[str, Any]) -> Callable[[], int]:
    client = signed_in(getattr(people, who).user)
    return lambda: client.post(address, given).status_code


def blocked() -> bool:
    """Somebody waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_clear_snapshot()")
        cursor.execute("select count(*) from pg_locks where not granted")
        return bool(cursor.fetchone()[0])


def test_a_request_approved_by_two_is_written_once(people: Cast) -> None:
    from zhibu.people.models import ChangeRequest

    asked = ChangeRequest.objects.create(
        person=people.member, field="school", new_value="虚构中学", asked_at=timezone.now()
    )
    address = reverse("people:change", args=[asked.pk])

    answers = together(*(posts(people, who, address, {"decision": "approve"}) for who in ("secretary", "organizer")))

    assert sorted(answers) == [302, 422]
    people.member.refresh_from_db()
    asked.refresh_from_db()
    assert (people.member.school, asked.state) == ("虚构中学", RequestState.APPROVED)
    assert Entry.objects.filter(verb="people.decide_change").count() == 1


def test_a_post_ended_by_two_ends_once(people: Cast) -> None:
    held = people.secretary.tenures.get()
    address = reverse("organizations:end_tenure", args=[people.branch.pk, held.pk])
    given = {"on": TODAY - timedelta(days=1), "reason": "工作变动"}

    answers = together(*(posts(people, who, address, given) for who in ("organizer", "office")))

    assert sorted(answers) == [302, 422]
    assert Entry.objects.filter(verb="organizations.end_tenure").count() == 1


def test_a_change_of_the_tree_taken_back_by_two_is_taken_back_once(people: Cast) -> None:
    from zhibu.organizations import actions

    scope = people.scope(people.office)
    actions.rename(scope, people.branch, name="改名后的支部", on=TODAY)
    address = reverse("organizations:undo", args=[people.branch.pk])

    answers = together(*(posts(people, who, address, {}) for who in ("office", "office", "office")))

    assert sorted(answers)[:1] == [302]
    assert max(answers) <= 422
    people.branch.refresh_from_db()
    assert people.branch.name == "本科生第一党支部"
    assert Entry.objects.filter(verb="organizations.undo").count() == 1


def test_moving_several_while_one_of_them_is_edited_does_not_lock_up(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audit's chain is held from the first entry on: whoever is moved next must be held before."""
    from zhibu.people import actions
    from zhibu.people.actions import moves
    from zhibu.people.models import Person

    second = make_person("贰员", people.branch, serial=77)
    original, begun = moves.record, threading.Event()

    def slow(*given: Any, **more: Any) -> Entry:
        entry = original(*given, **more)
        if not begun.is_set():
            begun.set()
            while not blocked():
                pass
        return entry

    monkeypatch.setattr(moves, "record", slow)
    scope = people.scope(people.office)
    chosen = Person.objects.filter(pk__in=[people.member.pk, second.pk])

    def edit() -> Any:
        begun.wait()
        return actions.update(scope, second, {"school": "虚构中学"})

    moved, edited = together(lambda: actions.move_chosen(scope, chosen, people.sibling, on=TODAY), edit)

    assert moved == [people.member, second]
    assert edited == ["school"]


def test_a_draft_discarded_by_two_is_discarded_once(people: Cast) -> None:
    from zhibu.meetings.enums import Kind, State
    from zhibu.meetings.models import Meeting

    for _turn in range(3):
        draft = Meeting.objects.create(
            organization=people.branch, kind=Kind.THEME_DAY, title="主题党日", held_on=TODAY, state=State.DRAFT
        )
        address = reverse("meetings:delete", args=[draft.pk])

        answers = together(*(posts(people, "secretary", address, {}) for _ in range(3)))

        assert sorted(answers) == [302, 404, 404]
    assert Entry.objects.filter(verb="meetings.discard").count() == 3


def test_who_loses_a_deadlock_is_told_that_nothing_was_saved(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from zhibu.organizations.models import Organization
    from zhibu.people import actions

    meeting = threading.Barrier(2)

    def crossed(first: Any, second: Any) -> None:
        Organization.objects.select_for_update().get(pk=first.pk)
        meeting.wait()
        Organization.objects.select_for_update().get(pk=second.pk)

    def update(scope: Any, person: Any, *_given: Any, **_more: Any) -> list[str]:
        pair = (people.branch, people.sibling)
        with transaction.atomic():
            crossed(*(pair if scope.user_id == people.office.user_id else reversed(pair)))
        return ["name"]

    monkeypatch.setattr(actions, "update", update)
    address = reverse("people:edit", args=[people.member.pk])
    clients = [signed_in(people.office.user), signed_in(people.organizer.user)]

    answers = together(*(lambda client=client: client.post(address, {"name": "孟员"}) for client in clients))

    assert sorted(answer.status_code for answer in answers) == [302, 422]
    told = next(answer for answer in answers if answer.status_code == 422).content.decode()
    assert "另一位工作人员正在办理同一件事，您的操作没有保存。" in told
