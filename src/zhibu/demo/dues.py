"""Dues of the last twelve months: most pay in the month, some late, a few not at all. Incomes are drawn, nobody's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from zhibu.demo.world import STUDENTS, Being, Node, World
from zhibu.dues.enums import FLAT, IncomeKind
from zhibu.dues.models import Base, Due, FundEntry, HandOver, Payment, Publication, Relief
from zhibu.dues.rules import end_of, month_of, reckon, usual
from zhibu.organizations.enums import Category, Kind
from zhibu.regulations.dates import add_months
from zhibu.vault.crypto import encryptor

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTHS = 12
LATE, NEVER, UNFIXED = 0.03, 0.024, 0.004  # of the months, of the people, of the people
SPENT = (
    ("training", "订购党员学习教材"), ("training", "党员集中培训讲课费"), ("reading", "订阅党报党刊"),
    ("commending", "表彰优秀党员奖状"), ("hardship", "春节慰问生活困难的党员"),
)  # fmt: skip
Copy = Callable[[type, Sequence[str], Any, dict[str, int]], None]


@dataclass
class Sheet:
    """Everything that is written, as plain rows."""

    bases: list[tuple] = field(default_factory=list)
    dues: list[tuple] = field(default_factory=list)
    payments: list[tuple] = field(default_factory=list)
    # What each branch collected in a month of payment, and owed and collected of a month.
    collected: dict[tuple[Node, date], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    sums: dict[tuple[Node, int], list[Any]] = field(default_factory=lambda: defaultdict(lambda: [set(), 0, 0]))


def write(world: World, copy: Copy, found: dict[str, int]) -> None:
    """All rows of the room; ``copy`` writes those that come by the hundred thousand."""
    sheet = _sheet(world)
    columns: Sequence[str] = ("id", "person_id", "kind", "amount", "started_on", "basis", "recorded_at")
    copy(Base, columns, sheet.bases, found)
    columns = (
        "id", "person_id", "organization_id", "months", "paid_on", "amount", "extra", "collector", "is_large",
        "recorded_at",
    )  # fmt: skip
    copy(Payment, columns, sheet.payments, found)
    columns = ("id", "person_id", "organization_id", "month", "amount", "kind", "payment_id")
    copy(Due, columns, sheet.dues, found)
    for rows in (_hand_overs(world, sheet), _publications(world, sheet), _fund(world), _reliefs(world)):
        made = list(rows)
        if made:
            type(made[0])._default_manager.bulk_create(made)
            found[made[0]._meta.label] = len(made)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), SHANGHAI)


def _income(being: Being, rng: Random) -> tuple[IncomeKind, Decimal | None]:
    if being.category in STUDENTS or being.columns.get("student_level"):
        if being.category is Category.STUDENT_GRADUATE and rng.random() < 0.03:
            return IncomeKind.ENROLLED, Decimal(rng.randrange(550_000, 1_100_000)) / 100
        return IncomeKind.STUDENT, None
    if being.category is Category.RETIRED:
        return IncomeKind.RETIRED, Decimal(rng.randrange(420_000, 980_000)) / 100
    kind = rng.choices((IncomeKind.MONTHLY, IncomeKind.ANNUAL, IncomeKind.CONTRACT), (90, 4, 6))[0]
    least, most = {IncomeKind.ANNUAL: (1_200_000, 2_600_000), IncomeKind.CONTRACT: (380_000, 800_000)}.get(
        kind, (520_000, 1_480_000)
    )
    return kind, Decimal(rng.randrange(least, most)) / 100


def _sheet(world: World) -> Sheet:
    rng, chosen, seal = world.rng("dues"), usual(world.today), encryptor("dues.Base.amount")
    now = month_of(world.today)
    months = [add_months(now, n - MONTHS + 1) for n in range(MONTHS)]
    days = {month: min(end_of(month), world.today) for month in months}
    sheet, shown = Sheet(), [6, 3, 1]  # what stands in arrears in the branch of the demo accounts
    for being in world.beings:
        places = {month: node for month in months if (node := _branch(being, days[month])) is not None}
        if not places or rng.random() < UNFIXED:
            continue
        kind, income = _income(being, rng)
        amount = reckon(kind, income, now, chosen).monthly
        number, first = len(sheet.bases) + 1, min(places)
        secret = b"" if kind in FLAT else seal(str(income))
        sheet.bases.append((number, being.id, kind.value, secret, first, "年度核定", _noon(days[first])))
        silent = rng.randint(1, 7) if rng.random() < NEVER else 0
        if "showcase" in places[max(places)].flaws and shown:
            silent = shown.pop()
        for month, node in places.items():
            paid_on = _paid_on(world, rng, month, silent, now)
            _month(sheet, being, node, month, amount, kind, paid_on, rng)
    return sheet


def _branch(being: Being, day: date) -> Node | None:
    if not being.is_member_on(day):
        return None
    tie = next((tie for tie in reversed(being.ties) if tie.holds(day)), None)
    if tie is None:
        return None
    return tie.node.parent if tie.node.kind is Kind.GROUP else tie.node


def _paid_on(world: World, rng: Random, month: date, silent: int, now: date) -> date | None:
    """The day of payment, or None while it is open. ``silent``: so many of the last months were never paid."""
    if silent and month > add_months(now, -silent - 1):
        return None
    day = month + timedelta(days=rng.randint(2, 22))
    if rng.random() < LATE:
        day += timedelta(days=31)
    return day if day <= world.today else None


def _month(
    sheet: Sheet, being: Being, node: Node, month: date, amount: Decimal, kind: IncomeKind, paid_on: date | None,
    rng: Random,
) -> None:  # fmt: skip
    payment = None
    if paid_on is not None:
        payment = len(sheet.payments) + 1
        extra = Decimal(rng.choice((10, 50, 1000))) if rng.random() < 0.0008 else Decimal(0)
        sheet.payments.append(
            (
                payment,
                being.id,
                node.id,
                [month],
                paid_on,
                amount + extra,
                extra,
                _collector(node),
                extra >= 1000,
                _noon(paid_on),
            )
        )
        sheet.collected[node, month_of(paid_on)] += amount + extra
    sheet.dues.append((len(sheet.dues) + 1, being.id, node.id, month, amount, kind.value, payment))
    sums = sheet.sums[node, month.year]
    sums[0].add(being.id)
    sums[1] += amount
    sums[2] += amount if payment else 0


def _collector(node: Node) -> str:
    known: str | None = node.extra.get("collector")
    if known is None:
        held = next((office for office in reversed(node.offices) if office.end is None), None)
        known = node.extra["collector"] = held.being.name if held else "组织委员"
    return known


def _hand_overs(world: World, sheet: Sheet) -> Iterator[HandOver]:
    """Each branch hands over what it collected in a month early in the next; the last is not confirmed everywhere."""
    rng = world.rng("dues handed over")
    for (node, month), amount in sorted(sheet.collected.items(), key=lambda item: (item[0][1], item[0][0].id)):
        day = add_months(month, 1) + timedelta(days=rng.randint(3, 8))
        if node.parent is None or day > world.today or amount == 0:
            continue
        open_yet = month == add_months(month_of(world.today), -1) and rng.random() < 0.2
        yield HandOver(
            organization_id=node.id, receiver_id=node.parent.id, amount=amount, handed_on=day, recorded_at=_noon(day),
            received_on=None if open_yet else min(day + timedelta(days=2), world.today),
            receipt="" if open_yet else f"收 {month:%Y%m}-{node.id}",
        )  # fmt: skip


def _publications(world: World, sheet: Sheet) -> Iterator[Publication]:
    rng, year = world.rng("dues published"), world.today.year - 1
    day = date(year + 1, 1, 15)
    for (node, of), (people, due, paid) in sheet.sums.items():
        if of == year and day <= world.today and rng.random() < 0.93 and "showcase" not in node.flaws:
            yield Publication(
                organization_id=node.id, year=year, until=date(year, 12, 1), published_on=day, how="支部党员大会通报",
                payers=len(people), due=due, paid=paid, recorded_at=_noon(day),
            )  # fmt: skip


def _fund(world: World) -> Iterator[FundEntry]:
    """What faculties and some branches were allocated and spent; never more than there was."""
    rng = world.rng("dues fund")
    day = max(add_months(world.today, -9), world.start)
    for node in [*world.uppers, *(one for one in world.living_branches if "showcase" in one.flaws)]:
        if node.dissolved is not None or node.established > day:
            continue
        yield FundEntry(
            organization_id=node.id, kind="allocated", content="上级下拨党费", amount=20000, on=day,
            decision=world.document(day, rng.randint(1, 60)), recorded_at=_noon(day),
        )  # fmt: skip
        for purpose, content in rng.sample(SPENT, 3):
            on = day + timedelta(days=rng.randint(20, 200))
            yield FundEntry(
                organization_id=node.id, kind="spent", purpose=purpose, content=content, on=on,
                amount=rng.randrange(800, 6000), decided_on=on - timedelta(days=7), decision="委员会会议记录",
                recorded_at=_noon(on),
            )  # fmt: skip


def _reliefs(world: World) -> Iterator[Relief]:
    """Asked for by the demo branch and not decided yet."""
    now = month_of(world.today)
    for node in [one for one in world.living_branches if "showcase" in one.flaws][:1]:
        above = node.parent
        while above is not None and above.kind is not Kind.COMMITTEE:
            above = above.parent
        members = [being for being in node.members_on(world.today) if being.category not in STUDENTS]
        if above is None or not members:
            continue
        yield Relief(
            person_id=members[-1].id, organization_id=node.id, approver_id=above.id, kind="reduced",
            amount=Decimal("5.00"), first_month=add_months(now, 1), last_month=add_months(now, 3),
            reason="家属重病，负担较重（虚构）", decided_on=world.today - timedelta(days=3), decision="支委会会议记录",
            recorded_at=_noon(world.today),
        )  # fmt: skip
