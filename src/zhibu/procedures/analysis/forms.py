"""The shape of input."""

from __future__ import annotations

from typing import Any

from django import forms

from zhibu.ui.forms import DateField, Form


class AnalysisForm(Form):
    """What a committee concluded about its activists."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    year = forms.TypedChoiceField(label="年度", coerce=int)
    held_on = DateField(label="分析日期", help_text="讨论的日期，不能晚于今天。")
    discussed_at = forms.CharField(label="讨论的会议", max_length=120, help_text="如“2026 年第 12 次党委会会议”。")
    conclusion = forms.CharField(
        label="分析结论", max_length=4000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="队伍的数量、结构、培养教育情况，存在的问题和措施。结论由党委讨论得出，系统只提供数字。",
    )  # fmt: skip
    number = forms.CharField(label="文号", max_length=60, required=False)
    place = forms.CharField(label="材料存放处", max_length=120, help_text="会议记录或者分析报告在哪里。")
    reason = forms.CharField(label="更正理由", max_length=300, required=False)

    def __init__(self, data: Any = None, *, year: int, version: int, today: Any) -> None:
        super().__init__(data, initial={"year": year, "version": version, "held_on": today})
        self.fields["year"].choices = [(str(year), f"{year} 年度")]  # type: ignore[attr-defined]
        if not version:
            self.fields["reason"].widget = forms.HiddenInput()
