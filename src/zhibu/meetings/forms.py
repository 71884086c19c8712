"""The shape of a record's input. What may be recorded is decided by the actions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.forms import BaseFormSet
from django.http import QueryDict

from zhibu.meetings.content import AttendanceLine, Content, FollowUpLine, LeadsTo, ResolutionLine, TopicLine
from zhibu.meetings.enums import AWAY, FollowUpResult, Kind, Matter, Outcome, Part, Presence
from zhibu.meetings.queries.leading import Offer
from zhibu.people.models import Person
from zhibu.ui.forms import DateField, Form, TimeField

ROWS_LIMIT = 60
NOBODY = ("", "请选择")
PRESENCES = [(one.value, one.label) for one in Presence if one is not Presence.EXPECTED]


def _person(label: str, help_text: str = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, required=False, coerce=int, empty_value=None, help_text=help_text)


def told_apart(people: Iterable[Person]) -> list[tuple[int, str]]:
    """Persons to choose from; namesakes carry their number."""
    found = list(people)
    often = Counter(person.name for person in found)
    return [
        (person.pk, f"{person.name}（{person.number}）" if often[person.name] > 1 else person.name) for person in found
    ]


class RecordForm(Form):
    """Everything of a record but its rows (attendance, topics, resolutions)."""

    organization = forms.TypedChoiceField(label="党组织", coerce=int)
    kind = forms.TypedChoiceField(label="类别", coerce=Kind, widget=forms.RadioSelect)
    title = forms.CharField(label="名称或主题", max_length=200, required=False, help_text="例如：十一月主题党日")
    held_on = DateField(label="日期")
    starts_at = TimeField(label="开始时间", required=False)
    ends_at = TimeField(label="结束时间", required=False)
    place = forms.CharField(label="地点", max_length=120, required=False, help_text="线上召开的写明平台名称")
    is_online = forms.BooleanField(label="线上召开", required=False)
    host = _person("主持人")
    recorder = _person("记录人")
    lecturer = _person("授课人")
    speaker = forms.CharField(label="授课人（不在名册中）", max_length=60, required=False)
    with_appraisal = forms.BooleanField(label="与民主评议党员合并召开", required=False)
    observers = forms.CharField(
        label="添加列席人员", required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="填名册中的姓名或学工号，一行一个",
    )  # fmt: skip
    guests = forms.CharField(
        label="其他列席人员", required=False, max_length=300, help_text="不在名册中的，写姓名和身份"
    )
    minutes = forms.CharField(
        label="会议记录", required=False, widget=forms.Textarea(attrs={"rows": 10}), max_length=50_000
    )
    reason = forms.CharField(label="更正理由", required=False, max_length=500, help_text="随更正一并留痕")
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        organizations: Sequence[tuple[int, str]],
        kinds: Iterable[Kind],
        people: Iterable[Person],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].choices = organizations  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        shown = told_apart(people)
        for name in ("host", "recorder", "lecturer"):
            self.fields[name].choices = [NOBODY, *shown]  # type: ignore[attr-defined]

    def content(
        self,
        lines: Iterable[AttendanceLine],
        topics: BaseFormSet,
        resolutions: BaseFormSet,
        follow_ups: Iterable[FollowUpLine],
        organization: int,
        kind: Kind,
        day: date,
    ) -> Content:
        """What was typed, as a record; what could not be read is left out, so that the checklist works all along."""
        data = self.cleaned_data
        return Content(
            organization_id=data.get("organization") or organization,
            kind=data.get("kind") or kind,
            title=data.get("title") or "",
            held_on=data.get("held_on") or day,
            starts_at=data.get("starts_at"),
            ends_at=data.get("ends_at"),
            place=data.get("place") or "",
            is_online=data.get("is_online") or False,
            host_id=data.get("host"),
            recorder_id=data.get("recorder"),
            lecturer_id=data.get("lecturer"),
            speaker=data.get("speaker") or "",
            guests=data.get("guests") or "",
            with_appraisal=data.get("with_appraisal") or False,
            minutes=(data.get("minutes") or "").replace("\r\n", "\n"),
            attendance=tuple(lines),
            topics=topic_lines(topics),
            resolutions=resolution_lines(resolutions),
            follow_ups=tuple(follow_ups),
        )


class TopicForm(Form):
    title = forms.CharField(label="议题", max_length=200, required=False)
    points = forms.CharField(
        label="发言要点", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="谁讲了什么，一人一行",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("points") and not data.get("title"):
            self.add_error("title", "写了发言要点，还须写明议题。")
        return data


class ResolutionForm(Form):
    text = forms.CharField(
        label="决议或议定事项", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    owner = _person("责任人", "从名册选人并填期限，登记后成为任务")
    responsible = forms.CharField(label="责任人（不在名册中）", max_length=60, required=False)
    due_on = DateField(label="完成期限", required=False)
    is_vote = forms.BooleanField(label="经表决", required=False)
    matter = forms.TypedChoiceField(
        label="表决事项", choices=Matter.choices, coerce=Matter, initial=Matter.ORDINARY, required=False,
        empty_value=Matter.ORDINARY,
    )  # fmt: skip
    in_favour = forms.IntegerField(label="赞成", min_value=0, max_value=9999, required=False)
    against = forms.IntegerField(label="反对", min_value=0, max_value=9999, required=False)
    abstained = forms.IntegerField(label="弃权", min_value=0, max_value=9999, required=False)
    written = forms.IntegerField(label="其中书面意见", min_value=0, max_value=9999, required=False)
    outcome = forms.TypedChoiceField(
        label="结果", choices=[("", "未填"), *Outcome.choices], coerce=Outcome, empty_value=None, required=False
    )

    leads_to = forms.ChoiceField(
        label="决定的办理事项", required=False, help_text="登记后可以直接办理这一步，日期和票数不用再填",
        error_messages={"invalid_choice": "这一事项不能由这一天的这次会议决定。请重新选择，或者先不选。"},
    )  # fmt: skip

    def __init__(
        self, *args: Any, people: Sequence[tuple[int, str]] = (), offers: Sequence[Offer] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [NOBODY, *people]  # type: ignore[attr-defined]
        self.names = dict(people)
        self.matters = {one.key: one.matter for one in offers}
        groups = {one.group: [(each.key, each.label) for each in offers if each.group == one.group] for one in offers}
        self.fields["leads_to"].choices = [("", "不涉及"), *groups.items()]  # type: ignore[attr-defined]
        if not offers:
            del self.fields["leads_to"]
        for name in ("in_favour", "against", "abstained", "written"):
            self.fields[name].widget.attrs["inputmode"] = "numeric"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        # Numbers typed without the tick are a vote all the same.
        if any(data.get(name) is not None for name in ("in_favour", "against", "abstained")) or data.get("outcome"):
            data["is_vote"] = True
        if data.get("is_vote") and data.get("matter") == Matter.ORDINARY:
            data["matter"] = self.matters.get(data.get("leads_to", ""), Matter.ORDINARY)
        if data.get("owner"):
            data["responsible"] = self.names[data["owner"]].partition("（")[0]
        named = ("is_vote", "responsible", "due_on", "leads_to")
        if not data.get("text") and any(data.get(name) for name in named):
            self.add_error("text", "还没有写决议内容。")
        return data


def _filled(rows: BaseFormSet, name: str) -> list[dict[str, Any]]:
    """Rows left blank are not kept."""
    found = (getattr(form, "cleaned_data", {}) for form in rows.forms)
    return [row for row in found if row.get(name)]


def topic_lines(rows: BaseFormSet) -> tuple[TopicLine, ...]:
    return tuple(TopicLine(row["title"], row.get("points", "")) for row in _filled(rows, "title"))


def resolution_lines(rows: BaseFormSet) -> tuple[ResolutionLine, ...]:
    return tuple(
        ResolutionLine(
            row["text"],
            row.get("is_vote", False),
            row.get("matter") or Matter.ORDINARY,
            row.get("in_favour"),
            row.get("against"),
            row.get("abstained"),
            row.get("written") or 0,
            row.get("outcome") or None,
            row.get("responsible", ""),
            row.get("due_on"),
            row.get("owner"),
            LeadsTo.of(row.get("leads_to", "")),
        )
        for row in _filled(rows, "text")
    )


_rows = {"extra": 0, "max_num": ROWS_LIMIT, "absolute_max": ROWS_LIMIT}
TopicSet = forms.formset_factory(TopicForm, **_rows)  # type: ignore[arg-type]
ResolutionSet = forms.formset_factory(ResolutionForm, **_rows)  # type: ignore[arg-type]


def with_more_rows(data: QueryDict, prefix: str) -> QueryDict:
    """The same input with one more row of a formset, for “再加一行”."""
    changed = data.copy()
    given = changed.get(f"{prefix}-TOTAL_FORMS", "0")
    total = int(given) if given.isdecimal() and len(given) < 5 else 0
    changed[f"{prefix}-TOTAL_FORMS"] = str(min(total + 1, ROWS_LIMIT))
    return changed


def initial_of(content: Content, version: int) -> dict[str, Any]:
    """A stored record as the form's initial values."""
    return {
        "organization": content.organization_id, "kind": content.kind.value, "title": content.title,
        "held_on": content.held_on, "starts_at": content.starts_at, "ends_at": content.ends_at,
        "place": content.place, "is_online": content.is_online, "host": content.host_id,
        "recorder": content.recorder_id, "lecturer": content.lecturer_id, "speaker": content.speaker,
        "guests": content.guests, "with_appraisal": content.with_appraisal, "minutes": content.minutes,
        "version": version,
    }  # fmt: skip


def topic_initial(content: Content) -> list[dict[str, Any]]:
    return [{"title": line.title, "points": line.points} for line in content.topics] or [{}]


def resolution_initial(content: Content) -> list[dict[str, Any]]:
    return [
        {
            "text": line.text, "is_vote": line.is_vote, "matter": line.matter.value, "in_favour": line.in_favour,
            "against": line.against, "abstained": line.abstained, "written": line.written or None,
            "outcome": line.outcome.value if line.outcome else "", "owner": line.owner_id,
            "responsible": "" if line.owner_id else line.responsible, "due_on": line.due_on,
            "leads_to": line.leads_to.key if line.leads_to else "",
        }
        for line in content.resolutions
    ] or [{}]  # fmt: skip


def read_attendance(
    data: Mapping[str, Any], expected: Iterable[AttendanceLine], *, rest_present: bool = False
) -> list[AttendanceLine]:
    """Each line with what was marked for it: ``p-<person>-presence``, ``-reason``, ``-novote``, ``-remove``."""
    found: list[AttendanceLine] = []
    for line in expected:
        key = f"p-{line.person_id}"
        if line.part is Part.OBSERVER and data.get(f"{key}-remove"):
            continue
        given = data.get(f"{key}-presence", line.presence.value)
        presence = Presence(given) if given in Presence.values else Presence.EXPECTED
        if rest_present and presence is Presence.EXPECTED:
            presence = Presence.PRESENT
        reason = str(data.get(f"{key}-reason", line.reason)).strip()[:200] if presence in AWAY else ""
        part = Part.MEMBER if line.part is Part.VOTER and data.get(f"{key}-novote") else line.part
        found.append(replace(line, part=part, presence=presence, reason=reason))
    return found


class CheckInForm(Form):
    """The code as it stands on the wall; scanned, it is longer than six digits."""

    code = forms.CharField(
        label="签到码", max_length=64, help_text="会场屏幕或主持人手机上显示的六位数字",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    is_online = forms.BooleanField(label="我在线上参加", required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)


def read_follow_ups(data: Mapping[str, Any], tasks: Iterable[int]) -> list[FollowUpLine]:
    """What was said about each task: ``t-<task>-result`` and ``-note``; without a result it was not spoken of."""
    found = []
    for pk in sorted(tasks):
        given = data.get(f"t-{pk}-result", "")
        if given in FollowUpResult.values:
            note = str(data.get(f"t-{pk}-note", "")).strip()[:300]
            found.append(FollowUpLine(pk, FollowUpResult(given), note))
    return found


class ReportForm(Form):
    """How far a task is, by its owner."""

    result = forms.TypedChoiceField(
        label="进展", choices=FollowUpResult.choices, coerce=FollowUpResult, initial=FollowUpResult.NOT_DONE
    )
    note = forms.CharField(label="说明", max_length=300, help_text="例如：已联系三家共建单位")


class SignForm(Form):
    """Which version was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class CorrectionForm(Form):
    """A correction beside signed minutes."""

    subject = forms.CharField(label="更正的部分", max_length=60, help_text="例如：决议第 1 项的完成期限")
    was = forms.CharField(label="原记录", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    becomes = forms.CharField(label="更正为", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    reason = forms.CharField(label="理由", max_length=500)
    submission = forms.UUIDField(widget=forms.HiddenInput)


class TalkForm(Form):
    """The fact of a talk, nothing of what was said."""

    organization = forms.TypedChoiceField(label="党支部", coerce=int)
    held_on = DateField(label="谈话日期")
    first = forms.TypedChoiceField(label="谈话人", coerce=int)
    second = forms.TypedChoiceField(label="谈话对象", coerce=int)
    topic = forms.CharField(
        label="主题", max_length=100, required=False, help_text="可不填。只写主题，谈话内容不在平台保存"
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, organizations: Sequence[tuple[int, str]], people: Iterable[Person], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        shown = [
            (person.pk, f"{person.name}（{person.number}）" if person.number else person.name) for person in people
        ]
        self.fields["organization"].choices = organizations  # type: ignore[attr-defined]
        for name in ("first", "second"):
            self.fields[name].choices = [NOBODY, *shown]  # type: ignore[attr-defined]


class AttachmentForm(Form):
    file = forms.FileField(label="选择文件", help_text="PDF、JPG、PNG、Word、Excel、PowerPoint、WPS，单个不超过 20 MB")
