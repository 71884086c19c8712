"""Forms of the house: date inputs, refusals as errors, and what may be kept as a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhibu.regulations.refusal import Refusal, Refusals

T = TypeVar("T")
# Never kept in a browser, whatever the form says.
PRIVATE_NAMES = ("id_number", "phone", "mobile", "landline", "address", "password", "code")


class _Done:
    """What `attempt` returns for an action that returns None: true, and nothing else."""

    def __repr__(self) -> str:
        return "DONE"


DONE = _Done()


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


EARLIEST, LATEST = 1900, 2100


def plausible(day: date) -> None:
    """Nobody on a roster was born earlier, and nothing is due later: 0026 and 9999 are slips of the pen."""
    if not EARLIEST <= day.year <= LATEST:
        raise ValidationError(f"年份应在 {EARLIEST} 和 {LATEST} 之间，请核对。")


class DateField(forms.DateField):
    """A day. The browser's own calendar."""

    widget = DateInput
    default_validators = [plausible]


class TimeField(forms.TimeField):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class DateTimeField(forms.DateTimeField):
    """A moment in local time, to the minute."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_validators = [plausible]


class MonthField(forms.DateField):
    """A month; cleaned to its first day."""

    widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
    input_formats = ("%Y-%m",)
    default_validators = [plausible]


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; cleaned to a list. An empty file is refused by the action, in the words of the house."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[File]:
        given = data if isinstance(data, list | tuple) else [data]
        return [one for one in given if one]


class Form(forms.Form):
    """``sensitive``: further fields that are never kept as a draft."""

    sensitive: tuple[str, ...] = ()


class ModelForm(forms.ModelForm):
    """As `Form`; its date fields get the browser's calendar. It is never saved: pages call actions."""

    sensitive: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if type(field.widget) is forms.DateInput:
                field.widget = DateInput(field.widget.attrs)
                field.validators.append(plausible)


@dataclass(frozen=True)
class Note:
    """What a refusal says beside its sentence."""

    citation: str
    remedy: str


def is_private(bound: BoundField) -> bool:
    if isinstance(bound.field.widget, forms.PasswordInput | forms.FileInput):
        return True
    return bound.name in getattr(bound.form, "sensitive", ()) or any(name in bound.name for name in PRIVATE_NAMES)


def notes_of(form: Any, field: str | None) -> list[Note]:
    return getattr(form, "refusal_notes", {}).get(field, [])


def attempt(form: forms.BaseForm, call: Callable[[], T | None]) -> T | _Done | None:
    """Validate, then call. None if the form has errors afterwards, among them what the action refused.

    An action that returns None gives `DONE`. Any other exception passes through.
    """
    if not form.is_valid():
        return None
    try:
        result = call()
    except (Refusal, Refusals) as refused:
        for refusal in refused.refusals if isinstance(refused, Refusals) else [refused]:
            _add(form, refusal)
        return None
    return DONE if result is None else result


def _add(form: Any, refusal: Refusal) -> None:
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, refusal.message)
    if not hasattr(form, "refusal_notes"):
        form.refusal_notes = {}
    if refusal.citation or refusal.remedy:
        form.refusal_notes.setdefault(field, []).append(Note(refusal.citation, refusal.remedy))


def form_page(
    request: HttpRequest,
    form: forms.BaseForm,
    *,
    title: str,
    submit: str = "保存",
    cancel: str = "",
    draft: str = "",
    intro: str = "",
    template: str = "ui/form_page.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A page with one form; 422 when the form has errors."""
    values = {"form": form, "title": title, "submit": submit, "cancel": cancel, "draft": draft, "intro": intro}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {**values, **(context or {})}, status=status)
