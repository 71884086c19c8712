"""Alert rules: YAML, read strictly; nothing in it is guessed. Organizations are looked at, never persons."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from zhibu.indicators.definition import Indicator, Role, catalogue
from zhibu.indicators.guard import refuse_forbidden
from zhibu.organizations.enums import BRANCH_KINDS, UPPER_KINDS, Kind
from zhibu.regulations.queries import rule as regulation
from zhibu.supervision.alerts.enums import AlertKind

FOLDER = Path(__file__).parent / "definitions"
LOCAL = "〔建议〕校内设定"
LONGEST = 8
LONGEST_QUIET = 365
LEVELS: dict[str, tuple[str, frozenset[Kind]]] = {
    "branches": ("党支部", BRANCH_KINDS), "upper": ("党委、党总支部", UPPER_KINDS),
}  # fmt: skip
# What can be counted of an organization's problems; the value is its name on screen.
COUNTS = {"problems_open": "未销号的问题", "problems_late": "整改逾期的问题"}
# Where to act: name of the page, and whether the address names the organization.
PAGES: dict[str, tuple[str, bool]] = {
    "cadence": ("meetings:cadence_of", True), "meetings": ("meetings:index", False),
    "dues": ("dues:arrears", False), "term": ("procedures:term", True), "members": ("people:index", False),
    "problems": ("supervision:index", False),
}  # fmt: skip
COMMON = (
    "id", "title", "basis", "measure", "kind", "levels", "quiet_days", "at_least_cases", "advice", "page",
)  # fmt: skip
OF_KIND = {
    AlertKind.THRESHOLD: ("when", "limit"), AlertKind.DURATION: ("when", "limit", "periods"),
    AlertKind.TREND: ("worse_by", "periods"),
}  # fmt: skip


class AlertRuleError(ValueError):
    """An alert rule cannot be used; the text names the file, the place and the remedy."""


@dataclass(frozen=True)
class AlertRule:
    """When a measure of an organization deserves a look, and what to do then.

    ``limit`` is what has to be gone below or above (reaching it is not yet beyond it); of a trend by how much the
    measure has to get worse (reaching it is enough). ``periods`` is how many a trend spans or a duration lasts.
    """

    id: str
    title: str
    basis: str
    measure: str
    kind: AlertKind
    limit: Decimal
    below: bool
    periods: int
    at_least_cases: int
    levels: tuple[str, ...]
    quiet_days: int
    advice: str
    page: str

    @property
    def indicator(self) -> Indicator | None:
        """The indicator that is looked at; None where problems are counted."""
        return None if self.measure in COUNTS else catalogue()[self.measure]

    @property
    def measure_title(self) -> str:
        return self.indicator.title if self.indicator else COUNTS[self.measure]

    @property
    def organizations(self) -> frozenset[Kind]:
        return frozenset(kind for level in self.levels for kind in LEVELS[level][1])

    @property
    def level_titles(self) -> str:
        return "、".join(LEVELS[level][0] for level in self.levels)

    @property
    def regulation(self) -> Any:
        """The rule of the regulations that the alert follows; None where it is the university's own setting."""
        return None if self.basis.startswith(LOCAL) else regulation(self.basis)

    @property
    def condition(self) -> str:
        """When the alert is raised, in words."""
        if self.indicator is None:
            return f"{self.measure_title}{'少于' if self.below else '多于'} {self.limit} 个"
        limit = f"{(self.limit * 100).normalize():f}"
        if self.kind is AlertKind.TREND:
            worse = "下降" if self.indicator.higher_is_better else "上升"
            return f"{self.measure_title}比 {self.periods} 个考核期前{worse} {limit} 个百分点以上（含）"
        found = f"{self.measure_title}{'低于' if self.below else '高于'} {limit}%"
        return found if self.kind is AlertKind.THRESHOLD else f"{found}，连续 {self.periods} 个考核期"

    def is_beyond(self, value: Fraction) -> bool:
        limit = Fraction(self.limit)
        return value < limit if self.below else value > limit


def load(file: Path) -> AlertRule:
    """Read one rule. Raises `AlertRuleError`, or `ForbiddenIndicator` where it looks at what must not be counted."""
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise AlertRuleError(f"{file.name}：不是有效的 YAML（{error}）。") from error
    return read(raw, file.name)


def read(raw: Any, name: str) -> AlertRule:
    """A rule from its parsed document; ``name`` stands in messages."""
    if not isinstance(raw, dict):
        raise AlertRuleError(f"{name}：应为键值表。")
    refuse_forbidden(name, *(str(raw[key]) for key in ("id", "title", "measure") if key in raw))
    if raw.get("kind") not in AlertKind.values:
        raise AlertRuleError(f"{name}：kind 应为 {'、'.join(AlertKind.values)} 之一。")
    kind = AlertKind(raw["kind"])
    _keys(raw, (*COMMON, *OF_KIND[kind]), name)
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", str(raw["id"])):
        raise AlertRuleError(f"{name}：id 只用小写字母、数字和下划线，最多 40 个字符。")
    for key in ("title", "advice"):
        if not isinstance(raw[key], str) or not raw[key].strip():
            raise AlertRuleError(f"{name}：{key} 应写明文字。")
    measure = _measure(raw["measure"], kind, name)
    below = _side(raw, kind, measure, name)
    limit = _number(raw["worse_by" if kind is AlertKind.TREND else "limit"], name)
    if measure is not None and not 0 < limit < 1:
        raise AlertRuleError(f"{name}：指标的界线应在 0 和 1 之间（不含）。")
    if measure is None and (limit < 0 or limit % 1):
        raise AlertRuleError(f"{name}：问题数的界线应为不小于 0 的整数。")
    periods = _whole(raw.get("periods", 1), 1, LONGEST, f"{name}：periods")
    if kind is AlertKind.DURATION and periods < 2:
        raise AlertRuleError(f"{name}：持续的预警至少看 2 个考核期；只看一个的，kind 写 threshold。")
    return AlertRule(
        str(raw["id"]), raw["title"], _basis(raw["basis"], name), str(raw["measure"]), kind, limit, below, periods,
        _whole(raw["at_least_cases"], 1, 1000, f"{name}：at_least_cases"), _levels(raw["levels"], name),
        _whole(raw["quiet_days"], 0, LONGEST_QUIET, f"{name}：quiet_days"), raw["advice"],
        _one_of(raw["page"], PAGES, f"{name}：page"),
    )  # fmt: skip


def _measure(key: Any, kind: AlertKind, name: str) -> Indicator | None:
    if key in COUNTS:
        if kind is not AlertKind.THRESHOLD:
            raise AlertRuleError(f"{name}：问题数没有各考核期的数值，kind 只能是 threshold。")
        return None
    fitting = {one.key: one for one in catalogue().values() if one.role is not Role.SIZE}
    return fitting[_one_of(key, [*fitting, *COUNTS], f"{name}：measure")]


def _side(raw: dict[str, Any], kind: AlertKind, measure: Indicator | None, name: str) -> bool:
    """Whether being below is what is bad: a rule must not look at the good side of an indicator."""
    bad = "below" if measure is not None and measure.higher_is_better else "above"
    if kind is not AlertKind.TREND and raw["when"] != bad:
        raise AlertRuleError(f"{name}：when 应为 {bad}，这一侧才是需要注意的。")
    return bad == "below"


def _basis(raw: Any, name: str) -> str:
    """The university's own setting, marked as such, or the id of a rule of the regulations."""
    text = str(raw)
    if not text.startswith(LOCAL):
        try:
            regulation(text)
        except LookupError as error:
            raise AlertRuleError(f"{name}：basis 应以“{LOCAL}”开头，或为制度依据中一条规则的编号。") from error
    return text


def _levels(raw: Any, name: str) -> tuple[str, ...]:
    if not isinstance(raw, list) or not raw:
        raise AlertRuleError(f"{name}：levels 应列出组织类别：{'、'.join(LEVELS)}。")
    return tuple(_one_of(one, LEVELS, f"{name}：levels") for one in raw)


def _one_of(raw: Any, known: Any, where: str) -> str:
    if raw not in known:
        near = difflib.get_close_matches(str(raw), [str(one) for one in known], n=3)
        raise AlertRuleError(f"{where} 不认识 {raw!r}" + (f"，是不是 {'、'.join(near)}？" if near else "。"))
    return str(raw)


def _whole(raw: Any, least: int, most: int, where: str) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not least <= raw <= most:
        raise AlertRuleError(f"{where} 应为 {least} 到 {most} 的整数。")
    return raw


def _number(raw: Any, name: str) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise AlertRuleError(f'{name}：界线应写整数，或加引号的小数，例如 "0.8"。')
    try:
        number = Decimal(raw)
    except ArithmeticError as error:
        raise AlertRuleError(f"{name}：{raw!r} 不是数字。") from error
    if not number.is_finite():
        raise AlertRuleError(f"{name}：{raw!r} 不是数字。")
    return number


def _keys(raw: dict[str, Any], expected: tuple[str, ...], name: str) -> None:
    problems = [f"缺少 {key}" for key in expected if key not in raw]
    for key in sorted(set(raw) - set(expected), key=str):
        near = difflib.get_close_matches(str(key), expected, n=1)
        problems.append(f"不认识 {key!r}" + (f"，是不是 {near[0]}" if near else ""))
    if problems:
        raise AlertRuleError(f"{name}：{'；'.join(problems)}。")


@cache
def alert_rules() -> dict[str, AlertRule]:
    """All rules delivered, by id."""
    found = [load(file) for file in sorted(FOLDER.glob("*.yaml"))]
    if len({one.id for one in found}) != len(found):
        raise AlertRuleError("有两条预警规则的 id 相同。")
    return {one.id: one for one in found}
