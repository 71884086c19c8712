"""What a meeting decided is entered once: its record opens the step that waited for it, filled in."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.cast import TODAY, Cast, make_person
from tests.meetings.records import held
from tests.meetings.test_pages import text, typed
from tests.procedures.electing import members, term, with_candidates
from tests.procedures.road import applicant, take
from zhibu.accounts.scope import Scope
from zhibu.meetings import actions as meeting_actions
from zhibu.meetings import queries
from zhibu.meetings.content import LeadsTo, ResolutionLine
from zhibu.meetings.enums import Kind, Matter, Outcome
from zhibu.meetings.models import Meeting, Resolution
from zhibu.meetings.queries.leading import fill_the_step
from zhibu.people.models import CorrectionTerm
from zhibu.procedures import actions
from zhibu.procedures.models import Case, Entry, OpenStep
from zhibu.regulations.refusal import Refusal
from zhibu.ui.waiting import answered

SignIn = Callable[..., Client]
ACTIVIST = date(2026, 6, 20)


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


@pytest.fixture
def case(cast: Cast) -> Case:
    """An applicant of the branch whose next step a meeting of the committee decides."""
    found = actions.open_case(cast.scope(cast.secretary), "admission", applicant(cast))
    take(cast, found, "talk", date(2026, 6, 10))
    return found


def decided(cast: Cast, case: Case, step: str = "activist", **changes: Any) -> Meeting:
    line = ResolutionLine("同意确定新申为入党积极分子", leads_to=LeadsTo(case.pk, step))
    return held(cast, **{"kind": Kind.COMMITTEE, "held_on": ACTIVIST, "resolutions": (line,), **changes})


def said(scope: Scope, case: Case, meeting: Meeting, *, number: int = 1, step: str = "accept_meeting") -> Any:
    """What the form of the step is filled in with."""
    return fill_the_step(None, scope=scope, case=case, step=step, record=meeting.pk, number=number)


def waits(cast: Cast) -> dict[str, int]:
    return {one.title: one.count for one in answered(queries.waiting(cast.scope(cast.secretary)))}


def test_a_committees_decision_opens_its_step_filled_in_and_is_done_once_entered(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    client = sign_in(cast.secretary)
    key = f"case-{case.pk}-activist"
    assert f'value="{key}"' in text(client.get("/meetings/new/?kind=committee&held_on=2026-06-20"))
    given = {"kind": "committee", "held_on": "2026-06-20", "resolutions-0-leads_to": key}
    page = text(client.post("/meetings/new/", typed(cast, **given), follow=True))
    address = html.unescape(re.search(rf'href="(/procedures/{case.pk}/activist/[^"]*)"', page)[1])  # type: ignore[index]
    assert "请在下面逐项办理" in page and waits(cast)["会议已作决定，待办理步骤"] == 1

    shown = text(client.get(address))
    meeting = Meeting.objects.get()
    assert 'value="2026-06-20"' in shown and f"本平台会议记录第 {meeting.pk} 号" in shown
    form = {
        "version": str(Case.objects.get().version), "on": "2026-06-20", "outcome": "determined",
        "place_recommendation": "党支部档案柜", "place_committee_minutes": f"本平台会议记录第 {meeting.pk} 号",
    }  # fmt: skip
    assert client.post(address, form).status_code == 302

    assert Entry.objects.filter(case=case, step="activist", on=ACTIVIST).exists()
    page = text(client.get(f"/meetings/{meeting.pk}/"))
    assert "已办理" in page and "办理这一步" not in page
    assert "会议已作决定，待办理步骤" not in waits(cast)


def test_the_step_shows_what_a_meeting_has_decided_to_whoever_comes_from_the_workbench(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    meeting = decided(cast, case)
    shown = text(sign_in(cast.secretary).get(f"/procedures/{case.pk}/activist/"))

    assert "会议已经作出决定" in shown and f"record={meeting.pk}" in shown
    take(cast, case, "activist", ACTIVIST, outcome="not_yet")  # the step is open again, for another meeting
    assert "会议已经作出决定" not in text(sign_in(cast.secretary).get(f"/procedures/{case.pk}/activist/"))


def test_votes_on_a_person_carry_their_numbers_and_a_void_one_carries_nothing(cast: Cast, case: Case) -> None:
    """The step need not be open for the numbers to be right: they are taken from the record as it stands."""
    OpenStep.objects.filter(case=case).update(step="accept_meeting", earliest=ACTIVIST)
    options: dict[str, Any] = {
        "is_vote": True, "matter": Matter.DEVELOPMENT, "against": 0, "leads_to": LeadsTo(case.pk, "accept_meeting"),
    }  # fmt: skip
    passed = ResolutionLine("同意接收", in_favour=2, abstained=0, outcome=Outcome.PASSED, **options)
    meeting = held(cast, resolutions=(passed,))
    scope = cast.scope(cast.secretary)
    (lead,) = queries.leads(scope, meeting, queries.content_of(meeting))
    assert lead is not None
    assert lead.address.partition("?")[2] == f"record={meeting.pk}&number=1", "votes on a person stand in no address"
    assert said(scope, case, meeting) == {
        "on": date(2026, 11, 12), "record": meeting.pk, "entitled": 2, "present": 2, "in_favour": 2, "against": 0,
        "abstained": 0, "outcome": "passed",
    }  # fmt: skip
    assert said(cast.scope(cast.neighbour), case, meeting) == {}, "nobody outside reads it through the step"
    assert said(cast.scope(cast.member), case, meeting) == {}, "nor who may not read the record as a whole"
    assert said(scope, case, meeting, number=2) == said(scope, case, meeting, step="activist") == {}

    failed = ResolutionLine("同意接收", in_favour=1, abstained=1, outcome=Outcome.REJECTED, **options)
    assert said(scope, case, held(cast, resolutions=(failed,)))["outcome"] == "not_passed"
    void = ResolutionLine("同意接收", in_favour=1, outcome=Outcome.VOID, **options)
    empty = held(cast, resolutions=(void,))
    assert said(scope, case, empty) == {}
    (lead,) = queries.leads(scope, empty, queries.content_of(empty))
    assert lead is not None and not lead.address and "另行开会表决" in lead.hint


def test_a_vote_about_an_admission_counts_as_one_without_being_told(cast: Cast, case: Case, sign_in: SignIn) -> None:
    OpenStep.objects.filter(case=case).update(step="accept_meeting", earliest=ACTIVIST)
    given = {"resolutions-0-leads_to": f"case-{case.pk}-accept_meeting", "resolutions-0-in_favour": "2"}
    sign_in(cast.secretary).post("/meetings/new/", typed(cast, **given))

    assert Resolution.objects.get().matter == Matter.DEVELOPMENT


def test_an_election_opens_with_the_attendance_of_its_meeting(cast: Cast, sign_in: SignIn) -> None:
    people = members(cast)
    term(cast)
    case = actions.open_election(cast.scope(cast.organizer), cast.branch)
    with_candidates(cast, case, people[:4])
    line = ResolutionLine("选举新一届委员会", leads_to=LeadsTo(case.pk, "meeting"))
    meeting = held(cast, kind=Kind.ELECTION, held_on=TODAY, resolutions=(line,))
    (lead,) = queries.leads(cast.scope(cast.secretary), meeting, queries.content_of(meeting))

    assert lead is not None
    shown = text(sign_in(cast.secretary).get(lead.address))
    assert re.search(r'name="entitled" value="10"', shown) and re.search(r'name="present" value="10"', shown)


def test_an_appraisal_leads_to_the_correction_of_a_member(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.secretary)
    key = f"correction-{cast.member.pk}"
    given = {"kind": "appraisal", "resolutions-0-leads_to": key, "resolutions-0-text": "给予限期改正"}
    page = text(client.post("/meetings/new/", typed(cast, **given), follow=True))
    address = html.unescape(re.search(r'href="(/people/\d+/corrections/new/[^"]*)"', page)[1])  # type: ignore[index]
    shown = text(client.get(address))
    assert 'value="2026-11-12"' in shown and "本平台会议记录第" in shown
    client.post(address, {"decided_on": "2026-11-12", "until": "2027-03-01", "document": "会议记录"})

    assert CorrectionTerm.objects.get().person == cast.member
    assert "已办理" in text(client.get(f"/meetings/{Meeting.objects.get().pk}/"))


def test_nobody_is_offered_cases_of_others_or_their_own(cast: Cast, case: Case) -> None:
    scope = cast.scope(cast.neighbour)
    assert queries.offers(scope, cast.branch, Kind.COMMITTEE, TODAY) == []
    Case.objects.filter(pk=case.pk).update(person=cast.secretary)
    assert queries.offers(cast.scope(cast.secretary), cast.branch, Kind.COMMITTEE, TODAY) == []
    make_person("乙", cast.branch, serial=77)
    with pytest.raises(Refusal, match="不能由这一天的这次会议决定"):
        decided(cast, case)


def test_one_thing_is_decided_once_and_by_a_meeting_after_it_could_be(cast: Cast, case: Case) -> None:
    line = ResolutionLine("同意", leads_to=LeadsTo(case.pk, "activist"))
    with pytest.raises(Refusal, match="已选在前面的决议中"):
        decided(cast, case, resolutions=(line, line))
    with pytest.raises(Refusal, match="不能由这一天的这次会议决定"):
        decided(cast, case, held_on=date(2026, 6, 1))


def test_a_correction_keeps_what_a_decision_led_to_although_it_was_entered_since(cast: Cast, case: Case) -> None:
    meeting = decided(cast, case)
    take(cast, case, "activist", ACTIVIST)
    content = queries.content_of(meeting)
    meeting_actions.correct(cast.scope(cast.secretary), meeting.pk, content, version=meeting.version, reason="补记地点")

    assert (Resolution.objects.get().case, Resolution.objects.get().step) == (case, "activist")


def test_what_a_decision_led_to_stays_when_a_record_is_changed_by_whom_it_is_about(cast: Cast) -> None:
    line = ResolutionLine("对祖员限期改正", leads_to=LeadsTo(corrects_id=cast.secretary.pk))
    meeting = held(cast, kind=Kind.APPRAISAL)
    content = replace(queries.content_of(meeting), resolutions=(line,))
    found = queries.offers(cast.scope(cast.secretary), cast.branch, Kind.APPRAISAL, meeting.held_on, content)
    assert [one.label for one in found if one.key == line.leads_to.key] == ["已选的事项（您不办理）"]  # type: ignore[union-attr]
