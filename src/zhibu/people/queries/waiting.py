"""What waits for the reader in this room."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.people.enums import GONE, RequestState
from zhibu.people.models import ChangeRequest, Person
from zhibu.people.queries.contact import abroad_too_long, lost_due, lost_people, mobile_people, unreached
from zhibu.people.queries.corrections import correction_terms
from zhibu.people.queries.files import change_requests
from zhibu.people.queries.roster import SOON, people, probation
from zhibu.people.rules.completeness import missing_fields
from zhibu.ui.waiting import Asked, Waiting


def waiting(scope: Scope) -> list[Waiting | Asked]:
    """Requests to decide, probations that end, lost contacts, incomplete files; and the reader's own file."""
    return [*_as_officer(scope), *_as_person(scope)]


def _as_officer(scope: Scope) -> list[Asked]:
    """Whoever may not decide or edit gets empty sets, which count as nothing."""
    if not (scope.may(Right.DECIDE_CHANGE) or scope.may(Right.EDIT_PERSON)):
        return []
    requests = change_requests(scope).filter(state=RequestState.OPEN).exclude(person=scope.person_id or 0)
    mine = people(scope, Right.EDIT_PERSON).exclude(stage__in=GONE)
    index = reverse("people:index")

    def asked(count: int, since: datetime) -> Waiting:
        page = f"{reverse('people:changes')}?state=open"
        return Waiting("信息更正申请待审核", count, page, since=timezone.localdate(since))

    def those(title: str, rows: QuerySet[Person], narrowed: str, **more: Any) -> Asked:
        return Asked(rows, lambda count, _: Waiting(title, count, f"{index}?{narrowed}", **more))

    def concluded(count: int, since: date) -> Waiting:
        page = f"{reverse('people:corrections')}?state=over"
        return Waiting("限期改正已期满，应登记结论", count, page, since=since, late=True)

    over, soon = (probation(mine, scope.today, over=is_over) for is_over in (True, False))
    return [
        Asked(requests, asked, "asked_at"),
        those("预备期已满，应及时讨论转正", over, "probation=over", late=True),
        those("预备期将在 30 天内届满", soon, "probation=soon", help="提醒本人提出书面转正申请"),
        *_contact_duties(scope),
        Asked(correction_terms(scope).filter(ended_on__isnull=True, until__lt=scope.today), concluded, "until"),
        those("档案缺少必填信息", mine.filter(is_incomplete=True), "is_incomplete=yes"),
    ]


def _contact_duties(scope: Scope) -> list[Asked]:
    """Study abroad has a day by which contact is due; for others who are away no article names one. Who is lost is
    sought; when a decision may be made is said, never that it must."""
    away, lost = mobile_people(scope, Right.EDIT_PERSON), lost_people(scope, Right.EDIT_PERSON)
    today, page, missing = scope.today, reverse("people:mobile-list"), reverse("people:lost-list")

    def due(count: int, since: date) -> Waiting:
        return Waiting("出国（境）学习党员应联系", count, f"{page}?contact=late", since=since, late=True)

    def said(title: str, rows: QuerySet[Person], url: str, column: str = "pk") -> Asked:
        def told(count: int, least: Any) -> Waiting:
            return Waiting(title, count, url, since=least if column != "pk" else None)

        return Asked(rows, told, column)

    return [
        Asked(unreached(away, today), due, "due"),
        said(
            "出国（境）学习党员 30 天内应联系",
            away.filter(Q(due__gte=today, due__lte=today + SOON)),
            f"{page}?contact=soon",
        ),
        said("出国（境）超过期限未返，可以研究停止党籍", abroad_too_long(away, today), f"{page}?contact=long", "begun"),
        said("流动党员应保持联系", away.filter(Q(abroad=False)), f"{page}?abroad=no", "reference"),
        said("失联党员须继续查找", lost, missing, "lost_since"),
        said("失联已满期限，可以研究停止党籍", lost_due(lost, "stop"), f"{missing}?due=stop"),
        said("停止党籍已满期限，可以研究除名", lost_due(lost, "remove"), f"{missing}?due=remove"),
    ]


def _as_person(scope: Scope) -> list[Waiting]:
    open_requests = ChangeRequest.objects.filter(person=OuterRef("pk"), state=RequestState.OPEN).order_by()
    mine = Person.objects.annotate(asked=ArraySubquery(open_requests.values("field")))
    person = mine.filter(pk=scope.person_id or 0).first()
    if person is None:
        return []
    lacking, asked = missing_fields(person), set(person.asked)
    lacking = tuple(field for field in lacking if field.name not in asked)
    names = "、".join(field.label for field in lacking)
    return [
        Waiting("我的档案缺少必填信息", len(lacking), reverse("people:me"), help=f"请补充：{names}" if names else "")
    ]
