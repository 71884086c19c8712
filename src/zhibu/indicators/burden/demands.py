"""What the platform itself demands: of each kind of act, how many fields of its form a person has to fill in.

Counted from the forms: required, shown, and empty when the form opens. ``python -m zhibu.indicators.burden.demands``
writes the numbers to ``demands.yaml``; a test compares them with the forms, so that a form that comes to demand more
shows in review. What varies with the number of people (marks of attendance) or with what is already on file is left
out: the numbers are the least that was asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from django import forms

from zhibu.audit.verbs import VERBS

FOLDER = Path(__file__).parent
FILE = FOLDER / "demands.yaml"
HEADER = """# Fields demanded by each kind of act, counted from the forms. Written by
# python -m zhibu.indicators.burden.demands
# act: the audit's verb, after it what distinguishes the form (kind of meeting, procedure and step).
"""
# Kinds of input, the first that fits; names as in seconds.yaml.
INPUTS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("file", (forms.FileField,)),
    ("tick", (forms.BooleanField,)),
    ("choice", (forms.ChoiceField, forms.ModelChoiceField)),
    ("date", (forms.DateField, forms.TimeField, forms.DateTimeField)),
    ("number", (forms.IntegerField, forms.DecimalField, forms.FloatField)),
)


def input_kind(field: forms.Field) -> str:
    for kind, classes in INPUTS:
        if isinstance(field, classes):
            return kind
    return "text" if isinstance(field.widget, forms.Textarea) else "line"


def demanded(
    fields: Mapping[str, forms.Field], *, prefilled: Iterable[str] = (), also: Iterable[str] = ()
) -> Counter[str]:
    """How many inputs of each kind. ``prefilled``: what the page fills in. ``also``: not required by the form, but
    without it the record is not complete."""
    left_out = set(prefilled)
    wanted = set(also) - left_out
    found: Counter[str] = Counter()
    for name, field in fields.items():
        empty = field.initial is None and not field.widget.is_hidden and name not in left_out
        if (field.required and empty) or name in wanted:
            found[input_kind(field)] += 1
    return found


@dataclass(frozen=True)
class Demand:
    """One kind of act: its verb, what distinguishes its form (empty for most), and its fields by kind of input."""

    verb: str
    detail: str
    fields: Mapping[str, int]

    @property
    def act(self) -> str:
        return f"{self.verb}:{self.detail}" if self.detail else self.verb

    @property
    def count(self) -> int:
        return sum(self.fields.values())

    @property
    def seconds(self) -> int:
        known = seconds()
        return sum(known[kind][0] * number for kind, number in self.fields.items())


@cache
def seconds() -> dict[str, tuple[int, str]]:
    """Kind of input → estimated seconds and its name."""
    raw = yaml.safe_load((FOLDER / "seconds.yaml").read_text(encoding="utf-8"))
    return {kind: (int(item["seconds"]), str(item["label"])) for kind, item in raw.items()}


@cache
def demands() -> tuple[Demand, ...]:
    """The recorded numbers."""
    raw: dict[str, dict[str, int]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(Demand(*act.partition(":")[::2], fields) for act, fields in raw.items())


def label_of(verb: str) -> str:
    return VERBS[verb]


def computed() -> dict[str, dict[str, int]]:
    """The numbers as the forms say now, without the acts that demand nothing."""
    found = {act: fields for act, fields in [*_plain(), *_records(), *_steps()] if fields}
    return {act: dict(sorted(fields.items())) for act, fields in sorted(found.items())}


def written() -> str:
    return HEADER + yaml.safe_dump(computed(), default_flow_style=None, sort_keys=True, width=120)


def _plain() -> Iterator[tuple[str, Counter[str]]]:
    """Acts with one form each. Where the page knows the organization, it is filled in."""
    from zhibu.indicators.burden.forms_of_acts import FORMS

    for verb, (form, prefilled) in FORMS.items():
        yield verb, demanded(form.base_fields, prefilled=prefilled)  # type: ignore[attr-defined]


def _records() -> Iterator[tuple[str, Counter[str]]]:
    """Records of meetings: what the form requires and what a complete record of the kind holds, without the marks of
    attendance."""
    from zhibu.meetings.enums import Kind
    from zhibu.meetings.forms import RecordForm, ResolutionForm, TopicForm
    from zhibu.meetings.rules.records import required_parts

    resolution, topic = ResolutionForm.base_fields, TopicForm.base_fields
    rows = {
        "topics": (topic, ("title",)), "resolutions": (resolution, ("text",)),
        "voted": (resolution, ("in_favour", "against", "abstained")), "duties": (resolution, ("responsible", "due_on")),
    }  # fmt: skip
    # The page knows the branch and the day, and takes whoever writes for the recorder.
    prefilled = ("organization", "kind", "held_on", "recorder")
    own = {"time": ("starts_at", "ends_at"), "points": ("minutes",)}
    for kind in Kind:
        if kind is Kind.TALK:
            continue
        keys = [part.key for part in required_parts(kind)]
        also = [name for key in keys for name in own.get(key, (key,))]
        fields = demanded(RecordForm.base_fields, prefilled=prefilled, also=also)
        for key in keys:
            if key in rows:
                declared, names = rows[key]
                fields += Counter(input_kind(declared[name]) for name in names)
        yield f"meetings.record:{kind.value}", fields


def _steps() -> Iterator[tuple[str, Counter[str]]]:
    """Steps of procedures. The page fills in how many have a vote."""
    from zhibu.procedures.forms import StepForm
    from zhibu.procedures.loading import procedures

    for procedure in procedures().values():
        for step in procedure.steps:
            form = StepForm(step=step, today=date.min)
            yield (
                f"procedures.enter:{procedure.key}.{step.id}",
                demanded(form.fields, prefilled=("entitled", "committee_entitled")),
            )


def main() -> None:
    import django

    django.setup()
    FILE.write_text(written(), encoding="utf-8")


if __name__ == "__main__":
    main()
