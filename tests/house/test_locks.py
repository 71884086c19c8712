"""The pinned lists name packages and hashes, never the hosts they came from."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = [*sorted((ROOT / "requirements").glob("*.txt")), ROOT / "frontend/package-lock.json"]


@pytest.mark.parametrize("file", LOCKS, ids=lambda file: file.name)
def test_a_lock_file_names_no_host(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    # Funding and homepage links inside package metadata would do the same harm, so none are allowed.
    assert re.findall(r"https?://[^\s\"]+", text) == []


def test_every_pinned_package_has_a_hash() -> None:
    for file in LOCKS[:-1]:
        for block in re.split(r"\n(?=[a-z0-9])", file.read_text(encoding="utf-8")):
            if re.match(r"[a-z0-9-_.]+(\[.*\])?==", block):
                assert "--hash=sha256:" in block, block.splitlines()[0]
