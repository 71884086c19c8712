"""The shape of what offices and organizations enter about a published result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from zhibu.assessment.models import IndicatorScore, OrganizationScore, ScoreRun
from zhibu.assessment.publication.enums import Audience, Remedy
from zhibu.assessment.publication.rules import SYSTEM, most_of, side_lines, title_of
from zhibu.meetings.models import Meeting
from zhibu.ui.forms import DateField, FilesField, Form

CAP = "-"  # in a list of lines: the cap on the total


class BeginForm(Form):
    period = forms.ChoiceField(label="考核期")
    note = forms.CharField(
        label="说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="随结果一并告知，例如评价依据的方案和会议。",
    )  # fmt: skip

    def __init__(self, runs: Iterable[ScoreRun], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["period"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(run.period, f"{run.span.label}（{run.scheme}）") for run in runs]


class VersionForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)


class NoticeForm(VersionForm):
    appeals_until = DateField(label="申诉截止", help_text="这一天之内仍可申诉。")


class PublishForm(VersionForm):
    audience = forms.ChoiceField(label="公布范围", choices=Audience.choices)
    document = forms.CharField(
        label="会议或文号", max_length=100, help_text="例如：校党委会〔2026〕12 号纪要。向社会公布的，公开页上写明。"
    )
    reviewed_by = forms.CharField(
        label="保密审查人", max_length=30, required=False,
        help_text="向社会公布的填写：谁审查过可以公开，例如：党委保密办公室。",
    )  # fmt: skip
    open_until = DateField(
        label="公开至", required=False, help_text="向社会公布的填写；过了这一天，不登录就不再能看到。"
    )


class WithdrawForm(VersionForm):
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class AppealForm(Form):
    indicator = forms.ChoiceField(label="申诉事项")
    reason = forms.CharField(
        label="理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="哪里不对、依据什么。不写个人的身份证号、电话和谈话内容。",
    )  # fmt: skip
    meeting = forms.ChoiceField(label="有关记录", required=False, help_text="本组织这一年的记录；没有的不选。")
    file = FilesField(label="佐证", required=False, help_text="最多 5 份，PDF、图片或 Office 文件。")

    def __init__(
        self, score: OrganizationScore, lines: Iterable[IndicatorScore], meetings: Iterable[Meeting], *args: Any,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        about, records = self.fields["indicator"], self.fields["meeting"]
        assert isinstance(about, forms.ChoiceField)
        assert isinstance(records, forms.ChoiceField)
        capped = [(CAP, f"总分封顶（{score.capped_by}）")] if score.capped_by else []
        about.choices = [
            *capped,
            *((line.indicator, f"{title_of(line.indicator)}（{line.points}/{line.weight}）") for line in lines),
            *(
                (key, f"{title_of(key)}（{line[0]}/{most_of(key, line)}）")
                for key, line in side_lines(score.sides).items()
                if key != SYSTEM
            ),
        ]  # fmt: skip
        records.choices = [("", "不选"), *((str(one.pk), _told(one)) for one in meetings)]

    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        indicator = "" if data["indicator"] == CAP else data["indicator"]
        meeting = int(data["meeting"]) if data["meeting"] else None
        return {"indicator": indicator, "reason": data["reason"], "meeting": meeting, "files": data["file"]}


def _told(one: Meeting) -> str:
    return f"{one.held_on} {one.get_kind_display()} {one.title}"


class UnchangedForm(VersionForm):
    reason = forms.CharField(
        label="理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="记录怎样更正了，为什么重算结果仍然相同。向申诉的党组织公开。",
    )  # fmt: skip


class AnswerForm(VersionForm):
    upheld = forms.TypedChoiceField(
        label="结论", choices=(("yes", "成立"), ("no", "不成立")), coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )  # fmt: skip
    answer = forms.CharField(
        label="答复",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写明理由，向申诉的党组织公开。",
    )
    remedy = forms.ChoiceField(
        label="更正方式", required=False, choices=(("", "不成立，不更正"), *Remedy.choices),
        help_text="记录有误或漏登的，更正记录并重新计算后取用；其他的直接更正这一项的得分。",
    )  # fmt: skip
    points = forms.DecimalField(
        label="更正后的得分", required=False, min_value=0, max_value=100, decimal_places=2,
        help_text="只在直接更正一项指标的得分时填写。",
    )  # fmt: skip
