"""Pages that decide: changes of the tree, posts, terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations import actions, queries, rules
from zhibu.organizations.enums import Category, ElectionMethod, Kind
from zhibu.organizations.forms import (
    AppointForm,
    DetailsForm,
    EndTenureForm,
    EndTermForm,
    EstablishForm,
    ExtendForm,
    RecordsSinceForm,
    RekindForm,
    RenameForm,
    ReparentForm,
    SplitForm,
    TargetForm,
    TermForm,
)
from zhibu.organizations.models import Organization, Term
from zhibu.organizations.tables import OrganizationTable, address
from zhibu.people.models import Person
from zhibu.regulations.queries import in_force, value
from zhibu.ui.forms import Form, attempt, form_page
from zhibu.ui.tables import selected

BOTH = ("GET", "POST")
FORM = "organizations/form.html"


def _article(rule_id: str, scope: Scope) -> str:
    """The rule in one sentence with its article, for the top of a form."""
    if not in_force(rule_id, scope.today):
        return ""
    found = value(rule_id, scope.today)
    return f"{found.shown}（{found.citation}）"


def _decide(
    request: HttpRequest,
    form: Any,
    act: Callable[[dict[str, Any]], Any],
    node: Organization,
    *,
    title: str,
    submit: str,
    done: str,
    intro: str = "",
) -> HttpResponseBase:
    """Show a form; on success say so and go to the organization that came out of it."""
    if request.method == "POST":
        result = attempt(form, lambda: act(form.cleaned_data))
        if result:
            messages.success(request, done)
            return redirect(address(result if isinstance(result, Organization) else node))
    return form_page(
        request, form, title=title, submit=submit, cancel=address(node), intro=intro, template=FORM,
        context={"node": node},
    )  # fmt: skip


def _today(scope: Scope) -> dict[str, Any]:
    return {"on": scope.today}


@page(needs=Right.RESHAPE_TREE, methods=BOTH)
def establish(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    parent = queries.organization(scope, pk, Right.RESHAPE_TREE)
    form = EstablishForm(request.POST or None, initial=_today(scope))

    def act(data: dict[str, Any]) -> Organization:
        kind, category = Kind(data.pop("kind")), Category(data.pop("category"))
        return actions.establish(scope, parent=parent, kind=kind, category=category, **data)

    intro = f"成立党支部须有正式党员 {_article('org.branch_min', scope)}以上。"
    return _decide(request, form, act, parent, title=f"在“{parent}”下设立", submit="设立", done="已设立。", intro=intro)


@page(needs=Right.RESHAPE_TREE, methods=BOTH)
def rename(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.organization(scope, pk, Right.RESHAPE_TREE)
    form = RenameForm(request.POST or None, initial={"name": node.name, "short_name": node.short_name, **_today(scope)})
    act = lambda data: actions.rename(scope, node, **data)  # noqa: E731
    return _decide(request, form, act, node, title=f"{node}更名", submit="更名", done="已更名，原名称保留在沿革中。")


@page(needs=Right.RESHAPE_TREE, methods=BOTH)
def rekind(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.organization(scope, pk, Right.RESHAPE_TREE)
    form = RekindForm(request.POST or None, initial={"kind": node.kind, **_today(scope)})
    act = lambda data: actions.rekind(scope, node, kind=Kind(data.pop("kind")), **data)  # noqa: E731
    return _decide(request, form, act, node, title=f"{node}变更类别", submit="变更", done="类别已变更。")


@page(needs=Right.RESHAPE_TREE, methods=BOTH)
def reparent(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.organization(scope, pk, Right.RESHAPE_TREE)
    form = ReparentForm(scope, node, request.POST or None, initial=_today(scope))
    act = lambda data: actions.reparent(scope, node, **data)  # noqa: E731
    intro = "该组织连同全部下级一并调整；上级的管理权限随之变化。"
    return _decide(request, form, act, node, title=f"{node}调整隶属", submit="调整", done="隶属已调整。", intro=intro)


@page(needs=Right.RESHAPE_TREE, methods=("POST",))
def merge(request: HttpRequest) -> HttpResponseBase:
    """From the list: the chosen organizations, then into which one. The first POST brings only the choice."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    mine = queries.organizations(scope, Right.RESHAPE_TREE)
    chosen = request.POST.get("sources", "")
    if chosen:
        nodes = list(
            mine.filter(pk__in=[int(part) for part in chosen.split(",") if part.isdecimal() and len(part) < 18])
        )
    else:
        nodes = list(selected(request, OrganizationTable(), mine))
    if not nodes:
        messages.error(request, "没有选择党组织，请先在名单中勾选要合并的党组织。")
        return redirect("organizations:list")
    bound = request.POST if chosen else None
    form = TargetForm(scope, bound, initial=_today(scope))
    form.fields["sources"] = _hidden(",".join(str(node.pk) for node in nodes))

    def act(data: dict[str, Any]) -> Organization:
        data.pop("sources", None)
        return actions.merge(scope, nodes, **data)

    intro = f"将并入的党组织：{'、'.join(map(str, nodes))}。其人员的组织关系一并转入，原组织撤销。"
    if bound is not None and (result := attempt(form, lambda: act(form.cleaned_data))):
        messages.success(request, "已合并。")
        return redirect(address(result) if isinstance(result, Organization) else "organizations:list")
    cancel = reverse("organizations:list")
    return form_page(request, form, title="合并党组织", submit="合并", cancel=cancel, intro=intro, template=FORM)


def _hidden(value: str) -> Any:
    from django import forms

    return forms.CharField(initial=value, widget=forms.HiddenInput, required=False)


@page(needs=Right.RESHAPE_TREE, methods=BOTH)
def merge_into(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.organization(scope, pk, Right.RESHAPE_TREE)
    form = TargetForm(scope, request.POST or None, initial=_today(scope))
    act = lambda data: actions.merge(scope, [node], **data)  # noqa: E731
    intro = f"“{node}”的人员组织关系一并转入，本组织撤销。"
    return _decide(request, form, act, node, title=f"把“{node}”并入", submit="合并", done="已合并。", intro=intro)


@page(needs=Right.RESHAPE_TREE, methods=BOTH)
def split(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.organization(scope, pk, Right.RESHAPE_TREE)
    people = Person.objects.filter(organization=node).order_by("pinyin")
    form = SplitForm(scope, people, request.POST or None, initial=_today(scope))

    def act(data: dict[str, Any]) -> Any:
        target = data.pop("target")
        return actions.split(scope, node, parts={target: list(data.pop("people"))}, **data)

    intro = "先设立新的党组织，再把人员分过去；没有勾选的人员留在原组织。"
    return _decide(request, form, act, node, title=f"{node}拆分", submit="拆分", done="已拆分。", intro=intro)


@page(needs=Right.RESHAPE_TREE, methods=BOTH)
def dissolve(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.organization(scope, pk, Right.RESHAPE_TREE)
    form = TargetForm(scope, request.POST or None, initial=_today(scope), needed=False)

    def act(data: dict[str, Any]) -> Organization:
        return actions.dissolve(scope, node, people_to=data.pop("target"), **data)

    intro = "撤销后保留全部记录，但不能再办理任何事项。还有人员的，须指定接收的党组织。"
    return _decide(request, form, act, node, title=f"撤销“{node}”", submit="撤销", done="已撤销。", intro=intro)


@page(needs=Right.RESHAPE_TREE, methods=("POST",))
def undo(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.organization(scope, pk, Right.RESHAPE_TREE)
    last = queries.changes(scope, node).first()
    if last is None:
        raise Http404("没有可以撤销的变动。")
    node = actions.undo_last_change(scope, last)
    messages.success(request, "已撤销最近一次变动。")
    return redirect(address(node))


@page(needs=Right.EDIT_ORGANIZATION, methods=BOTH)
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.organization(scope, pk, Right.EDIT_ORGANIZATION)
    form = DetailsForm(request.POST or None, instance=Organization.objects.get(pk=node.pk))
    if not scope.may(Right.RESHAPE_TREE, node.path):
        del form.fields["may_approve_members"]
    act = lambda data: actions.update_details(scope, node, **data)  # noqa: E731
    return _decide(request, form, act, node, title=f"{node}基本信息", submit="保存", done="已保存。")


@page(needs=Right.RESHAPE_TREE, methods=BOTH)
def records_since(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.organization(scope, pk, Right.RESHAPE_TREE)
    form: Form = RecordsSinceForm(request.POST or None, initial={"since": node.recorded_since or node.established_on})
    act = lambda data: actions.keep_records_since(scope, node, **data)  # noqa: E731
    intro = "在此之前的会议记在别处，平台不判为缺。补录了以前的记录后，可以把这一天提前；评价结果在下次计算时更新。"
    return _decide(request, form, act, node, title=f"{node}起登记日", submit="保存", done="已更改。", intro=intro)


@page(needs=Right.APPOINT, methods=BOTH)
def appoint(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.organization(scope, pk, Right.APPOINT)
    form = AppointForm(scope, node, request.POST or None, initial=_today(scope))
    act = lambda data: actions.appoint(scope, node, **data)  # noqa: E731
    intro = f"书记一般应有党龄 {_article('org.secretary_standing', scope)}以上。任职当日起，本人即有相应权限。"
    return _decide(request, form, act, node, title=f"{node}任职", submit="登记任职", done="已登记任职。", intro=intro)


@page(needs=Right.APPOINT, methods=BOTH)
def end_tenure(request: HttpRequest, pk: int, tenure: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.organization(scope, pk, Right.APPOINT)
    held = queries.tenures(scope, node).filter(pk=tenure).first()
    if held is None:
        raise Http404("没有这条任职记录。")
    form = EndTenureForm(request.POST or None, initial=_today(scope))
    act = lambda data: actions.end_tenure(scope, held, **data)  # noqa: E731
    title = f"免去{held.person.name}的{node}{held.get_post_display()}"
    return _decide(request, form, act, node, title=title, submit="登记免职", done="已登记免职，相应权限同日终止。")


@page(needs=Right.APPOINT, methods=BOTH)
def start_term(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.organization(scope, pk, Right.APPOINT)
    form = TermForm(request.POST or None, initial=_today(scope))

    def act(data: dict[str, Any]) -> Any:
        return actions.start_term(scope, node, method=ElectionMethod(data.pop("method")), **data)

    rule_id = rules.term_rule(node)
    intro = f"任期：{_article(rule_id, scope)}。应换届日期由此推算。" if rule_id else ""
    return _decide(
        request, form, act, node, title=f"{node}换届", submit="登记换届结果", done="已登记换届。", intro=intro
    )


@page(needs=Right.RESHAPE_TREE, methods=BOTH)
def extend_term(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.organization(scope, pk, Right.RESHAPE_TREE)
    term = Term.objects.filter(organization=node, ended_on__isnull=True).first()
    if term is None:
        raise Http404("没有正在任期内的届次。")
    form: Form = ExtendForm(request.POST or None)
    act = lambda data: actions.extend_term(scope, term, **data)  # noqa: E731
    intro = f"延期不超过 {_article('org.extend_term', scope)}，须报上级党组织批准。"
    return _decide(
        request, form, act, node, title=f"{node}延期换届", submit="登记延期", done="已登记延期。", intro=intro
    )


@page(needs=Right.RESHAPE_TREE, methods=BOTH)
def end_term(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.organization(scope, pk, Right.RESHAPE_TREE)
    term = Term.objects.filter(organization=node, ended_on__isnull=True).first()
    if term is None:
        raise Http404("没有正在任期内的届次。")
    form: Form = EndTermForm(request.POST or None, initial=_today(scope))
    act = lambda data: actions.end_term(scope, term, **data)  # noqa: E731
    intro = "没有换届而结束本届任期的，在这里登记；班子成员的职务另行办理免职。"
    return _decide(request, form, act, node, title=f"结束{node}本届任期", submit="登记", done="已登记。", intro=intro)
