"""Posts and terms of office."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations import rules
from zhibu.organizations.actions.common import fresh, refuse
from zhibu.organizations.enums import SINGLE_POSTS, ElectionMethod, PostKind
from zhibu.organizations.models import Organization, Tenure, Term
from zhibu.organizations.queries import posts_of
from zhibu.people.enums import MEMBERS
from zhibu.people.models import Person
from zhibu.regulations.queries import NotInForce
from zhibu.regulations.refusal import Refusal


@transaction.atomic
def appoint(
    scope: Scope, node: Organization, *, person: Person, post: PostKind, on: date, document: str = ""
) -> Tenure:
    """Record that a person holds a post from a day on. The post gives its rights from that day.

    Refuses a dissolved organization, a post that the kind does not have, a second secretary, and non-members.
    """
    node = fresh(scope, node, Right.APPOINT)
    found = [*rules.refuse_post(node, post, on)]
    if not (person.organization and scope.may(Right.VIEW_PERSON, person.organization.path)):
        found.append(
            Refusal(
                f"{person.name}不在您的管理范围内。", field="person", remedy="需要跨院系任职的，请由上级党组织登记。"
            )
        )
    if person.stage not in MEMBERS:
        found.append(Refusal(f"{person.name}不是党员，不能担任党内职务。", field="person"))
    if on > scope.today:
        found.append(Refusal(f"任职日期 {on} 还没有到。", field="on", remedy="请在任职当天或之后登记。"))
    running = Tenure.objects.filter(organization=node, post=post, ended_on__isnull=True)
    if running.filter(person=person).exists():
        found.append(Refusal(f"{person.name}已担任{node}{post.label}。", field="person"))
    elif post in SINGLE_POSTS and (holder := running.select_related("person").first()):
        found.append(
            Refusal(
                f"{node}{post.label}现由{holder.person.name}担任（{holder.started_on} 起）。",
                field="post", remedy="请先办理免职。",
            )
        )  # fmt: skip
    else:
        found += _refuse_overlap(node, person, post, on)
    refuse(found)
    tenure = Tenure.objects.create(organization=node, person=person, post=post, started_on=on, document=document)
    changes = {"post": post.value, "person_id": person.pk, "on": str(on)}
    record(scope, "organizations.appoint", object=node, organization_path=node.path, changes=changes)
    return tenure


def _refuse_overlap(node: Organization, person: Person, post: PostKind, on: date) -> list[Refusal]:
    """A post that was entered late must not reach into the time of the one before."""
    before = Tenure.objects.filter(organization=node, post=post, ended_on__gt=on).select_related("person")
    if post not in SINGLE_POSTS:
        before = before.filter(person=person)
    last = before.order_by("ended_on").last()
    if last is None:
        return []
    text = f"{last.person.name}担任{node}{post.label}到 {last.ended_on} 为止，任职日期不能更早。"
    return [Refusal(text, field="on", remedy="请核对任职日期。")]


@transaction.atomic
def end_tenure(scope: Scope, tenure: Tenure, *, on: date, reason: str = "") -> Tenure:
    """Record that a person no longer holds a post from a day on; the rights end that day."""
    tenure = Tenure.objects.select_for_update().select_related("organization").get(pk=tenure.pk)
    scope.require(Right.APPOINT, tenure.organization.path)
    found = []
    if tenure.ended_on is not None:
        found.append(Refusal(f"这项任职已于 {tenure.ended_on} 结束。"))
    if on < tenure.started_on:
        found.append(Refusal(f"免职日期不能早于任职日期 {tenure.started_on}。", field="on"))
    if on > scope.today:
        found.append(Refusal(f"免职日期 {on} 还没有到。", field="on", remedy="请在当天或之后登记。"))
    refuse(found)
    tenure.ended_on, tenure.end_reason = on, reason
    tenure.save(update_fields=["ended_on", "end_reason"])
    changes = {"post": tenure.post, "person_id": tenure.person_id, "on": str(on)}
    node = tenure.organization
    record(scope, "organizations.end_tenure", object=node, organization_path=node.path, changes=changes, reason=reason)
    return tenure


@transaction.atomic
def end_with_membership(*, scope: Scope, person: Person, on: date, why: str, **_signal: Any) -> None:
    """Whoever is no longer a member holds no post, wherever it was: it ends the same day, with nobody deciding it."""
    for tenure in posts_of(person).select_for_update(of=("self",)):
        node = tenure.organization
        tenure.ended_on, tenure.end_reason = max(on, tenure.started_on), why
        tenure.save(update_fields=["ended_on", "end_reason"])
        changes = {"post": tenure.post, "person_id": person.pk, "on": str(tenure.ended_on)}
        record(scope, "organizations.end_tenure", object=node, organization_path=node.path, changes=changes, reason=why)


@transaction.atomic
def start_term(
    scope: Scope, node: Organization, *, on: date, seats: int, method: ElectionMethod, number: int | None = None
) -> Term:
    """Record an election: the running term ends that day, the next election is due by the rule in force."""
    node = fresh(scope, node, Right.APPOINT)
    rule_id = rules.term_rule(node)
    found = [*rules.refuse_dissolved(node)]
    if rule_id is None:
        found.append(Refusal(f"{node.get_kind_display()}不换届。", rule="org.temporary", on=on))
    if on > scope.today or on < node.established_on:
        found.append(Refusal(f"选举日期应在 {node.established_on} 与 {scope.today} 之间。", field="on"))
    running = Term.objects.select_for_update().filter(organization=node, ended_on__isnull=True).first()
    if running is not None and on <= running.started_on:
        found.append(Refusal(f"选举日期不能早于本届的选举日期 {running.started_on}。", field="on"))
    if seats < 1:
        found.append(Refusal("职数至少为 1。", field="seats"))
    try:
        due = rules.term_due(node, on)
    except NotInForce as nothing:
        due = None
        found.append(Refusal(f"没有 {on} 有效的任期规定。{nothing}", field="on", remedy="请登记最近一次换届。"))
    refuse(found)
    if running is not None:
        running.ended_on = on
        running.save(update_fields=["ended_on"])
    assert due is not None
    term = Term.objects.create(organization=node, number=number, started_on=on, due_on=due, seats=seats, method=method)
    changes = {"on": str(on), "due_on": str(due), "seats": seats}
    record(
        scope, "organizations.start_term", object=node, organization_path=node.path, changes=changes, rule=rule_id or ""
    )
    return term


@transaction.atomic
def extend_term(scope: Scope, term: Term, *, due_on: date, document: str, reason: str = "") -> Term:
    """Postpone the next election with the superior's approval.

    The rule says "usually at most a year" (org.extend_term): a longer extension needs its reason on record.
    """
    term = Term.objects.select_for_update().select_related("organization").get(pk=term.pk)
    node = term.organization
    scope.require(Right.RESHAPE_TREE, node.path)
    regular = rules.term_due(node, term.started_on) or term.due_on
    found = []
    if term.ended_on is not None:
        found.append(Refusal("本届已经届满，不能延期。"))
    if not document.strip():
        found.append(
            Refusal("延期须经上级批准，请填写批准文号。", field="document", rule="org.extend_term", on=scope.today)
        )
    if due_on <= regular:
        found.append(Refusal(f"延期后的日期应晚于 {regular}。", field="due_on"))
    elif due_on > (latest := rules.latest_extension(regular)) and not reason.strip():
        found.append(
            Refusal(
                f"延期一般不超过 {latest}。", field="reason", rule="org.extend_term", on=scope.today,
                remedy="上级确已批准更长时间的，请写明原因。",
            )
        )  # fmt: skip
    refuse(found)
    old, term.due_on, term.extension_document = term.due_on, due_on, document
    term.save(update_fields=["due_on", "extension_document"])
    changes = {"due_on": [str(old), str(due_on)], "document": document}
    record(
        scope, "organizations.extend_term", object=node, organization_path=node.path, changes=changes,
        rule="org.extend_term", reason=reason,
    )  # fmt: skip
    return term


@transaction.atomic
def end_term(scope: Scope, term: Term, *, on: date, reason: str) -> Term:
    """Record that a committee left office without an election (dismissed, reorganized); its posts end separately."""
    term = Term.objects.select_for_update().select_related("organization").get(pk=term.pk)
    node = term.organization
    scope.require(Right.RESHAPE_TREE, node.path)
    found = []
    if term.ended_on is not None:
        found.append(Refusal(f"本届已于 {term.ended_on} 结束。"))
    if not term.started_on < on <= scope.today:
        found.append(Refusal(f"结束日期应晚于 {term.started_on}，不晚于今天。", field="on"))
    if not reason.strip():
        found.append(Refusal("请写明提前结束的原因。", field="reason"))
    refuse(found)
    term.ended_on = on
    term.save(update_fields=["ended_on"])
    changes = {"ended_on": str(on)}
    record(scope, "organizations.end_term", object=node, organization_path=node.path, changes=changes, reason=reason)
    return term
