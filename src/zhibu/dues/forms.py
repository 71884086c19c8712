"""The shape of input."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from zhibu.dues.enums import FundKind, IncomeKind, Manner, Purpose, Regime, ReliefKind, Rounding
from zhibu.dues.rules import plain_decimal
from zhibu.ui.forms import DateField, Form, MonthField


class AmountField(forms.DecimalField):
    """Yuan with fen, in a plain notation. Whether it may be nothing or negative the action says, with its rule."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, **options)
        self.widget.attrs["inputmode"] = "decimal"

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        if (found := plain_decimal(str(value))) is None:
            raise forms.ValidationError("金额看不懂，请写成 1234.50 这样的数字。", code="invalid")
        return found


class BaseForm(Form):
    """On what a member pays. The amount is nobody else's business: it is not kept as a draft."""

    sensitive = ("amount",)
    kind = forms.ChoiceField(label="人员类型", choices=IncomeKind.choices)
    amount = AmountField(
        label="月收入（元）",
        required=False,
        help_text="按月领薪填税后的固定、经常性收入；年薪制填当月实领；不按月的填上季度月平均纯收入；离退休填实领总额；"
        "农民填党组织确定的每月数额；学生等不填。",
    )
    started_on = MonthField(label="起算月份")
    basis = forms.CharField(label="依据", max_length=120, required=False, help_text="例如：人事处工资核定表。")


class StudentsForm(Form):
    started_on = MonthField(label="起算月份", help_text="在这之后入党的，从入党的月份起算。")


class RevealForm(Form):
    reason = forms.CharField(label="查看理由", max_length=200, help_text="至少四个字；本人可以看到谁为什么看过。")


HERE = [one for one in Manner.choices if one[0] != Manner.ELSEWHERE]


def month_choices(owed: Sequence[tuple[date, Decimal]]) -> list[tuple[str, str]]:
    return [(f"{month}", f"{month:%Y-%m}　{amount:.2f} 元") for month, amount in owed]


class PayForm(Form):
    """What one member paid. ``months`` are those open, with what is owed for each."""

    months = forms.TypedMultipleChoiceField(
        label="所交月份", coerce=date.fromisoformat, widget=forms.CheckboxSelectMultiple
    )
    amount = AmountField(label="收到金额（元）", help_text="等于所选各月应交之和；自愿多交的，填实收总额。")
    extra = forms.BooleanField(label="自愿多交", required=False, help_text="一次多交一千元以上的全额上缴中央。")
    paid_on = DateField(label="交纳日期")
    manner = forms.ChoiceField(label="交纳方式", choices=HERE)
    payer = forms.CharField(label="代交人", max_length=60, required=False, help_text="委托代交的填写。")
    reference = forms.CharField(label="流水号", max_length=60, required=False)
    receipt = forms.CharField(label="中央组织部收据号", max_length=60, required=False, help_text="全额上缴中央的填写。")
    by_quarter = forms.BooleanField(label="经党支部同意按季度交纳", required=False)
    reason = forms.CharField(
        label="说明", max_length=200, required=False,
        help_text="补交超过六个月的写明特殊情况；按季度提前交的写明党支部同意的情况。",
    )  # fmt: skip

    def __init__(self, *args: Any, owed: Sequence[tuple[date, Decimal]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["months"].choices = month_choices(owed)  # type: ignore[attr-defined]


class ElsewhereForm(Form):
    """What a mobile member paid where they are: the months, and the paper that says so."""

    sensitive = ("certificate",)
    months = forms.TypedMultipleChoiceField(
        label="所交月份", coerce=date.fromisoformat, widget=forms.CheckboxSelectMultiple
    )
    paid_on = DateField(label="交纳日期")
    place = forms.CharField(label="流入地党组织", max_length=120, help_text="收下党费的党组织。")
    certificate = forms.CharField(label="流动党员活动证编号", max_length=60, help_text="核对活动证上的交纳记载后填写。")
    reason = forms.CharField(
        label="说明", max_length=200, required=False, help_text="补交超过六个月的写明特殊情况。"
    )  # fmt: skip

    def __init__(self, *args: Any, owed: Sequence[tuple[date, Decimal]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["months"].choices = month_choices(owed)  # type: ignore[attr-defined]


class CollectForm(Form):
    paid_on = DateField(label="交纳日期")


class ReasonForm(Form):
    reason = forms.CharField(label="理由", max_length=200, help_text="至少四个字，会留在记录里。")


class CentralReceiptForm(Form):
    receipt = forms.CharField(label="中央组织部收据号", max_length=60)


class ReliefForm(Form):
    sensitive = ("reason",)
    kind = forms.ChoiceField(label="办法", choices=ReliefKind.choices)
    amount = AmountField(label="少交后的月党费（元）", required=False, help_text="免交的不填。")
    first_month = MonthField(label="自")
    last_month = MonthField(label="至", help_text="一次最多十二个月。")
    reason = forms.CharField(label="困难情况", max_length=500, widget=forms.Textarea, help_text="加密保存。")
    decided_on = DateField(label="党支部研究日期")
    decision = forms.CharField(label="支部会议记录", max_length=120, help_text="例如：2026 年 11 月支委会记录第 3 项。")


class DecideReliefForm(Form):
    decided_on = DateField(label="批准或不批准的日期")
    paper = forms.CharField(label="批复文号或会议记录", max_length=120)


class HandOverForm(Form):
    amount = AmountField(label="上缴金额（元）")
    handed_on = DateField(label="上缴日期")
    note = forms.CharField(label="说明", max_length=200, required=False)


class ReceiveForm(Form):
    received_on = DateField(label="收到日期")
    receipt = forms.CharField(label="收据号", max_length=60)


class FundForm(Form):
    kind = forms.ChoiceField(label="类别", choices=FundKind.choices)
    purpose = forms.ChoiceField(
        label="使用范围", choices=[("", "（使用党费时选择）"), *Purpose.choices], required=False
    )
    amount = AmountField(label="金额（元）")
    on = DateField(label="日期")
    content = forms.CharField(label="内容", max_length=200)
    decided_on = DateField(label="集体讨论日期", required=False, help_text="使用党费的必填，不晚于支出日期。")
    decision = forms.CharField(label="会议记录或文号", max_length=120)


class PublishForm(Form):
    published_on = DateField(label="公布日期")
    how = forms.CharField(label="公布方式", max_length=120, help_text="例如：支部党员大会通报，公示栏张贴。")


class ChoiceForm(Form):
    started_on = MonthField(label="自")
    step = forms.TypedChoiceField(label="进位到", choices=[("0.1", "角"), ("0.01", "分"), ("1", "元")], coerce=Decimal)
    rounding = forms.ChoiceField(label="进位办法", choices=Rounding.choices)
    regime = forms.ChoiceField(label="基数变动", choices=Regime.choices)
    document = forms.CharField(label="依据", max_length=120, help_text="学校的文件或会议，党员可以看到。")
