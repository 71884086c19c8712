"""Two ways to store a tree, asked the same questions in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, models, transaction
from tree_queries.models import TreeNode
from treebeard.mp_tree import MP_Node

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


def compare(nodes: int, rounds: int) -> None:
    """Prints one line a question: median milliseconds of both, and the ratio."""
    places = list(university(nodes))
    with connection.schema_editor() as editor:
        editor.create_model(ByPath)
        editor.create_model(ByParent)
    try:
        print(f"\n{len(places):,} nodes, median of {rounds}; ratio < 1: stored paths are quicker")
        print(f"{'':<44}{'paths ms':>10}{'recursive ms':>14}{'ratio':>8}  rows")
        line("bulk load", rounds, lambda: load_paths(places), lambda: load_parents(places), show_rows=False)
        with connection.cursor() as cursor:
            cursor.execute("analyze")
        for label, ours, theirs in questions():
            line(label, rounds, ours, theirs)
        line("move a faculty below another and back", rounds, move_path, move_parent, show_rows=False)
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(ByPath)
            editor.delete_model(ByParent)


def line(label: str, rounds: int, ours: Act, theirs: Act, *, show_rows: bool = True) -> None:
    first, second = ours(), theirs()
    if show_rows and first != second:
        raise SystemExit(f"{label}: {first!r} and {second!r} differ")
    mine, other = [], []
    for _ in range(rounds):
        mine.append(timed(ours))
        other.append(timed(theirs))
    one, two = statistics.median(mine), statistics.median(other)
    rows = f"  {len(first)}" if show_rows else ""
    print(f"{label:<44}{one:>10.2f}{two:>14.2f}{one / two:>8.2f}{rows}", flush=True)


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
        ("count within a reader's subtree (scope)", ours_scope, theirs_scope),
        ("all below a faculty", ours_below, theirs_below),
        ("superiors of a group", ours_above, theirs_above),
        ("children of the root, which can be opened", ours_children, theirs_children),
        ("the whole tree in its order", ours_all, theirs_all),
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
