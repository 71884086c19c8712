"""Every rule that code cites exists: a misspelt id would only be noticed by the user who needed the article."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from zhibu.audit.verbs import VERBS
from zhibu.regulations.enums import PREFIXES
from zhibu.regulations.queries import rules

SOURCE = Path(__file__).parents[2] / "src/zhibu"
RULE = re.compile(rf"(?:{'|'.join(PREFIXES.values())})\.[a-z][a-z0-9_]*")
ASKING = {"value", "rule", "in_force", "entry"}  # queries whose first argument is an id
# A string in the form of an id that is none.
NOT_A_RULE: dict[str, str] = {
    verb: "what is done with dues, in the audit log"
    for verb in VERBS
    if verb.startswith("dues.") and verb not in {one.id for one in rules("dues")}
} | {"dues.payer_month": "a fact of the warehouse", "dues.due": "the records that a number opens"}


def cited(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, id): every string in the form of an id, and whatever a query or ``rule=`` is given, in any form."""
    asking = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "zhibu.regulations.queries"
        for name in node.names
        if name.name in ASKING
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and RULE.fullmatch(node.value):
            yield node.lineno, node.value
        elif isinstance(node, ast.keyword) and node.arg == "rule" and isinstance(node.value, ast.Constant):
            if isinstance(node.value.value, str) and node.value.value:
                yield node.value.lineno, node.value.value
        elif (
            isinstance(node, ast.Call) and _asks(node, asking) and node.args and isinstance(node.args[0], ast.Constant)
        ):
            yield node.lineno, str(node.args[0].value)


def _asks(call: ast.Call, asking: set[str]) -> bool:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr in ASKING and getattr(function.value, "id", "") in {"regulations"}
    return isinstance(function, ast.Name) and function.id in asking


def test_every_rule_that_code_cites_exists() -> None:
    known = {rule.id for rule in rules()} | set(NOT_A_RULE)
    wrong = {
        f"{file.relative_to(SOURCE)}:{line} {rule_id}"
        for file in sorted(SOURCE.rglob("*.py"))
        if "migrations" not in file.parts  # there "dues.payment" is a model
        for line, rule_id in cited(ast.parse(file.read_text("utf-8")))
        if rule_id not in known
    }

    assert wrong == set(), "Correct the id (`zhibu rules list`), or add the rule in src/zhibu/regulations/data/"


def test_no_exemption_is_stale() -> None:
    used = {rule_id for file in SOURCE.rglob("*.py") for _, rule_id in cited(ast.parse(file.read_text("utf-8")))}

    assert set(NOT_A_RULE) <= used


CODE = """
from zhibu.regulations.queries import value
value("life.meting", on)
Refusal("x", rule="meeting")
DUTY = ("a", "dues.lat")
regulations.value("foo", on)
other.value("not asked")
"""


def test_a_wrong_id_is_noticed_in_every_form() -> None:
    assert {rule_id for _, rule_id in cited(ast.parse(CODE))} == {"life.meting", "meeting", "dues.lat", "foo"}
