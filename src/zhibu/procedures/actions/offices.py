"""What steps of elections do in `organizations`, within the step's transaction: posts filled, a term extended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from zhibu.accounts.scope import Scope
from zhibu.organizations import actions as organizations
from zhibu.organizations.enums import COMMITTEE_POSTS, WORK_POSTS, ElectionMethod, PostKind
from zhibu.organizations.models import Organization, Tenure, Term
from zhibu.people.models import Person
from zhibu.procedures.actions.common import Held, add_entry, hold, settle, write_down
from zhibu.procedures.anchors import term_end
from zhibu.procedures.enums import LIVING, Deed, EntryKind
from zhibu.procedures.models import Case, Entry
from zhibu.procedures.rules.ballot import elected, rounds, seats_of
from zhibu.procedures.state import State
from zhibu.regulations.refusal import Refusal


def _number(entry: Entry, kind: str) -> str:
    """The number (文号) of the paper of a kind that the step rests on."""
    return next((paper.number for paper in entry.documents.all() if paper.kind == kind), "")


def _held(node: Organization) -> list[Tenure]:
    """The running posts of the committee, locked in the order of their keys."""
    Organization.objects.select_for_update().filter(pk=node.pk).only("pk").first()
    running = Tenure.objects.filter(organization=node, ended_on__isnull=True, post__in=COMMITTEE_POSTS)
    return list(running.select_for_update(of=("self",)).order_by("pk"))


def _given(state: State) -> dict[int, PostKind]:
    mark = state.mark("first_meeting")
    return {int(pk): PostKind(post) for pk, post in (mark.data["posts"] if mark else {}).items()}


def _standing(state: State) -> list[int]:
    """Those elected into the standing committee, beside the post that each of them has."""
    mark = state.mark("first_meeting")
    return [int(pk) for pk in (mark.data.get("standing") or ())] if mark else []


def fill_posts(scope: Scope, held: Held, entry: Entry) -> None:
    """The elected take office on the day of the approval, the committee before them leaves it that day; whoever keeps
    a post keeps it without a gap. The new term counts from the election."""
    node = held.case.organization
    given = [*_given(held.state).items(), *((pk, PostKind.STANDING_MEMBER) for pk in _standing(held.state))]
    kept = set()
    for tenure in _held(node):
        if (tenure.person_id, tenure.post) in given:
            kept.add((tenure.person_id, tenure.post))
        else:
            organizations.end_tenure(scope, tenure, on=entry.on, reason="换届")
    _appoint(scope, held, entry, [one for one in given if one not in kept])
    last = Term.objects.filter(organization=node).order_by("-started_on").first()
    mark = rounds(held.state)[-1]
    reduced = mark.outcome == "reduced"
    organizations.start_term(
        scope, node, on=mark.on, seats=len(elected(held.state)) if reduced else seats_of(held.state),
        method=ElectionMethod.ELECTED, number=last.number + 1 if last and last.number else None,
    )  # fmt: skip


def fill_vacancies(scope: Scope, held: Held, entry: Entry) -> None:
    """Who was elected to a vacant post takes it, and gives up another one in the same committee; the term runs on."""
    given = _given(held.state)
    for tenure in _held(held.case.organization):
        if tenure.post in WORK_POSTS and given.get(tenure.person_id, tenure.post) != tenure.post:
            organizations.end_tenure(scope, tenure, on=entry.on, reason="补选任其他职务")
    _appoint(scope, held, entry, given.items())


def _appoint(scope: Scope, held: Held, entry: Entry, given: Iterable[tuple[int, PostKind]]) -> None:
    given = list(given)
    people = Person.objects.select_related("organization").in_bulk([pk for pk, _post in given])
    document = _number(entry, "election_approval")
    for pk, post in given:
        organizations.appoint(
            scope, held.case.organization, person=people[pk], post=post, on=entry.on, document=document
        )


def extend_term(scope: Scope, held: Held, entry: Entry) -> None:
    """The term ends on the day that the superior approved; an election under way gets that day, too."""

    node, mark = held.case.organization, held.state.mark("request")
    term = Term.objects.filter(organization=node, ended_on__isnull=True).first()
    if term is None or mark is None:
        raise Refusal(f"“{node}”没有登记本届的届次。", remedy="请先登记本届的选举日期。")
    due = date.fromisoformat(mark.data["extend_to"])
    number = _number(entry, "election_reply")
    if not number.strip():
        text = "批准延期须填写批复的文号。"
        raise Refusal(
            text, field="number_election_reply", rule="org.extend_term", on=entry.on, remedy="请填写批复文号。"
        )
    organizations.extend_term(scope, term, due_on=due, document=number, reason=mark.reason or entry.reason)
    living = Case.objects.filter(organization=node, procedure="election", state__in=sorted(LIVING), person=None)
    for case in living.order_by("pk"):
        election = hold(scope, case.pk, None)
        if term_end(election.state) == due:
            continue
        moved = add_entry(
            scope, election, EntryKind.EXTENDED, on=entry.on, step="meeting", data={"term_due": due.isoformat()},
            reason=f"经批准延期至 {due}（{number}）",
        )  # fmt: skip
        settle(scope, election)
        write_down(scope, election, moved, rule="org.extend_term")


DEEDS = {
    Deed.FILL_POSTS: fill_posts,
    Deed.FILL_VACANCIES: fill_vacancies,
    Deed.EXTEND_TERM: extend_term,
}
