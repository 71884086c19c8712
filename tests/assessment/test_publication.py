"""A computed result becomes a published one: notice, appeals, corrections that stay visible, a chosen audience."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.assessment.rows import LINES, make_run
from tests.cast import TODAY, Cast, appoint, make_person
from zhibu.accounts.scope import Scope, scope_of
from zhibu.assessment.actions import forget
from zhibu.assessment.models import IndicatorScore, OrganizationScore, ScoreRun
from zhibu.assessment.publication import actions, appeals, queries
from zhibu.assessment.publication.enums import Audience, Remedy
from zhibu.assessment.publication.models import Appeal, Publication, ScoreCorrection
from zhibu.assessment.publication.rules import total_of
from zhibu.audit.models import Entry
from zhibu.indicators.periods import Period
from zhibu.organizations.enums import PostKind
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal

pytestmark = pytest.mark.django_db
Q3 = Period(2026, 3)
DAYS = value("assess.appeal", TODAY).number
ANSWER = value("assess.answer", TODAY).number


def at(who: Any, days: int = 0) -> Scope:
    return scope_of(who.user, TODAY + timedelta(days=days))


def noticed(cast: Cast, **about: Any) -> Publication:
    """The third quarter in notice, with seven days to appeal."""
    make_run(**about)
    office = at(cast.office)
    made = actions.begin(office, period=Q3)
    return actions.give_notice(office, made.pk, 1, appeals_until=TODAY + timedelta(days=DAYS))


def appealed(cast: Cast, found: Publication, indicator: str = "attendance") -> Appeal:
    return appeals.appeal(
        at(cast.secretary), found.pk, cast.branch.pk, indicator=indicator, reason="九月签到漏登两人。"
    )


def ended(cast: Cast, found: Publication, audience: Audience) -> Publication:
    """Final and published the day after the last day for appeals."""
    office = at(cast.office, DAYS + 1)
    found = actions.finalize(office, found.pk, found.version)
    return actions.publish(office, found.pk, found.version, audience=audience, document="校党委会〔2026〕12 号纪要")


class Readers:
    """Several people at their own browsers."""

    def __init__(self, *people: Any) -> None:
        self.clients = []
        for person in people:
            client = Client(raise_request_exception=False)
            client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
            self.clients.append(client)

    def __iter__(self) -> Any:
        return iter(self.clients)


def text(client: Any, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return answer.content.decode()


def seen(who: Any, found: Publication, days: int = 0) -> dict[str, Decimal]:
    return {str(row.organization): row.published for row in queries.results(at(who, days), found)}


def waits(who: Any, days: int = 0) -> list[str]:
    from zhibu.assessment.queries import waiting
    from zhibu.ui.waiting import answered

    return [one.title for one in answered(waiting(at(who, days)))]


def test_a_result_goes_from_draft_to_public_on_the_pages(cast: Cast, sign_in: Any) -> None:
    make_run()
    office, secretary = Readers(cast.office, cast.secretary)
    assert "仅供自查" in text(secretary, f"/assessment/{cast.branch.pk}/?period=2026Q3")

    office.post("/assessment/publications/begin/", {"period": "2026Q3", "note": ""})
    found = Publication.objects.get()
    address = f"/assessment/publications/{found.pk}/"
    own = f"{address}{cast.branch.pk}/"
    text(secretary, address, 404)
    assert "仅供自查" in text(secretary, f"/assessment/{cast.branch.pk}/?period=2026Q3"), "a draft tells nothing"

    until = TODAY + timedelta(days=DAYS)
    office.post(f"{address}notice/", {"version": 1, "appeals_until": until})
    assert "评价结果已告知，请核对" in text(secretary, "/")
    assert secretary.get("/assessment/publications/notices/").url == own
    assert "57.14" in text(secretary, own) and str(cast.faculty) not in text(secretary, address)
    assert "仅供自查" not in text(secretary, f"/assessment/{cast.branch.pk}/?period=2026Q3")
    assert "出席" in text(secretary, f"/assessment/{cast.branch.pk}/attendance/?publication={found.pk}")

    assert secretary.post(f"{own}confirm/").status_code == secretary.post(f"{own}confirm/").status_code == 302
    assert Entry.objects.filter(verb="assessment.publication_confirm").count() == 1, "twice is once"
    assert "评价结果已告知，请核对" not in waits(cast.secretary)

    early = office.get(f"{address}final/")
    assert early.status_code == 422 and "还没有过" in early.content.decode()
    assert "申诉期已过，评价结果可以定稿" in waits(cast.office, DAYS + 1)
    ended(cast, Publication.objects.get(), Audience.UNIVERSITY)
    page = text(secretary, address)
    assert str(cast.other_branch) in page and "校党委会〔2026〕12 号纪要" in page
    text(secretary, f"{address}{cast.other_branch.pk}/", 404)
    for format in ("xlsx", "pdf"):
        answer = secretary.get(f"{address}?export={format}")
        assert len(answer.getvalue()) > 1000, format


@pytest.mark.parametrize(
    ("audience", "branch", "faculty"),
    [
        (Audience.OWN, {"本科生第一党支部"}, {"计算机学院党委", "本科生第一党支部", "教师党支部"}),
        (Audience.FACULTY,) + ({"计算机学院党委", "本科生第一党支部", "教师党支部"},) * 2,
        (Audience.UNIVERSITY, None, None),
    ],
)
def test_who_sees_whose_published_result(
    cast: Cast, audience: Audience, branch: set[str] | None, faculty: set[str] | None
) -> None:
    found = noticed(cast)
    assert set(seen(cast.secretary, found)) == {"本科生第一党支部"}, "in notice each sees its own"
    found = ended(cast, found, audience)
    every = set(seen(cast.office, found))
    assert len(every) == 6
    assert set(seen(cast.secretary, found)) == (branch or every)
    assert set(seen(cast.member, found)) == (branch or every)
    assert set(seen(cast.organizer, found)) == (faculty or every)
    assert ("本科生第一党支部" in seen(cast.neighbour, found)) == (audience is Audience.UNIVERSITY)


def test_what_is_under_publication_is_not_lost_and_shows_what_came_later(cast: Cast, sign_in: Any) -> None:
    found = noticed(cast)
    later = make_run(lines={cast.branch.pk: {**LINES, "attendance": ("8.00", "8.00")}}, until=TODAY)
    forget(found.run_id)  # what scoring does with the run it replaces
    assert OrganizationScore.objects.filter(run=found.run_id).count() == 6
    assert seen(cast.secretary, found) == {"本科生第一党支部": Decimal("57.14")}
    page = text(sign_in(cast.secretary), f"/assessment/publications/{found.pk}/{cast.branch.pk}/")
    assert "重算为 64.29 分" in page and "57.14" in page
    listed = sign_in(cast.office).get(f"/assessment/publications/{found.pk}/?changed=yes&export=csv")
    lines = b"".join(listed.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines if "64.29" in line] == [str(cast.branch)]
    assert not any(line.startswith(str(cast.sibling)) for line in lines)
    assert "此后重算" in text(sign_in(cast.secretary), f"/assessment/{cast.branch.pk}/?period=2026Q3")
    forget(later.pk)
    assert not OrganizationScore.objects.filter(run=later).exists(), "nothing rests on this one"


def test_an_appeal_is_answered_with_points_and_the_correction_stays_visible(cast: Cast, sign_in: Any) -> None:
    found = noticed(cast)
    secretary, office = Readers(cast.secretary, cast.office)
    own = f"/assessment/publications/{found.pk}/{cast.branch.pk}/"
    given = {"indicator": "attendance", "reason": "两人请假", "file": SimpleUploadedFile("签到.pdf", b"%PDF-1.7 x")}
    assert secretary.post(f"{own}appeal/", given).status_code == 302
    made = Appeal.objects.get()
    assert made.answer_due == TODAY + timedelta(days=ANSWER)
    again = secretary.post(f"{own}appeal/", {"indicator": "attendance", "reason": "再说一次"})
    assert again.status_code == 422 and "已经申诉过" in again.content.decode() and "再说一次" in again.content.decode()
    assert "评价申诉待答复" in waits(cast.office)
    file = made.files.get()
    given_back = secretary.get(f"/assessment/appeals/{made.pk}/files/{file.pk}/")
    assert b"".join(given_back.streaming_content) == b"%PDF-1.7 x"
    assert sign_in(cast.neighbour).get(f"/assessment/appeals/{made.pk}/files/{file.pk}/").status_code == 404

    address = f"/assessment/appeals/{made.pk}/answer/"
    wanted = {"version": 1, "upheld": "yes", "answer": "请假属实", "remedy": "points", "points": "9"}
    over = office.post(address, wanted)
    assert over.status_code == 422 and "0 到 8.00 分之间" in over.content.decode()
    assert office.post(address, wanted | {"points": "7.5"}).status_code == 302
    stale = office.post(address, wanted | {"points": "8"})
    assert stale.status_code == 422 and "成立" in stale.content.decode()
    assert ScoreCorrection.objects.get().total_after == Decimal("62.50")  # (7.5 + 10) / 28
    assert IndicatorScore.objects.get(run=found.run, organization=cast.branch, indicator="attendance").points == 6
    page = text(secretary, own)
    assert "57.14 → 62.50" in page and "请假属实" in page and "已更正" in page
    assert seen(cast.secretary, found) == {"本科生第一党支部": Decimal("62.50")}
    assert "评价结果已告知，请核对" in waits(cast.secretary), "the answer is to be read"
    assert "7.50/8.00" in text(office, f"/assessment/appeals/{made.pk}/")
    published = ended(cast, Publication.objects.get(), Audience.OWN)
    assert seen(cast.secretary, published) == {"本科生第一党支部": Decimal("62.50")}


def test_of_the_files_of_a_refused_appeal_none_stays_on_the_disk(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    found = noticed(cast)
    good, bad = SimpleUploadedFile("签到.pdf", b"%PDF-1.7 x"), SimpleUploadedFile("说明.pdf", b"MZ no paper")
    with pytest.raises(Refusal):
        appeals.appeal(
            at(cast.secretary), found.pk, cast.branch.pk, indicator="attendance", reason="两人请假", files=[good, bad]
        )

    assert not Appeal.objects.exists()
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


def test_corrected_records_are_taken_for_this_organization_alone(cast: Cast) -> None:
    found = noticed(cast)
    made = appealed(cast, found)
    other = appealed(cast, found, "meetings_complete")
    office = at(cast.office, DAYS + 1)
    appeals.answer(office, made.pk, 1, upheld=True, answer="漏登属实", remedy=Remedy.RECORDS)
    with pytest.raises(Refusal, match="还有 1 件申诉没有答复"):
        actions.finalize(office, found.pk, found.version)
    appeals.answer(office, other.pk, 1, upheld=True, answer="多算一次", remedy=Remedy.POINTS, points=Decimal("12"))
    with pytest.raises(Refusal, match="没有取用重算结果"):
        actions.finalize(office, found.pk, found.version)
    assert "申诉成立，待重算更正" in waits(cast.office)
    with pytest.raises(Refusal, match="还没有新的计算结果"):
        appeals.take_recomputed(office, made.pk, 2)
    # The new computation changes three lines: the one appealed, one decided on already, one of another branch.
    run = make_run(
        lines={
            cast.branch.pk: {"attendance": ("8.00", "8.00"), "meetings_complete": ("11.00", "20.00"),
                             "dues_in_time": ("4.00", "5.00")},
            cast.sibling.pk: {**LINES, "attendance": ("0.00", "8.00")},
        }
    )  # fmt: skip
    correction = appeals.take_recomputed(office, made.pk, 2)
    assert correction.lines == [
        {"indicator": "attendance", "before": ["6.00", "8.00"], "after": ["8.00", "8.00"]},
        {"indicator": "dues_in_time", "before": None, "after": ["4.00", "5.00"]},
    ]
    assert (correction.total_before, correction.total_after) == (Decimal("64.29"), Decimal("72.73"))  # 24 of 33
    with pytest.raises(Refusal, match="已经取用"):
        appeals.take_recomputed(office, made.pk, 3)
    make_run()
    forget(run.pk)
    assert OrganizationScore.objects.filter(run=run).exists(), "a correction rests on it"
    assert seen(cast.organizer, found)["教师党支部"] == Decimal("57.14")
    assert actions.finalize(office, found.pk, found.version).state == "final"


def test_a_cap_is_lifted_by_an_upheld_appeal(cast: Cast) -> None:
    found = noticed(cast, capped={cast.branch.pk: "50.00"})
    assert seen(cast.secretary, found) == {"本科生第一党支部": Decimal("50.00")}
    made = appealed(cast, found, "")
    appeals.answer(at(cast.office), made.pk, 1, upheld=True, answer="大会记录在案", remedy=Remedy.POINTS)
    assert seen(cast.secretary, found) == {"本科生第一党支部": Decimal("57.14")}


def test_a_correction_does_not_lift_a_total_above_what_a_breach_allows(cast: Cast) -> None:
    # Nothing was capped when it was computed: 57.14 is below the 60 that the breach allows.
    run = make_run()
    OrganizationScore.objects.filter(run=run, organization=cast.branch).update(limit=Decimal(60))
    office = at(cast.office)
    made = actions.begin(office, period=Q3)
    found = actions.give_notice(office, made.pk, 1, appeals_until=TODAY + timedelta(days=DAYS))
    lodged = appealed(cast, found, "meetings_complete")
    appeals.answer(office, lodged.pk, 1, upheld=True, answer="漏登", remedy=Remedy.POINTS, points=Decimal(20))
    assert seen(cast.secretary, found) == {"本科生第一党支部": Decimal("60.00")}, "not 26 of 28"


def test_of_others_only_the_published_result_is_seen(cast: Cast) -> None:
    found = noticed(cast)
    appealed(cast, found)
    appeals.take_back(at(cast.secretary), Appeal.objects.get().pk, 1)
    actions.confirm(at(cast.secretary), found.pk, cast.branch.pk)
    found = ended(cast, found, Audience.UNIVERSITY)
    later = make_run(lines={cast.branch.pk: {"attendance": ("8.00", "8.00")}})

    def told(who: Any) -> tuple[Any, ...]:
        row = queries.results(at(who), found, later).get(organization=cast.branch)
        return row.published, row.came_to, row.confirmed, row.appealed

    assert told(cast.secretary) == (Decimal("57.14"), Decimal("100.00"), True, False)
    assert told(cast.neighbour) == (Decimal("57.14"), None, None, None), "neither drafts nor what they said"


def test_a_rejected_appeal_changes_nothing_and_a_late_answer_shows(cast: Cast, sign_in: Any) -> None:
    found = noticed(cast)
    made = appealed(cast, found)
    assert "逾期" not in text(sign_in(cast.secretary), f"/assessment/appeals/{made.pk}/")
    office = at(cast.office, ANSWER + 1)
    with pytest.raises(Refusal, match="不更正得分"):  # a slip of the pen is not swallowed
        appeals.answer(office, made.pk, 1, upheld=False, answer="没有", remedy=Remedy.POINTS, points=Decimal("5"))
    appeals.answer(office, made.pk, 1, upheld=False, answer="签到表上没有这两人")
    page = text(sign_in(cast.secretary), f"/assessment/appeals/{made.pk}/")
    assert "答复逾期" in page and "签到表上没有这两人" in page
    assert "late=yes" and str(cast.branch) in text(sign_in(cast.office), "/assessment/appeals/?late=yes")
    assert not ScoreCorrection.objects.exists()
    with pytest.raises(Refusal, match="不成立"):
        appeals.take_back(at(cast.secretary), made.pk, 2)


def test_appeals_keep_to_their_days(cast: Cast) -> None:
    found = noticed(cast)
    last, after = at(cast.secretary, DAYS), at(cast.secretary, DAYS + 1)
    with pytest.raises(Refusal, match="截止"):
        appeals.appeal(after, found.pk, cast.branch.pk, indicator="attendance", reason="晚了")
    made = appeals.appeal(last, found.pk, cast.branch.pk, indicator="attendance", reason="最后一天")
    taken = appeals.take_back(last, made.pk, 1)
    assert taken.state == "withdrawn"
    appeals.appeal(last, found.pk, cast.branch.pk, indicator="attendance", reason="又想起来")
    with pytest.raises(Refusal, match="申诉截止不能早于"):
        actions.give_notice(at(cast.office), _draft_of_second(cast).pk, 1, appeals_until=TODAY + timedelta(days=1))


def _draft_of_second(cast: Cast) -> Publication:
    make_run("2026Q2", until=date(2026, 7, 3))
    return actions.begin(at(cast.office), period=Period(2026, 2))


def test_what_cannot_be_published_yet_or_again_is_refused(cast: Cast) -> None:
    office = at(cast.office)
    with pytest.raises(Refusal, match="还没有评价结果"):
        actions.begin(office, period=Q3)
    make_run("2026Q4", until=TODAY)
    with pytest.raises(Refusal, match="没有结束"):
        actions.begin(office, period=Period(2026, 4))
    found = noticed(cast)
    with pytest.raises(Refusal, match="已在公布程序中"):
        actions.begin(office, period=Q3)
    with pytest.raises(Refusal, match="已被修改"):
        actions.withdraw(office, found.pk, 1, reason="误发")
    with pytest.raises(Refusal, match="不能这样办理"):
        actions.publish(office, found.pk, 2, audience=Audience.OWN, document="x")
    gone = actions.withdraw(office, found.pk, 2, reason="数据导入不全")
    assert gone.withdrawn_reason and actions.begin(office, period=Q3).pk != found.pk


def test_a_stored_score_that_was_touched_is_not_made_final(cast: Cast) -> None:
    found = noticed(cast)
    OrganizationScore.objects.filter(run=found.run, organization=cast.branch).update(total=Decimal("57.13"))
    with pytest.raises(Refusal, match="校验码不符"):
        actions.finalize(at(cast.office, DAYS + 1), found.pk, found.version)


def test_only_the_organization_itself_appeals_and_only_the_office_answers(cast: Cast, sign_in: Any) -> None:
    found = noticed(cast)
    address = f"/assessment/publications/{found.pk}/{cast.branch.pk}/appeal/"
    given = {"indicator": "attendance", "reason": "代为申诉"}
    for who, status in ((cast.office, 403), (cast.organizer, 403), (cast.member, 403), (cast.neighbour, 404)):
        assert sign_in(who).post(address, given).status_code == status, who
    # The organizer speaks for the faculty's own result.
    assert (
        sign_in(cast.organizer).post(address.replace(f"/{cast.branch.pk}/", f"/{cast.faculty.pk}/"), given).status_code
        == 302
    )
    made = appealed(cast, found)
    for who, status in ((cast.secretary, 403), (cast.organizer, 403), (cast.neighbour, 403)):
        assert sign_in(who).post(f"/assessment/appeals/{made.pk}/answer/", {}).status_code == status, who
    assert sign_in(cast.neighbour).get(f"/assessment/appeals/{made.pk}/").status_code == 404
    assert sign_in(cast.secretary).post("/assessment/publications/begin/", {"period": "2026Q3"}).status_code == 403


def test_a_secretary_of_two_branches_is_asked_about_both(cast: Cast) -> None:
    noticed(cast)
    person = make_person("双记", cast.sibling, serial=77, username="both")
    for node in (cast.branch, cast.sibling):
        appoint(person, node, PostKind.SECRETARY if node == cast.sibling else PostKind.DEPUTY_SECRETARY)
    from zhibu.assessment.publication.rules import spoken_for

    own = spoken_for(at(person))
    assert queries.to_check(own, TODAY).count() == len(own) > 0


def test_a_corrected_total_is_rounded_as_scoring_rounds() -> None:
    """Half a hundredth up, as `scoring.rounded` does: 1 of 200 hundredths is 0.50, 33.335 points are 33.34."""
    lines = {"a": (Decimal("0.01"), Decimal("2.00")), "b": (Decimal(0), Decimal(0))}
    assert total_of(lines, None) == Decimal("0.50")
    half = {"a": (Decimal("66.67"), Decimal("100")), "b": (Decimal(0), Decimal("100"))}
    assert total_of(half, None) == Decimal("33.34") and total_of(half, Decimal("30")) == Decimal("30")


def test_what_another_side_gave_may_be_appealed_and_corrected(cast: Cast, sign_in: Any) -> None:
    run = make_run()
    mine = OrganizationScore.objects.filter(run=run, organization=cast.branch)
    # 60 of 100 by the system's data (57.14), 40 by the superior (70): 62.28.
    rows = [("system", "60.00", "57.14", "34.28"), ("superior", "40.00", "70.00", "28.00")]
    told = [{"key": k, "share": s, "given": g, "points": p, "record": None} for k, s, g, p in rows]
    mine.update(sides=told, total=Decimal("62.28"), uncapped=Decimal("62.28"))
    office = at(cast.office)
    made = actions.begin(office, period=Q3)
    found = actions.give_notice(office, made.pk, 1, appeals_until=TODAY + timedelta(days=DAYS))
    page = text(sign_in(cast.secretary), f"/assessment/publications/{found.pk}/{cast.branch.pk}/")
    assert "62.28" in page and "上级评价：70.00 分，占比 40%" in page
    lodged = appealed(cast, found, "side:superior")
    appeals.answer(office, lodged.pk, 1, upheld=True, answer="漏记一次", remedy=Remedy.POINTS, points=Decimal("90"))
    assert seen(cast.secretary, found) == {"本科生第一党支部": Decimal("70.28")}  # 0.6 × 57.14 + 0.4 × 90
    with pytest.raises(Refusal, match="没有这项指标"):
        appealed(cast, found, "side:system")


def test_a_draft_may_take_a_newer_run_but_a_notice_may_not(cast: Cast) -> None:
    make_run()
    made = actions.begin(at(cast.office), period=Q3)
    old, newer = made.run_id, make_run()
    renewed = actions.renew(at(cast.office), made.pk, 1)
    assert renewed.run_id == newer.pk and not OrganizationScore.objects.filter(run=old).exists()
    told = actions.give_notice(at(cast.office), made.pk, 2, appeals_until=TODAY + timedelta(days=DAYS))
    make_run()
    with pytest.raises(Refusal, match="不能这样办理"):
        actions.renew(at(cast.office), made.pk, told.version)
    assert ScoreRun.objects.count() == 3
