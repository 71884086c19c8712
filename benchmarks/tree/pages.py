"""The room's pages with few and with many nodes, through the whole server."""

from __future__ import annotations

import statistics
import time
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from benchmarks.report import Report
from benchmarks.tree.world import university

SMALL = 50
MAX_QUERIES, MAX_KILOBYTES, MAX_RATIO = 15, 100, 3.0
FOUNDED = date(2020, 9, 1)


def measure(report: Report, nodes: int, rounds: int) -> None:
    """One line a page. Both sizes are asked in turn."""
    sizes, before = (SMALL, nodes), connection.settings_dict["NAME"]
    clients: dict[int, Client] = {}
    urls: dict[int, dict[str, str]] = {}
    try:
        for size in sizes:
            switch(before)
            connection.settings_dict["TEST"]["NAME"] = f"zhibu_tree_{size}"
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            clients[size], urls[size] = fill(size), addresses()
        pages = {label: page(label, clients, urls, rounds) for label in urls[nodes]}
    finally:
        for size in sizes:
            switch(f"zhibu_tree_{size}")
            connection.creation.destroy_test_db(before, verbosity=0)
    report.table(
        ("页面", "查询", "kB", f"毫秒，{SMALL}", f"毫秒，{nodes:,}", "比"),
        (
            (label, queries, f"{kb:.0f}", f"{quick:.1f}", f"{slow:.1f}", f"{slow / quick:.2f}")
            for label, (queries, kb, quick, slow) in pages.items()
        ),
    )
    report.at_most("查询次数", max(queries for queries, *_ in pages.values()), MAX_QUERIES, digits=0)
    report.at_most("页面大小", max(kb for _, kb, *_ in pages.values()), MAX_KILOBYTES, unit=" kB", digits=0)
    report.at_most("服务器时间之比", max(slow / quick for *_, quick, slow in pages.values()), MAX_RATIO)


def page(
    label: str, clients: dict[int, Client], urls: dict[int, dict[str, str]], rounds: int
) -> tuple[int, float, float, float]:
    """Queries, kilobytes, and median milliseconds with few and with many nodes."""
    times: dict[int, list[float]] = {size: [] for size in clients}
    queries, size_kb = 0, 0.0
    for turn in range(rounds + 1):
        for size, client in clients.items():
            switch(f"zhibu_tree_{size}")
            client.get(urls[size][label])  # the connection is new
            if turn == 0:
                queries, size_kb = counted(client, urls[size][label])
                continue
            start = time.perf_counter()
            client.get(urls[size][label])
            times[size].append((time.perf_counter() - start) * 1000)
    quick, slow = (statistics.median(taken) for taken in times.values())
    return queries, size_kb, quick, slow


def switch(name: str) -> None:
    """The same connection, another database."""
    connection.close()
    connection.settings_dict["NAME"] = name


def counted(client: Client, url: str) -> tuple[int, float]:
    """Queries and kilobytes of one page."""
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(url)
        queries = len(seen)  # the log is emptied when the next request begins
    if answer.status_code != 200:
        raise SystemExit(f"{url}: {answer.status_code}")
    return queries, len(answer.content) / 1000


def addresses() -> dict[str, str]:
    from zhibu.organizations.models import Organization

    root = Organization.objects.get(depth=1)
    wide = Organization.objects.exclude(depth=1).order_by("-numchild").first()
    assert wide is not None
    past = (timezone.localdate() - timedelta(days=200)).isoformat()
    tree = reverse("organizations:index")
    return {
        "组织树": tree,
        "展开下级最多的": reverse("organizations:children", args=[wide.pk]),
        "查找": f"{tree}?q=1",
        "另一天的组织树": f"{tree}?on={past}",
        "另一天，展开下级": reverse("organizations:children", args=[root.pk]) + f"?on={past}",
        "组织页": reverse("organizations:detail", args=[root.pk]),
        "组织名单": reverse("organizations:list"),
        "职务": reverse("organizations:posts"),
        "任期": reverse("organizations:terms"),
        "变动": reverse("organizations:changes"),
    }


def fill(nodes: int) -> Client:
    """The tree, a secretary with a term in every branch, three members each; the reader is the university's office."""
    from zhibu.accounts.models import User
    from zhibu.organizations.enums import PostKind
    from zhibu.organizations.models import Organization, Tenure

    organizations = plant(nodes)
    people = populate([node for node in organizations if node.depth == 4])
    user = User.objects.create(username="office", display_name="组织部")
    first = people[0]
    first.user = user
    first.save(update_fields=["user"])
    Tenure.objects.create(
        organization=Organization.objects.get(depth=1), person=first, post=PostKind.OFFICER, started_on=FOUNDED
    )
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def plant(nodes: int) -> list[Any]:
    from zhibu.organizations.enums import Category, ChangeKind, Kind
    from zhibu.organizations.models import Change, Organization, Period

    kinds = {1: Kind.COMMITTEE, 2: Kind.COMMITTEE, 3: Kind.GENERAL_BRANCH, 4: Kind.BRANCH, 5: Kind.GROUP}
    words = {1: "中共基准大学委员会", 2: "第{}学院党委", 3: "第{}党总支", 4: "第{}党支部", 5: "第{}党小组"}
    places = list(university(nodes))
    paths: dict[int | None, str] = {None: ""}
    below: dict[int, int] = {}
    for place in places:
        paths[place.number] = Organization._get_path(paths[place.parent], place.depth, place.ordinal + 1)
        if place.parent is not None:
            below[place.parent] = below.get(place.parent, 0) + 1
    rows = Organization.objects.bulk_create(
        [
            Organization(
                path=paths[one.number], depth=one.depth, numchild=below.get(one.number, 0), code=f"N{one.number:05d}",
                name=words[one.depth].format(one.number), kind=kinds[one.depth], established_on=FOUNDED,
                category=Category.STUDENT_UNDERGRADUATE if one.depth > 3 else Category.UPPER,
            )
            for one in places
        ],
        batch_size=1000,
    )  # fmt: skip
    change = Change.objects.create(kind=ChangeKind.ESTABLISHED, effective_on=FOUNDED)
    Period.objects.bulk_create(
        [
            Period(
                organization=row, parent=None if one.parent is None else rows[one.parent], name=row.name,
                kind=row.kind, started_on=FOUNDED, opened_by=change,
            )
            for one, row in zip(places, rows, strict=True)
        ],
        batch_size=1000,
    )  # fmt: skip
    return rows


def populate(branches: list[Any]) -> list[Any]:
    from zhibu.organizations.enums import PostKind
    from zhibu.organizations.models import Tenure, Term
    from zhibu.people.enums import StageKind
    from zhibu.people.models import Person

    people = Person.objects.bulk_create(
        [
            Person(
                organization=branch, stage=StageKind.FULL, name=f"成员{number}", pinyin=f"chengyuan{number}",
                initials="cy", gender="1", ethnicity="01", birth_date=date(2000, 1, 1), education="21",
                number=f"{branch.code}-{number}", id_number_index=f"{branch.code}-{number}".encode(),
            )
            for branch in branches
            for number in range(3)
        ],
        batch_size=1000,
    )  # fmt: skip
    today = timezone.localdate()
    Tenure.objects.bulk_create(
        [
            Tenure(organization=branch, person=person, post=PostKind.SECRETARY, started_on=FOUNDED)
            for branch, person in zip(branches, people[::3], strict=True)
        ],
        batch_size=1000,
    )
    Term.objects.bulk_create(
        [
            Term(
                organization=branch, started_on=FOUNDED, seats=1,
                due_on=today + timedelta(days=(number * 37) % 1000 - 100),
            )
            for number, branch in enumerate(branches)
        ],
        batch_size=1000,
    )  # fmt: skip
    return people
