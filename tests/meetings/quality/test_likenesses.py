"""Two records with much in common: found across branches and years, asked about, answered, reviewed; nobody accused."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.http import Http404
from django.test import Client

from tests.cast import TODAY, Cast
from tests.meetings.quality.texts import copy, corrected, recorded, told
from zhibu.meetings import queries as room
from zhibu.meetings.models import Likeness, Meeting, RecordQuality
from zhibu.meetings.quality import actions, comparing, queries
from zhibu.meetings.quality.enums import AnswerState, Subject, Verdict
from zhibu.regulations.refusal import Refusal
from zhibu.ui.waiting import answered

SignIn = Callable[..., Client]


def text(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture
def pair(cast: Cast) -> Likeness:
    """The branch's record repeats what the neighbour recorded two years before."""
    recorded(cast, told(), node=cast.other_branch, by=cast.neighbour, held_on=date(2024, 11, 12), title="外院大会")
    later = recorded(cast, copy())
    assert comparing.check(later.pk) == 1
    return Likeness.objects.get()


def waiting(cast: Cast, who: Any) -> dict[str, int]:
    found = answered(room.waiting(cast.scope(who)))
    return {item.title: item.count for item in found if "相近" in item.title or "补正" in item.title}


def test_a_copy_is_found_across_branches_and_years_and_strangers_are_not(cast: Cast, pair: Likeness) -> None:
    stranger = recorded(cast, told(99), held_on=date(2026, 11, 13))

    assert (pair.later.title, pair.earlier.title, pair.state) == ("十一月支部党员大会", "外院大会", AnswerState.ASKED)
    assert pair.share > 0.5 and pair.letters > 200 and pair.found_on == TODAY
    assert comparing.check(stranger.pk) == 0
    assert RecordQuality.objects.get(meeting=pair.later).shared == pytest.approx(pair.share)
    assert (RecordQuality.objects.get(meeting=stranger).shared or 0) < 0.2


def test_who_wrote_first_is_not_asked_and_nobody_is_asked_twice(cast: Cast, pair: Likeness) -> None:
    assert comparing.check(pair.earlier_id) == 0
    assert comparing.check(pair.later_id) == 0
    assert comparing.check_all(100) == 0
    assert Likeness.objects.count() == 1


def test_the_source_is_not_asked_even_if_it_is_compared_first(cast: Cast) -> None:
    source, later = recorded(cast, told()), recorded(cast, copy(), held_on=date(2026, 11, 1))

    assert (comparing.check(source.pk), comparing.check(later.pk)) == (0, 1)
    assert Likeness.objects.get().later == later


def test_the_night_finds_what_came_in_without_an_action(cast: Cast) -> None:
    recorded(cast, told())
    later = recorded(cast, copy(), held_on=date(2026, 11, 13))
    RecordQuality.objects.all().delete()  # as after an import

    assert comparing.check_all(100) == 1
    assert Likeness.objects.get().later == later
    assert RecordQuality.objects.get(meeting=later).specific == 1
    assert set(RecordQuality.objects.values_list("checked_version", flat=True)) == {1}


def test_recording_leaves_the_comparison_to_the_worker_in_the_same_transaction(cast: Cast) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    made = recorded(cast, told())

    assert ProcrastinateJob.objects.get(task_name="zhibu.meetings.compare").args == {"meeting_id": made.pk}


def test_a_talk_and_a_draft_are_never_compared(cast: Cast) -> None:
    from zhibu.meetings.enums import Kind, State

    recorded(cast, told())
    Meeting.objects.create(
        organization=cast.branch, kind=Kind.TALK, title="谈心谈话", held_on=TODAY, state=State.RECORDED, minutes=told()
    )
    recorded(cast, copy(), state=State.DRAFT)

    assert comparing.check_all(100) == 0
    assert RecordQuality.objects.count() == 1


def test_a_question_goes_when_the_record_is_corrected_and_stays_when_it_was_answered(
    cast: Cast, pair: Likeness
) -> None:
    corrected(cast, pair.later, minutes=told(99))
    comparing.check(pair.later_id)
    assert not Likeness.objects.exists()

    corrected(cast, pair.later, minutes=copy())
    assert comparing.check(pair.later_id) == 1
    actions.answer(cast.scope(cast.secretary), Likeness.objects.get().pk, "联合开展")
    corrected(cast, pair.later, minutes=told(99))
    comparing.check(pair.later_id)
    assert Likeness.objects.get().state == AnswerState.ANSWERED


def test_a_record_corrected_into_a_copy_is_asked_although_it_is_older(cast: Cast) -> None:
    older, newer = recorded(cast, told(99)), recorded(cast, told())
    for one in (older, newer):
        assert comparing.check(one.pk) == 0
    corrected(cast, older, minutes=copy())

    assert comparing.check(older.pk) == 1
    assert Likeness.objects.get().later == older


def test_what_both_quote_from_an_official_document_is_not_asked_about(cast: Cast) -> None:
    passage = told(500)
    actions.add_official(cast.scope(cast.office), title="某文件", issued_by="某机关", text=passage)
    recorded(cast, passage + told(501))
    later = recorded(cast, passage + told(502), held_on=date(2026, 11, 13))

    assert comparing.check(later.pk) == 0
    assert 0.3 < (RecordQuality.objects.get(meeting=later).quoted or 0) < 0.8


def test_a_document_entered_later_takes_the_open_question_away_at_night(cast: Cast) -> None:
    passage = told(500)
    recorded(cast, passage + told(501))
    later = recorded(cast, passage + told(502), held_on=date(2026, 11, 13))
    assert comparing.check(later.pk) == 1
    actions.add_official(cast.scope(cast.office), title="某文件", issued_by="某机关", text=passage)

    comparing.check_all(100)

    assert not Likeness.objects.exists()


def test_the_branch_sees_its_own_words_marked_and_of_the_other_only_kind_and_day(
    cast: Cast, pair: Likeness, sign_in: SignIn
) -> None:
    shown = text(sign_in(cast.secretary).get(f"/meetings/quality/likenesses/{pair.pk}/"))
    listed = text(sign_in(cast.secretary).get("/meetings/quality/likenesses/"))

    assert shown.count("<mark>") > 2
    assert "支部党员大会" in shown and "2024" in shown
    for page in (shown, listed):
        assert "外院大会" not in page and "研究生党支部" not in page
    unshared = told().splitlines()[0]
    assert unshared not in shown


def test_the_common_superior_sees_both_side_by_side(cast: Cast, pair: Likeness, sign_in: SignIn) -> None:
    shown = text(sign_in(cast.office).get(f"/meetings/quality/likenesses/{pair.pk}/"))

    assert "外院大会" in shown and "研究生党支部" in shown
    one, other = shown.split("先登记的记录")
    assert one.count("<mark>") > 2 and other.count("<mark>") > 2


def test_other_branches_and_members_know_nothing_of_it(cast: Cast, pair: Likeness, sign_in: SignIn) -> None:
    address = f"/meetings/quality/likenesses/{pair.pk}/"

    assert sign_in(cast.neighbour).get(address).status_code == 404
    assert sign_in(cast.member).get(address).status_code == 403
    with pytest.raises(Http404):
        actions.answer(cast.scope(cast.neighbour), pair.pk, "不是我")


def test_asked_answered_reviewed(cast: Cast, pair: Likeness, sign_in: SignIn) -> None:
    assert waiting(cast, cast.secretary) == {"相近的记录请说明": 1}
    assert waiting(cast, cast.office) == waiting(cast, cast.neighbour) == {}
    address = f"/meetings/quality/likenesses/{pair.pk}/"

    empty = sign_in(cast.secretary).post(address + "answer/", {"answer": "  "})
    said = sign_in(cast.secretary).post(address + "answer/", {"answer": "联合开展，议程相同。"})
    assert (empty.status_code, said.status_code) == (422, 302)
    assert waiting(cast, cast.secretary) == {}
    assert waiting(cast, cast.office) == {"相近说明待核查": 1}

    closing = {"verdict": Verdict.SHARED.value, "reason": "同一次联合活动"}
    assert sign_in(cast.secretary).post(address + "close/", closing).status_code == 403
    assert sign_in(cast.office).post(address + "close/", closing).status_code == 302
    pair.refresh_from_db()
    assert (pair.state, pair.verdict, pair.reason) == (AnswerState.CLOSED, Verdict.SHARED, "同一次联合活动")
    assert pair.closed_by == cast.office.user
    assert waiting(cast, cast.office) == waiting(cast, cast.secretary) == {}
    assert "同一次联合活动" in text(sign_in(cast.secretary).get(address))
    with pytest.raises(Refusal, match="已经核查完毕"):
        actions.answer(cast.scope(cast.secretary), pair.pk, "再说")


def test_to_be_amended_waits_for_the_branch_until_the_record_is_corrected(cast: Cast, pair: Likeness) -> None:
    with pytest.raises(Refusal, match="还没有说明"):
        actions.close(cast.scope(cast.office), pair.pk, Verdict.AMEND, "请补写")
    actions.answer(cast.scope(cast.secretary), pair.pk, "照着写的")
    actions.close(cast.scope(cast.office), pair.pk, Verdict.AMEND, "请按实际补写")

    assert waiting(cast, cast.secretary) == {"经核查应补正的记录": 1}
    corrected(cast, pair.later, minutes=told(99))
    assert waiting(cast, cast.secretary) == {}


def test_a_reviewer_of_one_branch_only_does_not_judge(cast: Cast, pair: Likeness, sign_in: SignIn) -> None:
    with pytest.raises(Refusal, match="不在您的管理范围内"):
        actions.close(cast.scope(cast.organizer), pair.pk, Verdict.ROUTINE, "例行")

    shown = text(sign_in(cast.organizer).get(f"/meetings/quality/likenesses/{pair.pk}/"))
    assert "核查理由" not in shown and "外院大会" not in shown


def test_routine_ones_are_closed_together_or_not_at_all(cast: Cast, sign_in: SignIn) -> None:
    for day in (11, 12, 13):
        comparing.check(recorded(cast, told(), held_on=date(2026, 11, day)).pk)
    keys = list(Likeness.objects.values_list("pk", flat=True))
    assert len(keys) == 3
    client, address = sign_in(cast.organizer), "/meetings/quality/likenesses/close/"

    asked = client.post(address, {"selected": keys})
    refused = client.post(address, {"selected": keys, "verdict": "amend", "reason": "不实"})
    assert "核查 3 条" in text(asked) and refused.status_code == 422
    assert not Likeness.objects.filter(state=AnswerState.CLOSED).exists()
    closed = client.post(address, {"selected": keys, "verdict": "routine", "reason": "每月例行学习"})
    assert closed.status_code == 302
    assert Likeness.objects.filter(state=AnswerState.CLOSED, verdict=Verdict.ROUTINE).count() == 3


def test_findings_are_exported_without_the_other_branch(cast: Cast, pair: Likeness, sign_in: SignIn) -> None:
    def exported(who: Any) -> str:
        answer: Any = sign_in(who).get("/meetings/quality/likenesses/?export=csv")
        return b"".join(answer.streaming_content).decode("utf-8-sig")

    assert "2024-11-12" in exported(cast.secretary) and "研究生党支部" not in exported(cast.secretary)
    assert "研究生党支部" in exported(cast.office)


def test_the_threshold_is_the_offices(cast: Cast, pair: Likeness) -> None:
    Likeness.objects.all().delete()
    actions.set_standard(cast.scope(cast.office), days=7, likeness=100)
    third = recorded(cast, copy("half"), held_on=date(2026, 11, 14))

    assert comparing.check(third.pk) == 0
    assert queries.standard().likeness == 100


def test_an_index_from_last_night_knows_what_came_since(cast: Cast) -> None:
    recorded(cast, told(300))
    comparing.check_all(100)
    recorded(cast, told())
    assert comparing.check(recorded(cast, copy(), held_on=date(2026, 11, 13)).pk) == 1
    assert set(Likeness.objects.values_list("subject", flat=True)) == {Subject.TEXT}
