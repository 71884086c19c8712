"""How dues are reckoned: one rate for the whole amount, then the university's rounding. Pure and exact."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from zhibu.dues.enums import FLAT, IncomeKind, Regime, Rounding
from zhibu.regulations.dates import add_months
from zhibu.regulations.models import Value
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal

CENT = Decimal("0.01")
MOST = Decimal(1_000_000)
LONGEST_NUMBER = 40
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
PLAIN = re.compile(r"^(?P<sign>-?)[¥￥]? ?(?P<number>([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?) ?元?$")
MODES = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.DOWN: ROUND_DOWN, Rounding.UP: ROUND_UP}
# Which rule says on what the dues of a kind are reckoned, and which gives the rate.
BASIS = {
    IncomeKind.MONTHLY: ("dues.base", "dues.salaried"),
    IncomeKind.ANNUAL: ("dues.annual", "dues.salaried"),
    IncomeKind.CONTRACT: ("dues.base", "dues.salaried"),
    IncomeKind.IRREGULAR: ("dues.irregular", "dues.salaried"),
    IncomeKind.ENROLLED: ("dues.enrolled", "dues.salaried"),
    IncomeKind.RETIRED: ("dues.retired", "dues.retired"),
    IncomeKind.STUDENT: ("dues.student", "dues.student"),
    IncomeKind.SUPPORTED: ("dues.student", "dues.student"),
    IncomeKind.FARMER: ("dues.farmer_min", "dues.farmer_max"),
}


@dataclass(frozen=True)
class Chosen:
    """What the university chose (学校选定): the step that dues are rounded to, how, and when bases change."""

    step: Decimal
    rounding: Rounding = Rounding.HALF_UP
    regime: Regime = Regime.AT_ONCE
    document: str = ""

    @property
    def words(self) -> str:
        to = {"0.01": "分", "0.1": "角", "1": "元"}.get(f"{self.step.normalize():f}", f"{self.step} 元")
        return f"{self.rounding.label}到{to}（学校选定）"


def usual(on: date) -> Chosen:
    """What holds where the university has not chosen anything yet."""
    step = value("dues.rounding", on).content
    assert isinstance(step, Decimal)
    return Chosen(step)


@dataclass(frozen=True)
class Reckoning:
    """One month's dues and how they came about. ``words`` names no income."""

    monthly: Decimal
    rate: Decimal | None
    basis: Value
    source: Value
    words: str


def rounded(amount: Decimal, chosen: Chosen) -> Decimal:
    """The amount in whole steps, as yuan with fen."""
    steps = (amount / chosen.step).quantize(Decimal(1), rounding=MODES[chosen.rounding])
    return (steps * chosen.step).quantize(CENT)


def plain_decimal(text: str) -> Decimal | None:
    """The number of a plain notation: digits with a point, thousands set off in threes, a sign of yuan before or 元
    after, full-width or not; None for every other (``1e5``, ``1_000``, ``1,00``, digits of other scripts)."""
    narrow = text.translate(FULL_WIDTH).strip()
    found = PLAIN.match(narrow) if len(narrow) <= LONGEST_NUMBER else None
    return Decimal(found["sign"] + found["number"].replace(",", "")) if found else None


def money(text: object) -> Decimal:
    """An amount in a plain notation with at most two decimals, not negative. Raises `Refusal`."""
    amount = plain_decimal(f"{text:f}" if isinstance(text, Decimal) else str(text))
    if amount is None:
        raise Refusal("金额看不懂。", field="amount", remedy="请写成 1234.50 这样的数字。")
    if amount < 0:
        raise Refusal("金额不能是负数。", field="amount", remedy="登记错了的，请撤销原来的记录。")
    if amount > MOST:
        raise Refusal("金额过大。", field="amount", remedy="请核对单位是不是元。")
    if amount != amount.quantize(CENT):
        raise Refusal("金额最多到分。", field="amount", remedy="请写成 1234.50 这样的数字。")
    return amount.quantize(CENT)


def reckon(kind: str, amount: Decimal | None, on: date, chosen: Chosen) -> Reckoning:
    """The dues of one month. Refuses an amount that the kind cannot have."""
    of = IncomeKind(kind)
    basis_rule, rate_rule = BASIS[of]
    basis, source = value(basis_rule, on), value(rate_rule, on)
    if of in FLAT:
        return Reckoning(_decimal(source).quantize(CENT), None, basis, source, f"每月 {_decimal(source)} 元，不论收入")
    if amount is None:
        raise Refusal("请填写计算党费的金额。", field="amount", rule=basis_rule, on=on, remedy=f"应填：{basis.shown}。")
    if of is IncomeKind.FARMER:
        least, most = _decimal(basis), _decimal(source)
        if not least <= amount <= most:
            text = f"农民党员每月交纳 {least} 至 {most} 元。"
            raise Refusal(text, field="amount", rule=basis_rule, on=on, remedy="请填写党组织确定的每月数额。")
        return Reckoning(amount.quantize(CENT), None, basis, source, f"党组织在每月 {least} 至 {most} 元之间确定")
    if amount <= 0:
        raise Refusal(
            "计算党费的收入应大于零。", field="amount", rule=basis_rule, on=on,
            remedy="没有收入、靠抚恤救济或低保的，请选“下岗失业、靠抚恤救济或低保”。",
        )  # fmt: skip
    rate = source.rate_for(amount)
    words = f"全额 × {(rate * 100).normalize():f}%，{chosen.words}"
    return Reckoning(rounded(amount * rate, chosen), rate, basis, source, words)


def _decimal(found: Value) -> Decimal:
    assert isinstance(found.content, Decimal)
    return found.content


def month_of(day: date) -> date:
    return day.replace(day=1)


def end_of(month: date) -> date:
    """The last day of a month."""
    return date.fromordinal(add_months(month.replace(day=1), 1).toordinal() - 1)


def told_until(year: int, day: date) -> date | None:
    """The last month of a year that was over on a day, and can be told of then; None where none was."""
    until = min(add_months(month_of(day), -1), date(year, 12, 1))
    return until if until.year == year else None


def last_payable(today: date) -> date:
    """The last month that may be paid now: that of the quarter under way (DF08 第十二条)."""
    months = value("dues.quarter", today).number
    return month_of(today).replace(month=((today.month - 1) // months + 1) * months)


def first_usual(today: date) -> date:
    """The oldest month that may be paid later without saying why (DF08 第十二条)."""
    return add_months(month_of(today), -value("dues.late", today).number)


@dataclass(frozen=True)
class Level:
    """A step of arrears: so many months following one another, and what the organization does about it.

    ``duty`` says the same in a line, ``own`` to the member.
    """

    months: int
    tone: str
    words: str
    duty: str
    own: str
    source: Value
    # The first number of months that belongs to the next step; None on the last.
    below: int | None = None

    def holds(self, run: int) -> bool:
        return run >= self.months and (self.below is None or run < self.below)


def levels(on: date) -> list[Level]:
    """The steps, mildest first. The platform reminds people of their duty to talk; it decides about nobody."""
    talk, lapse, steps = value("dues.talk", on), value("dues.lapse", on), value("dues.arrears", on)
    words = (
        ("grey", "党支部提醒本人补交", "请党支部提醒本人补交", "请主动向所在党支部补交。", steps),
        ("yellow", "党支部同本人谈话，批评教育，限期改正", "党支部应同本人谈话、限期改正",
         "党支部会同您谈话，请在期限内补交；确有困难的，可以申请少交免交。", talk),
        ("red", "临近界限：党支部书记再次谈话，并向上级党组织报告", "党支部应再次谈话、报告上级",
         "已临近规定的界限，请马上补交，或者同党支部书记说明情况。", steps),
    )  # fmt: skip
    assert isinstance(steps.content, tuple)
    found = [Level(int(str(n)), *row) for n, row in zip(steps.content, words, strict=False)]
    text = "已到连续不交的界限：须由党支部查明有没有正当理由，由党组织按规定研究；平台不作判断"
    own = "已到规定的界限，请马上同党支部书记联系，说明情况并补交。"
    found.append(Level(lapse.number, "red", text, "党支部应查明原因、报党组织研究", own, lapse))
    ends = [one.months for one in found[1:]]
    return [replace(one, below=below) for one, below in zip(found, [*ends, None], strict=True)]


def level_of(run: int, on: date) -> Level | None:
    """The highest step that so many months reach."""
    return next((level for level in reversed(levels(on)) if run >= level.months), None)


def run_of(months: Iterable[date]) -> int:
    """The longest run of months that follow one another."""
    longest = run = 0
    before: date | None = None
    for month in sorted(months):
        run = run + 1 if before is not None and month == add_months(before, 1) else 1
        longest, before = max(longest, run), month
    return longest


def said(months: Iterable[date]) -> str:
    """``2026-01、2026-02``."""
    return "、".join(f"{month:%Y-%m}" for month in months)


def shown(amount: Decimal | None) -> str:
    """``1,234.50``: money always with its fen."""
    return "—" if amount is None else f"{amount:,.2f}"
