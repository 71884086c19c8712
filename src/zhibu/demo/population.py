"""How many people stand where: deals members, those on the way and those who have gone to the branches."""

from __future__ import annotations

from zhibu.demo import staff, students
from zhibu.demo.codes import BACHELOR, work_post
from zhibu.demo.margins import counts, deal, share, shares, spread
from zhibu.demo.names import Register
from zhibu.demo.staff import Pool
from zhibu.demo.students import Cohort
from zhibu.demo.world import STUDENTS, Being, Node, World
from zhibu.organizations.enums import Category
from zhibu.people.enums import StageKind
from zhibu.people.pinyin import spelling

MEMBERS_AT_SCALE_1 = 7000
GONE_AT_SCALE_1 = 2650
UNDER, GRAD, MIXED = Category.STUDENT_UNDERGRADUATE, Category.STUDENT_GRADUATE, Category.MIXED


class Plan:
    """Numbers of present members by branch, and of the others by category."""

    def __init__(self, world: World) -> None:
        rng = world.rng("plan")
        self.branches: dict[Category, list[Node]] = {}
        for node in world.living_branches:
            self.branches.setdefault(node.category, []).append(node)
        parts = {Category(key): part for key, part in shares("members_by_category").items()}
        # A small university lacks some categories; their members are not dealt to others.
        self.members = world.count(MEMBERS_AT_SCALE_1)
        self.sizes: dict[int, int] = {}
        for category, number in counts(parts, self.members).items():
            nodes = self.branches.get(category, [])
            for node, size in zip(nodes, spread(rng, number, nodes, unevenness=0.42, least=7), strict=True):
                self.sizes[id(node)] = min(size, 52)
        self.cultivated = self._cultivated(world)
        gone = counts(
            {Category(key): part for key, part in shares("gone_by_category").items()}, world.count(GONE_AT_SCALE_1)
        )
        self.gone = {category: number for category, number in gone.items() if category in self.branches}

    def _cultivated(self, world: World) -> dict[Category, list[StageKind]]:
        rng = world.rng("cultivated")
        kinds = {
            StageKind.APPLICANT: share("applicants_per_member"),
            StageKind.ACTIVIST: share("activists_per_member"),
            StageKind.CANDIDATE: share("candidates_per_member"),
        }
        total = round(sum(self.sizes.values()) * sum(kinds.values()))
        stages = deal(rng, kinds, total)
        found: dict[Category, list[StageKind]] = {}
        for key, number in counts(shares("cultivated_by_category"), total).items():
            found[Category(key)] = [stages.pop() for _ in range(number)]
        return found


def populate(world: World, plan: Plan) -> None:
    """All people of the university with their stages and ties."""
    register = Register(world.rng("names"))
    for category in (UNDER, GRAD):
        _students(world, plan, register, category)
    for category in (Category.TEACHER, Category.STAFF, Category.RETIRED):
        _staff(world, plan, register, category)
    _mixed(world, plan, register)
    staff.move_some(world, [node for node in world.living_branches if node.category not in STUDENTS])
    _complete(world, register)


def _students(world: World, plan: Plan, register: Register, category: Category) -> None:
    nodes = plan.branches[category]
    rng = world.rng(f"people {category}")
    # Two a branch: students come and go, and the first years that are told hold only some of those who have left.
    leaders = Pool(world, rng, register, Category.STAFF, 2 * len(nodes))
    members = {id(node): plan.sizes[id(node)] - 2 for node in nodes}
    stages, gone = plan.cultivated.get(category, []), plan.gone.get(category, 0)
    cohort = Cohort(world, rng, register, sum(members.values()) + len(stages) + gone)
    portions = iter(_portions(world, stages, nodes))
    for node in nodes:
        staff.counsellor(leaders, node)
        staff.counsellor(leaders, node)
        students.present_members(world, node, members[id(node)], cohort)
        students.on_the_way(world, node, next(portions), cohort)
    students.graduates(world, nodes, gone, cohort)


def _portions(world: World, stages: list[StageKind], nodes: list[Node]) -> list[list[StageKind]]:
    rest = list(stages)
    sizes = spread(world.rng(f"portions {len(stages)}"), len(stages), nodes, unevenness=0.4, least=0)
    return [[rest.pop() for _ in range(size)] for size in sizes]


def _staff(world: World, plan: Plan, register: Register, category: Category) -> None:
    nodes = plan.branches.get(category, [])
    rng = world.rng(f"people {category}")
    stages = plan.cultivated.get(category, []) if nodes else []
    gone = plan.gone.get(category, 0)
    total = sum(plan.sizes[id(node)] for node in nodes)
    pool = Pool(world, rng, register, category, total + len(stages) + gone)
    portions = iter(_portions(world, stages, nodes))
    for node in nodes:
        for turn in range(plan.sizes[id(node)]):
            staff.member(pool, node.groups[turn % len(node.groups)] if node.groups else node)
        staff.on_the_way(pool, node, next(portions))
    staff.gone(pool, nodes, gone)


def _mixed(world: World, plan: Plan, register: Register) -> None:
    """Joint branches: teachers and graduate students of one laboratory."""
    nodes = plan.branches.get(MIXED, [])
    rng = world.rng("people mixed")
    halves = {id(node): plan.sizes[id(node)] // 2 for node in nodes}
    pool = Pool(world, rng, register, Category.TEACHER, sum(halves.values()))
    rest = sum(plan.sizes[key] - half for key, half in halves.items())
    cohort = Cohort(world, rng, register, rest)
    for node in nodes:
        for _ in range(halves[id(node)]):
            staff.member(pool, node)
        students.present_members(world, node, plan.sizes[id(node)] - halves[id(node)], cohort)


def _complete(world: World, register: Register) -> None:
    """Numbers, phones, addresses, spelling and reliability, in the order of the people."""
    rng = world.rng("columns")
    taken: dict[str, int] = {}
    for number, being in enumerate(world.beings, 1):
        being.id = number
        columns = being.columns
        columns["pinyin"], columns["initials"] = spelling(being.name)
        columns["id_number"] = register.id_number(being.birth, being.gender)
        columns["phone"] = register.phone()
        columns["address"] = register.address()
        columns["number"] = _number(being, taken)
        columns["email"] = f"{columns['number'].lower()}@mingli.example"
        if not columns.get("is_counsellor"):
            being.reliability = min(0.995, max(0.7, rng.gauss(0.94, 0.04)))
        _work(being, world)


def _number(being: Being, taken: dict[str, int]) -> str:
    """学工号: year of entry and a serial for students, a serial for staff."""
    grade = being.columns.get("grade")
    prefix = f"{grade}{'1' if being.columns['student_level'] == BACHELOR else '3'}" if grade else "100"
    taken[prefix] = taken.get(prefix, 0) + 1
    return f"{prefix}{taken[prefix]:05d}"


def _work(being: Being, world: World) -> None:
    columns = being.columns
    columns["work_post"] = work_post(being, world.today)
    joined = being.since(StageKind.PROBATIONARY) or being.since(StageKind.FULL)
    columns["joined_on"] = joined
    columns["confirmed_on"] = being.since(StageKind.FULL)
