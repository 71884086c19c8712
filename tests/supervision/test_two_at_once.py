"""Two superiors review the same report at the same moment: one counts, the other is told."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.urls import reverse

from tests.cast import make_cast
from tests.house.test_two_at_once import blocked, posts, together
from tests.supervision.rows import reported
from zhibu.audit import actions as audit
from zhibu.audit.models import Entry
from zhibu.supervision.enums import ProblemState
from zhibu.supervision.models import Problem

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_report_reviewed_by_two_is_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    people = make_cast()
    original, begun = audit.record, threading.Event()

    def slow(*given: Any, **more: Any) -> Entry:
        """The first has written and not yet committed when the second comes to the same problem."""
        made = original(*given, **more)
        if given[1] in {"supervision.accept", "supervision.send_back"} and not begun.is_set():
            begun.set()
            while not blocked():
                pass
        return made

    address = reverse("supervision:review", args=[reported(people).pk])

    monkeypatch.setattr(audit, "record", slow)
    answers = together(
        posts(people, "organizer", address, {"decision": "accept"}),
        posts(people, "office", address, {"decision": "return", "reason": "缺会议记录。"}),
    )

    assert sorted(answers) == [302, 422]
    made = Problem.objects.get()
    assert made.state in {ProblemState.CLOSED, ProblemState.UNDER_WAY}
    assert made.entries.filter(kind__in=("accepted", "returned")).count() == 1
    assert Entry.objects.filter(verb__in=("supervision.accept", "supervision.send_back")).count() == 1
