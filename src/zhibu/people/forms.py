"""The shape of input."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from zhibu.organizations.models import Organization
from zhibu.people import codes
from zhibu.people.actions import COMMON_REASONS
from zhibu.people.actions.files import AT_REGISTRATION
from zhibu.people.enums import ContactPurpose, ContactWay, CorrectionConclusion, Entry, SanctionKind, StageKind, WayOut
from zhibu.people.models import Mobility, Person
from zhibu.people.rules.fields import CHANGEABLE, FIELD, FIELDS, SECRET, FileField
from zhibu.people.rules.stages import Transition, needs_procedure
from zhibu.ui.forms import DateField, Form
from zhibu.vault.masks import mask_address, mask_id_number, mask_phone

OFFERED = 200
EMPTIED = "无"
_CODE = re.compile(r"[（(]([^（()）]+)[)）]\s*$")


def mask(name: str, value: str) -> str:
    """What may be shown of a secret field."""
    masks = {"id_number": mask_id_number, "phone": mask_phone, "landline": mask_phone, "address": mask_address}
    return masks[name](value) if value else ""


class Suggesting(forms.TextInput):
    """A text input with suggestions of the browser (datalist), which work without JavaScript."""

    def __init__(self, suggestions: Sequence[str] = (), attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.suggestions = suggestions

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        key = f"{name}-suggestions"
        box = super().render(name, value, {**(attrs or {}), "list": key, "autocomplete": "off"}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((text,) for text in self.suggestions))
        return format_html('{}<datalist id="{}">{}</datalist>', box, key, options)


def branch_text(branch: Organization) -> str:
    return f"{branch}（{branch.code}）"


class BranchField(forms.CharField):
    """One branch, by name or code. A list of all of them would be longer than the page at a large university."""

    def __init__(self, branches: QuerySet[Organization], *, noun: str = "党支部", **options: Any) -> None:
        offered = branches.only("name", "short_name", "code")[:OFFERED]
        options.setdefault("help_text", "输入名称或组织代码，从提示中选择。")
        super().__init__(widget=Suggesting([branch_text(branch) for branch in offered]), **options)
        self.branches, self.noun = branches, noun

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        code = _CODE.search(text)
        name = text[: code.start()].strip() if code else text
        exact = self.branches.filter(code__iexact=code[1] if code else text)
        found = list(exact[:2]) or list(self._named(name, exactly=True)) or list(self._named(name, exactly=False))
        if len(found) == 1:
            return found[0]
        if found:
            several = "、".join(branch_text(one) for one in found)
            raise forms.ValidationError(f"有几个{self.noun}符合：{several}。请写明组织代码。")
        raise forms.ValidationError(f"在您的管理范围内没有这个{self.noun}。请输入名称或组织代码，从提示中选择。")

    def _named(self, name: str, *, exactly: bool) -> QuerySet[Organization]:
        how = "iexact" if exactly else "icontains"
        return self.branches.filter(Q(**{f"name__{how}": name}) | Q(**{f"short_name__{how}": name}))[:6]


def input_of(field: FileField, person: Person | None = None) -> forms.Field:
    """The input for a field of the file. Secret values are never sent back to the browser to be edited."""
    help_text = field.help
    if field.is_secret and person is not None and getattr(person, field.name):
        shown = mask(field.name, getattr(person, field.name))
        help_text = f"现为 {shown}。留空不改" + ("" if field.name == "id_number" else f"，填“{EMPTIED}”清空") + "。"
    common: dict[str, Any] = {"label": field.label, "help_text": help_text, "required": False}
    if field.kind == "code":
        return forms.ChoiceField(choices=[("", "请选择"), *codes.choices(field.table)], **common)
    if field.kind == "date":
        return DateField(**common)
    if field.kind == "flag":
        return forms.BooleanField(**common)
    attributes = {"autocomplete": "off"}
    if field.kind in {"phone", "landline"}:
        attributes["inputmode"] = "tel"
    return forms.CharField(max_length=field.longest, widget=forms.TextInput(attributes), **common)


class FileForm(Form):
    """All fields of a file, in groups."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, person: Person | None = None) -> None:
        initial = {}
        if person is not None:
            initial = {field.name: getattr(person, field.name) for field in FIELDS if not field.is_secret}
            initial["version"] = person.updated_at.isoformat()
        super().__init__(data, initial=initial)
        for field in FIELDS:
            self.fields[field.name] = input_of(field, person)
        self.fields["name"].required = True
        if person is not None:
            self.fields["reason"] = forms.CharField(
                label="修改说明", required=False, max_length=200, help_text="如“本人提供身份证核对”。会留下记录。"
            )

    def groups(self) -> list[tuple[str, list[Any]]]:
        """Bound fields by group, for the template."""
        found: dict[str, list[Any]] = {}
        for field in FIELDS:
            found.setdefault(field.group, []).append(self[field.name])
        return list(found.items())

    def fields_of_file(self, *, new: bool) -> dict[str, Any]:
        """What goes to the action: an empty secret input means that the value stays."""
        values = {name: self.cleaned_data[name] for name in FIELD}
        for name in SECRET:
            if values[name] == "" and not new:
                del values[name]
            elif values[name] == EMPTIED:
                values[name] = ""
        return {name: value for name, value in values.items() if not new or value not in ("", None)}


class RegisterForm(FileForm):
    """Registering adds where and as what."""

    def __init__(self, data: Any = None, *, branches: QuerySet[Organization], today: Any) -> None:
        super().__init__(data)
        only = list(branches[:2])
        labels = [(kind.value, kind.label) for kind in StageKind if kind in AT_REGISTRATION]
        place = {
            "organization": BranchField(branches, label="所在党支部"),
            "stage": forms.ChoiceField(label="人员类别", choices=[("", "请选择"), *labels]),
            "on": DateField(label="进入支部日期"),
            "entry": forms.ChoiceField(
                label="进入支部类型", choices=[("", "请选择"), *Entry.choices], initial=Entry.COLLECTED
            ),
            "basis": forms.CharField(label="依据", required=False, max_length=200, help_text="批复、介绍信等文号。"),
        }
        self.fields = {**place, **self.fields}
        self.initial["on"] = today
        if len(only) == 1:
            self.initial["organization"] = branch_text(only[0])

    def groups(self) -> list[tuple[str, list[Any]]]:
        place = [self[name] for name in ("organization", "stage", "on", "entry", "basis")]
        return [("登记", place), *super().groups()]


def _named(step: Transition) -> str:
    """延长预备期 says it all; 恢复党籍 does not say to which stage."""
    return step.label if step.after.label in step.label else f"{step.label}（{step.after.label}）"


class StageForm(Form):
    to = forms.ChoiceField(label="办理事项", widget=forms.RadioSelect)
    on = DateField(label="日期", help_text="接收、转正等以支部大会通过之日为准。")
    way_out = forms.ChoiceField(label="终止方式", required=False, help_text="终止培养、出党、转出、死亡时选择。")
    basis = forms.CharField(label="依据", required=False, max_length=200, help_text="决议、批复或文号。")
    reason = forms.CharField(
        label="说明", required=False, max_length=300, help_text="与一般要求不一致时、补录时必须写明理由。"
    )
    is_backfill = forms.BooleanField(
        label="补录：已经按程序办完，只有纸质材料", required=False,
        help_text="没有在“发展党员”中办理的确定、列为、接收、延长和转正，只能补录；本人档案中会标明。",
    )  # fmt: skip
    place = forms.CharField(
        label="补录材料存放处",
        required=False,
        max_length=120,
        help_text="纸质材料在哪里，如“组织员办公室第 3 柜”。",
    )

    def __init__(self, data: Any = None, *, steps: Sequence[Transition], today: Any) -> None:
        super().__init__(data, initial={"on": today})
        self.fields["to"].choices = [(step.after.value, _named(step)) for step in steps]  # type: ignore[attr-defined]
        if not any(needs_procedure(step) for step in steps):
            del self.fields["is_backfill"], self.fields["place"]
        ways = {way for step in steps for way in step.ways_out}
        chosen = [(way.value, way.label) for way in WayOut if way in ways]
        self.fields["way_out"].choices = [("", "不适用"), *chosen]  # type: ignore[attr-defined]


class MoveForm(Form):
    on = DateField(label="日期")
    reason = forms.CharField(label="事由", required=False, max_length=200, help_text="如“升学后编入新支部”。")
    field_order = ("target", "on", "reason")

    def __init__(self, data: Any = None, *, branches: QuerySet[Organization], today: Any) -> None:
        super().__init__(data, initial={"on": today})
        self.fields["target"] = BranchField(branches, label="调整到")
        self.order_fields(self.field_order)


class LostForm(Form):
    since = DateField(label="失去联系日期", help_text="最近一次参加组织生活或交纳党费的日期。")
    reason = forms.CharField(label="说明", required=False, max_length=300, help_text="已经怎样查找。")


class FoundForm(Form):
    reason = forms.CharField(label="怎样取得联系", max_length=300)


class MobileForm(Form):
    """Being away. ``running`` is the registration that is put right."""

    destination = forms.CharField(
        label="外出流向", max_length=100, help_text="写明省、市、县；出国（境）的写明国家或地区。"
    )
    since = DateField(label="外出日期")
    expected_on = DateField(
        label="预计返回日期", required=False, help_text="外出半年以上、没有转移组织关系的才是流动党员。"
    )
    is_abroad = forms.BooleanField(
        label="出国（境）学习研究", required=False, help_text="每半年至少联系一次，按上次联系提醒。"
    )
    host = forms.CharField(
        label="流入地党组织", required=False, max_length=120, help_text="协助管理的党组织，不清楚的不填。"
    )
    keeper = forms.CharField(
        label="支部联系人", required=False, max_length=60, help_text="负责保持联系的党员，填学工号或姓名。"
    )
    reason = forms.CharField(label="说明", required=False, max_length=300)

    def __init__(self, data: Any = None, *, running: Mobility | None, person: Person, today: Any) -> None:
        initial = {"destination": person.mobile_destination, "since": today}
        if running is not None:
            initial = {
                "destination": running.place, "since": running.since, "expected_on": running.expected_on,
                "is_abroad": running.is_abroad, "host": running.host,
                "keeper": (running.keeper.number or running.keeper.name) if running.keeper else "",
            }  # fmt: skip
        super().__init__(data, initial=initial)


class ReturnedForm(Form):
    on = DateField(label="返回日期")
    reason = forms.CharField(label="说明", required=False, max_length=300)

    def __init__(self, data: Any = None, *, today: Any) -> None:
        super().__init__(data, initial={"on": today})


class ContactForm(Form):
    """Contact that was made or sought: the fact and the result, nothing of what was said."""

    on = DateField(label="日期")
    purpose = forms.ChoiceField(label="目的")
    way = forms.ChoiceField(label="方式", choices=[("", "请选择"), *ContactWay.choices])
    is_reached = forms.TypedChoiceField(
        label="结果", choices=[("yes", "取得联系"), ("no", "未取得联系")], coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
    )  # fmt: skip
    by = forms.CharField(label="联系人", required=False, max_length=60, help_text="由谁联系的，填学工号或姓名。")

    def __init__(self, data: Any = None, *, person: Person, keeper: Person | None, today: Any) -> None:
        super().__init__(data, initial={"on": today, "by": (keeper.number or keeper.name) if keeper else ""})
        purposes = [one for one in ContactPurpose if one is not ContactPurpose.SEARCH or person.is_lost]
        if person.is_lost:
            purposes.reverse()
        self.fields["purpose"].choices = [(one.value, one.label) for one in purposes]  # type: ignore[attr-defined]


class DecisionForm(Form):
    """A decision of the organization about somebody who is lost."""

    on = DateField(label="决定日期")
    basis = forms.CharField(label="依据", max_length=200, help_text="决定的文号，或者会议名称和日期。")
    reason = forms.CharField(
        label="说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="查找情况只有纸质记录的，请写明。",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, today: Any) -> None:
        super().__init__(data, initial={"on": today})


class SanctionForm(Form):
    kind = forms.ChoiceField(label="处分种类", choices=[("", "请选择"), *SanctionKind.choices])
    since = DateField(label="处分日期")
    until = DateField(label="影响期满日期", help_text="按处分决定填写；留党察看填察看期满日期，恢复权利另行登记。")
    document = forms.CharField(label="处分决定", max_length=120, help_text="文号或者存放处。")


class EndSanctionForm(Form):
    on = DateField(label="日期")
    is_wrong = forms.BooleanField(label="登记有误，撤回这一项", required=False)
    reason = forms.CharField(
        label="依据", max_length=200, help_text="恢复党员权利、撤销处分的文号，或者登记有误的说明。"
    )

    def __init__(self, data: Any = None, *, today: Any) -> None:
        super().__init__(data, initial={"on": today})


class CorrectionTermForm(Form):
    decided_on = DateField(label="决定日期")
    until = DateField(label="改正期满日期", help_text="按决定文书填写。")
    document = forms.CharField(label="决定文书", max_length=120, help_text="文号或者存放处。")
    reason = forms.CharField(label="超过一般期限的理由", max_length=200, required=False)


class ConcludeCorrectionForm(Form):
    on = DateField(label="结论日期")
    conclusion = forms.ChoiceField(label="结论", choices=[("", "请选择"), *CorrectionConclusion.choices])
    ending = forms.CharField(label="依据", max_length=200, help_text="结论文书的文号、存放处，或者登记有误的说明。")

    def __init__(self, data: Any = None, *, today: Any) -> None:
        super().__init__(data, initial={"on": today})


class RevealForm(Form):
    reason = forms.CharField(
        label="查看理由", max_length=200, widget=Suggesting(COMMON_REASONS), help_text="会留下记录，本人可以看到。"
    )


class FindForm(Form):
    sensitive = ("wanted",)
    wanted = forms.CharField(
        label="公民身份证号或手机号",
        max_length=30,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "text"}),
        help_text="须填完整号码。号码只用于这一次查找，不写入网址，也不保存。",
    )


class ChangeForm(Form):
    """One correction. The input depends on the field, which is chosen first."""

    sensitive = ("value",)

    def __init__(self, data: Any = None, *, field: FileField) -> None:
        super().__init__(data)
        value = input_of(field)
        value.label, value.required = f"{field.label}更正为", True
        self.fields["value"] = value
        self.fields["reason"] = forms.CharField(
            label="理由", required=False, max_length=300, help_text="如“身份证已变更”。可以说明能提供的证明。"
        )


class ChooseForm(Form):
    field = forms.ChoiceField(label="要更正的项目", choices=[(one.name, one.label) for one in CHANGEABLE])


class DecideForm(Form):
    answer = forms.CharField(
        label="审核意见", required=False, max_length=300, help_text="不采纳的必须写明理由，会告知本人。"
    )
