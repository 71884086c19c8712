"""The shape of input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from zhibu.meetings.quality.enums import Verdict
from zhibu.ui.forms import DateField, FilesField, Form, ManyFiles

WHY = forms.Textarea(attrs={"rows": 3})


class AnswerForm(Form):
    answer = forms.CharField(
        label="说明", max_length=500, widget=WHY, help_text="例如：每月例行学习，议程相同；或者：两个支部联合开展。"
    )


class CloseForm(Form):
    verdict = forms.TypedChoiceField(label="核查结果", choices=[("", "请选择"), *Verdict.choices], coerce=Verdict)
    reason = forms.CharField(label="核查理由", max_length=500, widget=WHY, help_text="支部看得到，并留痕。")


class OfficialForm(Form):
    """One text typed in, or several Word files whose names are the titles."""

    issued_by = forms.CharField(label="发文机关", max_length=100)
    title = forms.CharField(label="标题", max_length=200, required=False, help_text="粘贴正文时填写")
    issued_on = DateField(label="成文日期", required=False, help_text="粘贴正文时填写，可不填")
    text = forms.CharField(label="正文", required=False, widget=forms.Textarea(attrs={"rows": 12}))
    file = FilesField(
        label="Word 文件", required=False, help_text="可以一次选多份 docx，文件名作为标题",
        widget=ManyFiles(attrs={"accept": ".docx"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        text, files = (data.get("text") or "").strip(), data.get("file") or []
        if bool(text) == bool(files):
            self.add_error("text", "请粘贴正文，或者选择 Word 文件（二者选一）。")
        elif text and not (data.get("title") or "").strip():
            self.add_error("title", "请填写标题。")
        return data


class RemoveForm(Form):
    reason = forms.CharField(label="移除理由", max_length=500, widget=WHY)


class StandardForm(Form):
    days = forms.IntegerField(label="会后几天内登记为及时", min_value=1, max_value=90)
    likeness = forms.IntegerField(
        label="相近到百分之几请说明", min_value=10, max_value=100,
        help_text="出厂值 23：在标注语料上，每百份正当而相像的记录约误问一份。越低问得越多。",
    )  # fmt: skip


class OverruleForm(Form):
    """Another value for one part, or back to the formula."""

    back = forms.BooleanField(label="撤回改定，按公式计", required=False)
    percent = forms.IntegerField(label="改定为（%）", min_value=0, max_value=100, required=False)
    reason = forms.CharField(label="理由", max_length=500, widget=WHY, help_text="与改定一并显示在记录上，长期保留。")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("back") and data.get("percent") is None and "percent" not in self.errors:
            self.add_error("percent", "请填写 0 到 100 的数，或勾选撤回。")
        if data.get("back") and data.get("percent") is not None:
            self.add_error("percent", "撤回时不填数值。")
        return data


class DrawForm(Form):
    organization = forms.TypedChoiceField(label="抽查范围", coerce=int, help_text="包括它的全部下级")
    title = forms.CharField(label="名称", max_length=100, help_text="例如：2026 年下半年组织生活记录抽查")
    since = DateField(label="召开日期自")
    until = DateField(label="召开日期至")
    each = forms.IntegerField(label="每层抽取份数", min_value=1, max_value=50, initial=1)
    seed = forms.CharField(
        label="公开种子", max_length=64, help_text="公开可查、事先不能预知的字，例如当天公开发布的指数或开奖号码"
    )

    def __init__(self, *args: Any, organizations: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].choices = organizations  # type: ignore[attr-defined]


class CheckForm(Form):
    """One question for each point of the checklist, then what was found."""

    def __init__(self, *args: Any, points: Mapping[str, str], **kwargs: Any) -> None:
        initial = kwargs.pop("initial", {})
        given = {
            key: ("yes" if value else "no") if isinstance(value, bool) else value for key, value in initial.items()
        }
        kwargs["initial"] = given
        super().__init__(*args, **kwargs)
        for key, label in points.items():
            self.fields[key] = forms.ChoiceField(
                label=label, choices=[("yes", "是"), ("no", "否")], widget=forms.RadioSelect
            )
        self.fields["finding"] = forms.CharField(
            label="发现的问题", max_length=500, required=False, widget=WHY, help_text="有选“否”的必须填写；支部看得到。"
        )


class ProposeForm(Form):
    reason = forms.CharField(label="推荐理由", max_length=300, widget=WHY)
