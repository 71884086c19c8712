"""Members who are away are kept in contact, members who are lost are sought; what becomes of them people decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from tests.cast import TODAY, Cast
from zhibu.people import actions, queries
from zhibu.people.enums import ContactPurpose, ContactWay, StageKind
from zhibu.people.models import Contact, Mobility, Person
from zhibu.regulations.refusal import Refusal, Refusals
from zhibu.ui.waiting import answered

pytestmark = pytest.mark.django_db


def said(call: Callable[[], Any]) -> str:
    with pytest.raises((Refusal, Refusals)) as refusal:
        call()
    return str(refusal.value)


def waits(cast: Cast, who: Person | None = None) -> dict[str, tuple[int, date | None, bool]]:
    found = answered(queries.waiting(cast.scope(who or cast.secretary)))
    return {one.title: (one.count, one.since, one.late) for one in found if "档案" not in one.title}


def away(cast: Cast, since: date, **more: Any) -> None:
    actions.mark_mobile(cast.scope(cast.secretary), cast.member, destination="虚构国", since=since, **more)


def reached(cast: Cast, on: date, *, purpose: str = ContactPurpose.KEEP, is_reached: bool = True) -> Contact:
    return actions.record_contact(
        cast.scope(cast.secretary), cast.member, on=on, way=ContactWay.PHONE, purpose=purpose, is_reached=is_reached,
        by=cast.secretary,
    )  # fmt: skip


@pytest.mark.parametrize(("since", "late"), [(date(2026, 5, 21), False), (date(2026, 5, 20), True)])
def test_who_studies_abroad_is_contacted_every_half_year(cast: Cast, since: date, late: bool) -> None:
    away(cast, since, is_abroad=True)

    found = waits(cast)

    due = date(2026, 11, 20) if late else TODAY
    title = "出国（境）学习党员应联系" if late else "出国（境）学习党员 30 天内应联系"
    assert found == {title: (1, due if late else None, late)}


def test_the_half_year_is_counted_as_everywhere_else(cast: Cast) -> None:
    """From 31 August to the last of February, also in the database."""
    away(cast, date(2025, 8, 31), is_abroad=True)

    row = queries.mobile_people(cast.scope(cast.secretary)).get()

    assert row.due == date(2026, 2, 28)


def test_contact_that_was_made_moves_the_day_and_one_in_vain_does_not(cast: Cast) -> None:
    away(cast, date(2026, 1, 10), is_abroad=True)
    reached(cast, date(2026, 11, 1), is_reached=False)
    assert waits(cast)["出国（境）学习党员应联系"] == (1, date(2026, 7, 10), True)

    reached(cast, date(2026, 11, 2))

    assert waits(cast) == {}


def test_others_who_are_away_wait_without_a_deadline(cast: Cast) -> None:
    away(cast, date(2025, 1, 10))

    assert waits(cast) == {"流动党员应保持联系": (1, date(2025, 1, 10), False)}
    assert waits(cast, cast.neighbour) == {}


@pytest.mark.parametrize(
    ("since", "expected", "why"),
    [
        (date(2026, 11, 22), None, "不能晚于今天"),
        (date(2026, 6, 1), date(2026, 11, 30), "不满 6 个月"),
        (date(2026, 6, 1), date(2026, 12, 1), ""),
        (date(2026, 6, 1), None, ""),
    ],
)
def test_less_than_six_months_is_not_away(cast: Cast, since: date, expected: date | None, why: str) -> None:
    if why:
        assert why in said(lambda: away(cast, since, expected_on=expected))
        assert not Mobility.objects.exists()
    else:
        away(cast, since, expected_on=expected)
        assert Mobility.objects.get().expected_on == expected


def test_coming_back_ends_it_and_going_again_is_a_new_one(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    away(cast, date(2025, 1, 10), host="虚构市流动党员党支部", keeper=cast.secretary)

    assert "早于外出日期" in said(lambda: actions.mark_returned(scope, cast.member, on=date(2025, 1, 9)))
    actions.mark_returned(scope, cast.member, on=date(2026, 2, 1))
    assert "早于上一次返回" in said(lambda: away(cast, date(2026, 1, 1)))
    away(cast, date(2026, 3, 1))
    away(cast, date(2026, 3, 2))

    cast.member.refresh_from_db()
    found = list(Mobility.objects.order_by("since").values_list("since", "ended_on"))
    assert found == [(date(2025, 1, 10), date(2026, 2, 1)), (date(2026, 3, 2), None)]
    assert (cast.member.is_mobile, cast.member.mobile_destination) == (True, "虚构国")


def test_what_cannot_be_a_contact(cast: Cast) -> None:
    assert "没有登记为流动党员" in said(lambda: reached(cast, TODAY))
    away(cast, date(2026, 3, 1))

    assert "早于外出日期" in said(lambda: reached(cast, date(2026, 2, 28)))
    assert "不能晚于今天" in said(lambda: reached(cast, date(2026, 11, 22)))
    assert "没有登记为失联" in said(lambda: reached(cast, TODAY, purpose=ContactPurpose.SEARCH))
    with pytest.raises(Http404):
        actions.record_contact(
            cast.scope(cast.neighbour), cast.member, on=TODAY, way="phone", purpose="keep", is_reached=True
        )
    with pytest.raises(PermissionDenied):
        actions.record_contact(
            cast.scope(cast.member), cast.member, on=TODAY, way="phone", purpose="keep", is_reached=True
        )


def lost(cast: Cast, since: date) -> None:
    actions.mark_lost(cast.scope(cast.secretary), cast.member, since=since)


def stop(cast: Cast, on: date = TODAY, **more: Any) -> Any:
    options = {"basis": "虚院党〔2026〕11 号", "reason": "", **more}
    return actions.stop_membership(cast.scope(cast.organizer), cast.member, on=on, **options)


@pytest.mark.parametrize(("since", "may"), [(date(2026, 5, 21), True), (date(2026, 5, 22), False)])
def test_after_six_months_the_membership_may_be_stopped(cast: Cast, since: date, may: bool) -> None:
    lost(cast, since)
    reached(cast, date(2026, 11, 1), purpose=ContactPurpose.SEARCH, is_reached=False)

    assert ("失联已满期限，可以研究停止党籍" in waits(cast)) is may
    if may:
        assert stop(cast).kind == StageKind.SUSPENDED
    else:
        assert "2026-11-22 起才可以办理" in said(lambda: stop(cast))


def test_without_a_search_and_without_a_paper_nobody_is_stopped(cast: Cast) -> None:
    lost(cast, date(2026, 1, 1))

    assert "还没有登记查找" in said(lambda: stop(cast))
    assert "文号" in said(lambda: stop(cast, basis=""))
    assert stop(cast, reason="查找记录见支部台账第 3 页").kind == StageKind.SUSPENDED


@pytest.mark.parametrize(("stopped", "may"), [(date(2024, 11, 21), True), (date(2024, 11, 22), False)])
def test_two_years_later_who_is_still_lost_may_be_removed(cast: Cast, stopped: date, may: bool) -> None:
    lost(cast, date(2023, 1, 1))
    scope = cast.scope(cast.organizer)
    paper = {"basis": "虚院党〔2026〕12 号"}
    assert "没有停止党籍" in said(lambda: actions.remove_lost(scope, cast.member, on=TODAY, **paper))
    stop(cast, stopped, reason="多方查找无果")

    if may:
        assert actions.remove_lost(scope, cast.member, on=TODAY, **paper).kind == StageKind.LEFT
        assert queries.lost_people(scope).count() == 0
    else:
        assert "2026-11-22 起才可以办理" in said(lambda: actions.remove_lost(scope, cast.member, on=TODAY, **paper))


def test_who_is_found_is_not_removed(cast: Cast) -> None:
    lost(cast, date(2023, 1, 1))
    stop(cast, date(2024, 1, 1), reason="多方查找无果")
    scope = cast.scope(cast.organizer)
    actions.mark_found(scope, cast.member, reason="家属转告本人来电")

    assert "已经取得联系的" in said(
        lambda: actions.remove_lost(scope, cast.member, on=TODAY, basis="虚院党〔2026〕12 号")
    )


def test_the_way_through_the_pages(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    """Registered, contacted, listed, exported; the member sees the own registration."""
    client = sign_in(cast.secretary)
    pk = cast.member.pk
    posted = {
        "destination": "虚构国虚构市",
        "since": "2026-04-01",
        "is_abroad": "on",
        "keeper": "secretary",
        "host": "使馆党委",
    }
    made = client.post(reverse("people:mobile", args=[pk]), posted)
    late = client.get(reverse("people:mobile-list"), {"contact": "late"}).content.decode()
    wrong = client.post(
        reverse("people:record-contact", args=[pk]),
        {"on": "2026-03-01", "purpose": "keep", "way": "mail", "is_reached": "yes", "by": "secretary"},
    )
    right = client.post(
        reverse("people:record-contact", args=[pk]),
        {"on": "2026-11-20", "purpose": "keep", "way": "mail", "is_reached": "yes", "by": "secretary"},
    )
    page = client.get(reverse("people:contact", args=[pk])).content.decode()
    exported = b"".join(client.get(reverse("people:mobile-list"), {"export": "csv"}).streaming_content).decode(
        "utf-8-sig"
    )
    own = sign_in(cast.member).get(reverse("people:me")).content.decode()

    assert made.url == right.url == reverse("people:contact", args=[pk])
    assert "孟员" in late and "应联系" in late
    assert wrong.status_code == 422 and "早于外出日期 2026-04-01" in wrong.content.decode()
    assert "下一次最晚" in page and "舒记" in page
    assert "使馆党委" in exported and "使馆党委" in own
    assert Contact.objects.get().recorded_by == cast.secretary.user


def test_the_page_of_somebody_lost_leads_to_the_decision(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    lost(cast, date(2026, 6, 1))
    client = sign_in(cast.secretary)
    page = client.get(reverse("people:contact", args=[cast.member.pk])).content.decode()
    listed = client.get(reverse("people:lost-list")).content.decode()
    early = client.post(
        reverse("people:stop", args=[cast.member.pk]),
        {"on": "2026-11-21", "basis": "虚院党〔2026〕11 号", "reason": "多方查找无果"},
    )

    assert "还差 10 天，最早 2026-12-01" in page and reverse("people:stop", args=[cast.member.pk]) in page
    assert "2026-12-01" in listed
    assert early.status_code == 422 and "虚院党〔2026〕11 号" in early.content.decode()


@pytest.mark.parametrize(("since", "over"), [(date(2021, 11, 21), False), (date(2021, 11, 20), True)])
def test_five_years_abroad_are_told_and_decided_by_people(
    cast: Cast, sign_in: Callable[[Any], Any], since: date, over: bool
) -> None:
    """The page says so, with its article, and leads to where the decision is entered; who is at home is not meant."""
    away(cast, since, is_abroad=True)
    title = "出国（境）超过期限未返，可以研究停止党籍"
    client = sign_in(cast.secretary)
    page = client.get(reverse("people:contact", args=[cast.member.pk])).content.decode()
    listed = client.get(reverse("people:mobile-list"), {"contact": "long"}).content.decode()
    told = waits(cast)
    away(cast, since)

    assert (title in told) is over
    assert ("已超过 5 年，一般停止党籍" in page and reverse("people:stage", args=[cast.member.pk]) in page) is over
    assert ("孟员" in listed) is over
    assert title not in waits(cast)
