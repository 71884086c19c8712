"""What the room gives to the warehouse: problems, reading and declarations counted by month and organization, without
words and names."""

from zhibu.people.enums import MEMBERS
from zhibu.supervision.enums import ProblemState
from zhibu.supervision.integrity.enums import Audience
from zhibu.supervision.integrity.queries import POSTS
from zhibu.warehouse.contract import MONTH, ORGANIZATION, Fact, count, register

CLOSED, STOPPED = ProblemState.CLOSED.value, ProblemState.STOPPED.value
TO_REVIEW = ProblemState.TO_REVIEW.value
# What stands still by leave of the superior, or was reported in time and waits for the superior, is not judged yet.
JUDGED = f"due_on < :today and state <> '{STOPPED}' and not (state = '{TO_REVIEW}' and done_on <= due_on)"
IN_TIME = f"state = '{CLOSED}' and done_on <= due_on"

problem_month = Fact(
    name="supervision.problem_month",
    meaning="各党组织每月提出、销号、到期的问题数，不含问题内容和个人",
    columns=(
        MONTH,
        ORGANIZATION,
        count("raised", "当月提出的问题"),
        count("closed", "当月销号的问题"),
        count("due", "整改期限在当月、期限已过的问题；暂停计时和按期报告待复核的不计"),
        count("in_time", "其中在期限内报告完成并已销号的"),
        count("late", "其中没有按期整改的"),
    ),
    sql=f"""
        select month, organization_id, sum(raised)::int as raised, sum(closed)::int as closed, sum(due)::int as due,
               sum(in_time)::int as in_time, (sum(due) - sum(in_time))::int as late
        from (
            select date_trunc('month', raised_on)::date as month, organization_id, 1 as raised, 0 as closed, 0 as due,
                   0 as in_time
            from supervision_problem where raised_on <= :today
            union all
            select date_trunc('month', closed_on)::date, organization_id, 0, 1, 0, 0
            from supervision_problem where closed_on <= :today
            union all
            select date_trunc('month', due_on)::date, organization_id, 0, 0, 1, ({IN_TIME})::int
            from supervision_problem where {JUDGED}
        ) happened
        group by month, organization_id
    """,
)


def _quoted(codes: frozenset[str]) -> str:
    return ", ".join(f"'{one}'" for one in sorted(codes))


# Whoever is a member, or holds one of these posts, below the organization on the day that something is due. A tie to a
# party group counts for the branch above it.
AUDIENCES = " or ".join(f"(q.audience = '{of.value}' and t.post in ({_quoted(posts)}))" for of, posts in POSTS.items())
ADDRESSED = f"""
    select q.what, q.thing, q.since, q.due_on, tied.person_id,
           case when g.kind = '641' then coalesce(g.parent_id, tied.organization_id)
                else tied.organization_id end as organization_id
    from asked q
    cross join lateral (
        select a.person_id, a.organization_id from people_affiliation a
        join people_stage s on s.person_id = a.person_id and s.kind in ({_quoted(MEMBERS)})
            and s.started_on <= q.due_on and (s.ended_on is null or s.ended_on > q.due_on)
        where q.audience = '{Audience.MEMBERS.value}'
            and a.started_on <= q.due_on and (a.ended_on is null or a.ended_on > q.due_on)
        union
        select t.person_id, t.organization_id from organizations_tenure t
        where ({AUDIENCES}) and t.started_on <= q.due_on and (t.ended_on is null or t.ended_on > q.due_on)
    ) tied
    join organizations_organization n on n.id = tied.organization_id and left(n.path, length(q.path)) = q.path
    left join organizations_period g on g.organization_id = tied.organization_id
        and g.started_on <= q.due_on and (g.ended_on is null or g.ended_on > q.due_on)
    where q.person_id is null or q.person_id = tied.person_id
"""
# What was to be read; what was to be signed for the first time; what was to be renewed.
ASKED = """
    select 'read' as what, r.material_id as thing, null::date as since, r.due_on, r.audience, o.path,
           null::bigint as person_id
    from supervision_readingassignment r
    join supervision_material m on m.id = r.material_id and (m.withdrawn_on is null or m.withdrawn_on > r.due_on)
    join organizations_organization o on o.id = r.organization_id
    where r.due_on < :today
    union all
    select 'signed', k.id, null, k.due_on, k.audience, o.path, null
    from supervision_declarationkind k join organizations_organization o on o.id = k.organization_id
    where k.due_on < :today and (k.ended_on is null or k.ended_on > k.due_on)
    union all
    select 'signed', k.id, d.signed_on, d.renew_on, k.audience, o.path, d.person_id
    from supervision_declaration d
    join supervision_declarationtext x on x.id = d.text_id
    join supervision_declarationkind k on k.id = x.kind_id and (k.ended_on is null or k.ended_on > d.renew_on)
    join organizations_organization o on o.id = k.organization_id
    where d.renew_on < :today
"""

integrity_month = Fact(
    name="supervision.integrity_month",
    meaning="各党组织每月到期的廉政教育阅读和承诺书签署，以及其中按时的人次；不含姓名、阅读时长和承诺内容",
    columns=(
        MONTH,
        ORGANIZATION,
        count("readings_due", "阅读期限在当月、期限已过的人次；同一材料每人只计一次，期限前撤回的不计"),
        count("readings_in_time", "其中在期限内确认已阅读的"),
        count("declarations_due", "首次签署或续签期限在当月、期限已过的人次；期限前停用的不计"),
        count("declarations_in_time", "其中在期限内签署的"),
    ),
    sql=f"""
        with asked as ({ASKED}), due as (
            select distinct on (what, thing, since, person_id) * from ({ADDRESSED}) addressed
            order by what, thing, since, person_id, due_on, organization_id
        ), judged as (
            select date_trunc('month', due_on)::date as month, organization_id, what,
                   case what when 'read' then exists (
                       select from supervision_readingconfirmation c
                       where c.material_id = thing and c.person_id = due.person_id and c.confirmed_on <= due_on
                   ) else exists (
                       select from supervision_declaration d join supervision_declarationtext x on x.id = d.text_id
                       where x.kind_id = thing and d.person_id = due.person_id and d.signed_on <= due_on
                           and (since is null or d.signed_on > since)
                   ) end as in_time
            from due
        )
        select month, organization_id,
               (count(*) filter (where what = 'read'))::int as readings_due,
               (count(*) filter (where what = 'read' and in_time))::int as readings_in_time,
               (count(*) filter (where what = 'signed'))::int as declarations_due,
               (count(*) filter (where what = 'signed' and in_time))::int as declarations_in_time
        from judged group by month, organization_id
    """,
)

register(problem_month, integrity_month)
