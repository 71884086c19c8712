"""An office composes an indicator, sees what it gives, adopts it; a scheme weighs it and every number still opens."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow as pa
import pytest
from django.db import DatabaseError, connection, transaction
from python_calamine import CalamineWorkbook

from tests.assessment.test_actions import OFFICE, hold
from tests.assessment.test_design import shown
from tests.assessment.test_pages import text
from tests.cast import TODAY, Cast, make_cast
from tests.indicators.composed import LECTURES, document
from tests.warehouse.lakes import refreshed
from zhibu.accounts.scope import scope_of
from zhibu.assessment import actions as scoring
from zhibu.assessment.composed_records import composed_records
from zhibu.assessment.design import drafts
from zhibu.assessment.explain import RecordsFilter
from zhibu.assessment.models import IndicatorScore, SchemeDraft, ScoreRun
from zhibu.audit.models import Entry
from zhibu.indicators import queries
from zhibu.indicators.compose import actions
from zhibu.indicators.composed import met
from zhibu.indicators.composing import CompositionError, parse
from zhibu.indicators.guard import ForbiddenIndicator
from zhibu.indicators.models import ComposedIndicator, ComposedVersion
from zhibu.indicators.periods import Period
from zhibu.meetings.enums import Kind
from zhibu.meetings.models import Meeting
from zhibu.regulations.refusal import Refusal
from zhibu.ui.waiting import answered
from zhibu.warehouse.kept import FOLDER

Q3 = Period(2026, 3)
FORM = {
    "title": "主题党日月内早办", "dimension": "MANAGE", "window": "PERIOD", "basis": "党委常委会议定",
    "direction": "higher", "column": "held_on", "limit": "15", "in-kind": ["theme_day"],
}  # fmt: skip
NEW = "/indicators/compose/new/?fact=meetings.meeting&kind=ON_TIME"


@pytest.fixture
def lively(tmp_path: Path, settings: Any) -> Cast:
    """Three theme days of the branch, the last of them late in its month; a lake of all that."""
    settings.LAKE = tmp_path
    cast = make_cast()
    for on in (date(2026, 7, 3), date(2026, 8, 7), date(2026, 9, 28)):
        hold(cast, on, Kind.THEME_DAY)
    hold(cast, date(2026, 8, 20), Kind.TALK)
    refreshed(tmp_path)
    return cast


def adopted(cast: Cast, **changes: Any) -> ComposedVersion:
    scope = scope_of(cast.office.user, TODAY)
    found = actions.begin(scope, document(**changes))
    return actions.adopt(scope, found.pk, found.version)


@pytest.mark.django_db(transaction=True)
def test_from_a_fact_to_a_score_that_opens(lively: Cast, sign_in: Any, settings: Any) -> None:
    client, branch = sign_in(lively.office), lively.branch
    assert "主题党日" in text(client, NEW) and "谈心谈话</label>" not in text(client, NEW)
    answer = client.post(NEW, FORM)
    found = ComposedIndicator.objects.get()
    assert answer.headers["Location"] == f"/indicators/compose/{found.pk}/trial/"

    # At once: two of three in time, at the branch and above; the number opens to its records, the gap to the late one.
    tried = text(client, f"/indicators/compose/{found.pk}/trial/")
    assert "2026年第三季度" in tried and "66.7%" in tried and str(branch) in tried
    book = b"".join(client.get(f"/indicators/compose/{found.pk}/trial/?export=xlsx").streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [row[2:4] for row in rows if row[0] == str(branch)] == [[2, 3]]
    late = Meeting.objects.get(held_on=date(2026, 9, 28))
    address = f"/indicators/compose/{found.pk}/records/{branch.pk}/"
    assert len(client.get(address).context["bound"].page_rows) == 3
    assert client.get(f"{address}?gaps=1").context["bound"].page_rows == [late]
    assert not queries.library().keys() - queries.catalogue().keys(), "not offered before it is adopted"
    assert not (settings.LAKE / FOLDER).exists(), "what is only tried leaves no counts beside the lake"

    assert client.post(f"/indicators/compose/{found.pk}/adopt/", {"version": 1}).status_code == 302
    key = ComposedVersion.objects.get().key
    assert "校内设定" in text(client, f"/indicators/{key}/") and FORM["title"] in text(client, "/indicators/")

    # A scheme weighs it from this quarter on, and scores are computed by it.
    client.post("/assessment/design/begin/", {"title": "新方案"})
    draft = SchemeDraft.objects.get()
    wanted = shown(client, draft) | {
        f"weight-{key}": "10", f"zero_at-{key}": "0", f"full_at-{key}": "100", "weight-meetings_complete": "8",
    }  # fmt: skip
    assert client.post(f"/assessment/design/{draft.pk}/", wanted).status_code == 302
    then = scope_of(lively.office.user, date(2026, 7, 5))
    drafts.adopt(then, draft.pk, 2, name="own", starts_on=date(2026, 7, 1))
    run = scoring.score(OFFICE, Q3)
    line = IndicatorScore.objects.get(run=run, organization=branch, indicator=key)
    assert (line.numerator, line.denominator, str(line.points)) == (2, 3, "6.67")
    one = client.get(f"/assessment/{branch.pk}/{key}/?period=2026Q3&gaps=1")
    assert one.context["bound"].page_rows == [late]

    # The same bits again, though the indicator has gone on to a second version and been retired since.
    later = actions.change(OFFICE, found.pk, 2, {**document(), "limit": 28})
    actions.adopt(OFFICE, found.pk, later.version)
    actions.retire(OFFICE, found.pk, later.version + 1, why="另有要求")
    queries._read.clear()
    again = scoring.score(OFFICE, Q3)
    assert again == run, "the same fingerprint: nothing to compute"
    ScoreRun.objects.filter(pk=run.pk).update(fingerprint="forgotten")
    anew = scoring.score(OFFICE, Q3)
    values = ("numerator", "denominator", "raw", "points")
    assert IndicatorScore.objects.filter(run=anew, organization=branch, indicator=key).values_list(*values).get() == (
        line.numerator, line.denominator, line.raw, line.points,
    )  # fmt: skip


@pytest.mark.django_db
def test_adopted_versions_stay_and_retired_ones_are_not_offered(cast: Cast) -> None:
    made = adopted(cast)
    with pytest.raises(DatabaseError, match="不能修改或删除"), transaction.atomic():
        ComposedVersion.objects.filter(pk=made.pk).update(document={})
    with pytest.raises(DatabaseError, match="不能修改或删除"), transaction.atomic():
        connection.cursor().execute("delete from indicators_composedversion")
    scope = scope_of(cast.office.user, TODAY)
    with pytest.raises(Refusal, match="没有草稿可以放弃"):
        actions.discard(scope, made.composed_id, 2)
    assert made.key in queries.library()

    actions.retire(scope, made.composed_id, 2, why="不再要求")
    assert made.key not in queries.library() and queries.named(made.key).title == "主题党日月内早办"
    with pytest.raises(Refusal, match="已停用"):
        actions.change(scope, made.composed_id, 3, document(limit=9))
    draft = drafts.begin(scope, title="方案")
    raw = draft.document
    raw["indicators"][0] |= {"key": made.key}
    SchemeDraft.objects.filter(pk=draft.pk).update(document=raw)
    with pytest.raises(Refusal, match="“主题党日月内早办”已停用"):
        drafts.adopt(scope, draft.pk, 1, name="x", starts_on=date(2027, 1, 1))


@pytest.mark.django_db
def test_a_draft_is_changed_by_one_at_a_time_and_can_be_dropped(cast: Cast) -> None:
    scope = scope_of(cast.office.user, TODAY)
    found = actions.begin(scope, document())
    actions.change(scope, found.pk, 1, document(limit=10))
    with pytest.raises(Refusal, match="已被修改"):
        actions.change(scope, found.pk, 1, document(limit=5))
    with pytest.raises(Refusal, match="另一项指标"):
        actions.change(scope, found.pk, 2, document(kind="COUNT", column="", limit=0, per="MEMBER", target=1))
    (waits,) = answered(queries.waiting(scope))
    assert (waits.count, waits.since, waits.url) == (1, TODAY, "/indicators/compose/?stand=draft")
    actions.discard(scope, found.pk, 2)
    assert not ComposedIndicator.objects.exists(), "a draft that nobody adopted leaves nothing behind"
    assert Entry.objects.filter(verb="indicators.compose_discard").exists()


@pytest.mark.django_db
def test_the_same_content_or_name_is_not_adopted_twice(cast: Cast) -> None:
    adopted(cast)
    with pytest.raises(Refusal, match="已经有一项指标叫"):
        adopted(cast, limit=7)
    with pytest.raises(Refusal, match="已经有一项指标叫“出勤率”"):
        adopted(cast, title="出勤率")
    scope = scope_of(cast.office.user, TODAY)
    own = ComposedIndicator.objects.get(versions__isnull=False)
    same = actions.change(scope, own.pk, own.version, document())
    with pytest.raises(Refusal, match="完全相同"):
        actions.adopt(scope, own.pk, same.version)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fact": "dues.payer_month"}, "不能用来组合"),
        ({"fact": "audit.login"}, "不能用来组合"),
        ({"filters": [{"column": "lecturer_id", "least": 3, "most": 3}]}, "不能用的列"),
        ({"filters": [{"column": "kind", "codes": ["talk"]}]}, "类别"),
        ({"filters": [{"column": "kind", "codes": ["theme_day"], "flag": True}]}, "类别"),
        ({"filters": [{"column": "present", "least": 5, "most": 3}]}, "下限大于上限"),
        ({"filters": [{"column": "present", "least": True}]}, "实到"),
        ({"filters": [{"column": "held_on", "least": "2026-13-01"}]}, "日期"),
        ({"filters": [{"column": "complete", "flag": True}] * 2}, "用了两次"),
        ({"column": "lecturer_id"}, "选一列"),
        ({"limit": 0}, "写明期限"),
        ({"limit": 32}, "期限过长"),
        ({"kind": "SHARE", "column": "", "limit": 0}, "算达到"),
        (
            {"kind": "SHARE", "column": "", "limit": 0, "condition": [{"column": "kind", "codes": ["theme_day"]}]},
            "相同",
        ),
        ({"kind": "COUNT", "column": "", "limit": 0}, "与什么相比"),
        ({"kind": "COUNT", "column": "", "limit": 0, "per": "MEMBER"}, "应达到的数目"),
        ({"kind": "COUNT", "column": "", "limit": 0, "per": "COLUMN", "over": "present"}, "只有求和"),
        ({"kind": "TREND", "column": "", "limit": 0, "against": "BEFORE", "window": "YEAR"}, "按考核期"),
        ({"window": "END"}, "只能按"),
        ({"title": ""}, "请填写"),
        ({"basis": "略" * 301}, "最多 300 字"),
        ({"target": -1}, "整数"),
        ({"higher_is_better": "yes"}, "是或否"),
        ({"composer": 2}, "本版本"),
        ({"sql": "drop table"}, "不完整"),
    ],
)
def test_what_is_no_indicator_is_refused_in_words(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(CompositionError, match=words):
        parse(document(**changes))


def test_where_nothing_is_known_nothing_is_met() -> None:
    condition = [{"column": "days", "most": 7}]
    made = parse(document(title="七日内登记", fact="meetings.quality", kind="SHARE", column="", limit=0, filters=[],
                          condition=condition))  # fmt: skip
    rows = nw.from_native(pa.table({"days": pa.array([3, None, 9], pa.int64())}))
    found = rows.select(counts=met(made).cast(nw.Int64).sum())["counts"].to_list()
    assert found == [1], "a record without its day is not in time"


@pytest.mark.parametrize("title", ["系统登 录天数", "点讚数", "照·片数", "denglu cishu", "党员学时排名"])
def test_what_must_not_be_counted_is_refused_with_the_reason(title: str) -> None:
    with pytest.raises(ForbiddenIndicator, match="指尖上的形式主义"):
        parse(document(title=title))


@pytest.mark.django_db
def test_a_refused_form_keeps_what_was_typed(cast: Cast, sign_in: Any) -> None:
    answer = sign_in(cast.office).post(NEW, {**FORM, "title": "线上点赞数"})
    body = answer.content.decode()
    assert answer.status_code == 422 and "不得以点赞" in body and 'value="线上点赞数"' in body
    assert not ComposedIndicator.objects.exists()
    begin = sign_in(cast.office).get("/indicators/compose/begin/?fact=initiatives.activity&kind=DISTINCT")
    assert begin.status_code == 422 and "这项事实可以作" in begin.content.decode()
    assert "数据仓还没有数据" in text(sign_in(cast.office), f"/indicators/compose/{_draft(cast)}/trial/")


def _draft(cast: Cast) -> int:
    return actions.begin(
        scope_of(cast.office.user, TODAY),
        document(kind="COUNT", column="", limit=0, per="ORGANIZATION", target=1, filters=LECTURES),
    ).pk


@pytest.mark.django_db
def test_only_those_who_design_schemes_compose(cast: Cast, sign_in: Any) -> None:
    pk = _draft(cast)
    for who in (cast.secretary, cast.member):
        for address in ("", "begin/", f"{pk}/", f"{pk}/trial/"):
            assert sign_in(who).get(f"/indicators/compose/{address}").status_code == 403, address


@pytest.mark.django_db(transaction=True)
def test_of_a_year_under_way_the_number_opens_its_records_before_the_last_quarter(lively: Cast, settings: Any) -> None:
    refreshed(settings.LAKE, today=date(2026, 9, 30))
    filters = {"composed": document()}
    wanted = RecordsFilter(
        "meetings.meeting", "主题党日", lively.branch.pk, date(2026, 1, 1), date(2026, 12, 31), filters
    )
    assert composed_records(scope_of(lively.office.user, TODAY), wanted, lively.branch).count() == 3
