"""A scheme is drawn up, tried on last quarter's counts, weighed by several methods, and adopted from a quarter on."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests.assessment.test_actions import OFFICE, Q3
from tests.assessment.test_pages import scored, text
from tests.cast import TODAY, Cast
from zhibu.accounts.scope import scope_of
from zhibu.assessment import actions
from zhibu.assessment.design import drafts, effects
from zhibu.assessment.models import IndicatorScore, OrganizationScore, Publication, SchemeDraft, SchemeVersion, ScoreRun
from zhibu.assessment.publication import actions as publishing
from zhibu.assessment.queries import scheme_for
from zhibu.indicators.periods import Period
from zhibu.regulations.refusal import Refusal

__all__ = ["scored"]
# The lake is filled through a connection of its own, which sees only what is committed.
with_lake = pytest.mark.django_db(transaction=True)


def shown(client: Any, draft: SchemeDraft) -> dict[str, Any]:
    """The form of a draft as a browser would send it back."""
    form = client.get(f"/assessment/design/{draft.pk}/").context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in {None, False}} | {"version": draft.version}


def begun(client: Any) -> SchemeDraft:
    client.post("/assessment/design/begin/", {"title": "明年的方案", "note": "组织部会议议定"})
    return SchemeDraft.objects.get()


@with_lake
def test_an_office_draws_up_tries_and_adopts_a_scheme(scored: Cast, sign_in: Any) -> None:
    client = sign_in(scored.office)
    draft = begun(client)
    same = effects.effect(scope_of(scored.office.user, TODAY), draft.document, "x").changes
    assert not any(one.difference for one in same.values()), "drawn up, nothing changed yet"

    # More weight for complete records, which the branch lacks, less for theme days.
    wanted = shown(client, draft) | {"weight-meetings_complete": "26", "weight-theme_days_held": "2"}
    tried = client.post(f"/assessment/design/{draft.pk}/trial/", wanted).content.decode()
    assert "尚未保存" in tried and str(scored.branch) in tried
    assert SchemeDraft.objects.get().document["indicators"][2]["weight"] == 18, "a trial keeps nothing"

    assert client.post(f"/assessment/design/{draft.pk}/", wanted).status_code == 302
    listed = text(client, f"/assessment/design/{draft.pk}/effect/")
    draft.refresh_from_db()
    change = effects.effect(scope_of(scored.office.user, TODAY), draft.document, "x").changes[scored.branch.pk]
    assert change.before == same[scored.branch.pk].before and change.after != change.before
    assert f"{change.after / 100:.2f}" in listed
    workbook = b"".join(client.get(f"/assessment/design/{draft.pk}/effect/?export=xlsx").streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()
    assert any(str(scored.branch) in row and f"{change.after / 100:.2f}" in map(str, row) for row in rows)

    answer = client.post(
        f"/assessment/design/{draft.pk}/adopt/", {"version": draft.version, "name": "2026.9", "starts_on": "2026-10-01"}
    )
    assert answer.status_code == 302
    assert scheme_for(date(2026, 9, 30)).version == "2026.1", "past quarters keep theirs"
    assert scheme_for(date(2026, 10, 1)).version == "2026.9"

    # The quarter under way is scored by the adopted scheme, and its run opens with it.
    run = actions.score(OFFICE, Period(2026, 4))
    assert run.scheme.version == "2026.9"
    line = IndicatorScore.objects.get(run=run, organization=scored.branch, indicator="meetings_complete")
    assert line.weight == 26 and f"/ {line.weight}" in text(client, f"/assessment/{scored.branch.pk}/?period=2026Q4")
    assert ScoreRun.objects.get(period=str(Q3), is_current=True).scheme.version == "2026.1"
    assert "已采用" in text(client, "/assessment/design/")


@with_lake
def test_a_trial_equals_what_scoring_then_gives(scored: Cast) -> None:
    """The promise of the designer: what it shows before is what comes out after."""
    scope = scope_of(scored.office.user, TODAY)
    draft = drafts.begin(scope, title="试")
    document = {**draft.document, "indicators": [dict(row) for row in draft.document["indicators"]]}
    document["indicators"][2]["weight"], document["indicators"][3]["weight"] = 8, 20
    promised = effects.effect(scope, document, "试").changes
    kept = drafts.change(scope, draft.pk, 1, title="试", note="", document=document)
    # The period tried is the third quarter; let the adopted version be of that quarter by turning back the day.
    then = scope_of(scored.office.user, date(2026, 7, 5))
    drafts.adopt(then, draft.pk, kept.version, name="t", starts_on=date(2026, 7, 1))
    actions.score(OFFICE, Q3)
    found = {
        row.organization_id: int(row.total * 100) for row in OrganizationScore.objects.filter(run__is_current=True)
    }
    assert found == {pk: one.after for pk, one in promised.items()}


@pytest.mark.django_db
def test_half_a_scheme_is_kept_but_not_adopted(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.office)
    draft = begun(client)
    wanted = shown(client, draft) | {"weight-attendance": "50"}
    assert client.post(f"/assessment/design/{draft.pk}/", wanted).status_code == 302
    assert "权重合计 142" in text(client, f"/assessment/design/{draft.pk}/")
    refused = client.post(
        f"/assessment/design/{draft.pk}/adopt/", {"version": 2, "name": "n", "starts_on": "2027-01-01"}
    )
    assert refused.status_code == 422 and "权重合计 142" in refused.content.decode()
    assert not SchemeVersion.objects.filter(adopted_at__isnull=False).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("weight-attendance", "-1", "不能小于"),
        ("weight-attendance", "many", "请填写数字"),
        ("full_at-attendance", "", "满分线和零分线"),
        ("full_at-attendance", "20", "满分线应高于零分线"),
        ("note-attendance", "按点赞数和在线时长", "不"),
    ],
)
def test_wrong_numbers_are_named_and_nothing_typed_is_lost(
    cast: Cast, sign_in: Any, name: str, value: str, words: str
) -> None:
    client = sign_in(cast.office)
    draft = begun(client)
    wanted = shown(client, draft) | {name: value, "title": "打了一半的名字"}
    answer = client.post(f"/assessment/design/{draft.pk}/", wanted)
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page and "打了一半的名字" in page
    assert SchemeDraft.objects.get().version == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "words"),
    [("2026-11-01", "考核期的第一天"), ("2026-07-01", "已经结束的考核期")],
)
def test_a_scheme_starts_with_a_period_that_is_not_over(cast: Cast, day: str, words: str) -> None:
    scope = scope_of(cast.office.user, TODAY)
    draft = drafts.begin(scope, title="试")
    with pytest.raises(Refusal, match=words):
        drafts.adopt(scope, draft.pk, 1, name="n", starts_on=date.fromisoformat(day))


def drawn_up(scope: Any, cycle: str) -> SchemeDraft:
    draft = drafts.begin(scope, title=f"每 {cycle}")
    return drafts.change(scope, draft.pk, 1, title=draft.title, note="", document={**draft.document, "period": cycle})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cycle", "day", "words"),
    [
        ("year", "2026-10-01", "按年评价，启用日期应为考核期的第一天"),
        ("half_year", "2026-07-01", "只能从一年的第一天起"),
        ("month", "2026-12-01", "只能从一年的第一天起"),
        ("year", "2025-01-01", "已经结束的考核期"),
        ("year", "2026-01-01", "已在公布程序中"),
        ("half_year", "2027-01-01", ""),
        ("month", "2027-01-01", ""),
    ],
)
def test_how_often_it_comes_round_changes_only_with_a_year(cast: Cast, cycle: str, day: str, words: str) -> None:
    scope = scope_of(cast.office.user, TODAY)
    version = SchemeVersion.objects.create(key="default", version="2026.1", document={}, digest="x", starts_on=None)
    run = ScoreRun.objects.create(scheme=version, period="2026Q1", data_until=TODAY, lake_generation=1)
    Publication.objects.create(run=run, period="2026Q1")
    draft = drawn_up(scope, cycle)
    if not words:
        drafts.adopt(scope, draft.pk, draft.version, name="n", starts_on=date.fromisoformat(day))
        assert scheme_for(date.fromisoformat(day)).cycle.name == cycle.upper()
        return
    with pytest.raises(Refusal, match=words):
        drafts.adopt(scope, draft.pk, draft.version, name="n", starts_on=date.fromisoformat(day))


def test_the_day_offered_for_another_cycle_can_be_taken(cast: Cast, sign_in: Any) -> None:
    client, office = sign_in(cast.office), scope_of(cast.office.user, TODAY)
    days = [
        client.get(f"/assessment/design/{drawn_up(office, cycle).pk}/adopt/").context["form"].initial["starts_on"]
        for cycle in ("quarter", "month")
    ]
    assert days == [Period.of(TODAY).moved(1).first, date(TODAY.year + 1, 1, 1)]


@with_lake
def test_a_year_takes_the_place_of_its_quarters(scored: Cast, sign_in: Any) -> None:
    """The office goes over to one assessment a year: tried on the year, adopted for it, computed, shown."""
    client = sign_in(scored.office)
    before = actions.score_all(OFFICE)
    draft = begun(client)
    wanted = shown(client, draft) | {"cycle": "year"}
    tried = client.post(f"/assessment/design/{draft.pk}/trial/", wanted).content.decode()
    assert "2026年度" in tried
    client.post(f"/assessment/design/{draft.pk}/", wanted)
    document = SchemeDraft.objects.get(pk=draft.pk).document
    said = [*document["assumptions_stated"], *(cap["title"] for cap in document["caps"])]
    assert "按年评价；一年一次的义务按截至期末的十二个月计算。" in said and "季" not in "".join(said)
    adopting = {"version": 2, "name": "y", "starts_on": "2026-01-01"}
    assert client.post(f"/assessment/design/{draft.pk}/adopt/", adopting).status_code == 302
    # The result of the quarter still stands until the next night.
    with pytest.raises(Refusal, match="2026 年已改为按年评价"):
        publishing.begin(OFFICE, period=Q3)

    runs = actions.score_all(OFFICE)

    assert {run.period[:5] for run in before} == {"2026Q"} and [run.period for run in runs] == ["2026Y1"]
    assert [run.period for run in ScoreRun.objects.filter(is_current=True)] == ["2026Y1"]
    page = text(client, f"/assessment/{scored.branch.pk}/?period=2026Y1")
    assert "2026年度" in page and "本期尚未结束" in page
    with pytest.raises(Refusal, match="按年评价，不能按季度计算"):
        actions.score(OFFICE, Q3)


@pytest.mark.django_db
def test_versions_neither_cross_nor_share_a_number(cast: Cast) -> None:
    scope = scope_of(cast.office.user, TODAY)
    first, second = drafts.begin(scope, title="甲"), drafts.begin(scope, title="乙")
    drafts.adopt(scope, first.pk, 1, name="2027.1", starts_on=date(2027, 1, 1))
    with pytest.raises(Refusal, match="已有方案"):
        drafts.adopt(scope, second.pk, 1, name="2027.2", starts_on=date(2026, 10, 1))
    for taken in ("2027.1", "2026.2"):
        with pytest.raises(Refusal, match="已经用过"):
            drafts.adopt(scope, second.pk, 1, name=taken, starts_on=date(2027, 4, 1))
    with pytest.raises(Refusal, match="已采用"):
        drafts.discard(scope, first.pk, 2)


@pytest.mark.django_db
def test_two_designers_do_not_overwrite_each_other(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.office)
    draft = begun(client)
    wanted = shown(client, draft)
    client.post(f"/assessment/design/{draft.pk}/", wanted | {"title": "先保存的"})
    late = client.post(f"/assessment/design/{draft.pk}/", wanted | {"title": "后保存的"})
    assert late.status_code == 422
    assert "已被修改" in late.content.decode() and "后保存的" in late.content.decode()
    assert SchemeDraft.objects.get().title == "先保存的"


@with_lake
def test_judgements_that_agree_give_weights_to_take(scored: Cast, sign_in: Any) -> None:
    client = sign_in(scored.office)
    draft = begun(client)
    page = client.get(f"/assessment/design/{draft.pk}/weights/")
    pairs = list(page.context["form"].fields)
    assert "ahp" not in {one.key for one in page.context["weighing"].opinions}
    sides = [
        {"key": key, "share": "40", "most": "100", "lasting": "quarter", "note": ""} for key in ("superior", "peers")
    ]
    SchemeDraft.objects.update(document=draft.document | {"evaluators": sides})
    assert client.get(f"/assessment/design/{draft.pk}/weights/").status_code == 200, "the sides are not yet whole"
    SchemeDraft.objects.update(document=draft.document)

    client.post(f"/assessment/design/{draft.pk}/weights/", {"version": 1, **dict.fromkeys(pairs, "1")})
    equal = client.get(f"/assessment/design/{draft.pk}/weights/").context["weighing"]
    assert equal.judged.ratio == pytest.approx(0, abs=1e-6)
    dimensions = len({item.indicator.dimension for item in scheme_for(TODAY).indicators})
    ahp = next(one for one in equal.opinions if one.key == "ahp")
    assert sum(ahp.shares.values()) == pytest.approx(1)

    client.post(f"/assessment/design/{draft.pk}/take/", {"version": 2, "method": "ahp"})
    taken = SchemeDraft.objects.get().document["indicators"]
    assert sum(Decimal(row["weight"]) for row in taken) == 100
    # Dues alone stand for their dimension here or share it; either way no dimension outweighs another by much.
    assert dimensions > 2 and all(Decimal(row["weight"]) >= 1 for row in taken)


@with_lake
def test_judgements_that_contradict_give_no_weights(scored: Cast, sign_in: Any) -> None:
    client = sign_in(scored.office)
    draft = begun(client)
    pairs = list(client.get(f"/assessment/design/{draft.pk}/weights/").context["form"].fields)
    wild = {pair: ("9", "1/9")[at % 2] for at, pair in enumerate(pairs)}
    client.post(f"/assessment/design/{draft.pk}/weights/", {"version": 1, **wild})
    page = client.get(f"/assessment/design/{draft.pk}/weights/")
    assert "判断前后矛盾" in page.content.decode()
    assert "ahp" not in {one.key for one in page.context["weighing"].opinions}
    assert client.post(f"/assessment/design/{draft.pk}/take/", {"version": 2, "method": "ahp"}).status_code == 422


@pytest.mark.django_db
def test_only_the_office_designs(cast: Cast, sign_in: Any) -> None:
    draft = drafts.begin(scope_of(cast.office.user, TODAY), title="试")
    for who in (cast.secretary, cast.member):
        client = sign_in(who)
        assert client.get("/assessment/design/").status_code == 403
        assert client.post(f"/assessment/design/{draft.pk}/discard/", {"version": 1}).status_code == 403


@given(st.lists(st.floats(0, 1, allow_nan=False), min_size=1, max_size=40))
def test_whatever_the_shares_points_sum_to_one_hundred(shares: list[float]) -> None:
    points = drafts.to_hundred(shares)
    assert sum(points) == 100 and min(points) >= 1
    assert all(point == round(point, 2) for point in points)
