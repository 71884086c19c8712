"""Teachers, staff and the retired; and the counsellors who lead student branches."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from zhibu.demo.courses import admitted, cultivated, leave, long_since, move, settle
from zhibu.demo.margins import deal, share, shares, yes
from zhibu.demo.names import Register
from zhibu.demo.world import Being, Node, World, between
from zhibu.organizations.enums import Category
from zhibu.people.enums import Entry, Leaving, StageKind, WayOut
from zhibu.regulations.dates import add_months

TEACHER, STAFF, RETIRED = Category.TEACHER, Category.STAFF, Category.RETIRED
# Titles by category and the age from which they are held.
TITLES = {
    TEACHER: ((45, ("教授", "副教授")), (34, ("副教授", "讲师")), (0, ("讲师", "助教"))),
    STAFF: ((42, ("副研究员", "高级工程师", "")), (0, ("助理研究员", "工程师", ""))),
    RETIRED: ((0, ("教授", "副教授", "")),),
}
DEGREES = {"11": "2", "14": "3", "21": "4"}


class Pool:
    """Properties of one category of staff, in exact shares. ``total`` people must then be drawn."""

    def __init__(self, world: World, rng: Random, register: Register, category: Category, total: int) -> None:
        self.world, self.rng, self.register, self.category = world, rng, register, category
        kind = {TEACHER: "teachers", STAFF: "staff", RETIRED: "retired"}[category]
        self.women = yes(rng, share(f"women_among_{kind}"), total)
        minority = yes(rng, share("minorities_among_staff"), total)
        codes = deal(rng, shares("ethnicities"), sum(minority))
        self.ethnicity = [codes.pop() if minor else "01" for minor in minority]
        self.education = deal(rng, shares(f"education_of_{kind}"), total)
        if category is RETIRED:
            ages = shares("ages_of_retired")
        else:
            young = share("working_up_to_30")
            older = shares("ages_of_working_members")
            whole = sum(older.values())
            ages = {"27-30": young, **{key: (1 - young) * value / whole for key, value in older.items()}}
        self.ages = deal(rng, ages, total)

    def person(self) -> Being:
        rng, today = self.rng, self.world.today
        gender = "2" if self.women.pop() else "1"
        low, high = (int(part) for part in self.ages.pop().split("-"))
        # Of this age today: born after the day on which one would already be a year older.
        birth = between(rng, add_months(today, -12 * (high + 1)) + timedelta(days=1), add_months(today, -12 * low))
        being = Being(self.register.name(gender), gender, birth, self.category, self.ethnicity.pop())
        education = self.education.pop()
        begins = {"11": 27, "14": 25, "21": 22, "31": 21}.get(education, 19)
        worked = date(birth.year + begins, 7, 1)
        being.columns |= {
            "education": education,
            "degree": DEGREES.get(education, ""),
            "title": _title(rng, self.category, low),
            "worked_since": min(worked, add_months(today, -2)),
        }
        if self.category is RETIRED and birth.year < today.year - 78:
            being.columns["is_exempt"] = True
        return being


def _title(rng: Random, category: Category, age: int) -> str:
    return rng.choice(next(titles for least, titles in TITLES[category] if age >= least))


def member(pool: Pool, node: Node, *, early: bool = False) -> Being:
    """A member of long standing, most of them since their student days; ``early``: here from the first day told."""
    rng, world = pool.rng, pool.world
    being = pool.person()
    if early:
        being.columns["worked_since"] = min(being.columns["worked_since"], add_months(world.start, -5))
    hired: date = being.columns["worked_since"]
    if early:
        joined = between(rng, add_months(being.birth, 12 * 18 + 8), add_months(being.birth, 12 * 21))
    elif rng.random() < 0.6:
        joined = between(rng, add_months(being.birth, 12 * 19), add_months(being.birth, 12 * 24))
    else:
        joined = between(rng, add_months(being.birth, 12 * 24), add_months(being.birth, 12 * 38))
    joined = min(joined, add_months(world.today, -30))
    entered = max(hired, node.extra.get("since", node.established))
    if node.taken_over:
        entered = max(hired, min(node.established, *(old.established for old, _ in node.taken_over)))
    if joined > world.start and rng.random() < 0.5 and (joined - hired).days > 480:
        admitted(being, node, rng, wanted=joined, entered=hired, today=world.today)
        settle(being, node, max(entered, being.steps[0].start), Entry.ADMITTED)
    else:
        long_since(being, joined, node if joined >= entered else None, world.today)
        entry = Entry.OUTSIDE if entered == hired else Entry.COLLECTED
        settle(being, node, entered, entry)
    world.beings.append(being)
    return being


def counsellor(pool: Pool, node: Node) -> Being:
    """A teacher whose tie lies with the student branch, so that it always has experienced members."""
    being = member(pool, node, early=True)
    being.columns["title"] = "讲师"
    being.category = STAFF
    being.reliability = 0.985
    being.columns["is_counsellor"] = True
    return being


def on_the_way(pool: Pool, node: Node, stages: list[StageKind]) -> None:
    """Younger colleagues who have applied."""
    for stage in stages:
        being = pool.person()
        hired = being.columns["worked_since"]
        being.cultivated = True
        entered = max(hired, add_months(pool.world.today, -30), node.established)
        cultivated(being, node, pool.rng, stage=stage, entered=entered, today=pool.world.today)
        settle(being, node, being.steps[0].start, Entry.ADMITTED)
        pool.world.beings.append(being)


def gone(pool: Pool, nodes: list[Node], number: int) -> None:
    """Teachers and staff who went elsewhere, the retired who died, and the few who lost or gave up membership."""
    rng, world = pool.rng, pool.world
    old = [node for node in nodes if node.established < world.start and not node.taken_over]
    for turn in range(number):
        being = member(pool, old[turn % len(old)])
        tie = being.ties[-1]
        on = between(rng, max(tie.start, world.start) + timedelta(days=30), world.today - timedelta(days=10))
        if on <= max(tie.start, being.steps[-1].start):
            continue
        if pool.category is RETIRED:
            kind, way, leaving = StageKind.DECEASED, WayOut.DIED, Leaving.DIED
        elif turn % 25 == 7:
            kind, way, leaving = StageKind.LEFT, WayOut.RESIGNED if turn % 2 else WayOut.REMOVED_OTHER, Leaving.LEFT
        else:
            kind, way, leaving = StageKind.TRANSFERRED, WayOut.TRANSFERRED, Leaving.OUTSIDE
        tie.end, tie.leaving = on, leaving
        leave(being, on, kind, way)


def move_some(world: World, nodes: list[Node]) -> None:
    """Some four in a hundred changed the branch inside the university."""
    rng = world.rng("moves")
    targets = [node for node in nodes if not node.groups and node.established < world.start and not node.taken_over]
    if len(targets) < 2:
        return
    for being in world.beings:
        tie = being.ties[-1]
        settled = tie.end is None and tie.start < world.start and being.category in {TEACHER, STAFF}
        if not settled or being.columns.get("is_counsellor") or rng.random() > 0.04:
            continue
        others = [node for node in targets if node is not tie.node and node.category is being.category]
        if others:
            move(being, rng.choice(others), between(rng, world.start + timedelta(days=40), add_months(world.today, -2)))
