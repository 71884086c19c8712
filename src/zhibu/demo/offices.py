"""Terms of office and who held which post: elections every three or five years, successions in between."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from zhibu.demo.world import STUDENTS, Being, Node, Office, TermOfOffice, World, between
from zhibu.organizations.enums import ElectionMethod, Kind, PostKind
from zhibu.people.enums import StageKind
from zhibu.regulations.dates import add_months

S, D = PostKind.SECRETARY, PostKind.DEPUTY_SECRETARY
SEATS = (
    S, PostKind.ORGANIZATION_MEMBER, PostKind.PUBLICITY_MEMBER, PostKind.DISCIPLINE_MEMBER, PostKind.YOUTH_MEMBER,
)  # fmt: skip
UPPER_SEATS = (S, D, PostKind.ORGANIZATION_MEMBER, PostKind.PUBLICITY_MEMBER, PostKind.DISCIPLINE_MEMBER)
COMMITTEE_FROM = 7  # full members (支部工作条例 第二十条)


def fill(world: World) -> None:
    """Terms and tenures of every organization; upper ones first, so that their people are not taken again."""
    rng = world.rng("offices")
    busy: set[Being] = set()
    for node in (world.root, *world.uppers):
        _upper(world, node, rng, busy)
    for node in world.branches:
        if node.kind is Kind.TEMPORARY_BRANCH:
            _temporary(world, node, busy)
        else:
            _branch(world, node, rng, busy)
        for group in node.groups:
            _group(world, group, busy)


def _upper(world: World, node: Node, rng: Random, busy: set[Being]) -> None:
    _terms(world, node, rng, years=5, seats=len(UPPER_SEATS))
    for term in node.terms:
        if (term.end or world.today) <= world.start:
            continue
        pool = [
            tie.being
            for branch in world.living_branches
            if (node.parent is None or branch.parent is node) and branch.category not in STUDENTS
            for tie in branch.roll()
            if tie.start <= term.start and (tie.end is None or (term.end is not None and tie.end >= term.end))
            and tie.being not in busy and _veteran(tie.being, term.start)
            and 30 <= term.start.year - tie.being.birth.year <= 55
        ]  # fmt: skip
        rng.shuffle(pool)
        last = PostKind.ORGANIZER if node.parent is not None else PostKind.OFFICER
        for post in (*UPPER_SEATS, *[last] * (1 if node.parent is not None else 3)):
            if pool:
                being = pool.pop()
                busy.add(being)
                document = world.document(term.start, 50 + len(busy) % 40)
                reason = "换届" if term.end else ""
                node.offices.append(Office(node, being, post, term.start, term.end, document, reason))


def _veteran(being: Being, on: date, *, years: int = 1) -> bool:
    """A full member for ``years`` at least: whoever leads a branch should be (支部工作条例 第二十三条)."""
    full = being.since(StageKind.FULL)
    return full is not None and add_months(full, 12 * years) <= on


def _terms(world: World, node: Node, rng: Random, *, years: int, seats: int) -> None:
    """Terms one after another; the last one is open and, without a flaw, not overdue."""
    last = node.dissolved or world.today
    if node.flaws.get("overdue_term"):
        start = add_months(world.today, -12 * years - node.flaws["overdue_term"])
    elif months := node.flaws.get("vacancy"):
        start = between(rng, add_months(world.today, -12 * years + 3), add_months(world.today, -months - 7))
    elif node.dissolved:
        start = add_months(last, -rng.randint(6, 12 * years - 2))
    else:
        start = between(rng, add_months(world.today, -12 * years + 3), add_months(world.today, -2))
    starts = [max(start, node.established + timedelta(days=20))]
    # A first term may have been shorter: some branches are re-elected early, when their people change.
    while starts[0] > node.established + timedelta(days=90) and len(starts) < 3:
        starts.insert(0, max(node.established + timedelta(days=20), add_months(starts[0], -12 * years)))
    before = max(0, (starts[0] - node.established).days // (365 * years))
    for index, begin in enumerate(starts):
        end = starts[index + 1] if index + 1 < len(starts) else node.dissolved
        method = ElectionMethod.ELECTED if begin > add_months(node.established, 6) else ElectionMethod.DESIGNATED
        node.terms.append(TermOfOffice(before + index + 1, begin, add_months(begin, 12 * years), seats, end, method))


def _branch(world: World, node: Node, rng: Random, busy: set[Being]) -> None:
    _terms(world, node, rng, years=3, seats=1)
    for term in node.terms:
        end = term.end or world.today
        full = _most_full(node, max(term.start, node.established), end)
        term.seats = 5 if full >= 25 else 3 if full >= COMMITTEE_FROM else 1
        for post in SEATS[: term.seats]:
            _hold(world, node, post, term.start, term.end, busy)
    if months := node.flaws.get("vacancy"):
        _vacate(world, node, months)


def _most_full(node: Node, start: date, end: date) -> int:
    """The most full members the branch had on any first of a quarter during the term."""
    most, day = 0, start
    while day <= end:
        most = max(most, sum(being.stage_on(day) is StageKind.FULL for being in node.members_on(day)))
        day = add_months(day, 2)
    return most


def _hold(world: World, node: Node, post: PostKind, start: date, end: date | None, busy: set[Being]) -> None:
    """The post from ``start`` on: whoever stays longest of those who may, then a successor; the ``busy`` come last."""
    on: date = start
    stop = end or world.today
    while on < stop:
        holders = {office.being for office in node.holders(on)}
        ties = [
            tie for tie in node.roll()
            if tie.holds(on) and tie.being not in holders and _veteran(tie.being, on, years=1 if post is S else 0)
            and (tie.end or date.max) >= min(stop, on + timedelta(days=120))
        ]  # fmt: skip
        if not ties:
            on += timedelta(days=45)
            continue
        # Counsellors lead student branches; otherwise the middle-aged before the very old.
        tie = min(ties, key=lambda tie: (tie.being in busy, *_claim(tie.being, post, on, tie.end)))
        until = min(tie.end, stop) if tie.end else end
        reason = "换届" if until == end and end else "组织关系变动，另行补选" if until else ""
        document = world.document(on, 60 + tie.being.id % 30)
        node.offices.append(Office(node, tie.being, post, on, until, document, reason))
        if until is None:
            return
        on = until


def _claim(being: Being, post: PostKind, on: date, until: date | None) -> tuple[bool, bool, int]:
    led = bool(being.columns.get("is_counsellor"))
    age = on.year - being.birth.year
    return (led is not (post is S), until is not None, abs(age - 42) if age > 30 else 12 + being.id % 7)


def _vacate(world: World, node: Node, months: int) -> None:
    """The secretary left ``months`` ago and nobody has followed."""
    on = add_months(world.today, -months)
    for office in node.offices:
        if office.post is S and office.end is None and office.start < on:
            office.end, office.reason = on, "工作调动"
            node.extra["vacant_since"] = on


def _group(world: World, group: Node, busy: set[Being]) -> None:
    """The leader of a group, appointed by the branch."""
    start = max(group.established, add_months(world.today, -30))
    _hold(world, group, PostKind.GROUP_LEADER, start, None, busy)


def _temporary(world: World, node: Node, busy: set[Being]) -> None:
    """The body of a temporary branch is named by whoever approved it; its people keep their ties at home."""
    pool = [
        tie.being
        for branch in world.living_branches
        for tie in branch.roll()
        if tie.end is None and tie.start < node.established and _veteran(tie.being, node.established)
        and tie.being not in busy and 25 <= world.today.year - tie.being.birth.year <= 45 and not branch.flaws
    ]  # fmt: skip
    crew = pool[:: max(1, len(pool) // 9)][:9]
    node.extra["crew"] = crew
    for being, post in zip(crew, (S, PostKind.ORGANIZATION_MEMBER), strict=False):
        node.offices.append(Office(node, being, post, node.established, document=world.document(node.established, 27)))
