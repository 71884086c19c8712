"""What is put wrong on purpose, and the truth about it, so that indicators and alerts can be checked against it."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from zhibu.demo.world import Being, Node, Step, World
from zhibu.organizations.enums import Category
from zhibu.people.enums import Leaving, StageKind
from zhibu.regulations.dates import add_months

PROBATIONARY, FULL, EXTENDED = StageKind.PROBATIONARY, StageKind.FULL, StageKind.EXTENDED


def quarter_start(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def plan(world: World) -> None:
    """Gives flaws to branches, before their meetings and terms are made. Strong ones never share a branch."""
    rng = world.rng("troubles")
    free = [
        node
        for node in world.living_branches
        if not node.taken_over and len(node.eras) == 1 and node.established < add_months(world.start, -1)
        and not any(node in decision.sources for decision in world.decisions)
    ]  # fmt: skip
    rng.shuffle(free)
    for flaw, at_scale_1, value in _flaws(world, rng):
        for _ in range(world.count(at_scale_1)):
            if free:
                node = free.pop(0)
                node.flaws[flaw] = value()
    _showcase(world)
    # Overdue terms and empty posts may also fall on a branch that has another flaw.
    rest = [
        node
        for node in world.living_branches
        if not node.taken_over and not {"copied_minutes", "showcase"} & set(node.flaws)
    ]
    rng.shuffle(rest)
    for _ in range(world.count(9)):
        rest.pop().flaws.setdefault("overdue_term", rng.randint(3, 14))
    for _ in range(world.count(5)):
        fit = next((node for node in rest if "overdue_term" not in node.flaws and _fit(node, world)), None)
        if fit is not None:
            rest.remove(fit)
            fit.flaws["vacancy"] = rng.randint(4, 9)


def _showcase(world: World) -> None:
    """The branch that the demo accounts belong to: something of every kind waits there."""
    some = [node for node in world.living_branches if "missing_fields" in node.flaws]
    order = (Category.TEACHER, Category.STUDENT_GRADUATE, Category.STUDENT_UNDERGRADUATE)
    fit = sorted(some, key=lambda node: (order.index(node.category) if node.category in order else 9, node.code))
    if fit:
        fit[0].flaws["showcase"] = True
        fit[0].flaws["late_theme_day"] = add_months(world.today.replace(day=1), -1)


def _fit(node: Node, world: World) -> bool:
    return node.established < add_months(world.today, -40)


def _flaws(world: World, rng: Random) -> list[tuple[str, float, Any]]:
    quarter = quarter_start(world.today)
    gap = (add_months(quarter, -11), add_months(quarter, -6))
    return [
        ("copied_minutes", 0.9, lambda: add_months(world.today, -7)),
        ("late_general", 6, lambda: add_months(quarter, -6)),
        ("gap", 5, lambda: gap),
        ("poor_attendance", 4, lambda: rng.choice((0.52, 0.56, 0.60))),
        ("missing_fields", 8, lambda: rng.randint(3, 7)),
        ("sparse", 5, lambda: True),
        ("careless", 5, lambda: 0.5),
        ("recorded_late", 4, lambda: True),
    ]


def people(world: World) -> None:
    """Flaws of persons and their files, once the people are there."""
    rng = world.rng("troubled people")
    _lost(world, rng)
    _unconfirmed(world, rng)
    _short(world, rng)
    for node in world.living_branches:
        if number := node.flaws.get("missing_fields"):
            members = [tie.being for tie in node.roll() if tie.end is None and tie.being.is_member_on(world.today)]
            chosen = rng.sample(members, min(number, len(members)))
            for index, being in enumerate(chosen):
                being.columns[("phone", "address", "education")[index % 3]] = ""
            _note(world, "missing_fields", node, people=[being.columns["number"] for being in chosen])
    for being in world.beings:
        if being.stage is FULL and rng.random() < 0.008:
            being.columns |= {"is_mobile": True, "mobile_destination": "虚构省云溪县"}


def _candidates(world: World, rng: Random, fits: Any) -> list[Being]:
    found = [being for being in world.beings if being.ties[-1].end is None and fits(being)]
    rng.shuffle(found)
    return found


def _lost(world: World, rng: Random) -> None:
    """Members nobody can reach; after half a year some are suspended (教育管理工作条例 第二十四条)."""

    def fits(being: Being) -> bool:
        return being.stage is FULL and being.category is Category.TEACHER and being.ties[-1].start < world.start

    for index, being in enumerate(_candidates(world, rng, fits)[: world.count(12, 2)]):
        since = add_months(world.today, -rng.randint(3, 20))
        being.columns |= {"is_lost": True, "lost_since": since}
        suspended = index % 4 == 1 and since < add_months(world.today, -9)
        if suspended:
            on = add_months(since, 7)
            tie = being.ties[-1]
            tie.end, tie.leaving = on, Leaving.SUSPENDED
            being.steps[-1].end = on
            being.steps.append(Step(StageKind.SUSPENDED, on, being.steps[-1].node))
        home = being.home
        assert home is not None
        _note(world, "lost_member", home, people=[being.columns["number"]], since=since, suspended=suspended)


def _unconfirmed(world: World, rng: Random) -> None:
    """Probation ended and nobody has decided; and, without any fault, a few whose probation was extended."""

    def fits(being: Being) -> bool:
        full = being.since(FULL)
        recent = full is not None and add_months(world.today, -4) < full < add_months(world.today, -1)
        return recent and being.stage is FULL and len(being.steps) == 5

    found = _candidates(world, rng, fits)
    for being in found[: world.count(6)]:
        being.steps.pop()
        being.steps[-1].end = None
        being.columns["confirmed_on"] = None
        assert being.home is not None
        since = add_months(being.steps[-1].start, 12)
        _note(world, "confirmation_overdue", being.home, people=[being.columns["number"]], since=since)
    for being in found[world.count(6) : world.count(6) + world.count(5)]:
        being.steps[-1].kind = EXTENDED
        being.steps[-1].basis = "支部党员大会决定延长预备期六个月"
        being.columns["confirmed_on"] = None


def _short(world: World, rng: Random) -> None:
    """Became candidates before the year of cultivation was over."""

    def fits(being: Being) -> bool:
        kinds = [step.kind for step in being.steps[:3]]
        return kinds == [StageKind.APPLICANT, StageKind.ACTIVIST, StageKind.CANDIDATE] and being.stage in {
            StageKind.CANDIDATE, PROBATIONARY,
        }  # fmt: skip

    for being in _candidates(world, rng, fits)[: world.count(4)]:
        applicant, activist, candidate = being.steps[:3]
        activist.start = applicant.end = candidate.start - timedelta(days=rng.randint(210, 290))
        assert being.home is not None
        _note(world, "short_cultivation", being.home, people=[being.columns["number"]], since=candidate.start)


def note_branches(world: World) -> None:
    """The truth about the flaws of branches, in the order of the tree."""
    for node in world.branches:
        flaws = node.flaws
        for kind in ("copied_minutes", "late_general", "late_theme_day"):
            if since := flaws.get(kind):
                _note(world, kind, node, since=since)
        if gap := flaws.get("gap"):
            _note(world, "gap", node, since=gap[0], until=gap[1])
        for kind in ("poor_attendance", "careless", "sparse", "recorded_late"):
            if kind in flaws:
                _note(world, kind, node)
        if "overdue_term" in flaws:
            _note(world, "overdue_term", node, since=node.terms[-1].due)
        if since := node.extra.get("vacant_since"):
            _note(world, "vacancy", node, since=since)


def _note(world: World, kind: str, node: Node, **details: Any) -> None:
    shown = {key: value.isoformat() if isinstance(value, date) else value for key, value in details.items()}
    world.troubles.append({"kind": kind, "organization": node.code, **shown})
