"""The room's lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zhibu.archive.enums import OWN, SEALED, DocumentKind, DocumentState, Reading
from zhibu.archive.models import Document
from zhibu.archive.queries import asked_of, incomplete, lacking_of
from zhibu.people.enums import GONE, StageKind
from zhibu.people.models import Person
from zhibu.people.queries import found, within
from zhibu.people.tables import tone_of_stage
from zhibu.ui.shown import NOTHING
from zhibu.ui.tables import BulkAction, ChoiceFilter, Column, DateFilter, Empty, Table

STATE_TONES = {DocumentState.CURRENT: "green", DocumentState.WITHDRAWN: "red"}
READING_TONES = {Reading.SEALED: "red", Reading.ACTING: "yellow", Reading.OWN: "grey"}

LACKING = (("lately", "缺材料（发展中和近一年转正）"), ("yes", "缺材料（全部）"), ("no", "不缺"))


class FoldersTable(Table):
    title = "电子档案"
    search = "姓名、拼音、首字母或学工号"
    default_sort = "name"
    bulk = [
        BulkAction("catalogue", "打印所选的归档目录（Word）", url="archive:catalogues", right="view_archive"),
        BulkAction("export", "导出所选"),
    ]
    empty = Empty(
        "没有符合条件的档案", "名册里登记了人员，就有一份档案。可以放宽筛选条件，或者先登记人员。", action="党员名册",
        url="/people/", icon="archive",
    )  # fmt: skip

    def find(self, queryset: QuerySet[Person], text: str) -> QuerySet[Person]:
        return found(queryset, text)

    def row_url(self, row: Person) -> str:
        return reverse("archive:folder", args=[row.pk])


def folders_table(today: date, organizations: list[Any], *, gone: bool) -> FoldersTable:
    """The folders as one reader sees them on a day. ``organizations``: those by which the list can be narrowed."""

    def state(row: Any) -> str:
        missing = len(lacking_of(row, today))
        return f"缺 {missing} 种" if missing else "齐全" if asked_of(row, today) else "不要求"

    def tone(row: Any) -> str:
        return {"齐全": "green", "不要求": "grey"}.get(state(row), "yellow")

    def narrow(rows: QuerySet[Person], value: str) -> QuerySet[Person]:
        lacking = incomplete(rows, today, lately=value == "lately")
        return rows.exclude(pk__in=lacking.values("pk")) if value == "no" else lacking

    columns = [
        Column("name", "姓名", sort="sorting"),
        Column(
            "stage", "人员类别", value=lambda row: row.get_stage_display(), badge=lambda row: tone_of_stage(row.stage)
        ),
        Column("organization", "所在党支部", value=lambda row: str(row.organization or ""), width=28, phone=False),
        Column("state", "完整情况", value=state, badge=tone),
        Column(
            "lacking", "还缺", width=60,
            value=lambda row: "、".join(kind.label for kind in lacking_of(row, today)) or NOTHING,
        ),
    ]  # fmt: skip
    by_pk = {str(one.pk): one for one in organizations}
    kinds = [(kind.value, kind.label) for kind in StageKind if (kind in GONE) is gone]
    filters: list[Any] = [ChoiceFilter("stage", "人员类别", kinds)]
    if len(by_pk) > 1:
        named = [(pk, "　" * (one.depth - organizations[0].depth) + str(one)) for pk, one in by_pk.items()]
        filters.append(
            ChoiceFilter("organization", "党组织（含下级）", named, apply=lambda rows, pk: within(rows, by_pk[pk]))
        )
    filters += [
        ChoiceFilter(
            "lacking", "完整情况", LACKING,
            apply=narrow,
        ),
        ChoiceFilter(
            "without", "缺少某类材料", [(kind.value, kind.label) for kind in DocumentKind],
            apply=lambda rows, kind: rows.exclude(held__contains=[kind]),
        ),
    ]  # fmt: skip
    return FoldersTable(columns=columns, filters=filters, title="已离开人员的档案" if gone else "电子档案")


def _reading(row: Document) -> Reading:
    return DocumentKind(row.kind).reading


def _where(row: Document) -> str:
    return "、".join(filter(None, ["文件" * bool(row.file), "纸质原件" * bool(row.place)]))


def _named(row: Document) -> SafeString:
    """The title, and in soft letters what it does not say by itself."""
    more = [] if row.title == row.get_kind_display() else [row.get_kind_display()]
    more += [row.number] * bool(row.number) + [f"第 {row.version} 版"] * (row.version > 1)
    soft = format_html('<div class="z-soft">{}</div>', "，".join(more)) if more else ""
    return format_html('<a href="{}">{}</a>{}', reverse("archive:paper", args=[row.pk]), row.title, soft)


class PapersTable(Table):
    """The papers of one folder."""

    title = "材料"
    default_sort = "dated_on"
    columns = [
        Column("title", "材料", sort=True, html=_named, width=36, export=lambda row: f"{row.title}（{row}）"),
        Column("dated_on", "材料日期", sort=True),
        Column("where", "形式", value=_where, width=20),
        Column("reading", "查阅范围", value=lambda row: _reading(row).label,
               badge=lambda row: READING_TONES[_reading(row)]),
        Column("state", "状态", value=lambda row: row.get_state_display(),
               badge=lambda row: STATE_TONES.get(row.state, "grey")),
    ]  # fmt: skip
    filters = [
        ChoiceFilter("state", "状态", DocumentState.choices),
        ChoiceFilter(
            "reading", "查阅范围", Reading.choices, apply=lambda rows, value: {
                Reading.OWN: rows.filter(kind__in=OWN), Reading.SEALED: rows.filter(kind__in=SEALED),
                Reading.ACTING: rows.exclude(kind__in=OWN | SEALED),
            }[Reading(value)],
        ),
        DateFilter("dated_on", "材料日期"),
    ]  # fmt: skip


def papers_table(add: str) -> PapersTable:
    """The papers of a folder. ``add``: where one more is filed; empty for whoever may not."""
    action = "归档材料" if add else ""
    text = "上传扫描件、照片，或者登记纸质原件的存放处。" if add else "归档以后会显示在这里。"
    return PapersTable(empty=Empty("还没有材料", text, action=action, url=add, icon="folder"))


class OrganizationPapersTable(Table):
    """Papers of organizations."""

    title = "党组织材料"
    search = "题名或文号"
    search_in = ("title", "number")
    default_sort = "-dated_on"
    columns = [
        Column("title", "材料", sort=True, html=_named, width=36, export=lambda row: f"{row.title}（{row}）"),
        Column("organization", "党组织", value=lambda row: str(row.organization), width=28),
        *PapersTable.columns[1:3],
        PapersTable.columns[-1],
    ]
    filters = [
        ChoiceFilter("kind", "类别", DocumentKind.choices),
        ChoiceFilter("state", "状态", DocumentState.choices),
        DateFilter("dated_on", "材料日期"),
    ]
    empty = Empty(
        "还没有党组织的材料", "换届请示、批复、选举结果报告等归在这里。", action="归档材料", url="/archive/papers/new/",
        icon="folder",
    )  # fmt: skip
