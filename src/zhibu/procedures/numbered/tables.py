"""The register as a list."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from zhibu.procedures.numbered.enums import FormState
from zhibu.procedures.queries.cases import of_person
from zhibu.ui.tables import BulkAction, ChoiceFilter, Column, DateFilter, Empty, Table

FORM_TONES = {
    FormState.UNUSED: "grey", FormState.ISSUED: "blue", FormState.USED: "green", FormState.VOID: "yellow",
    FormState.LOST: "red",
}  # fmt: skip


class FormTable(Table):
    title = "入党志愿书编号"
    search = "编号，或领用人的姓名、拼音、首字母"
    default_sort = "number"
    columns = [
        Column("number", "编号", sort=True),
        Column("state", "状态", value=lambda row: row.get_state_display(), badge=lambda row: FORM_TONES[row.state]),
        Column("person", "发放给", value=lambda row: row.case and row.case.person, sort="case__person__pinyin"),
        Column("issued_on", "发放日期", sort=True, phone=False),
        Column("received_by", "领取人", phone=False),
        Column("organization", "管理的党委", value="organization", sort="organization__path", phone=False),
    ]  # fmt: skip
    filters = [
        ChoiceFilter("state", "状态", FormState.choices),
        DateFilter("issued_on", "发放日期", field="issued_on"),
    ]
    bulk = [BulkAction("export", "导出所选")]
    empty = Empty(
        "还没有登记编号", "收到空白《入党志愿书》后登记起止编号；登记以后，预审时按编号发放，不再自由填写。",
        action="登记入库", url="/procedures/forms/new/", icon="file-text",
    )  # fmt: skip

    def row_url(self, row: Any) -> str:
        return reverse("procedures:form", args=[row.pk])

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        named = of_person(queryset.model.objects.all(), text, "case__person__").values("pk")
        return queryset.filter(Q(number__icontains=text.strip()) | Q(pk__in=named))
