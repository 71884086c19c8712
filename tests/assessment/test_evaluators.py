"""A score of many sides: the arithmetic, what may be entered, and a grade on its way into the score."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from tests.assessment.test_actions import OFFICE, Q3, hold
from tests.cast import TODAY, Cast, make_cast, make_person
from tests.warehouse.lakes import refreshed
from zhibu.accounts.scope import scope_of
from zhibu.assessment import actions
from zhibu.assessment.design.drafts import checked
from zhibu.assessment.evaluators.actions import correct, enter, take_back
from zhibu.assessment.evaluators.blending import Gift, Given, blended
from zhibu.assessment.evaluators.enums import Evaluator
from zhibu.assessment.evaluators.models import Grading
from zhibu.assessment.evaluators.rules import Entry
from zhibu.assessment.models import ChosenAction, OrganizationScore, SchemeDraft, SchemeVersion
from zhibu.assessment.scheme import Scheme, delivered_for
from zhibu.assessment.scoring import Scored
from zhibu.audit.models import Entry as Entries
from zhibu.indicators.periods import Period
from zhibu.meetings.enums import Kind
from zhibu.regulations.refusal import Refusal, Refusals

NOW = "2026-10-08T08:00:00+08:00"
BASE = delivered_for(date(2026, 9, 30))
SIDES = [
    {"key": "system", "share": "60", "note": "系统数据为主。"},
    {"key": "superior", "share": "25", "most": "10", "lasting": "quarter", "note": "上级党委评价。"},
    {"key": "members", "share": "15", "most": "5", "lasting": "year", "note": "党员测评。"},
]
BONUS = {"at_most": "5", "note": "鼓励结合实际的做法。"}


def sided(sides: Any = SIDES, bonus: Any = BONUS) -> Scheme:
    document = {**BASE.document, "starts_on": str(BASE.starts_on), "evaluators": sides}
    return checked(document | ({"bonus": bonus} if bonus else {}), "多方评价")


def alone(own: int, *, limit: int = 10_000, breach: int | None = None) -> Scored:
    """One branch whose system's data came to ``own`` hundredths."""
    row: dict[str, Any] = {
        "organization_id": 1, "period": Q3.number, "uncapped": own, "total": min(own, limit), "limit": limit,
        "breach": breach, "cap": breach if own > limit else None,
    }  # fmt: skip
    schema = pa.schema([(name, pa.int64()) for name in row])
    return Scored(pa.table({}), pa.Table.from_pylist([row], schema=schema))


def total(scored: Scored) -> tuple[int, int, int | None]:
    row = scored.totals.to_pylist()[0]
    return row["total"], row["uncapped"], row["cap"]


def gifts(**given: int) -> Given:
    return Given({(1, Q3.number): {Evaluator(key): Gift(value, 7) for key, value in given.items()}})


@given(
    own=st.integers(0, 10_000), superior=st.none() | st.integers(0, 10_000), members=st.none() | st.integers(0, 10_000)
)
def test_a_blend_is_the_mean_by_shares_of_those_who_gave(own: int, superior: int | None, members: int | None) -> None:
    there = {"system": (60, own), "superior": (25, superior), "members": (15, members)}
    known = {key: (share, value) for key, (share, value) in there.items() if value is not None}
    mean = Fraction(sum(share * value for share, value in known.values()), sum(share for share, _ in known.values()))

    scored = blended(alone(own), sided(bonus=BONUS), gifts(**{k: v for k, (_, v) in known.items() if k != "system"}))

    assert total(scored)[0] == floor(mean + Fraction(1, 2))
    told = scored.sides[1, Q3.number]
    assert sum(Decimal(row["points"]) for row in told) * 100 == total(scored)[0], "the sides' points sum to the total"


def test_bonus_is_limited_and_never_passes_a_hundred_or_the_limit_of_a_breach() -> None:
    scheme = sided()
    bonus = replace(gifts(superior=10_000, members=10_000), bonus={(1, Q3.number): [Gift(300, 1), Gift(400, 2)]})

    assert total(blended(alone(8_000), scheme, bonus))[0] == 8_800 + 500
    assert total(blended(alone(10_000), scheme, bonus))[:2] == (10_000, 10_000)
    # What others give cannot lift the limit that a breach sets, even where the system's own total was below it.
    assert total(blended(alone(5_000, limit=5_900, breach=0), scheme, bonus)) == (5_900, 7_500, 0)


def test_a_scheme_without_sides_is_left_as_it_is() -> None:
    scored = alone(7_777)
    assert blended(scored, BASE, gifts(superior=10_000)) is scored
    assert BASE.digest == delivered_for(date(2026, 9, 30)).digest and not BASE.has_sides


@pytest.mark.parametrize(
    ("sides", "bonus", "told"),
    [
        (SIDES[:2], BONUS, "占比合计 85"),
        (SIDES[1:], BONUS, "应包含系统数据"),
        ([*SIDES, SIDES[1]], BONUS, "出现两次"),
        ([SIDES[0], {**SIDES[1], "key": "stars"}, SIDES[2]], BONUS, "没有评价方"),
        ([SIDES[0], {**SIDES[1], "most": "0"}, SIDES[2]], BONUS, "满分"),
        (SIDES, {"at_most": "0", "note": ""}, "加分上限"),
        ([{**SIDES[0], "note": "按登录次数"}, *SIDES[1:]], BONUS, "登录"),
    ],
)
def test_sides_are_read_strictly(sides: Any, bonus: Any, told: str) -> None:
    with pytest.raises(Refusal, match=told):
        sided(sides, bonus)


def entry(value: str = "8", **more: Any) -> Entry:
    known = {"evaluator": Evaluator.SUPERIOR, "most": Decimal(10), "grounds": "三季度实地走访，台账齐全。"}
    return Entry(value=Decimal(value), **{**known, **more})


SURVEY = {"evaluator": Evaluator.MEMBERS, "most": Decimal(5), "source": "纸质测评票，组织员清点", "asked": 20}


@pytest.mark.django_db
def test_what_may_not_be_entered() -> None:
    cast = make_cast()
    organizer = scope_of(cast.organizer.user, TODAY)
    with pytest.raises(Refusals) as refused:
        enter(organizer, cast.branch.pk, Period(2027, 1), entry("11", grounds=" "))
    assert {one.field for one in refused.value.refusals} == {"period", "value", "grounds"}
    with pytest.raises(Refusals, match="有效票不足 5 份"):
        enter(organizer, cast.branch.pk, Q3, entry("4.2", **SURVEY, answered=4))
    with pytest.raises(Refusals, match="多于发放"):
        enter(organizer, cast.branch.pk, Q3, entry("4.2", **SURVEY, answered=21))
    with pytest.raises(PermissionDenied, match="不能评价本组织"):
        enter(organizer, cast.faculty.pk, Q3, entry())
    with pytest.raises(PermissionDenied):
        enter(scope_of(cast.secretary.user, TODAY), cast.branch.pk, Q3, entry())

    first = enter(organizer, cast.branch.pk, Q3, entry("4.2", **SURVEY, answered=5))
    with pytest.raises(Refusals, match="已经录入"):
        enter(organizer, cast.branch.pk, Q3, entry("4.4", **SURVEY, answered=5))
    correct(organizer, first.pk, entry("4.4", **SURVEY, answered=5), reason="重新清点")
    with pytest.raises(Refusal, match="已经更正"):
        correct(organizer, first.pk, entry("4.0", **SURVEY, answered=5), reason="再改")
    kept = Grading.objects.order_by("pk").values_list("value", "is_current")
    assert list(kept) == [(Decimal("4.20"), False), (Decimal("4.40"), True)]


@pytest.mark.django_db
def test_a_corrected_survey_does_not_tell_what_one_more_answered(sign_in: Any) -> None:
    """Twelve answers at 4.10 and thirteen at 4.00 would give the thirteenth away. The later one counts and is shown."""
    cast = make_cast()
    organizer = scope_of(cast.organizer.user, TODAY)
    first = enter(organizer, cast.branch.pk, Q3, entry("4.20", **SURVEY, answered=5))
    far = correct(organizer, first.pk, entry("4.10", **SURVEY, answered=12), reason="漏了第二组")
    last = correct(organizer, far.pk, entry("4.00", **SURVEY, answered=13), reason="漏计一份")
    assert [row.pk for row in Grading.objects.filter(is_current=True)] == [last.pk], "one of them counts"

    client = sign_in(cast.secretary)
    for address in (f"/assessment/grades/{last.pk}/", f"/assessment/grades/{far.pk}/"):
        page = client.get(address).content.decode()
        assert "4.00" in page and "4.10" not in page and "有效 12 份" not in page, address
    listed = client.get("/assessment/grades/").context["bound"]
    cells = {(str(row.value), row.held_back) for row in listed.page_rows}
    assert cells == {("4.20", False), ("4.10", True), ("4.00", False)}
    shown = client.get("/assessment/grades/?export=csv")
    lines = b"".join(shown.streaming_content).decode("utf-8-sig")
    assert "4.2" in lines and "4.1" not in lines and ",12," not in lines
    page = client.get(f"/assessment/grades/{last.pk}/").content.decode()
    assert "4.20" in page and "漏计一份" in page, "seven answers more tell nobody's; why it was corrected stays"
    assert "4.10" not in str(list(Entries.objects.values_list("changes", flat=True)))


@pytest.fixture
def world(tmp_path: Path, settings: Any) -> Cast:
    settings.LAKE = tmp_path
    cast = make_cast()
    for serial in range(20, 24):
        make_person(f"党员{serial}", cast.branch, serial=serial)
    hold(cast, date(2026, 7, 9), Kind.GENERAL, came=2)
    scheme = sided()
    document = {**scheme.document, "starts_on": "2026-07-01", "version": "many"}
    SchemeVersion.objects.create(
        key="default", version="many", title="多方评价", digest=scheme.digest, document=document,
        starts_on=date(2026, 7, 1), adopted_at="2026-07-01T08:00:00Z",
    )  # fmt: skip
    return cast


@pytest.mark.django_db(transaction=True)
def test_a_grade_reaches_the_score_with_its_evidence(world: Cast, sign_in: Any, tmp_path: Path) -> None:
    organizer = sign_in(world.organizer)
    form = {"evaluator": "superior", "period": "2026Q3", "value": "9", "most": "10", "grounds": "走访三次，记录齐全。"}
    address = f"/assessment/grades/new/?organization={world.branch.pk}"
    assert organizer.post(address, form | {"value": "12"}).status_code == 422, "a slip is told, not kept"
    assert organizer.post(address, form).status_code == 302

    def computed() -> tuple[str, OrganizationScore]:
        refreshed(tmp_path)
        run = actions.score(OFFICE, Q3)
        return run.fingerprint, OrganizationScore.objects.get(run=run, organization=world.branch)

    ChosenAction.objects.create(
        organization=world.branch, title="学业帮扶", what="结对", goal="见效", starts_on=date(2026, 7, 1), claimed=4,
        ends_on=date(2026, 9, 1), proposed_at=NOW, concluded_at=NOW, points=Decimal("1.5"), period="2026Q3",
        state="concluded",
    )  # fmt: skip
    ChosenAction.objects.create(
        organization=world.branch, title="还没有评审", what="x", goal="x", starts_on=date(2026, 7, 1), claimed=4,
        ends_on=date(2026, 9, 1), proposed_at=NOW,
    )  # fmt: skip
    before, score = computed()
    own, superior, members, bonus = score.sides
    assert (superior["given"], members["given"], bonus["points"]) == ("90.00", None, "1.50")
    expected = (60 * Decimal(own["given"]) + 25 * 90) / 85
    assert score.uncapped == expected.quantize(Decimal("0.01")) + Decimal("1.50")
    assert actions.score(OFFICE, Q3).pk == score.run_id, "the same lake gives the same run"

    page = sign_in(world.secretary).get(f"/assessment/{world.branch.pk}/?period=2026Q3").content.decode()
    grading = Grading.objects.get()
    assert "已认定 1 项，共 1.50 分，计 1.50 分" in page and "学业帮扶 1.50 分" in page
    assert f"/assessment/grades/{grading.pk}/" in page and "本期没有评分，其占比按比例分给其他各方" in page
    assert "走访三次" in sign_in(world.secretary).get(f"/assessment/grades/{grading.pk}/").content.decode()

    take_back(scope_of(world.organizer.user, TODAY), grading.pk, reason="录错了党组织")
    after, score = computed()
    assert after != before and score.uncapped == Decimal(score.sides[0]["given"]) + Decimal("1.50")


@pytest.mark.django_db
def test_another_subtree_sees_nothing(sign_in: Any) -> None:
    cast = make_cast()
    row = enter(OFFICE, cast.branch.pk, Q3, entry())
    assert sign_in(cast.neighbour).get(f"/assessment/grades/{row.pk}/").status_code == 404
    assert sign_in(cast.secretary).get(f"/assessment/grades/{row.pk}/correct/").status_code == 403
    listed = sign_in(cast.neighbour).get("/assessment/grades/").content.decode()
    assert str(cast.branch) not in listed and "还没有各方评分" in listed


@pytest.mark.django_db
def test_a_draft_takes_shares_and_a_bonus_and_drops_them_again(sign_in: Any) -> None:
    cast = make_cast()
    client = sign_in(cast.office)
    client.post("/assessment/design/begin/", {"title": "多方评价"})
    draft = SchemeDraft.objects.get()
    address = f"/assessment/design/{draft.pk}/"

    def sent(**changed: str) -> Any:
        draft.refresh_from_db()
        form = client.get(address).context["form"]
        values = {name: form[name].value() for name in form.fields}
        values = {name: value for name, value in values.items() if value not in {None, False}}
        return client.post(address, values | {"version": draft.version} | changed)

    plain = dict(draft.document)
    assert sent(**{"share-superior": "40", "share-report": "20", "bonus_at_most": "3"}).status_code == 302
    draft.refresh_from_db()
    assert [row["key"] for row in draft.document["evaluators"]] == ["superior", "report"]
    assert draft.document["evaluators"][1]["grades"]["fair"] == "70" and draft.document["bonus"]["at_most"] == "3"
    with pytest.raises(Refusal, match="应包含系统数据"):
        checked(draft.document, "多方评价")

    sent(**{"share-system": "40"})
    draft.refresh_from_db()
    assert [part.share for part in checked(draft.document, "多方评价").parts] == [40, 40, 20]
    sent(**{"share-superior": "", "share-report": "", "bonus_at_most": ""})
    draft.refresh_from_db()
    assert draft.document.keys() == plain.keys(), "a scheme without sides stays the document that it was"
