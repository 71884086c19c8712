"""What is delivered names no other host; what is locked names no registry."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src/zhibu/ui/static/ui"
# Names of XML vocabularies look like addresses and are never fetched.
NAMESPACES = r"http://www\.w3\.org/(?:2000/svg|1999/xlink|1999/xhtml|2000/xmlns/)"


@pytest.mark.parametrize("name", ["dist/app.js", "dist/app.css", "dist/charts.js", "icons.svg", "mark.svg"])
def test_delivered_file_names_no_other_host(name):
    file = STATIC / name
    if not file.exists():
        pytest.skip("not built: cd frontend && npm ci && npm run build")

    text = re.sub(NAMESPACES, "", file.read_text(encoding="utf-8"))

    assert re.findall(r"(?:https?:|wss?:)//[\w.-]+[^\s\"')]{0,40}", text) == []
    assert re.findall(r"(?:url\(|src=|@import )[\"']?//[\w.-]+", text) == []


def test_lock_file_holds_hashes_and_no_registry():
    text = (ROOT / "frontend/package-lock.json").read_text(encoding="utf-8")
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}

    assert re.findall(r"https?://[^\"]*", text) == []
    assert [name for name, entry in packages.items() if not entry.get("integrity")] == []


def test_versions_are_pinned_exactly_and_htmx_is_2():
    wanted = json.loads((ROOT / "frontend/package.json").read_text(encoding="utf-8"))
    versions = {**wanted["dependencies"], **wanted["devDependencies"]}

    assert [name for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    assert versions["htmx.org"].startswith("2.")


def test_sprite_holds_the_icons_that_are_listed():
    listed = (ROOT / "frontend/icons.txt").read_text(encoding="utf-8").splitlines()
    drawn = re.findall(r'<symbol id="([a-z0-9-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8"))

    assert drawn == [line for line in listed if line and not line.startswith("#")]
