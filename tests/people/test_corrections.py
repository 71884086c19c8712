"""限期改正: the decision is entered with its days and its paper; usually six months, never more than twelve."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.cast import TODAY, Cast, make_person
from tests.house.test_permissions import client_of
from zhibu.audit.models import Entry
from zhibu.people.enums import StageKind
from zhibu.people.models import CorrectionTerm
from zhibu.people.queries import waiting
from zhibu.ui.waiting import answered

pytestmark = pytest.mark.django_db
GIVEN = {"decided_on": "2025-08-31", "until": "2026-02-28", "document": "虚院党〔2025〕8 号", "reason": ""}


def record(cast: Cast, **change: str) -> Any:
    return client_of(cast, "secretary").post(f"/people/{cast.member.pk}/corrections/new/", {**GIVEN, **change})


def conclude(cast: Cast, **change: str) -> Any:
    address = f"/people/{cast.member.pk}/corrections/{CorrectionTerm.objects.get().pk}/"
    return client_of(cast, "secretary").post(
        address, {"on": "2026-03-02", "conclusion": "corrected", "ending": "支部大会记录", **change}
    )


@pytest.mark.parametrize(
    ("until", "reason", "told"),
    [
        ("2026-02-28", "", ""),  # six months to the end of February
        ("2026-03-01", "", "一般 6 个月"),
        ("2026-03-01", "长期在外地，教育需要时间", ""),
        ("2026-08-31", "长期在外地，教育需要时间", ""),  # twelve months
        ("2026-09-01", "长期在外地，教育需要时间", "最长 12 个月，2025-08-31 决定的最晚到 2026-08-31，已超过 1 天"),
        ("2025-08-31", "", "应晚于决定日期"),
    ],
)
def test_usually_six_months_and_at_the_longest_twelve(cast: Cast, until: str, reason: str, told: str) -> None:
    answer = record(cast, until=until, reason=reason)

    assert (answer.status_code, CorrectionTerm.objects.count()) == ((422, 0) if told else (302, 1))
    assert told in answer.content.decode() and (not told or "虚院党〔2025〕8 号" in answer.content.decode())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"decided_on": str(date(2026, 11, 22)), "until": "2027-01-01"}, "不能晚于今天"),
        ({"decided_on": "2021-05-31", "until": "2021-06-30"}, "早于加入党组织日期"),
        ({"document": " "}, "document"),
    ],
)
def test_wrong_days_are_refused(cast: Cast, change: dict[str, str], told: str) -> None:
    answer = record(cast, **change)

    assert answer.status_code == 422 and told in answer.content.decode()


def test_before_the_disposition_rules_only_the_longest_term_was_known(cast: Cast) -> None:
    """党员教育管理工作条例 第三十条, in force since 2019; the usual six months came in 2024."""
    assert record(cast, decided_on="2024-06-15", until="2025-06-15").status_code == 302
    assert "最长 12 个月" in record(cast, decided_on="2024-06-15", until="2025-06-16").content.decode()


def test_when_it_is_over_its_conclusion_waits_and_is_entered_by_people(cast: Cast) -> None:
    record(cast)
    scope = cast.scope(cast.secretary)
    asked = [one.title for one in answered(waiting(scope)) if "限期改正" in one.title]
    listed = client_of(cast, "secretary").get("/people/corrections/?state=over").content.decode()
    early = conclude(cast, on="2026-02-27", conclusion="unchanged")
    done = conclude(cast, on="2026-02-28", conclusion="unchanged")
    twice = conclude(cast)

    assert asked == ["限期改正已期满，应登记结论"] and "孟员" in listed
    assert early.status_code == 422 and "还没有期满" in early.content.decode()
    assert done.status_code == 302 and CorrectionTerm.objects.get().conclusion == "unchanged"
    assert twice.status_code == 422 and "已有结论" in twice.content.decode()
    assert not [one for one in answered(waiting(scope)) if "限期改正" in one.title]
    cast.member.refresh_from_db()
    assert cast.member.stage == StageKind.FULL  # nothing follows by itself


def test_only_one_runs_and_an_entry_by_mistake_makes_room(cast: Cast) -> None:
    record(cast)
    second = record(cast)
    conclude(cast, conclusion="mistaken", on=str(TODAY), ending="登记错了人")

    assert second.status_code == 422 and "没有结论" in second.content.decode()
    assert record(cast).status_code == 302


def test_only_the_posts_that_keep_the_file_see_it_and_the_log_does_not_tell(cast: Cast) -> None:
    record(cast)
    address = f"/people/{cast.member.pk}/"
    applicant = make_person("申请", cast.branch, serial=40, stage=StageKind.APPLICANT)

    assert "限期改正" in client_of(cast, "secretary").get(address).content.decode()
    for own in (address, "/people/me/"):
        assert "限期改正" not in client_of(cast, "member").get(own).content.decode()
    assert client_of(cast, "neighbour").get(f"{address}corrections/new/").status_code == 404
    assert "孟员" not in client_of(cast, "neighbour").get("/people/corrections/").content.decode()
    assert client_of(cast, "secretary").get(f"/people/{cast.secretary.pk}/corrections/new/").status_code == 403
    other = client_of(cast, "secretary").post(f"/people/{applicant.pk}/corrections/new/", GIVEN)
    assert other.status_code == 422 and "不是党员" in other.content.decode()
    entry = Entry.objects.get(verb="people.update_restricted")
    assert "虚院党" not in str(entry.changes) and "改正" not in entry.reason
