"""Chinese on screen is official Chinese: full-width punctuation between Chinese characters, no slogans."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src/zhibu"
CHINESE = r"[\u4e00-\u9fff“”《》()、。]"
HALF = re.compile(rf"(?<={CHINESE})[,;:?!](?={CHINESE}|\s*$|\s*\{{)|(?<=[\u4e00-\u9fff])\((?=[\u4e00-\u9fff])")


def sentences() -> Iterator[tuple[str, str]]:
    """(place, text) of every string constant in code and every line of a template."""
    for file in sorted(SOURCE.rglob("*.py")):
        if "migrations" in file.parts:
            continue  # they repeat what the models said on their day
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                yield f"{file.relative_to(SOURCE)}:{node.lineno}", node.value
    for file in sorted([*SOURCE.rglob("*.html"), *SOURCE.rglob("*.yaml")]):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{file.relative_to(SOURCE)}:{number}", line


def test_punctuation_between_chinese_characters_is_full_width() -> None:
    wrong = [
        f"{place}: {text.strip()[:80]}"
        for place, text in sentences()
        if HALF.search(text) and "://" not in text and "(?" not in text
    ]

    assert wrong == []
