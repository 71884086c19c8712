"""A workbook of payments: read, compared, registered in one go, undone; and the same file again."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.cast import TODAY, Cast, make_person
from zhibu.dues import actions, queries
from zhibu.dues.actions import PaymentLine
from zhibu.dues.enums import Finding, IncomeKind, StatementState
from zhibu.dues.models import Due, Payment, Statement
from zhibu.exchange import actions as exchange
from zhibu.exchange.payments import payment_lines
from zhibu.regulations.refusal import Refusal

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 12)
HEAD = ["序号", "缴费人姓名", "学号", "实缴金额（元）", "交易时间", "商户订单号"]


def workbook(*rows: list[Any], head: list[str] = HEAD) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("流水")
        sheet.write_row(0, 0, ["党费缴费明细"])
        sheet.write_row(2, 0, head)
        for number, row in enumerate(rows, 3):
            sheet.write_row(number, 0, row)
    return stream.getvalue()


@pytest.fixture
def due(cast: Cast) -> Cast:
    scope = cast.scope(cast.organizer)
    for person in (cast.member, cast.secretary):
        actions.fix_base(scope, person, kind=IncomeKind.MONTHLY, amount="3000", started_on=date(2026, 9, 1))
    for serial in (81, 82):
        make_person("同名", cast.branch, serial=serial)
    return cast


def line(number: int, name: str = "孟员", amount: str = "45.00", **more: Any) -> PaymentLine:
    return PaymentLine(number, name, amount=Decimal(amount), **{"paid_on": DAY, "reference": f"T{number}", **more})


def taken(cast: Cast, *lines: PaymentLine, digest: str = "d" * 64) -> Statement:
    """A workbook that the worker has read already."""
    scope = cast.scope(cast.secretary)
    made, is_new = actions.announce(scope, cast.branch, file_name="a.xlsx", digest=digest)
    return actions.fill(scope, made, lines) if is_new else made


def test_a_workbook_of_a_payment_service_is_read_whatever_its_titles() -> None:
    content = workbook(
        [1, "孟员", "member", 45.1, "2026-11-12 09:30:11", "T1"],
        [2, "舒记", "secretary", "￥1,015.00", "2026/11/12", "T2"],
        [3, "林居", "", "-3", "2026-11-12", "T3"],
        [4, "林居", "", "1e5", "2026-11-12", "T4"],
        [5, "林居", "", "１，０００．５０元", "2026-11-12", "T5"],
        [6, "林居", "", "1,00.00", "2026-11-12", "T6"],
        [7, "林居", "", "0.001", "2026-11-12", "T7"],
        ["合计", "", "", 60, "", ""],
    )

    lines = payment_lines(content)

    assert [(one.name, one.person_number, one.amount, one.paid_on, one.reference) for one in lines[:2]] == [
        ("孟员", "member", Decimal("45.10"), DAY, "T1"),
        ("舒记", "secretary", Decimal("1015.00"), DAY, "T2"),
    ]
    assert [one.number for one in lines] == [4, 5, 6, 7, 8, 9, 10]
    assert "不大于零" in lines[2].fault
    assert lines[3].fault.startswith("第 7 行“金额”列：看不懂金额“1e5”") and "看不懂" in lines[5].fault
    assert lines[4].amount == Decimal("1000.50") and "最多到分" in lines[6].fault


def test_a_csv_does_as_well_and_another_file_is_refused() -> None:
    text = "姓名,金额,日期,流水号\n孟员,0.2,20261112,T9\n"

    assert payment_lines(text.encode("gb18030"))[0].amount == Decimal("0.20")
    for wrong in (b"", b"%PDF-1.7", workbook(["x"], head=["会议", "主题"]), "姓名,日期\n甲乙,2026-11-12\n".encode()):
        with pytest.raises(Refusal) as refused:
            payment_lines(wrong)
        assert refused.value.remedy


def test_every_row_says_what_it_is_before_anything_is_written(due: Cast) -> None:
    actions.register(
        due.scope(due.secretary), due.secretary, months=[date(2026, 9, 1)], amount="15", paid_on=DAY, reference="OLD"
    )
    one = taken(
        due,
        line(1),  # three months at once
        line(2, "舒记", "15.00", reference="OLD"),
        line(3, "舒记", "16.00"),
        line(4, "舒记", "15.00", person_number="secretary"),
        line(5, "同名"),
        line(6, "林居"),  # belongs elsewhere
        line(7, "孟员", person_number="secretary"),
        line(8, paid_on=None),
        line(9, "孟员", "45.00", reference="T1"),  # the first row once more
    )

    found = {row.number: (Finding(row.finding), len(row.months)) for row in one.rows.all()}

    assert found == {
        1: (Finding.MATCHED, 3), 2: (Finding.REGISTERED, 0), 3: (Finding.AMOUNT, 0), 4: (Finding.MATCHED, 1),
        5: (Finding.AMBIGUOUS, 0), 6: (Finding.UNKNOWN, 0), 7: (Finding.UNKNOWN, 0), 8: (Finding.FAULTY, 0),
        9: (Finding.REGISTERED, 0),
    }  # fmt: skip
    assert Payment.objects.count() == 1


def test_what_matches_is_registered_at_once_and_can_be_undone(due: Cast) -> None:
    scope = due.scope(due.secretary)
    one = taken(due, line(1), line(2, "舒记", "15.00"))

    made = actions.confirm(scope, one.pk)

    assert [(payment.amount, payment.reference) for payment in made] == [(45, "T1"), (15, "T2")]
    assert queries.in_hand(due.branch) == 60
    with pytest.raises(Refusal, match="没有再登记"):
        actions.confirm(scope, one.pk)

    assert actions.undo(scope, one.pk, reason="上传了错误的文件") == 2
    assert queries.in_hand(due.branch) == 0
    assert not Due.objects.filter(payment__isnull=False).exists()


def test_the_same_file_again_changes_nothing_until_it_was_undone(due: Cast) -> None:
    scope = due.scope(due.secretary)
    first = taken(due, line(1))
    actions.confirm(scope, first.pk)

    assert (taken(due, line(1)), Payment.objects.count()) == (first, 1)

    actions.undo(scope, first.pk, reason="上传了错误的文件")
    again = taken(due, line(1))
    assert again != first and again.rows.get().finding == Finding.MATCHED


def test_a_change_after_the_preview_stops_the_whole_registration(due: Cast) -> None:
    scope = due.scope(due.secretary)
    one = taken(due, line(1), line(2, "舒记", "15.00"))
    actions.register(scope, due.secretary, months=[date(2026, 9, 1)], amount="15", paid_on=TODAY)

    with pytest.raises(Refusal, match="没有登记任何一行"):
        actions.confirm(scope, one.pk)

    assert Payment.objects.count() == 1


def test_a_secretary_uploads_sees_and_registers(due: Cast, sign_in: Any) -> None:
    client = sign_in(due.secretary)
    content = workbook([1, "孟员", "member", 45, "2026-11-12", "T1"], [2, "无此人", "", 1, "2026-11-12", "T2"])

    def send() -> Any:
        file = SimpleUploadedFile("流水.xlsx", content)
        return client.post(reverse("exchange:payments"), {"organization": due.branch.code, "file": file}, follow=True)

    waits = send().content.decode()
    one = Statement.objects.get()
    bar = client.get(reverse("exchange:payments-progress", args=[one.pk]))
    assert "等待后台任务开始核对" in waits and "等待后台任务开始核对" in bar.content.decode()
    assert one.stored_as and not one.rows.exists()

    exchange.read_payments(one.pk)
    done = client.get(reverse("exchange:payments-progress", args=[one.pk]))
    shown = client.get(reverse("dues:statement", args=[one.pk])).content.decode()
    one.refresh_from_db()
    assert (done.status_code, done.headers["HX-Refresh"], one.stored_as) == (204, "true", "")
    assert "可以登记 <strong>1</strong> 行" in shown and "名册里没有这个人" in shown

    assert client.post(reverse("dues:confirm", args=[one.pk])).status_code == 302
    assert "没有改动任何记录" in send().content.decode()

    one.refresh_from_db()
    assert (one.state, Payment.objects.get().months) == (
        StatementState.CONFIRMED, [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)],
    )  # fmt: skip


def test_a_reference_registered_by_hand_meanwhile_stops_the_whole_registration(due: Cast) -> None:
    scope = due.scope(due.secretary)
    one = taken(due, line(1), line(2, "舒记", "15.00"))
    actions.register(scope, due.member, months=[date(2026, 9, 1)], amount="15", paid_on=DAY, reference="T2")
    actions.withdraw(scope, Payment.objects.get().pk, reason="登记错了人")
    actions.register(
        scope, due.secretary, months=[date(2026, 10, 1)], amount="15", paid_on=DAY, reference="T1"
    )  # the member's own reference, typed at somebody else

    with pytest.raises(Refusal, match="流水号刚才已经登记"):
        actions.confirm(scope, one.pk)

    assert Payment.objects.filter(withdrawn_at=None).count() == 1


def test_old_money_pays_no_month_that_was_still_to_come(due: Cast) -> None:
    one = taken(
        due, line(1, paid_on=date(2025, 1, 5)), line(2, "舒记", "15.00", paid_on=date(2026, 9, 2)),
        line(3, paid_on=date(1990, 1, 1)),
    )  # fmt: skip

    found = {row.number: (Finding(row.finding), row.months) for row in one.rows.all()}

    assert found[1] == (Finding.AMOUNT, []) and found[3] == (Finding.FAULTY, [])
    assert found[2] == (Finding.MATCHED, [date(2026, 9, 1)])


def test_the_same_money_twice_in_a_file_without_a_reference_is_asked_about(due: Cast, sign_in: Any) -> None:
    twice = [["舒记", "15", "2026-11-12"], ["舒记", "15", "2026-11-12"], ["舒记", "15", "2026-11-13"]]
    head = ["姓名", "金额", "日期"]
    lines = payment_lines("\n".join(",".join(row) for row in (head, *twice)).encode())
    one = taken(due, *lines)
    client = sign_in(due.secretary)

    page = client.get(reverse("dues:statement", args=[one.pk])).content.decode()
    findings = list(one.rows.order_by("number").values_list("finding", "months"))

    assert "是不是同一笔钱" in page and "与第 2 行同一人、同一天、同样金额" in page
    # The third row's month does not depend on the answer about the second.
    assert findings == [
        ("matched", [date(2026, 9, 1)]), ("repeated", [date(2026, 11, 1)]), ("matched", [date(2026, 10, 1)]),
    ]  # fmt: skip
    assert client.post(reverse("dues:confirm", args=[one.pk])).status_code == 302
    assert Payment.objects.count() == 2


def test_rows_that_somebody_vouched_for_are_registered_too(due: Cast, sign_in: Any) -> None:
    rows = [line(2, "舒记", "15.00", reference=""), line(3, "舒记", "15.00", reference="")]
    one = taken(due, *rows)

    answer = sign_in(due.secretary).post(reverse("dues:confirm", args=[one.pk]), {"also": ["3", "x", "9" * 40]})

    assert answer.status_code == 302
    assert [payment.months for payment in Payment.objects.order_by("pk")] == [[date(2026, 9, 1)], [date(2026, 10, 1)]]
