"""Letters of introduction: numbered without gaps, valid for so many days, used once."""

from __future__ import annotations

import io
import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from docx import Document

from tests.cast import TODAY, Cast, id_number, make_cast, make_person
from tests.procedures.moving import FARAWAY, office, sent_out, take, traveller, where
from zhibu.audit.models import Entry as AuditEntry
from zhibu.people import actions as people
from zhibu.people.enums import StageKind
from zhibu.people.models import Person
from zhibu.procedures import actions
from zhibu.procedures.models import Case, Letter, OpenStep
from zhibu.procedures.queries import open_rows, state_of
from zhibu.procedures.transfers import actions as transfers
from zhibu.procedures.transfers.actions import IncomingLetter
from zhibu.regulations.dates import add_months
from zhibu.regulations.refusal import Refusal, Refusals

pytestmark = pytest.mark.django_db
SENT = date(2026, 6, 15)
THEIRS = IncomingLetter("（2026）第0815号", "中共异地市委组织部", date(2026, 11, 1), 30, "2026-10")


def refused(call: Any, *args: Any, **more: Any) -> Refusal:
    with pytest.raises((Refusal, Refusals)) as caught:
        call(*args, **more)
    return caught.value.refusals[0] if isinstance(caught.value, Refusals) else caught.value


def newcomer(serial: int = 900) -> dict[str, Any]:
    return {
        "name": "任新", "id_number": id_number(serial), "gender": "1", "ethnicity": "01",
        "birth_date": date(2000, 1, 1), "joined_on": date(2023, 6, 1), "confirmed_on": date(2024, 6, 1),
    }  # fmt: skip


def test_a_letter_is_numbered_by_year_and_issuer_without_gaps(cast: Cast) -> None:
    last_year = sent_out(cast, traveller(cast, serial=600), date(2025, 12, 31))
    first = sent_out(cast, traveller(cast, serial=601))
    actions.withdraw(
        office(cast), first.pk, version=Case.objects.get(pk=first.pk).version, on=TODAY, way_out="", reason="不再转接"
    )
    second = sent_out(cast, traveller(cast, serial=602))
    other = sent_out(cast, make_person("异支", cast.other_branch, serial=603))

    assert last_year.letters.get().number == "（2025）第0001号"
    assert (first.letters.get().number, first.letters.get().state) == ("（2026）第0001号", "void")
    assert second.letters.get().number == "（2026）第0002号"  # a void number is not given again
    assert other.letters.get().number == "（2026）第0001号"  # the other faculty counts by itself


def test_what_a_system_carries_needs_no_paper(cast: Cast) -> None:
    from dataclasses import replace

    case = transfers.request(office(cast), traveller(cast), outside=replace(FARAWAY, kind="province"))
    take(office(cast), case, "consent")
    take(office(cast), case, "sent")
    take(office(cast), case, "receipt")

    case.refresh_from_db()
    assert case.state == "done" and not case.letters.exists()


@pytest.mark.parametrize(("days", "may"), [(0, False), (1, True), (90, True), (91, False)])
def test_the_sender_says_for_how_long_up_to_ninety_days(cast: Cast, days: int, may: bool) -> None:
    case = transfers.request(office(cast), traveller(cast), outside=FARAWAY)
    take(office(cast), case, "consent")

    if may:
        take(office(cast), case, "sent", data={"valid_days": days})
        assert case.letters.get().valid_until == TODAY + timedelta(days=days)
    else:
        said = refused(take, office(cast), case, "sent", data={"valid_days": days})
        assert "1 至 90 天" in said.message and said.rule == "move.letter"


def test_a_letter_says_until_when_dues_are_paid(cast: Cast) -> None:
    case = transfers.request(office(cast), traveller(cast), outside=FARAWAY)
    take(office(cast), case, "consent")

    assert "党费交至" in refused(take, office(cast), case, "sent", data={"dues_until": ""}).message


@pytest.mark.parametrize(("after", "may"), [(90, True), (91, False)])
def test_accepted_on_the_last_day_but_not_the_day_after(cast: Cast, after: int, may: bool) -> None:
    person = traveller(cast)
    case = sent_out(cast, person, SENT)
    day = SENT + timedelta(days=after)

    if may:
        take(office(cast, day), case, "receipt")
        person.refresh_from_db()
        assert person.stage == StageKind.TRANSFERRED and case.letters.get().state == "used"
        assert where(person)[1] == 0
    else:
        said = refused(take, office(cast, day), case, "receipt")
        assert "已超过 1 天" in said.message and said.rule == "move.letter"


def test_until_the_receipt_the_old_branch_keeps_the_person(cast: Cast) -> None:
    person = traveller(cast)
    sent_out(cast, person)

    assert where(person) == (cast.branch, 1)
    assert person.stage == StageKind.FULL


def test_a_used_letter_cannot_be_used_again(cast: Cast) -> None:
    case = sent_out(cast, traveller(cast))
    take(office(cast), case, "receipt")

    assert "已办结" in refused(take, office(cast), case, "receipt").message


@pytest.mark.parametrize(("later", "may"), [(0, True), (1, False)])
def test_an_overdue_letter_is_given_anew_within_six_months_against_the_original(
    cast: Cast, later: int, may: bool
) -> None:
    case = sent_out(cast, traveller(cast), SENT)
    transfers.fall_back(office(cast, SENT + timedelta(days=91)))
    assert case.letters.get().state == "expired"
    day = add_months(SENT, 6) + timedelta(days=later)

    without = refused(take, office(cast, SENT + timedelta(days=100)), case, "sent", data={"original_collected": False})
    assert "收回原介绍信" in without.message
    if may:
        take(office(cast, day), case, "sent")
        old, new = case.letters.order_by("pk")
        assert (new.replaces, new.state, new.serial) == (old, "issued", 2)
    else:
        said = refused(take, office(cast, day), case, "sent")
        assert said.rule == "move.reissue" and "不能再凭原件重开" in said.message and "第一部分" in said.citation


def test_a_receipt_that_came_late_counts_by_its_own_day(cast: Cast) -> None:
    person = traveller(cast)
    case = sent_out(cast, person, SENT)
    transfers.fall_back(office(cast, SENT + timedelta(days=91)))
    scope = office(cast, SENT + timedelta(days=95))
    case.refresh_from_db()

    outside = SENT + timedelta(days=91)
    said = refused(transfers.late_receipt, scope, case.pk, version=case.version, on=outside, reason="回执今天才寄到")
    assert said.rule == "move.letter"
    accepted = SENT + timedelta(days=90)
    transfers.late_receipt(scope, case.pk, version=case.version, on=accepted, reason="回执今天才寄到")

    case.refresh_from_db()
    person.refresh_from_db()
    assert (case.state, person.stage) == ("done", StageKind.TRANSFERRED)
    assert state_of(case).on("receipt") == accepted == case.letters.get().used_on


def test_the_receiver_sends_it_back_with_a_reason(cast: Cast) -> None:
    person = traveller(cast)
    case = sent_out(cast, person)
    assert "须写明理由" in refused(take, office(cast), case, "receipt", outcome="declined").message

    take(office(cast), case, "receipt", outcome="declined", reason="抬头应为区委组织部")

    assert case.letters.get().state == "returned"
    assert where(person) == (cast.branch, 1)


def test_without_a_worker_an_overdue_letter_has_fallen_back_all_the_same(cast: Cast, sign_in: Any) -> None:
    person = traveller(cast)
    case = sent_out(cast, person, SENT)  # nobody runs the worker
    letter = case.letters.get()
    last = letter.valid_until

    def waits_for(day: date) -> list[str]:
        return [row.step for row in open_rows(office(cast, day)).filter(case=case)]

    assert (waits_for(last), waits_for(last + timedelta(days=1))) == (["receipt"], ["sent"])
    client = sign_in(cast.organizer)
    assert "逾期退回" in client.get("/procedures/transfers/letters/?state=expired").content.decode()
    assert letter.number not in client.get("/procedures/transfers/letters/?state=issued").content.decode()
    assert "介绍信逾期退回，待重开" in client.get("/").content.decode()
    page = client.get(f"/procedures/{case.pk}/").content.decode()
    assert "登记迟到的回执" in page and "补印" not in page and "登记领取" not in page
    assert "逾期退回，不能打印" in client.post(
        "/procedures/transfers/letters/print/", {"selected": letter.pk}
    ).content.decode().replace(" ", "")
    assert case.entries.filter(kind="returned").count() == 0  # reading writes nothing

    said = refused(take, office(cast), case, "receipt", on=SENT)
    assert "已退回转出方" in said.message and "迟到的回执" in said.remedy
    take(office(cast), case, "sent")  # given anew: only now the return is written, with the day on which it happened
    back = case.entries.get(kind="returned")
    assert (back.on, back.recorded_by) == (last + timedelta(days=1), None)
    assert list(case.letters.order_by("pk").values_list("state", flat=True)) == ["expired", "issued"]
    assert transfers.fall_back(office(cast)) == []


# Letters from outside


def test_who_comes_with_a_letter_is_taken_in_and_the_receipt_is_due_within_a_month(cast: Cast) -> None:
    came = date(2026, 10, 31)
    letter = IncomingLetter(THEIRS.number, THEIRS.issued_by, date(2026, 10, 1), 60)
    case = transfers.receive(office(cast), cast.branch, letter, on=came, stage=StageKind.FULL, fields=newcomer())

    assert case.person is not None
    assert where(case.person) == (cast.branch, 1)
    assert OpenStep.objects.get(case=case).due == date(2026, 11, 30)
    assert case.person.affiliations.get().entry == "outside"


@pytest.mark.parametrize(("day", "may"), [(date(2026, 11, 30), True), (date(2026, 12, 1), False)])
def test_the_receipt_goes_out_within_a_month(cast: Cast, day: date, may: bool) -> None:
    letter = IncomingLetter(THEIRS.number, THEIRS.issued_by, date(2026, 10, 1), 60)
    case = transfers.receive(
        office(cast), cast.branch, letter, on=date(2026, 10, 31), stage=StageKind.FULL, fields=newcomer()
    )

    if may:
        take(office(cast, day), case, "receipt")
        case.refresh_from_db()
        assert case.state == "done"
    else:
        said = refused(take, office(cast, day), case, "receipt")
        assert said.rule == "move.receipt" and "最晚 2026-11-30" in said.message


def test_the_same_letter_is_not_taken_twice(cast: Cast) -> None:
    transfers.receive(office(cast), cast.branch, THEIRS, on=TODAY, stage=StageKind.FULL, fields=newcomer())

    said = refused(
        transfers.receive, office(cast), cast.sibling, THEIRS, on=TODAY, stage=StageKind.FULL, fields=newcomer(901)
    )

    assert "只能用一次" in said.message and said.field == "number"


@pytest.mark.parametrize(("on", "may"), [(date(2026, 11, 20), True), (date(2026, 11, 21), False)])
def test_a_letter_from_outside_counts_until_its_last_day(cast: Cast, on: date, may: bool) -> None:
    letter = IncomingLetter("（2026）第7号", "中共异地市委组织部", date(2026, 11, 10), 10)

    def receive() -> Case:
        return transfers.receive(office(cast), cast.branch, letter, on=on, stage=StageKind.FULL, fields=newcomer())

    if may:
        assert receive().state == "open"
    else:
        assert "有效期到 2026-11-20" in refused(receive).message


def test_who_left_and_comes_back_with_a_letter_comes_back_to_the_same_file(cast: Cast, sign_in: Any) -> None:
    person = traveller(cast, serial=900)
    take(office(cast, date(2026, 7, 1)), sent_out(cast, person, SENT), "receipt")
    stages, ties = person.stages.count(), person.affiliations.count()
    form = {
        "number": "（2026）第5号", "issued_by": "中共异地市委组织部", "issued_on": "2026-11-10", "valid_days": 30,
        "on": "2026-11-20", "organization": cast.other_branch.name, "stage": "50",
        **{f"person_{name}": value for name, value in newcomer().items()},
    }  # fmt: skip
    client, url = sign_in(cast.office), "/procedures/transfers/incoming/"
    assert "恢复原档案" not in client.get(url).content.decode()

    asked = client.post(url, form).content.decode()
    assert "此人曾在本校“本科生第一党支部”" in asked and 'name="returning"' in asked
    wrong = client.post(url, form | {"returning": "on"}).content.decode()
    assert "姓名与原档案不一致" in wrong and "（2026）第5号" in wrong
    assert "2021-06-01" not in wrong  # nothing of the file to whoever does not know the name
    form |= {"returning": "on", "person_name": person.name}
    assert "与原档案的日期 2021-06-01 不一致" in client.post(url, form).content.decode()
    form |= {"person_joined_on": "2021-06-01", "person_confirmed_on": "2022-06-01", "person_education": "14"}
    assert client.post(url, form).status_code == 302

    assert where(person) == (cast.other_branch, 1)
    assert (person.stage, person.education, person.number) == (StageKind.FULL, "14", "N0900")
    assert (person.stages.count(), person.affiliations.count()) == (stages + 1, ties + 1)
    assert list(person.stages.order_by("pk").values_list("kind", "started_on"))[-2:] == [
        ("85", date(2026, 7, 1)), ("50", date(2026, 11, 20)),
    ]  # fmt: skip
    assert Person.objects.filter(id_number_index=person.id_number_index).count() == 1
    take(office(cast), Case.objects.get(person=person, procedure="transfer_in"), "receipt")
    again = sent_out(cast, person)  # and may leave again
    assert again.letters.get().state == "issued"


def test_only_the_committee_above_learns_where_somebody_was_and_the_expelled_stay_out(cast: Cast) -> None:
    person = make_person("旧人", cast.other_branch, serial=900)
    people.set_stage(
        office(cast), person, StageKind.LEFT, on=date(2026, 9, 1), way_out="resigned", reason="本人要求退党"
    )
    scope = cast.scope(cast.organizer)

    def receive(returning: bool) -> Refusal:
        return refused(
            transfers.receive, scope, cast.branch, THEIRS, on=TODAY, stage=StageKind.FULL, fields=newcomer(),
            returning=returning,
        )  # fmt: skip

    assert "此人曾在本校，" in receive(False).message
    assert "不能凭介绍信恢复" in receive(True).message


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_one_letter_at_once_one_is_told(db: None) -> None:
    cast = make_cast()
    answers: list[str] = []
    ready = threading.Barrier(2, timeout=20)

    def use(serial: int) -> None:
        try:
            ready.wait()
            transfers.receive(
                office(cast), cast.branch, THEIRS, on=TODAY, stage=StageKind.FULL, fields=newcomer(serial)
            )
            answers.append("taken")
        except Refusals as refused_:
            answers.append(refused_.refusals[0].message)
        finally:
            connection.close()

    both = [threading.Thread(target=use, args=(serial,)) for serial in (910, 911)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)

    assert sorted(map(len, answers))[0] == len("taken") and any("只能用一次" in text for text in answers)
    assert Letter.objects.count() == 1 and Person.objects.filter(name="任新").count() == 1


# On screen


def test_an_organizer_sends_and_prints_in_the_browser(cast: Cast, sign_in: Any) -> None:
    case = transfers.request(cast.scope(cast.secretary), cast.member, outside=FARAWAY)
    take(cast.scope(cast.secretary), case, "consent")
    case.refresh_from_db()
    client = sign_in(cast.organizer)
    page = client.get(f"/procedures/{case.pk}/sent/").content.decode()
    assert 'value="90"' in page

    form = {"version": case.version, "on": TODAY, "outcome": "sent", "valid_days": 30, "dues_until": "2026-11"}
    assert client.post(f"/procedures/{case.pk}/sent/", form).status_code == 302
    letter = case.letters.get()
    answer = client.post("/procedures/transfers/letters/print/", {"selected": letter.pk})

    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(answer.content)).paragraphs)
    assert (
        "（2026）第0001号" in text and "虚构科技有限公司党支部" in text and "2026年11月" in text and "补印" not in text
    )
    again = client.post("/procedures/transfers/letters/print/", {"selected": letter.pk})
    copy = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(again.content)).paragraphs)
    assert "（补印，第 2 次打印）" in copy
    entry = AuditEntry.objects.filter(verb="procedures.print_letters").first()
    assert entry is not None and cast.member.name not in str(entry.changes)


def test_a_member_asks_for_the_own_transfer(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.member)
    wrong = client.post("/procedures/transfers/new/", {"target": cast.branch.name})
    assert wrong.status_code == 422 and "已经在" in wrong.content.decode()

    answer = client.post("/procedures/transfers/new/", {"target": cast.other_branch.name, "cause": "转专业"})

    case = Case.objects.get(person=cast.member)
    assert answer.status_code == 302 and case.procedure == "transfer_faculty"
    assert "党支部同意" in client.get(f"/procedures/{case.pk}/").content.decode()


def test_the_committee_takes_a_letter_in_by_the_form(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.organizer)
    form = {
        "number": "（2026）第5号", "issued_by": "中共异地市委组织部", "issued_on": "2026-11-10", "valid_days": 30,
        "on": "2026-11-20", "organization": cast.branch.name, "stage": "50",
        **{f"person_{name}": value for name, value in newcomer().items()},
    }  # fmt: skip

    answer = client.post("/procedures/transfers/incoming/", form)

    assert answer.status_code == 302, answer.content.decode()
    assert Letter.objects.get().used_on == date(2026, 11, 20)


def test_letters_that_came_back_wait_on_the_first_page(cast: Cast, sign_in: Any) -> None:
    sent_out(cast, traveller(cast), SENT)
    transfers.fall_back(office(cast))

    assert "介绍信逾期退回，待重开" in sign_in(cast.organizer).get("/").content.decode()


def test_whoever_was_transferred_out_is_shown_where_they_went_and_by_which_letter(cast: Cast, sign_in: Any) -> None:
    person = traveller(cast)
    case, client = sent_out(cast, person), sign_in(cast.office)
    before = client.get(f"/people/{person.pk}/").content.decode()
    assert "所在党支部" in before and "已转出至" not in before
    take(office(cast), case, "receipt", outcome="received")

    shown = client.get(f"/people/{person.pk}/").content.decode()
    assert "已转出至" in shown and "虚构科技有限公司党支部" in shown and "2026-11-21" in shown
    assert "介绍信（2026）第0001号，已收到回执" in shown
    assert "原所在党支部" in shown and "<dt>所在党支部" not in shown
