"""The shape of a plan's input."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from zhibu.meetings.enums import Kind
from zhibu.meetings.forms import NOBODY
from zhibu.meetings.planning.enums import Answer
from zhibu.meetings.planning.rules import WEEKDAYS, WEEKS, Habit, Line
from zhibu.people.models import Person
from zhibu.ui.forms import DateField, Form, TimeField

LINES_LIMIT = 80


def _compact(form: forms.BaseForm) -> None:
    """Inputs of a row carry their label themselves; the heads of the columns are not there on a phone."""
    for field in form.fields.values():
        kind = {"select": "form-select", "checkbox": "form-check-input"}.get(
            getattr(field.widget, "input_type", ""), "form-control"
        )
        field.widget.attrs |= {"class": kind, "aria-label": str(field.label)}


class HabitForm(Form):
    """The usual day of one kind."""

    week = forms.TypedChoiceField(label="第几周", choices=WEEKS, coerce=int)
    weekday = forms.TypedChoiceField(label="星期", choices=WEEKDAYS, coerce=int)
    starts_at = TimeField(label="开始")
    ends_at = TimeField(label="结束")
    place = forms.CharField(
        label="地点", max_length=120, required=False, widget=forms.TextInput({"placeholder": "地点"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _compact(self)

    def habit(self, otherwise: Habit) -> Habit:
        """What was typed; where it cannot be read, what stood there before."""
        if not self.is_bound or not self.is_valid() or self.cleaned_data["ends_at"] <= self.cleaned_data["starts_at"]:
            return otherwise
        return Habit(**self.cleaned_data)


class LineForm(Form):
    """One meeting of a proposal, to be changed by hand or left out."""

    keep = forms.BooleanField(label="保存", required=False)
    kind = forms.TypedChoiceField(label="类别", coerce=Kind)
    title = forms.CharField(label="名称或主题", max_length=200)
    held_on = DateField(label="日期")
    starts_at = TimeField(label="开始")
    ends_at = TimeField(label="结束")
    place = forms.CharField(
        label="地点", max_length=120, required=False, widget=forms.TextInput({"placeholder": "地点"})
    )
    with_appraisal = forms.BooleanField(label="合并民主评议", required=False)

    def __init__(self, *args: Any, kinds: Iterable[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        _compact(self)

    @property
    def kept(self) -> bool:
        return bool(self["keep"].value())

    def line(self) -> Line | None:
        """What was typed, if it can be read and is to be kept."""
        if self.errors or not self.cleaned_data["keep"]:
            return None
        return Line(**{name: value for name, value in self.cleaned_data.items() if name != "keep"})


LineSet = forms.formset_factory(LineForm, extra=0, max_num=LINES_LIMIT, absolute_max=LINES_LIMIT)


class PlannedForm(Form):
    """One planned meeting by itself."""

    kind = forms.TypedChoiceField(label="类别", coerce=Kind)
    title = forms.CharField(label="名称或主题", max_length=200, required=False)
    held_on = DateField(label="日期")
    starts_at = TimeField(label="开始时间")
    ends_at = TimeField(label="结束时间")
    place = forms.CharField(label="地点", max_length=120, required=False)
    host = forms.TypedChoiceField(label="主持人", required=False, coerce=int, empty_value=None)
    recorder = forms.TypedChoiceField(label="记录人", required=False, coerce=int, empty_value=None)
    with_appraisal = forms.BooleanField(label="与民主评议党员合并召开（仅组织生活会）", required=False)
    sequence = forms.IntegerField(widget=forms.HiddenInput, required=False)
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, kinds: Iterable[Kind], people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        shown = [(one.pk, f"{one.name}（{one.number}）" if one.number else one.name) for one in people]
        for name in ("host", "recorder"):
            self.fields[name].choices = [NOBODY, *shown]  # type: ignore[attr-defined]


class CancelForm(Form):
    reason = forms.CharField(label="取消原因", max_length=200, required=False, help_text="已通知的人会看到")


class NoticeForm(Form):
    agenda = forms.CharField(
        label="议程", widget=forms.Textarea(attrs={"rows": 5}), max_length=4000, required=False,
        help_text="一项一行。会后记录沿用这些议题。",
    )  # fmt: skip
    text = forms.CharField(
        label="说明", widget=forms.Textarea(attrs={"rows": 4}), max_length=4000, required=False,
        help_text="会前准备、着装、线上会议号等。",
    )  # fmt: skip
    answer_by = DateField(label="答复截止", required=False, help_text="不填则到会议当天。")
    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=30)


class AnswerForm(Form):
    answer = forms.ChoiceField(
        label="我的答复", widget=forms.RadioSelect, required=False,
        choices=[(Answer.COMING.value, Answer.COMING.label), (Answer.LEAVE.value, Answer.LEAVE.label)],
    )  # fmt: skip
    reason = forms.CharField(
        label="请假原因", max_length=200, required=False, help_text="请假必填。只有登记组织生活的人看得到。"
    )
