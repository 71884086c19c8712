"""The shape of what is typed about problems."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import PostKind
from zhibu.organizations.queries import found_by
from zhibu.supervision.enums import BY_SUPERIOR, Source
from zhibu.supervision.queries import raising_organizations
from zhibu.ui.files import ALLOWED
from zhibu.ui.forms import DateField, FilesField, Form

MILESTONES = 4
LISTED = 5
REASON = forms.Textarea(attrs={"rows": 3, "maxlength": 2000})


class RaiseForm(Form):
    organization = forms.CharField(
        label="责任党组织", max_length=120, help_text="填写全称、简称或代码，须在您的管理范围内。",
    )  # fmt: skip
    source = forms.ChoiceField(label="来源", choices=[])
    text = forms.CharField(
        label="问题", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明是什么事、缺什么、在哪里发现。不要写个人的证件号码、电话和谈话内容。",
    )  # fmt: skip
    post = forms.ChoiceField(
        label="责任职务", required=False, choices=[("", "按组织类别确定"), *PostKind.choices],
        help_text="由担任这一职务的同志负责；换人后由接任的同志继续负责。",
    )  # fmt: skip
    due_on = DateField(label="整改期限", required=False, help_text="不填的，按校内设定的天数计算。")

    def __init__(self, *args: Any, scope: Scope, is_superior: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        offered = (*BY_SUPERIOR, Source.OWN) if is_superior else (Source.OWN,)
        self.fields["source"].choices = [(one.value, one.label) for one in offered]  # type: ignore[attr-defined]

    def clean_organization(self) -> int:
        """The one organization that is meant; several are named, so that the reader can say which."""
        text = self.cleaned_data["organization"].strip()
        found = found_by(self.scope, text) & raising_organizations(self.scope)
        rows = list(found.values_list("pk", "name", "short_name", "code")[:200])
        exact = [row for row in rows if text in row[1:]]
        if len(exact or rows) == 1:
            return int((exact or rows)[0][0])
        if not rows:
            raise forms.ValidationError("没有找到这个党组织，或不在您的管理范围内。请核对名称或代码。")
        names = "、".join(f"{row[1]}（{row[3]}）" for row in rows[:LISTED])
        raise forms.ValidationError(f"有不止一个党组织符合：{names}{'等' if len(rows) > LISTED else ''}。请填写代码。")


class MeasureForm(Form):
    measure = forms.CharField(
        label="整改措施", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明做什么、谁来做、怎样算整改到位。",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MILESTONES + 1):
            self.fields[f"step_{number}"] = forms.CharField(label=f"节点 {number}", max_length=200, required=False)
            self.fields[f"day_{number}"] = DateField(label=f"节点 {number} 完成期限", required=False)

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        """The fields of each milestone, side by side on the page."""
        return [(self[f"step_{number}"], self[f"day_{number}"]) for number in range(1, MILESTONES + 1)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for number in range(1, MILESTONES + 1):
            text, day = data.get(f"step_{number}"), data.get(f"day_{number}")
            if bool(text) != bool(day) and not {f"step_{number}", f"day_{number}"} & set(self.errors):
                self.add_error(f"day_{number}" if text else f"step_{number}", "节点和完成期限要一起填写。")
        return data

    def milestones(self) -> list[tuple[str, date]]:
        data = self.cleaned_data
        given = ((data.get(f"step_{number}"), data.get(f"day_{number}")) for number in range(1, MILESTONES + 1))
        return [(text, day) for text, day in given if text and day]


class ReportForm(Form):
    text = forms.CharField(
        label="整改情况", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明做了什么、何时完成、材料说明什么。",
    )  # fmt: skip
    evidence = FilesField(label="佐证材料", required=False, help_text=f"可以一次选多份：{ALLOWED}。")


class ReviewForm(Form):
    decision = forms.ChoiceField(
        label="复核意见", choices=[("accept", "整改到位，销号"), ("return", "退回，继续整改")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.CharField(
        label="理由", required=False, max_length=2000, widget=REASON, help_text="退回的须写明还缺什么。"
    )
    due_on = DateField(label="退回后的整改期限", required=False, help_text="不填的，期限不变。")


class ReasonForm(Form):
    reason = forms.CharField(label="理由", max_length=2000, widget=REASON)


class DatedForm(ReasonForm):
    due_on = DateField(label="新的整改期限")


class NoteForm(Form):
    reason = forms.CharField(label="复核说明", required=False, max_length=2000, widget=REASON)
