"""The shape of what is typed. What may be recorded is decided by the actions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import HttpRequest

from zhibu.initiatives.enums import ActivityKind, ProjectKind, Verdict
from zhibu.initiatives.models import Project
from zhibu.initiatives.rules import MilestonePlan, ProjectPlan
from zhibu.meetings.forms import told_apart
from zhibu.people.models import Person
from zhibu.ui.forms import DateField, FilesField, Form

FILES_HELP = "PDF、JPG、PNG、Word、Excel、PowerPoint、WPS，单个不超过 20 MB"
FEW_ROWS, ALL_ROWS = 4, 12


def long_text(label: str, rows: int = 4, length: int = 5000, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **more)


def several(label: str, help_text: str = "", *, required: bool = False) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=label, coerce=int, widget=forms.CheckboxSelectMultiple, required=required, help_text=help_text
    )


class SubmittedForm(Form):
    """Sent twice, it is kept once."""

    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"submission": uuid.uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


class ProjectForm(SubmittedForm):
    title = forms.CharField(label="项目名称", max_length=120)
    kind = forms.ChoiceField(label="类别", choices=ProjectKind.choices)
    secretary = forms.TypedChoiceField(label="负责书记", coerce=int, help_text="本组织的现任书记")
    goals = long_text("目标和措施", 6, help_text="要解决什么问题，做到什么程度，怎样做")
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="计划结项日期")
    members = several("项目成员", "名册中的人；负责书记不必勾选")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, secretaries: Iterable[Person], people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secretary"].choices = told_apart(secretaries)  # type: ignore[attr-defined]
        self.fields["members"].choices = told_apart(people)  # type: ignore[attr-defined]

    def plan(self, rows: BaseFormSet) -> ProjectPlan:
        data = self.cleaned_data
        given = [one.cleaned_data for one in rows.forms if getattr(one, "cleaned_data", None)]
        return ProjectPlan(
            title=data["title"], kind=data["kind"], secretary=data["secretary"], goals=data["goals"].strip(),
            starts_on=data["starts_on"], ends_on=data["ends_on"], members=tuple(data["members"]),
            milestones=tuple(MilestonePlan(one["title"], one["due_on"]) for one in given if one.get("title")),
        )  # fmt: skip


class MilestoneRow(Form):
    """One row of the declaration; left blank it is not kept."""

    title = forms.CharField(label="节点", max_length=200, required=False)
    due_on = DateField(label="期限", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("title") and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", "写了节点，还须写期限。")
        if data.get("due_on") and not data.get("title"):
            self.add_error("title", "写了期限，还须写节点。")
        return data


def milestone_rows(request: HttpRequest, found: Project | None = None) -> BaseFormSet:
    known = [{"title": one.title, "due_on": one.due_on} for one in found.milestones.all()] if found else []
    rows = formset_factory(MilestoneRow, extra=max(ALL_ROWS - len(known), FEW_ROWS), max_num=40, absolute_max=40)
    return rows(request.POST or None, initial=known or None, prefix="m")


class ReviewForm(Form):
    verdict = forms.ChoiceField(label="审核意见", choices=Verdict.choices, widget=forms.RadioSelect)
    opinion = long_text("意见", 3, 1000, required=False, help_text="退回修改和提出意见的，须写明内容")


class ReachForm(Form):
    on = DateField(label="完成日期")
    result = long_text("结果", 3, 1000)


class MilestoneForm(Form):
    title = forms.CharField(label="节点", max_length=200)
    due_on = DateField(label="期限")
    reason = long_text("理由", 2, 500)


class ReasonForm(Form):
    reason = long_text("理由", 2, 500)


class FinishForm(Form):
    on = DateField(label="结项日期")
    result = long_text("成果", 6)


class JournalForm(SubmittedForm):
    on = DateField(label="日期")
    text = long_text("做了什么", 4, 1000, help_text="会议、办理步骤、决议任务和志愿服务已自动列出，不必再写")
    who = forms.CharField(label="谁做的", max_length=200, help_text="例如：支委会委员；第二党小组")
    uploads = FilesField(label="附件", required=False, help_text=FILES_HELP)


class CorrectionForm(Form):
    on = DateField(label="日期")
    text = long_text("做了什么", 4, 1000)
    who = forms.CharField(label="谁做的", max_length=200)
    reason = forms.CharField(label="更正理由", max_length=500)


class ActivityForm(SubmittedForm):
    title = forms.CharField(label="活动名称", max_length=120)
    kind = forms.ChoiceField(label="类别", choices=ActivityKind.choices)
    on = DateField(label="日期")
    place = forms.CharField(label="地点", max_length=120)
    content = long_text("服务内容", 3, 2000, required=False)
    planned = forms.IntegerField(label="计划人数", min_value=0, max_value=9999, initial=0, required=False)
    outcome = forms.CharField(
        label="成效", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="活动后填写：做成了什么。服务对象确认时会看到，不写个人信息",
    )  # fmt: skip

    # Of an activity that is changed: what the reader saw of it.
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def clean_planned(self) -> int:
        return self.cleaned_data["planned"] or 0


def _hours() -> forms.FloatField:
    return forms.FloatField(
        label="每人时长（小时）", help_text="以半小时为单位，只计实际服务的时间，不含往返",
        widget=forms.NumberInput(attrs={"step": "0.5", "min": "0.5", "max": "24", "inputmode": "decimal"}),
    )  # fmt: skip


class EnrollForm(Form):
    people = several("参加人", required=True)
    hours = _hours()

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = told_apart(people)  # type: ignore[attr-defined]


class NoteForm(Form):
    hours = _hours()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hours"].label = "本人时长（小时）"


class DeedForm(SubmittedForm):
    title = forms.CharField(label="事项", max_length=120)
    need = long_text("需求", 3, 2000, help_text="要解决什么问题")
    heard_from = forms.CharField(label="服务对象", max_length=120, help_text="写单位或群体，不写个人姓名和电话")
    heard_on = DateField(label="提出日期")
    measure = long_text("措施", 3, 2000)
    responsible = forms.TypedChoiceField(label="责任人", coerce=int)
    due_on = DateField(label="期限")

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["responsible"].choices = [("", "请选择"), *told_apart(people)]  # type: ignore[attr-defined]


class PutOffForm(Form):
    due_on = DateField(label="新的期限")
    reason = long_text("理由", 2, 500)


class ReportForm(Form):
    on = DateField(label="办理日期")
    result = long_text("办理结果", 4, 1000, help_text="服务对象确认时会看到，不写个人信息")


SATISFIED = (("yes", "满意"), ("no", "不满意"))


class AnswerForm(Form):
    """What the beneficiary says."""

    is_satisfied = forms.TypedChoiceField(
        label="服务对象的意见", choices=SATISFIED, coerce=lambda given: given == "yes", widget=forms.RadioSelect
    )
    words = forms.CharField(
        label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="只写事情，不写人；不满意的须写明哪里还没有解决",
    )  # fmt: skip


class ConfirmForm(AnswerForm):
    """The same, asked of the beneficiary; ``seal`` says what was read."""

    seal = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, is_activity: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_activity:
            self.fields["is_satisfied"].label = "情况是否属实"
            self.fields["is_satisfied"].choices = (("yes", "属实"), ("no", "不符"))  # type: ignore[attr-defined]
            self.fields["words"].help_text = "可以不填；不符的须写明哪里不符。只写事情，不写人"
        else:
            self.fields["is_satisfied"].label = "您对办理结果"


class AttachForm(Form):
    file = forms.FileField(label="选择文件", help_text=FILES_HELP)
