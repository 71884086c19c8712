"""An anonymous survey from its opening to the side of the score, and what nobody can find out about who said what."""

import logging
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import models
from django.test import Client

from tests.cast import TODAY, Cast, make_cast
from tests.house.test_two_at_once import signed_in, together
from zhibu.accounts.scope import scope_of, system_scope
from zhibu.assessment.evaluators.actions import enter, take_back
from zhibu.assessment.evaluators.enums import Evaluator
from zhibu.assessment.evaluators.rules import Entry
from zhibu.assessment.models import Grading, Survey, SurveySlip
from zhibu.assessment.surveys import actions, pages, rules
from zhibu.assessment.surveys.rules import Question
from zhibu.audit.models import Entry as Entries
from zhibu.demo import surveyed
from zhibu.indicators.periods import Period
from zhibu.regulations.refusal import Refusal, Refusals
from zhibu.site.logs import WithoutKeys

Q3 = Period(2026, 3)
STATEMENTS = ("组织生活按时开展、内容实在", "党务公开及时、看得明白")
CLOSES = TODAY + timedelta(days=7)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def asked(**changed: Any) -> Question:
    known = {"evaluator": Evaluator.PUBLIC, "statements": STATEMENTS, "closes_on": CLOSES, "slips": 6}
    return Question(**(known | changed))


def begun(cast: Cast, **changed: Any) -> tuple[Survey, list[str]]:
    organizer = scope_of(cast.organizer.user, TODAY)
    return actions.issue(organizer, actions.open_survey(organizer, cast.branch.pk, Q3, asked(**changed)).pk)


def answer(client: Any, code: str, *marks: int) -> Any:
    return client.post(f"/s/{code}/", {f"mark{number}": mark for number, mark in enumerate(marks, 1)})


def test_a_survey_goes_from_its_slips_to_the_side_of_the_score(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    organizer, printed = signed_in(cast.organizer.user), []
    monkeypatch.setattr(pages, "render_pdf", lambda _template, context: printed.append(context) or b"%PDF")
    form = {
        "evaluator": "public", "period": "2026Q3", "statements": "\n".join(STATEMENTS), "slips": "6",
        "closes_on": str(TODAY),
    }  # fmt: skip
    new = f"/assessment/surveys/new/?organization={cast.branch.pk}"
    refused = organizer.post(new, form | {"statements": "党员的思想倾向是否端正\n登录平台的次数多不多", "slips": "4"})
    told = refused.content.decode()
    assert refused.status_code == 422 and "思想倾向" in told and "登录" in told and "不足 5 份" in told
    assert organizer.post(new, form).status_code == 302
    row = Survey.objects.get()
    page = f"/assessment/surveys/{row.pk}/"
    organizer.post(f"{page}slips/")
    old = [code for pair in printed.pop()["rows"] for code, _address, _picture in pair]
    assert organizer.post(f"{page}slips/").content == b"%PDF", "a lost sheet is printed anew"
    codes = [code for pair in printed.pop()["rows"] for code, _address, _picture in pair]
    assert len(codes) == 6 and client.get(f"/s/{old[0]}/").status_code == 404

    shown = client.get(f"/s/{codes[0]}/")
    told = shown.content.decode()
    assert "计算机学院党委" in told and "本科生第一党支部" in told and STATEMENTS[1] in told and "不记名" in told
    assert shown["Referrer-Policy"] == "same-origin" and "no-store" in shown["Cache-Control"]
    assert answer(client, codes[0], 5).status_code == 422, "every statement is marked"
    logged = Entries.objects.count()
    assert answer(signed_in(cast.member.user), codes[0].lower().replace("-", ""), 5, 4).status_code == 200, (
        "typed off the paper"
    )
    assert answer(client, codes[0], 1, 1).status_code == 410
    for code in codes[1:5]:
        assert answer(client, code, 4, 3).status_code == 200
    assert organizer.post(f"{page}slips/").status_code == 422, "no second set once one is back"
    running = organizer.get(page).content.decode()
    assert "收回 5 份" in running and "平均分</th>" not in running
    assert Entries.objects.count() == logged, "answering is not audited, signed in or not"

    assert answer(client, codes[5], 5, 3).status_code == 200
    assert "匿名测评待结束" in organizer.get("/").content.decode(), "all are back: it waits for whoever asked"
    assert "本科生第一党支部" in organizer.get("/assessment/surveys/?mine=close").content.decode()
    assert organizer.post(f"{page}close/").status_code == 302
    grading = Grading.objects.get()
    assert (grading.value, grading.most, grading.asked, grading.answered) == (Decimal("75.00"), 100, 6, 6)
    assert grading.evaluator == "public" and grading.source.startswith("匿名测评")
    ended = signed_in(cast.secretary.user).get(page).content.decode()
    assert "4.33" in ended and "3.17" in ended and f"/assessment/grades/{grading.pk}/" in ended
    row.refresh_from_db()
    assert row.counts == [] and not row.slips.filter(is_used=False).exists()
    assert "已经结束" in client.get(f"/s/{codes[5]}/").content.decode()
    assert "75.00" in organizer.get("/assessment/surveys/?q=本科生").content.decode()


def test_asked_again_by_a_few_more_the_first_result_shows_no_more(cast: Cast, client: Client, sign_in: Any) -> None:
    organizer, ended = scope_of(cast.organizer.user, TODAY), []
    for marks in ((5, 5, 5, 5, 4), (5, 5, 5, 5, 4, 1)):
        row, codes = begun(cast)
        for code, mark in zip(codes, marks, strict=False):
            answer(client, code, mark, mark)
        ended.append(actions.close(organizer, row.pk).survey)
        shown = sign_in(cast.secretary).get(f"/assessment/surveys/{ended[0].pk}/").content.decode()
        if len(ended) == 1:
            assert "96.00" in shown and "4.80" in shown
            take_back(organizer, Grading.objects.get().pk, reason="漏发一人，重新测评。")

    # 4.80 of five beside 4.17 of six: whoever came last gave a one.
    assert "96.00" not in shown and "4.80" not in shown and "收回 5 份" not in shown and "不再显示" in shown
    rows = sign_in(cast.secretary).get("/assessment/surveys/").content.decode()
    assert "83.33" in rows and "96.00" not in rows
    assert "4.17" in client.get(f"/assessment/surveys/{ended[1].pk}/").content.decode()


def test_too_few_answers_leave_nothing(cast: Cast, client: Client, sign_in: Any) -> None:
    row, codes = begun(cast)
    for code in codes[:4]:
        answer(client, code, 1, 2)
    organizer = scope_of(cast.organizer.user, TODAY)
    with pytest.raises(Refusal, match="现在结束就没有结果"):
        actions.close(organizer, row.pk)

    assert actions.close_due(system_scope(CLOSES + timedelta(days=1))) == 1

    row.refresh_from_db()
    assert (row.state, row.counts, row.means, row.grading) == ("closed", [], [], None)
    assert not Grading.objects.exists()
    assert "没有结果" in sign_in(cast.organizer).get(f"/assessment/surveys/{row.pk}/").content.decode()


def test_a_side_gives_once_and_a_survey_taken_back_keeps_nothing(cast: Cast, client: Client) -> None:
    organizer = scope_of(cast.organizer.user, TODAY)
    row, codes = begun(cast)
    with pytest.raises(Refusals, match="正在进行"):
        actions.open_survey(organizer, cast.branch.pk, Q3, asked())
    for code in codes[:5]:
        answer(client, code, 3, 3)
    assert actions.close_due(system_scope(CLOSES)) == 0, "the closing day itself still counts"
    entry = Entry(Evaluator.PUBLIC, Decimal(4), Decimal(5), "纸质票", "清点", 9, 8)
    enter(organizer, cast.branch.pk, Q3, entry)
    with pytest.raises(Refusal, match="已经录入"):
        actions.close(organizer, row.pk)
    assert actions.close_due(system_scope(CLOSES + timedelta(days=1))) == 0, "it waits for its superior"
    with pytest.raises(Refusal, match="须写明理由"):
        actions.withdraw(organizer, row.pk, reason=" ")

    actions.withdraw(organizer, row.pk, reason="重复测评")

    row.refresh_from_db()
    assert (row.state, row.counts) == ("withdrawn", [])
    assert client.get(f"/s/{codes[0]}/").status_code == 410
    with pytest.raises(Refusals, match="已经录入"):
        actions.open_survey(organizer, cast.branch.pk, Q3, asked())


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"slips": 4}, "不足 5 份"),
        ({"slips": rules.MOST_SLIPS + 1}, "最多发放"),
        ({"closes_on": TODAY - timedelta(days=1)}, "截止日期应在"),
        ({"statements": STATEMENTS[:1]}, "2 到 10 条"),
        ({"statements": (STATEMENTS[0], "书记的电话 13800000000 有人接听")}, "号码"),
        ({"statements": (STATEMENTS[0], "党员的言论是否得当")}, "思想倾向类"),
        ({"evaluator": Evaluator.SUPERIOR}, "不做测评"),
    ],
)
def test_what_may_not_be_asked(changed: dict[str, Any], told: str) -> None:
    assert told in "".join(one.message for one in rules.wrong_with(asked(**changed), Q3, TODAY))


def test_only_the_superior_holds_a_survey(cast: Cast, sign_in: Any) -> None:
    row, _codes = begun(cast)
    page = f"/assessment/surveys/{row.pk}/"
    for who, seen, ended in (("neighbour", 404, 403), ("secretary", 200, 403), ("organizer", 200, 200)):
        client = sign_in(getattr(cast, who))
        assert (client.get(page).status_code, client.get(f"{page}close/").status_code) == (seen, ended), who
    organizer, office = scope_of(cast.organizer.user, TODAY), scope_of(cast.office.user, TODAY)
    with pytest.raises(PermissionDenied, match="不能评价本组织"):
        actions.open_survey(organizer, cast.faculty.pk, Q3, asked())
    own = actions.open_survey(office, cast.faculty.pk, Q3, asked())
    with pytest.raises(PermissionDenied, match="不能办理对本组织的测评"):
        actions.close(organizer, own.pk)


def test_the_night_after_the_closing_day_enters_the_mean(cast: Cast, client: Client, sign_in: Any) -> None:
    row, codes = begun(cast)
    for code in codes[:5]:
        answer(client, code, 5, 3)
    assert actions.close_due(system_scope(CLOSES + timedelta(days=1))) == 1

    grading = Grading.objects.get()
    assert (grading.value, grading.answered, grading.entered_by) == (Decimal(80), 5, None)
    secretary = sign_in(cast.secretary)
    assert "到期自动结束" in secretary.get(f"/assessment/surveys/{row.pk}/").content.decode()
    assert f"/assessment/surveys/{row.pk}/" in secretary.get(f"/assessment/grades/{grading.pk}/").content.decode()


def test_nothing_stored_leads_from_a_slip_to_an_answer_a_person_or_a_moment() -> None:
    slip = {field.name: field for field in SurveySlip._meta.get_fields()}
    assert set(slip) == {"id", "survey", "code_hash", "is_used"}
    assert isinstance(slip["id"], models.UUIDField), "no number that grows with the place on the sheet"
    pointing = {one.related_model.__name__ for one in SurveySlip._meta.related_objects}
    assert pointing == set(), "nothing points at a slip"
    assert {one.related_model.__name__ for one in Survey._meta.related_objects} == {"SurveySlip"}
    moments = {one.name for one in Survey._meta.fields if isinstance(one, models.DateTimeField)}
    assert moments == {"opened_at"}, "no row is stamped when an answer comes in"


def test_answers_in_any_order_leave_the_same_rows(cast: Cast, client: Client) -> None:
    row, codes = begun(cast)
    for code, mark in zip(codes[:3], (1, 5, 3), strict=True):
        answer(client, code, mark, 6 - mark)
    row.refresh_from_db()
    assert row.counts == [[1, 0, 1, 0, 1], [1, 0, 1, 0, 1]], "which two marks came together is not kept"


def test_guessing_is_slowed_and_codes_stay_out_of_the_log(
    cast: Cast, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    _row, codes = begun(cast)
    guesses = [client.get(f"/s/{rules.new_code()}/").status_code for _ in range(11)]
    assert guesses == [404] * 10 + [429]
    assert client.get(f"/s/{codes[0]}/").status_code == 200, "a hall behind one address is not shut out by one of it"
    caplog.clear()
    client.put(f"/s/{codes[0]}/")
    assert len(caplog.records) == 1 and WithoutKeys().filter(caplog.records[0])
    assert codes[0] not in caplog.records[0].getMessage() and "/s/…" in caplog.records[0].getMessage()
    kept = logging.makeLogRecord({"msg": "%s of %d", "args": ("/assessment/", 3)})
    assert WithoutKeys().filter(kept) and kept.getMessage() == "/assessment/ of 3"


def test_the_demo_shows_one_under_way_and_one_with_its_result(cast: Cast) -> None:
    surveyed.fill(scope_of(cast.organizer.user, TODAY), [cast.branch, cast.sibling], TODAY)
    shown = [(row.organization, row.state, row.answered, bool(row.grading)) for row in Survey.objects.order_by("pk")]
    assert shown == [(cast.branch, "open", 7, False), (cast.sibling, "closed", 12, True)]


@pytest.mark.django_db(transaction=True)
def test_a_slip_sent_twice_at_one_moment_counts_once() -> None:
    cast = make_cast()
    row, codes = begun(cast)

    def post(mark: int) -> Callable[[], int]:
        client = Client()
        return lambda: int(answer(client, codes[0], mark, mark).status_code)

    assert sorted(together(post(5), post(1))) == [200, 410]
    row.refresh_from_db()
    assert row.answered == 1 and sum(map(sum, row.counts)) == 2
