"""The sides of a draft as form fields: shares, scales, how long they last, the limit of bonus points. All left empty
means that the system's data are all, and the document stays without these sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField

from zhibu.assessment.evaluators.enums import Evaluator, Lasting, ReportGrade
from zhibu.assessment.evaluators.parts import OPTIONAL

GRADES = {ReportGrade.GOOD: "100", ReportGrade.FAIRLY_GOOD: "85", ReportGrade.FAIR: "70", ReportGrade.POOR: "50"}
NOTES = {
    Evaluator.SYSTEM: "各项指标合计。", Evaluator.SUPERIOR: "上级党组织按考核期评价。",
    Evaluator.PEERS: "同类党组织互评，只录入汇总。", Evaluator.MEMBERS: "党员测评，只录入汇总。",
    Evaluator.PUBLIC: "师生群众测评，只录入汇总。", Evaluator.SPOT_CHECK: "实地抽查，写明依据。",
    Evaluator.REPORT: "书记抓党建述职评议的综合评价。",
}  # fmt: skip


@dataclass(frozen=True)
class SideRow:
    """The fields of one side."""

    evaluator: Evaluator
    fields: list[BoundField]

    @property
    def head(self) -> list[BoundField | None]:
        """What stands before the note, filled up to four columns, so that all notes stand below each other."""
        found: list[BoundField | None] = [*self.fields[: self._note]]
        return found + [None] * (4 - len(found))

    @property
    def note(self) -> BoundField:
        return self.fields[self._note]

    @property
    def rest(self) -> list[BoundField]:
        return self.fields[self._note + 1 :]

    @property
    def _note(self) -> int:
        return [field.name for field in self.fields].index(f"note-{self.evaluator.value}")

    @property
    def errors(self) -> list[str]:
        return [f"{field.label}：{error}" for field in self.fields for error in field.errors]


def _names(evaluator: Evaluator) -> list[str]:
    own = {
        Evaluator.SYSTEM: ["share", "note"],
        Evaluator.REPORT: ["share", "lasting", "present", "note", *ReportGrade.values],
    }
    return [f"{name}-{evaluator.value}" for name in own.get(evaluator, ["share", "most", "lasting", "note"])]


def side_fields(base: Mapping[str, Any]) -> dict[str, forms.Field]:
    """Fields for every side that there is, filled from the document."""
    rows = {row["key"]: row for row in base.get("evaluators", ())}
    found: dict[str, forms.Field] = {}
    for evaluator in Evaluator:
        row = rows.get(evaluator.value, {})
        for name in _names(evaluator):
            found[name] = _field(name.partition("-")[0], evaluator, row)
    bonus = base.get("bonus", {})
    found["bonus_at_most"] = forms.DecimalField(
        label="自选动作最多加几分", required=False, min_value=0, max_value=100, decimal_places=2,
        initial=bonus.get("at_most"), help_text="不填为不加分；总分不超过 100 分。",
    )  # fmt: skip
    found["bonus_note"] = forms.CharField(
        label="加分说明", required=False, max_length=100, initial=bonus.get("note", "")
    )
    return found


def _field(name: str, evaluator: Evaluator, row: Mapping[str, Any]) -> forms.Field:
    number = {"required": False, "min_value": 0, "decimal_places": 2}
    field: forms.Field
    if name == "share":
        field = forms.DecimalField(label="占比 %", max_value=100, initial=row.get("share"), **number)  # type: ignore[arg-type]
    elif name == "most":
        field = forms.DecimalField(label="满分", max_value=1000, initial=row.get("most", "100"), **number)  # type: ignore[arg-type]
    elif name == "lasting":
        usual = Lasting.YEAR if evaluator is Evaluator.REPORT else Lasting.QUARTER
        field = forms.ChoiceField(label="有效期", choices=Lasting.choices, initial=row.get("lasting", usual.value))
    elif name == "note":
        initial = row.get("note", NOTES[evaluator])
        field = forms.CharField(label="说明", required=False, max_length=100, initial=initial)
    elif name == "present":
        field = forms.DecimalField(label="到会人员评议占 %", max_value=100, initial=row.get("present", "0"), **number)  # type: ignore[arg-type]
    else:
        grade = ReportGrade(name)
        worth = row.get("grades", {}).get(name, GRADES[grade])
        field = forms.DecimalField(label=f"“{grade.label}”折合分", max_value=100, initial=worth, **number)  # type: ignore[arg-type]
    field.widget.attrs["class"] = "form-select form-select-sm" if name == "lasting" else "form-control form-control-sm"
    return field


def side_rows(form: forms.Form) -> Iterator[SideRow]:
    for evaluator in Evaluator:
        yield SideRow(evaluator, [form[name] for name in _names(evaluator)])


def sided(document: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the sides of the cleaned input."""
    found = {name: value for name, value in document.items() if name not in OPTIONAL}
    if any(data[f"share-{one.value}"] for one in Evaluator if one is not Evaluator.SYSTEM):
        found["evaluators"] = [_side(one, data) for one in Evaluator if data[f"share-{one.value}"]]
    if data["bonus_at_most"]:
        found["bonus"] = {"at_most": text(data["bonus_at_most"]), "note": data["bonus_note"]}
    return found


def _side(evaluator: Evaluator, data: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"key": evaluator.value}
    grades: dict[str, str] = {}
    for field in _names(evaluator):
        name, value = field.partition("-")[0], data[field]
        written = text(value if value is not None else Decimal(0)) if name not in {"note", "lasting"} else value
        (grades if name in ReportGrade.values else row)[name] = written
    return row | ({"grades": grades} if grades else {})


def text(number: Decimal) -> str:
    """Without exponent and superfluous zeros."""
    return f"{number.normalize():f}"
