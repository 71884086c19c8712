"""What the room gives to the warehouse: the tree and the offices as they stood at the end of each month."""

from zhibu.organizations.enums import COMMITTEE_POSTS, Category, Kind
from zhibu.warehouse.contract import MONTH, ORGANIZATION, Fact, code, count, day, flag, key, register

# The day a month is looked at: its last, or today in the month under way.
MONTHS = """
    select m::date as month, least((m + interval '1 month')::date - 1, :today) as day,
           (m + interval '1 month')::date <= :today as closed
    from generate_series(
        date_trunc('month', (select min(started_on) from organizations_period)::timestamp),
        date_trunc('month', :today::timestamp), interval '1 month'
    ) m
"""
STANDING = """
    select m.month, m.day, m.closed and (o.recorded_since is null or m.month >= o.recorded_since) as closed,
           p.organization_id, p.parent_id, p.kind, o.category
    from months m
    join organizations_period p on p.started_on <= m.day and (p.ended_on is null or p.ended_on > m.day)
    join organizations_organization o on o.id = p.organization_id
    where o.dissolved_on is null or o.dissolved_on > m.day
"""
POSTS = ", ".join(f"'{post.value}'" for post in sorted(COMMITTEE_POSTS))

organization_month = Fact(
    name="organizations.organization_month",
    meaning="月末存续的党组织（本月截至更新当日）",
    columns=(
        MONTH,
        ORGANIZATION,
        key("parent_id", "当时的上级党组织", nullable=True),
        code("kind", "党组织类别", Kind.choices),
        code("category", "支部类型（现在的）", Category.choices),
        flag("closed", "更新时该月是否已结束，且全月在起登记日之后：只有这样的月份，没有开的才算缺"),
        flag("has_term", "是否有在任届次"),
        day("term_due_on", "该届应换届日期", nullable=True),
        flag("term_overdue", "是否届满未换届"),
        count("posts_required", "在任届次的职数；没有登记届次的按书记一人计"),
        count("posts_filled", "在任班子成员人数，最多计到职数"),
        count("groups", "直接下设的党小组数"),
    ),
    sort=("kind",),
    sql=f"""
        with months as ({MONTHS}), standing as materialized ({STANDING}),
        term as materialized (
            select distinct on (s.month, s.organization_id) s.month, s.organization_id, t.due_on, t.seats
            from standing s
            join organizations_term t on t.organization_id = s.organization_id
                and t.started_on <= s.day and (t.ended_on is null or t.ended_on > s.day)
            order by s.month, s.organization_id, t.started_on desc
        ),
        office as materialized (
            select s.month, s.organization_id, count(distinct t.person_id) as holders
            from standing s
            join organizations_tenure t on t.organization_id = s.organization_id
                and t.started_on <= s.day and (t.ended_on is null or t.ended_on > s.day)
            where t.post in ({POSTS})
            group by 1, 2
        ),
        small as materialized (
            select month, parent_id as organization_id, count(*) as groups
            from standing where kind = '{Kind.GROUP.value}' group by 1, 2
        )
        select s.month, s.organization_id, s.parent_id, s.kind, s.category, s.closed,
               t.due_on is not null as has_term, t.due_on as term_due_on,
               coalesce(t.due_on < s.day, false) as term_overdue,
               coalesce(t.seats, 1)::int as posts_required,
               least(coalesce(f.holders, 0), coalesce(t.seats, 1))::int as posts_filled,
               coalesce(g.groups, 0)::int as groups
        from standing s
        left join term t using (month, organization_id)
        left join office f using (month, organization_id)
        left join small g using (month, organization_id)
    """,
)

ancestry_month = Fact(
    name="organizations.ancestry_month",
    meaning="月末的隶属关系：党组织及其各级上级（含自身）",
    columns=(
        MONTH,
        ORGANIZATION,
        key("ancestor_id", "任一级上级，或其自身"),
        count("depth", "相隔级数"),
    ),
    sort=("depth",),
    sql=f"""
        with recursive months as ({MONTHS}), standing as materialized ({STANDING}),
        up(month, organization_id, ancestor_id, depth) as (
            select month, organization_id, organization_id, 0 from standing
            union all
            select u.month, u.organization_id, s.parent_id, u.depth + 1
            from up u join standing s on s.month = u.month and s.organization_id = u.ancestor_id
            where s.parent_id is not null and u.depth < 20
        )
        select month, organization_id, ancestor_id, depth::int as depth from up
    """,
)

register(organization_month, ancestry_month)
