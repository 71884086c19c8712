"""The rules of the house: doors open in one direction, models are described, audited acts have names."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

SOURCE = Path(__file__).parents[2] / "src/zhibu"
ROOMS = sorted(folder.name for folder in SOURCE.iterdir() if (folder / "apps.py").exists() and folder.name != "site")
ORDER = (
    "enums",
    "rules",
    "signals",
    "models",
    "queries",
    "actions",
    "forms",
    "tables",
    "pages",
    "facts",
    "tasks",
    "urls",
)


def imports(file: Path) -> Iterator[str]:
    """Modules that a file imports when it is loaded (not those for type checking only, nor inside functions)."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def door(file: Path, room: str) -> str:
    return file.relative_to(SOURCE / room).parts[0].removesuffix(".py")


@pytest.mark.parametrize("room", ROOMS)
def test_doors_of_a_room_open_in_one_direction(room: str) -> None:
    wrong = []
    for file in (SOURCE / room).rglob("*.py"):
        own = door(file, room)
        if own not in ORDER:
            continue
        for module in imports(file):
            match = re.match(rf"zhibu\.{room}\.(\w+)", module)
            if match and match[1] in ORDER and ORDER.index(match[1]) > ORDER.index(own):
                wrong.append(f"{file.relative_to(SOURCE)} imports {module}")

    assert wrong == []


def test_every_model_says_what_a_row_is() -> None:
    bare = [
        model.__name__
        for model in apps.get_models()
        if model.__module__.startswith("zhibu.")
        and (not model.__doc__ or model.__doc__.startswith(f"{model.__name__}("))
    ]

    assert bare == []


def test_every_audited_verb_has_a_name_on_screen() -> None:
    from zhibu.audit.verbs import VERBS

    used: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "record":
                candidates = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "verb")]
                used.update(item.value for item in candidates if isinstance(item, ast.Constant))

    assert {verb for verb in used if isinstance(verb, str)} <= set(VERBS)


def test_no_file_outgrows_its_door() -> None:
    long = {
        str(file.relative_to(SOURCE)): lines
        for file in SOURCE.rglob("*.py")
        if "migrations" not in file.parts and (lines := file.read_text(encoding="utf-8").count("\n")) > 420
    }

    assert long == {}


def test_no_migration_is_missing() -> None:
    # In a process of its own: the defaults of fields are compared as functions, and here the clock is another one.
    code = "import django; django.setup(); from django.core.management import call_command as call; "
    code += "call('makemigrations', check=True, dry_run=True)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_templates_carry_no_inline_script_or_style() -> None:
    wrong = []
    for file in SOURCE.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        inline = re.search(r"<script(?![^>]*(src=|application/json))|\sstyle=|\son[a-z]+=\"", text)
        printed = "print" in file.name or "print" in file.parts or ("<style" in text and "pdf" in file.name)
        if inline and not printed:
            wrong.append(str(file.relative_to(SOURCE)))

    assert wrong == []
