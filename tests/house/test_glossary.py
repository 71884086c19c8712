"""Names in code stand in the glossary with the words of the screen."""

import enum
import importlib
import inspect
import re
from pathlib import Path

from django.apps import apps

GLOSSARY = (Path(__file__).parents[2] / "docs/glossary.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"[A-Za-z_]+", GLOSSARY))
OURS = [app for app in apps.get_app_configs() if app.name.startswith("zhibu.")]


def test_every_record_stands_in_the_glossary_with_its_official_name() -> None:
    missing = [
        f"{model.__name__} = {model._meta.verbose_name}"
        for app in OURS
        for model in app.get_models()
        if model.__name__ not in WORDS or str(model._meta.verbose_name) not in GLOSSARY
    ]

    assert missing == []


def test_every_state_and_kind_stands_in_the_glossary() -> None:
    missing = []
    for app in OURS:
        try:
            module = importlib.import_module(f"{app.name}.enums")
        except ModuleNotFoundError:
            continue
        for name, found in vars(module).items():
            is_enum = inspect.isclass(found) and issubclass(found, enum.Enum) and found.__module__ == module.__name__
            if is_enum and name not in WORDS:
                missing.append(f"{app.label}.{name}")

    assert missing == []


def test_every_room_stands_in_the_glossary() -> None:
    assert [app.label for app in OURS if app.label not in WORDS] == []
