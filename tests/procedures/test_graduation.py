"""A graduation season: every leaver in one row, from the destination to the receipt."""

from __future__ import annotations

import io
import re
import time
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from openpyxl import load_workbook

from tests.cast import TODAY, Cast, make_person
from tests.procedures.moving import FARAWAY, office, take
from zhibu.dues.models import Due
from zhibu.dues.queries import paid_until
from zhibu.people.enums import StageKind
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.procedures.models import Leaver, Letter, OpenStep
from zhibu.procedures.queries import live
from zhibu.procedures.transfers import actions as transfers
from zhibu.procedures.transfers.enums import Destination
from zhibu.procedures.transfers.graduation import actions, bulk, queries, receipts
from zhibu.procedures.transfers.graduation.rules import Going
from zhibu.regulations.refusal import Refusal, Refusals

pytestmark = pytest.mark.django_db
GRADUATED = date(2026, 6, 30)
UNIT = Going("with_party", "unit", "虚构科技有限公司党支部", "中共虚构市委组织部", 90, "2026-06")


def refused(call: Any, *args: Any, **more: Any) -> Refusal:
    with pytest.raises((Refusal, Refusals)) as caught:
        call(*args, **more)
    return caught.value.refusals[0] if isinstance(caught.value, Refusals) else caught.value


def graduate(cast: Cast, serial: int, name: str = "", on: date = GRADUATED) -> Person:
    person = make_person(name or f"毕{serial}", cast.branch, serial=serial)
    Person.objects.filter(pk=person.pk).update(graduates_on=on, class_name="计算机2201班", grade="2022")
    person.refresh_from_db()
    return person


@pytest.fixture
def rows(cast: Cast) -> list[Leaver]:
    """Three leavers of one class, gathered into the list."""
    for serial in (401, 402, 403):
        graduate(cast, serial)
    actions.gather(cast.scope(cast.secretary), 2026)
    return list(Leaver.objects.order_by("pk"))


def progress(cast: Cast, row: Leaver, today: date = TODAY) -> str:
    return str(queries.leavers(office(cast, today), 2026).get(pk=row.pk).progress)


def test_everybody_who_graduates_is_in_the_list_once(cast: Cast, rows: list[Leaver]) -> None:
    make_person("在校", cast.branch, serial=404)
    graduate(cast, 405, on=date(2027, 6, 30))

    assert len(rows) == 3
    assert actions.gather(cast.scope(cast.secretary), 2026) == 0
    assert [row["total"] for row in queries.classes(cast.scope(cast.secretary), 2026)] == [3]


def test_the_case_suggests_the_receiver_and_refuses_the_wrong_one(cast: Cast, rows: list[Leaver]) -> None:
    scope = cast.scope(cast.secretary)
    for destination, kind in (
        ("with_party", "unit"), ("without_party", "street"), ("unsettled", "stay"), ("abroad", "stay"),
    ):  # fmt: skip
        assert actions.save(scope, rows[0].pk, Going(destination)).receiver_kind == kind

    said = refused(actions.save, scope, rows[0].pk, Going("abroad", "unit"))
    assert "留在原党支部" in said.message and said.field == "receiver_kind"


def test_a_row_is_filled_in_bit_by_bit_and_two_browsers_notice_each_other(cast: Cast, rows: list[Leaver]) -> None:
    scope = cast.scope(cast.secretary)
    first = actions.save(scope, rows[0].pk, Going("with_party"), version=0)

    assert first.version == 1
    assert "已由别人修改" in refused(actions.save, scope, rows[0].pk, UNIT, version=0).message
    assert actions.save(scope, rows[0].pk, Going("with_party"), version=1).version == 1  # nothing new, nothing written


def test_from_the_row_to_the_receipt(cast: Cast, rows: list[Leaver]) -> None:
    row = rows[0]
    assert progress(cast, row) == "no_destination"
    actions.save(cast.scope(cast.secretary), row.pk, UNIT)
    assert progress(cast, row) == "not_sent"
    mine = Leaver.objects.filter(pk=row.pk)
    bulk.submit_all(cast.scope(cast.secretary), mine)
    assert progress(cast, row) == "submitted"
    assert OpenStep.objects.get().organization == cast.faculty
    bulk.issue_all(cast.scope(cast.organizer), mine, valid_days=90, dues_until="")
    assert progress(cast, row) == "not_fetched"
    letter = Letter.objects.get()
    assert (letter.number, letter.valid_until) == ("（2026）第0001号", TODAY + timedelta(days=90))
    assert live(TODAY).get().due == letter.valid_until
    transfers.fetch(cast.scope(cast.secretary), letter.pk, on=TODAY)
    assert progress(cast, row) == "no_receipt"
    assert progress(cast, row, TODAY + timedelta(days=91)) == "fallen_back"
    receipts.receive_all(cast.scope(cast.organizer), mine, on=TODAY)

    assert progress(cast, row) == "done"
    row.person.refresh_from_db()
    assert row.person.stage == StageKind.TRANSFERRED


def test_receipts_that_came_after_the_letters_fell_back_are_entered_together_with_a_reason(
    cast: Cast, rows: list[Leaver]
) -> None:
    begun, chosen = date(2026, 6, 30), Leaver.objects.filter(pk__in=[row.pk for row in rows[:2]])
    for row in rows[:2]:
        actions.save(office(cast, begun), row.pk, UNIT)
    bulk.issue_all(office(cast, begun), chosen, valid_days=90, dues_until="")

    said = refused(receipts.receive_all, cast.scope(cast.organizer), chosen, on=date(2026, 7, 10))
    assert said.field == "reason" and "已逾期退回" in said.message
    late = refused(receipts.receive_all, cast.scope(cast.organizer), chosen, on=date(2026, 9, 29), reason="回执迟到")
    assert "2026-09-28" in late.message  # beyond the last day
    assert receipts.receive_all(cast.scope(cast.organizer), chosen, on=date(2026, 7, 10), reason="回执迟到") == 2

    assert set(Letter.objects.values_list("state", "used_on")) == {("used", date(2026, 7, 10))}


def test_a_letter_that_fell_back_and_one_out_for_more_than_six_months_are_chased(
    cast: Cast, rows: list[Leaver]
) -> None:
    begun = date(2026, 5, 20)
    actions.save(office(cast, begun), rows[0].pk, UNIT)
    bulk.issue_all(office(cast, begun), Leaver.objects.filter(pk=rows[0].pk), valid_days=90, dues_until="")
    transfers.fall_back(office(cast, date(2026, 9, 1)))

    assert progress(cast, rows[0], date(2026, 11, 20)) == "fallen_back"
    assert progress(cast, rows[0], date(2026, 11, 21)) == "too_long"


def test_what_is_missing_is_told_with_the_name_and_nothing_is_written(cast: Cast, rows: list[Leaver]) -> None:
    actions.save(cast.scope(cast.secretary), rows[0].pk, UNIT)
    actions.save(cast.scope(cast.secretary), rows[1].pk, Going("without_party"))
    everybody = Leaver.objects.all()

    said = refused(bulk.issue_all, cast.scope(cast.organizer), everybody, valid_days=30, dues_until="2026-06")

    assert said.message == f"{rows[1].person.name}：缺接收党组织、介绍信抬头。"
    assert not Letter.objects.exists()


def test_only_the_committee_gives_letters(cast: Cast, rows: list[Leaver]) -> None:
    actions.save(cast.scope(cast.secretary), rows[0].pk, UNIT)

    with pytest.raises(Exception, match="审核开具"):
        bulk.issue_all(cast.scope(cast.secretary), Leaver.objects.all(), valid_days=30, dues_until="2026-06")


def test_who_goes_on_to_another_branch_here_needs_no_letter(cast: Cast, rows: list[Leaver]) -> None:
    actions.save(cast.scope(cast.secretary), rows[0].pk, Going("with_party", "campus", cast.other_branch.name))

    done = bulk.submit_all(cast.scope(cast.secretary), Leaver.objects.filter(pk=rows[0].pk))

    rows[0].refresh_from_db()
    assert done.inside == 1 and rows[0].case is not None and rows[0].case.procedure == "transfer_faculty"


def test_once_submitted_a_row_is_changed_only_after_calling_it_off(cast: Cast, rows: list[Leaver]) -> None:
    scope = cast.scope(cast.secretary)
    actions.save(scope, rows[0].pk, UNIT)
    bulk.submit_all(scope, Leaver.objects.filter(pk=rows[0].pk))

    assert "已经送审" in refused(actions.save, scope, rows[0].pk, Going("unsettled")).message


@pytest.mark.parametrize(("destination", "until"), [("unsettled", date(2028, 6, 30)), ("abroad", date(2031, 6, 30))])
def test_who_stays_does_so_for_two_years_abroad_for_five(
    cast: Cast, rows: list[Leaver], destination: str, until: date
) -> None:
    row = actions.save(cast.scope(cast.secretary), rows[0].pk, Going(destination))

    assert row.stays_until == until
    for day, left in ((until, 0), (until + timedelta(days=1), -1)):
        assert queries.stayers(office(cast, day)).get().left.days == left


def test_one_year_more_with_consent_and_no_further(cast: Cast, rows: list[Leaver]) -> None:
    row = actions.save(cast.scope(cast.secretary), rows[0].pk, Going("unsettled"))
    with pytest.raises(Exception, match="延长由"):
        actions.extend_stay(cast.scope(cast.secretary), row.pk, reason="正在参加基层项目")

    assert "写明" in refused(actions.extend_stay, cast.scope(cast.organizer), row.pk, reason="").message
    longer = actions.extend_stay(cast.scope(cast.organizer), row.pk, reason="正在参加基层项目")
    assert longer.stays_until == date(2029, 6, 30)
    said = refused(actions.extend_stay, cast.scope(cast.organizer), row.pk, reason="还没有找到工作")
    assert said.rule == "move.stay_extension"
    # Saving the row again does not take the extension back.
    actions.save(cast.scope(cast.secretary), row.pk, Going("unsettled", dues_until="2026-06"))
    row.refresh_from_db()
    assert row.stays_until == date(2029, 6, 30)


@pytest.mark.parametrize(("day", "due"), [(date(2026, 12, 30), False), (date(2026, 12, 31), True)])
def test_who_is_abroad_is_spoken_to_every_half_year(cast: Cast, rows: list[Leaver], day: date, due: bool) -> None:
    row = actions.save(cast.scope(cast.secretary), rows[0].pk, Going("abroad"))
    assert queries.to_contact(office(cast, day)).exists() is due

    actions.contact(office(cast, day), row.pk, on=day)
    assert not queries.to_contact(office(cast, day)).exists()


def _analyze() -> None:
    """As PostgreSQL does by itself after a while. Tables emptied by other tests are else taken for empty, and eight
    hundred rows are joined as if they were one: minutes instead of half a second."""
    with connection.cursor() as cursor:
        cursor.execute("analyze")


def test_a_faculty_of_eight_hundred_is_approved_and_printed_in_seconds(cast: Cast) -> None:
    many = Person.objects.bulk_create(
        Person(
            organization=cast.branch, stage=StageKind.FULL, name=f"众{n}", pinyin=f"z{n}", number=f"G{n}", gender="1",
            ethnicity="01", birth_date=date(2003, 1, 1), graduates_on=GRADUATED, class_name=f"{n % 20}班",
        )
        for n in range(800)
    )  # fmt: skip
    since = date(2024, 6, 1)
    Stage.objects.bulk_create(
        Stage(person=one, organization=cast.branch, kind=StageKind.FULL, started_on=since) for one in many
    )
    Affiliation.objects.bulk_create(
        Affiliation(person=one, organization=cast.branch, started_on=since, entry="collected") for one in many
    )
    actions.gather(cast.scope(cast.organizer), 2026)
    fields = {
        "destination": "with_party",
        "receiver_kind": "unit",
        "to_unit": "某公司党支部",
        "addressee": "某市委组织部",
    }
    Leaver.objects.update(**fields)

    _analyze()
    begun = time.perf_counter()
    done = bulk.issue_all(cast.scope(cast.organizer), Leaver.objects.all(), valid_days=90, dues_until="2026-06")
    approved = time.perf_counter() - begun
    _analyze()
    begun = time.perf_counter()
    bulk.print_all(cast.scope(cast.organizer), Leaver.objects.all())
    printed = time.perf_counter() - begun

    assert done.issued == 800 and max(Letter.objects.values_list("serial", flat=True)) == 800
    assert approved < 20 and printed < 30  # seconds on two busy cores; measured far below
    take_one = Leaver.objects.select_related("case").first()
    assert take_one is not None and take_one.case is not None
    take(office(cast), take_one.case, "receipt")


# On screen


def test_a_row_saves_itself_and_says_what_is_wrong(cast: Cast, rows: list[Leaver], sign_in: Any) -> None:
    client = sign_in(cast.secretary)
    url = f"/procedures/graduation/{rows[0].pk}/"
    page = client.get(
        f"/procedures/graduation/class/?year=2026&branch={cast.branch.pk}&class=计算机2201班"
    ).content.decode()
    assert page.count("<tr id=") == 3

    saved = client.post(url, {"destination": "unsettled", "version": 0}, headers={"HX-Request": "true"})
    assert saved.status_code == 200 and "保留至 2028-06-30" in saved.content.decode()
    wrong = client.post(
        url, {"destination": "abroad", "receiver_kind": "unit", "version": 1}, headers={"HX-Request": "true"}
    )
    assert wrong.status_code == 422
    assert "组织关系转到：留在原党支部" in wrong.content.decode() and 'value="unit" selected' in wrong.content.decode()


def test_a_class_is_approved_printed_and_chased_in_the_browser(cast: Cast, rows: list[Leaver], sign_in: Any) -> None:
    for row in rows[:2]:
        actions.save(cast.scope(cast.secretary), row.pk, UNIT)
    client = sign_in(cast.organizer)
    here = "?year=2026"
    answer = client.post(f"/procedures/graduation/issue/{here}", {"valid_days": 60, "dues_until": "2026-06"})
    assert answer.status_code == 302 and Letter.objects.count() == 2

    assert client.post(f"/procedures/graduation/print/{here}").status_code == 200
    assert "没有可以打印的介绍信" in client.post(f"/procedures/graduation/print/{here}").content.decode()
    listed = client.get("/procedures/graduation/chase/?progress=not_fetched").content.decode()
    assert listed.count("介绍信未领取</span>") == 2
    pks = [row.pk for row in rows]
    received = "/procedures/graduation/chase/received/"
    assert "登记 2 人的回执" in client.post(received, {"selected": pks}).content.decode()
    early = client.post(received, {"selected": pks, "on": "2026-11-20", "reason": ""})
    assert early.status_code == 422 and "早于介绍信开具的日期 2026-11-21" in early.content.decode()
    future = client.post(received, {"selected": pks, "on": "2026-11-22", "reason": "按回执登记"})
    assert "不能晚于今天" in future.content.decode() and "按回执登记" in future.content.decode()
    assert client.post(received, {"selected": pks, "on": "2026-11-21", "reason": ""}).status_code == 302
    assert list(Letter.objects.values_list("state", "used_on")) == [("used", TODAY)] * 2
    assert "没有登记去向" in client.get("/procedures/graduation/").content.decode()


def test_who_has_no_destination_waits_on_the_first_page_of_the_secretary(
    cast: Cast, rows: list[Leaver], sign_in: Any
) -> None:
    assert "毕业生党员没有登记组织关系去向" in sign_in(cast.secretary).get("/").content.decode()

    for row in rows:
        actions.save(cast.scope(cast.secretary), row.pk, Going("unsettled"))
    assert "毕业生党员没有登记组织关系去向" not in sign_in(cast.secretary).get("/").content.decode()


# Workbooks

HEAD = "学号,党员姓名,毕业去向（四种）,转入党组织,抬头,有效期,党费缴至"


def upload(client: Any, *lines: str) -> Any:
    content = "\n".join([HEAD, *lines]).encode("gb18030")
    answer = client.post(
        "/exchange/leavers/", {"season": 2026, "file": SimpleUploadedFile("去向.csv", content)}, follow=True
    )
    assert answer.status_code == 200, answer.content.decode()
    return answer


def test_a_class_is_filled_from_a_workbook_and_the_same_again_changes_nothing(
    cast: Cast, rows: list[Leaver], sign_in: Any
) -> None:
    client = sign_in(cast.secretary)
    lines = (
        "N0401,毕401,单位有党组织,虚构公司党支部,中共虚构市委组织部,60天,2026年6月",
        "N0402,,出国（境）,,,,",
        ",毕403,待业,,,,2026-06",
    )
    page = upload(client, *lines)
    assert not Leaver.objects.exclude(destination="").exists()  # nothing is written before it is confirmed
    url = page.redirect_chain[-1][0]
    client.post(url, {})

    first, second, third = Leaver.objects.order_by("pk")
    assert (first.destination, first.valid_days, first.dues_until) == ("with_party", 60, "2026-06")
    assert (second.stays_until, third.receiver_kind) == (date(2031, 6, 30), "stay")
    assert "不会写入两次" in client.get(url).content.decode()
    assert "再次导入不会改变任何内容" in upload(client, *lines).content.decode()


def test_wrong_rows_are_named_by_row_and_column_and_stop_the_rest(cast: Cast, rows: list[Leaver], sign_in: Any) -> None:
    client = sign_in(cast.secretary)
    page = upload(
        client, "N0401,毕401,去火星,,,,", "N9999,何人,待业,,,,", "N0402,毕403,待业,,,,", "N0403,毕403,有党组织,,,91,",
        "N0403,,待业,,,,",
    )  # fmt: skip
    text = page.content.decode()
    for words in ("看不懂“去火星”", "没有这个学工号", "是“毕402”，与姓名不符", "1 至 90 天", "与第 5 行是同一个人"):
        assert words in text
    url = page.redirect_chain[-1][0]
    assert client.post(url, {}).status_code in {200, 422}
    assert not Leaver.objects.exclude(destination="").exists()
    assert client.get(f"{url}corrected/").content[:2] == b"PK"


def test_only_the_right_rows_are_written_when_asked(cast: Cast, rows: list[Leaver], sign_in: Any) -> None:
    client = sign_in(cast.secretary)
    page = upload(client, "N0401,毕401,待业,,,,", "N0402,毕402,去火星,,,,")
    url = page.redirect_chain[-1][0]

    assert "有 1 行有错误" in client.post(url, {}).content.decode()
    assert client.post(url, {"only_clean": "on"}).status_code == 302
    assert list(Leaver.objects.exclude(destination="").values_list("person__number", flat=True)) == ["N0401"]
    sign_in(cast.organizer)
    assert client.get(url).status_code == 404  # one's own workbook


def test_a_workbook_as_offices_really_send_it_is_judged_cell_by_cell(
    cast: Cast, rows: list[Leaver], sign_in: Any
) -> None:
    for serial in (404, 405, 406):
        graduate(cast, serial)
    actions.gather(cast.scope(cast.secretary), 2026)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page, month = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm"})
        page.write_row(0, 0, HEAD.split(","))
        page.write_row(1, 0, ["N0401", "毕401", "单位有党组织", "虚构公司党支部", "中共虚构市委组织部", 60])
        page.write_datetime(1, 6, date(2026, 6, 1), month)
        page.write_row(2, 0, ["N0402", "毕402", "待业", "", "", "", 46174])  # a date that lost its format
        page.write_formula(3, 0, '="N0403"', None, "N0403")
        page.write_formula(3, 2, "=VLOOKUP(A4,B:C,2)", None, "")  # never calculated
        page.merge_range(4, 2, 5, 2, "待业")
        page.write(4, 0, "N0404")
        page.write_row(5, 0, ["N0405"])
        page.write_row(6, 0, ["N0406", "毕406", "去火星", "", "", "三十天", "明年"])
        page.write_row(7, 0, ["合计", "", "6 人"])
    client = sign_in(cast.secretary)
    answer = client.post(
        "/exchange/leavers/", {"season": 2026, "file": SimpleUploadedFile("去向.xlsx", file.getvalue())}, follow=True
    )
    url = answer.redirect_chain[-1][0]

    listed = re.findall(
        r'<td class="number">(\d+)</td><td>[^<]*</td><td>([^<]*)</td><td>([^<]*)', answer.content.decode()
    )
    assert [(row, column) for row, column, _text in listed] == [
        ("4", "去向"), ("6", "去向"), ("7", "去向"), ("7", "有效天数"), ("7", "党费交至"),
    ]  # fmt: skip
    told = [text for _row, _column, text in listed]
    assert "没有保存它的结果" in told[0] and "合并的单元格" in told[1] and "看不懂" in told[2]
    assert client.post(url, {"only_clean": "on"}).status_code == 302
    first, second = Leaver.objects.filter(person__number__in=("N0401", "N0402")).order_by("pk")
    assert (first.dues_until, second.dues_until, second.destination) == ("2026-06", "2026-06", "unsettled")
    again = client.get(f"{url}corrected/").content
    cells = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(again)).active.iter_rows()]  # type: ignore[union-attr]
    assert cells[6][2] == "去火星" and cells[6][6:8] == ["三十天", "明年"]  # what was typed is there to be mended


def test_letters_beyond_the_days_of_the_rule_are_refused_with_the_name(cast: Cast, rows: list[Leaver]) -> None:
    actions.save(cast.scope(cast.secretary), rows[0].pk, Going("with_party", "unit", "虚构公司党支部", "某市委组织部"))

    said = refused(
        bulk.issue_all, cast.scope(cast.organizer), Leaver.objects.all(), valid_days=91, dues_until="2026-06"
    )

    assert "毕401" in said.message and "1 至 90 天" in said.message and not Letter.objects.exists()


@pytest.mark.parametrize(("day", "title"), [
    (date(2028, 3, 31), ""), (date(2028, 4, 1), "即将到期"), (date(2028, 6, 30), "即将到期"),
    (date(2028, 7, 1), "已到期限"),
])  # fmt: skip
def test_who_stays_is_told_to_the_branch_before_and_after_the_limit(
    cast: Cast, rows: list[Leaver], day: date, title: str
) -> None:
    actions.save(cast.scope(cast.secretary), rows[0].pk, Going("unsettled"))
    scope = replace(cast.scope(cast.secretary), today=day)

    asked = [one for one in queries.waiting(scope) if "保留组织关系" in one.told(1, day).title and one.rows.exists()]

    assert [one.told(1, day).title[-4:] for one in asked] == ([title] if title else [])


def settle_dues(person: Person, *months: date, open_: date | None = None) -> None:
    """Months without anything to pay, and one that is owed."""
    for month in months:
        Due.objects.create(person=person, organization=person.organization, month=month, amount=0, kind="student")
    if open_:
        Due.objects.create(person=person, organization=person.organization, month=open_, amount=1, kind="student")


def test_the_form_to_fill_in_names_the_class_offers_the_words_and_is_read_again(
    cast: Cast, rows: list[Leaver], sign_in: Any
) -> None:
    settle_dues(rows[0].person, date(2026, 9, 1), date(2026, 10, 1))
    client = sign_in(cast.secretary)
    content = client.get("/procedures/graduation/template/?year=2026").content
    book = load_workbook(io.BytesIO(content))
    sheet = book["毕业去向"]

    assert [cell.value for cell in sheet[2]] == ["N0401", "毕401", None, None, None, None, None, "2026-10"]
    lists = {str(one.sqref).split(":")[0]: one.formula1 for one in sheet.data_validations.dataValidation}
    assert set(lists) == {"C2", "D2"}
    words = book["可填的词"]
    assert [cell.value for cell in words["A"] if cell.value] == Destination.labels
    assert "有接收权限的党委，写全称。" in [cell.value for cell in book["填表说明"]["C"]]
    sheet["C2"] = "出国（境）留学"
    filled = io.BytesIO()
    book.save(filled)
    answer = client.post(
        "/exchange/leavers/", {"season": 2026, "file": SimpleUploadedFile("去向.xlsx", filled.getvalue())}, follow=True
    )
    url = answer.redirect_chain[-1][0]
    client.post(url, {"only_clean": "on"})
    first = Leaver.objects.get(pk=rows[0].pk)
    assert (first.destination, first.dues_until) == ("abroad", "2026-10")
    marked = load_workbook(io.BytesIO(client.get(f"{url}corrected/").content))
    assert len(marked["毕业去向"].data_validations.dataValidation) == 2 and "填表说明" in marked.sheetnames
    assert "请填写去向" in marked["毕业去向"]["C3"].comment.text


@pytest.mark.parametrize(
    ("today", "listed", "opens"),
    [
        (date(2026, 8, 31), {2025, 2026}, 2026),
        (date(2026, 8, 31), {2024, 2025}, 2025),  # this year's list is not made yet
        (date(2026, 11, 21), {2026, 2027}, 2026),  # receipts of this summer are awaited
        (date(2026, 11, 21), {2025, 2027}, 2027),
        (date(2026, 11, 21), {2023, 2024}, 2024),
    ],
)
def test_the_page_opens_on_the_season_at_hand_that_has_a_list(
    cast: Cast, today: date, listed: set[int], opens: int
) -> None:
    for serial, year in enumerate(sorted(listed), start=401):
        Leaver.objects.create(person=graduate(cast, serial), season=year)

    assert queries.current_season(office(cast, today)) == opens


def test_without_a_list_the_page_opens_on_the_year_that_somebody_graduates(cast: Cast, sign_in: Any) -> None:
    graduate(cast, 401, on=date(2027, 6, 30))

    page = sign_in(cast.secretary).get("/procedures/graduation/").content.decode()

    assert "生成 2027 届名单" in page


def test_dues_paid_until_comes_from_their_register(cast: Cast, rows: list[Leaver], sign_in: Any) -> None:
    settle_dues(rows[0].person, date(2026, 9, 1), date(2026, 11, 1), open_=date(2026, 10, 1))
    settle_dues(rows[1].person, open_=date(2026, 10, 1))
    assert paid_until(row.person_id for row in rows) == {rows[0].person_id: date(2026, 9, 1)}

    page = sign_in(cast.secretary).get(f"/procedures/graduation/{rows[0].pk}/").content.decode()
    assert 'value="2026-09"' in page and "开具介绍信的必填" in page
    actions.save(cast.scope(cast.secretary), rows[0].pk, replace(UNIT, dues_until=""))
    bulk.issue_all(cast.scope(cast.organizer), Leaver.objects.filter(pk=rows[0].pk), valid_days=30, dues_until="")
    assert Letter.objects.get().dues_until == "2026-09"


def test_only_a_letter_given_anew_asks_for_the_original(cast: Cast, sign_in: Any) -> None:
    person, scope = graduate(cast, 410), office(cast)
    settle_dues(person, date(2026, 10, 1))
    case = transfers.request(scope, person, outside=FARAWAY)
    take(scope, case, "consent")
    client, url = sign_in(cast.office), f"/procedures/{case.pk}/sent/"
    first = client.get(url).content.decode()
    assert "重开：已收回原介绍信" not in first
    assert 'value="2026-10"' in first and "同意并发出的必填" in first
    take(scope, case, "sent")
    take(scope, case, "receipt", outcome="declined", reason="接收方信息有误")

    assert "重开：已收回原介绍信" in client.get(url).content.decode()
