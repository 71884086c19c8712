"""What waits for the reader in this room."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

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
    index = reverse("people:index")
    if scope.may(Right.DECIDE_CHANGE):
        asked = change_requests(scope).filter(state=RequestState.OPEN).exclude(person_id=scope.person_id).order_by()
        since = asked.order_by("asked_at").values_list("asked_at", flat=True).first()
        if since is not None:
            url = f"{reverse('people:changes')}?state=open"
            items.append(Waiting("信息更正申请待审核", _count(asked), url, since=since.date()))
    if scope.may(Right.EDIT_PERSON):
        mine = people(scope, Right.EDIT_PERSON).exclude(stage__in=GONE).order_by()
        items += [
            Waiting(
                "预备期已满，应及时讨论转正", _count(probation(mine, scope.today, over=True)), f"{index}?probation=over", late=True
            ),
            Waiting(
                "预备期将在 30 天内届满", _count(probation(mine, scope.today, over=False)), f"{index}?probation=soon",
                help="提醒本人提出书面转正申请",
            ),
            Waiting("失联党员须继续查找", _count(mine.filter(is_lost=True)), f"{index}?is_lost=yes"),
            Waiting("档案缺少必填信息", _count(mine.filter(is_incomplete=True)), f"{index}?is_incomplete=yes"),
        ]  # fmt: skip
    return items


def _as_person(scope: Scope) -> list[Waiting]:
    mine = my_file(scope)
    if mine is None:
        return []
    asked = set(my_requests(scope).filter(state=RequestState.OPEN).values_list("field", flat=True))
    lacking = [field for field in missing_fields(mine) if field.name not in asked]
    names = "、".join(field.label for field in lacking)
    return [
        Waiting("我的档案缺少必填信息", len(lacking), reverse("people:me"), help=f"请补充：{names}" if names else "")
    ]


def _count(queryset: QuerySet[Any]) -> int:
    return queryset.values("pk")[: COUNTED + 1].count()
