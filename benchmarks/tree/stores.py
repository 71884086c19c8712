"""Two ways to store a tree, asked the same questions in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, models, transaction
from tree_queries.models import TreeNode
from treebeard.mp_tree import MP_Node

from benchmarks.report import Report
from benchmarks.tree.world import Place, university


class ByPath(MP_Node):
    """Treebeard's materialized path, as `zhibu.organizations` uses it."""

    path = models.CharField(max_length=255, unique=True, db_collation="C")
    name = models.CharField(max_length=120)

    class Meta:
        app_label = "benchmark_tree"


class ByParent(TreeNode):
    """A parent column; everything else is a recursive query."""

    name = models.CharField(max_length=120)
    ordinal = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "benchmark_tree"
        ordering = ("ordinal",)


Act = Callable[[], Any]


def compare(report: Report, nodes: int, rounds: int) -> None:
    """One line a question: median milliseconds of both, and the ratio."""
    places = list(university(nodes))
    with connection.schema_editor() as editor:
        editor.create_model(ByPath)
        editor.create_model(ByParent)
    try:
        lines = [line("成批装入", rounds, lambda: load_paths(places), lambda: load_parents(places), same=False)]
        with connection.cursor() as cursor:
            cursor.execute("analyze")
        lines += [line(label, rounds, ours, theirs) for label, ours, theirs in questions()]
        lines.append(line("把一个学院移到另一个下面再移回", rounds, move_path, move_parent, same=False))
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(ByPath)
            editor.delete_model(ByParent)
    report.say(f"{len(places):,} 个节点，{rounds} 轮的中位数；比小于 1 的，存路径较快。这一部分没有限度。")
    report.table(("", "存路径 毫秒", "递归 毫秒", "比"), lines)


def line(label: str, rounds: int, ours: Act, theirs: Act, *, same: bool = True) -> tuple[str, ...]:
    first, second = ours(), theirs()
    if same and first != second:
        raise SystemExit(f"{label}: {first!r} and {second!r} differ")
    mine, other = [], []
    for _ in range(rounds):
        mine.append(timed(ours))
        other.append(timed(theirs))
    one, two = statistics.median(mine), statistics.median(other)
    return (label, f"{one:.2f}", f"{two:.2f}", f"{one / two:.2f}")


def timed(act: Act) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def load_paths(places: list[Place]) -> None:
    """Paths are computed here and written in bulk, as the demo and the import of 5,000 organizations would."""
    ByPath.objects.all().delete()
    paths: dict[int, str] = {}
    below = [0] * len(places)
    for place in places:
        paths[place.number] = ByPath._get_path(paths.get(place.parent, ""), place.depth, place.ordinal + 1)
        if place.parent is not None:
            below[place.parent] += 1
    rows = [
        ByPath(path=paths[one.number], depth=one.depth, numchild=below[one.number], name=f"组织{one.number}")
        for one in places
    ]
    ByPath.objects.bulk_create(rows, batch_size=1000)


def load_parents(places: list[Place]) -> None:
    ByParent.objects.all().delete()
    rows: dict[int, ByParent] = {}
    for depth in range(1, 6):
        level = [one for one in places if one.depth == depth]
        made = ByParent.objects.bulk_create(
            [
                ByParent(parent=rows.get(one.parent), name=f"组织{one.number}", ordinal=one.ordinal)  # type: ignore[arg-type]
                for one in level
            ],
            batch_size=1000,
        )
        rows |= {place.number: row for place, row in zip(level, made, strict=True)}


def names(rows: Any) -> list[str]:
    return list(rows.values_list("name", flat=True))


def questions() -> list[tuple[str, Act, Act]]:
    paths, parents = ByPath.objects, ByParent.objects
    root, faculty = paths.get(depth=1), paths.filter(depth=2).order_by("path")[3]
    leaf = paths.filter(depth=5).order_by("path").last()
    root2, faculty2, leaf2 = (parents.get(name=node.name) for node in (root, faculty, leaf))

    def ours_below() -> list[str]:
        return sorted(names(paths.get_descendants(faculty)))

    def theirs_below() -> list[str]:
        return sorted(names(parents.descendants(faculty2)))

    def ours_above() -> list[str]:
        return names(paths.get_ancestors(leaf))

    def theirs_above() -> list[str]:
        return names(parents.ancestors(leaf2))

    def ours_children() -> list[str]:
        """As the tree page asks: the children, in order, and which of them can be opened."""
        below = paths.filter(path__startswith=models.OuterRef("path"), depth=models.OuterRef("depth") + 1)
        found = paths.filter(path__startswith=root.path, depth=2).annotate(more=models.Exists(below)).order_by("path")
        return [node.name for node in found if node.more]

    def theirs_children() -> list[str]:
        below = parents.without_tree_fields().filter(parent=models.OuterRef("pk"))
        found = parents.without_tree_fields().filter(parent=root2).annotate(more=models.Exists(below))
        return [node.name for node in found.order_by("ordinal") if node.more]

    def ours_all() -> list[str]:
        return names(paths.order_by("path"))

    def theirs_all() -> list[str]:
        return names(parents.with_tree_fields())

    def ours_scope() -> list[int]:
        """What every list of every room does: only rows within the reader's subtree."""
        end = faculty.path[:-1] + chr(ord(faculty.path[-1]) + 1)
        return [0] * paths.filter(path__gte=faculty.path, path__lt=end).count()

    def theirs_scope() -> list[int]:
        return [0] * parents.descendants(faculty2, include_self=True).count()

    return [
        ("管理范围内的计数", ours_scope, theirs_scope),
        ("一个学院的全部下级", ours_below, theirs_below),
        ("一个党小组的全部上级", ours_above, theirs_above),
        ("根的直接下级，哪些可以展开", ours_children, theirs_children),
        ("整棵树，按顺序", ours_all, theirs_all),
    ]


@transaction.atomic
def move_path() -> None:
    first, second = ByPath.objects.filter(depth=2).order_by("path")[:2]
    root = ByPath.objects.get(depth=1)
    ByPath.objects.move(first, second, "last-child")
    moved, root = ByPath.objects.get(pk=first.pk), ByPath.objects.get(pk=root.pk)
    ByPath.objects.move(moved, root, "last-child")


@transaction.atomic
def move_parent() -> None:
    root = ByParent.objects.without_tree_fields().get(parent=None)
    first, second = ByParent.objects.without_tree_fields().filter(parent=root)[:2]
    first.parent = second
    first.save()
    first.parent = root
    first.save()
