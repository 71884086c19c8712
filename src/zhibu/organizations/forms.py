"""Shapes of input for organizations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations import rules
from zhibu.organizations.actions.details import DETAILS, RESERVED
from zhibu.organizations.enums import BRANCH_KINDS, UPPER_KINDS, Category, ElectionMethod, Kind, PostKind
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organizations
from zhibu.people.models import Person
from zhibu.ui.forms import DateField, Form, ModelForm

OFFERED = 300


class SuggestInput(forms.TextInput):
    """A text input with suggestions that needs no script: a datalist of what fits."""

    template_name = "organizations/suggest.html"

    def __init__(self, suggestions: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.suggestions = suggestions

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["suggestions"] = self.suggestions
        context["widget"]["attrs"] |= {"list": f"{name}-list", "autocomplete": "off"}
        return context


class OrganizationField(forms.CharField):
    """An organization, typed as code, as "代码 名称", or as its full or short name, within the reader's rights."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "填代码、全称或简称，可从提示中选")
        super().__init__(**kwargs)
        self.among: QuerySet[Organization] = Organization.objects.none()

    def offer(self, scope: Scope, right: Right, kinds: frozenset[Kind] | None = None) -> None:
        found = organizations(scope, right).filter(dissolved_on__isnull=True)
        self.among = found.filter(kind__in=kinds) if kinds else found
        offered = self.among.values_list("code", "name")[:OFFERED]
        self.widget = SuggestInput([f"{code} {name}" for code, name in offered], attrs=self.widget.attrs)

    def clean(self, value: Any) -> Organization | None:
        text = super().clean(value).strip()
        if not text:
            return None
        found = list(self.among.filter(Q(code=text.split()[0]) | Q(name=text) | Q(short_name=text))[:2])
        if len(found) == 1:
            return found[0]
        problem = (
            "有同名的党组织，请填代码。"
            if found
            else f"没有找到“{text}”，或它不在您的管理范围内。请核对代码、全称或简称。"
        )
        raise forms.ValidationError(problem)


class PersonField(forms.CharField):
    """A person, typed as 学工号 or as a name that is unique within the reader's rights."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "填学工号；姓名没有重名的，也可以填姓名")
        super().__init__(**kwargs)
        self.scope: Scope | None = None

    def clean(self, value: Any) -> Person:
        from zhibu.people.queries import by_number_or_name

        text = super().clean(value).strip()
        assert self.scope is not None
        return by_number_or_name(self.scope, text)


class DecisionForm(Form):
    """What every decision about the tree carries."""

    on = DateField(label="生效日期")
    document = forms.CharField(label="批准文号", max_length=60, required=False)
    reason = forms.CharField(label="事由", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class EstablishForm(DecisionForm):
    name = forms.CharField(label="党组织名称", max_length=120, help_text="全称，与公章一致")
    short_name = forms.CharField(label="简称", max_length=40, required=False)
    code = forms.CharField(label="组织代码", max_length=30, help_text="校内编号，导入表格时据此识别")
    kind = forms.ChoiceField(label="组织类别", choices=Kind.choices, initial=Kind.BRANCH)
    category = forms.ChoiceField(label="支部类型", choices=Category.choices, help_text="只在同一类型之间作比较")
    may_approve_members = forms.BooleanField(
        label="有审批预备党员权限", required=False, help_text="由上级党组织确定，不能由类别推断"
    )
    field_order = ("name", "short_name", "code", "kind", "category", "may_approve_members", "on", "document", "reason")


class RecordsSinceForm(Form):
    """From which day on the meetings are recorded here."""

    since = DateField(label="起登记日", help_text="自这一天之后第一个完整的月、季、年起计算应开未开")
    below = forms.BooleanField(label="全部下级党组织也改为这一天", required=False)
    reason = forms.CharField(label="事由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class RenameForm(DecisionForm):
    name = forms.CharField(label="新名称", max_length=120)
    short_name = forms.CharField(label="新简称", max_length=40, required=False)
    field_order = ("name", "short_name", "on", "document", "reason")


class RekindForm(DecisionForm):
    kind = forms.ChoiceField(label="新类别", choices=Kind.choices)
    field_order = ("kind", "on", "document", "reason")


class ReparentForm(DecisionForm):
    parent = OrganizationField(label="新上级党组织", max_length=160)
    field_order = ("parent", "on", "document", "reason")

    def __init__(self, scope: Scope, node: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = BRANCH_KINDS if node.kind == Kind.GROUP else UPPER_KINDS
        self.fields["parent"].offer(scope, Right.RESHAPE_TREE, kinds)  # type: ignore[attr-defined]


class TargetForm(DecisionForm):
    """Merging into, or dissolving with people handed to, another organization."""

    target = OrganizationField(label="接收的党组织", max_length=160)
    field_order: tuple[str, ...] = ("target", "on", "document", "reason")

    def __init__(self, scope: Scope, *args: Any, needed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].required = needed
        self.fields["target"].offer(scope, Right.RESHAPE_TREE)  # type: ignore[attr-defined]


class SplitForm(TargetForm):
    people = forms.ModelMultipleChoiceField(
        label="分出去的人员", queryset=Person.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    field_order: tuple[str, ...] = ("target", "people", "on", "document", "reason")

    def __init__(self, scope: Scope, people: QuerySet[Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(scope, *args, **kwargs)
        self.fields["people"].queryset = people  # type: ignore[attr-defined]


class DetailsForm(ModelForm):
    class Meta:
        model = Organization
        fields = (*DETAILS, *RESERVED)


class AppointForm(Form):
    person = PersonField(label="任职人", max_length=60)
    post = forms.ChoiceField(label="职务")
    on = DateField(label="任职日期")
    document = forms.CharField(label="任职文号", max_length=60, required=False)

    def __init__(self, scope: Scope, node: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].scope = scope  # type: ignore[attr-defined]
        self.fields["post"].choices = [  # type: ignore[attr-defined]
            (post.value, post.label)
            for post in rules.posts_of(Kind(node.kind))
            if post is not PostKind.STANDING_MEMBER or node.depth == 1
        ]

    def clean_post(self) -> PostKind:
        return PostKind(self.cleaned_data["post"])


class EndTenureForm(Form):
    on = DateField(label="免职日期")
    reason = forms.CharField(label="免职原因", max_length=200, required=False)


class TermForm(Form):
    on = DateField(label="选举日期")
    number = forms.IntegerField(label="届次", required=False, min_value=1, max_value=99)
    seats = forms.IntegerField(label="职数", min_value=1, max_value=31, help_text="委员会的人数；不设委员会的填 1")
    method = forms.ChoiceField(label="产生方式", choices=ElectionMethod.choices)


class ExtendForm(Form):
    due_on = DateField(label="延期至")
    document = forms.CharField(label="批准文号", max_length=60)
    reason = forms.CharField(
        label="原因", max_length=200, required=False, help_text="延期超过一年的必须写明，未超过的可以不填"
    )


class EndTermForm(Form):
    on = DateField(label="结束日期")
    reason = forms.CharField(label="原因", max_length=200, help_text="如改组、机构调整；到期或提前换届的，请登记换届")
