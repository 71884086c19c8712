"""The shape of what is typed about alerts."""

from __future__ import annotations

from django import forms

from zhibu.ui.forms import DateField, Form

REASON = forms.Textarea(attrs={"rows": 3, "maxlength": 2000})


class SnoozeForm(Form):
    until = DateField(label="暂缓至", help_text="到这一天恢复提醒。")
    reason = forms.CharField(
        label="理由", max_length=2000, widget=REASON, help_text="写明正在做什么、何时见效。上级党组织能看到。"
    )


class FalseForm(Form):
    reason = forms.CharField(
        label="理由", max_length=2000, widget=REASON,
        help_text="写明数据或规则哪里不对。误报率按规则公开，供学校修改规则。",
    )  # fmt: skip
