"""An upheld appeal about records whose recomputation changes nothing is closed with a reason, not by withdrawal."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.assessment.rows import LINES, make_run
from tests.assessment.test_publication import DAYS, appealed, at, noticed, text, waits
from tests.cast import TODAY, Cast
from zhibu.assessment.publication import actions, appeals
from zhibu.assessment.publication.enums import Remedy
from zhibu.assessment.publication.models import Appeal, Publication, ScoreCorrection
from zhibu.regulations.refusal import Refusal

pytestmark = pytest.mark.django_db
REASON = "两人已补登，出席率仍在同一档"


def upheld(cast: Cast) -> tuple[Publication, Appeal]:
    found = noticed(cast)
    made = appealed(cast, found)
    return found, appeals.answer(at(cast.office), made.pk, 1, upheld=True, answer="漏登属实", remedy=Remedy.RECORDS)


def test_the_same_result_is_stated_with_a_reason_and_the_appellant_reads_it(cast: Cast, sign_in: Any) -> None:
    found, made = upheld(cast)
    actions.confirm(at(cast.secretary), found.pk, cast.branch.pk)
    make_run(lines={cast.sibling.pk: {**LINES, "attendance": ("0.00", "8.00")}})  # this branch has the same
    with pytest.raises(Refusal, match="得分没有变化") as refused:
        appeals.take_recomputed(at(cast.office), made.pk, 2)
    assert "写明理由" in refused.value.remedy
    office, form = sign_in(cast.office), f"/assessment/appeals/{made.pk}/unchanged/"
    assert form in text(office, f"/assessment/appeals/{made.pk}/")
    assert office.post(form, {"version": 2, "reason": " "}).status_code == 422
    assert office.post(form, {"version": 2, "reason": REASON}).status_code == 302

    assert REASON in text(sign_in(cast.secretary), f"/assessment/appeals/{made.pk}/")
    assert "评价结果已告知，请核对" in waits(cast.secretary), "asked to read it, though it had read the answer"
    assert "申诉成立，待重算更正" not in waits(cast.office)
    assert not ScoreCorrection.objects.exists()
    assert "已经办结" in text(sign_in(cast.office), form, 422)
    assert actions.finalize(at(cast.office, DAYS + 1), found.pk, found.version).state == "final"


def test_a_result_not_computed_anew_is_not_stated_to_be_the_same(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    _found, made = upheld(cast)
    until: list[date | None] = [None, TODAY]
    monkeypatch.setattr(appeals, "confirmed_until", lambda _period: until.pop(0))
    for _stale in tuple(until):
        with pytest.raises(Refusal, match="还没有更新和计算过"):
            appeals.state_unchanged(at(cast.office), made.pk, 2, reason=REASON)
    # Data of the next day that give no other run: nothing that it reads has changed.
    until.append(TODAY + timedelta(days=1))
    stated = appeals.state_unchanged(at(cast.office, 1), made.pk, 2, reason=REASON)
    assert (stated.unchanged_on, stated.version) == (TODAY + timedelta(days=1), 3)
    # A later computation that does change it can still be taken; then nothing can be stated any more.
    make_run(lines={cast.branch.pk: {**LINES, "attendance": ("8.00", "8.00")}})
    appeals.take_recomputed(at(cast.office, 2), made.pk, 3)
    with pytest.raises(Refusal, match="已经办结"):
        appeals.state_unchanged(at(cast.office, 2), made.pk, 4, reason=REASON)


def test_what_changed_is_taken_and_not_called_the_same(cast: Cast) -> None:
    _found, made = upheld(cast)
    make_run(lines={cast.branch.pk: {**LINES, "attendance": ("8.00", "8.00")}})
    with pytest.raises(Refusal, match=r"57\.14 变为 64\.29"):
        appeals.state_unchanged(at(cast.office), made.pk, 2, reason=REASON)
