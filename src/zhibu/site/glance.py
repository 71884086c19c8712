"""What a reader looks after, at a glance: the second half of the home page. All of it comes from the rooms' queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Count, QuerySet, Subquery, Value
from django.urls import reverse

from zhibu.accounts.enums import Role
from zhibu.accounts.models import NOT_ACTIVATED
from zhibu.accounts.queries import accounts
from zhibu.accounts.scope import Grant, Scope
from zhibu.assessment.queries import history
from zhibu.meetings.cadence import Due, Standing
from zhibu.meetings.enums import CAME, Presence, State
from zhibu.meetings.pages.cadence import strips
from zhibu.meetings.queries import due, duties_of, meetings
from zhibu.meetings.queries.waiting import KEPT_SECONDS
from zhibu.organizations.enums import Kind, PostKind
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import holders, organizations, terms_due
from zhibu.people.enums import GONE, StageKind
from zhibu.people.queries import my_file, people, within
from zhibu.people.rules.completeness import missing_fields, required_fields
from zhibu.site.doctor import ORDER, WELL, examine

FEW = 6
Found = TypeVar("Found")


@dataclass(frozen=True)
class Number:
    """One number that opens what it counts."""

    label: str
    value: Any
    url: str
    unit: str = ""
    note: str = ""
    tone: str = ""


def content(scope: Scope) -> dict[str, Any]:
    """What the reader's widest role looks after; the template shows what is there."""
    if scope.role is Role.ADMINISTRATOR:
        return _installation(scope)
    home = scope.home
    if home is None or home.organization_id is None or scope.role is Role.INSPECTOR:
        return {}
    if scope.role is Role.MEMBER:
        return _as_member(scope, home)
    return _branch(scope, home) if scope.role is Role.SECRETARY else _subtree(scope, home)


def _as_member(scope: Scope, home: Grant) -> dict[str, Any]:
    """My branch, what it is to hold next, what was held last with my own attendance, my file."""
    person = my_file(scope)
    if person is None or person.organization is None:
        return {}
    node, required, missing = person.organization, required_fields(person), missing_fields(person)
    own = {node.pk, home.organization_id}
    if node.pk != home.organization_id:  # in one of the branch's groups
        node = Organization.objects.get(pk=home.organization_id)
    held = meetings(scope).filter(state=State.RECORDED, organization__in=own)
    return {
        "node": node,
        "person": person,
        "secretary": holders([node], PostKind.SECRETARY, scope.today).get(node.pk, ""),
        "last": [(row, _presence(row)) for row in held.order_by("-held_on", "-pk")[:FEW]],
        "next": sorted(_open(duties_of(scope, node, scope.today), scope.today), key=lambda item: item.span.end)[:FEW],
        "numbers": list(_score(scope, node)),
        "filled": len(required) - len(missing),
        "required": len(required),
        "missing": missing,
    }


def _presence(row: Any) -> tuple[str, str]:
    """The own attendance in words, with a tone."""
    kept = Presence(row.own_presence) if row.own_presence else None
    if kept is None:
        return "", ""
    return kept.label, "green" if kept in CAME else "grey"


def _open(items: Iterable[Due], on: date) -> Iterable[Due]:
    """One line a duty: its present period."""
    nearest: dict[str, Due] = {}
    for item in items:
        if item.standing(on) is Standing.OPEN:
            nearest.setdefault(item.duty.key, item)
    return nearest.values()


def _branch(scope: Scope, home: Grant) -> dict[str, Any]:
    """Members by stage, the year's calendar, the last score."""
    node = Organization.objects.get(pk=home.organization_id)
    return {
        "node": node,
        "numbers": [*_stages(node, _by_stage(scope, node)), *_score(scope, node)],
        "strips": strips(scope, node),
        "year": scope.today.year,
    }


def _stages(node: Organization, counts: Counter[str]) -> Iterable[Number]:
    """People by stage, each number opening exactly those; stages without anybody are left out, save members."""
    for kind in sorted(StageKind, key=lambda kind: (kind is StageKind.SUSPENDED, -int(kind.value))):
        if counts[kind] or kind in {StageKind.FULL, StageKind.PROBATIONARY}:
            url = f"{reverse('people:index')}?{urlencode({'organization': node.pk, 'stage': kind.value})}"
            yield Number(kind.label, counts[kind], url, "人")


def _by_stage(scope: Scope, node: Organization) -> Counter[str]:
    inside = within(people(scope).exclude(stage__in=GONE), node).order_by().values_list("stage")
    return Counter(dict(inside.annotate(number=Count("pk"))))


def _kept(scope: Scope, what: str, path: str, find: Callable[[], Found]) -> Found:
    """At most five minutes old, for whoever looks after more than a branch: over a whole university these take long."""
    key = f"site.{what}:{scope.today}:{path}"
    found: Found | None = cache.get(key)
    if found is None:
        found = find()
        cache.set(key, found, KEPT_SECONDS)
    return found


def _score(scope: Scope, node: Organization) -> Iterable[Number]:
    """The last finished period's total, else that of the period under way; nothing where none was computed."""
    past = history(scope, [node])[node.pk]
    finished = [each for each in past if not each[1].run.is_provisional]
    if not past:
        return
    period, score = (finished or past)[-1]
    before = next((row for each, row in finished if each == period.moved(-1)), None)
    change = score.total - before.total if before else None
    # What is published has a page of its own, with its corrections.
    note = f"{period.label}，自查" + ("" if change is None else f"，比上一期{_change(change)}")
    url = f"{reverse('assessment:organization', args=[node.pk])}?period={period}"
    yield Number("考核评价", f"{score.total:.1f}", url, "分", note)


def _change(points: Decimal) -> str:
    tenths = round(points, 1)
    return "持平" if not tenths else f"{'增' if tenths > 0 else '减'} {abs(tenths)}"


def _subtree(scope: Scope, home: Grant) -> dict[str, Any]:
    """Branches, members, score; which branches are late, whose term ends."""
    below = organizations(scope).filter(path__startswith=home.path, dissolved_on__isnull=True)
    late = _kept(scope, "late", home.path, lambda: _late(scope, below))
    counted = below.filter(kind=Kind.BRANCH).order_by().values(one=Value(1)).annotate(number=Count("pk"))
    shown = Organization.objects.annotate(branches=Subquery(counted.values("number"))).in_bulk(
        [home.organization_id, *(pk for pk, _, _ in late[:FEW])]
    )
    node = shown[home.organization_id or 0]
    terms = terms_due(scope, scope.today).filter(organization__path__startswith=home.path)
    kind, number = Kind.BRANCH, getattr(node, "branches", None) or 0
    branches = f"{reverse('organizations:list')}?{urlencode({'superior': node.pk, 'kind': kind.value, 'alive': 'yes'})}"
    numbers = [
        Number(kind.label, number, branches, "个"),
        *_stages(node, _kept(scope, "stages", home.path, lambda: _by_stage(scope, node))),
        Number(
            "组织生活有缺", len(late), f"{reverse('meetings:cadence')}?only=late", "个党组织", f"{scope.today.year} 年",
            "red" if late else "",
        ),
        *_score(scope, node),
    ]  # fmt: skip
    return {
        "node": node,
        "numbers": numbers,
        "late": [(shown[pk], missing, kinds) for pk, missing, kinds in late[:FEW] if pk in shown],
        "terms": [(term, term.due_on < scope.today) for term in terms[:FEW]],
    }


def _late(scope: Scope, among: QuerySet[Organization]) -> list[tuple[int, int, str]]:
    """(organization, number missing, of which kinds) this year, most missing first: those of the cadence page."""
    missing: Counter[int] = Counter()
    kinds: dict[int, dict[str, None]] = {}
    for item in due(scope, scope.today, among=among, only_missing=True):
        if item.standing(scope.today) is Standing.LATE:
            missing[item.organization_id] += item.missing
            kinds.setdefault(item.organization_id, {})[item.duty.label] = None
    return [(pk, number, "、".join(kinds[pk])) for pk, number in missing.most_common()]


def _installation(scope: Scope) -> dict[str, Any]:
    """What doctor found, faults first; accounts by state."""
    findings = sorted(examine(quick=True), key=lambda finding: ORDER.index(finding.state))
    usable = accounts(scope).order_by().filter(is_active=True)
    counted = usable.aggregate(all=Count("pk"), waiting=Count("pk", filter=NOT_ACTIVATED))
    waiting, active = counted["waiting"], counted["all"] - counted["waiting"]
    page = reverse("accounts:index")
    return {
        "findings": [finding for finding in findings if finding.state != WELL],
        "examined": len(findings),
        "numbers": [
            Number("已启用账号", active, f"{page}?state=on", "个"),
            Number("待启用账号", waiting, f"{page}?state=waiting", "个", tone="yellow" if waiting else ""),
        ],
    }
