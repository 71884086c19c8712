"""What the room gives to the warehouse: membership by month, how complete a file is, steps of admission. No names."""

from zhibu.people.enums import MEMBERS, StageKind
from zhibu.people.rules.completeness import REQUIRED_FIELDS
from zhibu.warehouse.contract import MONTH, ORGANIZATION, Fact, code, count, day, flag, key, register

MONTHS = """
    select m::date as month, least((m + interval '1 month')::date - 1, :today) as day
    from generate_series(
        date_trunc('month', (select min(started_on) from people_affiliation)::timestamp),
        date_trunc('month', :today::timestamp), interval '1 month'
    ) m
"""
KINDS = ", ".join(f"'{kind.value}'" for kind in sorted(MEMBERS))
# Who belonged where; a tie to a party group counts for the branch above it.
BELONGING = f"""
    select m.month, m.day, a.person_id, s.kind, s.started_on,
           case when g.kind = '641' then coalesce(g.parent_id, a.organization_id)
                else a.organization_id end as organization_id
    from months m
    join people_affiliation a on a.started_on <= m.day and (a.ended_on is null or a.ended_on > m.day)
    join people_stage s on s.person_id = a.person_id
        and s.started_on <= m.day and (s.ended_on is null or s.ended_on > m.day)
    left join organizations_period g on g.organization_id = a.organization_id
        and g.started_on <= m.day and (g.ended_on is null or g.ended_on > m.day)
    where s.kind in ({KINDS})
"""

membership_month = Fact(
    name="people.membership_month",
    meaning="月末的党员及其所在支部",
    columns=(
        MONTH,
        ORGANIZATION,
        key("person_id", "人员"),
        code("stage", "发展状态与党籍状态", sorted((kind.value, kind.label) for kind in MEMBERS)),
        flag("formal", "正式党员"),
        day("member_since", "成为（预备）党员的日期"),
    ),
    sort=("person_id",),
    sql=f"""
        with months as ({MONTHS}),
        since as materialized (
            select person_id, min(started_on) as member_since from people_stage where kind in ({KINDS}) group by 1
        )
        select distinct on (b.month, b.person_id)
               b.month, b.organization_id, b.person_id, b.kind as stage, b.kind = '{StageKind.FULL.value}' as formal,
               least(coalesce(p.joined_on, i.member_since), i.member_since) as member_since
        from ({BELONGING}) b
        join since i on i.person_id = b.person_id
        join people_person p on p.id = b.person_id
        order by b.month, b.person_id, b.started_on desc
    """,
)

# Whether the collected fields that this person's file must hold are filled (data-standards.md 1).
REQUIRED = " + ".join(f"({field.sql_applies})::int" for field in REQUIRED_FIELDS)
FILLED = " + ".join(f"({field.sql_applies} and {field.sql_filled})::int" for field in REQUIRED_FIELDS)

profile_month = Fact(
    name="people.profile_month",
    meaning="党员档案是否齐全、是否失联，以该月最后一次更新时为准；月份结束后才首次更新的，按更新当日的情况计",
    columns=(
        MONTH,
        ORGANIZATION,
        key("person_id", "人员"),
        flag("lost", "失联党员"),
        flag("exempt", "学习活动不作硬性要求"),
        count("required_fields", "必填项"),
        count("filled_fields", "已填的必填项"),
    ),
    sort=("person_id",),
    keeps_closed_months=True,
    sql=f"""
        with months as ({MONTHS})
        select distinct on (b.month, b.person_id)
               b.month, b.organization_id, b.person_id,
               p.is_lost and p.lost_since <= b.day as lost, p.is_exempt as exempt,
               {REQUIRED} as required_fields, {FILLED} as filled_fields
        from ({BELONGING}) b join people_person p on p.id = b.person_id
        order by b.month, b.person_id, b.started_on desc
    """,
)

stage_step = Fact(
    name="people.stage_step",
    meaning="规定了最短间隔的发展步骤，按当日施行的版本判断",
    columns=(
        MONTH,
        ORGANIZATION,
        key("stage_id", "该步骤进入的阶段记录"),
        day("taken_on", "步骤日期"),
        code("from_stage", "此前阶段", StageKind.choices),
        code("to_stage", "此后阶段", StageKind.choices),
        count("months_required", "应间隔月数"),
        flag("kept", "间隔是否达到"),
    ),
    sort=("taken_on",),
    rules=("dev.cultivate_min", "dev.probation"),
    sql=f"""
        select date_trunc('month', n.started_on)::date as month,
               case when g.kind = '641' then coalesce(g.parent_id, a.organization_id)
                else a.organization_id end as organization_id,
               n.id as stage_id, n.started_on as taken_on, s.kind as from_stage, n.kind as to_stage,
               r.value::int as months_required,
               n.started_on >= (s.started_on + make_interval(months => r.value::int))::date as kept
        from people_stage n
        join people_stage s on s.person_id = n.person_id and s.ended_on = n.started_on and s.id <> n.id
        join (values
            ('{StageKind.ACTIVIST.value}', '{StageKind.CANDIDATE.value}', 'dev.cultivate_min'),
            ('{StageKind.PROBATIONARY.value}', '{StageKind.FULL.value}', 'dev.probation'),
            ('{StageKind.PROBATIONARY.value}', '{StageKind.EXTENDED.value}', 'dev.probation')
        ) judged(before, after, rule) on judged.before = s.kind and judged.after = n.kind
        join :rules r(rule, started_on, ended_on, value)
            on r.rule = judged.rule and n.started_on >= r.started_on and n.started_on < r.ended_on
        join people_affiliation a on a.person_id = n.person_id
            and a.started_on <= n.started_on and (a.ended_on is null or a.ended_on > n.started_on)
        left join organizations_period g on g.organization_id = a.organization_id
            and g.started_on <= n.started_on and (g.ended_on is null or g.ended_on > n.started_on)
        where n.started_on <= :today
    """,
)

register(membership_month, profile_month, stage_step)
