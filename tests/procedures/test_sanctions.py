"""Who is under a sanction: not an introducer, or only with a reason; without a vote while under 留党察看."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.cast import TODAY, Cast
from tests.house.test_permissions import client_of
from tests.procedures.states import given, people, refusals
from zhibu.audit.models import Entry
from zhibu.people.enums import SanctionKind
from zhibu.people.models import Sanction
from zhibu.people.queries import sanctioned
from zhibu.procedures.queries.facts import full_members

D = date.fromisoformat
GIVEN = {"kind": "4", "since": "2026-03-01", "until": "2027-03-01", "document": "纪〔2026〕3 号"}


@pytest.mark.parametrize(
    ("kind", "on", "reason", "may"),
    [
        ("1", "2026-05-10", "", True),  # the edition of 2014 names 留党察看 only
        ("1", "2026-05-11", "", False),
        ("3", "2026-05-11", "组织研究，情节轻微", True),  # 不宜: with a reason
        ("4", "2026-05-10", "组织研究，情节轻微", False),
        ("4", "2026-05-11", "组织研究，情节轻微", False),
    ],
)
def test_introducers_by_edition_and_sanction(kind: str, on: str, reason: str, may: bool) -> None:
    from tests.procedures.states import against
    from zhibu.procedures.actions.common import refuse_by
    from zhibu.regulations.refusal import Refusals

    state = given({"listed": D(on)})
    found = against(state, "introducers", D(on), people=people(2, sanction=kind), reason=reason)
    try:
        refuse_by(found, reason, D(on))
    except Refusals:
        assert not may
    else:
        assert may
    assert refusals(state, "introducers", D(on)) == []


def record(cast: Cast, **change: str) -> Any:
    return client_of(cast, "secretary").post(f"/people/{cast.member.pk}/sanctions/new/", {**GIVEN, **change})


@pytest.mark.django_db
def test_under_observation_there_is_no_vote_until_the_rights_are_restored(cast: Cast) -> None:
    before = full_members(cast.branch)
    record(cast)
    under, after_period = full_members(cast.branch), sanctioned([cast.member.pk], D("2028-01-01"))
    end = f"/people/{cast.member.pk}/sanctions/{Sanction.objects.get().pk}/end/"
    client_of(cast, "secretary").post(end, {"on": str(TODAY), "reason": "纪〔2026〕9 号恢复党员权利"})

    assert (before, under, full_members(cast.branch)) == (2, 1, 2)
    assert after_period == {cast.member.pk: SanctionKind.OBSERVATION}
    assert sanctioned([cast.member.pk], D("2026-11-20")) and not sanctioned([cast.member.pk], TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize(("on", "there"), [("2026-02-28", False), ("2026-03-01", True), ("2027-03-01", True)])
def test_a_warning_has_effect_for_its_period(cast: Cast, on: str, there: bool) -> None:
    record(cast, kind="1")

    assert bool(sanctioned([cast.member.pk], D(on))) is there
    assert not sanctioned([cast.member.pk], D("2027-03-02"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"since": "2026-11-22"}, "日期不能晚于今天"),
        ({"since": "2021-05-31"}, "早于加入党组织日期"),
        ({"until": "2026-02-28"}, "早于处分日期"),
        ({"document": " "}, "document"),
    ],
)
def test_wrong_dates_are_refused_and_stay_typed(cast: Cast, change: dict[str, str], why: str) -> None:
    answer = record(cast, **change)

    assert answer.status_code == 422 and why in answer.content.decode() and "2026" in answer.content.decode()
    assert Sanction.objects.count() == 0


@pytest.mark.django_db
def test_only_the_posts_that_keep_the_file_see_it_and_the_log_does_not_tell(cast: Cast) -> None:
    record(cast)
    twice = record(cast)
    address = f"/people/{cast.member.pk}/"

    assert twice.status_code == 422 and Sanction.objects.count() == 1
    assert "留党察看" in client_of(cast, "secretary").get(address).content.decode()
    for own in (address, "/people/me/"):
        assert "留党察看" not in client_of(cast, "member").get(own).content.decode()
    assert client_of(cast, "neighbour").get(f"{address}sanctions/new/").status_code == 404
    assert client_of(cast, "secretary").get(f"/people/{cast.secretary.pk}/sanctions/new/").status_code == 403
    entry = Entry.objects.get(verb="people.update_restricted")
    assert "察看" not in str(entry.changes) and "纪" not in entry.reason
