"""Does a decision that is entered late fit the days between its effect and today?

A decision may be entered weeks after it took effect, when other organizations have changed since. Each check looks at
every day from ``on`` until today, so that the tree of no day has an organization without superior, or in a circle.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Max, Q

from zhibu.organizations import rules
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization, Period, Tenure, Term
from zhibu.people.models import Affiliation
from zhibu.regulations.refusal import Refusal


def lasting(on: date) -> Q:
    """The condition that a period reaches into the days from ``on`` until today."""
    return Q(ended_on__isnull=True) | Q(ended_on__gt=on)


def place_faults(
    kind: Kind, parent: Organization | None, on: date, *, node: Organization | None = None
) -> Iterator[Refusal]:
    """Why an organization of this kind (``node``, if it exists) could not hang there from ``on`` until today."""
    now = [*rules.refuse_place(kind, parent)]
    yield from now
    if parent is None or now:
        return
    yield from rules.refuse_before(parent, on)
    for period in Period.objects.filter(lasting(on), organization=parent, ended_on__isnull=False):
        if not rules.may_stand_under(kind, Kind(period.kind)):
            was = f"“{parent}”到 {period.ended_on} 为止是{period.get_kind_display()}"
            text = f"{was}，在此之前{kind.label}不能设在它之下。"
            yield Refusal(text, field="on", remedy="请核对生效日期。")
            break
    if node is not None and node.pk in _superiors_since(parent, on):
        yield Refusal(
            f"“{parent}”在 {on} 之后曾隶属于“{node}”，两者不能互为上下级。", field="on", remedy="请核对生效日期。"
        )


def _superiors_since(node: Organization, on: date) -> set[int]:
    """Everything that stood above a node on some day from ``on`` until today."""
    found: set[int] = set()
    level = {node.pk}
    while level:
        above = Period.objects.filter(lasting(on), organization__in=level).values_list("parent_id", flat=True)
        level = {pk for pk in above if pk is not None} - found
        found |= level
    return found


def children_faults(node: Organization, kind: Kind, on: date) -> Iterator[Refusal]:
    """Why a node cannot have been of this kind since ``on``: something hung below it that does not fit."""
    for period in _below(node, on):
        if rules.may_stand_under(Kind(period.kind), kind):
            continue
        until = _end(period)
        when = f"到 {until} 为止" if until else ""
        yield Refusal(
            f"下级“{period.organization}”{when}是{period.get_kind_display()}，不能设在{kind.label}之下。",
            field="kind", remedy="请先调整下级组织的隶属。" if until is None else "请核对生效日期。",
        )  # fmt: skip
        return


def closing_faults(node: Organization, on: date) -> Iterator[Refusal]:
    """Why a node cannot have ended on that day: something was there later."""
    later = [(until, period) for period in _below(node, on) if (until := _end(period)) is not None]
    if later:
        until, period = max(later, key=lambda pair: pair[0])
        yield _too_early(f"“{period.organization}”到 {until} 才不再是“{node}”的下级")
    left = Affiliation.objects.filter(organization=node).aggregate(last=Max("ended_on"))["last"]
    if left is not None and left > on:
        yield _too_early(f"“{node}”还有人到 {left} 才离开")
    posts = Tenure.objects.filter(organization=node).aggregate(start=Max("started_on"), end=Max("ended_on"))
    terms = Term.objects.filter(organization=node).aggregate(start=Max("started_on"), end=Max("ended_on"))
    for what, dates in (("任职", posts), ("届次", terms)):
        last = max((day for day in dates.values() if day is not None), default=None)
        if last is not None and last > on:
            yield _too_early(f"“{node}”的{what}登记到 {last}")


def _too_early(what: str) -> Refusal:
    return Refusal(f"{what}，生效日期不能更早。", field="on", remedy="请核对生效日期。")


def _below(node: Organization, on: date) -> list[Period]:
    """What hung directly below a node on some day from ``on`` until today."""
    periods = Period.objects.filter(lasting(on), parent=node).select_related("organization")
    return [period for period in periods if (until := _end(period)) is None or until > on]


def _end(period: Period) -> date | None:
    """The day from which on the period no longer holds, by change or by dissolution."""
    ends = [day for day in (period.ended_on, period.organization.dissolved_on) if day is not None]
    return min(ends, default=None)
