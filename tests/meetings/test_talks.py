"""Talks: private between the two and whoever they name; only the fact that one took place counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test import Client

from tests.cast import TODAY, Cast, appoint, make_person
from tests.meetings.records import HELD
from zhibu.audit.models import Entry
from zhibu.meetings.actions import record_talk
from zhibu.meetings.models import Meeting, Talk
from zhibu.meetings.talks import actions, coverage, queries
from zhibu.meetings.talks.enums import Pairing, TalkState
from zhibu.meetings.talks.occasions import occasions
from zhibu.organizations.enums import PostKind
from zhibu.people.enums import StageKind
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal

SignIn = Callable[..., Client]
SECRET = "家里有些困难"


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


def noted(cast: Cast, by: Person | None = None, other: Person | None = None, **changes: Any) -> Talk:
    given: dict[str, Any] = {"held_on": HELD, "submission": uuid4(), "words": actions.Words("visit", SECRET), **changes}
    return actions.note_talk(cast.scope(by or cast.member), other=(other or cast.secretary).pk, **given)


def text(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(body.decode())


def test_a_member_records_and_the_other_confirms(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.member)
    form = {
        "other": str(cast.secretary.pk), "held_on": "2026-11-12", "text": SECRET, "follow_up": "十二月答复",
        "submission": str(uuid4()),
    }  # fmt: skip
    answers = [client.post("/meetings/talks/mine/new/?occasion=visit", form) for _ in range(2)]
    talk = Talk.objects.get()
    before = coverage.of_branch(cast.branch, 2026, TODAY)

    other = sign_in(cast.secretary)
    waiting = text(other.get("/"))
    shown = text(other.get(f"/meetings/talks/mine/{talk.pk}/"))
    other.post(f"/meetings/talks/mine/{talk.pk}/confirm/")

    assert [answer.status_code for answer in answers] == [302, 302]
    assert "谈心谈话待您确认" in waiting and SECRET in shown and "十二月答复" in shown and "走访" in shown
    assert (before.talked, coverage.of_branch(cast.branch, 2026, TODAY).talked) == (0, 2)
    talk.refresh_from_db()
    assert talk.state == TalkState.CONFIRMED


def test_nobody_else_reads_it_whatever_their_office(cast: Cast, sign_in: SignIn) -> None:
    third = make_person("第三", cast.branch, serial=44, username="third")
    talk = noted(cast, third, cast.member)
    actions.confirm_talk(cast.scope(cast.member), talk.pk)
    address = f"/meetings/talks/mine/{talk.pk}/"

    for who in (cast.secretary, cast.organizer, cast.office, cast.neighbour, cast.administrator):
        assert sign_in(who).get(address).status_code == 404
    told = text(sign_in(cast.secretary).get("/meetings/talks/"))
    assert "第三、孟员" in told or "孟员、第三" in told
    assert SECRET not in told and "走访" not in told


def test_whoever_one_of_the_two_names_reads_until_it_is_taken_back(cast: Cast, sign_in: SignIn) -> None:
    talk = noted(cast)
    third = make_person("第三", cast.branch, serial=44, username="third")
    address = f"/meetings/talks/mine/{talk.pk}/"
    sign_in(cast.secretary).post(f"{address}readers/", {"person": str(third.pk)})

    client = sign_in(third)
    listed, read = text(client.get("/meetings/talks/mine/")), text(client.get(address))
    with pytest.raises(PermissionDenied):
        actions.name_reader(cast.scope(third), talk.pk, cast.office.pk)
    log = text(sign_in(cast.member).get(address))
    sign_in(cast.member).post(f"{address}readers/{third.pk}/withdraw/")

    assert "被指定阅读" in listed and SECRET in read
    assert "第三" in log and "阅读记录" in log
    assert Entry.objects.filter(verb="meetings.read_talk", user_id=third.user_id).count() == 1
    assert sign_in(third).get(address).status_code == 404


def test_a_correction_stands_beside_and_sets_the_day_right(cast: Cast, sign_in: SignIn) -> None:
    talk = noted(cast)
    client, address = sign_in(cast.secretary), f"/meetings/talks/mine/{talk.pk}/correct/"
    kept = client.post(address, {"held_on": "2026-12-01", "answer": "是十日谈的"})
    client.post(address, {"held_on": "2026-11-10", "answer": "是十日谈的"})

    assert kept.status_code == 422 and "是十日谈的" in text(kept) and "还没有到" in text(kept)
    page = text(sign_in(cast.member).get(f"/meetings/talks/mine/{talk.pk}/"))
    assert SECRET in page and "是十日谈的" in page
    talk.meeting.refresh_from_db()
    assert (talk.meeting.held_on, talk.meeting.state) == (date(2026, 11, 10), "recorded")


def test_a_denied_talk_does_not_count_and_can_be_taken_back(cast: Cast) -> None:
    talk = noted(cast)
    actions.deny_talk(cast.scope(cast.secretary), talk.pk)

    assert coverage.of_branch(cast.branch, 2026, TODAY).talked == 0
    with pytest.raises(Refusal, match="已经答复"):
        actions.confirm_talk(cast.scope(cast.secretary), talk.pk)
    actions.withdraw_talk(cast.scope(cast.member), talk.pk)
    assert not Meeting.objects.filter(kind="talk").exists()


def test_what_counts_cannot_be_taken_back(cast: Cast) -> None:
    talk = noted(cast)
    with pytest.raises(PermissionDenied):
        actions.confirm_talk(cast.scope(cast.member), talk.pk)
    actions.confirm_talk(cast.scope(cast.secretary), talk.pk)

    with pytest.raises(Refusal, match="不能撤回"):
        actions.withdraw_talk(cast.scope(cast.member), talk.pk)


def test_without_an_account_the_other_need_not_confirm(cast: Cast) -> None:
    old = make_person("老同志", cast.branch, serial=45)

    assert noted(cast, other=old).state == TalkState.ONE_SIDED
    assert coverage.of_branch(cast.branch, 2026, TODAY).talked == 2


def test_refused_with_a_sentence(cast: Cast) -> None:
    applicant = make_person("申请人", cast.branch, serial=46, stage=StageKind.APPLICANT, username="applicant")
    cases: list[tuple[str, Callable[[], Any]]] = [
        ("还没有到", lambda: noted(cast, held_on=TODAY + timedelta(days=1))),
        ("同一个人", lambda: noted(cast, other=cast.member)),
        ("可以选择的人", lambda: noted(cast, other=cast.neighbour)),
        ("可以选择的人", lambda: noted(cast, other=applicant)),
        ("没有这种场合", lambda: noted(cast, words=actions.Words("gossip"))),
        ("都不是党支部的党员", lambda: noted(cast, held_on=date(2021, 1, 1))),
    ]
    for words, act in cases:
        with pytest.raises(Refusal, match=words):
            act()
    assert not Talk.objects.exists()
    # The committee knows its applicants, and talks with them.
    assert noted(cast, cast.secretary, applicant).state == TalkState.AWAITING


def test_neither_words_nor_occasion_stand_anywhere_in_clear(cast: Cast) -> None:
    talk = noted(cast)
    actions.correct_talk(cast.scope(cast.secretary), talk.pk, held_on=HELD, answer="不是困难，是病")
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(t)::text from meetings_talk t")
        row = cursor.fetchone()[0]

    clear = (SECRET.encode().hex(), b"visit".hex(), "不是困难".encode().hex(), SECRET, "visit")
    assert not any(word in row for word in clear)
    assert Meeting.objects.get().title == "谈心谈话"
    assert not any(SECRET in str(entry.changes) + entry.reason for entry in Entry.objects.all())


def test_coverage_says_who_has_not_talked_and_nothing_else(cast: Cast, sign_in: SignIn) -> None:
    third = make_person("第三", cast.branch, serial=44, username="third")
    for one, other in ((cast.secretary, cast.member), (cast.member, third)):
        record_talk(
            cast.scope(cast.secretary), cast.branch.pk, first=one.pk, second=other.pk, held_on=HELD, topic="私事",
            submission=uuid4(),
        )  # fmt: skip

    def stands() -> dict[str, dict[Pairing, bool | None]]:
        return {row.name: coverage.stands(row) for row in coverage.covered(cast.branch, 2026, TODAY)}

    rows = stands()
    appoint(make_person("委员", cast.branch, serial=45), cast.branch, PostKind.ORGANIZATION_MEMBER)
    assert rows == {
        "舒记": {Pairing.COMMITTEE: None, Pairing.LEADER: True, Pairing.MEMBERS: None},
        "孟员": {Pairing.COMMITTEE: None, Pairing.LEADER: True, Pairing.MEMBERS: True},
        "第三": {Pairing.COMMITTEE: None, Pairing.LEADER: False, Pairing.MEMBERS: True},
    }
    assert stands()["舒记"][Pairing.COMMITTEE] is False
    client, address = sign_in(cast.secretary), f"/meetings/talks/coverage/{cast.branch.pk}/"
    assert client.get("/meetings/talks/coverage/").url == address  # type: ignore[attr-defined]
    page, file = text(client.get(f"{address}?lacking=leader")), text(client.get(f"{address}?export=csv"))
    assert "第三" in page and "孟员" not in page and "第十九条" in page
    assert "孟员" in file and "已谈" in file and "私事" not in file and "2026-11-12" not in file
    assert client.get(f"/meetings/talks/coverage/{cast.other_branch.pk}/").status_code == 404
    assert "教师党支部" in text(sign_in(cast.office).get("/meetings/talks/coverage/?done=no"))
    assert "教师党支部" not in text(sign_in(cast.office).get("/meetings/talks/coverage/?done=yes"))


def test_every_occasion_has_prompts_and_an_honest_basis() -> None:
    found = occasions()

    assert {"committee", "committee_member", "members", "applicant", "confirmation", "visit", "reminder"} <= set(found)
    assert all(one.prompts and one.label and one.between and one.basis(TODAY) for one in found.values())
    assert found["members"].basis(TODAY) == "《中国共产党支部工作条例（试行）》（2018年）第十九条"
    assert found["visit"].basis(TODAY) == "惯例，不是规定"


def test_the_number_of_another_talk_opens_nothing(cast: Cast) -> None:
    with pytest.raises(Http404):
        queries.one(cast.scope(cast.member), 999_999)
