"""The demo shows a letter that an office has edited and a log of reminders; nothing of it can really go out."""

from datetime import date
from pathlib import Path

import pytest
from django.core import mail
from django.utils import timezone

from tests.demo.university import TODAY
from tests.documents.words import text_of
from zhibu.assessment.models import ChosenAction, Grading, WorkReport
from zhibu.assessment.queries import scheme_for
from zhibu.demo.accounts import hand_out
from zhibu.demo.generate import Summary
from zhibu.documents.filling import fill
from zhibu.documents.models import Template
from zhibu.documents.registry import kind_of
from zhibu.meetings.talks.models import Talk
from zhibu.reminders import queries
from zhibu.reminders.models import Delivery, Robot

pytestmark = pytest.mark.django_db


def test_a_letter_and_a_log_stand_there_once_and_no_robot_speaks(university: Summary, tmp_path: Path) -> None:
    for _start in range(2):
        hand_out(tmp_path / "accounts.txt", today=TODAY)

    assert (Template.objects.count(), Robot.objects.count()) == (1, 1)
    assert set(Talk.objects.values_list("state", flat=True)) == {"one_sided", "confirmed", "awaiting"}
    assert Talk.objects.filter(state="awaiting", other__user__username=_member(tmp_path)).count() == 1
    assert "涂改无效" in text_of(fill("letter", kind_of("letter").sample))
    assert Delivery.objects.filter(state="failed").exclude(reason="").count() == 1
    assert Delivery.objects.filter(state="sent").count() > 10
    noon = timezone.localtime().replace(hour=12)
    assert queries.due_robots(noon, 10) == []
    assert mail.outbox == []


def test_a_score_of_many_sides_is_shown_once(university: Summary, tmp_path: Path) -> None:
    for _start in range(2):
        hand_out(tmp_path / "accounts.txt", today=TODAY)

    sides = [part.evaluator.value for part in scheme_for(date(2026, 9, 30)).parts]
    assert sides == ["system", "superior", "members", "report"]
    assert Grading.objects.filter(evaluator="superior", period="2026Q3").count() > 2
    assert set(WorkReport.objects.values_list("state", flat=True)) == {"called", "submitted", "graded"}
    states = ChosenAction.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["concluded", "reviewing", "submitted", "proposed"]


def _member(folder: Path) -> str:
    lines = (folder / "accounts.txt").read_text(encoding="utf-8").splitlines()
    return next(line.split("\t")[1] for line in lines if line.startswith("党员\t"))
