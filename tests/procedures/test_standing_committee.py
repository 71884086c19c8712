"""The committee of the university elects its standing committee from among its members (高校条例 第六条)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from tests.cast import TODAY, Cast, make_person
from tests.procedures.electing import poll, session, take
from zhibu.organizations import actions as organizations
from zhibu.organizations.enums import PostKind
from zhibu.organizations.models import Tenure
from zhibu.people.models import Person
from zhibu.procedures import actions, queries
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case
from zhibu.procedures.report import report
from zhibu.regulations.refusal import Refusal, Refusals

pytestmark = pytest.mark.django_db
SEATS, STANDING = 15, 8


def elect(cast: Cast, *, standing: int = STANDING) -> tuple[Case, list[Person]]:
    """Fifteen are elected into the committee of the university; nothing but its first session is left to hold."""
    people = [make_person(f"校委{index}", cast.branch, serial=900 + index) for index in range(18)]
    case = actions.open_election(cast.scope(cast.office), cast.root)
    data = {"seats": SEATS, **({"standing_seats": standing} if standing else {})}
    why = {"who": cast.office, "reason": "虚构的理由"}
    take(cast, case, "request", data=data, **why)
    take(cast, case, "reply", **why)
    named = [one.pk for one in people]
    take(cast, case, "candidates", people_named=named, data={"candidates_cleared": True}, **why)
    take(cast, case, "candidates_reply", **why)
    votes = poll(people, [*range(40, 25, -1), 3, 2, 1], entitled=40, present=40)
    take(cast, case, "meeting", people_named=named[:SEATS], data=votes, **why)
    return case, people


def told(chosen: list[Person], standing: list[Person], **more: Any) -> dict[str, Any]:
    posts = {one.pk: "member" for one in chosen} | {chosen[0].pk: "secretary", chosen[1].pk: "deputy_secretary"}
    return {**session(posts), "standing": [one.pk for one in standing], **more}


def hold(cast: Cast, case: Case, data: dict[str, Any], reason: str = "") -> str:
    """The session; gives what stood against it."""
    try:
        take(cast, case, "first_meeting", who=cast.office, data=data, reason=reason)
    except (Refusal, Refusals) as refusal:
        return str(refusal)
    return ""


def test_the_standing_committee_is_named_among_those_elected_and_takes_office_with_them(
    cast: Cast, sign_in: Callable[[Any], Any]
) -> None:
    case, people = elect(cast)
    chosen, url = people[:SEATS], reverse("procedures:step", args=[case.pk, "first_meeting"])
    before = organizations.appoint(
        cast.scope(cast.office), cast.root, person=chosen[2], post=PostKind.STANDING_MEMBER, on=TODAY
    )
    client = sign_in(cast.office)
    form = client.get(url).content.decode()
    case.refresh_from_db()
    short = {f"ayes_{chosen[0].pk}": SEATS, f"ayes_{chosen[1].pk}": SEATS, f"ayes_{chosen[2].pk}": 7}
    posted = {
        "version": case.version, "on": str(TODAY), "committee_entitled": SEATS, "committee_present": SEATS,
        "place_committee_minutes": "档案柜", "standing": [one.pk for one in chosen[:STANDING]],
        **{f"post_{one.pk}": "member" for one in chosen}, **short,
        f"post_{chosen[0].pk}": "secretary", f"post_{chosen[1].pk}": "deputy_secretary",
    }  # fmt: skip

    refused = client.post(url, posted)
    done = client.post(url, {**posted, f"ayes_{chosen[2].pk}": 8})
    take(cast, case, "report", who=cast.office)
    take(cast, case, "approval", who=cast.office)
    page = client.get(reverse("procedures:case", args=[case.pk])).content.decode()
    rows = report(
        cast.scope(cast.office), case, procedure("election"), list(queries.entries_of(case, with_papers=True))
    )["rows"]

    assert 'name="standing"' in form and 'value="standing_member"' not in form
    assert refused.status_code == 422 and "常务委员会委员当选须超过半数" in refused.content.decode()
    assert f'name="standing" value="{chosen[3].pk}"' in refused.content.decode()  # what was ticked stays so
    assert done.status_code == 302 and f"常务委员会委员：{chosen[0].name}、{chosen[1].name}" in page
    held = Tenure.objects.filter(organization=cast.root, post=PostKind.STANDING_MEMBER, ended_on=None)
    assert set(held.values_list("person", flat=True)) == {one.pk for one in chosen[:STANDING]}
    assert held.get(person=chosen[2]).pk == before.pk  # whoever is elected again stays without a gap
    assert Tenure.objects.filter(person=chosen[0], ended_on=None).count() == 2  # the secretary sits in it, too
    assert [row["actual"] for row in rows if "常务委员会" in row["required"]] == [f"{STANDING} 人"]


def test_not_more_than_were_agreed_not_fewer_than_usual_and_nobody_from_outside(cast: Cast) -> None:
    case, people = elect(cast)
    chosen, usual = people[:SEATS], told(people[:SEATS], people[:STANDING])

    assert "还没有写明是谁" in hold(cast, case, {**usual, "standing": []})
    assert "名额 8 人，选择了 9 人" in hold(cast, case, told(chosen, chosen[:9]), "虚构的理由")
    assert "一般 7—11 人，选择了 6 人" in hold(cast, case, told(chosen, chosen[:6]))
    assert "名额 8 人，只选择了 7 人" in hold(cast, case, told(chosen, chosen[:7]))
    assert "没有当选委员的人" in hold(cast, case, told(chosen, [*chosen[:7], people[16]]), "虚构的理由")
    assert hold(cast, case, told(chosen, chosen[:7]), "一个名额空缺") == ""


def test_without_seats_asked_for_there_is_no_standing_committee(cast: Cast) -> None:
    case, people = elect(cast, standing=0)

    assert "请示中没有常务委员会委员名额" in hold(cast, case, told(people[:SEATS], people[:7]), "虚构的理由")
    assert hold(cast, case, told(people[:SEATS], [])) == ""


def test_a_faculty_has_no_standing_committee(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    client = sign_in(cast.office)
    pages = [client.get(f"/organizations/{node.pk}/appoint/").content.decode() for node in (cast.faculty, cast.root)]

    with pytest.raises((Refusal, Refusals), match="不设常务委员会"):
        organizations.appoint(
            cast.scope(cast.office), cast.faculty, person=cast.member, post=PostKind.STANDING_MEMBER, on=TODAY
        )
    assert ["常务委员会委员" in one for one in pages] == [False, True]
