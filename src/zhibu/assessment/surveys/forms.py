"""The shape of a survey, of an answer, of taking back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from zhibu.assessment.evaluators.enums import Evaluator
from zhibu.assessment.evaluators.forms import quarters
from zhibu.assessment.evaluators.rules import smallest_group
from zhibu.assessment.surveys import rules
from zhibu.assessment.surveys.enums import Satisfaction
from zhibu.assessment.surveys.models import SIDES
from zhibu.assessment.surveys.rules import Question
from zhibu.indicators.periods import Period
from zhibu.ui.forms import DateField, Form

# To begin with; the superior changes them to what he wants to know.
EXAMPLES = (
    "组织生活按时开展、内容实在",
    "党务公开及时、看得明白",
    "听取意见，反映的问题有答复",
    "为师生办实事、解难题",
)


class SurveyForm(Form):
    evaluator = forms.ChoiceField(label="由谁测评", choices=SIDES)
    period = forms.ChoiceField(label="考核期")
    statements = forms.CharField(
        label="测评项目", max_length=1000, initial="\n".join(EXAMPLES), widget=forms.Textarea(attrs={"rows": 6}),
        help_text=f"一行一条，{rules.FEWEST} 到 {rules.MOST} 条，参加测评的人逐条选择很不满意到很满意。"
        "只问党组织的工作，不问个人，不问思想和看法；不设文字意见，免得认出笔迹和口气。",
    )  # fmt: skip
    slips = forms.IntegerField(label="发放份数", min_value=1, max_value=100_000)
    closes_on = DateField(label="截止日期", help_text="当天仍可提交，次日凌晨自动结束。")

    def __init__(self, *args: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = quarters(today)  # type: ignore[attr-defined]
        least = smallest_group(today)
        self.fields[
            "slips"
        ].help_text = f"不少于 {least} 份，收回不足 {least} 份的不显示结果；最多 {rules.MOST_SLIPS} 份。"

    def question(self) -> Question:
        data = self.cleaned_data
        lines = tuple(filter(None, (line.strip() for line in data["statements"].splitlines())))
        return Question(Evaluator(data["evaluator"]), lines, data["closes_on"], data["slips"])

    def quarter(self) -> Period:
        return Period.parse(self.cleaned_data["period"])


class SlipForm(Form):
    """A mark for each statement, all of them, and no words."""

    def __init__(self, *args: Any, statements: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, text in enumerate(statements, 1):
            self.fields[f"mark{number}"] = forms.TypedChoiceField(
                label=f"{number}. {text}", coerce=int, choices=list(reversed(Satisfaction.choices)),
                widget=forms.RadioSelect, error_messages={"required": f"第 {number} 条还没有选。"},
            )  # fmt: skip

    def marks(self) -> list[int]:
        return [self.cleaned_data[name] for name in self.fields]


class WithdrawForm(Form):
    reason = forms.CharField(
        label="撤回理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="已经收回的答卷会全部删除，不能恢复。",
    )  # fmt: skip
