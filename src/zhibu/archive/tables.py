"""The room's lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from zhibu.archive.enums import OWN, SEALED, DocumentKind, DocumentState, Reading
from zhibu.archive.models import Document
from zhibu.archive.queries import asked_of, incomplete, lacking_of
from zhibu.people.enums import GONE, StageKind
from zhibu.people.models import Person
from zhibu.people.queries import found, within
from zhibu.people.tables import tone_of_stage
from zhibu.ui.shown import NOTHING
from zhibu.ui.tables import ChoiceFilter, Column, DateFilter, Empty, Table

STATE_TONES = {DocumentState.CURRENT: "green", DocumentState.WITHDRAWN: "red"}
READING_TONES = {Reading.SEALED: "red", Reading.ACTING: "yellow", Reading.OWN: "grey"}

LACKING = (("lately", "缺材料（发展中和近一年转正）"), ("yes", "缺材料（全部）"), ("no", "不缺"))


class FoldersTable(Table):
    title = "电子档案"
    search = "姓名、拼音、首字母或学工号"
    default_sort = "name"
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
        Column("kinds", "已有材料种类", value=lambda row: len(set(row.held)), numeric=True, phone=False),
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


class PapersTable(Table):
    """The papers of one folder, or of organizations."""

    title = "材料"
    default_sort = "dated_on"
    columns = [
        Column("title", "题名", sort=True, width=36),
        Column("kind", "类别", value=lambda row: row.get_kind_display(), sort=True, width=28),
        Column("dated_on", "材料日期", sort=True),
        Column("number", "文号", phone=False),
        Column("version", "版本", numeric=True, phone=False, width=6),
        Column("state", "状态", value=lambda row: row.get_state_display(),
               badge=lambda row: STATE_TONES.get(row.state, "grey")),
        Column("reading", "查阅范围", value=lambda row: _reading(row).label,
               badge=lambda row: READING_TONES[_reading(row)]),
        Column("match", "姓名比对", value=lambda row: row.get_match_display(), phone=False, width=24),
        Column("place", "纸质原件存放处", phone=False, width=28),
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
    empty = Empty("还没有材料", "上传扫描件、照片，或者登记纸质原件的存放处。", icon="folder")

    def row_url(self, row: Document) -> str:
        return reverse("archive:paper", args=[row.pk])


class OrganizationPapersTable(PapersTable):
    title = "党组织材料"
    search = "题名或文号"
    search_in = ("title", "number")
    default_sort = "-dated_on"
    columns = [
        PapersTable.columns[0],
        Column("organization", "党组织", value=lambda row: str(row.organization), width=28),
        *(column for column in PapersTable.columns[1:] if column.name not in {"match", "reading"}),
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
