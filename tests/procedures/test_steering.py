"""What people decide beside the steps: return, correct, rule, suspend, end; and what follows a person elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404

from tests.cast import TODAY, Cast, make_person
from tests.procedures.road import ADMISSION, applicant, state, take, voters
from zhibu.people import actions as people
from zhibu.people.enums import StageKind
from zhibu.procedures import actions, queries
from zhibu.procedures.actions import Paper
from zhibu.procedures.enums import EntryKind
from zhibu.procedures.models import Case, OpenStep
from zhibu.procedures.queries import marks_of
from zhibu.procedures.rules.review import broken, review
from zhibu.regulations.refusal import Refusal, Refusals

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast) -> Case:
    voters(cast)
    return actions.open_case(cast.scope(cast.secretary), "admission", applicant(cast))


def cultivated(cast: Cast, case: Case) -> Case:
    for step, day in (("talk", 10), ("activist", 20), ("activist_filed", 25), ("contacts", 26)):
        take(cast, case, step, date(2026, 6, day))
    case.refresh_from_db()
    return case


def test_returned_steps_are_taken_again_and_the_first_entry_stays(cast: Cast, case: Case) -> None:
    cultivated(cast, case)

    with pytest.raises(Refusal, match="已经变更，不能退回"):
        actions.send_back(cast.scope(cast.organizer), case.pk, "talk", version=case.version, reason="谈话记录不全")
    actions.send_back(cast.scope(cast.organizer), case.pk, "contacts", version=case.version, reason="联系人已调离")
    take(cast, case, "contacts", date(2026, 7, 1))

    assert state(case).on("contacts") == date(2026, 7, 1)
    assert [entry.on for entry in case.entries.filter(step="contacts", kind=EntryKind.DONE)] == [
        date(2026, 6, 26), date(2026, 7, 1),
    ]  # fmt: skip


def test_a_correction_is_a_new_entry_and_moves_the_stage_with_it(cast: Cast, case: Case) -> None:
    cultivated(cast, case)
    at = case.entries.get(step="activist").position

    actions.correct(
        cast.scope(cast.secretary), case.pk, at, version=case.version, on=date(2026, 6, 18), reason="记录本上是十八日"
    )

    assert state(case).on("activist") == date(2026, 6, 18)
    assert case.entries.get(position=at).on == date(2026, 6, 20)
    assert case.person is not None
    assert case.person.stages.get(kind=StageKind.ACTIVIST).started_on == date(2026, 6, 18)
    assert OpenStep.objects.get(case=case, step="review").due == date(2026, 12, 18)


@pytest.mark.parametrize(
    ("step", "on", "wrong"),
    [
        ("talk", date(2026, 7, 2), "最晚 2026-07-01"), ("talk", date(2026, 5, 31), "早于此前步骤"),
        ("activist", date(2026, 6, 27), "晚于"), ("contacts", date(2026, 11, 22), "不能晚于今天"),
    ],
)  # fmt: skip
def test_a_correction_must_not_break_what_holds(cast: Cast, case: Case, step: str, on: date, wrong: str) -> None:
    cultivated(cast, case)
    at = case.entries.get(step=step).position

    with pytest.raises((Refusal, Refusals), match=wrong):
        actions.correct(cast.scope(cast.secretary), case.pk, at, version=case.version, on=on, reason="核对后更正")


def test_suspended_cases_wait_for_nobody(cast: Cast, case: Case) -> None:
    actions.suspend(cast.scope(cast.secretary), case.pk, version=case.version, reason="本人休学一学期")
    assert not OpenStep.objects.filter(case=case).exists()
    with pytest.raises(Refusals, match="已暂停"):
        take(cast, case, "talk", date(2026, 6, 10))

    case.refresh_from_db()
    actions.resume(cast.scope(cast.secretary), case.pk, version=case.version)
    assert take(cast, case, "talk", date(2026, 6, 10))


def test_who_withdraws_the_application_ends_the_case_and_the_stage(cast: Cast, case: Case) -> None:
    actions.withdraw(
        cast.scope(cast.secretary), case.pk, version=case.version, on=date(2026, 6, 5), way_out="withdrawn",
        reason="本人书面撤回",
    )  # fmt: skip

    case.refresh_from_db()
    assert case.person is not None
    case.person.refresh_from_db()
    assert (case.state, case.person.stage) == ("ended", StageKind.ENDED)


def test_while_a_case_is_under_way_nobody_changes_the_stage_beside_it(cast: Cast, case: Case) -> None:
    assert case.person is not None

    with pytest.raises(Refusal, match="随步骤变更"):
        people.set_stage(cast.scope(cast.secretary), case.person, StageKind.ACTIVIST, on=TODAY)


def test_a_case_goes_with_its_person_and_keeps_the_time(cast: Cast, case: Case) -> None:
    cultivated(cast, case)
    assert case.person is not None

    people.move(cast.scope(cast.organizer), case.person, cast.sibling, on=date(2026, 9, 1))

    case.refresh_from_db()
    assert (case.organization, state(case).on("activist")) == (cast.sibling, date(2026, 6, 20))
    assert case.entries.last().kind == EntryKind.HANDED_OVER
    assert set(OpenStep.objects.filter(case=case).values_list("organization", flat=True)) == {cast.sibling.pk}


def test_whoever_stands_on_the_way_already_gets_the_steps_behind(cast: Cast) -> None:
    person = make_person("旧备", cast.branch, serial=720, stage=StageKind.PROBATIONARY, since=date(2026, 3, 2))

    case = actions.open_case(cast.scope(cast.secretary), "admission", person)

    assert state(case).on("accept_meeting") == date(2026, 3, 2)
    assert [row.step for row in OpenStep.objects.filter(case=case)] == ["confirm_application"]
    verdicts = review(ADMISSION, marks_of(case.entries.all()))
    assert (broken(verdicts), {one.held for one in verdicts}) == ([], {None})


def test_an_applicant_sees_the_own_road_and_takes_no_step_of_it(cast: Cast, case: Case) -> None:
    scope = replace(cast.scope(cast.member), person_id=case.person_id)

    assert queries.case(scope, case.pk) == case
    with pytest.raises(PermissionDenied):
        actions.take(scope, case.pk, "talk", version=case.version, on=date(2026, 6, 10))
    with pytest.raises(Http404):
        queries.case(cast.scope(cast.neighbour), case.pk)


def test_a_file_that_is_not_what_it_says_is_refused_at_its_own_input(cast: Cast, case: Case) -> None:
    wrong = SimpleUploadedFile("谈话记录.pdf", b"MZ not a pdf at all", "application/pdf")

    with pytest.raises((Refusal, Refusals)) as refused:
        take(cast, case, "talk", date(2026, 6, 10), papers=[Paper("talk_record", file=wrong)])

    found = refused.value.refusals[0] if isinstance(refused.value, Refusals) else refused.value
    assert (found.field, found.message.startswith("谈话记录：")) == ("document_talk_record", True)
    assert not case.entries.filter(step="talk").exists()


def test_a_review_waits_for_nobody_until_its_deadline_comes_near(cast: Cast, case: Case) -> None:
    cultivated(cast, case)

    row = OpenStep.objects.get(case=case, step="review")

    assert (row.earliest, row.due) == (date(2026, 11, 20), date(2026, 12, 20))
