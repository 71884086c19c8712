"""The shape of what editors type about common problems."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from zhibu.supervision.common.models import CommonProblem
from zhibu.ui.forms import DateField, Form


class TitleForm(Form):
    title = forms.CharField(label="名称", max_length=100, help_text="写明是什么事，不写个人姓名。")


class MergeForm(Form):
    other = forms.TypedChoiceField(label="并入这里的共性问题", coerce=int)

    def __init__(self, *given: Any, others: QuerySet[CommonProblem], **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["other"].choices = [("", "请选择"), *((one.pk, one.title) for one in others)]  # type: ignore[attr-defined]


class MeasureAllForm(Form):
    measure = forms.CharField(
        label="整改措施", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明做什么、谁来做、怎样算整改到位；各责任党组织按这一措施整改。",
    )  # fmt: skip
    milestone = forms.CharField(label="节点", max_length=200, required=False)
    due_on = DateField(
        label="节点完成期限",
        required=False,
        help_text="晚于某个问题的整改期限的，那个问题不办理并列出；已过期限的问题，请不填节点再办一次。",
    )
    replace = forms.BooleanField(
        label="已有措施的也改用这一措施", required=False, help_text="不选的，已有措施的问题保持不变。"
    )
