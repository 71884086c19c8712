"""The shapes of what is typed about work reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from zhibu.assessment.evaluators.enums import ReportGrade
from zhibu.assessment.reports.models import WorkReport
from zhibu.assessment.reports.rules import Conclusion
from zhibu.ui.forms import DateField, Form


class CallForm(Form):
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    due_on = DateField(label="提交期限")
    note = forms.CharField(
        label="要求", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="述职写哪几方面、篇幅、何时开会评议。",
    )  # fmt: skip


class ReportForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="述职报告", max_length=20000, widget=forms.Textarea(attrs={"rows": 18}),
        help_text="履行职责的情况，存在的问题和原因，下一步打算。全文较长的，可以作为附件上传。",
    )  # fmt: skip


class ReturnForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class GradeSheetForm(Form):
    """Conclusions of one meeting on several reports: a row a report, left empty where it was not graded."""

    held_on = DateField(label="评议日期", help_text="这次登记的都是这一天评议的。")

    def __init__(self, reports: Sequence[WorkReport], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reports = reports
        for row in reports:
            self.fields[f"version-{row.pk}"] = forms.IntegerField(widget=forms.HiddenInput, initial=row.version)
            self.fields[f"grade-{row.pk}"] = forms.ChoiceField(
                label=f"综合评价（{row.organization}）",
                choices=[("", "这次不评"), *ReportGrade.choices],
                required=False,
            )
            self.fields[f"comment-{row.pk}"] = forms.CharField(
                label=f"评语（{row.organization}）",
                max_length=1000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        for row in self.reports:
            if found.get(f"comment-{row.pk}") and not found.get(f"grade-{row.pk}"):
                self.add_error(f"grade-{row.pk}", "写了评语，没有选择综合评价。请选择，或清空评语。")
        return found

    @property
    def rows(self) -> list[tuple[WorkReport, BoundField, BoundField, BoundField]]:
        return [
            (row, self[f"version-{row.pk}"], self[f"grade-{row.pk}"], self[f"comment-{row.pk}"]) for row in self.reports
        ]

    def given(self) -> dict[int, tuple[Conclusion, int]]:
        """Report → what was concluded, and the version that was seen."""
        data = self.cleaned_data
        return {
            row.pk: (
                Conclusion(data["held_on"], ReportGrade(data[f"grade-{row.pk}"]), data[f"comment-{row.pk}"]),
                data[f"version-{row.pk}"],
            )
            for row in self.reports
            if data[f"grade-{row.pk}"]
        }


class GradeForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    held_on = DateField(label="评议日期")
    present = forms.IntegerField(
        label="到会人数", required=False, min_value=0, max_value=100_000,
        help_text="到会人员当场评议的，填写人数和各等次的票数；只登记票数，不记是谁投的。",
    )  # fmt: skip
    grade = forms.ChoiceField(label="综合评价", choices=[("", "请选择"), *ReportGrade.choices],
                              help_text="由上级党组织集体研究确定，票数供参考。")  # fmt: skip
    comment = forms.CharField(label="评语", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in ReportGrade:
            self.fields[f"ticks-{one.value}"] = forms.IntegerField(
                label=f"评“{one.label}”的票数", required=False, min_value=0, max_value=100_000
            )
        if again:
            self.fields["reason"] = forms.CharField(label="改定理由", max_length=500, required=False)
        ticks = [f"ticks-{one.value}" for one in ReportGrade]
        self.order_fields(["version", "held_on", "present", *ticks, "grade", "comment", "reason"])

    def conclusion(self) -> Conclusion:
        data = self.cleaned_data
        given = {one: data[f"ticks-{one.value}"] for one in ReportGrade}
        ticks = {one: count or 0 for one, count in given.items()} if any(v is not None for v in given.values()) else {}
        return Conclusion(
            data["held_on"], ReportGrade(data["grade"]), data["comment"], data["present"], ticks, data.get("reason", "")
        )
