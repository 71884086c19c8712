"""Spot checks anyone can repeat, a checklist for each drawn record, and models shown only while the branch consents."""

from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from tests.cast import Cast
from tests.meetings.quality.texts import corrected
from tests.meetings.records import held
from zhibu.meetings import queries as room
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import DrawnRecord, SpotCheck
from zhibu.meetings.quality import reviewing
from zhibu.meetings.quality.reviewing import POINTS
from zhibu.meetings.quality.sampling import draw
from zhibu.meetings.signals import problem_found
from zhibu.regulations.refusal import Refusal
from zhibu.ui.waiting import answered

SignIn = Callable[..., Client]
PERIOD: dict[str, Any] = {"title": "年度抽查", "since": date(2026, 1, 1), "until": date(2026, 12, 31)}
FINE = dict.fromkeys(POINTS, "yes")


def drawn_by(cast: Cast, who: Any, node: Any, **changes: Any) -> SpotCheck:
    return reviewing.draw_records(cast.scope(who), node.pk, **{**PERIOD, "each": 1, "seed": "3471.06", **changes})


def test_a_draw_takes_so_many_of_each_stratum_and_everybody_gets_the_same() -> None:
    records = [(number, "甲" if number % 3 else "乙") for number in range(1, 31)]

    found = draw(records, "3471.06", 2)

    assert {stratum: len(numbers) for stratum, numbers in found.items()} == {"甲": 2, "乙": 2}
    assert draw(reversed(records), "3471.06", 2) == found
    assert draw(records, "3471.07", 2) != found
    # As anybody would recompute it from the printed rule.
    ranked = sorted((sha256(f"3471.06|乙|{n}".encode()).hexdigest(), n) for n, stratum in records if stratum == "乙")
    assert found["乙"] == [n for _hash, n in ranked[:2]]


def test_every_record_of_a_stratum_is_drawn_about_as_often() -> None:
    times = dict.fromkeys(range(10), 0)
    for seed in range(1000):
        times[draw([(n, "甲") for n in range(10)], str(seed), 1)["甲"][0]] += 1

    assert min(times.values()) > 60 and max(times.values()) < 140


def test_strata_are_categories_by_months_of_recorded_meetings_in_the_subtree(cast: Cast) -> None:
    for day in (3, 4, 5):
        held(cast, held_on=date(2026, 10, day))
    held(cast, held_on=date(2026, 11, 3))
    held(cast, State.DRAFT, held_on=date(2026, 9, 3))
    neighbour = {"host_id": cast.neighbour.pk, "recorder_id": cast.neighbour.pk, "by": cast.neighbour}
    held(cast, node=cast.other_branch, **neighbour)

    check = drawn_by(cast, cast.organizer, cast.faculty)
    assert (check.population, check.drawn_by) == (4, cast.organizer.user)
    assert list(check.drawn.values_list("stratum", flat=True)) == ["本科生党支部 2026-10", "本科生党支部 2026-11"]
    assert drawn_by(cast, cast.office, cast.root, each=3).drawn.count() == 5


def test_a_draw_is_refused_without_records_without_seed_twice_and_by_the_branch_itself(cast: Cast) -> None:
    with pytest.raises(Refusal, match="没有已登记的记录"):
        drawn_by(cast, cast.organizer, cast.faculty)
    held(cast)
    drawn_by(cast, cast.organizer, cast.faculty)
    for changes, said in (({}, "已经抽过"), ({"seed": " "}, "种子"), ({"until": date(2025, 1, 1)}, "早于")):
        with pytest.raises(Refusal, match=said):
            drawn_by(cast, cast.organizer, cast.faculty, **changes)
    with pytest.raises(PermissionDenied):
        drawn_by(cast, cast.secretary, cast.branch)


@pytest.fixture
def supervision() -> Iterator[list[dict[str, Any]]]:
    """Whoever keeps the list of problems: what reaches them."""
    heard: list[dict[str, Any]] = []

    def hear(sender: Any, **given: Any) -> None:
        heard.append(given)

    problem_found.connect(hear)
    yield heard
    problem_found.disconnect(hear)


def test_a_finding_is_handed_over_once(cast: Cast, supervision: list[dict[str, Any]], sign_in: SignIn) -> None:
    meeting = held(cast)
    row = drawn_by(cast, cast.organizer, cast.faculty).drawn.get()
    client, address = sign_in(cast.organizer), f"/meetings/quality/spot-checks/drawn/{row.pk}/"
    client.post(address, FINE)
    assert supervision == []
    for finding in ("缺请假名单", "缺请假名单和票数"):
        said = client.post(address, {**FINE, "attendance": "no", "finding": finding}, follow=True).content.decode()
        assert "已移交督促整改" in said

    [sent] = supervision
    assert (sent["organization"], sent["source"], sent["key"]) == (cast.branch, "spot_check", str(row.pk))
    assert "缺请假名单" in sent["text"] and "十一月支部党员大会" in sent["text"]
    assert sign_in(cast.secretary).get(sent["address"]).status_code == 200
    row.refresh_from_db()
    assert row.handed_at is not None and meeting == row.meeting


def test_a_draw_by_form_its_checklist_and_what_the_branch_sees(cast: Cast, sign_in: SignIn) -> None:
    meeting = held(cast)
    form = {
        "organization": cast.faculty.pk, "title": "年度抽查", "since": "2026-01-01", "until": "2026-12-31", "each": 1,
        "seed": "3471.06",
    }  # fmt: skip
    refused = sign_in(cast.organizer).post("/meetings/quality/spot-checks/new/", {**form, "seed": ""})
    assert refused.status_code == 422 and "年度抽查" in refused.content.decode()
    made = sign_in(cast.organizer).post("/meetings/quality/spot-checks/new/", form)
    row = DrawnRecord.objects.get()
    shown = sign_in(cast.organizer).get(made["Location"]).content.decode()
    assert "3471.06" in shown and "SHA-256" in shown and "待核对" in shown
    assert "抽中的记录待核对" in {item.title for item in answered(room.waiting(cast.scope(cast.organizer)))}

    address = f"/meetings/quality/spot-checks/drawn/{row.pk}/"
    client = sign_in(cast.organizer)
    assert client.post(address, {**FINE, "votes": "no", "finding": ""}).status_code == 422
    assert client.post(address, {**FINE, "finding": "缺名单"}).status_code == 422
    assert client.post(address, {**FINE, "attendance": "no", "finding": "缺请假名单"}).status_code == 302
    row.refresh_from_db()
    assert (row.answers["attendance"], row.answers["votes"], row.checked_by) == (False, True, cast.organizer.user)
    assert "缺请假名单" in sign_in(cast.secretary).get("/meetings/quality/findings/").content.decode()
    assert "缺请假名单" not in sign_in(cast.neighbour).get("/meetings/quality/findings/").content.decode()
    assert "抽中的记录待核对" not in {item.title for item in answered(room.waiting(cast.scope(cast.organizer)))}
    assert sign_in(cast.secretary).get(address).status_code == 403
    exported: Any = sign_in(cast.office).get("/meetings/quality/findings/?export=csv")
    assert "缺请假名单" in b"".join(exported.streaming_content).decode("utf-8-sig")
    assert meeting == row.meeting


def test_a_model_is_shown_only_while_its_branch_consents(cast: Cast, sign_in: SignIn) -> None:
    meeting = held(cast, kind=Kind.THEME_DAY, title="好党日", minutes="具体的记录")
    base = f"/meetings/{meeting.pk}/quality/"

    def is_shown() -> bool:
        return "好党日" in sign_in(cast.neighbour).get("/meetings/quality/models/").content.decode()

    assert sign_in(cast.secretary).get(base + "propose/").status_code == 403
    assert sign_in(cast.organizer).post(base + "propose/", {"reason": "决议具体"}).status_code == 302
    model = meeting.model
    assert not is_shown()
    assert sign_in(cast.neighbour).get(f"/meetings/quality/models/{model.pk}/").status_code == 404
    [asked] = [item for item in answered(room.waiting(cast.scope(cast.secretary))) if "典型" in item.title]
    assert f'href="{base}"' in sign_in(cast.secretary).get(asked.url).content.decode()
    assert "好党日" not in sign_in(cast.organizer).get(asked.url).content.decode()
    assert sign_in(cast.neighbour).post(base + "consent/", {"consent": "yes"}).status_code == 404

    assert sign_in(cast.secretary).post(base + "consent/", {"consent": "yes"}).status_code == 302
    assert is_shown()
    shown = sign_in(cast.neighbour).get(f"/meetings/quality/models/{model.pk}/").content.decode()
    assert "具体的记录" in shown and "应到" not in shown
    corrected(cast, meeting, minutes="改过的记录")
    assert not is_shown()
    sign_in(cast.secretary).post(base + "consent/", {"consent": "yes"})
    assert is_shown()
    sign_in(cast.secretary).post(base + "consent/", {"consent": "no"})
    assert not is_shown()
