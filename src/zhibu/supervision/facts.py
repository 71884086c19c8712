"""What the room gives to the warehouse: problems counted by month and organization, without words and names."""

from zhibu.supervision.enums import ProblemState
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

register(problem_month)
