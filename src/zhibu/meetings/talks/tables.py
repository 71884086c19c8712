"""Lists of talks: one's own, and who has had one."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from zhibu.meetings.talks import coverage
from zhibu.meetings.talks.enums import Pairing, TalkState
from zhibu.meetings.talks.occasions import label_of
from zhibu.ui.tables import ChoiceFilter, Column, DateFilter, Empty, Table

TONES = {
    TalkState.AWAITING: "yellow", TalkState.CONFIRMED: "green", TalkState.CORRECTED: "green", TalkState.DENIED: "red",
    TalkState.ONE_SIDED: "grey",
}  # fmt: skip


def tone(state: str) -> str:
    return TONES[TalkState(state)]


class MyTalksTable(Table):
    title = "我的谈心谈话"
    search = "双方姓名"
    search_in = ("author__name", "other__name")
    default_sort = "-held_on"
    empty = Empty(
        "还没有谈心谈话", "登记后由对方确认。内容加密保存，只有双方和双方指定的人能看；支部只知道谈过。",
        action="登记谈话", url="/meetings/talks/mine/new/",
    )  # fmt: skip

    def __init__(self, own: int | None, **changes: Any) -> None:
        def part(row: Any) -> str:
            return "登记人" if row.author_id == own else "另一方" if row.other_id == own else "被指定阅读"

        columns = (
            Column("pair", "双方", value=lambda row: f"{row.author.name}、{row.other.name}"),
            Column("held_on", "日期", value="meeting.held_on", sort="meeting__held_on"),
            Column("occasion", "场合", value=lambda row: label_of(row.occasion), phone=False),
            Column("part", "我是", value=part),
            Column("state", "状态", value=lambda row: row.get_state_display(), badge=lambda row: tone(row.state)),
        )
        filters = (
            ChoiceFilter("state", "状态", TalkState.choices),
            DateFilter("held", "日期", field="meeting__held_on"),
        )
        super().__init__(columns=columns, filters=filters, **changes)

    def row_url(self, row: Any) -> str | None:
        return reverse("meetings:my_talk", args=[row.pk])


def _shown(pairing: Pairing) -> Column:
    def value(row: Any) -> str | None:
        found = coverage.stands(row)[pairing]
        return None if found is None else "已谈" if found else "未见登记"

    def badge(row: Any) -> str | None:
        found = coverage.stands(row)[pairing]
        return None if found is None else "green" if found else "yellow"

    return Column(pairing.value, str(pairing.label), value=value, badge=badge)


class CoverageTable(Table):
    """The members of one branch. Only whether, never when, how often or on which occasion."""

    title = "谈心谈话覆盖情况"
    search = "姓名、拼音或首字母"
    search_in = ("name", "pinyin", "initials")
    default_sort = "name"
    columns = (
        Column("name", "姓名", sort="pinyin"),
        Column("post", "身份", value=lambda row: "支部委员" if row.on_committee else "党员"),
        *(_shown(one) for one in Pairing),
    )
    filters = (
        ChoiceFilter("lacking", "还没有谈", [*Pairing.choices, ("any", "一次都没有")], apply=coverage.lacking),
        ChoiceFilter(
            "post", "身份", [("committee", "支部委员"), ("member", "党员")],
            apply=lambda queryset, value: queryset.filter(on_committee=value == "committee"),
        ),
    )  # fmt: skip
    empty = Empty("没有党员", "这个支部在那一年没有党员。")


class BranchesTable(Table):
    """Branches with how many of their members had a talk."""

    title = "谈心谈话覆盖情况"
    search = "党支部名称或代码"
    search_in = ("name", "code")
    default_sort = "name"
    empty = Empty("没有党支部", "您的管理范围内没有党支部。")

    def __init__(self, counted: dict[str, coverage.Counted], year: int, **changes: Any) -> None:
        def of(row: Any) -> coverage.Counted:
            return counted.get(row.path, coverage.Counted())

        self.year = year
        columns = (
            Column("name", "党支部", value=lambda row: str(row), sort="path", width=32),
            Column("members", "党员", value=lambda row: of(row).members, numeric=True),
            Column("talked", "谈过的", value=lambda row: of(row).talked, numeric=True),
            Column(
                "missing", "未见登记", value=lambda row: of(row).members - of(row).talked, numeric=True,
                badge=lambda row: "yellow" if of(row).members > of(row).talked else "green",
            ),
        )  # fmt: skip
        filters = (
            ChoiceFilter("done", "覆盖", [("no", "有人未谈"), ("yes", "都谈过")], apply=self._by_cover(counted)),
        )
        super().__init__(columns=columns, filters=filters, **changes)

    def _by_cover(self, counted: dict[str, coverage.Counted]) -> Any:
        def narrow(queryset: QuerySet, value: str) -> QuerySet:
            short = [path for path, one in counted.items() if one.members > one.talked]
            return queryset.filter(path__in=short) if value == "no" else queryset.filter(~Q(path__in=short))

        return narrow

    def row_url(self, row: Any) -> str | None:
        return f"{reverse('meetings:talk_coverage_of', args=[row.pk])}?year={self.year}"
