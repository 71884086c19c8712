"""The indicators checked as a set: each problem a sentence. `tests/house` wants none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.apps import apps

from zhibu.indicators.definition import Indicator, Role
from zhibu.indicators.guard import ForbiddenIndicator, refuse_forbidden
from zhibu.regulations import queries as regulations
from zhibu.warehouse.contract import registered


def problems(indicators: Iterable[Indicator]) -> list[str]:
    """What is wrong with these indicators together; empty when they may be used."""
    items = list(indicators)
    found: list[str] = []
    for what, texts in (("key", [item.key for item in items]), ("title", [item.title for item in items])):
        found += [f"{what} {text!r} 重复" for text, times in Counter(texts).items() if times > 1]
    for item in items:
        found += [f"{item.key}:{text}" for text in _problems(item)]
    return found


def _problems(item: Indicator) -> Iterable[str]:
    facts = registered()
    yield from (f"没有事实表 {name}" for name in item.reads if name not in facts)
    known = {rule.id for rule in regulations.rules()}
    yield from (f"没有规程 {rule_id}" for rule_id in item.rules if rule_id not in known)
    if not item.formula.endswith("。"):
        yield "公式应是一句完整的话"
    if not (item.rules or item.basis or item.role is Role.SIZE):
        yield "没有依据"
    if item.role is Role.SCORED and "{n}" not in item.remedy:
        yield "没有说明怎样改进"
    if not opens_somewhere(item.opens.record):
        yield f"点开后没有去处：{item.opens.record}"
    try:
        refuse_forbidden(item.title, item.key, item.title, item.formula, *item.reads)
    except ForbiddenIndicator as error:
        yield str(error)


def opens_somewhere(record: str) -> bool:
    """Whether ``room.model`` names a kind of record."""
    try:
        apps.get_model(record)
    except (LookupError, ValueError):
        return False
    return True
