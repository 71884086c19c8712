"""What can be asked about the yearly analysis: who owes it, and the figures it speaks about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization
from zhibu.people.enums import CULTIVATED, StageKind, StageOrigin, WayOut
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.procedures.analysis.enums import Analyst
from zhibu.procedures.enums import SOON, EntryKind
from zhibu.procedures.models import ActivistAnalysis, Case, Entry
from zhibu.regulations.dates import add_months, add_years
from zhibu.regulations.queries import in_force, value
from zhibu.ui.waiting import Asked, Waiting


def committees(scope: Scope, right: Right = Right.VIEW_CASE) -> QuerySet[Organization]:
    """Committees in the reader's subtrees with their activists of today (``activists``), the days of this and of
    last year's analysis (``held``, ``held_before``), whether last year's is missing (``is_late``), and the day of the
    county-level department's last one of this or last year, of this committee or one above it (``county``)."""
    year = scope.today.year
    below: dict[str, Any] = {"organization__path__startswith": OuterRef("path")}
    activists = Person.objects.filter(stage=StageKind.ACTIVIST, **below).order_by()
    counted = activists.values("stage").annotate(n=Count("pk")).values("n")
    first, end = date(year - 1, 1, 1), date(year, 1, 1)
    there = Stage.objects.filter(
        kind=StageKind.ACTIVIST, started_on__lt=end, person__organization__path__startswith=OuterRef("path")
    ).filter(Q(ended_on__isnull=True) | Q(ended_on__gt=first))
    nodes = Organization.objects.filter(kind=Kind.COMMITTEE, dissolved_on__isnull=True)
    found = scope.visible(nodes, right, "path").annotate(
        activists=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
        held=_held(year), held_before=_held(year - 1), county=_county(year - 1),
    )  # fmt: skip
    # Before the platform kept their records the analysis lies on paper: nothing is missing then.
    since = Coalesce(F("recorded_since"), F("established_on"))
    return found.annotate(since=since, had=Exists(there)).annotate(
        is_late=Q(held_before__isnull=True, had=True, since__lt=end)
    )


def _held(year: int) -> Subquery:
    of = ActivistAnalysis.objects.filter(organization=OuterRef("pk"), year=year, by=Analyst.COMMITTEE)
    return Subquery(of.order_by("-version").values("held_on")[:1])


def _county(since: int) -> Subquery:
    path = ExpressionWrapper(OuterRef("path"), output_field=CharField(db_collation="C"))
    of = ActivistAnalysis.objects.filter(by=Analyst.COUNTY, year__gte=since).annotate(below=path)
    of = of.filter(below__startswith=F("organization__path"))
    return Subquery(of.order_by("-year", "-organization__path", "-version").values("held_on")[:1])


def late(rows: QuerySet[Organization]) -> QuerySet[Organization]:
    return rows.filter(is_late=True)


def to_do(rows: QuerySet[Organization]) -> QuerySet[Organization]:
    """Committees that have activists and no analysis of this year yet."""
    return rows.filter(held__isnull=True, activists__gt=0)


def committee(scope: Scope, pk: int, right: Right = Right.VIEW_CASE) -> Organization:
    """One committee: 404 outside, 403 inside without the right."""
    found = committees(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个党委，或不在您的管理范围内。")
    scope.require(right, found.path)
    return found


def analyses(scope: Scope, node: Organization) -> list[ActivistAnalysis]:
    """Every version of every year, newest first; with what a county-level department concluded of a committee above
    it that the reader may see. ``node`` has been loaded through the scope."""
    above = [node.path[:end] for end in range(Organization.steplen, len(node.path), Organization.steplen)]
    about = Q(organization=node) | Q(by=Analyst.COUNTY, organization__path__in=above) & scope.within(Right.VIEW_CASE)
    found = ActivistAnalysis.objects.filter(about).select_related("recorded_by", "organization")
    return list(found.order_by("-year", "by", "-version")[:100])


def analysts(scope: Scope, node: Organization, on: date) -> list[Analyst]:
    """Whose analysis the reader may enter at a committee on a day: its own; and from the edition on that names it the
    county-level department's, which only the university's own organization office receives."""
    found = [Analyst.COMMITTEE] if scope.may(Right.DECIDE_CASE, node.path) else []
    if is_named(Analyst.COUNTY, on):
        found += [Analyst.COUNTY] if scope.may(Right.DECIDE_CASE, node.path[: Organization.steplen]) else []
    return found


def is_named(by: Analyst, on: date) -> bool:
    """Whether the edition in force on a day says that this one analyses (第十一条)."""
    said = value("dev.analysis_by", on).content if in_force("dev.analysis_by", on) else ()
    return isinstance(said, tuple) and by.label in said


def last_version(node: Organization, year: int, by: Analyst = Analyst.COMMITTEE) -> int:
    found = ActivistAnalysis.objects.filter(organization=node, year=year, by=by)
    return int(found.aggregate(last=Max("version"))["last"] or 0)


@dataclass(frozen=True)
class Figure:
    """One number of the analysis. ``url`` opens the people or cases behind it, where a list shows just these."""

    key: str
    label: str
    number: int
    url: str = ""


def figures(scope: Scope, node: Organization, year: int, on: date | None = None) -> list[Figure]:
    """How the subtree of a committee stood on a day (today unless said otherwise), and what happened in the year until
    then, as stages, ties and cases tell."""
    day = min(on or scope.today, scope.today)
    here = _belonging(node, day)
    counted = {**_standing(here, day), **_trained(here, day, year), **_of_cases(here, day, year)}
    people = f"{reverse('people:index')}?organization={node.pk}&stage="
    urls = {
        "applicants": f"{people}{StageKind.APPLICANT}", "activists": f"{people}{StageKind.ACTIVIST}",
        "candidates": f"{people}{StageKind.CANDIDATE}", "without_case": reverse("procedures:new"),
        "late_reviews": f"{reverse('procedures:workbench')}?all=1&delay=late&procedure=admission",
        "backfilled": f"{reverse('people:index')}?organization={node.pk}&origin=backfilled",
    }  # fmt: skip
    if day < scope.today:
        urls = {}  # the lists show today's
    return [Figure(key, LABELS[key].format(year=year), counted[key], urls.get(key, "")) for key in LABELS]


LABELS = {
    "applicants": "入党申请人",
    "activists": "入党积极分子",
    "candidates": "发展对象",
    "under_one": "入党积极分子，培养教育不满一年",
    "under_two": "入党积极分子，培养教育满一年不满两年",
    "over_two": "入党积极分子，培养教育满两年",
    "late_reviews": "培养考察已逾期的",
    "without_case": "申请人、积极分子和发展对象中没有立项的",
    "new_activists": "{year} 年确定为入党积极分子",
    "new_candidates": "{year} 年列为发展对象",
    "new_members": "{year} 年接收为预备党员",
    "dropped": "{year} 年取消资格、撤回申请或者不予接收",
    "backfilled": "{year} 年没有按程序办理、补录的人员类别变更",
    "reviews": "{year} 年登记的培养考察",
}


def _running(day: date) -> Q:
    return Q(started_on__lte=day) & (Q(ended_on__isnull=True) | Q(ended_on__gt=day))


def _belonging(node: Organization, day: date) -> QuerySet[Any]:
    """Ids of those who belonged to the subtree on a day."""
    ties = Affiliation.objects.filter(_running(day), organization__path__startswith=node.path)
    return ties.order_by().values("person")


def _standing(here: QuerySet[Any], day: date) -> dict[str, int]:
    opened = Q(opened_on__lte=day) & (Q(closed_on__isnull=True) | Q(closed_on__gt=day))
    living = Case.objects.filter(opened, person=OuterRef("person"), procedure="admission")
    held = Stage.objects.filter(_running(day), person__in=here, kind__in=sorted(CULTIVATED))

    def of(stage: StageKind) -> Count:
        return Count("pk", filter=Q(kind=stage))

    found = held.order_by().annotate(has_case=Exists(living))
    return found.aggregate(
        applicants=of(StageKind.APPLICANT), activists=of(StageKind.ACTIVIST), candidates=of(StageKind.CANDIDATE),
        without_case=Count("pk", filter=Q(has_case=False)),
    )  # fmt: skip


def _trained(here: QuerySet[Any], day: date, year: int) -> dict[str, int]:
    """Cultivation counts from the day on which the branch decided (第十三条)."""
    activists = _running(day) & Q(kind=StageKind.ACTIVIST)
    one, two = add_years(day, -1), add_years(day, -2)
    begun = Q(started_on__year=year, started_on__lte=day)

    def of(kind: StageKind) -> Count:
        return Count("pk", filter=begun & Q(kind=kind))

    ended = Q(kind__in=sorted(CULTIVATED), ended_on__year=year, ended_on__lte=day)
    return Stage.objects.filter(person__in=here).order_by().aggregate(
        under_one=Count("pk", filter=activists & Q(started_on__gt=one)),
        under_two=Count("pk", filter=activists & Q(started_on__lte=one, started_on__gt=two)),
        over_two=Count("pk", filter=activists & Q(started_on__lte=two)),
        new_activists=of(StageKind.ACTIVIST), new_candidates=of(StageKind.CANDIDATE),
        new_members=of(StageKind.PROBATIONARY),
        backfilled=Count("pk", filter=begun & Q(origin=StageOrigin.BACKFILLED)),
        dropped=Count("pk", filter=ended & Q(way_out__in=(WayOut.DROPPED, WayOut.WITHDRAWN, WayOut.NOT_ACCEPTED))),
    )  # fmt: skip


def _of_cases(here: QuerySet[Any], day: date, year: int) -> dict[str, int]:
    """Reviews that were held, and those whose half year was over on that day with nothing entered."""
    done = Q(kind__in=(EntryKind.DONE, EntryKind.BACKFILLED), on__lte=day)
    entries = Entry.objects.filter(done, case__procedure="admission", case__person__in=here).order_by()
    held = Stage.objects.filter(_running(day), person__in=here, kind=StageKind.ACTIVIST).values("person")
    last = entries.filter(step__in=("activist", "review"), case__person__in=held).filter(
        Q(case__closed_on__isnull=True) | Q(case__closed_on__gt=day)
    )
    days = last.values("case").annotate(last=Max("on")).values_list("last", flat=True)
    rule = value("dev.review", day) if in_force("dev.review", day) else None
    late = sum(add_months(one, rule.number) < day for one in days) if rule else 0
    return {"late_reviews": late, "reviews": entries.filter(step="review", on__year=year).count()}


def waiting(scope: Scope) -> list[Asked]:
    """Last year's that is missing; this year's from the last thirty days of the year on."""
    if not in_force("dev.analysis", scope.today):
        return []
    mine, page = committees(scope, Right.DECIDE_CASE), reverse("procedures:analyses")
    end = date(scope.today.year, 12, 31)

    def told(title: str, state: str, *, is_late: bool = False) -> Callable[[int, Any], Waiting]:
        since = end.replace(year=end.year - 1) if is_late else None
        return lambda count, _least: Waiting(title, count, f"{page}?state={state}", since=since, late=is_late)

    found = [Asked(late(mine), told("入党积极分子队伍年度分析已逾期", "late", is_late=True))]
    if scope.today + SOON >= end:
        found.append(Asked(to_do(mine), told("入党积极分子队伍年度分析应在年底前完成", "open")))
    return found
