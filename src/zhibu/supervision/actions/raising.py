"""How a problem comes onto the list: entered by the superior or the organization itself, or announced by a room."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import PostKind
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.queries import in_office
from zhibu.organizations.queries import organization as one_organization
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal
from zhibu.supervision.actions.common import LONGEST, enter, words
from zhibu.supervision.enums import BY_SUPERIOR, EntryKind, ProblemState, Source
from zhibu.supervision.models import Problem
from zhibu.supervision.rules import is_above, usual_due, usual_post


@transaction.atomic
def raise_problem(
    scope: Scope,
    organization: int,
    *,
    source: Source,
    text: str,
    due_on: date | None = None,
    post: PostKind | None = None,
) -> Problem:
    """Enter a problem of an organization below, or (``source`` OWN) of one's own.

    Refuses a dissolved organization, a source that is not the reader's to use, and a day that is past.
    Audited as ``supervision.raise``.
    """
    node = one_organization(scope, organization, Right.HANDLE_PROBLEM)
    if node.dissolved_on is not None:
        raise Refusal("这个党组织已撤销。", field="organization", remedy="请选择承接其工作的党组织。")
    if source != Source.OWN and source not in BY_SUPERIOR:
        raise Refusal("这一来源的问题由系统登记。", field="source", remedy="请选择其他来源。")
    if source != Source.OWN and not is_above(scope, node.path):
        raise Refusal("只有上级党组织可以交办问题。", field="source", remedy="本组织自己发现的问题，来源请选“自查”。")
    found = words(text, "text", "第三季度支部党员大会没有讨论年度计划。")
    due = due_on or usual_due(scope.today)
    if due < scope.today:
        raise Refusal("整改期限不能早于今天。", field="due_on", remedy="请另选一个日期。")
    made = Problem(
        organization=node, source=source, text=found, post=post or usual_post(node), raised_on=scope.today, due_on=due
    )
    made.save()
    enter(scope, made, EntryKind.RAISED, "supervision.raise", found, due_on=str(due), source=source.value)
    return made


@transaction.atomic
def take_in(
    sender: Any,
    *,
    organization: Organization,
    source: str,
    key: str,
    text: str,
    measure: str = "",
    responsible: Person | None = None,
    due_on: date | None = None,
    address: str = "",
    scope: Scope,
    **_more: Any,
) -> Problem:
    """What another room announces with `problem_found`. The second sending of a finding changes nothing.

    Whether the sender might is the sending action's to judge. A measure that comes along counts as agreed.
    Audited as ``supervision.take_in``.
    """
    post, person = _answering(organization, responsible, scope.today)
    given = {
        "organization": organization, "address": address[:300], "text": text.strip()[:LONGEST], "post": post,
        "person": person, "measure": measure.strip()[:LONGEST], "raised_on": scope.today,
        "due_on": due_on or usual_due(scope.today),
        "state": ProblemState.UNDER_WAY if measure.strip() else ProblemState.UNCLAIMED,
    }  # fmt: skip
    # The unique finding decides between two senders at once.
    made, is_new = Problem.objects.get_or_create(source=Source(source).value, key=key, defaults=given)
    if is_new:
        due = str(made.due_on)
        enter(scope, made, EntryKind.RAISED, "supervision.take_in", made.text, due_on=due, source=made.source)
        if made.measure:
            enter(scope, made, EntryKind.MEASURE, "supervision.measure", made.measure)
    return made


@transaction.atomic
def follow(
    sender: Any,
    *,
    source: str,
    key: str,
    text: str,
    measure: str,
    responsible: Person | None,
    due_on: date,
    reason: str,
    scope: Scope,
    **_more: Any,
) -> None:
    """What another room announces with `problem_changed`: an open problem says what its source says now. An earlier
    day is taken over, a later one is not: time is the superior's to give. Audited as ``supervision.follow``."""
    rows = Problem.objects.select_related("organization").select_for_update(of=("self",))
    found = rows.filter(source=source, key=key).exclude(state=ProblemState.CLOSED).first()
    if found is None:
        return
    found.post, found.person = _answering(found.organization, responsible, scope.today)
    found.text, found.measure = text.strip()[:LONGEST], measure.strip()[:LONGEST]
    found.due_on = min(found.due_on, due_on)
    changed = ("post", "person", "text", "measure", "due_on")
    enter(
        scope,
        found,
        EntryKind.MEASURE,
        "supervision.follow",
        f"{found.measure}（随来源更正{'：' if reason else ''}{reason}）",
        changed,
    )


def _answering(node: Organization, responsible: Person | None, today: date) -> tuple[PostKind, Person | None]:
    """The post by which somebody answers, so that a successor inherits it; the person where they hold none there."""
    if responsible is None:
        return usual_post(node), None
    held = Tenure.objects.filter(in_office(today), organization=node, person=responsible).order_by("started_on", "pk")
    first = held.first()
    return (PostKind(first.post), None) if first else (usual_post(node), responsible)
