"""What the room gives to the warehouse: what the platform asked of each organization. Acts are counted, nobody is
timed; no row knows who did it, and signing in or looking at a page is no act."""

from zhibu.indicators.burden.demands import demands, label_of
from zhibu.warehouse.contract import MONTH, ORGANIZATION, Fact, code, count, register

VERBS = sorted({one.verb for one in demands()})
ASKED = ", ".join(f"('{one.verb}', '{one.detail}', {one.count}, {one.seconds})" for one in demands())
NAMED = ", ".join(f"'{verb}'" for verb in VERBS)

demand_month = Fact(
    name="indicators.demand_month",
    meaning="平台每月要求各党组织填写的项数：审计记录中办理的次数，乘以表单要求的项数；时间为估算，不含个人",
    columns=(
        MONTH,
        ORGANIZATION,
        code("act", "办理的事", [(verb, label_of(verb)) for verb in VERBS]),
        count("acts", "办理次数"),
        count("fields", "填写的项数：表单必填、打开时为空的；逐人登记的不计"),
        count("seconds", "估算的填写秒数（校内设定）"),
    ),
    sort=("act",),
    # A month that is over stays as it was counted: forms change, and organizations move.
    keeps_closed_months=True,
    sql=f"""
        select done.month, done.organization_id, done.verb as act, count(*)::int as acts,
               sum(asked.fields)::int as fields, sum(asked.seconds)::int as seconds
        from (
            select date_trunc('month', e.at at time zone 'Asia/Shanghai')::date as month, o.id as organization_id,
                   e.verb,
                   case e.verb when 'meetings.record' then e.changes ->> 'kind'
                               when 'procedures.enter' then (e.changes ->> 'procedure') || '.' || (e.changes ->> 'step')
                               else '' end as detail
            from audit_entry e join organizations_organization o on o.path = e.organization_path
            where e.verb in ({NAMED}) and e.actor <> '系统'
                  and (e.at at time zone 'Asia/Shanghai')::date <= :today
        ) done
        join (values {ASKED}) asked(verb, detail, fields, seconds)
            on asked.verb = done.verb and asked.detail = done.detail
        group by 1, 2, 3
    """,
)

register(demand_month)
