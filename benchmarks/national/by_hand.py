"""The same twelve indicators by hand: DuckDB SQL for nothing but these facts, this quarter and speed.

One pass per fact, rule values as literals, the tree of four levels summed level by level.
"""

# ruff: noqa: E501  (SQL reads better unbroken)
from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

NAMES = (
    "lectures_held", "meetings_complete", "theme_days_held", "attendance", "general_meeting_held", "out_of_contact",
    "profile_complete", "term_kept", "posts_filled", "dues_in_time", "members", "rectified_in_time",
)  # fmt: skip


def count(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """What each organization has of its own: table ``own``, one row an organization."""

    def files(fact: str, months: str = "*") -> str:
        return f"read_parquet('{folder}/{fact}/month={months}/*.parquet', hive_partitioning=false)"

    con.execute(f"""
        create temp table met as
            select organization_id, month, count(*) filter (complete and kind in ('general', 'election')) as general,
                   count(*) filter (kind in ('general', 'election')) as held, count(*) filter (complete and kind = 'committee') as committee,
                   count(*) filter (complete and kind = 'lecture') as lecture, count(*) filter (kind = 'theme_day') as theme
            from {files("meetings.meeting")} group by all;
        create temp table formal as
            select organization_id, month, count(*) filter (formal) as formal, count(*) as members
            from {files("people.membership_month")} group by all;
        create temp table life as
            with months as (
                select o.organization_id, o.month, kind, closed, coalesce(general, 0) as general, coalesce(held, 0) as held,
                       coalesce(lecture, 0) as lecture, coalesce(formal, 0) >= 7 as sits,
                       case when sits then least(coalesce(committee, 0), 1) else 0 end as c, least(coalesce(theme, 0), 1) as t
                from {files("organizations.organization_month")} o
                left join met using (organization_id, month) left join formal using (organization_id, month)
                where kind in ('631', '632', '931', '932')
            ), quarters as (
                select organization_id, count(*) filter (closed) = 3 as over, least(sum(general), 1) as general, least(sum(held), 1) as held,
                       least(sum(lecture), 1) as lecture, sum(c) as done, sum(case when closed then sits::int else c end) as due,
                       sum(t) as theme, sum(case when closed then 1 else t end) as theme_due
                from months group by organization_id
            )
            select organization_id, lecture as lectures_held, case when over then 1 else lecture end as lectures_held_d,
                   done + general as meetings_complete, due + case when over then 1 else general end as meetings_complete_d,
                   theme as theme_days_held, theme_due as theme_days_held_d, held as general_meeting_held,
                   case when over then 1 else held end as general_meeting_held_d
            from quarters;
        create temp table came as
            select organization_id, count(*) filter (presence in ('present', 'late', 'early')) as attendance, count(*) as attendance_d
            from {files("meetings.attendance")}
            where kind in ('general', 'group', 'lecture', 'theme_day', 'life', 'appraisal') and part <> 'observer' and not exempt
            group by organization_id;
        create temp table profiles as
            select organization_id, count(*) filter (lost) as lost, count(*) filter (filled_fields >= required_fields) as whole, count(*) as files
            from {files("people.profile_month", "2026-09")} group by organization_id;
        create temp table dues as
            select organization_id, sum(payers_in_time) as paid, sum(payers_due) as owed
            from {files("dues.payer_month")} join {files("organizations.organization_month")} o using (organization_id, month)
            where o.closed group by organization_id;
        create temp table problems as
            select organization_id, sum(in_time) as mended, sum(due) as due
            from {files("supervision.problem_month")} where due > 0 group by organization_id;
        create temp table own as
            select s.organization_id, s.parent_id, l.* exclude (organization_id), c.* exclude (organization_id),
                   p.lost as out_of_contact, p.files as out_of_contact_d, p.whole as profile_complete, p.files as profile_complete_d,
                   case when s.kind not in ('641', '911', '921', '931', '932') then (has_term and not term_overdue)::int end as term_kept,
                   case when s.kind not in ('641', '911', '921', '931', '932') then 1 end as term_kept_d,
                   case when s.kind <> '641' then s.posts_filled end as posts_filled, case when s.kind <> '641' then s.posts_required end as posts_filled_d,
                   d.paid as dues_in_time, d.owed as dues_in_time_d, f.members as members, f.members as members_d,
                   r.mended as rectified_in_time, r.due as rectified_in_time_d
            from {files("organizations.organization_month", "2026-09")} s
            left join life l using (organization_id) left join came c using (organization_id)
            left join profiles p using (organization_id) left join dues d using (organization_id)
            left join (select * from formal where month = '2026-09-01') f using (organization_id)
            left join problems r using (organization_id);
    """)


def roll_up(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """Rows of every organization, indicator, numerator and denominator, from branches up to the nation."""
    sums = ", ".join(f"sum({name}{end})::bigint as {name}{end}" for name in NAMES for end in ("", "_d"))
    con.execute(f"""
        create temp table level_3 as
            select organization_id, any_value(parent_id) as parent_id, {sums} from (
                select * from own where parent_id in (select organization_id from own where parent_id = 1) or parent_id = 1
                union all by name
                select parent_id as organization_id, null as parent_id, * exclude (organization_id, parent_id) from own
                where parent_id not in (select organization_id from own where parent_id = 1) and parent_id <> 1
            ) group by organization_id;
        create temp table level_2 as
            select organization_id, {sums} from (
                select * exclude (parent_id) from level_3 where parent_id = 1
                union all by name
                select parent_id as organization_id, * exclude (organization_id, parent_id) from level_3 where parent_id <> 1
            ) group by organization_id;
        create temp table wide as
            select * exclude (parent_id) from own where organization_id not in (select organization_id from level_3)
            union all by name select * exclude (parent_id) from level_3 where parent_id <> 1
            union all by name select * from level_2
            union all by name select 1 as organization_id, {sums} from level_2;
    """)
    rows = " union all ".join(
        f"select organization_id, {place}::bigint as indicator, {name}::bigint as numerator, {name}_d::bigint as denominator from wide where {name}_d > 0"
        for place, name in enumerate(NAMES)
    )
    return con.sql(rows).to_arrow_table()
