"""The shape of what is asked for an upload, a confirmation, an undo, an export."""

from __future__ import annotations

from typing import Any

from django import forms

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.exchange.enums import BatchKind
from zhibu.organizations.forms import OrganizationField
from zhibu.ui.forms import DateField, Form

FORMATS = (
    ("xlsx", "Excel 工作簿（.xlsx）"),
    ("csv", "CSV（UTF-8）"),
    ("gb18030", "CSV（GB18030，旧版 Excel 直接打开）"),
)


class UploadForm(Form):
    kind = forms.ChoiceField(label="表格种类", choices=BatchKind.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label="文件",
        allow_empty_file=True,  # the check says more about it than the form could
        max_length=300,
        help_text=".xlsx、.xls 或 .csv；列名和次序不必与模板完全一致。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
    )
    as_of = DateField(label="数据日期", help_text="表中情况截至哪一天；新增的组织关系从这一天算起。")


class ConfirmForm(Form):
    accept_notices = forms.BooleanField(label="已逐处核对提醒，按表中内容写入", required=False)
    only_clean = forms.BooleanField(label="只写入没有错误的行", required=False)

    def __init__(self, *args: Any, errors: int = 0, notices: int = 0, writable: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not notices:
            del self.fields["accept_notices"]
        else:
            self.fields["accept_notices"].label = f"已逐处核对 {notices} 处提醒，按表中内容写入"
        if not errors or not writable:
            del self.fields["only_clean"]
        else:
            self.fields["only_clean"].label = f"只写入没有错误的 {writable} 行，其余 {errors} 行以后再导入"


class UndoForm(Form):
    reason = forms.CharField(label="撤销理由", max_length=200, required=False)


class PaymentsForm(Form):
    """A workbook of dues that were paid through a bank or a payment service."""

    organization = OrganizationField(label="党组织", help_text="只同这个党组织（含下级）的党员核对。")
    file = forms.FileField(
        label="文件", allow_empty_file=True, max_length=300,
        help_text="要有姓名或学工号、金额、日期；有流水号更好。列名不必完全一致。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
    )  # fmt: skip

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: OrganizationField = self.fields["organization"]  # type: ignore[assignment]
        field.offer(scope, Right.RECORD_DUES)
        if top := field.among.order_by("depth", "path").first():
            self.initial.setdefault("organization", f"{top.code} {top.name}")


class ExportForm(Form):
    kind = forms.ChoiceField(label="表格种类", choices=BatchKind.choices, widget=forms.RadioSelect)
    organization = OrganizationField(label="范围", help_text="填代码、全称或简称，可从提示中选；含其下级党组织。")
    format = forms.ChoiceField(label="文件格式", choices=FORMATS)
    full = forms.BooleanField(
        label="包含完整的证件号、电话和住址",
        required=False,
        help_text="不勾选时隐去中间几位；勾选须写明理由，并留有记录。",
    )
    reason = forms.CharField(label="理由", max_length=200, required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: OrganizationField = self.fields["organization"]  # type: ignore[assignment]
        field.offer(scope, Right.EXPORT)
        if top := field.among.order_by("depth", "path").first():
            self.initial.setdefault("organization", f"{top.code} {top.name}")
        if not scope.may(Right.REVEAL_PERSON):
            del self.fields["full"], self.fields["reason"]


class LeaversForm(Form):
    """A workbook of destinations, of one season."""

    season = forms.IntegerField(label="毕业年份", min_value=2000, max_value=2100)
    file = forms.FileField(label="毕业去向表", help_text="xlsx、xls、csv。")
