"""The shape of input."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from zhibu.organizations.models import Organization
from zhibu.people.enums import StageKind
from zhibu.people.forms import BranchField, input_of
from zhibu.people.rules.fields import FIELD
from zhibu.procedures.forms import ReasonForm
from zhibu.procedures.transfers.enums import OUTWARD, TransferKind
from zhibu.regulations.queries import value
from zhibu.ui.forms import DateField, Form

MONTH = r"^(19|20)\d{2}-(0[1-9]|1[0-2])$"
# What the letter and the file that comes with it say about a member.
TAKEN_IN = (
    "name", "id_number", "gender", "ethnicity", "birth_date", "education", "joined_on", "confirmed_on", "number",
    "phone",
)  # fmt: skip


def month_field(**options: Any) -> forms.Field:
    return forms.RegexField(MONTH, label="党费交至", error_messages={"invalid": "格式如 2026-06。"}, **options)


class RequestForm(Form):
    """Asking for a transfer. Without ``others`` it is one's own."""

    person = forms.CharField(label="党员姓名或学工号", max_length=60, required=False, help_text="办理本人的转接不填。")
    target = forms.CharField()  # replaced below
    kind = forms.ChoiceField(
        label="转出校外的方式", required=False,
        choices=[("", "不转出校外"), *((kind.value, kind.label) for kind in TransferKind if kind in OUTWARD)],
    )  # fmt: skip
    addressee = forms.CharField(
        label="接收的基层党委（介绍信抬头）", max_length=120, required=False,
        help_text="有审批预备党员权限的基层党委可以在全国直接转接；写全称。",
    )  # fmt: skip
    to_unit = forms.CharField(label="转入单位党组织", max_length=120, required=False, help_text="编入的党支部或单位。")
    cause = forms.CharField(label="转接原因", max_length=200, required=False, help_text="如毕业、转专业、工作调动。")
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, branches: QuerySet[Organization], others: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"] = BranchField(branches, label="校内党支部", required=False)
        self.order_fields(["person", "target", "kind", "addressee", "to_unit", "cause", "submission"])
        if not others:
            del self.fields["person"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("target") and (data.get("kind") or data.get("to_unit")):
            self.add_error("target", "校内党支部和校外党组织只能填一处。")
        return data


class WholeForm(Form):
    """A whole organization changes its superior."""

    organization = forms.CharField()
    parent = forms.CharField()
    cause = forms.CharField(label="事由和批准文号", max_length=200, help_text="如“学院合并，校党发〔2026〕12 号”。")
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, movable: QuerySet[Organization], superiors: QuerySet[Organization], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"] = BranchField(movable, label="整建制转接的党组织")
        self.fields["parent"] = BranchField(superiors, label="新的上级党组织")
        self.order_fields(["organization", "parent", "cause", "submission"])


class IncomingForm(Form):
    """A letter from outside and whom it is about."""

    sensitive = ("id_number", "phone")
    returning = forms.BooleanField(
        label="恢复原档案", required=False, help_text="此人曾在本校的，恢复原档案，过去的记录保留，不另建档案。"
    )
    number = forms.CharField(label="介绍信编号", max_length=60, help_text="照原件填写，每封只能用一次。")
    issued_by = forms.CharField(label="开具的党组织", max_length=120, help_text="照原件落款填写全称。")
    issued_on = DateField(label="开具日期")
    valid_days = forms.IntegerField(label="有效天数", min_value=1, max_value=365)
    letter_dues_until = month_field(required=False)
    on = DateField(label="收到并编入的日期")
    organization = forms.CharField()
    stage = forms.ChoiceField(
        label="人员类别", choices=[(kind.value, kind.label) for kind in (StageKind.FULL, StageKind.PROBATIONARY)]
    )

    def __init__(self, *args: Any, branches: QuerySet[Organization], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"] = BranchField(branches, label="编入的党支部")
        self.fields["valid_days"].initial = value("move.letter", today).number
        self.fields["on"].initial = today
        for name in TAKEN_IN:
            # The letter's own number stands above; the person's is the 学工号.
            self.fields[f"person_{name}"] = input_of(FIELD[name])
        for name in ("name", "id_number", "birth_date", "joined_on"):
            self.fields[f"person_{name}"].required = True

    def ask_whether_returning(self) -> None:
        """The box stands there only for somebody who was here before."""
        if "returning" not in self.errors and not self.data.get("returning"):
            del self.fields["returning"]

    def of_person(self) -> dict[str, Any]:
        return {
            name: found for name in TAKEN_IN if (found := self.cleaned_data.get(f"person_{name}")) not in (None, "")
        }


class FetchForm(Form):
    on = DateField(label="领取日期")


class LateReceiptForm(ReasonForm):
    """A receipt that came after the transfer had fallen back."""

    on = DateField(label="接收日期", help_text="接收方在回执上写明的日期，应在介绍信有效期之内。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["on", "reason"])
