"""What the room gives to the warehouse: how many owed and paid by month and branch, in fen. Nobody's name or income."""

from zhibu.warehouse.contract import MONTH, ORGANIZATION, Fact, count, register

payer_month = Fact(
    name="dues.payer_month",
    meaning="各党支部每月应交和已交党费的人数与金额，不含个人",
    columns=(
        MONTH,
        ORGANIZATION,
        count("payers_due", "应交人数（不含批准免交的）"),
        count("payers_paid", "已交人数"),
        count("payers_in_time", "当月月底前、或经党支部同意按季度在本季度内交纳的人数"),
        count("fen_due", "应交金额（分），不含在流入地交纳的"),
        count("fen_paid", "已交金额（分），不含自愿多交和在流入地交纳的"),
    ),
    sql="""
        select d.month, d.organization_id, count(*)::int as payers_due,
               count(p.id)::int as payers_paid,
               (count(*) filter (where p.paid_on < d.month + interval '1 month' or p.by_quarter))::int
                   as payers_in_time,
               (coalesce(sum(d.amount) filter (where p.manner is distinct from 'elsewhere'), 0) * 100)::int as fen_due,
               (coalesce(sum(d.amount) filter (where p.manner <> 'elsewhere'), 0) * 100)::int as fen_paid
        from dues_due d
        left join dues_payment p on p.id = d.payment_id and p.paid_on <= :today
        where d.amount > 0 and d.month <= :today
        group by d.month, d.organization_id
    """,
)

register(payer_month)
