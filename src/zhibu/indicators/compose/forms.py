"""The composer as a form: first the fact and the kind, then the parts that this kind has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from zhibu.indicators.composing import FORMAT, MOST, Composed, Per
from zhibu.indicators.definition import Against, Dimension, Window
from zhibu.indicators.offers import OFFERS, Offer
from zhibu.ui.forms import DateField, Form
from zhibu.warehouse.contract import Column, ColumnKind

YES_NO = (("", "不限"), ("yes", "是"), ("no", "否"))
MEASURED = (Composed.COUNT, Composed.SUM, Composed.DISTINCT)
HELP = {
    Composed.COUNT: "符合条件的记录有多少，与应达到的数目相比",
    Composed.SUM: "把一列数相加，与应达到的数目或另一列之和相比",
    Composed.SHARE: "范围内的记录中，达到要求的占多少",
    Composed.DISTINCT: "涉及多少个不同的人、会议或授课人，与应达到的数目相比",
    Composed.ON_TIME: "范围内的记录中，按时做到的占多少",
    Composed.TREND: "与以前的考核期相比保持了多少",
}


def kinds_of(offer: Offer) -> list[Composed]:
    """The kinds that the columns of a fact allow."""
    missing = {
        Composed.SUM: not offer.sums, Composed.DISTINCT: not offer.distinct,
        Composed.ON_TIME: not offer.kept_in_time(), Composed.SHARE: not offer.columns,
    }  # fmt: skip
    return [kind for kind in Composed if not missing.get(kind)]


class ChooseForm(Form):
    """What is counted and how."""

    fact = forms.ChoiceField(
        label="事实", widget=forms.RadioSelect, choices=[(offer.fact, offer.title) for offer in OFFERS.values()],
        help_text="数据仓里能打开到记录名单的事实。",
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="种类", widget=forms.RadioSelect,
        choices=[(kind.name, f"{kind.value}：{HELP[kind]}") for kind in Composed],
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "fact" in data and "kind" in data:
            fitting = kinds_of(OFFERS[data["fact"]])
            if Composed[data["kind"]] not in fitting:
                self.add_error("kind", f"这项事实可以作{'、'.join(kind.value for kind in fitting)}。")
        return data


class ComposeForm(Form):
    """One composed indicator. `document` gives what the cleaned input makes."""

    title = forms.CharField(label="名称", max_length=40, help_text="说明应做什么，例如“主题党日按月开展”。")
    dimension = forms.ChoiceField(label="维度", choices=[(one.name, one.value) for one in Dimension])
    window = forms.ChoiceField(label="计算范围")
    basis = forms.CharField(
        label="依据（校内设定）", max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="学校哪次会议、哪个文件的要求。组合的指标一律标为校内设定，不冒充上级规定。",
    )  # fmt: skip
    direction = forms.ChoiceField(label="方向", choices=(("higher", "越高越好"), ("lower", "越低越好")))

    def __init__(self, offer: Offer, kind: Composed, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer, self.kind = offer, kind
        windows = [one for one in offer.windows if kind is not Composed.TREND or one is not Window.YEAR]
        self.fields["window"].choices = [(one.name, one.value) for one in windows]  # type: ignore[attr-defined]
        for name, field in _parts(offer, kind).items():
            self.fields[name] = field
        self._filters("in")
        if kind is Composed.SHARE:
            self._filters("met")

    def _filters(self, prefix: str) -> None:
        for column in self.offer.columns:
            for name, field in _filter_fields(self.offer, column).items():
                self.fields[f"{prefix}-{name}"] = field

    def bound_filters(self, prefix: str) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(f"{prefix}-")]

    @property
    def own(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith(("in-", "met-"))]

    @property
    def inside(self) -> list[forms.BoundField]:
        return self.bound_filters("in")

    @property
    def reached(self) -> list[forms.BoundField]:
        return self.bound_filters("met")

    def document(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "composer": FORMAT, "title": data["title"].strip(), "fact": self.offer.fact, "kind": self.kind.name,
            "window": data["window"], "dimension": data["dimension"], "basis": data["basis"].strip(),
            "higher_is_better": data["direction"] == "higher", "filters": self._chosen("in"),
            "condition": self._chosen("met") if self.kind is Composed.SHARE else [],
            "column": data.get("column") or "", "over": data.get("over") or "", "per": data.get("per") or None,
            "target": data.get("target") or 0, "limit": data.get("limit") or 0, "against": data.get("against") or None,
        }  # fmt: skip

    def _chosen(self, prefix: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for column in self.offer.columns:
            name = f"{prefix}-{column.name}"
            if column.kind is ColumnKind.CODE:
                item: dict[str, Any] = {"codes": list(self.cleaned_data[name])} if self.cleaned_data[name] else {}
            elif column.kind is ColumnKind.FLAG:
                item = {"flag": self.cleaned_data[name] == "yes"} if self.cleaned_data[name] else {}
            else:
                given = {side: self.cleaned_data[f"{name}-{side}"] for side in ("least", "most")}
                item = {side: _plain(value) for side, value in given.items() if value is not None}
            if item:
                found.append({"column": column.name, **item})
        return found


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _parts(offer: Offer, kind: Composed) -> dict[str, forms.Field]:
    """The fields that only this kind has."""
    declared = offer.declared
    sums = [(name, declared.column(name).meaning) for name in offer.sums]
    found: dict[str, forms.Field] = {}
    if kind is Composed.SUM:
        found["column"] = forms.ChoiceField(label="相加的列", choices=sums)
    if kind is Composed.DISTINCT:
        choices = [(name, declared.column(name).meaning) for name in offer.distinct]
        found["column"] = forms.ChoiceField(label="数不同的什么", choices=choices)
    if kind is Composed.ON_TIME:
        timed = [(one.name, f"{one.meaning}（{_manner(one)}）") for one in offer.kept_in_time()]
        found["column"] = forms.ChoiceField(label="按什么判断", choices=timed)
        found["limit"] = forms.IntegerField(
            label="期限", required=False, min_value=1, max_value=366,
            help_text="按天数判断的填天数；按日期判断的填每月几日之前；按是否判断的不填。",
        )  # fmt: skip
    if kind is Composed.TREND:
        found["column"] = forms.ChoiceField(
            label="比较什么",
            required=False,
            choices=[("", "记录数"), *((name, f"“{label}”之和") for name, label in sums)],
        )
        found["against"] = forms.ChoiceField(label="与哪一期相比", choices=[(one.name, one.value) for one in Against])
    if kind in MEASURED:
        per = [one for one in Per if one is not Per.COLUMN or (kind is Composed.SUM and len(sums) > 1)]
        found["per"] = forms.ChoiceField(label="与什么相比", choices=[(one.name, one.value) for one in per])
        found["target"] = forms.IntegerField(
            label="应达到的数目", required=False, min_value=1, max_value=MOST,
            help_text="每个党支部或每名党员在计算范围内应达到的数目；越低越好的填上限。与另一列相比的不填。",
        )  # fmt: skip
        if Per.COLUMN in per:
            found["over"] = forms.ChoiceField(label="另一列", required=False, choices=[("", "不选"), *sums])
    return found


def _manner(column: Column) -> str:
    return {ColumnKind.FLAG: "是否", ColumnKind.DATE: "每月几日之前"}.get(column.kind, "天数")


def _filter_fields(offer: Offer, column: Column) -> dict[str, forms.Field]:
    if column.kind is ColumnKind.CODE:
        choices = offer.codes(column)
        return {
            column.name: forms.MultipleChoiceField(
                label=column.meaning, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
            )
        }
    if column.kind is ColumnKind.FLAG:
        return {column.name: forms.ChoiceField(label=column.meaning, choices=YES_NO, required=False)}
    sides = (
        {"least": "不早于", "most": "不晚于"}
        if column.kind is ColumnKind.DATE
        else {"least": "不小于", "most": "不大于"}
    )
    return {
        f"{column.name}-{side}": DateField(label=f"{column.meaning}，{words}", required=False)
        if column.kind is ColumnKind.DATE
        else forms.IntegerField(label=f"{column.meaning}，{words}", required=False, min_value=0, max_value=MOST)
        for side, words in sides.items()
    }


def initial_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a stored document."""
    found = {name: document[name] or None for name in ("column", "over", "per", "target", "limit", "against")}
    found |= {name: document[name] for name in ("title", "dimension", "basis")}
    found["window"] = Window[document["window"]].name  # those kept before call it otherwise
    found["direction"] = "higher" if document["higher_is_better"] else "lower"
    for prefix, items in (("in", document["filters"]), ("met", document["condition"])):
        for item in items:
            name = f"{prefix}-{item['column']}"
            if "codes" in item:
                found[name] = item["codes"]
            elif "flag" in item:
                found[name] = "yes" if item["flag"] else "no"
            else:
                found |= {f"{name}-{side}": item[side] for side in ("least", "most") if side in item}
    return found


class RetireForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(label="停用理由", max_length=200)
