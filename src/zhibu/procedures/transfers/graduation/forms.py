"""The shape of input."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from zhibu.procedures.transfers.enums import Destination, ReceiverKind
from zhibu.procedures.transfers.forms import month_field
from zhibu.procedures.transfers.graduation.rules import Going
from zhibu.procedures.transfers.models import Leaver
from zhibu.regulations.queries import value
from zhibu.ui.forms import DateField, Form

HINTS = {
    "to_unit": "接收党组织全称", "addressee": "抬头：有接收权限的党委", "valid_days": "有效天数",
    "dues_until": "党费交至，如 2026-06",
}  # fmt: skip


class LeaverForm(Form):
    """One row of the table, or the page of one leaver. In a row the inputs belong to a form of their own cell."""

    destination = forms.ChoiceField(label="去向", required=False, choices=[("", "未登记"), *Destination.choices])
    receiver_kind = forms.ChoiceField(
        label="接收党组织类型", required=False, choices=[("", "按去向"), *ReceiverKind.choices]
    )
    to_unit = forms.CharField(label="接收党组织", max_length=120, required=False)
    addressee = forms.CharField(label="介绍信抬头", max_length=120, required=False)
    valid_days = forms.IntegerField(label="有效天数", required=False, min_value=1)
    dues_until = month_field(required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, row: Leaver, in_table: bool = False, paid_until: date | None = None, **kwargs: Any
    ) -> None:
        """``paid_until``: the month in the dues register, offered while the row names none."""
        names = ("destination", "receiver_kind", "to_unit", "addressee", "valid_days", "dues_until", "version")
        kwargs.setdefault("initial", {name: getattr(row, name) for name in names})
        if paid_until is not None and not row.dues_until:
            kwargs["initial"]["dues_until"] = f"{paid_until:%Y-%m}"
        if in_table:
            kwargs["auto_id"] = f"row-{row.pk}-%s"
        super().__init__(*args, **kwargs)
        self.fields["dues_until"].help_text = "如 2026-06。登记簿中有交纳记录的已经填好，请核对。"
        self.fields["dues_until"].needed = "开具介绍信的必填"  # type: ignore[attr-defined]
        for name, text in HINTS.items():
            self.fields[name].widget.attrs["placeholder"] = text
        for name, field in self.fields.items():
            if name in {"to_unit", "addressee"}:
                field.widget.attrs["list"] = f"{name}-used"
            if in_table:
                field.widget.attrs |= {"form": f"form-{row.pk}", "aria-label": f"{row.person.name}的{field.label}"}
                field.widget.attrs["class"] = "form-select form-select-sm" if name in {
                    "destination", "receiver_kind"
                } else "form-control form-control-sm"  # fmt: skip

    def going(self) -> Going:
        data = self.cleaned_data
        return Going(**{name: data[name] for name in Going.__dataclass_fields__})


class IssueForm(Form):
    """What holds for all letters that have no days or month of their own."""

    valid_days = forms.IntegerField(label="有效天数", min_value=1, help_text="表中已填写的按表中。")
    dues_until = month_field(
        required=False, help_text="表中已填写的按表中，没有填写的按党费登记簿；两处都没有的，按这里。如 2026-06。"
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_days"].initial = value("move.letter", today).number


class SeasonForm(Form):
    season = forms.IntegerField(label="毕业年份", min_value=2000, max_value=2100)


class ExtendForm(Form):
    reason = forms.CharField(label="延长的特殊情况", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class ReceiptsForm(Form):
    """The day on which all the chosen were accepted."""

    on = DateField(label="接收日期", help_text="接收方在回执上写明的日期；不同日期的分几次登记。")
    reason = forms.CharField(
        label="说明", required=False, max_length=200, help_text="在有效期内已经接收、逾期退回之后才收到回执的，须写明。"
    )


class ContactForm(Form):
    on = DateField(label="联系日期")


class ConfirmForm(Form):
    """Writing a workbook whose rows have been checked."""

    only_clean = forms.BooleanField(label="只写入没有错误的行", required=False)


class SubmitForm(Form):
    """Nothing but the button."""
