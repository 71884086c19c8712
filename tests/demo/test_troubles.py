"""What was put wrong on purpose is found again by plain SQL, and only there."""

from datetime import timedelta

import pytest

from tests.demo.university import TODAY, rows
from zhibu.demo.generate import Summary
from zhibu.demo.troubles import quarter_start

pytestmark = pytest.mark.django_db

LIVING = "o.dissolved_on is null and o.kind in ('631', '632')"


def noted(summary: Summary, kind: str) -> set[str]:
    found = {one["organization"] for one in summary.troubles if one["kind"] == kind}
    assert found, f"nothing of the kind {kind} was put in"
    return found


def codes(query: str, *values: object) -> set[str]:
    return {code for (code,) in rows(query, *values)}


def test_branches_without_general_meeting_in_two_quarters(university: Summary) -> None:
    quarter = quarter_start(TODAY)
    start = quarter_start(quarter_start(quarter - timedelta(days=1)) - timedelta(days=1))
    silent = codes(
        f"""select o.code from organizations_organization o where {LIVING} and o.established_on < %s and not exists (
              select 1 from meetings_meeting m where m.organization_id = o.id and m.kind in ('general', 'election')
              and m.held_on >= %s and m.held_on < %s)""",
        start, start, quarter,
    )  # fmt: skip

    assert silent == noted(university, "late_general")


def test_branches_with_a_gap_of_months_in_everything(university: Summary) -> None:
    gap = next(one for one in university.troubles if one["kind"] == "gap")
    silent = codes(
        f"""select o.code from organizations_organization o where {LIVING} and o.established_on < %s and not exists (
              select 1 from meetings_meeting m where m.organization_id = o.id and m.kind not in ('talk', 'election')
              and m.held_on >= %s and m.held_on < %s)""",
        gap["since"], gap["since"], gap["until"],
    )  # fmt: skip

    assert silent == noted(university, "gap")


def test_branches_with_poor_attendance(university: Summary) -> None:
    poor = codes(
        f"""select o.code from organizations_organization o join meetings_meeting m on m.organization_id = o.id
            join meetings_attendance a on a.meeting_id = m.id
            where {LIVING} and not a.is_exempt and m.kind <> 'talk' group by o.code
            having avg((a.presence in ('present', 'late'))::int) < 0.75"""
    )

    assert poor == noted(university, "poor_attendance")


def test_the_branch_with_copied_minutes(university: Summary) -> None:
    copied = codes(
        """select o.code from organizations_organization o join meetings_meeting m on m.organization_id = o.id
           where m.minutes <> '' and m.kind <> 'talk' group by o.code, m.minutes having count(*) >= 5"""
    )

    assert copied == noted(university, "copied_minutes")


def test_branches_that_record_weeks_later(university: Summary) -> None:
    late = codes(
        f"""select o.code from organizations_organization o join meetings_meeting m on m.organization_id = o.id
            where {LIVING} group by o.code
            having percentile_disc(0.5) within group (order by m.recorded_at::date - m.held_on) > 30"""
    )

    assert late == noted(university, "recorded_late")


def test_branches_with_incomplete_records(university: Summary) -> None:
    careless = codes(
        f"""select o.code from organizations_organization o join meetings_meeting m on m.organization_id = o.id
            where {LIVING} and m.kind <> 'talk' group by o.code
            having avg((m.parts_present < m.parts_required)::int) > 0.3"""
    )

    assert careless == noted(university, "careless")


def test_missing_fields(university: Summary) -> None:
    people = {number for one in university.troubles if one["kind"] == "missing_fields" for number in one["people"]}
    empty = codes("select number from people_person where length(phone) = 0 or length(address) = 0 or education = ''")

    assert empty == people != set()


def test_lost_members(university: Summary) -> None:
    people = {number for one in university.troubles if one["kind"] == "lost_member" for number in one["people"]}

    assert codes("select number from people_person where is_lost") == people != set()


def test_overdue_terms(university: Summary) -> None:
    overdue = codes(
        """select o.code from organizations_organization o join organizations_term t on t.organization_id = o.id
           where t.ended_on is null and t.due_on < %s""",
        TODAY,
    )

    assert overdue == noted(university, "overdue_term")


def test_vacant_secretaries(university: Summary) -> None:
    vacant = codes(
        f"""select o.code from organizations_organization o where {LIVING} and not exists (
              select 1 from organizations_tenure t where t.organization_id = o.id and t.post = 'secretary'
              and t.started_on <= %s and (t.ended_on is null or t.ended_on > %s))""",
        TODAY, TODAY,
    )  # fmt: skip

    assert vacant == {one["organization"] for one in university.troubles if one["kind"] == "vacancy"}


def test_the_truth_lies_beside_the_data(university: Summary) -> None:
    import json
    from pathlib import Path

    from django.conf import settings

    stored = json.loads((Path(settings.VAR) / "demo-troubles.json").read_text(encoding="utf-8"))

    assert stored["troubles"] == university.troubles
    assert "虚构" in stored["synthetic"]
