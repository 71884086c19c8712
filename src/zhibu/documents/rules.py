"""What an uploaded template may say: name known values, repeat known lists, leave out what is empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError, nodes

from zhibu.documents.registry import DocumentKind
from zhibu.regulations.refusal import Refusal

LOOP = frozenset({"index", "first", "last", "length"})
DEEPEST = 2  # loops inside each other
HELP = "请只使用页面上“可用的变量”里的写法。"


@dataclass(frozen=True)
class Use:
    """What a template names: its variables and the columns of its lists."""

    variables: frozenset[str]


def use_of(source: str, kind: DocumentKind) -> Use:
    """Refuses, with a sentence for whoever edits in Word, all that is not allowed."""
    try:
        tree = Environment(autoescape=True).parse(source)
    except TemplateSyntaxError as error:
        raise Refusal(
            f"模板里的标记写得不完整：{_near(source, error.lineno)}", field="file",
            remedy="每个 {{ 要有 }}，每个 {% if %} 要有 {% endif %}，每个 {% for %} 要有 {% endfor %}。",
        ) from error  # fmt: skip
    return Use(frozenset(_walk(tree.body, kind, {}, 0)))


def _near(source: str, line: int) -> str:
    lines = source.splitlines()
    text = re.sub(r"<[^>]+>", "", " ".join(lines[max(line - 2, 0) : line + 1])).strip()
    return f"“{text[:60]}”附近。" if text else "请核对最近的改动。"


def _walk(found: object, kind: DocumentKind, rows: dict[str, str], depth: int) -> Iterator[str]:
    """``rows`` maps the name of a running loop's row to its list."""
    for node in found if isinstance(found, list) else [found]:
        match node:
            case nodes.For():
                yield from _loop(node, kind, rows, depth)
            case nodes.Name():
                yield _known(node.name, kind, rows)
            case nodes.Getattr():
                _column(node, kind, rows)
            case nodes.Output() | nodes.If() | nodes.CondExpr() | nodes.Compare() | nodes.Operand():
                for child in node.iter_child_nodes():
                    yield from _walk(child, kind, rows, depth)
            case nodes.And() | nodes.Or() | nodes.Not():
                for child in node.iter_child_nodes():
                    yield from _walk(child, kind, rows, depth)
            case nodes.TemplateData():
                pass
            case nodes.Const() if isinstance(node.value, str | int | bool | None):
                pass
            case _:
                raise Refusal(
                    "模板里有不允许的写法：除变量、循环（for）和条件（if）外，不能使用函数、过滤器、运算或下标。",
                    field="file",
                    remedy=HELP,
                )


def _loop(node: nodes.For, kind: DocumentKind, rows: dict[str, str], depth: int) -> Iterator[str]:
    if depth >= DEEPEST:
        raise Refusal(f"循环最多套 {DEEPEST} 层。", field="file", remedy=HELP)
    simple = isinstance(node.iter, nodes.Name) and isinstance(node.target, nodes.Name)
    if not simple or node.test is not None or node.recursive or node.else_:
        raise Refusal("循环只能写成“for row in 列表变量”。", field="file", remedy=HELP)
    assert isinstance(node.iter, nodes.Name)
    assert isinstance(node.target, nodes.Name)
    name = node.iter.name
    variable = kind.by_name.get(name)
    if variable is None or not variable.is_list:
        raise Refusal(f"“{name}”不是“{kind.label}”的列表变量，不能循环。", field="file", remedy=HELP)
    yield name
    yield from _walk(node.body, kind, {**rows, node.target.name: name}, depth + 1)


def _known(name: str, kind: DocumentKind, rows: dict[str, str]) -> str:
    if name in rows or (name == "loop" and rows) or name not in kind.by_name:
        near = f"“{name}”不能单独使用，应写明列名。" if name in rows else f"“{kind.label}”没有变量“{name}”。"
        raise Refusal(near, field="file", remedy="可用的变量见本页的表；注意拼写，变量名都是英文小写。")
    return name


def _column(node: nodes.Getattr, kind: DocumentKind, rows: dict[str, str]) -> None:
    owner = node.node.name if isinstance(node.node, nodes.Name) else ""
    if owner == "loop" and rows and node.attr in LOOP:
        return
    columns = {column.name for column in kind.by_name[rows[owner]].columns} if owner in rows else set()
    if node.attr not in columns:
        raise Refusal(
            f"“{owner or '…'}.{node.attr}”不是可用的列。", field="file",
            remedy="列名写在循环里，如 row.name；可用的列见本页的表。",
        )  # fmt: skip
