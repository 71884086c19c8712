"""The shape of what a side gave."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from zhibu.assessment.evaluators.enums import ENTERED, Evaluator
from zhibu.assessment.evaluators.rules import Entry, smallest_group
from zhibu.indicators.periods import Period
from zhibu.ui.forms import Form

QUARTERS = 8


def quarters(today: date) -> list[tuple[str, str]]:
    """This quarter and those before it that can still be entered."""
    now = Period.of(today)
    return [(str(one), one.label) for one in (now.moved(-back) for back in range(QUARTERS))]


class GradingForm(Form):
    evaluator = forms.ChoiceField(label="评价方", choices=[(one.value, one.label) for one in ENTERED])
    period = forms.ChoiceField(label="考核期")
    value = forms.DecimalField(label="评分", min_value=0, max_value=1000, decimal_places=2)
    most = forms.DecimalField(
        label="满分", min_value=1, max_value=1000, decimal_places=2, initial=100,
        help_text="计分时按评分 ÷ 满分折算为百分制。",
    )  # fmt: skip
    asked = forms.IntegerField(
        label="发放份数", required=False, min_value=0, max_value=1_000_000, help_text="互评、党员和群众测评填写。"
    )
    answered = forms.IntegerField(label="收回有效份数", required=False, min_value=0, max_value=1_000_000)
    source = forms.CharField(
        label="来源", required=False, max_length=200,
        help_text="测评必填：在平台外用纸质票测评的，由清点人汇总后录入平均分，写明怎样测评、由谁清点；"
        "用平台匿名测评的，结束时自动录入，不必在这里填。",
    )  # fmt: skip
    grounds = forms.CharField(
        label="依据", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写事实和材料，不写个人；被评价的党组织可以看到。",
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = quarters(today)  # type: ignore[attr-defined]
        self.fields["answered"].help_text = f"不少于 {smallest_group(today)} 份。"

    def entry(self) -> Entry:
        data = self.cleaned_data
        names = ("value", "most", "grounds", "source", "asked", "answered")
        return Entry(Evaluator(data["evaluator"]), **{name: data[name] for name in names})

    def quarter(self) -> Period:
        return Period.parse(self.cleaned_data["period"])


class CorrectionForm(GradingForm):
    """The same side and quarter, with the reason."""

    reason = forms.CharField(label="更正理由", max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("evaluator", "period"):
            self.fields[name].disabled = True
        given = self.initial["period"]
        self.fields["period"].choices = [(given, Period.parse(given).label)]  # type: ignore[attr-defined]


class TakeBackForm(Form):
    reason = forms.CharField(label="撤销理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
