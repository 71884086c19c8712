"""Opening the procedures of an organization: its election, a by-election, an extension of its term; and appointing."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations import actions as organizations
from zhibu.organizations.enums import COMMITTEE_POSTS, SINGLE_POSTS, WORK_POSTS, PostKind
from zhibu.organizations.models import Organization, Tenure, Term
from zhibu.organizations.queries import organization as load
from zhibu.organizations.rules import reminder_day, term_rule, vacancies
from zhibu.people.enums import StageKind
from zhibu.people.models import Person
from zhibu.procedures.actions.common import SHORTEST_REASON, Held, add_entry, settle
from zhibu.procedures.enums import LIVING, Actor, EntryKind
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case
from zhibu.procedures.queries.actors import acting, may_act
from zhibu.procedures.state import EMPTY
from zhibu.regulations.dates import add_years
from zhibu.regulations.queries import in_force, value
from zhibu.regulations.refusal import Refusal

ELECTION, BY_ELECTION, EXTENSION = "election", "by_election", "term_extension"
ASSIGNABLE = (PostKind.SECRETARY, PostKind.DEPUTY_SECRETARY)


@transaction.atomic
def open_election(scope: Scope, node: Organization, *, reason: str = "", submission: UUID | None = None) -> Case:
    """Begin the election of a new committee; gives its case, in which the reminder is the first entry.

    A superior who opens it has thereby reminded; the organization may also begin by itself. The entry keeps the day by
    which the election is due. Refuses temporary organizations and a second living case; before the time of the reminder
    it asks for the reason why the election is held early. Records ``procedures.open``.
    """
    node, known = _free(scope, node, ELECTION, submission)
    if known is not None:
        return known
    term = Term.objects.filter(organization=node, ended_on__isnull=True).first()
    since = reminder_day(term.due_on) if term is not None else scope.today
    if term is not None and scope.today < since and len(reason.strip()) < SHORTEST_REASON:
        text = f"本届应于 {term.due_on} 换届，{since} 起提醒；提前换届须报上级党组织批准。"
        raise Refusal(
            text, field="reason", rule="org.extend_term", on=scope.today, remedy="确需提前的，请写明原因和批准的情况。"
        )
    held = _opened(scope, node, ELECTION, submission)
    reminded = may_act(scope, held.case, Actor.SUPERIOR, held.acting)
    data = {"term_rule": term_rule(node), "term_due": term.due_on.isoformat()} if term is not None else {}
    add_entry(
        scope, held, EntryKind.DONE, on=scope.today, step="remind", data=data, reason=reason,
        outcome="reminded" if reminded else "unprompted",
    )  # fmt: skip
    return _settled(scope, held)


@transaction.atomic
def open_by_election(scope: Scope, node: Organization, *, submission: UUID | None = None) -> Case:
    """Begin a by-election. Refuses while a whole election is under way, and where no post is vacant.

    Records ``procedures.open``."""
    node, known = _free(scope, node, BY_ELECTION, submission)
    if known is not None:
        return known
    if Case.objects.filter(_living(node, ELECTION)).exists():
        raise Refusal(f"“{node}”正在换届，空缺由换届一并选举。", remedy="请在换届事项中办理。")
    held = list(Tenure.objects.filter(organization=node, ended_on__isnull=True, post__in=COMMITTEE_POSTS))
    term = Term.objects.filter(organization=node, ended_on__isnull=True).first()
    if any(one.post == PostKind.SECRETARY for one in held) and not (term and vacancies(term.seats, held)):
        raise Refusal(
            f"“{node}”的班子没有空缺。", rule="org.vacancy", on=scope.today, remedy="有人离任的，请先登记免职。"
        )
    return _settled(scope, _opened(scope, node, BY_ELECTION, submission))


@transaction.atomic
def open_extension(scope: Scope, node: Organization, *, submission: UUID | None = None) -> Case:
    """Begin the request for an extension of the term. Records ``procedures.open``."""
    node, known = _free(scope, node, EXTENSION, submission)
    if known is not None:
        return known
    if not Term.objects.filter(organization=node, ended_on__isnull=True).exists():
        raise Refusal(f"“{node}”没有登记本届的届次。", remedy="请先在党组织页面登记最近一次换届。")
    return _settled(scope, _opened(scope, node, EXTENSION, submission))


@transaction.atomic
def assign(
    scope: Scope, node: Organization, *, person: Person, post: PostKind, on: date, document: str, reason: str = ""
) -> Tenure:
    """The superior appoints a secretary or deputy where the post is vacant (支部工作条例 第二十一条).

    Refuses other posts, a post that is held, people who are not full members, a day without its document; a secretary
    of less than a year's standing needs a reason. Records ``organizations.appoint``.
    """
    node = load(scope, node.pk, Right.APPOINT)
    Organization.objects.select_for_update().filter(pk=node.pk).only("pk").first()
    if post not in ASSIGNABLE:
        text = f"上级党组织只指派书记、副书记，“{post.label}”由选举产生。"
        raise Refusal(text, field="post", rule="org.vacancy", on=on, remedy="请办理补选。")
    running = Tenure.objects.filter(organization=node, post=post, ended_on__isnull=True).select_related("person")
    if post not in SINGLE_POSTS and (holder := running.first()):
        text = f"{post.label}现由{holder.person.name}担任，没有空缺。"
        raise Refusal(text, field="post", rule="org.vacancy", on=on, remedy="请先登记免职。")
    if person.stage != StageKind.FULL:
        text = f"“{person.name}”不是正式党员，不能担任{post.label}。"
        raise Refusal(text, field="person", rule="elect.voters", on=on, remedy="请选择正式党员。")
    if not document.strip():
        raise Refusal("请填写上级党组织的任职文号。", field="document", remedy="指派以上级党组织的文件为准。")
    if post is PostKind.SECRETARY and in_force("org.secretary_standing", on) and len(reason.strip()) < SHORTEST_REASON:
        years = value("org.secretary_standing", on).number
        if person.confirmed_on is None or add_years(person.confirmed_on, years) > on:
            text = f"“{person.name}”的党龄不满 {years} 年。"
            raise Refusal(text, field="reason", rule="org.secretary_standing", on=on, remedy="确需任职的，请写明理由。")
    for other in Tenure.objects.filter(organization=node, person=person, ended_on__isnull=True).order_by("pk"):
        if other.post in WORK_POSTS and other.post != post:
            organizations.end_tenure(scope, other, on=on, reason=f"改任{post.label}")
    return organizations.appoint(scope, node, person=person, post=post, on=on, document=document)


def _free(scope: Scope, node: Organization, key: str, submission: UUID | None) -> tuple[Organization, Case | None]:
    """The organization, held; and the case that this very form has opened before."""
    node = load(scope, node.pk, Right.HANDLE_CASE)
    Organization.objects.select_for_update().filter(pk=node.pk).only("pk").first()
    if submission and (known := Case.objects.filter(submission=submission).first()):
        return node, known
    label = procedure(key).label
    if node.dissolved_on is not None:
        raise Refusal(f"“{node}”已于 {node.dissolved_on} 撤销，不能办理“{label}”。", remedy="请核对党组织。")
    if term_rule(node) is None:
        text = f"{node.get_kind_display()}不办理“{label}”。"
        raise Refusal(text, rule="org.temporary", on=scope.today, remedy="班子成员由批准成立的党组织指定。")
    if Case.objects.filter(_living(node, key)).exists():
        raise Refusal(f"“{node}”已有一件正在办理的“{label}”。", remedy="请从列表中打开它。")
    return node, None


def _living(node: Organization, key: str) -> Q:
    return Q(organization=node, procedure=key, person=None, state__in=sorted(LIVING))


def _opened(scope: Scope, node: Organization, key: str, submission: UUID | None) -> Held:
    try:
        with transaction.atomic():
            case = Case.objects.create(procedure=key, organization=node, opened_on=scope.today, submission=submission)
    except IntegrityError as doubled:
        text = f"“{node}”已有一件正在办理的“{procedure(key).label}”。"
        raise Refusal(text, remedy="请从列表中打开它。") from doubled
    return Held(case, procedure(key), [], EMPTY, acting(case))


def _settled(scope: Scope, held: Held) -> Case:
    settle(scope, held)
    case = held.case
    record(
        scope, "procedures.open", object=case, organization_path=case.organization.path,
        changes={"procedure": case.procedure, "state": case.state},
    )  # fmt: skip
    return case


OPENING = {ELECTION: open_election, BY_ELECTION: open_by_election, EXTENSION: open_extension}
