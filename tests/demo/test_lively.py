"""The pages of plans, notices, check-ins, tasks, numbered forms, analyses and spot checks have something to show; only
the planted copies are asked about."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.demo.university import TODAY, rows, value
from zhibu.accounts.scope import system_scope
from zhibu.demo.generate import Summary
from zhibu.meetings.life.models import LifeMeeting
from zhibu.meetings.life.queries import facts
from zhibu.meetings.life.waiting import unprepared
from zhibu.meetings.models import Likeness, Meeting
from zhibu.meetings.quality import comparing, search

pytestmark = pytest.mark.django_db
NEWEST = 250


def test_every_page_of_the_offices_work_has_something_to_show(university: Summary) -> None:
    assert dict(rows("select state, count(*) > 0 from procedures_numberedform group by state")).keys() >= {
        "unused", "used", "void", "lost",
    }  # fmt: skip
    assert value("select count(*) from procedures_activistanalysis where held_on <= %s", TODAY)
    assert value("select count(*) from meetings_plannedmeeting where held_on > %s", TODAY)
    assert {answer for (answer,) in rows("select distinct answer from meetings_invitation")} == {
        "none", "coming", "leave",
    }  # fmt: skip
    assert {state for (state,) in rows("select distinct state from meetings_task")} == {"open", "done"}
    assert value("select count(*) from meetings_checkinmark")
    assert value("select count(*) from meetings_drawnrecord where finding <> ''")
    assert value("select count(*) from meetings_recordquality where days is not null")


def test_life_meetings_are_prepared_and_put_right_and_nothing_waits_that_nobody_could_do(university: Summary) -> None:
    assert not unprepared(system_scope(TODAY)).exists()
    held = LifeMeeting.objects.get(meeting__state="recorded")
    assert facts(held, TODAY).came == facts(held, TODAY).self_critics == facts(held, TODAY).criticized > 2
    assert sorted(line.state for line in held.lines.all()) == ["done", "done", "open"]
    states = [state for (state,) in rows("select state from supervision_problem where source = 'life_meeting'")]
    assert sorted(states) == ["closed", "closed", "under_way"]
    coming = LifeMeeting.objects.get(organization=held.organization, planned_on__gt=TODAY)
    assert 0 < facts(coming, TODAY).handed_in < facts(coming, TODAY).persons
    assert coming.opinions.filter(taken_up_on=None).exists()


def test_of_the_records_only_the_planted_copies_are_asked_about(
    university: Summary, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = Meeting.objects.order_by("-held_on", "-pk").values("pk")[:NEWEST]
    among = search.compared_meetings()
    monkeypatch.setattr(comparing, "compared_meetings", lambda: among.filter(pk__in=newest))
    comparing.check_all(NEWEST)

    asked = Counter(Likeness.objects.values_list("later__organization__code", flat=True))
    planted = {one["organization"] for one in university.troubles if one["kind"] == "copied_minutes"}
    assert planted <= asked.keys()
    assert sum(count for code, count in asked.items() if code not in planted) <= 3
