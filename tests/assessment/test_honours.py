"""Honours: proposed from a final result, decided by people, withdrawn with a reason. Model work: shown by consent."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.assessment.rows import make_run
from tests.assessment.test_publication import DAYS, Q3, at, ended, text, waits
from tests.cast import TODAY, Cast, make_organization
from zhibu.assessment.honours import actions, cases, queries
from zhibu.assessment.honours.candidates import Threshold, candidates
from zhibu.assessment.honours.enums import HonourKind
from zhibu.assessment.honours.models import Honour, ModelCase
from zhibu.assessment.publication import actions as publishing
from zhibu.assessment.publication.enums import Audience
from zhibu.assessment.publication.models import Appeal, Publication, ScoreCorrection
from zhibu.assessment.scheme import SchemeError, delivered_for, read
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import Meeting, ModelRecord
from zhibu.regulations.refusal import Refusal

pytestmark = pytest.mark.django_db
DAY = DAYS + 1  # when the result is final
THIRD = Threshold(Fraction(1, 3), Decimal(50), "校内设定")


def published(cast: Cast, points: dict[int, str] | None = None, **about: Any) -> Publication:
    """The third quarter, published; ``points`` of 20 by organization."""
    lines = {pk: {"meetings_complete": (got, "20.00")} for pk, got in (points or {}).items()}
    make_run(lines=lines, **about)
    office = at(cast.office)
    made = publishing.begin(office, period=Q3)
    told = publishing.give_notice(office, made.pk, 1, appeals_until=TODAY + timedelta(days=DAYS))
    return ended(cast, told, Audience.UNIVERSITY)


def awarded(cast: Cast) -> Honour:
    found = published(cast)
    (one,) = actions.propose(at(cast.office, DAY), found.pk, [(cast.branch.pk, "得分在前")], HonourKind.ADVANCED)
    (done,) = actions.decide(
        at(cast.office, DAY),
        [one.pk],
        awarded=True,
        decided_on=TODAY + timedelta(days=DAY),
        document="纪要〔2026〕15 号",
    )
    return done


def test_candidates_are_the_first_third_of_their_own_category(cast: Cast) -> None:
    peers = [make_organization(f"本科生第{n}党支部", cast.faculty) for n in range(2, 7)]
    points = {cast.branch.pk: "19.00", cast.sibling.pk: "20.00", cast.faculty.pk: "20.00"}
    points |= dict(zip((one.pk for one in peers), ("20.00", "19.00", "18.00", "9.00", "20.00"), strict=True))
    found = published(cast, points, capped={peers[4].pk: "59.00"})
    places = candidates(at(cast.office, DAY), found, THIRD)
    # Six undergraduate branches, two places; the second place is shared by three totals, one of them under a cap.
    mine = {one.organization: (one.place, one.of) for one in places.values() if one.of == 6}
    assert mine == {peers[0].pk: (1, 6), cast.branch.pk: (2, 6), peers[1].pk: (2, 6)}
    # One teachers' branch alone: a third of one is nobody.
    assert cast.sibling.pk not in {one.organization for one in places.values()}
    # Once an upheld appeal has lifted its cap it is one like the others.
    lodged = Appeal.objects.create(
        publication=found, organization=peers[4], filed_on=TODAY, answer_due=TODAY, state="upheld", remedy="points",
        answer="大会记录在案", answered_on=TODAY,
    )  # fmt: skip
    lifted = ScoreCorrection.objects.create(
        publication=found, organization=peers[4], appeal=lodged, reason="大会记录在案", made_on=TODAY,
        total_before=59, total_after=100,
    )  # fmt: skip
    freed = candidates(at(cast.office, DAY), found, THIRD).values()
    assert {one.organization for one in freed if one.of == 6} == {peers[0].pk, peers[4].pk}
    lifted.delete()
    low = candidates(at(cast.office, DAY), found, Threshold(Fraction(1), Decimal(96), "校内设定"))
    assert {one.total for one in low.values()} == {Decimal(100)}


def test_the_office_proposes_decides_and_prints_and_others_see_what_was_given(cast: Cast, sign_in: Any) -> None:
    for number in (2, 3):
        make_organization(f"本科生第{number}党支部", cast.faculty)
    found = published(cast, {cast.branch.pk: "19.00"})
    office = sign_in(cast.office)
    page = text(office, "/assessment/honours/candidates/")
    assert str(cast.branch) in page and "1/3" in page and "校内设定" in page
    score = found.run.scores.get(organization=cast.branch)
    shown = office.post("/assessment/honours/nominate/", {"selected": score.pk})
    assert "列第 1" in shown.content.decode() and not Honour.objects.exists(), "first shown, then done"
    office.post("/assessment/honours/nominate/", {"selected": score.pk, "kind": "advanced", "sent": "1"})
    twice = office.post("/assessment/honours/nominate/", {"selected": score.pk, "kind": "advanced", "sent": "1"})
    assert twice.status_code == 422 and Honour.objects.count() == 1
    assert "先进提名待决定" in waits(cast.office)
    made = Honour.objects.get()
    assert str(cast.branch) not in text(sign_in(cast.neighbour), "/assessment/honours/"), "a proposal is no honour"

    office = sign_in(cast.office)
    wanted = {"selected": made.pk, "sent": "1", "awarded": "yes", "document": "纪要〔2026〕15 号"}
    future = office.post("/assessment/honours/decide/", wanted | {"decided_on": TODAY + timedelta(days=99)})
    assert future.status_code == 422 and "晚于今天" in future.content.decode()
    Publication.objects.update(final_on=TODAY)  # the pages live on the day of the cast
    assert office.post("/assessment/honours/decide/", wanted | {"decided_on": TODAY}).status_code == 302
    again = office.post("/assessment/honours/decide/", wanted | {"decided_on": TODAY})
    assert again.status_code == 422 and "已经决定过" in again.content.decode()
    assert Honour.objects.get().number == f"{TODAY.year}-0001"
    assert str(cast.branch) in text(sign_in(cast.neighbour), "/assessment/honours/")
    certificate = f"/assessment/honours/{made.pk}/certificate/"
    assert sign_in(cast.neighbour).get(certificate).status_code == 404
    mine = sign_in(cast.secretary)
    assert mine.get(certificate).content.startswith(b"%PDF")
    assert mine.get(f"{certificate}?as=docx").content.startswith(b"PK")
    assert len(mine.get("/assessment/honours/?export=xlsx").getvalue()) > 1000
    assert mine.post("/assessment/honours/decide/", wanted).status_code == 403


def test_whoever_is_no_candidate_needs_a_reason(cast: Cast, sign_in: Any) -> None:
    published(cast)
    office = sign_in(cast.office)
    given = {"kind": "model", "organization": cast.sibling.code, "grounds": ""}
    assert office.post("/assessment/honours/nominate-other/", given).status_code == 422
    office.post("/assessment/honours/nominate-other/", given | {"grounds": "在抗洪救灾中表现突出"})
    assert Honour.objects.get().grounds == "在抗洪救灾中表现突出"


def test_nothing_is_awarded_on_the_grounds_of_a_withdrawn_result(cast: Cast) -> None:
    found, office = published(cast), at(cast.office, DAY)
    (one,) = actions.propose(office, found.pk, [(cast.branch.pk, "得分在前")], HonourKind.ADVANCED)
    publishing.withdraw(office, found.pk, found.version, reason="汇总有误")
    meeting = {"decided_on": TODAY + timedelta(days=DAY), "document": "纪要〔2026〕15 号"}
    with pytest.raises(Refusal, match="已撤回"):
        actions.decide(office, [one.pk], awarded=True, **meeting)
    (done,) = actions.decide(office, [one.pk], awarded=False, reason="结果已撤回", **meeting)
    assert (done.state, done.number) == ("declined", "")


def test_nothing_is_proposed_before_the_result_is_final(cast: Cast) -> None:
    make_run()
    made = publishing.begin(at(cast.office), period=Q3)
    with pytest.raises(Refusal, match="还不能提名"):
        actions.propose(at(cast.office), made.pk, [(cast.branch.pk, "好")], HonourKind.ADVANCED)
    with pytest.raises(Refusal, match="定稿之后"):
        candidates(at(cast.office), made, THIRD)


def test_an_honour_is_withdrawn_with_a_reason_and_stands_on_its_result(cast: Cast, sign_in: Any) -> None:
    one = awarded(cast)
    office = at(cast.office, DAY)
    with pytest.raises(Refusal, match="已有 1 项荣誉"):
        publishing.withdraw(office, one.publication_id, 4, reason="数据有误")
    with pytest.raises(Refusal, match="写明理由"):
        actions.withdraw(office, one.pk, one.version, reason=" ")
    actions.withdraw(office, one.pk, one.version, reason="申报材料不实")
    with pytest.raises(Refusal, match="不能撤销"):
        actions.withdraw(office, one.pk, one.version, reason="再来")
    page = text(sign_in(cast.neighbour), f"/assessment/honours/{one.pk}/")
    assert "已撤销" in page and "申报材料不实" in page
    assert sign_in(cast.secretary).get(f"/assessment/honours/{one.pk}/certificate/").status_code == 404


def test_the_organization_writes_its_case_and_the_office_shows_it(cast: Cast, sign_in: Any) -> None:
    one = awarded(cast)
    secretary = sign_in(cast.secretary)
    words = {"title": "三会一课怎样开出实效", "text": "每次会前征求议题。", "honour": one.pk}
    for private, told in (("联系人 13800000000。", "手机号码"), ("证件 00000020000101001X。", "身份证号")):
        refused = secretary.post(f"/assessment/gallery/new/{cast.branch.pk}/", {**words, "text": private})
        assert refused.status_code == 422 and told in refused.content.decode(), "the whole school reads it"
    for _ in range(2):  # pressed twice
        assert secretary.post(f"/assessment/gallery/new/{cast.branch.pk}/", words).status_code == 302
    found = ModelCase.objects.get()
    assert "典型案例待展示" in waits(cast.office)
    assert sign_in(cast.neighbour).get(f"/assessment/gallery/{found.pk}/").status_code == 404
    sign_in(cast.office).post(f"/assessment/gallery/{found.pk}/show/", {"version": found.version})
    assert "三会一课怎样开出实效" in text(sign_in(cast.neighbour), "/assessment/gallery/")
    assert "每次会前征求议题" in text(sign_in(cast.neighbour), f"/assessment/gallery/{found.pk}/")
    found.refresh_from_db()
    sign_in(cast.secretary).post(f"/assessment/gallery/{found.pk}/consent/", {"version": found.version})
    assert sign_in(cast.neighbour).get(f"/assessment/gallery/{found.pk}/").status_code == 404, "taken back at once"


def test_words_of_the_office_wait_for_consent_to_these_very_words(cast: Cast) -> None:
    office, secretary = at(cast.office), at(cast.secretary)
    found = cases.write(office, cast.branch.pk, title="样板", text="甲")
    with pytest.raises(Refusal, match="不能展示"):
        cases.show(office, found.pk, found.version)
    assert "典型案例请决定是否同意展示" in waits(cast.secretary)
    agreed = cases.consent(secretary, found.pk, found.version, agrees=True)
    changed = cases.write(office, cast.branch.pk, title="样板", text="乙", pk=found.pk, version=agreed.version)
    with pytest.raises(Refusal, match="不能展示"):
        cases.show(office, found.pk, changed.version)
    with pytest.raises(Refusal, match="已被修改"):
        cases.consent(secretary, found.pk, agreed.version, agrees=True)
    agreed = cases.consent(secretary, found.pk, changed.version, agrees=True)
    shown = cases.show(office, found.pk, agreed.version)
    assert [one.text for one in queries.gallery(at(cast.neighbour))] == ["乙"]
    cases.take_down(office, found.pk, shown.version, reason="已过时")
    assert not queries.gallery(at(cast.neighbour)).exists()


def test_nobody_writes_for_another_organization(cast: Cast, sign_in: Any) -> None:
    address = f"/assessment/gallery/new/{cast.branch.pk}/"
    for who, status in ((cast.neighbour, 404), (cast.organizer, 403), (cast.member, 403)):
        assert sign_in(who).post(address, {"title": "代写", "text": "代写"}).status_code == status, who


def test_exemplary_records_of_meetings_are_linked_while_their_branch_agrees(cast: Cast, sign_in: Any) -> None:
    meeting = Meeting.objects.create(
        organization=cast.other_branch, kind=Kind.THEME_DAY, title="走访慰问", held_on=date(2026, 9, 9),
        state=State.RECORDED,
    )  # fmt: skip
    record = ModelRecord.objects.create(
        meeting=meeting,
        reason="决议具体",
        proposed_at="2026-10-01T08:00:00Z",
        is_consented=True,
        version=meeting.version,
    )
    assert f"/meetings/quality/models/{record.pk}/" in text(sign_in(cast.secretary), "/assessment/gallery/")
    assert "走访慰问" not in text(sign_in(cast.member), "/assessment/gallery/"), "kept by the room of meetings"
    ModelRecord.objects.update(is_consented=False)
    assert "走访慰问" not in text(sign_in(cast.secretary), "/assessment/gallery/")


def test_a_scheme_may_draw_the_line_itself() -> None:
    document = dict(delivered_for(date(2026, 11, 1)).document)
    found = read(document | {"honours": {"share": "1/4", "least": "85"}}, "试")
    assert found.honours is not None
    assert (found.honours.share, found.honours.least) == (Fraction(1, 4), Decimal(85))
    for share in ("x", "1/0", "3/2", "0"):
        with pytest.raises(SchemeError, match="share"):
            read(document | {"honours": {"share": share, "least": "85"}}, "试")
