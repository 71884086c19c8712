"""The room's lists. Months and sums; of people only who belongs to the reader's branches, never in a ranking."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.dues.enums import Finding, FundKind, Manner, Purpose, ReliefState, StatementState
from zhibu.dues.models import LAST_MONTH, Due, Publication
from zhibu.dues.queries.fund import WAITS
from zhibu.dues.rules import Level, level_of, levels, said, shown
from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.people.queries import found
from zhibu.ui.tables import BulkAction, ChoiceFilter, Column, DateFilter, Empty, Table, YesNoFilter


def money(name: str, label: str, read: Callable[[Any], Any], **more: Any) -> Column:
    return Column(name, label, value=lambda row: shown(read(row)), numeric=True, **more)


class BranchesTable(Table):
    """Sums of a month by branch, and how many of its members are in arrears."""

    title = "党费收缴"
    search = "党支部名称或代码"
    search_in = ("name", "code")
    default_sort = "name"
    empty = Empty("没有党支部", "您管理范围内的党支部会显示在这里。", icon="coin")


def branches_columns(totals: dict[int, Any], runs: dict[int, list[int]], scope: Scope, month: str) -> list[Column]:
    def of(name: str) -> Callable[[Organization], Any]:
        return lambda row: getattr(totals.get(row.pk), name, 0)

    def reached(months: int) -> Callable[[Organization], int]:
        return lambda row: sum(run >= months for run in runs.get(row.pk, ()))

    return [
        Column(
            "name", "党支部", value=str, sort="path", width=28,
            link=lambda row: f"{reverse('dues:sheet')}?branch={row.pk}&month={month}",
        ),
        Column("payers", "应交人数", value=of("payers"), numeric=True, phone=False),
        Column(
            "missing", "未交人数", value=of("missing"), numeric=True,
            badge=lambda row: "yellow" if of("missing")(row) else "",
        ),
        money("due", "应交（元）", of("due"), phone=False),
        money("paid", "已交（元）", of("paid")),
        *(_run_column(level, reached(level.months)) for level in levels(scope.today)),
    ]  # fmt: skip


def _run_column(level: Level, count: Callable[[Organization], int]) -> Column:
    """How many members of a branch reached a step of arrears; it leads to them."""

    def link(row: Organization) -> str | None:
        return f"{reverse('dues:arrears')}?branch={row.pk}&level={level.months}" if count(row) else None

    return Column(
        f"run{level.months}", f"欠 {level.months} 个月以上", value=count, numeric=True, phone=False, help=level.words,
        badge=lambda row: level.tone if count(row) else "", link=link,
    )  # fmt: skip


def state_of(due: Due) -> str:
    if due.payment is not None:
        return "在外已交" if due.payment.manner == Manner.ELSEWHERE else "已交"
    return "免交" if due.amount == 0 else "未交"


class SheetTable(Table):
    """One month of one branch. Chosen rows are registered as collected."""

    title = "月度收缴表"
    search = "姓名、拼音、首字母或学工号"
    default_sort = "person"
    columns = [
        Column(
            "person", "姓名", value="person.name", sort="person__pinyin",
            link=lambda row: reverse("dues:person", args=[row.person_id]),
        ),
        Column("kind", "人员类型", value=lambda row: row.get_kind_display(), phone=False),
        money("amount", "应交（元）", lambda row: row.amount, sort="amount"),
        Column(
            "state", "情况", value=state_of,
            badge=lambda row: {"未交": "yellow", "免交": "grey"}.get(state_of(row), "green"),
        ),
        Column("paid_on", "交纳日期", value="payment.paid_on", sort="payment__paid_on", phone=False),
    ]  # fmt: skip
    filters = [
        ChoiceFilter(
            "state", "情况", (("open", "未交"), ("paid", "已交"), ("exempt", "免交")),
            apply=lambda rows, value: {
                "open": rows.filter(payment__isnull=True, amount__gt=0),
                "paid": rows.filter(payment__isnull=False),
                "exempt": rows.filter(amount=0),
            }[value],
        ),
    ]  # fmt: skip
    bulk = [
        BulkAction("collect", "登记收缴", url="dues:collect", icon="checkbox", right=Right.RECORD_DUES),
        BulkAction("export", "导出所选"),
    ]
    empty = Empty("这个月还没有应交党费", "先核定党员的党费基数，再点“生成应交”。", icon="coin")

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(person__in=found(Person.objects.all(), text).order_by().values("pk"))


class UnfixedTable(Table):
    """Members without a base."""

    title = "未核定党费基数的党员"
    search = "姓名、拼音、首字母或学工号"
    default_sort = "name"
    columns = [
        Column("name", "姓名", sort="pinyin", link=lambda row: reverse("dues:base", args=[row.pk])),
        Column("stage", "人员类别", value=lambda row: row.get_stage_display()),
        Column("organization", "党支部", value=lambda row: str(row.organization or "")),
        Column("number", "学工号", phone=False),
        Column("joined_on", "加入党组织日期", phone=False),
    ]
    bulk = [BulkAction("students", "核定为学生", url="dues:students", icon="school", right=Right.RECORD_DUES)]
    empty = Empty("都已核定", "党员的党费基数都已核定。", icon="circle-check")

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return found(queryset, text)


class ArrearsTable(Table):
    """Whom the branch has to talk with. In the order of names, not of sums."""

    title = "欠交党费"
    default_sort = "name"
    empty = Empty("没有欠交", "已经过去的月份都交齐了。", icon="circle-check")


def arrears_table(scope: Scope, branches: Iterable[Organization]) -> ArrearsTable:
    def level(row: Any) -> Any:
        return level_of(row.run, scope.today)

    known = levels(scope.today)
    steps = [(str(one.months), f"连续 {one.months} 个月以上") for one in known]
    exactly = [
        (str(one.months), f"{one.months} 至 {one.below - 1} 个月" if one.below else f"{one.months} 个月以上")
        for one in known
    ]

    def at_step(rows: QuerySet, chosen: str) -> QuerySet:
        one = next(one for one in known if str(one.months) == chosen)
        return rows.filter(run__gte=one.months, **({} if one.below is None else {"run__lt": one.below}))

    return ArrearsTable(
        columns=[
            Column("name", "姓名", sort="pinyin", link=lambda row: reverse("dues:person", args=[row.pk])),
            Column("organization", "党支部", value=lambda row: str(row.organization or ""), sort="organization__path"),
            Column("since", "最早未交", value=lambda row: f"{row.since:%Y-%m}"),
            Column("owed", "未交月数", numeric=True),
            Column("run", "连续月数", numeric=True, badge=lambda row: level(row).tone),
            money("sum", "金额（元）", lambda row: row.sum, phone=False),
            Column("level", "应当怎样做", value=lambda row: level(row).words, phone=False, width=40),
        ],
        filters=[
            ChoiceFilter("level", "至少", steps, apply=lambda rows, value: rows.filter(run__gte=int(value))),
            ChoiceFilter("step", "档次", exactly, apply=at_step),
            ChoiceFilter("branch", "党支部", [(str(one.pk), str(one)) for one in branches], field="organization"),
        ],
    )


def remark(row: Any) -> str:
    if row.withdrawn_at:
        return "已撤销"
    return "全额上缴中央" if row.is_large else ""


class PaymentsTable(Table):
    """The register."""

    title = "党费交纳登记簿"
    search = "姓名、学工号或流水号"
    search_in = ("person__name", "person__number", "reference")
    default_sort = "-paid_on"
    columns = [
        Column("paid_on", "交纳日期", sort="paid_on", link=lambda row: reverse("dues:payment", args=[row.pk])),
        Column("person", "姓名", value="person.name", sort="person__pinyin"),
        Column("months", "所交月份", value=lambda row: said(row.months), width=24),
        money("amount", "金额（元）", lambda row: row.amount, sort="amount"),
        money("extra", "其中自愿多交", lambda row: row.extra or None, phone=False),
        Column("manner", "交纳方式", value=lambda row: row.get_manner_display(), phone=False),
        Column("organization", "收缴党支部", value=lambda row: str(row.organization), phone=False, width=28),
        Column("collector", "收缴人", phone=False),
        Column("reference", "流水号", phone=False),
        Column(
            "state", "备注", value=lambda row: remark(row), badge=lambda row: "grey" if row.withdrawn_at else "blue"
        ),
    ]
    filters = [
        DateFilter("paid", "交纳日期", field="paid_on"),
        ChoiceFilter("manner", "交纳方式", Manner.choices),
        YesNoFilter("is_large", "全额上缴中央"),
        YesNoFilter(
            "receipt", "有收据", apply=lambda rows, yes: rows.exclude(receipt="") if yes else rows.filter(receipt="")
        ),
        YesNoFilter("withdrawn", "已撤销", apply=lambda rows, yes: rows.filter(withdrawn_at__isnull=not yes)),
    ]
    empty = Empty("还没有交纳记录", "在月度收缴表里勾选党员登记收缴，或者上传缴费流水。", icon="coin")


def undoing(row: Any) -> str:
    """What stands beside an entry that may be, or has been, taken back."""
    if row.reverses_id:
        return f"冲销：{row.reason}"
    return "已冲销" if hasattr(row, "reversal") else "冲销"


def reversal_column(address: str, may: Callable[[Any], bool]) -> Column:
    """What became of an entry; whoever ``may`` take it back finds the way there."""

    def open_(row: Any) -> bool:
        return undoing(row) == "冲销"

    return Column(
        "reversal", "冲销", value=lambda row: "" if open_(row) and not may(row) else undoing(row),
        link=lambda row: reverse(address, args=[row.pk]) if open_(row) and may(row) else None,
        badge=lambda row: "" if open_(row) else "grey",
        export=lambda row: "" if open_(row) else undoing(row),
    )  # fmt: skip


class ReliefsTable(Table):
    title = "少交免交党费"
    default_sort = "-recorded_at"
    columns = [
        Column("person", "姓名", value="person.name", link=lambda row: reverse("dues:relief", args=[row.pk])),
        Column("organization", "党支部", value=lambda row: str(row.organization), phone=False),
        Column("kind", "办法", value=lambda row: row.get_kind_display()),
        Column("months", "起止", value=lambda row: f"{row.first_month:%Y-%m} 至 {row.last_month:%Y-%m}"),
        Column("approver", "上一级党委", value=lambda row: str(row.approver), phone=False),
        Column(
            "state", "状态", value=lambda row: row.get_state_display(),
            badge=lambda row: {"approved": "green", "rejected": "grey"}.get(row.state, "yellow"),
        ),
        Column("recorded_at", "登记时间", sort="recorded_at", phone=False),
    ]  # fmt: skip
    filters = [ChoiceFilter("state", "状态", ReliefState.choices)]
    empty = Empty("没有少交免交", "党员确有困难的，由党支部研究后在本人的党费页面登记，报上一级党委批准。", icon="coin")


def waits(row: Any) -> bool:
    """Whether the receiver has still to say that the money came."""
    return row.received_on is None and undoing(row) == "冲销"


class HandOversTable(Table):
    title = "党费上缴"
    default_sort = "-handed_on"
    filters = [
        YesNoFilter(
            "received",
            "已收到",
            apply=lambda rows, yes: rows.filter(received_on__isnull=False) if yes else rows.filter(WAITS),
        ),
        DateFilter("handed", "上缴日期", field="handed_on"),
    ]
    empty = Empty("没有上缴记录", "在党支部或党委的“党费账目”里登记上缴。", icon="coin")

    def __init__(self, scope: Scope) -> None:
        def may_confirm(row: Any) -> bool:
            return waits(row) and scope.may(Right.RECORD_DUES, row.receiver.path)

        def may_undo(row: Any) -> bool:
            holder = row.receiver if row.received_on else row.organization
            return scope.may(Right.RECORD_DUES, holder.path)

        columns = [
            Column("handed_on", "上缴日期", sort="handed_on"),
            Column("organization", "上缴党组织", value=lambda row: str(row.organization), sort="organization__path"),
            Column("receiver", "接收党组织", value=lambda row: str(row.receiver), phone=False),
            money("amount", "金额（元）", lambda row: row.amount, sort="amount"),
            Column("receipt", "收据号", phone=False),
            Column(
                "received_on", "收到", value=lambda row: row.received_on or (
                    "确认收到" if may_confirm(row) else "待确认" if waits(row) else "—"
                ),
                badge=lambda row: "green" if row.received_on else "",
                link=lambda row: reverse("dues:receive", args=[row.pk]) if may_confirm(row) else None,
            ),
            reversal_column("dues:reverse-hand-over", may_undo),
        ]  # fmt: skip
        super().__init__(columns=columns)


class FundTable(Table):
    title = "党费收支"
    default_sort = "-on"
    filters = [ChoiceFilter("kind", "类别", FundKind.choices), ChoiceFilter("purpose", "使用范围", Purpose.choices)]
    empty = Empty("还没有收支", "登记留存、上级下拨和集体讨论决定的使用。", icon="coin")

    def __init__(self, *, may_record: bool) -> None:
        columns = [
            Column("on", "日期", sort="on"),
            Column("kind", "类别", value=lambda row: row.get_kind_display()),
            Column("purpose", "使用范围", value=lambda row: row.get_purpose_display(), phone=False),
            Column("content", "内容", width=30),
            money("amount", "金额（元）", lambda row: row.amount, sort="amount"),
            Column("decided_on", "集体讨论", phone=False),
            Column("decision", "会议记录或文号", phone=False),
            Column("by", "登记人", value="recorded_by.display_name", phone=False),
            reversal_column("dues:reverse-fund-entry", lambda row: may_record),
        ]
        super().__init__(columns=columns)


STATEMENT_TONES = {"confirmed": "green", "ready": "yellow", "reading": "blue", "failed": "red"}


class StatementsTable(Table):
    title = "缴费流水"
    default_sort = "-uploaded_at"
    columns = [
        Column("file_name", "文件", link=lambda row: reverse("dues:statement", args=[row.pk])),
        Column("organization", "党组织", value=lambda row: str(row.organization), phone=False),
        Column("count", "行数", numeric=True),
        Column("uploaded_at", "上传时间", sort="uploaded_at", phone=False),
        Column("user", "上传人", value="user.display_name", phone=False),
        Column(
            "state", "状态", value=lambda row: row.get_state_display(),
            badge=lambda row: STATEMENT_TONES.get(row.state, "grey"),
        ),
    ]  # fmt: skip
    filters = [ChoiceFilter("state", "状态", StatementState.choices)]
    empty = Empty(
        "还没有核对过流水", "把银行或缴费平台导出的表格（姓名、学工号、金额、日期、流水号）上传核对。",
        action="上传缴费流水", url="/exchange/payments/", icon="table-import",
    )  # fmt: skip


FINDING_TONES = {
    "matched": "green",
    "registered": "grey",
    "amount": "yellow",
    "repeated": "yellow",
    "ambiguous": "yellow",
}


class RowsTable(Table):
    title = "流水逐行核对"
    default_sort = "number"
    columns = [
        Column("number", "行", sort="number", numeric=True),
        Column("name", "姓名"),
        Column("person_number", "学工号", phone=False),
        money("amount", "金额（元）", lambda row: row.amount),
        Column("paid_on", "日期", phone=False),
        Column("reference", "流水号", phone=False),
        Column(
            "finding", "核对结果", value=lambda row: row.get_finding_display(),
            badge=lambda row: FINDING_TONES.get(row.finding, "red"),
        ),
        Column("told", "说明", width=40),
    ]  # fmt: skip
    filters = [ChoiceFilter("finding", "核对结果", Finding.choices)]
    empty = Empty("没有行", "放弃了的流水不保留内容。")


def published(rows: QuerySet, year: int, yes: bool) -> QuerySet:
    told = Exists(Publication.objects.filter(organization=OuterRef("pk"), year=year, until__month=LAST_MONTH))
    owed = Exists(Due.objects.filter(organization=OuterRef("pk"), month__year=year))
    return rows.filter(told if yes else ~told, owed)


def branches_table(scope: Scope, totals: dict[int, Any], runs: dict[int, list[int]], month: str) -> BranchesTable:
    year = scope.today.year - 1
    return BranchesTable(
        columns=branches_columns(totals, runs, scope, month),
        filters=[
            YesNoFilter("published", f"{year} 年已公布", apply=lambda rows, yes: published(rows, year, yes)),
        ],
    )
