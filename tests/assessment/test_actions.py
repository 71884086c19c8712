"""From recorded meetings to a stored score, and back from the score to what it rests on."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from tests.cast import TODAY, Cast, make_cast, make_person
from tests.warehouse.lakes import refreshed
from zhibu.accounts.scope import Scope, system_scope
from zhibu.assessment import actions, queries
from zhibu.assessment.design import drafts
from zhibu.assessment.explain import points_with, smoothing_of
from zhibu.assessment.models import IndicatorScore, OrganizationScore, ScoreRun
from zhibu.assessment.publication.queries import digest_of
from zhibu.indicators.definition import named
from zhibu.indicators.periods import Period
from zhibu.indicators.rules import citations
from zhibu.meetings.enums import Kind, Presence, State
from zhibu.meetings.models import Attendance, Meeting
from zhibu.regulations.refusal import Refusal
from zhibu.warehouse.engines import DuckDBEngine
from zhibu.warehouse.lake import Lake

pytestmark = pytest.mark.django_db(transaction=True)
Q3 = Period(2026, 3)
OFFICE = system_scope(TODAY)


def hold(cast: Cast, on: date, kind: Kind, *, complete: bool = True, came: int = 1) -> None:
    meeting = Meeting.objects.create(
        organization=cast.branch, kind=kind, title="学习", held_on=on, state=State.RECORDED, parts_required=5,
        parts_present=5 if complete else 4, lecturer=cast.secretary if kind == Kind.LECTURE else None,
    )  # fmt: skip
    for number, person in enumerate((cast.member, cast.secretary)):
        presence = Presence.PRESENT if number < came else Presence.ABSENT
        Attendance.objects.create(meeting=meeting, person=person, presence=presence)


@pytest.fixture
def people() -> Cast:
    cast = make_cast()
    for serial in range(20, 28):
        make_person(f"党员{serial}", cast.branch, serial=serial)
    hold(cast, date(2025, 9, 10), Kind.TALK)
    hold(cast, date(2026, 7, 9), Kind.GENERAL, came=2)
    for month in (7, 8):
        hold(cast, date(2026, month, 20), Kind.COMMITTEE, complete=month == 7)
        hold(cast, date(2026, month, 5), Kind.THEME_DAY)
    return cast


@pytest.fixture
def lake(people: Cast, tmp_path: Path) -> Iterator[Lake]:
    refreshed(tmp_path)
    engine = DuckDBEngine(memory="500MB", threads=1)
    yield Lake(tmp_path, engine)
    engine.close()


def line(cast: Cast, key: str) -> IndicatorScore:
    return IndicatorScore.objects.get(run__is_current=True, organization=cast.branch, indicator=key)


def test_every_level_is_scored(people: Cast, lake: Lake) -> None:
    run = actions.score(OFFICE, Q3, lake=lake)
    assert set(run.scores.values_list("organization", flat=True)) == {
        node.pk
        for node in (
            people.root,
            people.faculty,
            people.branch,
            people.sibling,
            people.other_faculty,
            people.other_branch,
        )
    }
    assert not run.is_provisional
    meetings = line(people, "meetings_complete")
    # One general meeting held; of three committee meetings one is complete (ten formal members).
    assert (meetings.numerator, meetings.denominator, meetings.raw) == (2, 4, Decimal("0.5"))
    above = IndicatorScore.objects.get(run=run, organization=people.root, indicator="meetings_complete")
    below = IndicatorScore.objects.filter(run=run, organization__numchild=0, indicator="meetings_complete")
    assert above.numerator == sum(row.numerator for row in below)
    assert above.denominator == sum(row.denominator for row in below)


def test_points_add_up_to_the_total(people: Cast, lake: Lake) -> None:
    run = actions.score(OFFICE, Q3, lake=lake)
    for total in run.scores.all():
        lines = IndicatorScore.objects.filter(run=run, organization=total.organization)
        weight = sum(row.weight for row in lines)
        expected = sum(row.points for row in lines) * 100 / weight
        assert abs(total.uncapped - expected) <= Decimal("0.005")
        assert total.weight == weight == sum(Decimal(parts[1]) for parts in total.breakdown.values())


def test_same_data_are_not_scored_twice_and_new_data_replace(people: Cast, lake: Lake, tmp_path: Path) -> None:
    first = actions.score(OFFICE, Q3, lake=lake)
    assert actions.score(OFFICE, Q3, lake=lake) == first
    hold(people, date(2026, 9, 20), Kind.COMMITTEE)
    refreshed(tmp_path)
    second = actions.score(OFFICE, Q3, lake=Lake(tmp_path, lake.engine))
    assert second != first
    assert line(people, "meetings_complete").numerator == 3
    assert not OrganizationScore.objects.filter(run=first).exists()
    assert not IndicatorScore.objects.filter(run=first).exists()
    assert list(ScoreRun.objects.filter(is_current=True)) == [second]


def test_a_record_of_this_quarter_leaves_the_quarters_that_do_not_look_at_it(
    people: Cast, lake: Lake, tmp_path: Path
) -> None:
    first = actions.score_all(OFFICE, lake=lake)
    hold(people, date(2026, 10, 9), Kind.GENERAL)
    refreshed(tmp_path)
    engine = DuckDBEngine(memory="500MB", threads=1)
    now, this = Lake(tmp_path, engine), Period(2026, 4)
    assert [actions.confirmed_until(one, lake=now) for one in (Q3, this)] == [TODAY, None], "this one is to be computed"
    again = actions.score_all(OFFICE, lake=now)
    assert actions.confirmed_until(this, lake=now) == TODAY
    engine.close()
    changed = [run.period for run, before in zip(again, first, strict=True) if run.pk != before.pk]
    assert changed == ["2026Q4"]


def test_two_that_score_at_once_keep_one_run(people: Cast, lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    first = actions.score(OFFICE, Q3, lake=lake)
    real, asked = actions._current, []

    def too_early(*about: Any) -> ScoreRun | None:
        """The second one looks before the first has written, and again once it holds the lock."""
        asked.append(about)
        return None if len(asked) == 1 else real(*about)

    monkeypatch.setattr(actions, "_current", too_early)
    assert actions.score(OFFICE, Q3, lake=lake) == first
    assert ScoreRun.objects.count() == 1 and len(asked) == 2


def test_all_quarters_with_records_are_scored(people: Cast, lake: Lake) -> None:
    runs = actions.score_all(OFFICE, lake=lake)
    assert [str(run.span) for run in runs] == ["2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    assert [run.is_provisional for run in runs] == [False] * 5 + [True]
    assert queries.run_of() == runs[-2]  # the last that was over
    assert queries.periods()[-1] == Period(2026, 4) and queries.has_scores()
    assert [period for period, _ in queries.history(OFFICE, [people.branch])[people.branch.pk]] == queries.periods()


def test_quarter_that_has_not_begun_is_refused(people: Cast, lake: Lake) -> None:
    with pytest.raises(Refusal, match="尚未开始"):
        actions.score(OFFICE, Period(2027, 1), lake=lake)


def test_scoring_needs_the_right_and_a_lake(people: Cast, lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(PermissionDenied):
        actions.score(people.scope(people.secretary), Q3, lake=lake)
    with pytest.raises(Refusal, match="zhibu refresh"):
        actions.score(OFFICE, Q3, lake=Lake(tmp_path / "empty", lake.engine))


def test_scores_keep_to_the_readers_subtree(people: Cast, lake: Lake) -> None:
    actions.score(OFFICE, Q3, lake=lake)

    def seen(scope: Scope) -> set[int]:
        return set(queries.scores(scope, Q3).values_list("organization", flat=True))

    assert seen(people.scope(people.secretary)) == {people.branch.pk}
    assert seen(people.scope(people.organizer)) == {people.faculty.pk, people.branch.pk, people.sibling.pk}
    assert seen(people.scope(people.administrator)) == set()
    with pytest.raises(Http404):
        queries.breakdown(people.scope(people.neighbour), people.branch, Q3)
    below = queries.children(people.scope(people.organizer), people.faculty, Q3)
    assert {row.organization_id for row in below} == {people.branch.pk, people.sibling.pk}
    parts = queries.parts(OFFICE, people.faculty, "meetings_complete", Q3)
    assert {row.organization_id for row in parts} == {people.branch.pk, people.sibling.pk}


def test_every_number_opens(people: Cast, lake: Lake) -> None:
    actions.score(OFFICE, Q3, lake=lake)
    found = queries.explain(OFFICE, people.branch, "meetings_complete", Q3)
    assert "2 ÷ 4 次 = 50.00%" in found.sentence
    assert "第十一条" in found.rules[0].citation
    assert (found.records.record, found.records.first, found.records.last) == (
        "meetings.meeting", date(2026, 7, 1), date(2026, 9, 30),
    )  # fmt: skip
    assert found.gaps and found.gaps.filters["complete"] is False
    page = queries.breakdown(OFFICE, people.branch, Q3)
    assert [item.indicator.key for item in page.lines] == [
        item.indicator.key for item in page.scheme.indicators if item.indicator.title not in page.not_due
    ]
    assert "发展程序合规率" in page.not_due
    with pytest.raises(Http404):
        queries.explain(OFFICE, people.branch, "admission_compliance", Q3)


def test_what_would_raise_it_is_what_then_happens(people: Cast, lake: Lake, tmp_path: Path) -> None:
    """The promise is kept to the hundredth: record what was asked for, score again, compare."""
    actions.score(OFFICE, Q3, lake=lake)
    page = queries.breakdown(OFFICE, people.branch, Q3)
    promised = next(item for item in page.improvements if item.indicator.key == "meetings_complete")
    assert promised.units == 2
    Meeting.objects.filter(kind=Kind.COMMITTEE).update(parts_present=5)
    hold(people, date(2026, 9, 20), Kind.COMMITTEE)
    refreshed(tmp_path)
    actions.score(OFFICE, Q3, lake=Lake(tmp_path, lake.engine))
    after = queries.breakdown(OFFICE, people.branch, Q3)
    assert abs((after.score.total - page.score.total) - promised.gain) <= Decimal("0.01")
    gains = [item.gain / item.units for item in page.improvements]
    assert gains == sorted(gains, reverse=True)


def test_points_for_no_change_are_the_stored_points(people: Cast, lake: Lake) -> None:
    """The small computation behind improvements agrees with the scoring of everything."""
    actions.score(OFFICE, Q3, lake=lake)
    for organization in (people.branch, people.sibling, people.root):
        page = queries.breakdown(OFFICE, organization, Q3)
        for item in page.lines:
            k = smoothing_of(page.score, item.weighted, page.scheme)
            assert points_with(item.score, item.weighted, k, 0) == item.score.points
    assert any(item.smoothed for item in queries.breakdown(OFFICE, people.sibling, Q3).lines)


def test_a_quarter_without_general_meeting_is_capped(people: Cast, lake: Lake) -> None:
    actions.score(OFFICE, Q3, lake=lake)
    sibling = queries.score_of(OFFICE, people.sibling, Q3)
    assert sibling.total <= 59
    actions.score(OFFICE, Period(2026, 2), lake=lake)
    spring = queries.score_of(OFFICE, people.branch, Period(2026, 2))
    assert spring.total == min(spring.uncapped, Decimal(59))
    assert bool(spring.capped_by) == (spring.uncapped > 59)
    assert spring.limit == 59, "kept also where the total does not come up to it"


def test_changed_content_of_a_used_version_is_refused(people: Cast, lake: Lake) -> None:
    run = actions.score(OFFICE, Q3, lake=lake)
    run.scheme.digest = "other"
    run.scheme.save()
    ScoreRun.objects.update(fingerprint="other")
    with pytest.raises(Refusal, match="新的版本号"):
        actions.score(OFFICE, Q3, lake=lake)


def test_a_page_about_a_score_asks_few_questions(people: Cast, lake: Lake, django_assert_max_num_queries) -> None:
    actions.score(OFFICE, Q3, lake=lake)
    with django_assert_max_num_queries(4):
        queries.breakdown(OFFICE, people.root, Q3)
    with django_assert_max_num_queries(2):
        assert [str(row.organization) for row in queries.scores(OFFICE, Q3)]


def test_an_old_quarter_comes_out_the_same_to_the_last_bit(
    people: Cast, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A year on, under a new scheme and from scratch: rule edition, scheme, counts and points are those of then."""
    old = Period(2025, 3)
    before = {run.span: (digest_of(run), run.fingerprint) for run in actions.score_all(OFFICE, lake=lake)}
    told = queries.explain(OFFICE, people.branch, "meetings_complete", old)

    draft = drafts.begin(OFFICE, title="新方案")
    document = {**draft.document, "indicators": [dict(row) for row in draft.document["indicators"]]}
    document["indicators"][2]["weight"], document["indicators"][3]["weight"] = 8, 20
    kept = drafts.change(OFFICE, draft.pk, 1, title="新方案", note="", document=document)
    drafts.adopt(OFFICE, draft.pk, kept.version, name="t", starts_on=date(2026, 10, 1))
    ScoreRun.objects.all().delete()
    engine = DuckDBEngine(memory="500MB", threads=2)
    runs = actions.score_all(OFFICE, lake=Lake(lake.folder, engine, keep=False))
    engine.close()

    after = {run.span: (digest_of(run), run.fingerprint) for run in runs}
    now = Period(2026, 4)
    assert {quarter: after[quarter] for quarter in before if quarter != now} == {
        quarter: found for quarter, found in before.items() if quarter != now
    }
    assert after[now] != before[now], "the quarter of the new scheme is another"
    # The old number opens to its scheme, formula, articles and records, even if the delivered file is gone by then.
    monkeypatch.setattr(queries, "schemes", dict)
    again = queries.explain(OFFICE, people.branch, "meetings_complete", old)
    assert (again.sentence, again.rules, again.records) == (told.sentence, told.rules, told.records)
    assert queries.breakdown(OFFICE, people.branch, old).scheme.version == "2026.1"


def test_an_old_quarter_is_judged_by_the_edition_of_its_day() -> None:
    then, now = (
        {value.rule_id: value.started_on for value in citations(named("admission_compliance"), period)}
        for period in (Period(2025, 3), Q3)
    )
    assert then.keys() == now.keys()
    assert all(then[rule] <= Period(2025, 3).last for rule in then)
    assert now["dev.cultivate_min"] == date(2026, 5, 11) > then["dev.cultivate_min"]
