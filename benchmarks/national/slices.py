"""One slice of the country, written by DuckDB as a lake of its own: a province's share of branches, members and facts.

Organization 1 is the nation; a slice has one committee of a province, below it committees, below them branches: four
levels. The same seed gives the same rows.
"""

# ruff: noqa: E501  (SQL reads better unbroken)
from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from zhibu.indicators.periods import Period
from zhibu.warehouse import manifest
from zhibu.warehouse.contract import fact_named
from zhibu.warehouse.manifest import Manifest, Part

PERIOD = Period(2026, 3)
TODAY = date(2026, 10, 8)
NATION = 1
PER_COMMITTEE = 100
SEED = 7
PRIME = 1_000_003  # numbers of persons do not follow their branches
TYPES = {"int64": "bigint", "int32": "integer", "date32[day]": "date", "bool": "boolean", "string": "varchar"}


@dataclass(frozen=True)
class Size:
    """Of the whole country; a slice has an equal share of each."""

    people: int
    organizations: int
    facts: int
    slices: int

    @property
    def share(self) -> tuple[int, int, int]:
        """People, organizations and facts of one slice."""
        return self.people // self.slices, self.organizations // self.slices, self.facts // self.slices


def dice(sides: int, *keys: str) -> str:
    """SQL for a whole number below ``sides`` that depends on the keys and the seed only."""
    return f"(hash({', '.join((*keys, str(SEED)))}) % {sides})::int"


def organizations(number: int, size: Size) -> str:
    """Ids follow one another: the province, its committees, their branches."""
    people, own, _facts = size.share
    first = NATION + 1 + number * own
    committees = max(1, own // (PER_COMMITTEE + 1))
    branches = own - 1 - committees
    return f"""
        create table org as
        select {first}::bigint as id, {NATION}::bigint as parent, '611' as kind, 'upper' as category
        union all select {first} + 1 + i, {first}, '611', 'upper' from range({committees}) t(i)
        union all select {first} + 1 + {committees} + i, {first} + 1 + i * {committees} // {branches}, '631',
               ['undergraduate', 'graduate', 'teacher', 'staff', 'retired'][1 + i % 5] from range({branches}) t(i);
        create table person as
        select {number * people} + i * {PRIME} % {people} as id, {first + 1 + committees} + i * {branches} // {people} as branch,
               date '2016-06-01' + {dice(3700, "i", "1")} as since
        from range({people}) t(i);
        create table met as
        select month, id as organization_id, k.kind, {dice(27, "id", "k.kind", "month", "2")} as day
        from org, (select unnest([date '{PERIOD.months[0]}', date '{PERIOD.months[1]}', date '{PERIOD.months[2]}']) as month) m,
             (select unnest(['committee', 'theme_day', 'general', 'lecture']) as kind) k
        where org.kind = '631' and {dice(14, "id", "k.kind", "month", "3")} > 0
          and (k.kind in ('committee', 'theme_day') or (k.kind = 'general' and month(month) % 3 = 0)
               or (k.kind = 'lecture' and month(month) % 3 = 1));
    """


MEETING_ID = "m.organization_id * 100 + m.day"
QUERIES = {
    "organizations.organization_month": f"""
        select {{month}} as month, id as organization_id, parent as parent_id, kind, category, true as closed,
               {dice(30, "id", "4")} > 0 as has_term, case when has_term then date '2026-03-01' + {dice(1500, "id", "5")} end as term_due_on,
               coalesce(term_due_on < month, false) as term_overdue, case when kind = '631' then 3 else 7 end as posts_required,
               least(posts_required, 1 + {dice(9, "id", "6")}) as posts_filled, 0 as groups
        from org order by id
    """,
    "organizations.ancestry_month": f"""
        select {{month}} as month, organization_id, ancestor_id, depth from (
            select id as organization_id, id as ancestor_id, 0 as depth from org
            union all select id, parent, 1 from org
            union all select a.id, b.parent, 2 from org a join org b on b.id = a.parent
            union all select a.id, c.parent, 3 from org a join org b on b.id = a.parent join org c on c.id = b.parent
        ) where ancestor_id >= {NATION} order by organization_id
    """,
    "people.membership_month": """
        select {month} as month, branch as organization_id, id as person_id,
               case when since + 365 <= month then '50' else '40' end as stage, since + 365 <= month as formal, since as member_since
        from person
    """,
    "people.profile_month": f"""
        select {{month}} as month, branch as organization_id, id as person_id, {dice(500, "id", "7")} = 0 as lost,
               {dice(30, "id", "8")} = 0 as exempt, 11 as required_fields, 11 - ({dice(12, "id", "9")} = 0)::int as filled_fields
        from person
    """,
    "dues.payer_month": f"""
        select {{month}} as month, branch as organization_id, count(*) as payers_due,
               payers_due - ({dice(9, "branch", "month", "10")} = 0)::int as payers_paid,
               payers_paid - ({dice(5, "branch", "month", "11")} = 0)::int as payers_in_time, count(*) * 20 as fen_due, payers_paid * 20 as fen_paid
        from person group by branch order by branch
    """,
    "supervision.problem_month": f"""
        select {{month}} as month, id as organization_id, {dice(3, "id", "month", "12")} as raised, 1 as closed,
               {dice(4, "id", "month", "13")} as due, least(due, {dice(5, "id", "month", "14")}) as in_time, due - in_time as late
        from org where {dice(3, "id", "15")} = 0 order by id
    """,
    "meetings.meeting": f"""
        select month, organization_id, {MEETING_ID} as meeting_id, month + day as held_on, kind, 18 as expected, 15 as present,
               18 as voters_expected, 15 as voters_present, 9 as parts_required, 9 - ({dice(11, "organization_id", "kind", "16")} = 0)::int as parts_present,
               parts_present >= parts_required as complete, case when kind = 'lecture' then organization_id * 10 + {dice(4, "organization_id", "17")} end as lecturer_id
        from met m where month = {{month}} order by organization_id, held_on
    """,
    "meetings.attendance": f"""
        select m.month, m.organization_id, {MEETING_ID} as meeting_id, m.month + m.day as held_on, p.id as person_id, m.kind, 'voter' as part,
               case when a < 85 then 'present' when a < 88 then 'late' when a < 95 then 'leave' else 'absent' end as presence,
               {dice(30, "p.id", "8")} = 0 as exempt, false as appraisal
        from person p join met m on m.organization_id = p.branch cross join lateral (select {dice(100, "p.id", "m.kind", "m.month")} as a)
        where m.month = {{month}} and m.kind <> 'committee'
        union all
        select {{month}}, branch, branch * 100, {{month}} + 9, id, 'talk', 'voter', 'present', false, false
        from person where {{talks}}
        order by organization_id
    """,
}
ONLY_AT_THE_END = ("people.profile_month", "organizations.ancestry_month")


def write(folder: Path, number: int, size: Size) -> tuple[int, int]:
    """Write slice ``number`` into ``folder`` in place of whatever is there: facts and bytes written."""
    shutil.rmtree(folder, ignore_errors=True)
    spill = folder.with_suffix(".spill")
    con = duckdb.connect(config={"threads": "2", "memory_limit": "3GB", "temp_directory": str(spill)})
    con.execute(organizations(number, size))
    parts: list[Part] = []
    people, _own, wanted = size.share
    for name, query in QUERIES.items():
        for month in PERIOD.months[-1:] if name in ONLY_AT_THE_END else PERIOD.months:
            talks = "false"
            if name == "meetings.attendance" and month == PERIOD.months[-1]:
                # As many talks as it takes to have the facts asked for.
                missing = wanted - sum(part.rows for part in parts) - called(con, month)
                talks = f"{dice(1_000_000, 'id', '18')} < {max(0, round(1_000_000 * missing / people))}"
            part = Part(name, month, 0, f"{SEED:08x}{number:08x}", 0, TODAY)
            rows = copy(con, query.format(month=f"date '{month}'", talks=talks), name, folder / part.file)
            parts.append(replace(part, rows=rows))
    con.close()
    shutil.rmtree(spill, ignore_errors=True)
    manifest.switch(folder, Manifest(1, TODAY, 0, tuple(sorted(parts))))
    return sum(part.rows for part in parts), sum((folder / part.file).stat().st_size for part in parts)


def called(con: duckdb.DuckDBPyConnection, month: date) -> int:
    """To how many meetings of the month how many persons were called, together."""
    rows = "person join met on organization_id = branch"
    found = con.execute(f"select count(*) from {rows} where month = '{month}' and kind <> 'committee'").fetchone()
    return int(found[0]) if found else 0


def copy(con: duckdb.DuckDBPyConnection, source: str, name: str, target: Path) -> int:
    """Write the rows with the columns and types of the contract; how many."""
    target.parent.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(
        f"{column.name}::{TYPES[str(column.type)]} as {column.name}" for column in fact_named(name).schema
    )
    found = con.execute(
        f"copy (select {columns} from ({source})) to '{target}' (format parquet, compression zstd)"
    ).fetchone()
    return int(found[0]) if found else 0
