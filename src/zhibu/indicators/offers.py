"""Which facts an office may compose an indicator from: those whose rows are records that can be opened to a list.

Sums by month (dues, problems, milestones) are not offered: nothing says which of the records behind a filtered row it
is made of. Columns that name persons are never filtered by, so that no indicator is about one of them; talks are left
out, as a list of them would show who talked to whom. What the platform asked of a branch is no merit of the branch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zhibu.indicators.definition import Window
from zhibu.meetings.enums import Kind
from zhibu.meetings.quality.enums import PartKey
from zhibu.warehouse.contract import Column, ColumnKind, Fact, fact_named, registered

SPANS = (Window.PERIOD, Window.YEAR)


@dataclass(frozen=True)
class Offer:
    """One fact as the composer offers it: what a row is, in what unit it is counted, which records it opens.

    ``key`` are the columns that name the record. ``days``: columns that count days and can be kept within a limit.
    ``distinct`` and ``sums``: columns with the unit of what they count. ``hidden`` columns say how the fact was made or
    are nobody's business; rows with one of the codes of ``without`` never count.
    """

    fact: str
    title: str
    unit: str
    record: str
    label: str
    key: tuple[str, ...]
    windows: tuple[Window, ...] = SPANS
    days: tuple[str, ...] = ()
    distinct: Mapping[str, str] = field(default_factory=dict)
    sums: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def declared(self) -> Fact:
        return fact_named(self.fact)

    @property
    def columns(self) -> list[Column]:
        """What may be filtered by: no keys, nothing hidden, only the codes that may count."""
        kept = []
        for column in self.declared.columns:
            if column.kind is ColumnKind.KEY or column.name == "month" or column.name in self.hidden:
                continue
            kept.append(column)
        return kept

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def codes(self, column: Column) -> list[tuple[str, str]]:
        """The codes of a column that may be chosen, with their names."""
        return [pair for pair in column.choices if pair[0] not in self.without.get(column.name, ())]

    def kept_in_time(self) -> list[Column]:
        """Columns that say whether something was done in time: yes or no, a number of days, a day of the month."""
        fitting = [one for one in self.columns if one.name in self.days or one.name == "kept"]
        return [*fitting, *(one for one in self.columns if one.name == "held_on")]


TALKS = {"kind": (Kind.TALK.value,)}
RULED = tuple(f"{part.value}_ruled" for part in PartKey)
OFFERS = {
    offer.fact: offer
    for offer in (
        Offer(
            "meetings.meeting", "组织生活（一行一次，谈心谈话除外）", "次", "meetings.meeting", "组织生活记录",
            ("meeting_id",), distinct={"lecturer_id": "名授课人"},
            sums={"expected": "人次", "present": "人次", "voters_expected": "人次", "voters_present": "人次",
                  "parts_required": "个要素", "parts_present": "个要素"},
            without=TALKS,
        ),
        Offer(
            "meetings.attendance", "出席登记（一行一人一次，谈心谈话除外）", "人次", "meetings.attendance", "出席登记",
            ("meeting_id", "person_id"), distinct={"person_id": "人", "meeting_id": "次"}, without=TALKS,
            hidden=("exempt",),
        ),
        Offer(
            "meetings.quality", "记录质量（一行一份记录）", "份记录", "meetings.meeting", "组织生活记录",
            ("meeting_id",), days=("days",),
            sums={"parts_required": "个要素", "parts_present": "个要素", "due": "人次", "came": "人次",
                  "decisions": "项决议", "assigned": "项决议", "specific": "项决议"},
            without=TALKS, hidden=RULED,
        ),
        Offer(
            "people.membership_month", "月末的党员（一行一人）", "名党员", "people.person", "党员名册", ("person_id",),
            (Window.END,),
        ),
        Offer(
            "people.profile_month", "月末的党员档案（一行一人）", "名党员", "people.person", "党员名册", ("person_id",),
            (Window.END,), sums={"required_fields": "项", "filled_fields": "项"}, hidden=("exempt",),
        ),
        Offer(
            "people.stage_step", "有最短间隔的发展步骤（一行一步）", "个步骤", "people.stage", "发展步骤",
            ("stage_id",),
        ),
        Offer(
            "organizations.organization_month", "月末存续的党组织（一行一个）", "个组织", "organizations.organization",
            "党组织", ("organization_id",), (Window.END,),
            sums={"posts_required": "个职数", "posts_filled": "个职数", "groups": "个党小组"}, hidden=("closed",),
        ),
        Offer(
            "initiatives.activity", "有确认时长的志愿服务活动（一行一次）", "次", "initiatives.activity",
            "志愿服务活动", ("activity_id",), sums={"confirmed_people": "人次", "confirmed_half_hours": "个半小时"},
        ),
    )
}  # fmt: skip


def not_offered() -> list[str]:
    """The meanings of the facts that cannot be composed from."""
    return [fact.meaning for name, fact in registered().items() if name not in OFFERS]
