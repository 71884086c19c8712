"""A real Chromium for tests: the fixtures are imported by tests/conftest.py, once.

`phone` is 360 × 780 px with touch, `desk` 1440 × 900 px. Nothing outside 127.0.0.1 can be reached, and a console
error or a breach of the content policy fails the test. `enter(page, live_server, user)` signs in without the form.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

expect.set_options(timeout=15_000)  # two workers and a browser share two cores

CHROMIUM = os.environ.get("ZHIBU_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=zh-CN",
]  # fmt: skip
# Playwright runs an event loop in this thread; Django would take that for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not os.path.exists(CHROMIUM):
        pytest.fail(f"{CHROMIUM} is missing: apt install chromium fonts-noto-cjk, or set ZHIBU_CHROMIUM")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def _only_here(route: Route) -> None:
    if route.request.url.startswith(("http://127.0.0.1", "http://localhost", "data:")):
        route.continue_()
    else:
        route.abort()


def _page(browser: Browser, **options: Any) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", **options
    )
    context.route("**/*", _only_here)
    page = context.new_page()
    page.set_default_timeout(10_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    # Answers like 422 and a lost connection are the page's to deal with; the console only repeats them.
    expected = ("Failed to load resource", "Response Status Error", "htmx:sendError", "htmx:afterRequest")
    page.on(
        "console",
        lambda said: wrong.append(said.text) if said.type == "error" and not said.text.startswith(expected) else None,
    )
    yield page
    context.close()
    assert wrong == []


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    yield from _page(browser, viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True)


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    yield from _page(browser, viewport={"width": 1440, "height": 900})


def enter(page: Page, live_server: Any, user: Any) -> None:
    """Sign ``user`` in by session cookie."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])


def overflow(page: Page) -> int:
    """How many pixels the page is wider than the window; 0 is right.

    Waits for the style sheet: a page asked before is measured as nobody sees it, without one.
    """
    page.wait_for_load_state("load")
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
