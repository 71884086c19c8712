"""The shape of input."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from zhibu.organizations.models import Organization
from zhibu.people.forms import BranchField, Suggesting, branch_text
from zhibu.procedures.models import Case
from zhibu.procedures.numbered.rules import LONGEST, numbers_between, numbers_listed
from zhibu.ui.forms import DateField, Form

OFFERED = 200  # names that the browser suggests; whoever else waits is found by what is typed


class TakeInForm(Form):
    """Blanks that a committee has received: from one number to another, or as they stand in a workbook."""

    on = DateField(label="入库日期", help_text="不能晚于今天。")
    first = forms.CharField(label="起号", max_length=LONGEST, required=False, help_text="如 2026-0001。")
    last = forms.CharField(
        label="止号", max_length=LONGEST, required=False, help_text="如 2026-0100。只有一份的不填止号。"
    )
    listed = forms.CharField(
        label="或者粘贴编号", required=False, max_length=60_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="从表格中复制编号一列粘贴，一行一个。",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, keepers: QuerySet[Organization], today: Any) -> None:
        super().__init__(data, initial={"on": today})
        only = list(keepers[:2])
        self.fields["organization"] = BranchField(
            keepers, noun="有审批权限的基层党委", label="管理的党委",
            initial=branch_text(only[0]) if len(only) == 1 else "",
            help_text="有审批预备党员权限的基层党委。输入名称或组织代码，从提示中选择。",
        )  # fmt: skip
        self.order_fields(["organization", "on", "first", "last", "listed"])

    def numbers(self) -> list[str]:
        data = self.cleaned_data
        return [*numbers_between(data["first"], data["last"]), *numbers_listed(data["listed"])]


class IssueForm(Form):
    """Handing an unused form to a candidate."""

    on = DateField(label="发放日期")
    received_by = forms.CharField(label="领取人", max_length=60)

    def __init__(self, data: Any = None, *, cases: QuerySet[Case], today: Any) -> None:
        super().__init__(data, initial={"on": today})
        self.cases = cases
        offered = list(dict.fromkeys(str(case.person) for case in cases[:OFFERED]))
        self.fields["case"] = forms.CharField(
            label="发放给", max_length=60, widget=Suggesting(offered), help_text="姓名或学工号。"
        )
        self.order_fields(["case", "on", "received_by"])

    def clean_case(self) -> int:
        """The one case that is meant, however many wait."""
        text = " ".join(self.cleaned_data["case"].split())
        found = list(self.cases.filter(Q(person__name=text) | Q(person__number=text))[:2])
        if not found:
            raise forms.ValidationError(f"没有“{text}”等待填写志愿书的事项，或者已有一份在手。请核对姓名或学工号。")
        if len(found) > 1:
            raise forms.ValidationError(f"不止一个人叫“{text}”。请改填学工号。")
        return found[0].pk


class SpoilForm(Form):
    on = DateField(label="日期")
    reason = forms.CharField(label="说明", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, *, help_text: str, today: Any) -> None:
        super().__init__(data, initial={"on": today})
        self.fields["reason"].help_text = help_text


class PutRightForm(Form):
    reason = forms.CharField(label="更正理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
