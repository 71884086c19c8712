"""The shape of input: the form of a step is made from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from zhibu.accounts.scope import Scope
from zhibu.archive.enums import DocumentKind
from zhibu.archive.models import Document
from zhibu.organizations.enums import WORK_POSTS, PostKind
from zhibu.organizations.forms import PersonField
from zhibu.people.enums import WayOut
from zhibu.people.forms import Suggesting
from zhibu.people.models import Person
from zhibu.procedures.actions import Paper
from zhibu.procedures.actions.common import LOOK_AGAIN, STALE
from zhibu.procedures.definition import Procedure, Step
from zhibu.procedures.fields import Finder, NamesField, WriteInField
from zhibu.procedures.inputs import INPUTS
from zhibu.procedures.numbered.rules import Register
from zhibu.procedures.rules.votes import EXCLUSIONS
from zhibu.ui.forms import DateField, Form

VOTES = (
    ("entitled", "应到会有表决权人数", "正式党员中有表决权的，不含经批准不计入的。"),
    ("excluded", "经批准不计入应到会的人数", "经上级党组织同意并经党员大会通过。"),
    ("present", "实到会有表决权人数", ""),
    ("in_favour", "赞成", "含会前正式书面意见。"),
    ("against", "反对", ""),
    ("abstained", "弃权", ""),
    ("written", "其中会前书面意见", "因故缺席的有表决权党员会前正式提出的，已包含在赞成、反对、弃权之中。"),
)


POLL = (
    ("entitled", "应到会有选举权人数", "正式党员中有选举权的，不含经批准不计入的。"),
    ("excluded", "经批准不计入应到会的人数", "经上级党组织同意并经党员大会通过。"),
    ("present", "实到会有选举权人数", ""),
    ("handed_out", "发出选票", ""),
    ("returned", "收回选票", "多于发出的，选举无效。"),
    ("invalid", "其中废票", "所选人数多于应选名额的作废。"),
)


def _told(person: Person) -> str:
    return f"{person.name}（{person.number}）" if person.number else person.name


class StepForm(Form):
    """One step. Papers that lie in the archive already need not be handed in again."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        step: Step,
        today: date,
        eligible: Sequence[Person] = (),
        sitting: Collection[int] = (),
        there: Mapping[str, Document] | None = None,
        register: Register | None = None,
        drafts: Callable[[str], Mapping[str, str]] | None = None,
        written: Finder | None = None,
        in_writing: bool = False,
        delegates: int = 0,
        **kwargs: Any,
    ) -> None:
        """``written`` finds people by what somebody wrote; ``in_writing``: people are written down, not ticked."""
        super().__init__(*args, **kwargs)
        self.step = step
        self.there = there or {}
        self.drafts = drafts or (lambda kind: {})
        self.fields["on"] = DateField(label="办理日期", initial=today, help_text="不能晚于今天。")
        if step.outcomes:
            choices = [(one.id, one.label) for one in step.outcomes]
            self.fields["outcome"] = forms.ChoiceField(label="结果", choices=choices, widget=forms.RadioSelect)
        for name in step.inputs:
            if INPUTS[name].kind == "posts":
                self._posts(eligible, sitting)
            elif INPUTS[name].kind == "members":
                self.fields[name] = forms.TypedMultipleChoiceField(
                    label=INPUTS[name].label, help_text=INPUTS[name].help, required=False, coerce=int,
                    choices=[(str(one.pk), _told(one)) for one in eligible], widget=forms.CheckboxSelectMultiple,
                )  # fmt: skip
            elif INPUTS[name].kind == "form":
                self._form_number(name, register or Register())
            elif name != "form_received_by" or (register and register.is_kept):
                self.fields[name] = _field(name)
        if step.vote and step.vote.of:
            self._poll(eligible)
            if delegates:
                self.fields[
                    "entitled"
                ].help_text = f"召开党员代表大会的，填有选举权的代表人数；批准的名额 {delegates} 名。"
            self.fields["write_ins"] = WriteInField(
                label="另选人", find=written or _nobody, rows=2, required=False,
                help_text="选票上另写的人，每行一人：姓名或学工号、赞成票数，按得票当选的再写“当选”，用空格分开。没有的不填。",
            )  # fmt: skip
        elif step.vote:
            for name, label, help_text in VOTES:
                needed = name in {"entitled", "present", "in_favour"}
                self.fields[name] = forms.IntegerField(
                    label=label, min_value=0, max_value=9999, required=needed, initial=None if needed else 0,
                    help_text=help_text,
                )  # fmt: skip
            self.fields["grounds"] = forms.MultipleChoiceField(
                label="不计入的情形", choices=[(text, text) for text in EXCLUSIONS], required=False,
                widget=forms.CheckboxSelectMultiple, help_text="只见二手材料，未核对原文。",
            )  # fmt: skip
        if step.people and in_writing:
            self.fields["people"] = NamesField(
                label=step.people.label, find=written or _nobody, rows=6, help_text="每行一人，填姓名或学工号。"
            )
        elif step.people:
            people = [(str(one.pk), _told(one)) for one in eligible]
            self.fields["people"] = forms.MultipleChoiceField(
                label=step.people.label, choices=people, widget=forms.CheckboxSelectMultiple, required=False,
                help_text="" if people else "本支部没有其他正式党员，请由上级党组织指定并先登记组织关系。",
            )  # fmt: skip
        for kind in step.documents:
            self._paper(kind)
        self.fields["reason"] = forms.CharField(
            label="说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
            help_text="规定写明“一般”而没有做到的，须写明理由。",
        )  # fmt: skip
        if step.vote and step.vote.of:
            # The outcome follows from the votes: it is asked for after them.
            votes = [name for name in self.fields if name.startswith("votes_")]
            numbers = [name for name, *_ in POLL]
            self.order_fields(["on", *numbers, *votes, "write_ins", "people", "outcome", *step.inputs])

    def _form_number(self, name: str, register: Register) -> None:
        """The number of a form: with a register the unused ones are offered. Without one the committee hands the forms
        out as it does, and the number is asked for once it has been filled in."""
        if name == "form_issued" and not register.is_kept:
            return
        field = _field(name)
        if register.is_kept:
            field.widget = Suggesting(register.offered if name == "form_issued" else [register.mine])
            field.initial = register.mine or (register.offered[0] if name == "form_issued" and register.offered else "")
        self.fields[name] = field

    def _poll(self, standing: Sequence[Person]) -> None:
        """The numbers of an election, and the votes of each candidate."""
        for name, label, help_text in POLL:
            needed = name not in {"excluded", "invalid"}
            self.fields[name] = forms.IntegerField(
                label=label, min_value=0, max_value=9999, required=needed, initial=None if needed else 0,
                help_text=help_text,
            )  # fmt: skip
        for one in standing:
            self.fields[f"votes_{one.pk}"] = forms.IntegerField(
                label=f"{_told(one)}赞成票", min_value=0, max_value=9999
            )

    def _posts(self, elected: Sequence[Person], sitting: Collection[int]) -> None:
        """A post for each of those elected; in a by-election those in office may get another one."""
        choices = [("", "请选择"), *((post.value, post.label) for post in PostKind if post in WORK_POSTS)]
        for position, one in enumerate(elected):
            self.fields[f"post_{one.pk}"] = forms.ChoiceField(
                label=f"{_told(one)}的职务", choices=choices, required=one.pk not in sitting,
                help_text="在任，职务不变的不选。" if one.pk in sitting else "",
            )  # fmt: skip
            if "committee_entitled" in self.step.inputs:
                self.fields[f"ayes_{one.pk}"] = forms.IntegerField(
                    label=f"{_told(one)}赞成票", min_value=0, max_value=9999, required=False,
                    help_text="" if position else "选举书记、副书记和常务委员会委员的得票；没有参选的不填。",
                )  # fmt: skip

    def _each(self, prefix: str) -> dict[str, Any]:
        """What was filled in for each person, by their number."""
        return {
            name.removeprefix(prefix): value
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix) and value not in (None, "")
        }

    def _paper(self, kind: str) -> None:
        self.fields[f"document_{kind}"] = forms.FileField(label="扫描件或照片", required=False)
        self.fields[f"place_{kind}"] = forms.CharField(
            label="原件存放处", required=False, max_length=120, help_text="没有扫描件的，写明纸质原件在哪里。"
        )
        self.fields[f"number_{kind}"] = forms.CharField(label="文号", required=False, max_length=60)

    def clean(self) -> dict[str, Any] | None:
        """Whoever was overtaken learns that first: what the fields refuse may only follow from it."""
        cleaned = super().clean()
        given = self.cleaned_data.get("version")
        if given is not None and given != self.initial.get("version", given):
            self.add_error(None, STALE + LOOK_AGAIN)
        return cleaned

    @property
    def papers(self) -> list[dict[str, Any]]:
        """For the page: each paper with its three inputs, and the one that lies in the archive already."""
        return [
            {
                "kind": kind, "drafts": self.drafts(kind), "label": DocumentKind(kind).label,
                "there": self.there.get(kind), "file": self[f"document_{kind}"],
                "place": self[f"place_{kind}"], "number": self[f"number_{kind}"],
            }
            for kind in self.step.documents
        ]  # fmt: skip

    @property
    def plain(self) -> list[forms.BoundField]:
        """The other inputs, in their order."""
        elsewhere = ("document_", "place_", "number_")
        named = {"reason", *(bound.name for bound in self.apart)}
        return [one for one in self.visible_fields() if not one.name.startswith(elsewhere) and one.name not in named]

    @property
    def apart(self) -> list[forms.BoundField]:
        """The day on a line of its own where the posts follow: else each post stands beside another one's votes."""
        return [self["on"]] if "committee_entitled" in self.fields else []

    def named(self) -> list[int]:
        """The people that the step names; of an election those elected without having stood, too."""
        ticked = [int(one) for one in self.cleaned_data.get("people", ())]
        return ticked + [one.pk for one in self.cleaned_data.get("write_ins", ()) if one.is_elected]

    def handed_in(self) -> list[Paper]:
        """The papers that came with the form."""
        data = self.cleaned_data
        return [
            Paper(kind, data[f"place_{kind}"], data[f"number_{kind}"], None, data[f"document_{kind}"])
            for kind in self.step.documents
            if data[f"document_{kind}"] or data[f"place_{kind}"].strip()
        ]

    def content(self) -> dict[str, Any]:
        """Votes and further inputs as they are kept with the entry."""
        vote = self.step.vote
        asked = (POLL if vote.of else VOTES) if vote else ()
        found = {name: self.cleaned_data.get(name) for name in (*self.step.inputs, *(name for name, *_ in asked))}
        found |= {"grounds": self.cleaned_data["grounds"]} if vote and not vote.of else {}
        if vote and vote.of:
            others = self.cleaned_data["write_ins"]
            found |= {"votes": self._each("votes_") | {str(one.pk): one.votes for one in others}}
            found |= {"write_ins": [one.pk for one in others]}
        if "posts" in self.step.inputs:
            found |= {"posts": self._each("post_"), "ayes": self._each("ayes_")}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items() if value}


def _nobody(names: Iterable[str]) -> dict[str, list[Person]]:
    return {name: [] for name in names}


def _field(name: str) -> forms.Field:
    shape = INPUTS[name]
    options: dict[str, Any] = {"label": shape.label, "help_text": shape.help, "required": shape.is_required}
    if shape.kind == "day":
        return DateField(**options)
    if shape.kind == "number":
        return forms.IntegerField(min_value=0, max_value=9999, **options)
    if shape.kind == "month":
        month = forms.RegexField(
            r"^(19|20)\d{2}-(0[1-9]|1[0-2])$", **options, error_messages={"invalid": "格式如 2026-06。"}
        )
        month.needed = shape.needed  # type: ignore[attr-defined]
        return month
    if shape.kind == "confirmed":
        return forms.BooleanField(**{**options, "required": False})
    return forms.CharField(max_length=60, **options)


class CorrectForm(Form):
    """The right day of an entry, and why."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    on = DateField(label="正确的日期")
    reason = forms.CharField(label="更正理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, step: Step, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = VOTES if step.vote and not step.vote.of else ()
        self.names = [name for name, *_ in asked]
        for name, label, help_text in asked:
            self.fields[name] = forms.IntegerField(label=label, min_value=0, required=False, help_text=help_text)
        self.order_fields(["on", *self.names, "reason"])

    def content(self) -> dict[str, int]:
        return {name: value for name in self.names if (value := self.cleaned_data.get(name)) is not None}


class ReasonForm(Form):
    """A decision about a case that needs nothing but its reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class StepReasonForm(ReasonForm):
    """A decision about one step of a case."""

    def __init__(self, *args: Any, steps: Sequence[Step], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(step.id, f"{step.number} {step.label}") for step in steps]
        self.fields["step"] = forms.ChoiceField(label="步骤", choices=choices)
        self.order_fields(["step", "reason"])


class RulingForm(StepReasonForm):
    """Which edition holds for a step."""

    def __init__(self, *args: Any, procedure: Procedure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = {basis.since: basis.source.regulation.name for step in procedure.steps for basis in step.basis}
        choices = [(day.isoformat(), f"{name}（{day} 起施行）") for day, name in sorted(named.items())]
        self.fields["edition_on"] = forms.TypedChoiceField(label="适用版本", choices=choices, coerce=date.fromisoformat)
        self.order_fields(["step", "edition_on", "reason"])


class WithdrawForm(ReasonForm):
    """How the cultivation of a person ends; without ``ways_out`` a procedure of an organization."""

    on = DateField(label="终止日期")
    way_out = forms.ChoiceField(label="终止方式")

    def __init__(self, *args: Any, ways_out: Sequence[WayOut] | None, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ways_out is None:
            del self.fields["on"], self.fields["way_out"]
            return
        self.fields["way_out"].choices = [(way.value, way.label) for way in ways_out]  # type: ignore[attr-defined]
        self.fields["on"].initial = today
        self.order_fields(["on", "way_out", "reason"])


class OpenForm(Form):
    """Opening the case of one person."""

    person = forms.CharField(label="姓名或学工号", max_length=60)
    last_review_on = DateField(
        label="最近一次培养考察日期", required=False, help_text="已经是入党积极分子的填写；没有考察记录的不填。"
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)


class BeginForm(Form):
    """Opening a procedure of an organization; ``early``: an election may need the reason why it is held early."""

    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, early: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if early:
            self.fields["reason"] = forms.CharField(
                label="说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
                help_text="提前换届的，写明原因和上级批准的情况；按期的可以不填。",
            )  # fmt: skip


class AssignForm(Form):
    """The superior appoints a secretary or deputy."""

    person = PersonField(label="任职人", max_length=60)
    post = forms.TypedChoiceField(label="职务", coerce=PostKind)
    on = DateField(label="任职日期")
    document = forms.CharField(label="任职文号", max_length=60)
    reason = forms.CharField(
        label="说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="书记党龄不满一年的，写明理由。",
    )  # fmt: skip

    def __init__(self, *args: Any, scope: Scope, posts: Sequence[PostKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].scope = scope  # type: ignore[attr-defined]
        self.fields["post"].choices = [(post.value, post.label) for post in posts]  # type: ignore[attr-defined]


class DraftsForm(Form):
    """Which paper is begun for all the chosen."""

    paper = forms.ChoiceField(label="起草哪种材料", widget=forms.RadioSelect)

    def __init__(self, *given: Any, papers: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*given, **named)
        field = self.fields["paper"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = papers
