"""The shape of what the two enter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from zhibu.meetings.forms import NOBODY
from zhibu.people.models import Person
from zhibu.ui.forms import DateField, Form

LONGEST = 5000


def choices(people: Iterable[Person]) -> list[tuple[Any, str]]:
    shown = [(one.pk, f"{one.name}（{one.number}）" if one.number else one.name) for one in people]
    return [NOBODY, *shown]


class NoteForm(Form):
    """One's own talk. Nothing of it is kept as a draft in the browser."""

    sensitive = ("text", "follow_up", "named")

    other = forms.TypedChoiceField(label="对方", coerce=int, required=False, empty_value=None)
    named = forms.CharField(label="对方（不在名单里）", max_length=60, required=False, help_text="名册中的姓名或学工号")
    held_on = DateField(label="日期")
    text = forms.CharField(
        label="谈话要点", max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="可不填。加密保存，只有双方和双方指定的人能看",
    )  # fmt: skip
    follow_up = forms.CharField(
        label="后续", max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="可不填。商定的事，由谁在什么时候做",
    )  # fmt: skip
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Iterable[Person], may_name: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = choices(people)  # type: ignore[attr-defined]
        if not may_name:
            del self.fields["named"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not given.get("other") and not given.get("named") and "other" not in self.errors:
            self.add_error("other", "请选择对方。")
        return given


class CorrectForm(Form):
    """What the other party says instead."""

    sensitive = ("answer",)

    held_on = DateField(label="谈话日期")
    answer = forms.CharField(
        label="更正的内容", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="与对方登记的内容并列显示，不改动对方写的",
    )  # fmt: skip


class ReaderForm(Form):
    person = forms.TypedChoiceField(label="指定可阅读的人", coerce=int)

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = choices(people)  # type: ignore[attr-defined]
