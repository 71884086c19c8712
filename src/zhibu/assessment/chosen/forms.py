"""The shapes of what is typed about a chosen action."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from zhibu.assessment.chosen.rubric import Rubric
from zhibu.assessment.chosen.rules import ActionPlan
from zhibu.initiatives.models import PracticalDeed, Project
from zhibu.ui.files import ALLOWED
from zhibu.ui.forms import DateField, Form


class ActionForm(Form):
    submission = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label="名称", max_length=120)
    what = forms.CharField(label="做什么", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
                           help_text="针对什么问题，怎样做，谁来做。")  # fmt: skip
    goal = forms.CharField(label="目标", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
                           help_text="做成什么样算完成，能核对的写数字。")  # fmt: skip
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="完成日期", help_text="得分计入这一天所在的季度。")
    claimed = forms.DecimalField(label="自评分", min_value=0, max_value=100, decimal_places=2)
    project = forms.TypedChoiceField(
        label="书记项目", required=False, coerce=int, empty_value=None, help_text="已经登记的不必重写，关联即可。"
    )
    deed = forms.TypedChoiceField(label="为民办实事", required=False, coerce=int, empty_value=None)

    def __init__(
        self, *args: Any, rubric: Rubric, projects: Iterable[Project], deeds: Iterable[PracticalDeed], **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"submission": uuid.uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        for name, found in (("project", projects), ("deed", deeds)):
            self.fields[name].choices = [("", "不关联"), *((one.pk, one.title) for one in found)]  # type: ignore[attr-defined]
        most, two = rubric.most.normalize(), rubric.two_above.normalize()
        self.fields["claimed"].help_text = f"不超过 {most:f} 分；超过 {two:f} 分的由两人分别评审。"

    def plan(self) -> ActionPlan:
        names = ("title", "what", "goal", "starts_on", "ends_on", "claimed", "project", "deed")
        return ActionPlan(**{name: self.cleaned_data[name] for name in names})


class EvidenceForm(Form):
    file = forms.FileField(label="选择文件", help_text=f"可以上传 {ALLOWED}，单个不超过 20 MB。")


class ReasonForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class ScoreForm(Form):
    """One number a criterion of the rubric, and the opinion."""

    opinion = forms.CharField(
        label="意见", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明给分和扣分的理由；认定之后党支部可以看到。",
    )  # fmt: skip

    def __init__(self, *args: Any, rubric: Rubric, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rubric = rubric
        for one in rubric.criteria:
            self.fields[f"score-{one.key}"] = forms.DecimalField(
                label=f"{one.title}（{one.most.normalize():f} 分）", min_value=0, max_value=one.most, decimal_places=2,
                help_text=one.note,
            )  # fmt: skip
        self.order_fields([*(f"score-{one.key}" for one in rubric.criteria), "opinion"])

    def scores(self) -> dict[str, Decimal]:
        return {one.key: self.cleaned_data[f"score-{one.key}"] for one in self.rubric.criteria}


class DecideForm(Form):
    points = forms.DecimalField(label="认定分", min_value=0, max_value=100, decimal_places=2)
    reason = forms.CharField(label="理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, given: Sequence[Decimal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if given:
            self.fields["points"].help_text = f"在两份评审之间：{min(given)}—{max(given)} 分。"
        self.fields["reason"].help_text = "写明采信哪一份、为什么，党支部可以看到。"
