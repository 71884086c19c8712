"""What the room gives to the warehouse: confirmed service, milestones due and kept. Nobody's name or hours."""

from zhibu.initiatives.enums import ActivityKind, MilestoneState, ProjectState
from zhibu.warehouse.contract import MONTH, ORGANIZATION, Fact, code, count, day, key, register

activity = Fact(
    name="initiatives.activity",
    meaning="有确认时长的志愿服务活动，归入开展的月份；未经服务对象或组织者确认的不计",
    columns=(
        MONTH,
        ORGANIZATION,
        key("activity_id", "志愿服务活动"),
        day("held_on", "日期"),
        code("kind", "类别", ActivityKind.choices),
        count("confirmed_people", "已确认人数"),
        count("confirmed_half_hours", "已确认时长，以半小时计"),
    ),
    sort=("held_on",),
    sql="""
        select date_trunc('month', a."on")::date as month, a.organization_id, a.id as activity_id, a."on" as held_on,
               a.kind, a.confirmed_people, a.confirmed_half_hours
        from initiatives_activity a where a.confirmed_people > 0 and a."on" <= :today
    """,
)

milestone_month = Fact(
    name="initiatives.milestone_month",
    meaning="书记项目的节点，归入期限所在的月份；已取消的、未经同意的项目的不计",
    columns=(
        MONTH,
        ORGANIZATION,
        count("milestones_due", "到期的节点"),
        count("milestones_kept", "其中按期完成的"),
        count("milestones_moved", "其中推迟过期限的"),
    ),
    sql=f"""
        select date_trunc('month', m.due_on)::date as month, p.organization_id, count(*)::int as milestones_due,
               (count(*) filter (where m.done_on <= m.due_on))::int as milestones_kept,
               (count(*) filter (where m.due_on > old.due_on))::int as milestones_moved
        from initiatives_milestone m
        join initiatives_project p on p.id = m.project_id
        left join initiatives_milestone old on old.id = m.replaces_id
        where m.due_on <= :today and m.state in ('{MilestoneState.OPEN.value}', '{MilestoneState.DONE.value}')
              and p.state in ('{ProjectState.RUNNING.value}', '{ProjectState.DONE.value}')
        group by 1, 2
    """,
)

register(activity, milestone_month)
