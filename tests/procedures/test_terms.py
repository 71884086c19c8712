"""Terms end, are extended, posts fall vacant: what waits, what may be begun, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from tests.cast import TODAY, Cast, make_organization, make_person
from tests.procedures.electing import members, poll, take, term, with_candidates
from zhibu.organizations.enums import Kind, PostKind
from zhibu.organizations.models import Tenure, Term
from zhibu.organizations.queries import waiting
from zhibu.people.enums import StageKind
from zhibu.procedures import actions
from zhibu.procedures.models import Case, OpenStep
from zhibu.regulations.refusal import Refusal, Refusals

pytestmark = pytest.mark.django_db


def said(call: Callable[[], Any]) -> str:
    with pytest.raises((Refusal, Refusals)) as refusal:
        call()
    return str(refusal.value)


def counted(cast: Cast) -> dict[str, int]:
    """What waits for the secretary, by its words."""
    scope = cast.scope(cast.secretary)
    return {
        shown.title: number
        for one in waiting(scope)
        if (number := one.rows.count()) and (shown := one.told(number, TODAY))
    }


@pytest.mark.parametrize(
    ("due", "reminded"), [(date(2027, 5, 21), True), (date(2027, 5, 22), False), (date(2026, 11, 20), False)]
)
def test_six_months_before_its_end_a_term_waits(cast: Cast, due: date, reminded: bool) -> None:
    term(cast, due, seats=1)

    assert ("即将届满，需要准备换届" in counted(cast)) is reminded
    assert ("届满未换届" in counted(cast)) is (due < TODAY)


def test_an_election_before_the_reminder_needs_its_reason(cast: Cast) -> None:
    term(cast, date(2027, 6, 1))
    scope = cast.scope(cast.secretary)

    assert "提前换届" in said(lambda: actions.open_election(scope, cast.branch))
    case = actions.open_election(scope, cast.branch, reason="书记调离，上级同意提前换届")
    assert (case.entries.get().outcome, case.state) == ("unprompted", "open")


def test_one_election_at_a_time_and_none_of_a_temporary_branch(cast: Cast) -> None:
    term(cast)
    scope = cast.scope(cast.secretary)
    actions.open_election(scope, cast.branch)
    temporary = make_organization("临时党支部", cast.faculty, kind=Kind.TEMPORARY_BRANCH)

    assert "已有一件正在办理" in said(lambda: actions.open_election(scope, cast.branch))
    assert "不办理" in said(lambda: actions.open_election(cast.scope(cast.organizer), temporary))


def test_a_neighbour_does_not_see_it_and_a_secretary_does_not_approve_it(cast: Cast) -> None:
    term(cast)
    case = actions.open_election(cast.scope(cast.secretary), cast.branch)
    members(cast)
    take(cast, case, "request", data={"seats": 3})
    case.refresh_from_db()

    with pytest.raises(Http404):
        actions.open_election(cast.scope(cast.neighbour), cast.branch)
    with pytest.raises(PermissionDenied):
        actions.take(
            cast.scope(cast.secretary), case.pk, "reply", version=case.version, on=TODAY, outcome="agreed",
            papers=[actions.Paper("election_reply", place="档案柜")],
        )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "seats", "reason", "may"),
    [(6, 1, "", True), (6, 2, "", True), (6, 3, "", False), (6, 3, "上级同意设委员会", True), (7, 2, "", False),
     (7, 3, "", True), (7, 6, "", False), (7, 6, "上级同意增加职数", True)],
)  # fmt: skip
def test_with_seven_full_members_there_is_a_committee(
    cast: Cast, number: int, seats: int, reason: str, may: bool
) -> None:
    members(cast, number)
    term(cast)
    case = actions.open_election(cast.scope(cast.secretary), cast.branch)

    def request() -> Any:
        return take(cast, case, "request", data={"seats": seats}, reason=reason)

    if may:
        assert request().data == {"seats": seats}
    else:
        assert "正式党员" in said(request) or "委员会一般" in said(request)


def test_a_small_branch_elects_only_its_secretary(cast: Cast) -> None:
    """No committee, no surplus of candidates; a member of less than a year needs a reason."""
    people = members(cast, 5)
    new = make_person("新员", cast.branch, serial=990, since=date(2025, 3, 1))
    term(cast, seats=1)
    case = actions.open_election(cast.scope(cast.secretary), cast.branch)
    with_candidates(cast, case, [new], seats=1)
    take(cast, case, "meeting", people_named=[new.pk], data=poll([new], [5], entitled=6, present=5))
    posts = {"posts": {str(new.pk): "secretary"}}

    assert "党龄" in said(lambda: take(cast, case, "first_meeting", data=posts))
    take(cast, case, "first_meeting", data=posts, reason="新成立的专业没有老党员")
    take(cast, case, "report")
    take(cast, case, "approval")

    holder = Tenure.objects.get(organization=cast.branch, post=PostKind.SECRETARY, ended_on__isnull=True)
    before = Tenure.objects.get(person=cast.secretary)
    assert (holder.person, holder.started_on, before.ended_on) == (new, TODAY, TODAY)
    assert len(people) == 5


def extension(cast: Cast, to: str, **more: Any) -> Case:
    case = actions.open_extension(cast.scope(cast.secretary), cast.branch)
    take(cast, case, "request", data={"extend_to": to}, reason="学院调整，拟合并后换届", **more)
    return case


@pytest.mark.parametrize(("to", "reason", "may"), [
    ("2027-12-31", "", True), ("2028-01-01", "", False), ("2028-01-01", "上级已同意延长", True),
    ("2026-12-31", "拟合并", False),
])  # fmt: skip
def test_a_term_is_extended_by_a_year_at_most(cast: Cast, to: str, reason: str, may: bool) -> None:
    term(cast)
    case = actions.open_extension(cast.scope(cast.secretary), cast.branch)

    def request() -> Any:
        return take(cast, case, "request", data={"extend_to": to}, reason=reason)

    if may:
        assert request().data == {"extend_to": to}
    else:
        assert "延期" in said(request)


def test_the_approved_extension_moves_the_end_of_the_term_and_of_the_election_under_way(cast: Cast) -> None:
    running = term(cast)
    election = actions.open_election(cast.scope(cast.organizer), cast.branch)
    case = extension(cast, "2027-06-30")
    unnumbered = [actions.Paper("election_reply", place="档案柜")]

    assert "文号" in said(lambda: take(cast, case, "decision", papers=unnumbered))
    take(cast, case, "decision")

    running.refresh_from_db()
    case.refresh_from_db()
    assert (running.due_on, running.extension_document) == (date(2027, 6, 30), "虚院党〔2026〕9 号")
    assert OpenStep.objects.get(case=election).due == date(2027, 6, 30)
    assert case.state == "done"


def test_an_extension_that_is_refused_changes_nothing(cast: Cast) -> None:
    running = term(cast)
    case = extension(cast, "2027-06-30")
    take(cast, case, "decision", outcome="refused")

    running.refresh_from_db()
    case.refresh_from_db()
    assert (running.due_on, case.state) == (date(2026, 12, 31), "ended")


def test_a_by_election_fills_the_vacant_post_and_leaves_the_term_as_it_is(cast: Cast) -> None:
    people = members(cast)
    running = term(cast, seats=2)
    scope = cast.scope(cast.secretary)
    case = actions.open_by_election(scope, cast.branch)
    with_candidates(cast, case, people[2:4], seats=1)
    take(cast, case, "meeting", people_named=[people[3].pk], data=poll(people[2:4], [4, 6]))
    take(cast, case, "first_meeting", data={"posts": {str(people[3].pk): "deputy_secretary"}})
    take(cast, case, "report")
    take(cast, case, "approval")

    held = Tenure.objects.filter(organization=cast.branch, ended_on__isnull=True).order_by("pk")
    assert [(one.person.name, one.post) for one in held] == [("舒记", "secretary"), ("选1", "deputy_secretary")]
    assert Term.objects.get(organization=cast.branch) == running
    assert "没有空缺" in said(lambda: actions.open_by_election(scope, make_full(cast)))


def make_full(cast: Cast) -> Any:
    """The committee has nobody missing any more; the case of before is done."""
    Case.objects.filter(procedure="by_election").update(state="done")
    return cast.branch


def test_one_candidate_for_one_vacant_seat_needs_a_reason(cast: Cast) -> None:
    people = members(cast)
    term(cast, seats=2)
    case = actions.open_by_election(cast.scope(cast.secretary), cast.branch)
    take(cast, case, "request", data={"seats": 1})
    take(cast, case, "reply")
    named = {"people_named": [people[3].pk], "data": {"candidates_cleared": True}}

    assert "差额" in said(lambda: take(cast, case, "candidates", **named))
    assert take(cast, case, "candidates", **named, reason="补选书记，等额").data["people"] == [people[3].pk]


def test_the_superior_appoints_to_a_vacant_post_only(cast: Cast) -> None:
    people = members(cast)
    scope = cast.scope(cast.organizer)
    options: dict[str, Any] = {"on": TODAY, "document": "虚院党〔2026〕10 号"}

    def assign(post: PostKind, person: Any = people[3], **more: Any) -> Tenure:
        return actions.assign(scope, cast.branch, person=person, post=post, **{**options, **more})

    assert "由选举产生" in said(lambda: assign(PostKind.PUBLICITY_MEMBER))
    assert "现由舒记担任" in said(lambda: assign(PostKind.SECRETARY))
    assert "文号" in said(lambda: assign(PostKind.DEPUTY_SECRETARY, document=" "))
    probationary = make_person("预备", cast.branch, serial=991, stage=StageKind.PROBATIONARY)
    assert "不是正式党员" in said(lambda: assign(PostKind.DEPUTY_SECRETARY, probationary))
    with pytest.raises(PermissionDenied):
        actions.assign(
            cast.scope(cast.secretary), cast.branch, person=people[3], post=PostKind.DEPUTY_SECRETARY, **options
        )
    assert assign(PostKind.DEPUTY_SECRETARY).document == "虚院党〔2026〕10 号"


def test_a_late_election_needs_its_reason_and_the_report_says_so(cast: Cast) -> None:
    people = members(cast)
    term(cast, date(2026, 11, 20))
    case = actions.open_election(cast.scope(cast.organizer), cast.branch)
    with_candidates(cast, case, people[:4])
    vote = {"people_named": [one.pk for one in people[:3]], "data": poll(people[:4], [10, 9, 8, 3])}

    assert "应在任期届满之前办理，最晚 2026-11-20，已超过 1 天" in said(lambda: take(cast, case, "meeting", **vote))
    assert take(cast, case, "meeting", **vote, reason="疫情期间推迟").on == TODAY


def test_the_way_through_the_pages(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    """The organizer finds the term and begins; the secretary requests; a wrong number keeps what was typed."""
    members(cast)
    term(cast, date(2026, 11, 1))
    client = sign_in(cast.organizer)
    listed = client.get(reverse("procedures:terms"), {"due": "late"}).content.decode()
    page = client.get(reverse("procedures:term", args=[cast.branch.pk])).content.decode()
    begun = client.post(reverse("procedures:begin", args=[cast.branch.pk, "election"]), {"reason": ""})
    case = Case.objects.get()
    client = sign_in(cast.secretary)
    step = reverse("procedures:step", args=[case.pk, "request"])
    papers = {"place_committee_minutes": "档案柜", "place_election_request": "档案柜"}
    wrong = client.post(step, {"version": 1, "on": "2026-11-21", "seats": 2, **papers})
    right = client.post(step, {"version": 1, "on": "2026-11-21", "seats": 3, **papers})
    exported = client.get(reverse("procedures:terms"), {"export": "csv"})

    assert "本科生第一党支部" in listed and "届满未换届" in listed
    assert "换届立项" in page and begun.url == reverse("procedures:case", args=[case.pk])
    assert (
        wrong.status_code == 422
        and "应当设支部委员会" in wrong.content.decode()
        and 'value="2"' in wrong.content.decode()
    )
    assert right.status_code == 302
    assert "本科生第一党支部" in b"".join(exported.streaming_content).decode("utf-8-sig")


def test_the_form_of_the_vote_asks_for_the_votes_of_each_candidate(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    people = members(cast)
    term(cast)
    case = actions.open_election(cast.scope(cast.organizer), cast.branch)
    four = people[:4]
    with_candidates(cast, case, four)
    case.refresh_from_db()
    client = sign_in(cast.secretary)
    url = reverse("procedures:step", args=[case.pk, "meeting"])
    votes = dict(zip((f"votes_{one.pk}" for one in four), (10, 9, 8, 3), strict=True))
    posted = {
        "version": case.version, "on": "2026-11-21", "outcome": "complete", "entitled": 10, "present": 10,
        "handed_out": 10, "returned": 10, "place_election_minutes": "档案柜", "place_ballot_result": "档案柜", **votes,
    }  # fmt: skip

    form = client.get(url).content.decode()
    tied = client.post(url, {**posted, "people": [one.pk for one in four]})
    done = client.post(url, {**posted, "people": [one.pk for one in four[:3]]})
    shown = client.get(reverse("procedures:case", args=[case.pk])).content.decode()

    assert all(f"votes_{one.pk}" in form for one in four)
    assert tied.status_code == 422 and "赞成 3 票" in tied.content.decode()
    assert done.status_code == 302
    assert "收回 10 张" in shown and "孟员 10 票" in shown
