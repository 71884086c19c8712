"""The six parts on the record's page, and what a reviewer puts in the place of one."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from tests.cast import TODAY, Cast
from tests.meetings.records import held
from zhibu.meetings.content import ResolutionLine
from zhibu.meetings.enums import State
from zhibu.meetings.models import Overruling
from zhibu.meetings.quality import actions, queries
from zhibu.meetings.quality.enums import PartKey
from zhibu.meetings.queries import content_of
from zhibu.regulations.refusal import Refusal

SignIn = Callable[..., Client]


def test_the_record_shows_its_parts_what_is_missing_and_how_to_mend_it(cast: Cast, sign_in: SignIn) -> None:
    meeting = held(cast, place="", resolutions=(ResolutionLine("整理联系名单"),))
    shown = sign_in(cast.secretary).get(f"/meetings/{meeting.pk}/").content.decode()
    whole = sign_in(cast.secretary).get(f"/meetings/{meeting.pk}/quality/").content.decode()

    for label in PartKey.labels:
        assert label in shown and label in whole
    assert "第 1 项没有责任人和完成期限" in shown and "填写地点或线上平台。" in shown
    assert "校内设定，不是规定" in whole and "实到 ÷ 应到" in whole
    assert "复核改定" not in whole  # not for the branch itself
    assert sign_in(cast.member).get(f"/meetings/{meeting.pk}/quality/").status_code == 403
    assert sign_in(cast.neighbour).get(f"/meetings/{meeting.pk}/quality/").status_code == 404
    assert sign_in(cast.secretary).get(f"/meetings/{held(cast, State.DRAFT).pk}/quality/").status_code == 404


def test_a_reviewer_overrules_with_a_reason_and_takes_it_back_and_both_stay(cast: Cast, sign_in: SignIn) -> None:
    meeting = held(cast, place="")
    address = f"/meetings/{meeting.pk}/quality/completeness/"
    client = sign_in(cast.organizer)

    def value() -> int | None:
        return queries.shown_parts(meeting, content_of(meeting), TODAY)[0].percent

    assert value() == 91
    assert client.post(address, {"percent": "100", "reason": ""}).status_code == 422
    assert client.post(address, {"percent": "101", "reason": "x"}).status_code == 422
    assert client.post(address, {"reason": "x"}).status_code == 422
    assert client.post(address, {"percent": "100", "reason": "地点写在记录里"}).status_code == 302
    assert value() == 100
    shown = client.get(f"/meetings/{meeting.pk}/quality/").content.decode()
    assert "地点写在记录里" in shown and "按公式计 91%" in shown
    assert client.post(address, {"back": "on", "reason": "核对有误"}).status_code == 302
    assert value() == 91
    assert list(Overruling.objects.values_list("percent", "reason")) == [(None, "核对有误"), (100, "地点写在记录里")]
    with pytest.raises(Refusal, match="没有改定"):
        actions.overrule(cast.scope(cast.organizer), meeting.pk, PartKey.COMPLETENESS, None, "再撤")


def test_the_branch_does_not_overrule_itself_and_drafts_are_not_reviewed(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        actions.overrule(cast.scope(cast.secretary), held(cast).pk, PartKey.ORIGINALITY, 100, "自己说的")
    with pytest.raises(Refusal, match="只复核已登记"):
        actions.overrule(cast.scope(cast.office), held(cast, State.DRAFT).pk, PartKey.ORIGINALITY, 100, "x")


def test_an_unknown_part_is_no_page(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.office).get(f"/meetings/{held(cast).pk}/quality/words/").status_code == 404
