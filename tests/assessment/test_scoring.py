"""Points: against fractions written plainly, and the properties that must hold whatever the records are."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from math import floor

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibu.assessment.scheme import delivered_for
from zhibu.assessment.scoring import Scored, score
from zhibu.indicators.compute import Computed
from zhibu.indicators.periods import Period

SCHEME = delivered_for(date(2026, 9, 30))
KEYS = [item.key for item in SCHEME.needed]
SIZE, CHECK = KEYS.index("members"), KEYS.index("general_meeting_held")
BRANCHES = {"631", "632", "931", "932"}
World = Mapping[int, tuple[str, str, Mapping[int, tuple[int, int]]]]  # organization: kind, category, place: share


def computed(world: World) -> Computed:
    period = Period(2026, 3)
    rows = [
        {"organization_id": key, "period": period.number, "indicator": place, "numerator": top, "denominator": bottom}
        for key, (_, _, shares) in world.items()
        for place, (top, bottom) in shares.items()
        if bottom
    ]
    numbers = [(name, pa.int64()) for name in ("organization_id", "period", "indicator", "numerator", "denominator")]
    organizations = [
        {"organization_id": key, "period": period.number, "kind": kind, "category": category, "parent_id": None}
        for key, (kind, category, _) in world.items()
    ]
    shape = [*numbers[:2], ("kind", pa.string()), ("category", pa.string()), ("parent_id", pa.int64())]
    return Computed(
        SCHEME.needed, (period,), pa.Table.from_pylist(rows, schema=pa.schema(numbers)),
        pa.Table.from_pylist(organizations, schema=pa.schema(shape)),
    )  # fmt: skip


def half_up(number: Fraction) -> int:
    return floor(number + Fraction(1, 2))


def plainly(world: World) -> dict[int, tuple[int, int]]:
    """organization: (total, uncapped) in hundredths."""
    found = {}
    for key, (kind, category, shares) in world.items():
        points = weights = 0
        if kind == "641":
            continue
        for place, item in enumerate(SCHEME.indicators):
            top, bottom = shares.get(place, (0, 0))
            if not bottom:
                continue
            ratio = Fraction(half_up(Fraction(top * 10**6, bottom)), 10**6)
            if item.smooth and kind in BRANCHES and shares.get(SIZE, (0, 0))[0] < SCHEME.smoothing.under_members:
                peers = [s[place] for k, c, s in world.values() if k in BRANCHES and c == category and place in s]
                peer = half_up(Fraction(sum(t for t, _ in peers) * 10**6, sum(b for _, b in peers)))
                k = SCHEME.smoothing.weight
                ratio = Fraction(half_up(Fraction(top * 10**6 + k * peer, bottom + k)), 10**6)
            full, zero = Fraction(item.full_at), Fraction(item.zero_at)
            rate = min(max((ratio - zero) / (full - zero), Fraction(0)), Fraction(1))
            rate = Fraction(half_up(rate * 10**6), 10**6)
            points += half_up(Fraction(item.weight) * 100 * rate)
            weights += int(item.weight * 100)
        if not weights:
            continue
        uncapped = total = half_up(Fraction(points * 10_000, weights))
        held, due = shares.get(CHECK, (0, 0))
        if kind in BRANCHES and due and not held:
            total = min(total, 5900)
        found[key] = (total, uncapped)
    return found


@st.composite
def worlds(draw: st.DrawFn) -> World:
    share = st.integers(0, 40).flatmap(lambda bottom: st.tuples(st.integers(0, bottom), st.just(bottom)))
    places = [place for place in range(len(KEYS)) if place != SIZE]
    made = {}
    for key in range(1, draw(st.integers(1, 5)) + 1):
        shares = {place: draw(share) for place in draw(st.lists(st.sampled_from(places), unique=True))}
        size = draw(st.integers(0, 14))
        shares[SIZE] = (size, size)
        made[key] = (
            draw(st.sampled_from(["631", "611", "641", "931"])),
            draw(st.sampled_from(["teacher", "staff"])),
            shares,
        )
    return made


def totals(scored: Scored) -> dict[int, tuple[int, int]]:
    return {row["organization_id"]: (row["total"], row["uncapped"]) for row in scored.totals.to_pylist()}


def only(world: World) -> Scored:
    return score(computed(world), SCHEME)


@settings(max_examples=25, deadline=None)
@given(worlds())
def test_scores_equal_the_plain_computation_and_stay_in_bounds(world: World) -> None:
    cleaned = {
        key: (kind, category, {p: s for p, s in shares.items() if s[1]})
        for key, (kind, category, shares) in world.items()
    }
    found = only(cleaned)
    assert totals(found) == plainly(cleaned)
    for row in found.totals.to_pylist():
        assert 0 <= row["total"] <= row["uncapped"] <= 10_000
        assert (row["total"] < row["uncapped"]) == (row["cap"] is not None)
    for row in found.lines.to_pylist():
        assert 0 <= row["points"] <= row["weight"]


ATTENDANCE = next(place for place, item in enumerate(SCHEME.indicators) if item.indicator.key == "attendance")
LOST = next(place for place, item in enumerate(SCHEME.indicators) if item.indicator.key == "out_of_contact")


def small_branch(place: int, top: int, bottom: int, members: int, peers: tuple[int, int]) -> dict:
    world = {
        1: ("631", "teacher", {place: (top, bottom), SIZE: (members, members)}),
        2: ("631", "teacher", {place: peers, SIZE: (30, 30)}),
    }
    return next(row for row in only(world).lines.to_pylist() if row["organization_id"] == 1)


@settings(max_examples=25, deadline=None)
@given(bottom=st.integers(1, 30), top=st.integers(0, 29), members=st.integers(0, 12), peer=st.integers(0, 200))
def test_smoothing_is_monotone_and_lies_between_own_and_peers(bottom: int, top: int, members: int, peer: int) -> None:
    top = min(top, bottom - 1)
    less = small_branch(ATTENDANCE, top, bottom, members, (peer, 200))
    more = small_branch(ATTENDANCE, top + 1, bottom, members, (peer, 200))
    assert less["smoothed"] <= more["smoothed"] and less["points"] <= more["points"]
    if members >= 7:
        assert less["smoothed"] == less["raw"]
    else:
        category = (top + peer) * 1_000_000 / (bottom + 200)
        low, high = sorted((less["raw"], category))
        assert low - 1 <= less["smoothed"] <= high + 1


def test_seven_members_are_no_longer_few() -> None:
    assert small_branch(ATTENDANCE, 0, 10, 6, (200, 200))["smoothed"] > 0
    assert small_branch(ATTENDANCE, 0, 10, 7, (200, 200))["smoothed"] == 0


def test_duties_counted_by_meeting_are_not_smoothed() -> None:
    meetings = KEYS.index("meetings_complete")
    assert small_branch(meetings, 0, 4, 3, (100, 100))["points"] == 0


def test_fewer_lost_members_score_higher() -> None:
    assert small_branch(LOST, 0, 20, 20, (0, 1))["points"] == 500
    assert small_branch(LOST, 1, 20, 20, (0, 1))["points"] == 0
    assert small_branch(LOST, 1, 40, 40, (0, 1))["points"] == 250


def test_breach_caps_a_branch_but_not_its_superior() -> None:
    shares = {KEYS.index("term_kept"): (1, 1), CHECK: (0, 1), SIZE: (20, 20)}
    found = totals(only({1: ("631", "teacher", shares), 2: ("611", "upper", shares)}))
    assert found == {1: (5900, 10_000), 2: (10_000, 10_000)}


def test_half_a_hundredth_is_rounded_up() -> None:
    # attendance: 8 points from 50 % to 90 %; 0.500250 gives 0.000625 of 8.00 = 0.005.
    row = small_branch(ATTENDANCE, 50_025, 100_000, 30, (1, 1))
    assert (row["raw"], row["normalised"], row["points"]) == (500_250, 625, 1)
