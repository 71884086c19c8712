"""An office at work in a real browser: upload, watch the bar, look through the problems, confirm."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from examples.make import make
from tests.browser import enter, overflow
from tests.cast import make_cast
from tests.exchange.files import imported, preview
from zhibu.exchange import actions
from zhibu.exchange.enums import BatchKind
from zhibu.exchange.models import ImportBatch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("ZHIBU_SHOTS")


def shot(page: Any, name: str) -> None:
    assert overflow(page) == 0
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        width = page.viewport_size["width"]
        page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_from_the_file_to_the_result(device: str, request: Any, live_server: Any, tmp_path: Path) -> None:
    page, cast = request.getfixturevalue(device), make_cast()
    form, roster, right_form, _, _ = make(tmp_path)
    scope = cast.scope(cast.office)
    imported(scope, right_form.read_bytes(), BatchKind.ORGANIZATIONS)
    enter(page, live_server, cast.office.user)
    page.goto(f"{live_server.url}/exchange/")
    shot(page, "start")

    page.locator("main a", has_text="上传表格").first.click()
    page.wait_for_selector("input[type=file]")
    shot(page, "upload")
    page.set_input_files("input[type=file]", str(roster))
    page.get_by_role("button", name="上传并核对").click()
    page.wait_for_selector("progress")
    shot(page, "working")
    batch = ImportBatch.objects.latest("pk")
    actions.check(batch.pk)
    page.wait_for_selector("text=确认写入", timeout=8000)
    shot(page, "preview")
    page.goto(f"{page.url.split('?')[0]}?show=problems")
    shot(page, "problems")

    page.get_by_role("button", name="确认写入").click()
    page.wait_for_selector("text=行有错误")
    shot(page, "refused")
    page.get_by_label("已逐处核对").check()
    page.get_by_label("只写入没有错误的").check()
    page.get_by_role("button", name="确认写入").click()
    page.wait_for_selector("progress")
    actions.commit(batch.pk)
    page.wait_for_selector("text=撤销这次导入", timeout=8000)
    shot(page, "done")
    for name, path in {
        "guide": "guide/members/",
        "export": "export/",
        "batches": "batches/",
        "undo": f"batches/{batch.pk}/undo/",
    }.items():
        page.goto(f"{live_server.url}/exchange/{path}")
        shot(page, name)
    page.goto(f"{live_server.url}/exchange/export/")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出", exact=True).click()
    assert download.value.suggested_filename.endswith(".xlsx")
    failed = preview(scope, form.read_bytes()[:500])
    page.goto(f"{live_server.url}/exchange/batches/{failed.pk}/")
    shot(page, "failed")
