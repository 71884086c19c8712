"""The first session of a committee elects its secretary; a small branch elects directly; a large faculty by delegates;
the university's committee has the size that the regulation gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from tests.cast import TODAY, Cast, make_person
from tests.procedures.electing import members, poll, session, take, term, with_candidates
from zhibu.organizations.enums import PostKind
from zhibu.organizations.models import Organization, Tenure, Term
from zhibu.people.enums import StageKind
from zhibu.people.models import Person
from zhibu.procedures import actions, queries
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case
from zhibu.procedures.report import report
from zhibu.regulations.refusal import Refusal, Refusals

pytestmark = pytest.mark.django_db


def said(call: Callable[[], Any]) -> str:
    with pytest.raises((Refusal, Refusals)) as refusal:
        call()
    return str(refusal.value)


@pytest.fixture
def chosen(cast: Cast) -> list[Person]:
    """Five are elected into a committee of five."""
    people = members(cast)
    term(cast, seats=5)
    return people[:6]


@pytest.fixture
def case(cast: Cast, chosen: list[Person]) -> Case:
    case = actions.open_election(cast.scope(cast.organizer), cast.branch)
    with_candidates(cast, case, chosen, seats=5)
    five = [one.pk for one in chosen[:5]]
    take(cast, case, "meeting", people_named=five, data=poll(chosen, [10, 9, 8, 7, 6, 3]))
    return case


def given(chosen: list[Person]) -> dict[int, str]:
    kinds = ("secretary", "deputy_secretary", "organization_member", "publicity_member", "member")
    return {one.pk: post for one, post in zip(chosen, kinds, strict=False)}


@pytest.mark.parametrize(
    ("present", "ayes", "why"),
    [
        (3, 3, "到会人数应不少于 4/5"),
        (4, 2, "当选须超过半数（委员应到 5 人）"),
        (4, 5, "多于实到委员 4 人"),
        (6, 3, "实到填写了 6 人"),
        (4, 3, ""),
    ],
)
def test_secretary_and_deputy_are_elected_by_the_committee(
    cast: Cast, case: Case, chosen: list[Person], present: int, ayes: int, why: str
) -> None:
    data = session(given(chosen), present=present, ayes=ayes)

    if not why:
        assert take(cast, case, "first_meeting", data=data).data["ayes"] == data["ayes"]
        return
    answer = said(lambda: take(cast, case, "first_meeting", data=data))
    assert why in answer
    if "4/5" in why:
        assert "未核对原文" in answer


def test_the_votes_of_the_session_are_shown_and_stand_in_the_report(
    cast: Cast, case: Case, chosen: list[Person], sign_in: Callable[[Any], Any]
) -> None:
    """The form asks for them; the number of the committee is known; another number needs its reason."""
    client, url = sign_in(cast.secretary), reverse("procedures:step", args=[case.pk, "first_meeting"])
    case.refresh_from_db()
    posts = {f"post_{pk}": post for pk, post in given(chosen).items()}
    posted = {
        "version": case.version, "on": "2026-11-21", "committee_entitled": 4, "committee_present": 4,
        "place_committee_minutes": "档案柜", f"ayes_{chosen[0].pk}": 4, f"ayes_{chosen[1].pk}": 3, **posts,
    }  # fmt: skip

    form = client.get(url).content.decode()
    wrong = client.post(url, posted)
    done = client.post(url, {**posted, "committee_entitled": 5})
    shown = client.get(reverse("procedures:case", args=[case.pk])).content.decode()
    entries = list(queries.entries_of(case, with_papers=True))
    rows = report(cast.scope(cast.organizer), case, procedure("election"), entries)["rows"]

    assert 'name="committee_entitled" value="5"' in form
    assert wrong.status_code == 422 and "委员共 5 人，应到填写了 4 人" in wrong.content.decode()
    assert done.status_code == 302
    assert f"{chosen[1].name} 3 票" in shown and "委员实到人数：4" in shown
    assert [row["kind"] for row in rows if "委员应到 5 人，实到 4 人" in row["actual"]] == ["人数"]


def test_without_a_committee_the_meeting_has_elected_and_no_paper_of_a_committee_is_asked_for(
    cast: Cast, sign_in: Callable[[Any], Any]
) -> None:
    people = members(cast, 5)
    term(cast, seats=1)
    case = actions.open_election(cast.scope(cast.secretary), cast.branch)
    with_candidates(cast, case, people[:1], seats=1)
    take(cast, case, "meeting", people_named=[people[0].pk], data=poll(people[:1], [5], entitled=5, present=5))
    form = sign_in(cast.secretary).get(reverse("procedures:step", args=[case.pk, "first_meeting"])).content.decode()

    assert "committee_present" not in form and "place_committee_minutes" not in form
    wrong = {"posts": {str(people[0].pk): "publicity_member"}}
    assert "只设书记、副书记" in said(lambda: take(cast, case, "first_meeting", data=wrong, papers=[]))
    take(cast, case, "first_meeting", data={"posts": {str(people[0].pk): "secretary"}}, papers=[])
    rows = report(
        cast.scope(cast.organizer), case, procedure("election"), list(queries.entries_of(case, with_papers=True))
    )["rows"]
    assert not [row for row in rows if row["item"].startswith("7") and "没有归档" in row["actual"]]


def test_a_by_election_counts_those_who_stayed(cast: Cast) -> None:
    """Two of three are in office; the third is elected and becomes deputy in a session of three."""
    people = members(cast)
    term(cast, seats=3)
    Tenure.objects.create(
        organization=cast.branch, person=people[5], post=PostKind.PUBLICITY_MEMBER, started_on=TODAY.replace(year=2024)
    )
    case = actions.open_by_election(cast.scope(cast.secretary), cast.branch)
    with_candidates(cast, case, people[2:4], seats=1)
    take(cast, case, "meeting", people_named=[people[3].pk], data=poll(people[2:4], [4, 6]))
    post = {people[3].pk: "deputy_secretary"}

    assert "到会人数应不少于 4/5" in said(
        lambda: take(cast, case, "first_meeting", data=session(post, entitled=3, present=2))
    )
    assert take(cast, case, "first_meeting", data=session(post, entitled=3, ayes=2)).data["committee_entitled"] == 3


def crowd(node: Organization, number: int) -> None:
    """So many full members, made at once."""
    Person.objects.bulk_create(
        [
            Person(
                organization=node, stage=StageKind.FULL, name=f"众{index}", number=f"Z{index}", ethnicity="01",
                gender="1",
            )
            for index in range(number)
        ]
    )  # fmt: skip


def of_faculty(cast: Cast, size: int) -> Case:
    """The organizer requests the election of the faculty's committee; the faculty has so many members."""
    crowd(cast.branch, size - 4)  # with the four of the cast
    Term.objects.create(organization=cast.faculty, number=1, started_on=TODAY.replace(year=2021), due_on=TODAY, seats=7)
    return actions.open_election(cast.scope(cast.office), cast.faculty)


def request(cast: Cast, case: Case, **data: Any) -> Any:
    given = {"seats": 7, **data}
    return take(cast, case, "request", who=cast.office, data=given, reason=data.pop("reason", ""))


@pytest.mark.parametrize(
    ("size", "data", "why"),
    [
        (499, {"congress": True, "delegates": 100}, "不足 500 人"),
        (500, {"congress": True, "delegates": 100}, ""),
        (499, {"congress": True, "scattered": True, "delegates": 100}, ""),
        (500, {"congress": True}, "请填写代表名额"),
        (500, {"delegates": 100}, "没有选择召开党员代表大会"),
        (500, {"congress": True, "delegates": 99}, "一般 100—200 名"),
        (500, {"congress": True, "delegates": 200}, ""),
        (500, {"congress": True, "delegates": 201}, "凭记忆，未核对原文"),
        (500, {"congress": True, "delegates": 301}, "不超过 300 名"),
        (500, {"congress": True, "delegates": 501}, "多于党员 500 人"),
    ],
)
def test_who_may_elect_by_delegates(cast: Cast, size: int, data: dict[str, Any], why: str) -> None:
    case = of_faculty(cast, size)

    if why:
        assert why in said(lambda: request(cast, case, **data))
    else:
        assert request(cast, case, **data).data["delegates"] == data["delegates"]


def test_in_a_congress_the_delegates_are_those_entitled(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    """Candidates are written down by name; 120 delegates elect, not 500 members."""
    case = of_faculty(cast, 500)
    request(cast, case, congress=True, delegates=120)
    take(cast, case, "reply", who=cast.office)
    case.refresh_from_db()
    client, url = sign_in(cast.office), reverse("procedures:step", args=[case.pk, "candidates"])
    papers = {f"place_{kind}": "档案柜" for kind in ("committee_minutes", "election_candidates")}
    names = ["孟员", "舒记", "祖员", "班公", "N0900", "N0901", "N0902", "N0903", "N0904"]
    for index in range(5):
        make_person(f"候{index}", cast.branch, serial=900 + index)
    posted = {"version": case.version, "on": "2026-11-21", "candidates_cleared": "on", **papers}
    wrong = client.post(url, {**posted, "people": "\n".join([*names[:8], "林居"])})
    right = client.post(url, {**posted, "people": "\n".join(names)})
    take(cast, case, "candidates_reply", who=cast.office)
    meeting = client.get(reverse("procedures:step", args=[case.pk, "meeting"])).content.decode()
    stand = queries.eligible(case, procedure("election")["meeting"], queries.state_of(case))
    votes = poll(stand, [100, 99, 98, 97, 96, 95, 61, 60, 10], entitled=120, present=110)
    seven = [one.pk for one in stand[:7]]

    assert wrong.status_code == 422 and "没有“林居”" in wrong.content.decode() and "N0903" in wrong.content.decode()
    assert right.status_code == 302
    assert 'name="entitled" value="120"' in meeting and "批准的名额 120 名" in meeting
    assert "当选须超过半数（应到会有选举权 120 人）" in said(
        lambda: take(cast, case, "meeting", who=cast.office, people_named=[*seven[:6], stand[7].pk], data=votes)
    )
    assert take(cast, case, "meeting", who=cast.office, people_named=seven, data=votes).outcome == "complete"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"seats": 6}, "一般 7—11 人，填写了 6 人"),
        ({"seats": 7}, ""),
        ({"seats": 11}, ""),
        ({"seats": 12}, "一般 7—11 人，填写了 12 人"),
        ({"seats": 14, "standing_seats": 7}, "一般 15—31 人，填写了 14 人"),
        ({"seats": 15, "standing_seats": 7}, ""),
        ({"seats": 31, "standing_seats": 11}, ""),
        ({"seats": 31, "standing_seats": 12}, "常务委员会委员一般 7—11 人"),
        ({"seats": 32, "standing_seats": 11}, "一般 15—31 人，填写了 32 人"),
    ],
)
def test_the_size_of_a_universitys_committee(cast: Cast, data: dict[str, int], why: str) -> None:
    """What is usual lets pass with a reason."""
    case = actions.open_election(cast.scope(cast.office), cast.root)

    def ask(reason: str = "") -> Any:
        return take(cast, case, "request", who=cast.office, data=data, reason=reason)

    if why:
        assert why in said(ask)
    assert ask("上级党委已同意" if why else "").data == data


def test_a_branch_is_not_asked_for_delegates(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    members(cast)
    term(cast)
    case = actions.open_election(cast.scope(cast.secretary), cast.branch)
    form = sign_in(cast.secretary).get(reverse("procedures:step", args=[case.pk, "request"])).content.decode()

    assert "应选名额" in form and 'name="delegates"' not in form and "常务委员会" not in form
