"""The shape of a scheme as a form: one line an indicator of the library. Lines are shown in percent, kept as shares."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField

from zhibu.assessment.design.effects import dimensions_of
from zhibu.assessment.design.sides import SideRow, side_fields, side_rows, sided
from zhibu.assessment.design.sides import text as _text
from zhibu.assessment.scheme import Scheme
from zhibu.indicators.definition import Indicator, Role, catalogue
from zhibu.indicators.periods import Cycle
from zhibu.indicators.queries import composed, library
from zhibu.ui.forms import DateField, Form

SCALE = ("9", "7", "5", "3", "2", "1", "1/2", "1/3", "1/5", "1/7", "1/9")
SPOKEN = {
    "9": "极端重要（9）", "7": "强烈重要（7）", "5": "明显重要（5）", "3": "稍微重要（3）", "2": "略微重要（2）",
    "1": "同样重要（1）", "1/2": "略微次要（1/2）", "1/3": "稍微次要（1/3）", "1/5": "明显次要（1/5）",
    "1/7": "强烈次要（1/7）", "1/9": "极端次要（1/9）",
}  # fmt: skip


class BeginForm(Form):
    title = forms.CharField(label="名称", max_length=100)
    note = forms.CharField(
        label="起草说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="为什么调整、依据哪次会议，采用时可供查考。",
    )  # fmt: skip


class AdoptForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label="版本号", max_length=20, help_text="例如 2027.1；已用过的版本号不能再用。")
    starts_on = DateField(label="启用日期", help_text="一个考核期的第一天，不早于本期。")


@dataclass(frozen=True)
class Row:
    """One indicator of the library, in the scheme when it has a weight."""

    indicator: Indicator
    weight: BoundField
    full_at: BoundField
    zero_at: BoundField
    smooth: BoundField
    note: BoundField

    @property
    def errors(self) -> list[str]:
        fields = (self.weight, self.full_at, self.zero_at, self.note)
        return [f"{field.label}：{error}" for field in fields for error in field.errors]


def _stated(texts: list[str], cycle: Cycle) -> list[str]:
    """What a scheme says of how often it assesses, after another cycle was chosen."""
    begins = tuple(f"{each.label}评价" for each in Cycle)
    now = f"{cycle.label}评价；一年一次的义务按截至期末的十二个月计算。"
    return [now if text.startswith(begins) else text for text in texts]


class SchemeForm(Form):
    """A draft's numbers. `document` gives the document that they make of the one they were drawn up from."""

    title = forms.CharField(label="名称", max_length=100)
    note = forms.CharField(label="起草说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    cycle = forms.ChoiceField(
        label="考核周期", choices=[(one.name.lower(), one.label) for one in Cycle],
        help_text="多久评价一次；只能从一年的第一天起改变。评价方的评分按季度录入，在所属的考核期里取最近的一次。",
    )  # fmt: skip
    under_members = forms.IntegerField(label="小支部：党员少于几人", min_value=0, max_value=50)
    small_weight = forms.IntegerField(label="小支部：另加几个同类平均水平的样本", min_value=0, max_value=20)

    honour_share = forms.RegexField(
        r"^[1-9]\d{0,2}/[1-9]\d{0,2}$", label="先进候选：每类党组织中的比例", required=False,
        help_text="例如 1/3；不填的按校内设定。", error_messages={"invalid": "请写成分数，例如 1/3。"},
    )  # fmt: skip
    honour_least = forms.DecimalField(
        label="先进候选：最低得分", required=False, min_value=0, max_value=100, decimal_places=2
    )

    def __init__(self, base: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        self.base = base
        super().__init__(*args, **kwargs)
        rows = {row["key"]: row for row in base["indicators"]}
        # What is offered, and what the draft has though it is no longer offered.
        known = library() | composed(key for key in rows if key not in catalogue())
        self._scored = [item for item in known.values() if item.role is Role.SCORED]
        for item in self.scored():
            for name, field in _row_fields(item, rows.get(item.key)).items():
                self.fields[f"{name}-{item.key}"] = field
        limits = {cap["check"]: cap for cap in base["caps"]}
        for item in self.checks():
            self.fields[f"cap-{item.key}"] = forms.DecimalField(
                label=f"{item.title}：未做到的支部总分不超过", required=False, min_value=0, max_value=100,
                decimal_places=2, initial=limits.get(item.key, {}).get("total_at_most"), help_text="不填为不封顶。",
            )  # fmt: skip
        self.fields.update(side_fields(base))

    def scored(self) -> list[Indicator]:
        return self._scored

    @staticmethod
    def checks() -> list[Indicator]:
        return [item for item in catalogue().values() if item.role is Role.CHECK]

    def rows(self) -> Iterator[Row]:
        for item in self.scored():
            names = ("weight", "full_at", "zero_at", "smooth", "note")
            yield Row(item, *(self[f"{name}-{item.key}"] for name in names))

    def caps(self) -> list[BoundField]:
        return [self[f"cap-{item.key}"] for item in self.checks()]

    def sides(self) -> Iterator[SideRow]:
        return side_rows(self)

    def document(self) -> dict[str, Any]:
        """The document of the cleaned input. Words that the form does not show are kept."""
        return sided(self._document(), self.cleaned_data)

    def _document(self) -> dict[str, Any]:
        data = self.cleaned_data
        chosen = [item for item in self.scored() if data[f"weight-{item.key}"]]
        old = {cap["check"]: cap for cap in self.base["caps"]}
        capped = [item for item in self.checks() if data[f"cap-{item.key}"] is not None]
        words = {"title": "严重缺失", "note": "属于严重缺失，总分封顶。"}
        used = [*chosen, *capped]
        known = self.base["assumptions"]
        kept = copy.deepcopy(dict(self.base))
        kept.pop("honours", None)
        # A document from before there were other cycles says nothing of its own, and stays as it is.
        if data["cycle"] != kept.get("period", Cycle.QUARTER.name.lower()):
            kept["period"] = data["cycle"]
            kept["assumptions_stated"] = _stated(kept["assumptions_stated"], Cycle[data["cycle"].upper()])
            old = {
                key: {**cap, "title": cap["title"].replace("整季未召开", "应召开而未召开")} for key, cap in old.items()
            }
        if data["honour_share"]:
            kept["honours"] = {"share": data["honour_share"], "least": _text(data["honour_least"])}
        return {
            **kept,
            "title": data["title"],
            "indicators": [
                {
                    "key": item.key, "weight": _text(data[f"weight-{item.key}"]),
                    "full_at": _text(data[f"full_at-{item.key}"] / 100),
                    "zero_at": _text(data[f"zero_at-{item.key}"] / 100),
                    "smooth": data[f"smooth-{item.key}"], "note": data[f"note-{item.key}"],
                }
                for item in chosen
            ],
            "smoothing": {
                **self.base["smoothing"], "under_members": data["under_members"], "weight": data["small_weight"],
            },
            "caps": [
                {**words, **old.get(item.key, {"title": f"未做到：{item.title}"}), "check": item.key,
                 "total_at_most": _text(data[f"cap-{item.key}"])}
                for item in capped
            ],
            "assumptions": {
                name: known.get(name, value) for item in used for name, (value, _note) in item.assumptions.items()
            },
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for item in self.scored():
            if data.get(f"weight-{item.key}"):
                for name in ("full_at", "zero_at"):
                    field = f"{name}-{item.key}"
                    if data.get(field) is None and field not in self.errors:
                        self.add_error(field, "有权重的指标要填写满分线和零分线。")
        if (data.get("honour_least") is None) == bool(data.get("honour_share")):
            self.add_error("honour_least", "比例和最低得分要一并填写，或都不填。")
        if not any(data.get(f"weight-{item.key}") for item in self.scored()):
            self.add_error(None, "至少一项指标要有权重。")
        return data


def initial_of(document: Mapping[str, Any], title: str, note: str) -> dict[str, Any]:
    """What the form shows of a stored draft, apart from its lines."""
    smoothing, honours = document["smoothing"], document.get("honours", {})
    return {
        "title": title, "note": note, "under_members": smoothing["under_members"], "small_weight": smoothing["weight"],
        "honour_share": honours.get("share"), "honour_least": honours.get("least"),
        "cycle": document.get("period", Cycle.QUARTER.name.lower()),
    }  # fmt: skip


def _row_fields(item: Indicator, row: Mapping[str, Any] | None) -> dict[str, forms.Field]:
    share = {"min_value": 0, "max_value": 100, "decimal_places": 4, "required": False}
    full, zero = ("100", "0") if item.higher_is_better else ("0", "100")
    found: dict[str, forms.Field] = {
        "weight": forms.DecimalField(
            label=f"{item.title}的权重", min_value=0, max_value=100, decimal_places=2, required=False,
            initial=row["weight"] if row else None,
        ),
        "full_at": forms.DecimalField(
            label=f"{item.title}的满分线", initial=_text(Decimal(row["full_at"]) * 100) if row else full, **share  # type: ignore[arg-type]
        ),
        "zero_at": forms.DecimalField(
            label=f"{item.title}的零分线", initial=_text(Decimal(row["zero_at"]) * 100) if row else zero, **share  # type: ignore[arg-type]
        ),
        "smooth": forms.BooleanField(label="平滑", required=False, initial=bool(row and row["smooth"])),
        "note": forms.CharField(label="说明", max_length=100, required=False, initial=row["note"] if row else ""),
    }  # fmt: skip
    for name, field in found.items():
        field.widget.attrs["class"] = "form-check-input" if name == "smooth" else "form-control form-control-sm"
    return found


class JudgeForm(Form):
    """Every two dimensions of a scheme: how many times the first outweighs the second."""

    def __init__(self, scheme: Scheme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = dimensions_of(scheme)
        for at, one in enumerate(found):
            for other in found[at + 1 :]:
                self.fields[f"{one.name}:{other.name}"] = forms.ChoiceField(
                    label=f"“{one.value}”比“{other.value}”",
                    choices=[("", "请选择"), *((value, SPOKEN[value]) for value in SCALE)],
                )
