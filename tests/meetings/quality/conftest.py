from pathlib import Path
from typing import Any

import pytest

from tests.cast import TODAY


@pytest.fixture(autouse=True)
def kept_here(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Index and files stand in a folder of this test; today is the cast's."""
    settings.VAR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)
