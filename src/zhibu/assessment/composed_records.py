"""From the number of a composed indicator to its records: the rows are read from the lake as they were counted, then
their records are opened within the reader's rights."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import narwhals as nw
from django.db.models import OuterRef, QuerySet
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.explain import RecordsFilter
from zhibu.indicators.composed import met, rows_of
from zhibu.indicators.composing import Composition, Per, parse
from zhibu.indicators.measures import BRANCHES
from zhibu.indicators.periods import Period
from zhibu.initiatives.models import Activity
from zhibu.meetings.models import Attendance, Meeting
from zhibu.organizations.models import Organization
from zhibu.people.models import Person, Stage
from zhibu.ui.tables import Column, Empty, Table
from zhibu.warehouse.lake import Lake, open_lake

# More than anybody pages through; below, the levels of the tree lead to all.
MOST = 5_000


class OrganizationRecords(Table):
    title = "党组织"
    default_sort = "name"
    empty = Empty("这里没有记录", "没有符合条件的党组织。")
    columns = [
        Column("name", "党组织", sort="path", link=lambda row: reverse("organizations:detail", args=[row.pk])),
        Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind"),
        Column("category", "支部类型", value=lambda row: row.get_category_display(), sort="category"),
    ]


class ActivityRecords(Table):
    title = "志愿服务活动"
    default_sort = "-on"
    empty = Empty("这里没有记录", "没有符合条件的活动，或时长还没有确认。")
    columns = [
        Column("on", "日期", sort="on", link=lambda row: reverse("initiatives:activity", args=[row.pk])),
        Column("title", "活动名称", link=lambda row: reverse("initiatives:activity", args=[row.pk]), width=36),
        Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind"),
        Column("organization", "党组织", value=lambda row: str(row.organization), sort="organization__path"),
        Column("confirmed_people", "已确认人数", numeric=True, sort="confirmed_people"),
        Column("hours", "已确认小时", value=lambda row: f"{row.confirmed_half_hours / 2:g}", numeric=True),
    ]


def composed_records(scope: Scope, wanted: RecordsFilter, organization: Organization) -> QuerySet[Any]:
    """The records behind one number of a composed indicator, the newest `MOST` of them."""
    made = parse(wanted.filters["composed"])
    with open_lake() as lake:
        keys = _keys(lake, made, wanted, organization.pk)
    return _OPENERS[made.offer.record](scope, keys)


def _keys(lake: Lake, made: Composition, wanted: RecordsFilter, organization: int) -> list[tuple[int, ...]]:
    """The columns that name the records of the rows that count for this organization."""
    # Of a state at the end the first day is not told; no period reaches beyond its year.
    first = wanted.first or date(wanted.last.year, 1, 1)
    known = [month for month in lake.manifest.months("organizations.organization_month") if month <= wanted.last]
    if not known or known[-1] < first:
        return []
    end = known[-1]
    rows = rows_of(made, lake.scan(made.fact, _months(wanted, end)))
    if wanted.filters.get("unmet"):
        rows = rows.filter(~met(made).fill_null(False))
    below = lake.scan("organizations.ancestry_month", [end]).filter(nw.col("ancestor_id") == organization)
    rows = rows.join(below.select("organization_id"), on="organization_id", how="semi")
    if made.per in (Per.ORGANIZATION, Per.MEMBER):
        branches = lake.scan("organizations.organization_month", [end]).filter(nw.col("kind").is_in(BRANCHES))
        rows = rows.join(branches.select("organization_id"), on="organization_id", how="semi")
    names = list(made.offer.key)
    found = lake.engine.collect(rows.select(*names).unique().sort(*names, descending=True).head(MOST))
    return [tuple(row[name] for name in names) for row in found.to_pylist()]


def _months(wanted: RecordsFilter, end: date) -> list[date]:
    if wanted.first is None:
        return [end]
    quarters = range(Period.of(wanted.first).number, Period.of(wanted.last).number + 1)
    months = [month for number in quarters for month in Period.numbered(number).months]
    return [month for month in months if wanted.first <= month <= wanted.last]


def _one(keys: list[tuple[int, ...]]) -> list[int]:
    return [key for (key,) in keys]


def _meetings(scope: Scope, keys: list[tuple[int, ...]]) -> QuerySet[Any]:
    found = Meeting.objects.select_related("organization").filter(pk__in=_one(keys))
    return scope.visible(found, Right.VIEW_MEETING)


def _attendance(scope: Scope, keys: list[tuple[int, ...]]) -> QuerySet[Any]:
    found = Attendance.objects.select_related("meeting__organization", "person").extra(
        where=[
            '("meetings_attendance"."meeting_id", "meetings_attendance"."person_id") in '
            "(select * from unnest(%s::bigint[], %s::bigint[]))"
        ],
        params=[[meeting for meeting, _ in keys], [person for _, person in keys]],
    )
    return scope.visible(found, Right.VIEW_PERSON, "meeting__organization__path")


def _people(scope: Scope, keys: list[tuple[int, ...]]) -> QuerySet[Any]:
    found = Person.objects.select_related("organization").filter(pk__in=_one(keys))
    return scope.visible(found, Right.VIEW_PERSON)


def _steps(scope: Scope, keys: list[tuple[int, ...]]) -> QuerySet[Any]:
    before = Stage.objects.filter(person=OuterRef("person"), ended_on=OuterRef("started_on")).exclude(pk=OuterRef("pk"))
    found = Stage.objects.select_related("person", "organization").filter(pk__in=_one(keys))
    found = found.annotate(before=before.values("kind")[:1], before_on=before.values("started_on")[:1])
    return scope.visible(found, Right.VIEW_PERSON)


def _organizations(scope: Scope, keys: list[tuple[int, ...]]) -> QuerySet[Any]:
    return scope.visible(Organization.objects.filter(pk__in=_one(keys)), Right.VIEW_ORGANIZATION, "path")


def _activities(scope: Scope, keys: list[tuple[int, ...]]) -> QuerySet[Any]:
    found = Activity.objects.select_related("organization").filter(pk__in=_one(keys))
    return scope.visible(found, Right.VIEW_INITIATIVE)


_OPENERS: dict[str, Callable[[Scope, list[tuple[int, ...]]], QuerySet[Any]]] = {
    "meetings.meeting": _meetings,
    "meetings.attendance": _attendance,
    "people.person": _people,
    "people.stage": _steps,
    "organizations.organization": _organizations,
    "initiatives.activity": _activities,
}
