"""Two superiors review the same report at the same moment: one counts, the other is told."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.cast import make_cast
from tests.house.test_two_at_once import posts, together
from tests.supervision.rows import reported
from zhibu.audit.models import Entry
from zhibu.supervision.enums import ProblemState
from zhibu.supervision.models import Problem

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_report_reviewed_by_two_is_decided_once() -> None:
    people = make_cast()
    address = reverse("supervision:review", args=[reported(people).pk])

    answers = together(
        posts(people, "organizer", address, {"decision": "accept"}),
        posts(people, "office", address, {"decision": "return", "reason": "缺会议记录。"}),
    )

    assert sorted(answers) == [302, 422]
    made = Problem.objects.get()
    assert made.state in {ProblemState.CLOSED, ProblemState.UNDER_WAY}
    assert made.entries.filter(kind__in=("accepted", "returned")).count() == 1
    assert Entry.objects.filter(verb__in=("supervision.accept", "supervision.send_back")).count() == 1
