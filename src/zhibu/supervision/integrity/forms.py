"""The shape of what is typed about material and declarations."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.forms import OrganizationField
from zhibu.supervision.integrity.enums import Audience, MaterialKind
from zhibu.ui.files import ALLOWED
from zhibu.ui.forms import DateField, Form

LONG = forms.Textarea(attrs={"rows": 8})


class _Within(Form):
    """A form that names an organization which the reader supervises."""

    def __init__(self, *given: Any, scope: Scope, **named: Any) -> None:
        super().__init__(*given, **named)
        field = self.fields["organization"]
        assert isinstance(field, OrganizationField)
        field.offer(scope, Right.SUPERVISE)


class MaterialForm(_Within):
    submission = forms.UUIDField(widget=forms.HiddenInput)
    organization = OrganizationField(label="发布党组织")
    kind = forms.ChoiceField(label="类别", choices=MaterialKind.choices)
    title = forms.CharField(label="标题", max_length=120)
    source = forms.CharField(
        label="来源", max_length=200, help_text="哪里发布的、哪一期。案例须是公开通报或已隐去姓名的。"
    )
    text = forms.CharField(label="正文", max_length=20_000, required=False, widget=LONG)
    upload = forms.FileField(label="文件", required=False, help_text=f"可以代替正文：{ALLOWED}。")
    starts_on = DateField(label="启用日期")
    ends_on = DateField(label="停用日期", required=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        named["initial"] = {"submission": uuid.uuid4(), **(named.get("initial") or {})}
        super().__init__(*given, **named)


class AssignForm(_Within):
    organization = OrganizationField(label="党组织", help_text="含下级。填代码、全称或简称")
    audience = forms.ChoiceField(label="对象", choices=Audience.choices)
    due_on = DateField(label="阅读期限")


class DeclarationForm(_Within):
    organization = OrganizationField(label="党组织", help_text="含下级。填代码、全称或简称")
    title = forms.CharField(label="名称", max_length=80)
    audience = forms.ChoiceField(label="签署人", choices=Audience.choices)
    due_on = DateField(label="首次签署期限")
    text = forms.CharField(
        label="正文", max_length=5_000, widget=LONG, help_text="写明承诺做到什么、不做什么；不要求说明思想和信仰。"
    )


class TextForm(Form):
    text = forms.CharField(label="正文", max_length=5_000, widget=LONG)


class SignForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
