"""What can be asked of the rules. Rules are public facts, so these are the only queries without a scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

from zhibu.regulations.enums import SUBJECTS, Verified
from zhibu.regulations.loader import load_catalogue, load_rules
from zhibu.regulations.models import Catalogue, Rule, Value


class UnknownRule(KeyError):
    """No rule has this id; the text offers near ones."""

    def __str__(self) -> str:
        return str(self.args[0])


class NotInForce(LookupError):
    """The rule says nothing for that day: it is asked before its first value (``since``) or after its end."""

    def __init__(self, rule: Rule, on: date) -> None:
        self.rule = rule
        self.on = on
        self.since = rule.values[0].started_on
        self.short = f"自 {self.since} 起有内容" if on < self.since else "已不再施行"
        if on < self.since:
            text = f"“{rule.title}”在规程库中自 {self.since} 起有内容，{on} 没有适用的规定。"
        else:
            text = f"“{rule.title}”在 {on} 已不再施行。"
        super().__init__(text)


@lru_cache(maxsize=1)
def _rules() -> dict[str, Rule]:
    return load_rules()


@lru_cache(maxsize=1)
def regulations() -> Catalogue:
    """The regulations by code."""
    return load_catalogue()


def rules(subject: str | None = None) -> list[Rule]:
    """All rules, or those of one subject, in the order of their ids."""
    return [rule for rule in _rules().values() if subject in (None, rule.subject)]


def rule(rule_id: str) -> Rule:
    """One rule. Raises `UnknownRule`."""
    try:
        return _rules()[rule_id]
    except KeyError as error:
        near = "、".join(get_close_matches(rule_id, _rules(), n=3))
        hint = f"您要找的是不是：{near}？" if near else ""
        raise UnknownRule(f"没有编号为 {rule_id} 的规则。{hint}") from error


def value(rule_id: str, on: date) -> Value:
    """What the rule says on a day. Raises `NotInForce` where it says nothing, `UnknownRule` for an unknown id."""
    found = rule(rule_id)
    for candidate in reversed(found.values):
        if candidate.started_on <= on and (candidate.ended_on is None or on < candidate.ended_on):
            return candidate
    raise NotInForce(found, on)


def in_force(rule_id: str, on: date) -> bool:
    """Whether the rule says anything on that day."""
    try:
        value(rule_id, on)
    except NotInForce:
        return False
    return True


@dataclass(frozen=True)
class Entry:
    """A rule as it stands on one day: its value, or why it says nothing, as a sentence and in a few words."""

    rule: Rule
    value: Value | None
    absent: str = ""
    absent_short: str = ""


def entry(rule_id: str, on: date) -> Entry:
    """Raises `UnknownRule`."""
    try:
        return Entry(rule(rule_id), value(rule_id, on))
    except NotInForce as nothing:
        return Entry(nothing.rule, None, str(nothing), nothing.short)


def entries(on: date, *, subject: str = "", text: str = "", unverified: bool = False) -> list[Entry]:
    """The rules on a day, in the order of the subjects. Every word of ``text`` is in title, article, value or note."""
    found = [entry(one.id, on) for one in _rules().values() if subject in ("", one.subject)]
    words = text.casefold().split()
    order = list(SUBJECTS)
    return sorted(
        (
            one
            for one in found
            if all(word in _searched(one) for word in words)
            and (not unverified or (one.value is not None and one.value.verified is not Verified.CHECKED))
        ),
        key=lambda one: (order.index(one.rule.subject), one.rule.id),
    )


def _searched(one: Entry) -> str:
    said = (one.value.shown, one.value.citation, one.value.caveat) if one.value else ()
    return "\n".join((one.rule.id, one.rule.title, one.rule.subject_label, one.rule.note, *said)).casefold()


@dataclass(frozen=True)
class Difference:
    """One difference between two editions; a new number of the same article is not ``substantial``."""

    sentence: str
    substantial: bool = True


def changes(before: Value, after: Value) -> list[Difference]:
    """What is different in the later of two values; the basis comes last."""
    found = [Difference(sentence) for sentence in _content_changes(before, after)]
    for name, old, new in (
        ("约束", before.binding.label, after.binding.label),
        ("核对情况", before.verified.label, after.verified.label),
    ):
        if old != new:
            found.append(Difference(f"{name}由“{old}”改为“{new}”。"))
    if before.citation != after.citation:
        kept = "" if found else "内容没有变化，"
        found.append(Difference(f"{kept}依据由{before.citation}改为{after.citation}。", substantial=False))
    return found


def _content_changes(before: Value, after: Value) -> list[str]:
    if before.content == after.content and before.unit == after.unit:
        return []
    if isinstance(before.content, tuple) and isinstance(after.content, tuple):
        added = [f"增加：{item}。" for item in after.content if item not in before.content]
        return added + [f"删去：{item}。" for item in before.content if item not in after.content]
    return [f"内容由“{before.shown}”改为“{after.shown}”。"]
