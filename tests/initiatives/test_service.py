"""Volunteer service and practical deeds: what counts is what somebody else confirmed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from tests.cast import TODAY, Cast
from tests.initiatives import rows
from zhibu.audit.models import Entry
from zhibu.initiatives import queries
from zhibu.initiatives.actions import confirming, deeds
from zhibu.initiatives.actions import service as actions
from zhibu.initiatives.enums import DeedState, ParticipationState
from zhibu.initiatives.models import ConfirmationLink, Participation
from zhibu.initiatives.rules import refuse_numbers
from zhibu.regulations.refusal import Refusal
from zhibu.ui.waiting import answered

pytestmark = pytest.mark.django_db


def sums(cast: Cast) -> tuple[int, int]:
    held = rows.activity(cast)
    held.refresh_from_db()
    return held.confirmed_people, held.confirmed_half_hours


def test_hours_count_once_somebody_else_has_confirmed_them(cast: Cast) -> None:
    secretary, member, held = cast.scope(cast.secretary), cast.scope(cast.member), rows.activity(cast)
    actions.enroll(secretary, held.pk, [cast.member.pk, cast.secretary.pk], hours=1.5)
    assert sums(cast) == (0, 0)
    assert "志愿服务时长待确认" in [one.title for one in answered(queries.waiting(secretary))]

    parts = list(held.participations.values_list("pk", flat=True))
    assert actions.confirm_parts(secretary, held.pk, parts) == 1  # nobody confirms his own
    assert sums(cast) == (1, 3)
    with pytest.raises(Refusal, match="由他人确认"):
        actions.confirm_parts(secretary, held.pk, parts)
    actions.confirm_parts(cast.scope(cast.organizer), held.pk, parts)
    assert sums(cast) == (2, 6)
    assert [one.hours for one in queries.own(member)] == [1.5]

    own = held.participations.get(person=cast.member)
    with pytest.raises(Refusal, match="不能直接删去"):
        actions.drop(secretary, held.pk, own.pk)
    actions.withdraw(secretary, held.pk, own.pk, reason="未到场")
    assert sums(cast) == (1, 3)
    own.refresh_from_db()
    assert (own.state, own.reason) == (ParticipationState.WITHDRAWN, "未到场")


def test_a_member_notes_the_own_part_and_takes_it_back_until_it_is_confirmed(
    cast: Cast, sign_in: Callable[[Any], Any]
) -> None:
    held, client = rows.activity(cast), sign_in(cast.member)
    rows.part(cast, person=cast.organizer)
    address = f"/initiatives/activities/{held.pk}/"

    assert client.post(f"{address}own/", {"hours": "1.2"}).status_code == 422
    assert "1.5 小时" in client.post(f"{address}own/", {"hours": "1.5"}, follow=True).text
    assert "祖员" not in client.get(address).text  # the hours of others are nobody's business
    part = held.participations.get(person=cast.member)
    client.post(f"{address}parts/{part.pk}/drop/")
    assert not held.participations.filter(person=cast.member).exists()
    other = held.participations.get()
    assert client.post(f"{address}parts/{other.pk}/drop/").status_code == 422
    assert held.participations.count() == 1

    actions.note_own(cast.scope(cast.member), held.pk, hours=2)
    actions.confirm_parts(cast.scope(cast.secretary), held.pk, [held.participations.get(person=cast.member).pk])
    assert "已确认 <strong>2</strong> 小时" in client.get("/initiatives/activities/me/").text
    with pytest.raises(Refusal, match="已由组织者登记"):
        actions.note_own(cast.scope(cast.member), held.pk, hours=8)


@pytest.mark.parametrize("hours", [0, 0.4, 24.5, 1.2, float("nan"), float("inf")])
def test_hours_of_no_day_are_refused(cast: Cast, hours: float) -> None:
    with pytest.raises(Refusal, match="以半小时为单位"):
        actions.enroll(cast.scope(cast.secretary), rows.activity(cast).pk, [cast.member.pk], hours=hours)


def test_people_of_other_rosters_and_days_to_come_are_refused(cast: Cast) -> None:
    scope, held = cast.scope(cast.secretary), rows.activity(cast)
    with pytest.raises(Refusal, match="不在这个党组织的名册里"):
        actions.enroll(scope, held.pk, [cast.neighbour.pk], hours=1)
    held.on = TODAY + timedelta(days=1)
    held.save()
    with pytest.raises(Refusal, match="还没有开展"):
        actions.enroll(scope, held.pk, [cast.member.pk], hours=1)


def test_a_beneficiary_confirms_an_activity_by_a_link_that_is_good_once(cast: Cast, client: Any) -> None:
    rows.part(cast)
    token, _link = confirming.issue(cast.scope(cast.secretary), activity=rows.activity(cast).pk)
    address = f"/initiatives/confirm/{token}/"

    page = client.get(address)
    assert all(word in page.text for word in ("社区义诊", "本科生第一党支部", "1 人参加，共 1.5 小时"))
    assert not any(name in page.text for name in ("孟员", "舒记", "虚构社区"))
    assert page["Referrer-Policy"] == "same-origin" and "no-store" in page["Cache-Control"]
    seal = page.context["asked"].seal
    assert sums(cast) == (0, 0)  # looking is not confirming
    answer = {"seal": seal, "is_satisfied": "yes", "words": ""}
    assert "已经收到" in client.post(address, answer).text

    assert sums(cast) == (1, 3)
    assert Participation.objects.get().through == "beneficiary"
    again = client.post(address, answer)
    assert again.status_code == 410 and "只能确认一次" in again.text
    assert Entry.objects.filter(verb="initiatives.confirm_by_link", user_id__isnull=True).count() == 1


def test_nobody_confirms_what_he_did_not_read(cast: Cast, client: Any, caplog: pytest.LogCaptureFixture) -> None:
    part = rows.part(cast)
    token, _link = confirming.issue(cast.scope(cast.secretary), activity=part.activity_id)
    address = f"/initiatives/confirm/{token}/"
    seal = client.get(address).context["asked"].seal
    Participation.objects.update(half_hours=48)

    stale = client.post(address, {"seal": seal, "is_satisfied": "yes"})

    assert token not in caplog.text  # it is still good
    assert stale.status_code == 422 and "内容刚有改动" in stale.text and "共 24 小时" in stale.text
    assert sums(cast) == (0, 0)
    new = stale.context["form"]["seal"].value()
    refused = client.post(address, {"seal": new, "is_satisfied": "no", "words": ""})
    assert "哪里不符" in refused.text
    client.post(address, {"seal": new, "is_satisfied": "no", "words": "时长不符"})
    assert sums(cast) == (0, 0) and part.activity.confirmations.get().words == "时长不符"


def test_links_that_are_expired_revoked_forged_or_guessed_open_nothing(cast: Cast, client: Any) -> None:
    scope, deed = cast.scope(cast.secretary), rows.deed(cast, state=DeedState.REPORTED)
    first, _link = confirming.issue(scope, deed=deed.pk)
    second, link = confirming.issue(scope, deed=deed.pk)
    assert "已经作废" in client.get(f"/initiatives/confirm/{first}/").text
    ConfirmationLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())
    assert "已经过期" in client.get(f"/initiatives/confirm/{second}/").text

    forged = confirming.signing.dumps([link.pk, "guess"], salt="other")
    wrong = confirming.signing.dumps([link.pk, "guess"], salt=confirming.SALT)
    for token in (forged, wrong, "x" * 40):
        assert client.get(f"/initiatives/confirm/{token}/").status_code == 404
    for _try in range(7):
        client.get("/initiatives/confirm/guess/")
    assert client.get("/initiatives/confirm/guess/").status_code == 429
    third, _link = confirming.issue(scope, deed=deed.pk)
    assert client.get(f"/initiatives/confirm/{third}/").status_code == 429  # that address has to wait
    assert client.get(f"/initiatives/confirm/{third}/", REMOTE_ADDR="10.9.9.9").status_code == 200


def test_a_need_is_settled_when_those_who_had_it_are_satisfied(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    secretary, organizer = cast.scope(cast.secretary), cast.scope(cast.organizer)
    given = {
        "title": "修路灯", "need": "不亮", "heard_from": "三号楼住户", "measure": "报修", "heard_on": rows.MAY,
        "due_on": date(2026, 11, 1), "responsible": cast.secretary.pk,
    }  # fmt: skip
    with pytest.raises(Refusal, match="不要写电话"):
        deeds.take_up(secretary, cast.branch.pk, submission=uuid4(), **{**given, "heard_from": "住户 13800000000"})
    found = deeds.take_up(secretary, cast.branch.pk, submission=uuid4(), **given)
    assert "为民办实事逾期未办" in [one.title for one in answered(queries.waiting(secretary))]
    with pytest.raises(Refusal, match="晚于原期限"):
        deeds.put_off(secretary, found.pk, due_on=date(2026, 10, 1), reason="等配件")
    with pytest.raises(Refusal, match="没有写延期的理由"):
        deeds.put_off(secretary, found.pk, due_on=date(2026, 12, 1), reason=" ")
    deeds.put_off(secretary, found.pk, due_on=date(2026, 12, 1), reason="等配件")
    page = sign_in(cast.member).get(f"/initiatives/deeds/{found.pk}/").content.decode()
    assert "期限由 2026-11-01 改为 2026-12-01" in page and "理由：等配件" in page
    deeds.report(secretary, found.pk, on=TODAY, result="已换灯泡")

    with pytest.raises(PermissionDenied, match="本人负责"):
        deeds.answer(secretary, found.pk, is_satisfied=True, words="")
    with pytest.raises(Refusal, match="哪里还没有解决"):
        deeds.answer(organizer, found.pk, is_satisfied=False, words="")
    deeds.answer(organizer, found.pk, is_satisfied=False, words="还有一盏")
    found.refresh_from_db()
    assert (found.state, found.is_satisfied) == (DeedState.OPEN, False)
    deeds.report(secretary, found.pk, on=TODAY, result="两盏都换了")
    deeds.answer(organizer, found.pk, is_satisfied=True, words="亮了")

    found.refresh_from_db()
    assert (found.state, found.is_satisfied) == (DeedState.SETTLED, True)
    said = [(one.outcome, one.is_satisfied, one.words) for one in found.confirmations.order_by("pk")]
    assert said == [("已换灯泡", False, "还有一盏"), ("两盏都换了", True, "亮了")]


def test_branches_are_summed_and_persons_are_not_listed(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    held = rows.activity(cast)
    rows.part(cast)
    actions.confirm_parts(cast.scope(cast.secretary), held.pk, [rows.part(cast).pk])
    other = rows.part(cast, own=False)
    actions.confirm_parts(cast.scope(cast.office), other.activity_id, [other.pk])

    page = sign_in(cast.organizer).get("/initiatives/activities/hours/").text

    assert "活动 1 次，参加 1 人次，已确认 1.5 小时" in page and "孟员" not in page
    assert "研究生党支部" not in page


def test_a_confirmation_taken_back_stays_to_be_read_with_its_reason(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    held, secretary = rows.activity(cast), cast.scope(cast.secretary)
    part = actions.note_own(cast.scope(cast.member), held.pk, hours=2)
    actions.confirm_parts(secretary, held.pk, [part.pk])
    address = f"/initiatives/activities/{held.pk}/parts/{part.pk}/withdraw/"
    too_long = sign_in(cast.secretary).post(address, {"reason": "误" * 301})
    actions.withdraw(secretary, held.pk, part.pk, reason="误选")

    assert too_long.status_code == 422
    for who in (cast.member, cast.secretary):
        with pytest.raises(Refusal, match="已经撤回确认"):
            actions.drop(cast.scope(who), held.pk, part.pk)
    with pytest.raises(Refusal, match="撤回了确认"):
        actions.note_own(cast.scope(cast.member), held.pk, hours=2)
    actions.enroll(secretary, held.pk, [cast.member.pk], hours=1)
    part.refresh_from_db()
    assert (part.state, part.through, part.confirmed_at, part.confirmed_by_id) == ("noted", "", None, None)


def test_an_activity_with_hours_is_not_put_into_the_future(cast: Cast) -> None:
    part, secretary = rows.part(cast), cast.scope(cast.secretary)
    given = {name: getattr(part.activity, name) for name in actions.FIELDS} | {"on": TODAY + timedelta(days=1)}
    with pytest.raises(Refusal, match="已经登记了时长") as refused:
        actions.update_activity(secretary, part.activity_id, **given)
    assert refused.value.field == "on"


@pytest.mark.parametrize(
    ("text", "is_number"),
    [
        ("2026-11-21 14:00 走访，2026-12-01 回访", False), ("2026年11月21日，3 次 120 人", False),
        ("住户 13800000000", True), ("138 0000 0000", True), ("0571-88000000", True), ("00010119900101001X", True),
        ("００010119900101001Ｘ", True),
    ],
)  # fmt: skip
def test_days_are_no_numbers_of_persons(text: str, is_number: bool) -> None:
    try:
        refuse_numbers(text, "text")
        refused = False
    except Refusal:
        refused = True
    assert refused == is_number


def test_whoever_keeps_the_thing_or_had_a_part_does_not_answer_for_the_beneficiary(
    cast: Cast, client: Any, sign_in: Callable[[Any], Any]
) -> None:
    rows.part(cast)
    token, _link = confirming.issue(cast.scope(cast.secretary), activity=rows.activity(cast).pk)
    address = f"/initiatives/confirm/{token}/"
    answer = {"seal": client.get(address).context["asked"].seal, "is_satisfied": "yes", "words": "很好"}

    refused = [sign_in(who).post(address, answer) for who in (cast.secretary, cast.organizer, cast.member)]
    assert [one.status_code for one in refused] == [422] * 3
    assert "不能代服务对象确认" in refused[0].text and "很好" in refused[0].text
    assert sums(cast) == (0, 0)
    assert sign_in(cast.neighbour).post(address, answer).status_code == 200  # a member elsewhere may be served, too
    assert sums(cast) == (1, 3)


def test_two_who_change_an_activity_notice_each_other(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    held = rows.activity(cast)
    address, client = f"/initiatives/activities/{held.pk}/edit/", sign_in(cast.secretary)
    form = client.get(address).context["form"]
    typed = {name: form[name].value() for name in form.fields} | {"place": "甲地"}
    other = sign_in(cast.organizer)
    other.post(
        address, {name: other.get(address).context["form"][name].value() for name in form.fields} | {"place": "乙地"}
    )

    stale = client.post(address, typed)
    assert stale.status_code == 422 and "刚被他人改动" in stale.text and "甲地" in stale.text
    held.refresh_from_db()
    assert held.place == "乙地"
    again = typed | {"seen": stale.context["form"]["seen"].value()}
    assert client.post(address, again).status_code == 302
    held.refresh_from_db()
    assert held.place == "甲地"
