"""The shape of input."""

from __future__ import annotations

from typing import Any

from django import forms

from zhibu.procedures.analysis.enums import Analyst
from zhibu.ui.forms import DateField, Form


class AnalysisForm(Form):
    """What a committee concluded about its activists."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    by = forms.TypedChoiceField(label="分析主体", coerce=Analyst)
    year = forms.TypedChoiceField(label="年度", coerce=int)
    department = forms.CharField(
        label="组织部门名称",
        max_length=120,
        required=False,
        help_text="进行分析的组织部门的全称。学校党委是否对应县级一级，条文没有写明，按本校的隶属关系填写。",
    )
    held_on = DateField(label="分析日期", help_text="讨论的日期，不能晚于今天。")
    discussed_at = forms.CharField(label="讨论的会议", max_length=120, help_text="如“2026 年第 12 次党委会会议”。")
    conclusion = forms.CharField(
        label="分析结论", max_length=4000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="队伍的数量、结构、培养教育情况，存在的问题和措施。结论由党委讨论得出，系统只提供数字。",
    )  # fmt: skip
    number = forms.CharField(label="文号", max_length=60, required=False)
    place = forms.CharField(label="材料存放处", max_length=120, help_text="会议记录或者分析报告在哪里。")
    reason = forms.CharField(label="更正理由", max_length=300, required=False)

    def __init__(self, data: Any = None, *, by: Analyst, year: int, version: int, today: Any) -> None:
        super().__init__(data, initial={"by": by.value, "year": year, "version": version, "held_on": today})
        self.fields["by"].choices = [(by.value, by.label)]  # type: ignore[attr-defined]
        self.fields["year"].choices = [(str(year), f"{year} 年度")]  # type: ignore[attr-defined]
        if not version:
            self.fields["reason"].widget = forms.HiddenInput()
        if by is Analyst.COMMITTEE:
            self.fields["department"].widget = forms.HiddenInput()
        else:
            self.fields["department"].required = True
            self.fields["discussed_at"].label = "会议或者文件"
            self.fields["discussed_at"].help_text = "结论出自哪次会议或者哪份文件。"
            self.fields["conclusion"].help_text = "收到的或者所作的分析结论。结论由人作出，系统只提供数字。"
