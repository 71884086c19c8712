"""A lake of 100,000 people, 3,000 branches and five years, written as Parquet; the same seed gives the same rows."""

# ruff: noqa: E501  (SQL reads better unbroken)
from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from zhibu.indicators.periods import Period, between
from zhibu.warehouse import manifest
from zhibu.warehouse.contract import fact_named
from zhibu.warehouse.export import ROWS_PER_GROUP
from zhibu.warehouse.manifest import Manifest, Part

FIRST, LAST = Period(2021, 4), Period(2026, 3)
PERIODS = between(FIRST, LAST)
MONTHS = [month for period in PERIODS for month in period.months]
TODAY = date(2026, 10, 8)


@dataclass(frozen=True)
class Size:
    people: int = 100_000
    branches: int = 3_000
    faculties: int = 60
    groups: int = 900
    seed: int = 7


SMALL = Size(people=5_000, branches=150, faculties=6, groups=45)


def dice(size: Size, sides: int, *keys: str) -> str:
    """SQL for a whole number below ``sides`` that depends on the keys and the seed only."""
    return f"(hash({', '.join((*keys, str(size.seed)))}) % {sides})::bigint"


def tables(con: duckdb.DuckDBPyConnection, size: Size) -> None:
    """University 1, faculties from 2, branches from 1,001, groups from 1,000,001; persons from 1."""
    con.execute(f"""
        create table org as
        select 1 as id, null::bigint as parent, '611' as kind, 'upper' as category
        union all select 2 + i, 1, '611', 'upper' from range({size.faculties}) t(i)
        union all select 1001 + i, 2 + i % {size.faculties}, '631',
               ['undergraduate', 'graduate', 'teacher', 'staff', 'retired'][1 + i % 5] from range({size.branches}) t(i)
        union all select 1000001 + i, 1001 + i * 2, '641', 'other' from range({size.groups}) t(i);
        create table person as
        select 1 + i as id, 1001 + least({dice(size, size.branches, "i", "1")}, {dice(size, size.branches, "i", "2")}) as branch,
               date '2018-06-01' + {dice(size, 2900, "i", "3")}::int as since
        from range({size.people}) t(i);
    """)


QUERIES = {
    "organizations.organization_month": """
        select {month} as month, id as organization_id, parent as parent_id, kind, category, true as closed,
               {d} as has_term, case when has_term then date '2026-03-01' + {d2}::int end as term_due_on,
               coalesce(term_due_on < month, false) as term_overdue,
               case when kind = '631' then 3 else 7 end as posts_required,
               least(posts_required, 1 + {d3}) as posts_filled, 0 as groups
        from org
    """,
    "organizations.ancestry_month": """
        select {month} as month, id as organization_id, id as ancestor_id, 0 as depth from org
        union all select {month} as month, a.id, a.parent, 1 from org a where a.parent is not null
        union all select {month} as month, a.id, b.parent, 2 from org a join org b on b.id = a.parent where b.parent is not null
        union all select {month} as month, a.id, c.parent, 3 from org a join org b on b.id = a.parent
            join org c on c.id = b.parent where c.parent is not null
    """,
    "people.membership_month": """
        select {month} as month, branch as organization_id, id as person_id,
               case when since + 365 <= month then '50' else '40' end as stage,
               since + 365 <= month as formal, since as member_since
        from person where since < month + 28
    """,
    "people.profile_month": """
        select {month} as month, branch as organization_id, id as person_id, {p500} = 0 as lost, {p30} = 0 as exempt,
               11 as required_fields, 11 - ({p12} = 0)::int as filled_fields
        from person where since < month + 28
    """,
    "people.stage_step": """
        select {month} as month, branch as organization_id, id as stage_id, month + 9 as taken_on, '40' as from_stage,
               '50' as to_stage, 12 as months_required, {p15} > 0 as kept
        from person where date_trunc('month', since + 365) = month
    """,
    "dues.payer_month": """
        select {month} as month, branch as organization_id, count(*) as payers_due,
               count(*) filter ({p500} > 9) as payers_paid, count(*) filter ({p12} > 0 or {p15} > 0) as payers_in_time,
               count(*) * 20 as fen_due, payers_paid * 20 as fen_paid
        from person where since < month + 28 group by branch
    """,
    "meetings.meeting": """
        select month, organization_id, meeting_id, held_on, kind, 30 as expected, 25 as present, 30 as voters_expected,
               25 as voters_present, 9 as parts_required, 9 - ({m11} = 0)::int as parts_present,
               parts_present >= parts_required as complete,
               case when kind = 'lecture' then organization_id * 10 + {m4} end as lecturer_id
        from met
    """,
    "meetings.attendance": """
        select month, m.organization_id, meeting_id, held_on, p.id as person_id, m.kind, 'voter' as part,
               case when a < 85 then 'present' when a < 88 then 'late' when a < 95 then 'leave' else 'absent' end
                   as presence, {p30} = 0 as exempt, m.kind = 'appraisal' as appraisal
        from (select *, coalesce((select parent from org where id = met.organization_id and kind = '641'),
                                 organization_id) as branch from met where kind <> 'committee') m
        join person p on p.branch = m.branch and p.since < month + 28
        cross join lateral (select {pm} as a)
        where m.kind <> 'talk' or {pt} = 0
    """,
}


def meetings(size: Size, month: date) -> str:
    """The meetings of a month: general and lecture by quarter, committee, theme day and group monthly, some missed."""
    quarter_month = month.month % 3
    kinds = [("committee", "631", 12), ("theme_day", "631", 14), ("group", "641", 8), ("talk", "631", 10**9)]
    if quarter_month == 0:
        kinds.append(("general", "631", 20))
    if quarter_month == 1:
        kinds.append(("lecture", "631", 9))
    if month.month == 12:
        kinds.append(("appraisal", "631", 25))
    return " union all ".join(
        f"""select id as organization_id, '{kind}' as kind, date '{month}' + {dice(size, 27, "id", f"'{kind}{month}'")}::int
            as held_on, {((month.year * 12 + month.month) * 10 + place) * 10000000} + id as meeting_id
            from org where kind = '{org_kind}' and {dice(size, missed, "id", f"'{month}'", str(place))} > 0"""
        for place, (kind, org_kind, missed) in enumerate(kinds)
    )


def generate(folder: Path, size: Size) -> Path:
    """Write the lake unless it is there already, of the same size and the same columns."""
    stamp = folder / "size.json"
    made = {**size.__dict__, "columns": {name: fact_named(name).schema.names for name in QUERIES}}
    if stamp.exists() and json.loads(stamp.read_text()) == made:
        return folder
    con = duckdb.connect(config={"threads": "2", "memory_limit": "3GB"})
    tables(con, size)
    parts = []
    for month in MONTHS:
        con.execute(
            f"create or replace temp table met as select date '{month}' as month, * from ({meetings(size, month)})"
        )
        dices = {
            "d": f"{dice(size, 30, 'id', '9')} > 0", "d2": dice(size, 1500, "id", "10"), "d3": dice(size, 9, "id", "11"),
            "p500": dice(size, 500, "id", "12"),
            "p12": dice(size, 12, "id", "14"), "p15": dice(size, 15, "id", "15"),
            "m11": dice(size, 11, "meeting_id", "16"), "m4": dice(size, 4, "meeting_id", "17"),
            "pm": dice(size, 100, "p.id", "m.meeting_id"), "pt": dice(size, 10, "p.id", "m.meeting_id", "18"),
        }  # fmt: skip
        for name, query in QUERIES.items():
            fact = fact_named(name)
            person = "p.id" if name == "meetings.attendance" else "id"
            source = query.format(**dices, month=f"date '{month}'", p30=dice(size, 30, person, "13"))
            table = con.sql(f"select * from ({source}) order by {', '.join(fact.order)}").to_arrow_table()
            part = Part(name, month, 0, f"{size.seed:016x}", len(table), TODAY)
            target = folder / part.file
            os.makedirs(target.parent, exist_ok=True)
            pq.write_table(
                table.select(fact.schema.names).cast(fact.schema),
                target,
                compression="zstd",
                row_group_size=ROWS_PER_GROUP,
            )
            parts.append(part)
    manifest.switch(folder, Manifest(1, TODAY, 0, tuple(sorted(parts))))
    stamp.write_text(json.dumps(made))
    return folder
