"""What waits for the reader in this room."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.people.enums import GONE, RequestState
from zhibu.people.queries.files import change_requests, my_file, my_requests
from zhibu.people.queries.roster import people, probation
from zhibu.people.rules.completeness import missing_fields
from zhibu.ui.waiting import Waiting

COUNTED = 10_000


def waiting(scope: Scope) -> list[Waiting]:
    """Requests to decide, probations that end, lost contacts, incomplete files; and the reader's own file."""
    return [item for item in [*_as_officer(scope), *_as_person(scope)] if item.count]


def _as_officer(scope: Scope) -> list[Waiting]:
    items = []
    if scope.may(Right.DECIDE_CHANGE):
        asked = change_requests(scope).filter(state=RequestState.OPEN).exclude(person=scope.person_id or 0).order_by()
        found = asked.aggregate(count=Count("pk"), since=Min("asked_at"))
        since = timezone.localdate(found["since"]) if found["since"] else None
        items.append(
            Waiting("信息更正申请待审核", found["count"], f"{reverse('people:changes')}?state=open", since=since)
        )
    if scope.may(Right.EDIT_PERSON):
        items += _files(scope)
    return items


def _files(scope: Scope) -> list[Waiting]:
    mine = people(scope, Right.EDIT_PERSON).exclude(stage__in=GONE).order_by()
    over, soon, lost, incomplete = _counts(
        probation(mine, scope.today, over=True),
        probation(mine, scope.today, over=False),
        mine.filter(is_lost=True),
        mine.filter(is_incomplete=True),
    )
    index = reverse("people:index")
    return [
        Waiting("预备期已满，应及时讨论转正", over, f"{index}?probation=over", late=True),
        Waiting("预备期将在 30 天内届满", soon, f"{index}?probation=soon", help="提醒本人提出书面转正申请"),
        Waiting("失联党员须继续查找", lost, f"{index}?is_lost=yes"),
        Waiting("档案缺少必填信息", incomplete, f"{index}?is_incomplete=yes"),
    ]


def _as_person(scope: Scope) -> list[Waiting]:
    mine = my_file(scope)
    if mine is None:
        return []
    lacking = missing_fields(mine)
    if not lacking:
        return []
    asked = set(my_requests(scope).filter(state=RequestState.OPEN).values_list("field", flat=True))
    lacking = tuple(field for field in lacking if field.name not in asked)
    names = "、".join(field.label for field in lacking)
    return [
        Waiting("我的档案缺少必填信息", len(lacking), reverse("people:me"), help=f"请补充：{names}" if names else "")
    ]


def _counts(*querysets: QuerySet[Any]) -> list[int]:
    """How many rows each has (at most `COUNTED` + 1), in one query: the home page asks many rooms."""
    parts: list[str] = []
    parameters: list[Any] = []
    for number, queryset in enumerate(querysets):
        sql, own = queryset.values("pk")[: COUNTED + 1].query.sql_with_params()
        parts.append(f"(select count(*) from ({sql}) as t{number})")  # noqa: S608
        parameters += own
    with connection.cursor() as cursor:
        cursor.execute("select " + ", ".join(parts), parameters)
        return list(cursor.fetchone())
