"""Reads YAML strictly and remembers the lines, so that whoever edits a rule is told where to look."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from zhibu.regulations.enums import SUBJECTS


class RuleError(ValueError):
    """A file of rules cannot be read; the text names file, line and remedy."""


@dataclass(frozen=True)
class Place:
    """Where in which file something stands; ``what`` is the way of keys that leads there."""

    file: Path
    line: int = 0
    what: str = ""

    @property
    def name(self) -> str:
        """Several subjects have a talk.yaml, so the subject is part of a rule file's name."""
        subject = self.file.parent.name
        return f"{subject}/{self.file.name}" if subject in SUBJECTS else self.file.name

    def at(self, mapping: Marked, key: Hashable) -> Place:
        """The place of a key in a mapping that stands here; a missing key is looked for where the mapping begins."""
        return Place(self.file, mapping.lines.get(key, mapping.line), f"{self.what} {key}".strip())

    def error(self, sentence: str) -> RuleError:
        line = f" 第 {self.line} 行" if self.line else ""
        what = f" {self.what}" if self.what else ""
        return RuleError(f"{self.name}{line}{what}：{sentence}")


class Marked(dict[Any, Any]):
    """A mapping that knows the line on which it begins and the line of every key."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[Hashable, int] = {}


# The parser in C reads all rules in a tenth of the time; wheels of PyYAML bring it, other builds may not.
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Misplaced(Exception):
    """What is wrong on which line, before the file's name is known."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence


class _StrictLoader(_Safe):
    """Refuses doubled keys, which plain YAML silently lets the last one win."""


def _mapping(loader: Any, node: yaml.MappingNode) -> Marked:
    found = Marked(node.start_mark.line + 1)
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, Hashable):
            raise _Misplaced(line, f"{key!r} 不能作名称。")
        if key in found:
            raise _Misplaced(line, f"“{key}”写了两次，请只留一个。")
        found[key] = loader.construct_object(value_node, deep=True)
        found.lines[key] = line
    return found


def _timestamp(loader: Any, node: yaml.ScalarNode) -> date:
    try:
        day: date = loader.construct_yaml_timestamp(node)
    except ValueError as error:
        raise _Misplaced(node.start_mark.line + 1, f"没有 {node.value} 这一天。") from error
    return day


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)


def read_yaml(file: Path) -> Any:
    """A YAML file's content, every mapping a `Marked`. Raises `RuleError` with file and line."""
    try:
        return yaml.load(file.read_text(encoding="utf-8"), _StrictLoader)
    except _Misplaced as error:
        raise Place(file, error.line).error(error.sentence) from error
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise Place(file, mark.line + 1 if mark else 0).error(f"不是有效的 YAML：{error}") from error


def read_mapping(place: Place, raw: Any, known: set[str], needed: set[str]) -> Marked:
    """``raw`` as a mapping that has all ``needed`` and none but the ``known`` keys."""
    if not isinstance(raw, Marked):
        raise place.error("应是一组“名称: 内容”。")
    if unknown := set(raw) - known:
        first = min(unknown, key=lambda key: raw.lines[key])
        names = "、".join(sorted(map(str, unknown)))
        raise Place(place.file, raw.lines[first], place.what).error(f"不认识的名称 {names}。")
    if missing := needed - set(raw):
        raise Place(place.file, raw.line, place.what).error(f"缺少 {'、'.join(sorted(missing))}。")
    return raw


def read_text(place: Place, raw: Marked, key: str, *, empty: bool = False) -> str:
    """The text under a key; without ``empty`` it must say something."""
    text = raw[key]
    if not isinstance(text, str):
        raise place.at(raw, key).error(f"应是文字，不能是 {text!r}。")
    if not text.strip() and not empty:
        raise place.at(raw, key).error("不能空着。")
    return text


def read_day(place: Place, raw: Marked, key: str) -> date:
    """The day under a key. A moment is not a day."""
    day = raw[key]
    if type(day) is not date:
        raise place.at(raw, key).error("应是日期，例如 2026-05-11。")
    return day
