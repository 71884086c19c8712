"""The frame: errors as sentences, htmx's own answers, navigation, forms with refusals, documents without a network."""

import json
import re
from datetime import date, timedelta
from importlib import import_module

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import Client

from tests.cast import TODAY
from zhibu.accounts.enums import Right
from zhibu.regulations.refusal import Refusal, Refusals
from zhibu.ui import icons, navigation
from zhibu.ui.documents import NetworkRefused, html_to_pdf
from zhibu.ui.forms import DONE, DateField, attempt


@pytest.mark.parametrize(
    ("how", "status", "sentence"),
    [
        ("refused", 422, "到会人数不足。"),
        ("forbidden", 403, "您没有任免权限。"),
        ("missing", 404, "不在您的管理范围内"),
        ("broken", 500, "服务器处理时发生错误"),
    ],
)
def test_failures_are_pages_with_a_sentence_and_a_way_on(db, how, status, sentence):
    client = Client(raise_request_exception=False)

    page = client.get(f"/fails/{how}/")
    part = client.get(f"/fails/{how}/", headers={"HX-Request": "true"})

    assert (page.status_code, part.status_code) == (status, status)
    assert sentence in page.content.decode() and "回到首页" in page.content.decode()
    assert sentence in part.content.decode() and "<html" not in part.content.decode()
    assert part["HX-Retarget"] == "#messages"


def test_a_form_that_may_not_be_sent_stays_open_below_the_sentence(db):
    boosted = {"HX-Request": "true", "HX-Boosted": "true"}

    sent = Client(raise_request_exception=False).post("/fails/forbidden/", headers=boosted)

    assert (sent.status_code, sent["HX-Retarget"], sent["HX-Push-Url"]) == (403, "#messages", "false")
    assert "您没有任免权限。" in sent.content.decode() and "<html" not in sent.content.decode()


@pytest.mark.parametrize(
    ("came_from", "link"),
    [
        ("http://testserver/supervision/?q=a", True),
        ("http://elsewhere.example/", False),
        ("", False),
        ("http://testserver//elsewhere.example/", False),
    ],
)
def test_what_was_refused_leads_back_to_where_it_was_asked(reader, came_from, link):
    page = reader.post("/fails/refused/", headers={"Referer": came_from} if came_from else {}).content.decode()

    assert ('href="/supervision/?q=a">' in page) is link
    assert "elsewhere.example" not in page


def test_the_address_of_a_button_opened_as_a_page_says_so(reader):
    """After signing in again, or by reloading, the browser asks for the address that a button sent to."""
    opened = reader.get("/button/")

    assert (opened.status_code, opened["Allow"]) == (405, "POST")
    assert "这一步要在页面上点按钮办理" in opened.content.decode()


def test_redirect_for_htmx_is_carried_out_by_the_browser(reader):
    plain, htmx = reader.get("/moved/"), reader.get("/moved/", headers={"HX-Request": "true"})

    assert (plain.status_code, plain["Location"]) == (302, "/elsewhere/")
    assert (htmx.status_code, htmx["HX-Redirect"]) == (204, "/elsewhere/")


def test_messages_of_an_htmx_request_come_with_its_answer(reader):
    text = reader.get("/noted/", headers={"HX-Request": "true"}).content.decode()

    assert text.startswith("<p>part</p>")
    assert 'hx-swap-oob="innerHTML"' in text and "已保存。" in text


def test_health_is_public_and_json(client, db):
    response = client.get("/healthz")

    assert (response.status_code, json.loads(response.content)) == (200, {"database": "yes"})


@pytest.mark.parametrize("url", ["/ui/", "/accounts/", "/ui/form/", "/fails/refused/"])
def test_pages_have_no_inline_script_style_or_foreign_address(reader, url):
    text = reader.get(url).content.decode()

    scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", text)
    assert scripts == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", text) == []
    assert re.findall(r"(?:src|href|action)=\"(?:https?:)?//[^\"]*", text) == []


def test_navigation_knows_only_existing_rights_and_icons():
    items = [item for _, part in navigation.SECTIONS for item in part] + navigation.USER_ITEMS

    assert {item.right for item in items if item.right} <= set(Right.values)
    assert {item.icon for item in items} <= icons.names()


def test_form_with_a_refusal_comes_back_with_its_sentence_at_the_field(reader):
    late = {"held_on": (TODAY + timedelta(days=1)).isoformat(), "title": "学习", "kind": "branch"}

    refused = reader.post("/ui/form/", late)
    accepted = reader.post("/ui/form/", {**late, "held_on": TODAY.isoformat()})

    text = refused.content.decode()
    assert (refused.status_code, accepted.status_code) == (422, 302)
    assert "召开日期不能晚于今天。" in text and "请登记为会议计划。" in text
    assert 'aria-describedby="id_held_on-help id_held_on-error"' in text
    assert f'value="{late["held_on"]}"' in text


def test_private_fields_are_marked_never_to_be_kept(reader):
    text = reader.get("/ui/form/").content.decode()

    marked = re.findall(r'data-no-draft>\s*<label for="(\w+)"', text)
    assert marked == ["id_phone"]


class OneField(forms.Form):
    day = forms.DateField()


def test_attempt_gives_the_result_or_done():
    form = OneField({"day": "2026-11-21"})

    assert attempt(form, lambda: form.cleaned_data["day"]) == date(2026, 11, 21)
    assert attempt(OneField({"day": "2026-11-21"}), lambda: None) is DONE


def test_attempt_does_not_call_with_invalid_input():
    called = []

    assert attempt(OneField({"day": "x"}), lambda: called.append(1)) is None
    assert called == []


def test_attempt_shows_every_refusal_where_it_belongs():
    def refuse():
        early, few = Refusal("日期太早。", field="day"), Refusal("人数不足。", remedy="改期。")
        raise Refusals([early, few, Refusal("无此栏。", field="gone")])

    form = OneField({"day": "2026-11-21"})

    assert attempt(form, refuse) is None
    assert form.errors == {"day": ["日期太早。"], "__all__": ["人数不足。", "无此栏。"]}
    assert [note.remedy for note in form.refusal_notes[None]] == ["改期。"]


def test_attempt_lets_bugs_pass():
    with pytest.raises(ZeroDivisionError):
        attempt(OneField({"day": "2026-11-21"}), lambda: 1 / 0)


def test_document_embeds_chinese_text_and_its_font():
    pdf = html_to_pdf("<html lang=zh-CN><body><h1>会议记录</h1></body></html>")

    assert pdf.startswith(b"%PDF-") and len(pdf) > 2000


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/a.png", "https://example.invalid/a.png", "file:///etc/hostname"]
)
def test_document_fetches_nothing(address):
    with pytest.raises(NetworkRefused):
        html_to_pdf(f"<body><img src='{address}'></body>")


@pytest.mark.parametrize(
    ("field", "given", "sentence"),
    [
        (forms.IntegerField(max_value=9), "12", "不能大于 9。"),
        (forms.IntegerField(min_value=1), "0", "不能小于 1。"),
        (forms.IntegerField(), "九", "请填写整数。"),
        (forms.DecimalField(decimal_places=2, max_digits=4), "1.234", "小数点后最多 2 位。"),
        (forms.DateField(), "2026-02-30", "这不是有效的日期，请写成 2026-01-31 的样子。"),
        (DateField(), "0026-11-21", "年份应在 1900 和 2100 之间，请核对。"),
        (DateField(), "9999-12-31", "年份应在 1900 和 2100 之间，请核对。"),
        (forms.CharField(), " ", "请填写这一项。"),
        (forms.CharField(max_length=3), "一二三四", "最多 3 个字，现有 4 个字。"),
        (forms.ChoiceField(choices=[("a", "甲")]), "丙", "没有这个选项，请重新选择。"),
        (forms.FileField(), None, "请选择文件。"),
    ],
)
def test_wrong_input_is_answered_in_the_words_of_the_house(field, given, sentence):
    with pytest.raises(ValidationError) as wrong:
        field.clean(given)

    assert sentence in wrong.value.messages


def test_no_form_of_the_house_speaks_in_the_words_of_django():
    """Messages are copied when a field is declared: a form declared too early would keep Django's."""
    import_module("zhibu.site.urls")
    found, waiting = set(), [forms.Form, forms.ModelForm]
    while waiting:
        waiting += (below := waiting.pop().__subclasses__())
        found |= {one for one in below if one.__module__.startswith("zhibu.")}

    foreign = [
        f"{form.__module__}.{form.__name__}.{name}: {message}"
        for form in found
        for name, field in form.base_fields.items()
        for message in map(str, field.error_messages.values())
        if "字段" in message or "输入" in message or message.startswith(("确保", "选择一个", "没有提交"))
    ]

    assert len(found) > 50
    assert foreign == []
