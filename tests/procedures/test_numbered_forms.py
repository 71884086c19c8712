"""A committee keeps the register of 《入党志愿书》; the pre-examination hands out its numbered forms, one a person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.cast import TODAY, Cast, make_person
from tests.house.test_permissions import client_of
from tests.procedures.road import take, voters
from zhibu.audit.models import Entry as Audited
from zhibu.people.enums import StageKind
from zhibu.procedures import actions
from zhibu.procedures.models import Case, NumberedForm
from zhibu.procedures.numbered import actions as register
from zhibu.procedures.numbered import queries
from zhibu.procedures.numbered.enums import FormAct, FormState
from zhibu.regulations.refusal import Refusal, Refusals
from zhibu.ui.waiting import answered

pytestmark = pytest.mark.django_db
ROAD = (
    ("introducers", date(2026, 10, 1)), ("political_review", date(2026, 10, 1)), ("training", date(2026, 10, 10)),
    ("committee_review", date(2026, 10, 12)),
)  # fmt: skip
EXAMINED, FILLED = date(2026, 10, 20), date(2026, 10, 25)
RANGE = {"first": "2026-0009", "last": "2026-0012", "listed": "", "on": "2026-10-01", "organization": "C0002"}


def candidate(cast: Cast, name: str = "发象", serial: int = 720) -> Case:
    """Somebody who only waits for the pre-examination."""
    person = make_person(name, cast.branch, serial=serial, stage=StageKind.CANDIDATE, since=date(2026, 9, 1))
    case = actions.open_case(cast.scope(cast.secretary), "admission", person)
    for step, on in ROAD:
        take(cast, case, step, on)
    return case


@pytest.fixture
def case(cast: Cast) -> Case:
    voters(cast)
    return candidate(cast)


def kept(cast: Cast, *numbers: str) -> None:
    register.take_in(cast.scope(cast.organizer), cast.faculty, numbers, on=date(2026, 10, 1))


def examine(cast: Cast, case: Case, number: str = "", **more: Any) -> None:
    data = {"form_issued": number, "form_received_by": "舒记"} if number else {}
    take(cast, case, "pre_examination", EXAMINED, data=data, **more)


def refused(call: Any) -> str:
    with pytest.raises((Refusal, Refusals)) as told:
        call()
    return str(told.value)


def state_of(number: str) -> tuple[str, Any]:
    found = NumberedForm.objects.get(number=number)
    return found.state, found.case


def test_a_range_is_taken_in_once_and_the_step_offers_the_next_unused_number(cast: Cast, case: Case) -> None:
    client = client_of(cast, "organizer")
    first, again = client.post("/procedures/forms/new/", RANGE), client.post("/procedures/forms/new/", RANGE)
    page = client.get(f"/procedures/{case.pk}/pre_examination/").content.decode()

    assert (first.status_code, again.status_code) == (302, 422)
    assert "已经登记过的编号：2026-0009、2026-0010" in again.content.decode() and "2026-0012" in again.content.decode()
    assert [form.number for form in NumberedForm.objects.all()] == ["2026-0009", "2026-0010", "2026-0011", "2026-0012"]
    assert 'value="2026-0009"' in page and '<option value="2026-0012">' in page


def test_without_a_register_the_number_is_free_as_before(cast: Cast, case: Case) -> None:
    page = client_of(cast, "organizer").get(f"/procedures/{case.pk}/pre_examination/").content.decode()
    examine(cast, case)
    take(cast, case, "application_form", FILLED, data={"form_number": "随意-1"})

    assert "form_issued" not in page and "form_received_by" not in page
    assert NumberedForm.objects.count() == 0


def test_a_form_goes_from_the_committee_to_the_candidate_and_is_used(cast: Cast, case: Case) -> None:
    kept(cast, "A1", "A2")

    examine(cast, case, "Ａ1 ")  # full width, as an input method writes it
    issued = state_of("A1")
    wrong = refused(lambda: take(cast, case, "application_form", FILLED, data={"form_number": "A2"}))
    take(cast, case, "application_form", FILLED, data={"form_number": "A1"})

    assert issued == (FormState.ISSUED, case) and state_of("A1") == (FormState.USED, case)
    assert "发放的编号是 A1，填写的是 A2" in wrong
    found = NumberedForm.objects.get(number="A1")
    assert (found.issued_on, found.received_by) == (EXAMINED, "舒记")
    assert [one.act for one in queries.records(found)] == [FormAct.TAKEN_IN, FormAct.ISSUED, FormAct.USED]


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("", "请填写发放的入党志愿书编号"),
        ("B9", "不在上级党委的入党志愿书登记中"),
        ("B1", "已登记作废"),
        ("B2", "已登记遗失"),
        ("B3", "已发放给别人"),
    ],
)
def test_the_pre_examination_refuses_numbers_that_are_not_free(cast: Cast, case: Case, number: str, why: str) -> None:
    kept(cast, "B1", "B2", "B3", "B4")
    organizer = cast.scope(cast.organizer)
    for spoiled, act in (("B1", FormAct.VOIDED), ("B2", FormAct.LOST)):
        pk = NumberedForm.objects.get(number=spoiled).pk
        register.spoil(organizer, pk, act, on=date(2026, 10, 2), reason="印制有误，已报组织部")
    examine(cast, candidate(cast, "别人", 721), "B3")

    assert why in refused(lambda: examine(cast, case, number))
    assert case.entries.filter(step="pre_examination").count() == 0


def test_a_spoiled_form_is_replaced_and_the_history_stays(cast: Cast, case: Case) -> None:
    kept(cast, "C1", "C2")
    examine(cast, case, "C1")
    client = client_of(cast, "organizer")
    first, second = (NumberedForm.objects.get(number=number) for number in ("C1", "C2"))
    given = {"case": case.person.name, "on": "2026-10-22", "received_by": "舒记"}

    early = client.post(f"/procedures/forms/{second.pk}/issue/", given)
    nobody = client.post(f"/procedures/forms/{second.pk}/issue/", {**given, "case": "无此人"})
    client.post(f"/procedures/forms/{first.pk}/void/", {"on": "2026-10-22", "reason": "本人填写错误"})
    issued = client.post(f"/procedures/forms/{second.pk}/issue/", given)
    take(cast, case, "application_form", FILLED, data={"form_number": "C2"})
    page = client.get(f"/procedures/forms/{first.pk}/").content.decode()

    assert (early.status_code, issued.status_code) == (422, 302)
    assert nobody.status_code == 422 and "没有“无此人”等待填写志愿书的事项" in nobody.content.decode()
    assert (state_of("C1"), state_of("C2")) == ((FormState.VOID, case), (FormState.USED, case))
    assert "本人填写错误" in page and "发放" in page


def test_a_form_that_turns_up_again_is_put_right_by_a_further_record(cast: Cast, case: Case) -> None:
    kept(cast, "D1")
    examine(cast, case, "D1")
    organizer, pk = cast.scope(cast.organizer), NumberedForm.objects.get().pk

    register.spoil(organizer, pk, FormAct.LOST, on=date(2026, 10, 21), reason="搬家时遗失，已报告党委")
    lost = state_of("D1")[0]
    register.put_right(organizer, pk, reason="已在档案柜中找到")

    assert (lost, state_of("D1")) == (FormState.LOST, (FormState.ISSUED, case))
    acts = [one.act for one in queries.records(NumberedForm.objects.get())]
    assert acts == [FormAct.TAKEN_IN, FormAct.ISSUED, FormAct.LOST, FormAct.CORRECTED]


def test_a_form_that_a_case_rests_on_is_not_void_until_the_step_was_sent_back(cast: Cast, case: Case) -> None:
    kept(cast, "E1", "E2")
    examine(cast, case, "E1")
    take(cast, case, "application_form", FILLED, data={"form_number": "E1"})
    organizer, pk = cast.scope(cast.organizer), NumberedForm.objects.get(number="E1").pk

    def spoil() -> object:
        return register.spoil(organizer, pk, FormAct.VOIDED, on=FILLED, reason="填写错误，换发")

    assert "正在使用编号 E1" in refused(spoil)
    assert "正在使用编号 E1" in refused(lambda: register.put_right(organizer, pk, reason="登记有误"))
    case.refresh_from_db()
    actions.send_back(organizer, case.pk, "application_form", version=case.version, reason="志愿书填写错误")
    spoil()

    assert state_of("E1")[0] == FormState.VOID


def test_numbers_that_were_used_before_the_register_was_kept_come_in_as_used(cast: Cast, case: Case) -> None:
    examine(cast, case)
    take(cast, case, "application_form", FILLED, data={"form_number": "F1"})

    kept(cast, "F1", "F2")

    assert (state_of("F1"), state_of("F2")[0]) == ((FormState.USED, case), FormState.UNUSED)


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        ({"on": "2026-11-22"}, "on", "日期不能晚于今天"),
        ({"on": "2020-08-31"}, "on", "2020-09-01 才成立"),
        ({"last": "2026-12"}, "last", "位数相同"),
        ({"first": "2026-0013"}, "last", "止号小于起号"),
        ({"last": "2026-9999"}, "last", "一次最多登记"),
        ({"listed": "2026-0010"}, "listed", "重复的编号：2026-0010"),
        ({"first": "", "last": ""}, "first", "没有填写编号"),
        ({"organization": "C0004"}, "organization", "没有这个有审批权限的基层党委"),
    ],
)
def test_bad_ranges_are_refused_and_what_was_typed_is_kept(
    cast: Cast, change: dict[str, str], field: str, why: str
) -> None:
    answer = client_of(cast, "organizer").post("/procedures/forms/new/", {**RANGE, **change})

    assert answer.status_code == 422 and why in answer.content.decode()
    assert f'id="id_{field}-errors"' in answer.content.decode() or why in str(answer.context["form"].errors[field])
    assert answer.context["form"].data["first"] == {**RANGE, **change}["first"]
    assert NumberedForm.objects.count() == 0


def test_the_register_belongs_to_the_committee(cast: Cast, case: Case, sign_in: Any) -> None:
    kept(cast, "G1")
    pk = NumberedForm.objects.get().pk

    assert client_of(cast, "secretary").get("/procedures/forms/new/").status_code == 403
    assert client_of(cast, "secretary").get(f"/procedures/forms/{pk}/").status_code == 404
    neighbour: Client = sign_in(cast.neighbour)
    assert neighbour.get(f"/procedures/forms/{pk}/").status_code == 404


def test_the_committee_is_told_when_fewer_numbers_are_left_than_needed(cast: Cast, case: Case) -> None:
    organizer = cast.scope(cast.organizer)
    kept(cast, "H1")
    enough = [one.title for one in answered(queries.waiting(organizer))]
    candidate(cast, "次象", 722)
    short = [one.title for one in answered(queries.waiting(organizer))]
    page = client_of(cast, "organizer").get("/procedures/forms/").content.decode()

    assert (enough, short) == ([], ["入党志愿书的未使用编号不够"])
    assert "有 2 人，未使用的编号还有 1 个" in page


def test_the_list_narrows_and_goes_out_as_a_workbook(cast: Cast, case: Case) -> None:
    kept(cast, "I1", "I2")
    examine(cast, case, "I1")
    client = client_of(cast, "organizer")

    issued = client.get("/procedures/forms/?state=issued&q=发象").content.decode()
    workbook = client.get("/procedures/forms/?export=csv")

    assert ">I1</a>" in issued and ">I2</a>" not in issued
    assert b"I2" in b"".join(workbook) and Audited.objects.filter(verb="export").count() == 1


def test_two_candidates_are_not_given_one_number_before_the_day_is_over(cast: Cast, case: Case) -> None:
    """The second browser still shows the number as free."""
    kept(cast, "J1", "J2")
    examine(cast, candidate(cast, "别人", 723), "J1")
    case.refresh_from_db()
    given = {
        "version": case.version, "on": str(EXAMINED), "outcome": "qualified", "form_issued": "J1",
        "form_received_by": "舒记", "place_preexam_reply": "党委档案柜", "reason": "",
    }  # fmt: skip

    answer = client_of(cast, "organizer").post(f"/procedures/{case.pk}/pre_examination/", given)

    assert answer.status_code == 422 and "编号 J1 的入党志愿书已发放给别人" in answer.content.decode()
    assert "党委档案柜" in answer.content.decode()
    assert TODAY >= EXAMINED and case.entries.filter(step="pre_examination").count() == 0
