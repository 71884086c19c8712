"""Health, and the style guide: every component with made-up content, for builders, screenshots and tests."""

from __future__ import annotations

from django import forms
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.models import User
from zhibu.regulations.refusal import Refusal
from zhibu.ui import samples
from zhibu.ui.forms import DateField, Form, attempt, form_page
from zhibu.ui.tables import BulkAction, Column, Empty, Table, TextFilter, YesNoFilter, table_page


@page(public=True)
def healthz(request: HttpRequest) -> JsonResponse:
    """For load balancers and monitoring: whether the database answers. 503 if not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        reachable = True
    except DatabaseError:
        reachable = False
    return JsonResponse({"database": "yes" if reachable else "no"}, status=200 if reachable else 503)


@page()
def style_guide(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/style_guide.html", {"sample": samples, "sample_form": SampleForm()})


@page()
def sample_branch(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/tree_rows.html", {"nodes": samples.BRANCHES})


class OwnAccountTable(Table):
    title = "列表示例"
    search = "账号或姓名"
    search_in = ("username", "display_name")
    default_sort = "username"
    columns = [
        Column("username", "账号", sort=True),
        Column("display_name", "姓名", sort=True),
        Column("is_active", "可登录", badge=lambda user: "green" if user.is_active else "grey"),
        Column("created_at", "建立时间", sort=True, phone=False),
    ]
    filters = [YesNoFilter("is_active", "可登录"), TextFilter("username", "账号包含")]
    bulk = [BulkAction("export", "导出所选")]
    empty = Empty("没有账号", "这里只显示您自己的账号。")


@page()
def sample_list(request: HttpRequest) -> HttpResponseBase:
    """The list framework at work on the one row everybody may see: one's own account."""
    return table_page(request, OwnAccountTable(), User.objects.filter(username=request.user.get_username()))


class SampleForm(Form):
    held_on = DateField(label="召开日期", help_text="不能晚于今天。")
    title = forms.CharField(label="会议主题", max_length=60)
    kind = forms.ChoiceField(
        label="会议类型", choices=[("", "请选择"), ("branch", "支部党员大会"), ("committee", "支委会")]
    )
    present = forms.MultipleChoiceField(
        label="到会人员", choices=[("1", "孟员"), ("2", "舒记")], widget=forms.CheckboxSelectMultiple, required=False
    )
    phone = forms.CharField(label="联系电话", required=False, help_text="不会作为草稿留在本机。")
    open = forms.BooleanField(label="邀请入党积极分子列席", required=False)
    notes = forms.CharField(label="记录", widget=forms.Textarea(attrs={"rows": 4}), required=False)


@page(methods=("GET", "POST"))
def sample_form(request: HttpRequest) -> HttpResponse:
    form = SampleForm(request.POST or None)

    def refuse_the_future() -> None:
        if form.cleaned_data["held_on"] > request.scope.today:  # type: ignore[attr-defined]
            raise Refusal("召开日期不能晚于今天。", field="held_on", remedy="会议还没有召开的，请登记为会议计划。")

    if request.method == "POST" and attempt(form, refuse_the_future):
        return redirect("ui:style-guide")
    return form_page(request, form, title="表单示例", submit="保存", cancel=reverse("ui:style-guide"), draft="sample")
