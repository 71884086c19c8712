"""Alerts: raised by the rule, seen by whom they concern, closed by the fact itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.http import Http404
from django.test import Client

from tests.cast import Cast
from tests.supervision.rows import days, make_problem
from zhibu.accounts.scope import system_scope
from zhibu.assessment.actions import _version
from zhibu.assessment.models import IndicatorScore, ScoreRun
from zhibu.assessment.scheme import delivered_for
from zhibu.indicators.guard import ForbiddenIndicator
from zhibu.indicators.periods import Period
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal
from zhibu.supervision.alerts import actions, queries
from zhibu.supervision.alerts.actions import AlertNight
from zhibu.supervision.alerts.definition import AlertRule, AlertRuleError, alert_rules, read
from zhibu.supervision.alerts.enums import AlertState
from zhibu.supervision.alerts.models import Alert
from zhibu.supervision.alerts.rules import Reading, judge
from zhibu.supervision.models import Problem

SignIn = Callable[[Any], Client]
LAST = Period(2026, 3)
THEME, PILING = alert_rules()["theme_days_low"], alert_rules()["problems_piling"]
GIVEN: dict[str, Any] = {
    "id": "sample", "title": "出勤率偏低", "basis": "〔建议〕校内设定", "measure": "attendance", "kind": "threshold",
    "when": "below", "limit": "0.8", "levels": ["branches"], "quiet_days": 30, "at_least_cases": 5,
    "advice": "看会议记录。", "page": "meetings",
}  # fmt: skip


def sample(**changed: Any) -> AlertRule:
    """A rule with some keys changed; those set to None are left out."""
    return read({key: one for key, one in {**GIVEN, **changed}.items() if one is not None}, "sample.yaml")


def quarters(*counts: tuple[int, int] | None) -> list[Reading]:
    """What was counted in the last quarters, oldest first."""
    first = LAST.number - len(counts) + 1
    return [Reading(Period.numbered(first + at), *one) for at, one in enumerate(counts) if one]


@pytest.mark.parametrize(
    ("newest", "holds"), [((79, 100), True), ((80, 100), False), ((0, 4), False), ((0, 5), True)], ids=str
)
def test_a_threshold_is_crossed_only_beyond_its_limit_and_with_enough_cases(
    newest: tuple[int, int], holds: bool
) -> None:
    assert judge(sample(), quarters((90, 100), newest), LAST).holds is holds


def test_it_says_since_when() -> None:
    found = judge(sample(), quarters((9, 10), (7, 10), (6, 10)), LAST)

    assert (found.since, len(found.readings)) == (date(2026, 4, 1), 2)


@pytest.mark.parametrize(
    ("counts", "holds"),
    [
        ([(90, 100), (50, 100), (75, 100)], True),
        ([(90, 100), (50, 100), (76, 100)], False),
        ([(75, 100), (50, 100), (90, 100)], False),
        ([None, (90, 100), (50, 100)], False),
    ],
)
def test_a_trend_compares_with_the_quarter_so_far_back(counts: list[Any], holds: bool) -> None:
    falling = sample(kind="trend", worse_by="0.15", periods=2, when=None, limit=None)

    found = judge(falling, quarters(*counts), LAST)

    assert found.since == (date(2026, 4, 1) if holds else None)


def test_where_less_is_better_a_rise_is_the_trend() -> None:
    rising = sample(measure="out_of_contact", kind="trend", worse_by="0.1", periods=1, when=None, limit=None)

    assert "上升 10 个百分点" in rising.condition
    assert judge(rising, quarters((1, 10), (2, 10)), LAST).holds
    assert not judge(rising, quarters((2, 10), (1, 10)), LAST).holds


@pytest.mark.parametrize(
    ("counts", "holds"),
    [
        ([(9, 10), (7, 10), (7, 10)], True),
        ([(7, 10), (8, 10), (7, 10)], False),
        ([(7, 10), None, (7, 10)], False),
        ([(7, 10), (7, 10), None], False),
    ],
)
def test_what_lasts_must_last_without_a_gap(counts: list[Any], holds: bool) -> None:
    assert judge(sample(kind="duration", periods=2), quarters(*counts), LAST).holds is holds


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"limt": "0.8"}, "是不是 limit"),
        ({"advice": None}, "缺少 advice"),
        ({"measure": "attendence"}, "是不是 attendance"),
        ({"measure": "members"}, "不认识 'members'"),
        ({"when": "above"}, "when 应为 below"),
        ({"limit": "80"}, "在 0 和 1 之间"),
        ({"limit": 0.8}, "加引号的小数"),
        ({"basis": "上级规定"}, "basis 应以“〔建议〕校内设定”开头"),
        ({"levels": ["persons"]}, "levels 不认识 'persons'"),
        ({"kind": "duration", "periods": 1}, "至少看 2 个考核期"),
        ({"quiet_days": -1}, "quiet_days 应为 0 到 365"),
        ({"page": "nowhere"}, "page 不认识"),
        ({"measure": "problems_late", "when": "above", "kind": "duration", "periods": 2}, "只能是 threshold"),
    ],
)
def test_a_rule_that_is_written_wrongly_is_not_used(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(AlertRuleError) as refused:
        sample(**changed)

    assert said in str(refused.value)


@pytest.mark.parametrize("changed", [{"measure": "login_count"}, {"title": "登录次数偏少"}, {"title": "党员之间排名"}])
def test_a_rule_on_logins_or_on_ranks_of_persons_is_refused_with_the_legal_reason(changed: dict[str, str]) -> None:
    with pytest.raises(ForbiddenIndicator, match="国办函"):
        sample(**changed)


def test_a_rule_may_rest_on_an_article() -> None:
    assert sample(basis="life.lecture").regulation.id == "life.lecture"


# --- at night ---------------------------------------------------------------------------------------------------------


def score(node: Organization, key: str, *counts: tuple[int, int]) -> None:
    """Scores of one indicator in the last quarters, oldest first; a quarter scored again replaces the first."""
    scheme = _version(delivered_for(date(2026, 9, 30)))
    for one in quarters(*counts):
        run, _ = ScoreRun.objects.get_or_create(
            period=str(one.period), is_current=True,
            defaults={"scheme": scheme, "fingerprint": "0", "lake_generation": 1, "data_until": days(0)},
        )  # fmt: skip
        share = Decimal(one.numerator) / one.denominator
        IndicatorScore.objects.update_or_create(
            run=run, organization=node, indicator=key,
            defaults={
                "numerator": one.numerator, "denominator": one.denominator, "raw": share, "smoothed": share,
                "normalised": share, "weight": 10, "points": 0,
            },
        )  # fmt: skip


def night(number: int = 0, *rules: AlertRule) -> AlertNight:
    return actions.watch_alerts(system_scope(days(number)), rules or None)


def only() -> Alert:
    return Alert.objects.get(closed_on__isnull=True)


@pytest.mark.django_db
def test_the_night_raises_one_alert_and_closes_it_when_the_fact_changed(cast: Cast) -> None:
    score(cast.branch, "theme_days_held", (1, 3), (2, 3))
    score(cast.other_branch, "theme_days_held", (3, 3), (2, 3))
    score(cast.faculty, "theme_days_held", (1, 30), (1, 30))

    assert (night(), night()) == (AlertNight(raised=1), AlertNight())
    made = only()
    assert (made.organization, made.rule, made.since) == (cast.branch, THEME.id, date(2026, 4, 1))
    assert "现为 66.7%（2 ÷ 3）" in made.entries.get().text
    score(cast.branch, "theme_days_held", (1, 3), (1, 3))
    assert night(1) == AlertNight(changed=1)
    score(cast.branch, "theme_days_held", (1, 3), (3, 3))
    assert night(2) == AlertNight(closed=1)

    made.refresh_from_db()
    assert (made.state, made.closed_on) == (AlertState.CLOSED, days(2))
    assert [one.kind for one in made.entries.all()] == ["raised", "changed", "closed"]
    assert "事实已改变：主题党日按月率现为 100.0%（3 ÷ 3）" in made.entries.last().text


@pytest.mark.django_db
def test_a_rule_keeps_quiet_for_its_days_after_closing(cast: Cast, sign_in: Any) -> None:
    def three(late: bool) -> None:
        Problem.objects.update(due_on=days(-1 if late else 99))

    for _ in range(3):
        make_problem(cast.branch, due_on=days(-1))
    Problem.objects.filter(pk=Problem.objects.latest("pk").pk).update(state="unclaimed", raised_on=days(-60))
    assert night().raised == 1
    assert only().since == days(0)
    page = sign_in(cast.secretary).get(f"/supervision/alerts/{only().pk}/").content.decode()
    listed = unescape(re.search(r'href="(/supervision/\?branch[^"]*)"', page)[1])  # type: ignore[index]
    assert "共 3 条" in sign_in(cast.secretary).get(listed).content.decode(), "the number opens, stuck ones too"
    three(late=False)
    assert night(1).closed == 1
    three(late=True)

    assert night(PILING.quiet_days).raised == 0
    assert night(1 + PILING.quiet_days).raised == 1


@pytest.mark.django_db
def test_two_late_problems_are_not_yet_many_and_a_dissolved_branch_has_none(cast: Cast) -> None:
    for _ in range(2):
        make_problem(cast.branch, due_on=days(-1))
    assert night() == AlertNight()
    make_problem(cast.branch, due_on=days(-1))
    assert night().raised == 1
    Organization.objects.filter(pk=cast.branch.pk).update(dissolved_on=days(0))

    assert night(1) == AlertNight(closed=1)


@pytest.mark.django_db
def test_as_long_as_nothing_is_scored_an_alert_stays_and_without_its_rule_it_goes(cast: Cast) -> None:
    score(cast.branch, "theme_days_held", (1, 3), (2, 3))
    night()
    ScoreRun.objects.update(is_current=False)

    assert night(1) == AlertNight()
    assert night(2, PILING) == AlertNight(closed=1)
    assert "规则已停用" in Alert.objects.get().entries.last().text


def raised(cast: Cast, **changed: Any) -> Alert:
    """The branch's alert on its late problems, and the night that raised it."""
    for _ in range(3):
        make_problem(cast.branch, due_on=days(-1))
    night()
    Alert.objects.update(**changed)
    return only()


@pytest.mark.django_db
def test_a_snoozed_alert_asks_again_on_its_day(cast: Cast) -> None:
    made, scope = raised(cast), cast.scope(cast.secretary)
    for until, reason, said in (
        (days(0), "有会", "暂缓的日期"), (days(31), "有会", "一次最多暂缓 30 天"), (days(5), " ", "写明理由"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            actions.snooze(scope, made.pk, until=until, reason=reason)
        assert said in f"{refused.value.message}{refused.value.remedy}"
    actions.snooze(scope, made.pk, until=days(30), reason="下周补办。")

    assert night(29) == AlertNight()
    assert night(30) == AlertNight(woken=1)
    made.refresh_from_db()
    assert (made.state, made.snoozed_until) == (AlertState.RAISED, None)


@pytest.mark.django_db
def test_only_the_superior_finds_an_alert_false_and_it_keeps_quiet_until_the_fact_is_over(cast: Cast) -> None:
    made = raised(cast)
    with pytest.raises(Refusal, match="由上级党组织认定"):
        actions.mark_false(cast.scope(cast.secretary), made.pk, reason="不算。")
    actions.mark_false(cast.scope(cast.organizer), made.pk, reason="三个是同一件事。")

    assert night(1) == AlertNight()
    with pytest.raises(Refusal, match="由上级党组织认定"):
        actions.acknowledge(cast.scope(cast.secretary), made.pk)
    Problem.objects.all().delete()
    assert night(2) == AlertNight(closed=1)
    made.refresh_from_db()
    assert (made.state, made.is_false) == (AlertState.CLOSED, True)


@pytest.mark.django_db
def test_the_share_of_false_alarms_is_of_the_judged_ones_and_not_told_of_few(cast: Cast) -> None:
    def closed(number: int, **given: Any) -> None:
        for _ in range(number):
            Alert.objects.create(
                rule=THEME.id, organization=cast.branch, state="closed", closed_on=days(0), raised_on=days(-9),
                since=days(-99), **given,
            )  # fmt: skip

    def told(who: Any) -> queries.Record:
        return queries.record_by_rule(cast.scope(who)).get(THEME.id, queries.Record())

    closed(2, is_false=True)
    closed(2, acknowledged_on=days(-1))
    closed(6)
    assert (told(cast.organizer).judged, told(cast.organizer).false_share) == (4, "—")
    closed(1, is_false=True, acknowledged_on=days(-1))

    assert told(cast.organizer) == queries.Record(raised=11, living=0, acted=2, false=3)
    assert told(cast.organizer).false_share == "60%"
    assert told(cast.neighbour) == queries.Record()


@pytest.mark.django_db
def test_another_subtree_has_no_such_alert(cast: Cast, sign_in: SignIn) -> None:
    made = raised(cast)
    client = sign_in(cast.neighbour)

    assert client.get(f"/supervision/alerts/{made.pk}/").status_code == 404
    for act in (actions.acknowledge, actions.turn_into_problem):
        with pytest.raises(Http404):
            act(cast.scope(cast.neighbour), made.pk)
    assert str(made) not in client.get("/supervision/alerts/").content.decode()


@pytest.mark.django_db
def test_a_branch_reads_why_and_makes_a_problem_of_it_with_one_click(cast: Cast, sign_in: SignIn) -> None:
    score(cast.branch, "theme_days_held", (1, 3), (2, 3))
    night()
    here = f"/supervision/alerts/{only().pk}/"
    client = sign_in(cast.secretary)
    assert "本级预警待确认" in client.get("/").content.decode()
    listed = client.get("/supervision/alerts/?mine=own&q=主题党日&kind=duration").content.decode()
    page = client.get(here).content.decode()

    assert THEME.title in listed
    for word in ("2026年第二季度", "33.3%（1 ÷ 3）", THEME.advice, THEME.indicator.formula):  # type: ignore[union-attr]
        assert word in page
    assert f"/assessment/{cast.branch.pk}/theme_days_held/?period=2026Q3" in page
    assert f"/meetings/cadence/{cast.branch.pk}/" in page
    assert "标为误报" not in page
    wrong = client.post(here + "snooze/", {"until": days(99), "reason": "下周补办。"})
    assert (wrong.status_code, "下周补办。" in wrong.content.decode()) == (422, True)
    client.post(here + "problem/")
    assert client.post(here + "problem/").status_code == 422

    made = Problem.objects.get()
    assert (made.organization, made.source) == (cast.branch, "own")
    assert "66.7%（2 ÷ 3）" in made.text
    assert only().state == AlertState.ACKNOWLEDGED
    assert "本级预警待确认" not in client.get("/").content.decode()


@pytest.mark.django_db
def test_the_superior_hears_of_those_below_finds_one_false_and_sees_the_rules_record(
    cast: Cast, sign_in: SignIn
) -> None:
    made = raised(cast)
    here = f"/supervision/alerts/{made.pk}/"
    client = sign_in(cast.organizer)
    home = client.get("/").content.decode()
    assert "下级预警待确认" in home
    assert "本级预警待确认" not in home
    assert client.post(here + "false/", {"reason": " "}).status_code == 422
    assert client.post(here + "false/", {"reason": "三个是同一件事。"}).status_code == 302
    assert "三个是同一件事。" in client.get(here).content.decode()
    assert str(made) in client.get("/supervision/alerts/?state=found_false").content.decode()
    rule = client.get(f"/supervision/alerts/rules/{PILING.id}/").content.decode()
    assert "现为 1 ÷ 1" in rule
    assert PILING.title in client.get("/supervision/alerts/rules/").content.decode()
    assert client.post(here + "acknowledge/").status_code == 302

    made.refresh_from_db()
    assert (made.state, made.is_false) == (AlertState.ACKNOWLEDGED, False)
    assert client.get("/supervision/alerts/rules/none/").status_code == 404
    taken = client.get("/supervision/alerts/?export=csv")
    assert PILING.title in b"".join(taken.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
