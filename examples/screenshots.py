"""Pictures for the README from a running demo: ``.venv/bin/python -m examples.screenshots``, after ``make demo``."""

from __future__ import annotations

import argparse
import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import CHROMIUM, FLAGS

FOLDER = Path(__file__).parents[1] / "docs/screenshots"
# name → (role, width, height, address)
PICTURES = {
    "home-secretary-phone": ("党支部书记", 360, 780, "/"),
    "home-office": ("学校组织部", 1440, 900, "/"),
    "tree": ("学校组织部", 1440, 900, "/organizations/"),
    "roster": ("院系组织员", 1440, 900, "/people/"),
    "import": ("学校组织部", 1440, 900, "/exchange/"),
    "record-phone": ("党支部书记", 360, 780, "/meetings/new/"),
    "cadence": ("院系组织员", 1440, 900, "/meetings/cadence/"),
    "score": ("学校组织部", 1440, 900, "/assessment/"),
    "score-phone": ("党支部书记", 360, 780, "/assessment/"),
    "my-file-phone": ("党员", 360, 780, "/people/me/"),
    "rule": ("学校组织部", 1440, 900, "/regulations/dev.publicity/"),
    "maintenance": ("系统管理员", 1440, 900, "/maintenance/"),
    "workbench": ("院系组织员", 1440, 900, "/procedures/?all=1"),
    "workbench-phone": ("党支部书记", 360, 780, "/procedures/"),
    "case": ("院系组织员", 1440, 900, "/procedures/cases/?procedure=admission&state=open"),
    "graduation": ("学校组织部", 1440, 900, "/procedures/graduation/?year=2027"),
    "election": ("院系组织员", 1440, 900, "/procedures/terms/"),
    "dues": ("党支部书记", 1440, 900, "/dues/"),
    "folder": ("院系组织员", 1440, 900, "/archive/?stage=40&lacking=no"),
    "scheme": ("学校组织部", 1440, 900, "/assessment/design/"),
    "publication": ("学校组织部", 1440, 900, "/assessment/publications/"),
    "opened": ("", 1440, 900, "/results/"),  # without signing in
    "map": ("学校组织部", 1440, 900, "/supervision/map/"),
    "map-phone": ("院系组织员", 360, 780, "/supervision/map/"),
    "quality": ("院系组织员", 1440, 900, "/meetings/quality/"),
}
# name → the link on that page to what the picture shows
FOLLOWED = {
    **dict.fromkeys(("case", "folder", "opened", "publication", "scheme"), "tbody a"),
    "graduation": "main a[href*='/class/']",
}
COLOURS = 96  # pages have few; the files stay small


def accounts(file: Path) -> dict[str, tuple[str, str]]:
    lines = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines() if "\t" in line]
    return {role: (name, password) for role, name, password, *_note in lines}


def sign_in(page: Page, base: str, name: str, password: str) -> None:
    page.goto(f"{base}/account/sign-in/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "sign-in" not in url)


def take(browser: Browser, base: str, known: dict[str, tuple[str, str]]) -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, (role, width, height, address) in PICTURES.items():
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", reduced_motion="reduce"
        )
        page = context.new_page()
        if role:
            sign_in(page, base, *known[role])
        page.goto(base + address)
        page.wait_for_load_state("networkidle")
        if link := FOLLOWED.get(name):
            page.locator(link).first.click()
            page.wait_for_load_state("networkidle")
        with Image.open(io.BytesIO(page.screenshot())) as picture:
            picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
                FOLDER / f"{name}.png", optimize=True
            )
        context.close()
        print(name)  # noqa: T201


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--base", default="http://127.0.0.1:8000")
    options.add_argument(
        "--accounts", type=Path, default=Path(os.environ.get("ZHIBU_VAR", "var")) / "demo-accounts.txt"
    )
    chosen = options.parse_args()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        take(browser, chosen.base, accounts(chosen.accounts))
        browser.close()


if __name__ == "__main__":
    main()
