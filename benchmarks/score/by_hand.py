"""The same numbers by hand: DuckDB SQL written for nothing but this lake, this scheme and speed.

No definitions, no other engine, rule values and scheme as literals; shared scans, one pass per fact.
"""

# ruff: noqa: E501  (SQL reads better unbroken)
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from zhibu.assessment.scheme import Scheme
from zhibu.indicators.periods import Period

NAMES = [
    "lectures_held",
    "lecturer_variety",
    "meetings_complete",
    "theme_days_held",
    "attendance",
    "out_of_contact",
    "profile_complete",
    "appraisal_coverage",
    "talk_coverage",
    "admission_compliance",
    "term_kept",
    "posts_filled",
    "dues_in_time",
]


def files(folder: Path, fact: str, months: Sequence) -> str:
    listed = [
        f"'{found}'" for month in sorted(set(months)) for found in (folder / fact / f"month={month:%Y-%m}").glob("*")
    ]
    return f"read_parquet([{', '.join(listed)}], hive_partitioning=false)"


def numbers(folder: Path, periods: Sequence[Period], first: Period) -> str:
    yearly = [period for period in periods if period.number - 3 >= first.number]
    ends = [period.months[-1] for period in periods]
    all_months = [month for period in periods for month in period.months]
    in_year = [month for period in yearly for month in period.window]
    number = "(year(month) * 4 + quarter(month) - 1)"
    base, least, most = periods[0].number - 3, yearly[0].number, yearly[-1].number
    # A month's row counts for the quarters number .. number + 3.
    spread = f"(select unnest(range(greatest({least}, {number}), least({most}, {number} + 3) + 1)) as period)"
    return f"""
    create temp table standing as
        select organization_id, {number} as period, kind, category, parent_id, posts_required, posts_filled,
               (has_term and not term_overdue)::bigint as running
        from {files(folder, "organizations.organization_month", ends)};
    create temp table life as
    with met as (
        select organization_id, month,
               count(*) filter (complete and kind in ('general', 'election')) as general,
               count(*) filter (kind in ('general', 'election')) as held,
               count(*) filter (complete and kind = 'committee') as committee,
               count(*) filter (complete and kind = 'group') as grp,
               count(*) filter (complete and kind = 'lecture') as lecture,
               count(*) filter (kind = 'theme_day') as theme
        from {files(folder, "meetings.meeting", all_months)} group by all
    ), formal as (
        select organization_id, month, count(*) filter (formal) as formal
        from {files(folder, "people.membership_month", all_months)} group by all
    ), months as (
        select organization_id, {number} as period, kind <> '641' as branch, closed,
               coalesce(general, 0) as general, coalesce(held, 0) as held, coalesce(lecture, 0) as lecture,
               branch and coalesce(formal, 0) >= 7 as sits,
               case when sits then least(coalesce(committee, 0), 1) else 0 end as c,
               case when branch then 0 else least(coalesce(grp, 0), 1) end as g,
               case when branch then least(coalesce(theme, 0), 1) else 0 end as t
        from {files(folder, "organizations.organization_month", all_months)} o
        left join met using (organization_id, month) left join formal using (organization_id, month)
        where kind in ('631', '632', '931', '932', '641')
    ), quarters as (
        select organization_id, period, bool_or(branch) as unit, count(*) filter (closed) = 3 as over,
               least(sum(general), unit::int) as general, least(sum(held), unit::int) as held,
               least(sum(lecture), unit::int) as lecture,
               sum(c + g) as done, sum(case when closed then sits::int + (not branch)::int else c + g end) as due,
               sum(t) as theme, sum(case when closed then branch::int else t end) as theme_due
        from months group by organization_id, period
    )
    select organization_id, period, lecture as lectures_held, case when over then unit::int else lecture end as lectures_held_d,
           done + general as meetings_complete, due + case when over then unit::int else general end as meetings_complete_d,
           theme as theme_days_held, theme_due as theme_days_held_d,
           held as general_held, case when over then unit::int else held end as general_held_d
    from quarters;
    create temp table called as
        select organization_id, {number} as period, count(*) filter (presence in ('present', 'late')) as attendance,
               count(*) as attendance_d
        from {files(folder, "meetings.attendance", all_months)}
        where kind in ('general', 'group', 'lecture', 'theme_day', 'life', 'appraisal') and part <> 'observer' and not exempt
        group by organization_id, period;
    create temp table members as
    with bits as (
        select person_id, bit_or(case when kind = 'talk' then 1 << ({number} - {base})::int else 0 end) as talk,
               bit_or(case when appraisal then 1 << ({number} - {base})::int else 0 end) as appraisal
        from {files(folder, "meetings.attendance", in_year)}
        where (kind = 'talk' or appraisal) and presence in ('present', 'late') group by person_id
    )
    select organization_id, {number} as period, count(*) as members,
           count(*) filter (member_since <= case when {number} >= {least} then month - interval 11 month else date '1900-01-01' end)
               as appraisal_coverage_d,
           count(*) filter (member_since <= case when {number} >= {least} then month - interval 11 month else date '1900-01-01' end
               and (appraisal >> ({number} - 3 - {base})::int) & 15 > 0) as appraisal_coverage,
           count(*) filter (member_since <= case when {number} >= {least} then month - interval 11 month else date '1900-01-01' end
               and (talk >> ({number} - 3 - {base})::int) & 15 > 0) as talk_coverage
    from {files(folder, "people.membership_month", ends)} left join bits using (person_id)
    group by organization_id, period;
    create temp table profiles as
        select organization_id, {number} as period, count(*) as files,
               count(*) filter (filled_fields >= required_fields) as complete, count(*) filter (lost) as lost
        from {files(folder, "people.profile_month", ends)} group by organization_id, period;
    create temp table steps as
        select organization_id, period, sum(taken) as taken, sum(kept) as kept
        from (select organization_id, month, count(*) as taken, count(*) filter (kept) as kept
              from {files(folder, "people.stage_step", in_year)} group by all), lateral {spread}
        group by organization_id, period;
    create temp table dues as
        select organization_id, {number} as period, sum(payers_in_time) as dues_in_time, sum(payers_due) as dues_in_time_d
        from {files(folder, "dues.payer_month", all_months)}
        semi join (select organization_id, month from {files(folder, "organizations.organization_month", all_months)} where closed)
            using (organization_id, month)
        group by organization_id, period;
    create temp table lecturers as
        select organization_id, period, least(count(distinct lecturer_id), 2) as heard
        from {files(folder, "meetings.meeting", in_year)}, lateral {spread}
        where kind = 'lecture' and complete and lecturer_id is not null group by organization_id, period;
    create temp table old as
        select organization_id, {number} + 3 as period
        from {files(folder, "organizations.organization_month", [period.window[0] for period in yearly])};
    create temp table leaf as
        select s.organization_id, s.period, l.* exclude (organization_id, period), c.* exclude (organization_id, period),
               u.* exclude (organization_id, period), m.* exclude (organization_id, period), m.appraisal_coverage_d as talk_coverage_d,
               p.lost as out_of_contact, p.files as out_of_contact_d, p.complete as profile_complete, p.files as profile_complete_d,
               t.kept as admission_compliance, t.taken as admission_compliance_d,
               case when is_branch then coalesce(v.heard, 0) end as lecturer_variety,
               case when is_branch then case when old.period is not null then 2 else coalesce(v.heard, 0) end end as lecturer_variety_d,
               case when s.kind not in ('641', '911', '921', '931', '932') then s.running end as term_kept,
               case when s.kind not in ('641', '911', '921', '931', '932') then 1 end as term_kept_d,
               case when s.kind <> '641' then s.posts_filled end as posts_filled,
               case when s.kind <> '641' then s.posts_required end as posts_filled_d
        from (select *, kind in ('631', '632', '931', '932') and period >= {least} as is_branch from standing) s
        left join life l using (organization_id, period) left join called c using (organization_id, period)
        left join members m using (organization_id, period) left join profiles p using (organization_id, period)
        left join steps t using (organization_id, period) left join lecturers v using (organization_id, period)
        left join old using (organization_id, period) left join dues u using (organization_id, period);
    create temp table wide as
        select ancestor_id as organization_id, {number} as period, coalesce(sum(members), 0)::bigint as members,
               sum(general_held)::bigint as general_held, sum(general_held_d)::bigint as general_held_d,
               {", ".join(f"sum({name})::bigint as {name}, sum({name}_d)::bigint as {name}_d" for name in NAMES)}
        from {files(folder, "organizations.ancestry_month", ends)} a
        join leaf on leaf.organization_id = a.organization_id
            and leaf.period = year(a.month) * 4 + quarter(a.month) - 1
        group by 1, 2;
    """


def points(scheme: Scheme) -> str:
    """Points, totals and caps as literal SQL over the wide table."""
    small, k = scheme.smoothing.under_members, scheme.smoothing.weight
    raws, peers, smooths, norms, results = [], [], [], [], []
    for item in scheme.indicators:
        name = item.indicator.key
        weight, full, zero = int(item.weight * 100), int(item.full_at * 1_000_000), int(item.zero_at * 1_000_000)
        top, bottom = f"w.{name} * 1000000", f"w.{name}_d"
        raws.append(f"({top} * 2 + {bottom}) // ({bottom} * 2) as {name}_raw")
        if item.smooth:
            peers.append(
                f"(sum({name}) * 2000000 + sum({name}_d))::bigint // (sum({name}_d) * 2)::bigint as {name}_peer"
            )
            smooths.append(
                f"case when is_branch and w.members < {small} then "
                f"(({top} + {k} * {name}_peer) * 2 + {bottom} + {k}) // (({bottom} + {k}) * 2) else {name}_raw end as {name}_s"
            )
        else:
            smooths.append(f"{name}_raw as {name}_s")
        low, high = min(full, zero), max(full, zero)
        span = abs(full - zero)
        norms.append(
            f"(abs(least(greatest({name}_s, {low}), {high}) - {zero}) * 2000000 + {span}) // {span * 2} as {name}_n"
        )
        results.append(f"case when {name}_d > 0 then ({weight} * {name}_n * 2 + 1000000) // 2000000 end as {name}_p")
    points_sum = " + ".join(f"coalesce({item.indicator.key}_p, 0)" for item in scheme.indicators)
    weight_sum = " + ".join(
        f"case when {item.indicator.key}_d > 0 then {int(item.weight * 100)} else 0 end" for item in scheme.indicators
    )
    cap = int(scheme.caps[0].total_at_most * 100)
    nulled = ", ".join(f"nullif({name}_d, 0) as {name}_d" for name in NAMES)
    return f"""
    create temp table scored as
    with w as (
        select * replace ({nulled}), s.kind in ('631', '632', '931', '932') as is_branch
        from wide join standing s using (organization_id, period) where s.kind <> '641'
    ), peers as (
        select period, category, {", ".join(peers)} from w where is_branch group by period, category
    ), a as (select w.*, {", ".join(raws)} from w),
    b as (select w.*, {", ".join(smooths)} from a w left join peers using (period, category)),
    c as (select *, {", ".join(norms)} from b), d as (select *, {", ".join(results)} from c),
    e as (select *, ({points_sum}) as got, {weight_sum} as weight from d)
    select *, (got * 20000 + weight) // (weight * 2) as uncapped,
           case when is_branch and general_held = 0 and general_held_d > 0 then least(uncapped, {cap}) else uncapped end as total
    from e where weight > 0;
    """


def lines(scheme: Scheme) -> str:
    """One row per organization, quarter and indicator, as our computation hands them on."""
    return " union all ".join(
        f"select organization_id, period, {place}::bigint as indicator, {item.indicator.key} as numerator, "
        f"{item.indicator.key}_d as denominator, {item.indicator.key}_s as smoothed, {item.indicator.key}_p as points "
        f"from scored where {item.indicator.key}_d > 0"
        for place, item in enumerate(scheme.indicators)
    )


def run(
    folder: Path, periods: Sequence[Period], first: Period, scheme: Scheme, memory: str
) -> tuple[pa.Table, pa.Table]:
    con = duckdb.connect(config={"threads": "2", "memory_limit": memory, "preserve_insertion_order": "false"})
    con.execute(numbers(folder, periods, first))
    con.execute(points(scheme))
    totals = con.sql("select organization_id, period, members, uncapped, total from scored").to_arrow_table()
    rows = con.sql(lines(scheme)).to_arrow_table()
    con.close()
    return rows, totals
