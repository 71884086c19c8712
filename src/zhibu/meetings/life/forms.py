"""The shape of what is entered around a life meeting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from zhibu.meetings.forms import NOBODY, told_apart
from zhibu.people.models import Person
from zhibu.ui.forms import DateField, Form

LONG = 2000


def area(label: str, *, rows: int = 4, required: bool = True, longest: int = LONG, text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget, help_text=text)


def person(label: str, *, required: bool = True, text: str = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, coerce=int, required=required, empty_value=None, help_text=text)


class BeginForm(Form):
    year = forms.TypedChoiceField(label="年度", coerce=int)
    title = forms.CharField(label="主题", max_length=120, help_text="例如：2026 年度组织生活会")
    planned_on = DateField(label="计划日期", help_text="一般安排在第四季度")
    off_season = forms.CharField(
        label="不在第四季度的依据", max_length=200, required=False, help_text="按通知另行安排的填写，例如通知的名称"
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(one, str(one)) for one in years]  # type: ignore[attr-defined]


class StudyForm(Form):
    on = DateField(label="学习日期")
    what = forms.CharField(label="学习内容", max_length=300, required=False, help_text="学了什么，写文件或讲话的名称")


class BoxForm(Form):
    until = DateField(label="截止日期", help_text="到这一天结束为止，截止后委员会才能阅读")


class OpinionForm(Form):
    """``on``: only of what came on paper."""

    sensitive = ("text",)

    about = person("对谁的意见", required=False)
    text = area("意见", rows=6, text="写具体的事。不要写自己的名字，也不要写只有您知道的细节")
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, committee: Iterable[Person], body: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [("", body), *told_apart(committee)]  # type: ignore[attr-defined]


class PaperForm(OpinionForm):
    on = DateField(label="收到日期")

    field_order = ("about", "text", "on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = "照原意登记，不写提意见的人"


class PointForm(Form):
    sensitive = ("problem", "cause", "measure")

    problem = area("问题", rows=3, text="写具体的事：什么时候、哪件事、差在哪里")
    cause = area("原因", rows=2, required=False)
    measure = area("改进措施", rows=2, required=False)


class LinkForm(Form):
    meeting = forms.TypedChoiceField(label="会议记录", coerce=int)

    def __init__(self, *args: Any, meetings: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [
            (one.pk, f"{one.held_on} {one.title or '（未命名）'}（{one.get_state_display()}）") for one in meetings
        ]
        self.fields["meeting"].choices = [NOBODY, *shown]  # type: ignore[attr-defined]


class CriticismForm(Form):
    sensitive = ("text",)

    by = person("谁说的", text="自我批评的，两处选同一个人")
    about = person("对谁")
    text = area("要点", rows=4, text="写具体的事")
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("by", "about"):
            self.fields[name].choices = [NOBODY, *told_apart(people)]  # type: ignore[attr-defined]


class LineForm(Form):
    about = person("谁的问题", required=False)
    problem = area(
        "问题", rows=3, longest=500, text="报到问题台账：委员会的问题上级能看到内容，个人的问题上级只看到有一项和时限"
    )
    measure = area("整改措施", rows=3, longest=500)
    owner = person("责任人")
    due_on = DateField(label="整改时限")
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Iterable[Person], body: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = told_apart(people)
        self.fields["about"].choices = [("", body), *shown]  # type: ignore[attr-defined]
        self.fields["owner"].choices = [NOBODY, *shown]  # type: ignore[attr-defined]


class ChangeLineForm(LineForm):
    """Whose problem it was stays as it is."""

    reason = area("更正的理由", rows=2, longest=280, text="与原内容一起保留在这一项里")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, body="", **kwargs)
        del self.fields["about"], self.fields["submission"]
        self.fields["due_on"].help_text = "只能提前；要延长的，请上级在问题台账中延长期限"


class LineReportForm(Form):
    text = area("完成情况", rows=3, longest=500, text="做了什么、结果怎样")


class CloseForm(Form):
    evidence = area("销号依据", rows=3, longest=500, text="能查证的结果：哪天做了什么、哪份材料")
    on = DateField(label="销号日期")
