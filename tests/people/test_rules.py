"""Which steps the regulations allow, on which day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibu.people.enums import StageKind as S
from zhibu.people.enums import WayOut
from zhibu.people.models import Person
from zhibu.people.rules import REQUIRED_FIELDS, Past, findings, missing_fields, not_before, transition, transitions
from zhibu.people.rules.dates import faults
from zhibu.people.rules.stages import probation_end
from zhibu.regulations.dates import add_months

BORN = date(2000, 5, 1)


def person(**fields: object) -> Person:
    return Person(name="单员", birth_date=BORN, **fields)


def found(before: S, after: S, since: date, on: date, *earlier: Past, way_out: str = "", **fields: object) -> list[str]:
    """Rules that forbid the step."""
    history = [*earlier, Past(before, since)]
    step = transition(before, after, history)
    assert step is not None
    return [finding.rule for finding in findings(step, person(stage=before, **fields), history, on, way_out)]


@pytest.mark.parametrize(
    ("before", "after", "since", "on", "rules"),
    [
        (S.ACTIVIST, S.CANDIDATE, date(2025, 3, 1), date(2026, 2, 28), ["dev.cultivate_min"]),
        (S.ACTIVIST, S.CANDIDATE, date(2025, 3, 1), date(2026, 3, 1), []),
        (S.PROBATIONARY, S.FULL, date(2025, 6, 30), date(2026, 6, 29), ["dev.probation"]),
        (S.PROBATIONARY, S.FULL, date(2025, 6, 30), date(2026, 6, 30), []),
        (S.PROBATIONARY, S.EXTENDED, date(2025, 6, 30), date(2026, 6, 29), ["dev.probation"]),
        (S.EXTENDED, S.FULL, date(2026, 1, 31), date(2026, 7, 30), ["dev.extend"]),
        (S.EXTENDED, S.FULL, date(2026, 1, 31), date(2026, 7, 31), []),
        (
            S.EXTENDED,
            S.FULL,
            date(2025, 1, 31),
            date(2026, 2, 1),
            ["dev.extend"],
        ),  # longer than a year: asks for a reason
        (S.PROBATIONARY, S.FULL, date(1975, 1, 1), date(1975, 1, 1), []),  # probation did not exist
    ],
)
def test_a_step_is_allowed_from_its_first_day_on(before: S, after: S, since: date, on: date, rules: list[str]) -> None:
    assert found(before, after, since, on) == rules


def test_nobody_is_admitted_before_eighteen() -> None:
    assert found(S.CANDIDATE, S.PROBATIONARY, date(2017, 1, 1), date(2018, 4, 30)) == ["dev.min_age"]
    assert found(S.CANDIDATE, S.PROBATIONARY, date(2017, 1, 1), date(2018, 5, 1)) == []


def test_lost_members_are_suspended_after_six_months_and_removed_after_two_years() -> None:
    lost = {"is_lost": True, "lost_since": date(2024, 1, 10)}
    suspended = [Past(S.FULL, date(2020, 1, 1), date(2024, 8, 1))]

    assert found(S.FULL, S.SUSPENDED, date(2020, 1, 1), date(2024, 7, 9), **lost) == ["lost.stop"]
    assert found(S.FULL, S.SUSPENDED, date(2020, 1, 1), date(2024, 7, 10), **lost) == []
    assert found(S.FULL, S.SUSPENDED, date(2020, 1, 1), date(2020, 2, 1)) == []  # settled abroad, not lost
    early = found(S.SUSPENDED, S.LEFT, date(2024, 8, 1), date(2026, 7, 31), *suspended, way_out=WayOut.REMOVED_ABSENT)
    assert early == ["lost.remove"]
    assert found(S.SUSPENDED, S.LEFT, date(2024, 8, 1), date(2026, 7, 31), *suspended, way_out=WayOut.RESIGNED) == []


def test_the_removed_may_not_join_again_within_five_years() -> None:
    earlier = [
        Past(S.FULL, date(2019, 1, 1), date(2024, 7, 1), WayOut.PERSUADED),
        Past(S.LEFT, date(2024, 7, 1), date(2026, 1, 1)),
    ]

    assert found(S.CANDIDATE, S.PROBATIONARY, date(2026, 1, 1), date(2029, 6, 30), *earlier) == ["disp.rejoin"]
    assert found(S.CANDIDATE, S.PROBATIONARY, date(2026, 1, 1), date(2029, 7, 1), *earlier) == []


def test_restoring_leads_back_to_the_stage_that_was_held() -> None:
    history = [Past(S.PROBATIONARY, date(2025, 1, 1), date(2026, 1, 1)), Past(S.SUSPENDED, date(2026, 1, 1))]

    back = {step.after for step in transitions(S.SUSPENDED, history)}

    assert S.PROBATIONARY in back
    assert S.FULL not in back


def test_time_under_cultivation_counts_on_after_a_transfer() -> None:
    earlier = [
        Past(S.ACTIVIST, date(2025, 1, 1), date(2025, 9, 1), WayOut.TRANSFERRED),
        Past(S.TRANSFERRED, date(2025, 9, 1), date(2025, 10, 1)),
    ]

    assert found(S.ACTIVIST, S.CANDIDATE, date(2025, 10, 1), date(2026, 1, 1), *earlier) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (S.APPLICANT, S.CANDIDATE),
        (S.ACTIVIST, S.PROBATIONARY),
        (S.EXTENDED, S.EXTENDED),
        (S.DECEASED, S.FULL),
        (S.LEFT, S.FULL),
    ],
)
def test_stages_are_not_skipped(before: S, after: S) -> None:
    assert transition(before, after) is None


def test_dates_before_the_first_entered_edition_are_history_not_faults() -> None:
    assert faults(born=date(1950, 1, 1), joined=date(1985, 6, 1), confirmed=date(1985, 12, 1)) == []
    assert faults(born=date(1950, 1, 1), joined=date(1970, 6, 1), confirmed=date(1970, 6, 1)) == []
    assert [one.field for one in faults(born=BORN, joined=date(2020, 6, 1), confirmed=date(2021, 5, 31))] == [
        "confirmed_on"
    ]


def test_the_end_of_probation_is_the_same_day_a_year_later() -> None:
    assert probation_end([Past(S.PROBATIONARY, date(2024, 2, 29))], date(2026, 11, 21)) == date(2025, 2, 28)


def test_a_file_tells_what_it_lacks() -> None:
    lacking = missing_fields(
        person(stage=S.FULL, is_mobile=True, organization_id=1, id_number_index=b"x", landline="010-1")
    )

    assert [field.name for field in lacking] == [
        "gender", "ethnicity", "education", "joined_on", "confirmed_on", "work_post", "address", "mobile_destination",
    ]  # fmt: skip
    assert missing_fields(person(stage=S.LEFT)) == ()
    assert len(REQUIRED_FIELDS) == 15


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_no_history_that_the_rules_let_pass_breaks_a_must_rule(data: st.DataObject) -> None:
    """Walk at random; where the findings let a step pass, the plainly written intervals hold."""
    someone = person(stage=S.APPLICANT, is_lost=data.draw(st.booleans()), lost_since=date(2016, 1, 1))
    history = [Past(S.APPLICANT, date(2018, 5, 1))]
    day = date(2018, 5, 1)
    for _ in range(data.draw(st.integers(1, 12))):
        steps = transitions(history[-1].kind, history)
        if not steps:
            break
        step = data.draw(st.sampled_from(steps))
        day += timedelta(days=data.draw(st.integers(0, 500)))
        way_out = data.draw(st.sampled_from(step.ways_out)) if step.ways_out else ""
        if any(finding.refuses for finding in findings(step, someone, history, day, way_out)):
            bound = not_before(step, someone, history, day)
            assert bound is not None
            assert bound.not_before is not None
            assert bound.not_before > day
            continue
        last = history[-1]
        if (last.kind, step.after) == (S.ACTIVIST, S.CANDIDATE):
            assert any(day >= add_months(past.since, 12) for past in history if past.kind == S.ACTIVIST)
        if last.kind == S.PROBATIONARY and step.after in {S.FULL, S.EXTENDED}:
            assert any(day >= add_months(past.since, 12) for past in history if past.kind == S.PROBATIONARY)
        if (last.kind, step.after) == (S.EXTENDED, S.FULL):
            assert any(day >= add_months(past.since, 6) for past in history if past.kind == S.EXTENDED)
        history[-1] = Past(last.kind, last.since, day, way_out)
        history.append(Past(step.after, day))
