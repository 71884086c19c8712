"""What is due and late: at every edge of a period, for young, dissolved, large and temporary organizations."""

import itertools
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import TODAY, Cast, appoint, make_organization, make_person
from tests.meetings.records import held
from zhibu.accounts.scope import system_scope
from zhibu.audit.models import Entry
from zhibu.meetings import queries
from zhibu.meetings.cadence import Due, Held, Standing, Unit, covers, span_of, spans
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import Meeting
from zhibu.organizations.actions import keep_records_since
from zhibu.organizations.enums import BRANCH_KINDS, PostKind
from zhibu.organizations.enums import Kind as OrganizationKind
from zhibu.organizations.models import Organization, Period, Tenure
from zhibu.regulations.refusal import Refusal

DAYS = st.dates(date(2019, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("unit", "day", "start", "end"),
    [
        (Unit.MONTH, date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
        (Unit.MONTH, date(2027, 2, 28), date(2027, 2, 1), date(2027, 2, 28)),
        (Unit.MONTH, date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
        (Unit.QUARTER, date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31)),
        (Unit.QUARTER, date(2026, 4, 1), date(2026, 4, 1), date(2026, 6, 30)),
        (Unit.QUARTER, date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
        (Unit.YEAR, date(2028, 2, 29), date(2028, 1, 1), date(2028, 12, 31)),
    ],
)
def test_a_day_lies_in_its_period(unit: Unit, day: date, start: date, end: date) -> None:
    assert (span_of(unit, day).start, span_of(unit, day).end) == (start, end)


@given(DAYS, DAYS, st.sampled_from(Unit))
def test_periods_follow_each_other_without_gap(one: date, other: date, unit: Unit) -> None:
    since, until = sorted((one, other))
    found = list(spans(unit, since, until))

    assert found[0].start <= since <= found[0].end
    assert found[-1].start <= until <= found[-1].end
    assert all(after.start - before.end == timedelta(days=1) for before, after in itertools.pairwise(found))


@given(DAYS)
def test_the_months_of_a_year_sum_up_to_its_quarters_and_the_year(day: date) -> None:
    year = span_of(Unit.YEAR, day)
    lengths = {unit: sum((one.end - one.start).days + 1 for one in spans(unit, year.start, year.end)) for unit in Unit}

    assert len(set(lengths.values())) == 1


def test_an_organization_must_have_been_of_the_kind_on_every_day() -> None:
    march = span_of(Unit.MONTH, date(2026, 3, 1))
    branch, committee = OrganizationKind.BRANCH.value, OrganizationKind.COMMITTEE.value
    changed = [Held(date(2020, 1, 1), date(2026, 3, 31), branch), Held(date(2026, 3, 31), None, committee)]
    renamed = [Held(date(2020, 1, 1), date(2026, 3, 15), branch), Held(date(2026, 3, 15), None, branch)]
    interrupted = [Held(date(2020, 1, 1), date(2026, 3, 15), branch), Held(date(2026, 3, 16), None, branch)]

    assert covers(renamed, march, BRANCH_KINDS)
    assert not covers(changed, march, BRANCH_KINDS)
    assert not covers(interrupted, march, BRANCH_KINDS)


def of(items: list[Due], organization: Organization, key: str) -> list[Due]:
    return [item for item in items if item.organization_id == organization.pk and item.duty.key == key]


def theme_months(node: Organization, on: date = TODAY) -> list[int]:
    return [item.span.start.month for item in of(queries.due(system_scope(TODAY), on), node, "theme_day")]


@pytest.mark.parametrize(
    ("founded", "first"),
    [(date(2026, 3, 1), 3), (date(2026, 3, 2), 4), (date(2026, 2, 28), 3), (date(2026, 3, 31), 4)],
)
def test_a_branch_owes_from_its_first_full_month(cast: Cast, founded: date, first: int) -> None:
    young = make_organization("新建党支部", cast.faculty, on=founded)

    assert theme_months(young) == list(range(first, 12))


def test_a_branch_founded_on_the_second_of_january_owes_no_yearly_meeting(cast: Cast) -> None:
    first = make_organization("元旦党支部", cast.faculty, on=date(2026, 1, 1))
    second = make_organization("次日党支部", cast.faculty, on=date(2026, 1, 2))
    items = queries.due(cast.scope(cast.office), TODAY)

    assert len(of(items, first, "life")) == 1
    assert of(items, second, "life") == []
    assert [item.span.start for item in of(items, second, "general")] == [
        date(2026, 4, 1),
        date(2026, 7, 1),
        date(2026, 10, 1),
    ]


@pytest.mark.parametrize(("dissolved", "last"), [(date(2026, 7, 1), 6), (date(2026, 6, 30), 5), (date(2026, 6, 2), 5)])
def test_a_dissolved_branch_owes_up_to_its_last_full_month(cast: Cast, dissolved: date, last: int) -> None:
    Organization.objects.filter(pk=cast.branch.pk).update(dissolved_on=dissolved)

    assert theme_months(cast.branch) == list(range(1, last + 1))


@pytest.mark.parametrize(
    ("day", "today", "standing"),
    [
        (None, date(2026, 6, 30), Standing.OPEN),
        (None, date(2026, 7, 1), Standing.LATE),
        (date(2026, 6, 30), date(2026, 7, 1), Standing.HELD),
        (date(2026, 4, 1), date(2026, 7, 1), Standing.HELD),
        (date(2026, 3, 31), date(2026, 7, 1), Standing.LATE),
        (date(2026, 7, 1), date(2026, 7, 1), Standing.LATE),
    ],
)
def test_the_second_quarter_is_late_from_the_first_of_july(
    cast: Cast, day: date | None, today: date, standing: Standing
) -> None:
    if day:
        held(cast, held_on=day)

    second = of(queries.due(cast.scope(cast.secretary), today), cast.branch, "general")[1]

    assert second.standing(today) is standing
    assert second.due_until == date(2026, 6, 30)


def test_leap_day_still_counts_for_february(cast: Cast) -> None:
    Meeting.objects.create(
        organization=cast.branch, kind=Kind.THEME_DAY, title="主题党日", held_on=date(2028, 2, 29), state=State.RECORDED
    )

    february = of(queries.due(system_scope(date(2028, 3, 1)), date(2028, 3, 1)), cast.branch, "theme_day")[1]

    assert february.held == 1


def test_a_draft_and_a_meeting_to_come_fulfil_nothing(cast: Cast) -> None:
    held(cast, State.DRAFT, kind=Kind.THEME_DAY)
    Meeting.objects.create(
        organization=cast.branch, kind=Kind.THEME_DAY, title="月底", held_on=date(2026, 11, 28), state=State.RECORDED
    )

    november = of(queries.due(cast.scope(cast.secretary), TODAY), cast.branch, "theme_day")[-1]

    assert november.held == 0


def test_an_election_meeting_is_a_general_meeting(cast: Cast) -> None:
    held(cast, kind=Kind.ELECTION)

    assert of(queries.due(cast.scope(cast.secretary), TODAY), cast.branch, "general")[-1].held == 1


def test_an_organization_life_meeting_joined_with_the_appraisal_counts_for_both(cast: Cast) -> None:
    held(cast, kind=Kind.LIFE)
    alone = of(queries.due(cast.scope(cast.secretary), TODAY), cast.branch, "appraisal")[0].held
    held(cast, kind=Kind.LIFE, with_appraisal=True)
    items = queries.due(cast.scope(cast.secretary), TODAY)

    assert alone == 0
    assert of(items, cast.branch, "appraisal")[0].held == 1
    assert of(items, cast.branch, "life")[0].held == 2


def committee_months(cast: Cast) -> list[int]:
    items = queries.due(cast.scope(cast.secretary), TODAY)
    return [item.span.start.month for item in of(items, cast.branch, "committee")]


def test_without_a_committee_no_committee_meeting_is_due(cast: Cast) -> None:
    assert committee_months(cast) == []


@pytest.mark.parametrize(("started", "first"), [(date(2026, 9, 1), 9), (date(2026, 9, 2), 10)])
def test_a_committee_meets_from_its_first_full_month(cast: Cast, started: date, first: int) -> None:
    for serial, post in enumerate((PostKind.ORGANIZATION_MEMBER, PostKind.PUBLICITY_MEMBER)):
        member = make_person(f"委员{serial}", cast.branch, serial=40 + serial)
        Tenure.objects.create(organization=cast.branch, person=member, post=post, started_on=started)

    assert committee_months(cast) == list(range(first, 12))


def test_two_posts_of_one_person_are_one_seat(cast: Cast) -> None:
    for post in (PostKind.ORGANIZATION_MEMBER, PostKind.PUBLICITY_MEMBER, PostKind.DISCIPLINE_MEMBER):
        appoint(cast.secretary, cast.branch, post)

    assert committee_months(cast) == []


@pytest.mark.parametrize(("members", "months"), [(6, []), (7, list(range(1, 12)))])
def test_seven_full_members_must_have_a_committee(cast: Cast, members: int, months: list[int]) -> None:
    for serial in range(2, members):
        make_person(f"党员{serial}", cast.branch, serial=50 + serial)

    assert committee_months(cast) == months


def test_a_temporary_branch_owes_what_concerns_education(cast: Cast) -> None:
    temporary = make_organization("支教团临时党支部", cast.faculty, kind=OrganizationKind.TEMPORARY_BRANCH)
    items = [item for item in queries.due(cast.scope(cast.office), TODAY) if item.organization_id == temporary.pk]

    assert {item.duty.key for item in items} == {"theme_day", "lecture"}


def test_a_branch_that_was_temporary_until_june_owes_general_meetings_from_july(cast: Cast) -> None:
    branch = cast.branch
    Period.objects.filter(organization=branch).update(
        ended_on=date(2026, 6, 15), kind=OrganizationKind.TEMPORARY_BRANCH
    )
    opened_by = Period.objects.get(organization=branch).opened_by
    Period.objects.create(
        organization=branch, parent=cast.faculty, name=branch.name, kind=OrganizationKind.BRANCH,
        started_on=date(2026, 6, 15), opened_by=opened_by,
    )  # fmt: skip
    items = queries.due(cast.scope(cast.secretary), TODAY)

    assert [item.span.start.month for item in of(items, branch, "general")] == [7, 10]
    assert len(of(items, branch, "theme_day")) == 11


def test_a_group_meets_monthly_and_its_branch_does_not_do_it_for_it(cast: Cast) -> None:
    group = make_organization("第一党小组", cast.branch, kind=OrganizationKind.GROUP)
    items = queries.due(cast.scope(cast.secretary), TODAY)

    assert len(of(items, group, "group")) == 11
    assert of(items, cast.branch, "group") == []
    assert {item.duty.key for item in items if item.organization_id == group.pk} == {"group"}


def test_the_committees_secretary_lectures_once_a_year_wherever_it_is(cast: Cast) -> None:
    appoint(cast.organizer, cast.faculty, PostKind.SECRETARY)
    before = of(queries.due(cast.scope(cast.organizer), TODAY), cast.faculty, "secretary_lecture")
    held(cast, kind=Kind.LECTURE, lecturer_id=cast.organizer.pk, by=cast.organizer)
    after = of(queries.due(cast.scope(cast.organizer), TODAY), cast.faculty, "secretary_lecture")

    assert [item.held for item in before] == [0]
    assert [item.held for item in after] == [1]


def test_a_lecture_before_taking_office_is_not_the_secretarys(cast: Cast) -> None:
    Tenure.objects.create(
        organization=cast.faculty, person=cast.organizer, post=PostKind.SECRETARY, started_on=date(2026, 11, 13)
    )
    held(cast, kind=Kind.LECTURE, lecturer_id=cast.organizer.pk, by=cast.organizer)

    assert of(queries.due(cast.scope(cast.organizer), TODAY), cast.faculty, "secretary_lecture")[0].held == 0


def test_what_is_binding_is_told_apart_from_what_is_usual(cast: Cast) -> None:
    items = queries.due(cast.scope(cast.secretary), TODAY)
    strict = {item.duty.key for item in items if item.is_must}

    assert strict == {"theme_day", "life"}


def test_recording_never_adds_to_what_is_missing(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    missing = sum(item.missing for item in queries.due(scope, TODAY))
    for kind in (Kind.GENERAL, Kind.GENERAL, Kind.THEME_DAY, Kind.LECTURE, Kind.OTHER, Kind.LIFE):
        for day in (date(2026, 3, 31), date(2026, 11, 1)):
            held(cast, kind=kind, held_on=day)
            now = sum(item.missing for item in queries.due(scope, TODAY))
            assert now <= missing
            missing = now


def test_the_matrix_sums_up_to_what_is_due(cast: Cast) -> None:
    held(cast, kind=Kind.THEME_DAY, held_on=date(2026, 5, 5))
    on = date(2026, 12, 31)
    items = [item for item in queries.due(system_scope(on), on) if item.organization_id == cast.branch.pk]
    cells = queries.matrix(items, Unit.MONTH, 2026, on)[cast.branch.pk]

    assert sum(len(cell.dues) for cell in cells) == len(items)
    assert sum(cell.late + cell.open for cell in cells) == sum(item.missing for item in items)
    assert cells[4].held == 1


def test_what_is_due_is_read_in_one_go_for_one_branch_and_for_many(
    cast: Cast, django_assert_num_queries: Callable
) -> None:
    scope = cast.scope(cast.office)
    with django_assert_num_queries(6) as few:
        queries.due(scope, TODAY)
    for number in range(30):
        make_organization(f"第{number}党支部", cast.faculty)
    with django_assert_num_queries(len(few.captured_queries)):
        queries.due(scope, TODAY)


def test_other_subtrees_do_not_appear(cast: Cast) -> None:
    seen = {item.organization_id for item in queries.due(cast.scope(cast.neighbour), TODAY)}

    assert seen == {cast.other_branch.pk}


def test_what_was_held_before_records_were_kept_here_is_not_missing(cast: Cast) -> None:
    """An old branch, imported on 15 June: from July on it owes, and no quarter or year that began before."""
    Organization.objects.filter(pk=cast.branch.pk).update(recorded_since=date(2026, 6, 15))
    items = queries.due(cast.scope(cast.office), TODAY)

    assert theme_months(cast.branch) == list(range(7, 12))
    assert [item.span.start.month for item in of(items, cast.branch, "general")] == [7, 10]
    assert of(items, cast.branch, "life") == []


def test_the_office_moves_the_day_back_when_old_records_were_entered(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.branch.pk).update(recorded_since=TODAY)
    assert theme_months(cast.branch) == []

    keep_records_since(
        cast.scope(cast.office), cast.faculty, since=date(2026, 9, 1), reason="已补录九月以来的记录", below=True
    )

    assert theme_months(cast.branch) == [9, 10, 11]
    entry = Entry.objects.filter(verb="organizations.keep_records_since").get()
    assert entry.reason == "已补录九月以来的记录"


def test_the_day_is_moved_by_the_office_only_with_a_reason_and_not_into_the_future(cast: Cast) -> None:
    office, secretary = cast.scope(cast.office), cast.scope(cast.secretary)
    with pytest.raises(Refusal, match="事由"):
        keep_records_since(office, cast.branch, since=TODAY, reason=" ")
    with pytest.raises(Refusal, match="晚于今天"):
        keep_records_since(office, cast.branch, since=TODAY + timedelta(days=1), reason="补录")
    with pytest.raises(PermissionDenied):
        keep_records_since(secretary, cast.branch, since=TODAY, reason="补录")
