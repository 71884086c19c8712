"""The shape of a choice and of a robot."""

from __future__ import annotations

from typing import Any

from django import forms

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.forms import OrganizationField
from zhibu.reminders.enums import Rhythm, RobotKind
from zhibu.ui.forms import Form, TimeField


class PreferenceForm(Form):
    sensitive = ("address",)
    by_email = forms.BooleanField(
        label="用电子邮件提醒我", required=False, help_text="一天最多一封；没有待办的日子不发。"
    )
    rhythm = forms.ChoiceField(
        label="多久一次", choices=Rhythm.choices, widget=forms.RadioSelect,
        help_text="没有变化的待办，最迟七天再提醒一次；每周一次的在周一发。",
    )  # fmt: skip
    address = forms.EmailField(label="收件邮箱", max_length=120, required=False)
    quiet_from = TimeField(label="免打扰开始")
    quiet_until = TimeField(label="免打扰结束", help_text="这段时间不发送，结束后再发。两个时间相同，就是不设免打扰。")


class RobotForm(Form):
    sensitive = ("address", "secret")
    organization = OrganizationField(label="党组织")
    kind = forms.ChoiceField(label="平台", choices=RobotKind.choices, widget=forms.RadioSelect)
    label = forms.CharField(label="群名称", max_length=60, help_text="只用来在名单里辨认。")
    address = forms.CharField(
        label="Webhook 地址", max_length=500, help_text="在群机器人的设置里复制，以 https:// 开头。"
    )
    secret = forms.CharField(
        label="加签密钥", max_length=200, required=False, help_text="钉钉机器人安全设置选“加签”的填写；企业微信留空。"
    )

    def __init__(self, *given: Any, scope: Scope, **named: Any) -> None:
        super().__init__(*given, **named)
        field = self.fields["organization"]
        assert isinstance(field, OrganizationField)
        field.offer(scope, Right.EDIT_ORGANIZATION)

    def clean_kind(self) -> RobotKind:
        return RobotKind(self.cleaned_data["kind"])
