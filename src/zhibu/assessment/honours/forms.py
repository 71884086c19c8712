"""The shape of proposals, decisions and cases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.honours.enums import HonourKind
from zhibu.assessment.honours.models import Honour
from zhibu.organizations.forms import OrganizationField
from zhibu.ui.forms import DateField, Form


class KindForm(Form):
    kind = forms.ChoiceField(label="荣誉", choices=HonourKind.choices)


class NominateForm(KindForm):
    """Somebody who is no candidate, with a reason of its own."""

    organization = OrganizationField(label="党组织")
    grounds = forms.CharField(
        label="提名理由", max_length=300, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="不在候选之列的，写明为什么提名；参加这次评价的党组织才能提名。",
    )  # fmt: skip

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organization"]
        assert isinstance(field, OrganizationField)
        field.offer(scope, Right.PUBLISH_SCORE)


class DecideForm(Form):
    awarded = forms.TypedChoiceField(
        label="决定", choices=(("yes", "评定"), ("no", "不予评定")), coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )  # fmt: skip
    decided_on = DateField(label="决定日期", help_text="会议召开或文件印发的日期。")
    document = forms.CharField(label="会议或文号", max_length=100, help_text="例如：校党委会〔2026〕15 号纪要。")
    reason = forms.CharField(
        label="不予评定的理由", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReasonForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class CaseForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label="标题", max_length=100)
    text = forms.CharField(
        label="做法和成效", max_length=5000, widget=forms.Textarea(attrs={"rows": 12}),
        help_text="怎么做的、有什么成效、别的党组织怎样借鉴。涉及个人的须经本人同意，不写证件号和电话。",
    )  # fmt: skip
    honour = forms.ChoiceField(label="荣誉", required=False)

    def __init__(self, honours: Iterable[Honour], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["honour"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "不选"), *((str(one.pk), str(one)) for one in honours)]

    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "title": data["title"], "text": data["text"], "honour": int(data["honour"]) if data["honour"] else None,
            "version": data["version"] or 0,
        }  # fmt: skip
