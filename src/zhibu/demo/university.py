"""The tree: the committee of an invented university, its faculties and branches, and what happened to them.

明理大学 is no real university as far as we know; should one take this name, only `world.UNIVERSITY` has to change.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from zhibu.demo.margins import counts, shares, spread
from zhibu.demo.world import UNIVERSITY, Decision, Era, Node, World, between
from zhibu.organizations.enums import Category, ChangeKind, Kind
from zhibu.regulations.dates import add_months

FOUNDED = date(2003, 9, 1)
COMMITTEE, GENERAL = Kind.COMMITTEE, Kind.GENERAL_BRANCH

# Faculties in the order in which a small university gets them: short form, kind, departments of its teachers.
ACADEMIC = (
    ("计算机学院", COMMITTEE, "软件工程系 网络工程系 人工智能系 计算机基础教学部 数据科学系 信息安全系 实验中心"),
    ("文学院", COMMITTEE, "古代文学教研室 现代文学教研室 语言学教研室 新闻学系 写作教研室"),
    ("机械工程学院", COMMITTEE, "机械设计系 机械制造系 车辆工程系 力学教研室 工程训练中心 测控系"),
    ("马克思主义学院", GENERAL, "原理教研室 概论教研室 纲要教研室 德法教研室 形势与政策教研室"),
    ("经济学院", COMMITTEE, "经济学系 金融学系 财政学系 国际贸易系 统计学系"),
    ("法学院", GENERAL, "法理教研室 民商法教研室 刑法教研室 国际法教研室"),
    ("管理学院", COMMITTEE, "会计学系 工商管理系 公共管理系 信息管理系 旅游管理系"),
    ("外国语学院", COMMITTEE, "英语系 日语系 法语系 大学英语第一教研室 大学英语第二教研室"),
    ("数学学院", COMMITTEE, "基础数学系 应用数学系 概率统计系 公共数学教研室"),
    ("物理学院", COMMITTEE, "理论物理系 光学系 凝聚态系 大学物理教研室"),
    ("化学学院", COMMITTEE, "无机化学系 有机化学系 分析化学系 物理化学系"),
    ("生命科学学院", COMMITTEE, "植物学系 动物学系 微生物系 生物技术系"),
    ("土木工程学院", COMMITTEE, "结构工程系 岩土工程系 道路与桥梁系 建筑环境系"),
    ("材料学院", COMMITTEE, "金属材料系 高分子系 无机非金属系"),
    ("电子信息学院", COMMITTEE, "通信工程系 电子工程系 自动化系 微电子系 电工电子中心"),
    ("环境学院", GENERAL, "环境工程系 环境科学系 给排水系"),
    ("历史学院", GENERAL, "中国史教研室 世界史教研室 考古教研室"),
    ("艺术学院", GENERAL, "美术系 音乐系 设计系"),
)
OFFICES = (
    (
        "机关",
        COMMITTEE,
        "党政办公室 组织部 宣传部 人事处 教务处 科研处 财务处 学生工作部 国际交流处 审计处 资产处 保卫处 研究生院",
    ),
    ("离退休工作处", COMMITTEE, ""),
    ("图书馆", GENERAL, "采编部 流通部 信息咨询部 技术部"),
    ("后勤保障部", GENERAL, "饮食服务中心 宿舍管理中心 能源管理中心 校园环境中心"),
)
ORDINALS = "一二三四五六七八九十"


def ordinal(number: int) -> str:
    """1 is 一, 11 is 十一, 20 is 二十."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return ORDINALS[ones - 1]
    return ("" if tens == 1 else ORDINALS[tens - 1]) + "十" + (ORDINALS[ones - 1] if ones else "")


def build(world: World) -> None:
    """All organizations with their decisions and periods up to today."""
    rng = world.rng("university")
    _found(world, "ROOT", f"中共{UNIVERSITY}委员会", f"{UNIVERSITY}党委", COMMITTEE, Category.UPPER, None, FOUNDED, 1)
    academic = ACADEMIC[: max(1, min(18, round(18 * world.scale**0.5)))]
    offices = OFFICES[: max(2, min(4, round(4 * world.scale**0.5)))]
    for number, (unit, kind, _) in enumerate((*academic, *offices), 1):
        body = "委员会" if kind is COMMITTEE else "总支部委员会"
        short = f"{unit}党委" if kind is COMMITTEE else f"{unit}党总支"
        name = f"中共{UNIVERSITY}{unit}{body}"
        on = date(2004 + number % 5, 3 + number % 7, 10)
        _found(world, f"D{number:02d}", name, short, kind, Category.UPPER, world.root, on, number, unit=unit)
    departments = {unit: parts.split() for unit, _, parts in (*academic, *offices)}
    _branches(world, rng, departments, len(academic))
    _reshape(world, rng)
    _temporary(world)


def _found(
    world: World, code: str, name: str, short: str, kind: Kind, category: Category, parent: Node | None, on: date,
    number: int, *, unit: str = "", by: ChangeKind = ChangeKind.ESTABLISHED,
) -> Node:  # fmt: skip
    node = Node(code, name, short, kind, category, parent, on, unit or (parent.unit if parent else ""))
    decision = Decision(by, on, world.document(on, number), results=[node])
    node.eras.append(Era(parent, name, kind, on, decision))
    node.extra["document"] = decision.document
    world.nodes.append(node)
    world.decisions.append(decision)
    if parent is not None:
        parent.children.append(node)
    return node


def _branches(world: World, rng: Random, departments: dict[str, list[str]], academic: int) -> None:
    """Deals the branches to the faculties that may have them."""
    total = max(8, round(320 * world.scale)) - 1
    numbers = counts({Category(key): value for key, value in shares("branches_by_category").items()}, total)
    for category in (Category.STUDENT_UNDERGRADUATE, Category.STUDENT_GRADUATE, Category.TEACHER):
        numbers[category] = max(1, numbers[category])
    uppers = world.uppers
    houses = {
        Category.STAFF: [*uppers[academic : academic + 1], *uppers[academic + 2 :]],
        Category.RETIRED: uppers[academic + 1 : academic + 2],
    }
    for category, number in numbers.items():
        parents = houses.get(category) or uppers[:academic]
        for parent, some in zip(parents, spread(rng, number, parents, unevenness=0.5, least=0), strict=True):
            names = departments[parent.unit]
            for index in range(1, some + 1):
                _branch(world, rng, parent, category, index, names)


def _branch(world: World, rng: Random, parent: Node, category: Category, index: int, names: list[str]) -> Node:
    kind = Kind.JOINT_BRANCH if category is Category.MIXED else Kind.BRANCH
    department = names[(index - 1) % len(names)] if names else ""
    turn = "" if index <= len(names) else f"第{ordinal((index - 1) // len(names) + 1) if names else ordinal(index)}"
    title = {
        Category.STUDENT_UNDERGRADUATE: f"本科生第{ordinal(index)}",
        Category.STUDENT_GRADUATE: f"研究生第{ordinal(index)}",
        Category.TEACHER: f"{department}教师{turn}",
        Category.STAFF: f"{department}{turn}",
        Category.RETIRED: f"离退休第{ordinal(index)}",
        Category.MIXED: f"师生联合第{ordinal(index)}",
    }[category]
    # One branch in twelve is young: it was set up within the four years that are told.
    young = rng.random() < 0.08 and index > 1
    on = between(rng, add_months(world.start, 3), add_months(world.today, -14)) if young else None
    on = on or between(rng, date(2009, 3, 1), add_months(world.start, -2))
    unit = "" if category is Category.RETIRED else parent.unit
    name, short = f"中共{UNIVERSITY}{unit}{title}支部", f"{unit}{title}党支部"
    if kind is Kind.JOINT_BRANCH:
        name, short = f"中共{UNIVERSITY}{unit}{title}支部", f"{unit}{title}党支部"
    code = f"{parent.code}-{len(parent.children) + 1:02d}"
    return _found(world, code, name, short, kind, category, parent, on, rng.randint(1, 90))


def _reshape(world: World, rng: Random) -> None:
    """A merger, a split, a renaming, a dissolution and a change of superior: once each, more in a large university."""
    students = [node for node in world.living_branches if node.category is Category.STUDENT_GRADUATE]
    teachers = [node for node in world.living_branches if node.category is Category.TEACHER]
    for turn in range(world.count(2)):
        year = -26 - 5 * turn
        _merge(world, students[-1 - turn % len(students)], add_months(world.today, year), 17 + turn)
    if len(students) > 1:
        _split(world, students[0], add_months(world.today, -20))
    _rename(world, teachers[0], add_months(world.today, -15))
    _dissolve(world, teachers[-1], add_months(world.today, -31))
    if len(teachers) > 4:
        other = next(node for node in reversed(world.uppers) if node.children and node is not teachers[2].parent)
        _reparent(world, teachers[2], other, add_months(world.today, -9))


def _old(node: Node) -> None:
    """What was reshaped had been there before."""
    node.established = min(node.established, date(2016, 9, 20))
    node.eras[0].start = node.established
    node.eras[0].opened_by.on = node.established


def _close(node: Node, on: date, *, dissolve: bool) -> None:
    node.eras[-1].end = on
    if dissolve:
        node.dissolved = on


def _merge(world: World, node: Node, on: date, number: int) -> None:
    """Two branches were dissolved and ``node`` made of them."""
    assert node.parent is not None
    before = []
    for letter, word in (("A", "甲"), ("B", "乙")):
        name = node.name.replace("研究生第", f"研究生{word}组第")
        short = node.short_name.replace("研究生第", f"研究生{word}组第")
        old = _found(
            world, f"{node.code}{letter}", name, short, node.kind, node.category, node.parent, date(2017, 10, 9), 41
        )
        _close(old, on, dissolve=True)
        before.append(old)
        node.taken_over.append((old, on))
    merger = Decision(
        ChangeKind.MERGED, on, world.document(on, number), "两个支部党员人数减少，合并设置", before, [node]
    )
    founding = node.eras[0].opened_by
    world.decisions[world.decisions.index(founding)] = merger
    node.established = on
    node.eras = [Era(node.parent, node.name, node.kind, on, merger)]
    node.extra["document"] = merger.document


def _split(world: World, node: Node, on: date) -> None:
    """A branch that had grown too large gave half of its members to a new one, the next in the list."""
    assert node.parent is not None
    _old(node)
    siblings = [one for one in node.parent.children if one.category is node.category and one is not node]
    fresh = next((one for one in siblings if not one.taken_over and one.dissolved is None), None)
    if fresh is None:
        return
    split = Decision(ChangeKind.SPLIT, on, world.document(on, 23), "党员人数超过五十名", [node], [node, fresh])
    world.decisions[world.decisions.index(fresh.eras[0].opened_by)] = split
    fresh.established = on
    fresh.eras = [Era(node.parent, fresh.name, fresh.kind, on, split)]
    fresh.taken_over.append((node, on))
    fresh.extra["document"] = split.document


def _rename(world: World, node: Node, on: date) -> None:
    _old(node)
    former = node.name.replace(node.unit, f"{node.unit}原").replace("教师", "")
    change = Decision(ChangeKind.RENAMED, on, world.document(on, 31), "教研机构调整后更名", [node], [node])
    world.decisions.append(change)
    node.eras[0].name = former
    _close(node, on, dissolve=False)
    node.eras.append(Era(node.parent, node.name, node.kind, on, change))


def _dissolve(world: World, heir: Node, on: date) -> None:
    """A branch beside ``heir`` fell below three full members and was dissolved; its members went to ``heir``."""
    _old(heir)
    name, short = f"中共{UNIVERSITY}{heir.unit}资料室支部", f"{heir.unit}资料室党支部"
    assert heir.parent is not None
    old = _found(world, f"{heir.code}Z", name, short, Kind.BRANCH, heir.category, heir.parent, date(2012, 4, 16), 12)
    _close(old, on, dissolve=True)
    world.decisions.append(
        Decision(ChangeKind.DISSOLVED, on, world.document(on, 9), f"正式党员不足三人，党员编入{heir.short_name}", [old])
    )
    heir.taken_over.append((old, on))


def _reparent(world: World, node: Node, former: Node, on: date) -> None:
    """``node`` stands today where the tree has it; until ``on`` it had belonged to ``former``."""
    _old(node)
    change = Decision(ChangeKind.REPARENTED, on, world.document(on, 14), "教研室划转", [node], [node])
    world.decisions.append(change)
    node.eras[0].parent = former
    _close(node, on, dissolve=False)
    node.eras.append(Era(node.parent, node.name, node.kind, on, change))


def _temporary(world: World) -> None:
    """One temporary branch whose people keep their ties at home (支部工作条例 第八条)."""
    on = add_months(world.today, -8) + timedelta(days=3)
    host = world.uppers[0]
    name = f"中共{UNIVERSITY}赴云溪县支教队临时支部"
    _found(world, f"{host.code}-T1", name, "支教队临时党支部", Kind.TEMPORARY_BRANCH, Category.OTHER, host, on, 27)


def add_groups(world: World, sizes: dict[int, int]) -> None:
    """Party groups in branches of 24 members and more; called once the sizes of the branches are known."""
    for node in world.living_branches:
        size = sizes.get(id(node), 0)
        if size < 24 or node.taken_over or node.category in {Category.STUDENT_UNDERGRADUATE, Category.MIXED}:
            continue
        for number in range(1, 2 + size // 20 + 1):
            name = f"{node.name}第{ordinal(number)}党小组"
            short = f"{node.short_name}第{ordinal(number)}小组"
            on = max(node.established, date(2019, 3, 1))
            _found(world, f"{node.code}-G{number}", name, short, Kind.GROUP, node.category, node, on, number)
