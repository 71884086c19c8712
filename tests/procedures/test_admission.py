"""A secretary and an organizer take an applicant along the road, and the platform says why not yet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.cast import TODAY, Cast
from tests.house.test_permissions import client_of
from tests.procedures.road import ADMISSION, applicant, scope_for, state, take, voters
from zhibu.accounts.scope import Scope
from zhibu.archive import actions as archive
from zhibu.people.enums import StageKind
from zhibu.procedures import actions
from zhibu.procedures.models import Case, OpenStep
from zhibu.procedures.queries import facts_of
from zhibu.procedures.rules.projection import project
from zhibu.regulations.refusal import Refusal, Refusals

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast) -> Case:
    voters(cast)
    return actions.open_case(cast.scope(cast.secretary), "admission", applicant(cast))


def refused(*args: Any, **more: Any) -> str:
    with pytest.raises((Refusal, Refusals)) as refusal:
        take(*args, **more)
    return str(refusal.value)


def as_of(monkeypatch: pytest.MonkeyPatch, cast: Cast, day: date) -> None:
    """Everybody of the cast acts on another day."""
    from tests.procedures import road

    def scope(cast: Cast, step: Any) -> Scope:
        from dataclasses import replace

        return replace(scope_for(cast, step), today=day)

    monkeypatch.setattr(road, "scope_for", scope)


def test_a_case_begun_with_an_application_waits_for_the_talk_within_a_month(cast: Cast, case: Case) -> None:
    row = OpenStep.objects.get(case=case)

    assert (row.step, row.organization, row.earliest, row.due) == (
        "talk", cast.branch, date(2026, 6, 1), date(2026, 7, 1),
    )  # fmt: skip


def test_a_step_out_of_order_is_refused_with_the_step_that_is_missing(cast: Cast, case: Case) -> None:
    said = refused(cast, case, "activist", date(2026, 6, 20))

    assert "须先办理第 2 步“派人谈话”" in said and "第七条" in said


@pytest.mark.parametrize(("day", "may"), [(date(2026, 7, 1), True), (date(2026, 7, 2), False)])
def test_the_talk_is_held_within_a_month(cast: Cast, case: Case, day: date, may: bool) -> None:
    if may:
        assert take(cast, case, "talk", day).on == day
    else:
        assert "最晚 2026-07-01，已超过 1 天" in refused(cast, case, "talk", day)


def test_after_the_superior_had_a_delay_explained_the_step_can_be_taken(cast: Cast, case: Case) -> None:
    with pytest.raises(Exception, match="没有权限"):
        actions.explain(cast.scope(cast.secretary), case.pk, "talk", version=case.version, reason="忘记登记了")

    actions.explain(cast.scope(cast.organizer), case.pk, "talk", version=case.version, reason="书记生病，补谈话")
    take(cast, case, "talk", date(2026, 7, 20))

    assert state(case).on("talk") == date(2026, 7, 20)


def test_the_whole_road_on_the_projected_days(cast: Cast, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every projected day is allowed, the day before is not, and at the end there is a full member."""
    found = facts_of(case, TODAY)
    plan = [one for one in project(ADMISSION, state(case), found, date(2026, 6, 1)) if one.taken is not None]
    as_of(monkeypatch, cast, plan[-1].earliest)

    for one in plan:
        more: dict[str, Any] = {}
        if one.step.id == "publicity":
            more["posted_on"] = state(case).on("listing_consent")
        latest = max((marks[-1].on for marks in state(case).done.values()), default=one.earliest)
        if one.earliest > latest and not one.step.is_repeated:
            refused(cast, case, one.step.id, one.earliest - timedelta(days=1), **more)
        if one.step.id == "archived":
            assert "还缺：入党申请书" in refused(cast, case, "archived", one.earliest)
            archive.add(
                cast.scope(cast.secretary), person=case.person, organization=cast.branch, kind="application",
                dated_on=date(2026, 6, 1), place="党支部档案柜",
            )  # fmt: skip
        assert one.taken is not None
        take(cast, case, one.step.id, one.taken.on, **more)

    case.refresh_from_db()
    assert case.state == "done"
    assert case.person is not None
    case.person.refresh_from_db()
    accepted = state(case).on("accept_meeting")
    assert (case.person.stage, case.person.joined_on) == (StageKind.FULL, accepted)
    assert case.person.confirmed_on == state(case).on("confirm_meeting")


def test_the_page_begins_with_the_next_step_and_folds_what_is_done(cast: Cast, case: Case) -> None:
    take(cast, case, "talk", date(2026, 6, 10))

    page = client_of(cast, "secretary").get(f"/procedures/{case.pk}/").content.decode()

    first, rest = page.split('<div id="steps">')
    assert f'href="/procedures/{case.pk}/activist/"' in first and f'href="/procedures/{case.pk}/activist/"' not in rest
    folded = rest.split("</details>")[0]
    assert "派人谈话" in folded and "推荐和确定入党积极分子" not in folded and "已办理 2 步" in folded


@pytest.mark.parametrize(
    ("step", "given", "why"),
    [
        ("contacts", {"on": "2026-06-25"}, "须先办理第 4 步"),
        ("activist_filed", {"on": "2026-11-22"}, "日期不能晚于今天"),
        ("activist_filed", {"on": "1999-12-31"}, "日期早于出生日期"),
        ("activist_filed", {"on": "2026-06-19"}, "日期早于“推荐和确定入党积极分子”"),
        ("activist", {"on": "2026-06-25", "outcome": "determined"}, "已经办理"),
        ("listed", {"on": "2026-06-25"}, "须先办理第"),
        ("confirm_approval", {"on": "2026-06-25", "outcome": "on_time"}, "须先办理第"),
    ],
)
def test_steps_out_of_order_and_impossible_days_are_refused_by_post_and_stay_typed(
    cast: Cast, case: Case, step: str, given: dict[str, str], why: str
) -> None:
    take(cast, case, "talk", date(2026, 6, 10))
    take(cast, case, "activist", date(2026, 6, 20))
    case.refresh_from_db()
    kinds = ADMISSION[step].documents
    typed = {f"place_{kind}": "第七号柜" for kind in kinds} | {
        "reason": "特殊情况说明",
        "version": case.version,
        **given,
    }

    answer = client_of(cast, "organizer").post(f"/procedures/{case.pk}/{step}/", typed)

    told = answer.content.decode()
    assert answer.status_code == 422 and why in told
    assert f'value="{given["on"]}"' in told and "特殊情况说明" in told and told.count("第七号柜") == len(kinds)
    assert case.entries.count() == 3
