"""Students: members, those on the way, and those who have graduated and left."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from zhibu.demo.codes import BACHELOR, DOCTOR, MASTER
from zhibu.demo.courses import admitted, cultivated, leave, long_since, settle
from zhibu.demo.margins import counts, deal, share, shares, yes
from zhibu.demo.names import Register
from zhibu.demo.world import Being, Node, World, between
from zhibu.organizations.enums import Category
from zhibu.people.enums import Entry, Leaving, StageKind, WayOut

UNDER, GRAD = Category.STUDENT_UNDERGRADUATE, Category.STUDENT_GRADUATE
MAJORS = {
    "计算机学院": ("软件工程", "计算机科学与技术", "网络工程"),
    "文学院": ("汉语言文学", "新闻学"),
    "马克思主义学院": ("思想政治教育",),
    "法学院": ("法学",),
    "经济学院": ("经济学", "金融学", "国际经济与贸易"),
    "管理学院": ("会计学", "工商管理", "公共事业管理"),
}


class Cohort:
    """Draws the fixed properties of a group of students in exact shares."""

    def __init__(self, world: World, rng: Random, register: Register, total: int) -> None:
        self.world, self.rng, self.register = world, rng, register
        self.women = yes(rng, share("women_among_students"), total)
        self.minority = yes(rng, share("minorities_among_students"), total)
        codes = deal(rng, shares("ethnicities"), sum(self.minority))
        self.ethnicity = [codes.pop() if minor else "01" for minor in self.minority]

    def student(self, category: Category, enrolled: date, *, doctor: bool = False) -> Being:
        rng = self.rng
        gender = "2" if self.women.pop() else "1"
        age = 18 if category is UNDER else 25 if doctor else 22
        older = (
            rng.choices((0, 1, 2, 6), (62, 30, 7, 1))[0] if category is not UNDER else rng.choices((0, 1), (75, 25))[0]
        )
        last = date(enrolled.year - age - older, 8, 31)
        birth = between(rng, last - timedelta(days=364), last)
        being = Being(self.register.name(gender), gender, birth, category, self.ethnicity.pop())
        years = 4 if category is UNDER or doctor else 3
        being.columns |= {
            "enrolled_on": enrolled,
            "graduates_on": date(enrolled.year + years, 6, 30),
            "grade": str(enrolled.year),
            "student_level": BACHELOR if category is UNDER else DOCTOR if doctor else MASTER,
            "education": "61" if category is UNDER else "14" if doctor else "21",
            "degree": "" if category is UNDER else "3" if doctor else "4",
        }
        return being


def autumn(world: World, back: int) -> date:
    """The first of September ``back`` school years ago; the present school year is 0."""
    year = world.today.year - (0 if world.today >= date(world.today.year, 9, 10) else 1)
    return date(year - back, 9, 1)


def finish(being: Being, node: Node, rng: Random) -> None:
    subject = rng.choice(MAJORS.get(node.unit, (node.unit.removesuffix("学院").removesuffix("工程") + "工程",)))
    being.columns["major"] = subject
    being.columns["class_name"] = f"{subject[:2]}{being.columns['grade'][2:]}{rng.randint(1, 4):02d}班"


def here(being: Being, node: Node, world: World) -> date:
    """The day on which the person came to the branch, or to the branches of which it was made."""
    return max(being.columns["enrolled_on"], min([node.established, *(old.established for old, _ in node.taken_over)]))


def present_members(world: World, node: Node, number: int, cohort: Cohort) -> None:
    """Members who study here today."""
    rng, today = cohort.rng, world.today
    under = node.category is UNDER
    grades = deal(rng, {3: 0.66, 2: 0.34} if under else {0: 0.24, 1: 0.34, 2: 0.34, 3: 0.08}, number)
    for back in grades:
        enrolled = autumn(world, back)
        being = cohort.student(node.category, enrolled, doctor=not under and (back == 3 or rng.random() < 0.22))
        finish(being, node, rng)
        entered = here(being, node, world)
        first = enrolled + timedelta(days=548)
        if not under and (first > today - timedelta(days=20) or rng.random() < 0.62):
            joined = between(rng, enrolled - timedelta(days=700), enrolled - timedelta(days=80))
            long_since(being, joined, None, today)
            settle(being, node, entered, Entry.OUTSIDE)
        else:
            wanted = between(rng, first, today - timedelta(days=6))
            admitted(being, node, rng, wanted=wanted, entered=enrolled, today=today)
            settle(being, node, max(entered, being.steps[0].start), Entry.ADMITTED)
        world.beings.append(being)


def on_the_way(world: World, node: Node, stages: list[StageKind], cohort: Cohort) -> None:
    """Applicants, activists and candidates who study here today."""
    rng, today = cohort.rng, world.today
    for stage in stages:
        least = {StageKind.APPLICANT: 0, StageKind.ACTIVIST: 1, StageKind.CANDIDATE: 2}[stage]
        backs = (3, 2, 1, 0) if node.category is UNDER else (2, 1, 0)
        back = rng.choice([back for back in backs if back >= least])
        being = cohort.student(node.category, autumn(world, back))
        finish(being, node, rng)
        being.cultivated = True
        cultivated(being, node, rng, stage=stage, entered=being.columns["enrolled_on"], today=today)
        settle(being, node, max(here(being, node, world), being.steps[0].start), Entry.ADMITTED)
        world.beings.append(being)


def graduates(world: World, nodes: list[Node], number: int, cohort: Cohort) -> None:
    """Members who have left in the four years: nearly all with their degree, a few members and cultivated otherwise.

    The early years hold fewer than the late ones: the files of a growing university begin thin.
    """
    rng, today = cohort.rng, world.today
    last = autumn(world, 0).year
    years = counts({last - 3: 0.16, last - 2: 0.22, last - 1: 0.29, last: 0.33}, number)
    old = [
        node for node in nodes if min([node.established, *(n.established for n, _ in node.taken_over)]) < world.start
    ]
    turn = 0
    for year, some in years.items():
        for _ in range(some):
            node = old[turn % len(old)]
            turn += 1
            _graduate(world, node, year, cohort, rng, today)


def _graduate(world: World, node: Node, year: int, cohort: Cohort, rng: Random, today: date) -> None:
    under = node.category is UNDER
    enrolled = date(year - (4 if under else 3), 9, 1)
    being = cohort.student(node.category, enrolled)
    finish(being, node, rng)
    on = date(year, 6, 25) + timedelta(days=rng.randint(0, 24))
    entered = here(being, node, world)
    ending = rng.random()
    if ending < 0.03:
        cultivated(being, node, rng, stage=StageKind.ACTIVIST, entered=enrolled, today=on - timedelta(days=1))
        being.cultivated = True
        settle(being, node, max(entered, being.steps[0].start), Entry.ADMITTED, left=on, leaving=Leaving.ENDED)
        leave(being, on, StageKind.ENDED, WayOut.WITHDRAWN if ending < 0.02 else WayOut.DROPPED)
    else:
        if under or rng.random() < 0.3:
            wanted = between(rng, enrolled + timedelta(days=548), on - timedelta(days=95))
            latest = on - timedelta(days=90)
            admitted(being, node, rng, wanted=wanted, entered=enrolled, today=on - timedelta(days=1), latest=latest)
            entry, start = Entry.ADMITTED, max(entered, being.steps[0].start)
        else:
            long_since(being, between(rng, enrolled - timedelta(days=700), enrolled - timedelta(days=80)), None, on)
            entry, start = Entry.OUTSIDE, entered
        settle(being, node, start, entry, left=on, leaving=Leaving.OUTSIDE)
        leave(being, on, StageKind.TRANSFERRED, WayOut.TRANSFERRED)
    being.columns["education"] = "21" if under else "14"
    world.beings.append(being)
