"""Django's own sentences about wrong input, in the words of the house: what is wrong and what to write instead."""

from __future__ import annotations

from django import forms
from django.core import validators

FIELDS: dict[type[forms.Field], dict[str, str]] = {
    forms.Field: {"required": "请填写这一项。"},
    forms.IntegerField: {"invalid": "请填写整数。"},
    forms.FloatField: {"invalid": "请填写数字。"},
    forms.DecimalField: {"invalid": "请填写数字。"},
    forms.DateField: {"invalid": "这不是有效的日期，请写成 2026-01-31 的样子。"},
    forms.TimeField: {"invalid": "这不是有效的时间，请写成 14:30 的样子。"},
    forms.DateTimeField: {"invalid": "这不是有效的日期和时间，请写成 2026-01-31 14:30 的样子。"},
    forms.UUIDField: {"invalid": "这张表已经失效，请刷新页面后重新填写。"},
    forms.BooleanField: {"required": "请勾选这一项。"},
    forms.ChoiceField: {"required": "请选择一项。", "invalid_choice": "没有这个选项，请重新选择。"},
    forms.MultipleChoiceField: {
        "required": "请至少选择一项。",
        "invalid_choice": "没有这个选项，请重新选择。",
        "invalid_list": "没有这个选项，请重新选择。",
    },
    forms.ModelChoiceField: {"required": "请选择一项。", "invalid_choice": "没有这个选项，请重新选择。"},
    forms.ModelMultipleChoiceField: {
        "required": "请至少选择一项。",
        "invalid_list": "没有这个选项，请重新选择。",
        "invalid_choice": "没有这个选项，请重新选择。",
        "invalid_pk_value": "没有这个选项，请重新选择。",
    },
    forms.FileField: {
        "required": "请选择文件。",
        "invalid": "请选择文件。",
        "missing": "请选择文件。",
        "empty": "这个文件是空的，请核对后重新选择。",
        "max_length": "文件名有 %(length)d 个字，最多 %(max)d 个字，请改短后重新选择。",
    },
}
VALIDATORS: dict[type, str] = {
    validators.MaxValueValidator: "不能大于 %(limit_value)s。",
    validators.MinValueValidator: "不能小于 %(limit_value)s。",
    validators.MaxLengthValidator: "最多 %(limit_value)d 个字，现有 %(show_value)d 个字。",
    validators.MinLengthValidator: "至少 %(limit_value)d 个字，现有 %(show_value)d 个字。",
    validators.RegexValidator: "写法不对，请对照说明重新填写。",
    validators.EmailValidator: "这不是有效的邮箱地址，请写成 name@example.edu.cn 的样子。",
    validators.URLValidator: "这不是有效的网址，请写成 https://www.example.edu.cn 的样子。",
    validators.ProhibitNullCharactersValidator: "含有不能保存的字符，请删去后重新填写。",
}
DECIMALS = {
    "invalid": "请填写数字。",
    "max_digits": "数字过长，最多 %(max)s 位。",
    "max_decimal_places": "小数点后最多 %(max)s 位。",
    "max_whole_digits": "小数点前最多 %(max)s 位。",
}


def speak() -> None:
    """Put the sentences in the place of Django's. Called once, before any form is declared."""
    for field, sentences in FIELDS.items():
        field.default_error_messages = {**field.__dict__.get("default_error_messages", {}), **sentences}
    for validator, sentence in VALIDATORS.items():
        validator.message = sentence  # type: ignore[attr-defined]
    validators.DecimalValidator.messages = {**validators.DecimalValidator.messages, **DECIMALS}
