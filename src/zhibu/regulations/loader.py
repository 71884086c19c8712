"""Reads the rules from YAML, strictly: what is unknown, missing, doubled or out of order is refused with its place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from zhibu.regulations.enums import PREFIXES, SUBJECTS, Binding, Verified
from zhibu.regulations.models import (
    Bracket,
    Catalogue,
    Content,
    Range,
    Raw,
    Regulation,
    Rule,
    Share,
    Source,
    Value,
)

DATA = Path(__file__).parent / "data"
RULE_KEYS = {"id", "title", "unit", "binding", "anchor", "values", "note", "reviewed_on"}
VALUE_KEYS = {"value", "source", "verified", "binding", "end"}
BOUNDS = {"over", "at_least", "at_most"}


class RuleError(ValueError):
    """A file of rules cannot be read; the text names file, line and remedy."""


class _StrictLoader(yaml.SafeLoader):
    """Refuses doubled keys, which plain YAML silently lets the last one win."""


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise RuleError(f"第 {key_node.start_mark.line + 1} 行：“{key}”写了两次，请只留一个。")
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


def _timestamp(loader: _StrictLoader, node: yaml.ScalarNode) -> date:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError as error:
        raise RuleError(f"第 {node.start_mark.line + 1} 行：没有 {node.value} 这一天。") from error


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)


def read_yaml(file: Path) -> Any:
    """A YAML file's content; errors name the file and the line."""
    try:
        return yaml.load(file.read_text(encoding="utf-8"), _StrictLoader)
    except RuleError as error:
        raise RuleError(f"{file.name} {error}") from error
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" 第 {mark.line + 1} 行" if mark else ""
        raise RuleError(f"{file.name}{line}：不是有效的 YAML：{error}") from error


def load_catalogue(file: Path = DATA / "regulations.yaml") -> Catalogue:
    """The regulations by code."""
    found: dict[str, Regulation] = {}
    for row in read_yaml(file):
        try:
            regulation = Regulation(**row)
        except TypeError as error:
            raise RuleError(f"{file.name} {row.get('code')}：{error}") from error
        if type(regulation.effective_on) is not date:
            raise RuleError(f"{file.name} {regulation.code} effective_on：应是日期，例如 2026-05-11。")
        if regulation.code in found:
            raise RuleError(f"{file.name}：代号 {regulation.code} 重复。")
        found[regulation.code] = regulation
    return found


def load_rules(folder: Path = DATA, catalogue: Catalogue | None = None) -> dict[str, Rule]:
    """Every rule by id. Raises `RuleError` at the first file that is not right."""
    catalogue = catalogue or load_catalogue(folder / "regulations.yaml")
    rules: dict[str, Rule] = {}
    for file in sorted(folder.glob("*/*.yaml")):
        rule = load_rule(file, catalogue)
        if rule.id in rules:
            raise RuleError(f"{file.name}：规则 {rule.id} 已在别的文件里。")
        rules[rule.id] = rule
    return rules


def load_rule(file: Path, catalogue: Catalogue) -> Rule:
    """One rule file."""
    raw = read_yaml(file)
    if not isinstance(raw, dict):
        raise RuleError(f"{file.name}：应是一组“名称: 内容”。")
    _keys(file, raw, RULE_KEYS, RULE_KEYS)
    if file.parent.name not in SUBJECTS:
        raise RuleError(f"{file.name}：不认识的分类 {file.parent.name}。")
    for name in ("id", "title", "unit", "anchor", "note"):
        if not isinstance(raw[name], str):
            raise RuleError(f"{file.name} {name}：应是文字，不能是 {raw[name]!r}。")
    if raw["id"] != f"{PREFIXES[file.parent.name]}.{file.stem}":
        raise RuleError(f"{file.name}：编号 {raw['id']} 与文件夹和文件名不一致。")
    if type(raw["reviewed_on"]) is not date:
        raise RuleError(f"{file.name} reviewed_on：应是日期，例如 2026-11-21。")
    binding = _word(file, "binding", raw["binding"], Binding)
    return Rule(
        id=raw["id"],
        subject=file.parent.name,
        title=raw["title"],
        unit=raw["unit"],
        binding=binding,
        anchor=raw["anchor"],
        values=_values(file, raw, binding, catalogue),
        note=raw["note"],
        reviewed_on=raw["reviewed_on"],
    )


def _values(file: Path, raw: Raw, binding: Binding, catalogue: Catalogue) -> tuple[Value, ...]:
    rows = raw["values"]
    if not isinstance(rows, dict) or not rows:
        raise RuleError(f"{file.name} values：至少要有一个带起始日期的值。")
    if wrong := [key for key in rows if type(key) is not date]:
        raise RuleError(f"{file.name} values：“{wrong[0]}”不是日期，应写成 2026-05-11 这样。")
    starts = list(rows)
    if starts != sorted(starts):
        raise RuleError(f"{file.name} values：日期应由早到晚。")
    values = []
    for position, start in enumerate(starts):
        row = rows[start]
        if not isinstance(row, dict):
            raise RuleError(f"{file.name} {start}：应写明 value、source、verified。")
        _keys(file, row, VALUE_KEYS, {"value", "source", "verified"}, where=f" {start}")
        following = starts[position + 1] if position + 1 < len(starts) else None
        values.append(
            Value(
                rule_id=raw["id"],
                started_on=start,
                ended_on=_end(file, start, row.get("end"), following),
                content=_content(file, start, row["value"]),
                unit=raw["unit"],
                binding=_word(file, f"{start} binding", row["binding"], Binding) if "binding" in row else binding,
                source=_source(file, start, row, catalogue),
                verified=_word(file, f"{start} verified", row["verified"], Verified),
            )
        )
    return tuple(values)


def _end(file: Path, start: date, end: Any, following: date | None) -> date | None:
    """A value ends where the next begins. A written end must be just that, else there is an overlap or a gap."""
    if end is None:
        return following
    if type(end) is not date or end <= start:
        raise RuleError(f"{file.name} {start} end：应是晚于起始日的日期。")
    if following is not None and end > following:
        raise RuleError(f"{file.name} {start}：与 {following} 起的值重叠，end 应是 {following}。")
    if following is not None and end < following:
        raise RuleError(f"{file.name} {start}：{end} 至 {following} 之间没有值，请补上或删去 end。")
    return end


def _source(file: Path, start: date, row: Raw, catalogue: Catalogue) -> Source:
    source = row["source"]
    if not isinstance(source, dict) or not source.get("regulation"):
        raise RuleError(f"{file.name} {start} source：要写明出自哪个规定（regulation）。")
    _keys(file, source, {"regulation", "article"}, {"regulation"}, where=f" {start} source")
    code = source["regulation"]
    if code not in catalogue:
        raise RuleError(f"{file.name} {start} source：目录 regulations.yaml 里没有 {code}。")
    article = source.get("article", "")
    if not article and row["verified"] == Verified.CHECKED:
        raise RuleError(f"{file.name} {start} source：标为已核对的值必须写明条号（article）。")
    if catalogue[code].effective_on > start:
        raise RuleError(f"{file.name} {start}：{code} 自 {catalogue[code].effective_on} 起施行，值不能更早。")
    return Source(catalogue[code], str(article))


def _content(file: Path, start: date, raw: Any) -> Content:
    where = f"{file.name} {start} value"
    try:
        if isinstance(raw, dict):
            return _share_or_range(where, raw)
        if isinstance(raw, list):
            return _brackets(where, raw) if raw and isinstance(raw[0], dict) else tuple(str(item) for item in raw)
        if isinstance(raw, str):
            return Decimal(raw) if raw[:1].isdigit() else raw
    except RuleError:
        raise
    except (InvalidOperation, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RuleError(f"{where}：看不懂 {raw!r}。") from error
    if type(raw) is not int:
        raise RuleError(f"{where}：应是整数、带引号的小数、分数或列表，不能是 {raw!r}。")
    return raw


def _share_or_range(where: str, raw: Raw) -> Share | Range:
    if set(raw) == {"min", "max"}:
        if not all(type(bound) is int for bound in raw.values()):
            raise RuleError(f"{where}：min 和 max 应是整数。")
        if raw["min"] > raw["max"]:
            raise RuleError(f"{where}：min 大于 max。")
        return Range(raw["min"], raw["max"])
    if len(raw) == 1 and set(raw) <= BOUNDS:
        (bound, share), *_ = raw.items()
        return Share(bound, Fraction(_quoted(where, share)))
    raise RuleError(f"{where}：只能是 min/max，或 over、at_least、at_most 之一。")


def _brackets(where: str, raw: list[Raw]) -> tuple[Bracket, ...]:
    """Exactly one bracket may match an amount: bounds rise, and only the last is open."""
    brackets = tuple(
        Bracket(
            rate=Decimal(_quoted(where, row["rate"])),
            up_to=Decimal(_quoted(where, row["up_to"])) if "up_to" in row else None,
        )
        for row in raw
    )
    bounds = [bracket.up_to for bracket in brackets[:-1]]
    if None in bounds or brackets[-1].up_to is not None or bounds != sorted(set(bounds)):  # type: ignore[type-var]
        raise RuleError(f"{where}：各档上限应逐档升高，只有最后一档没有上限，否则有重叠或空档。")
    return brackets


def _quoted(where: str, raw: Any) -> str:
    """Binary fractions like 0.005 are not exact, so shares and rates are written as text."""
    if not isinstance(raw, str):
        raise RuleError(f"{where}：{raw!r} 要加引号，写成文字。")
    return raw


def _keys(file: Path, raw: Raw, known: set[str], needed: set[str], where: str = "") -> None:
    if unknown := set(raw) - known:
        raise RuleError(f"{file.name}{where}：不认识的名称 {'、'.join(sorted(map(str, unknown)))}。")
    if missing := needed - set(raw):
        raise RuleError(f"{file.name}{where}：缺少 {'、'.join(sorted(missing))}。")


def _word(file: Path, where: str, raw: Any, kind: Any) -> Any:
    try:
        return kind(raw)
    except ValueError as error:
        raise RuleError(f"{file.name} {where}：“{raw}”不在 {'、'.join(kind)} 之中。") from error
