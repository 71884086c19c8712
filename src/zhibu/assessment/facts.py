"""What the room gives to the warehouse: what the sides gave, as numbers. No words, no names, no single answers.

Scores read them from the lake like everything else they rest on: a change is a changed month, and thereby another
fingerprint; the same lake gives the same scores.
"""

from zhibu.assessment.chosen.enums import ActionState
from zhibu.assessment.evaluators.enums import ENTERED, ReportGrade
from zhibu.assessment.reports.enums import ReportState
from zhibu.warehouse.contract import MONTH, ORGANIZATION, Fact, code, count, key, register

# The first month of a quarter stands for it: it has begun before anything can be entered.
FIRST_MONTH = "make_date(nullif(left(period, 4), '')::int, nullif(right(period, 1), '')::int * 3 - 2, 1)"

grade = Fact(
    name="assessment.grade",
    meaning="各评价方对党组织的评分，归入考核期的第一个月；测评只有汇总的平均分",
    columns=(
        MONTH,
        ORGANIZATION,
        key("grading_id", "评分记录"),
        code("evaluator", "评价方", [(one.value, one.label) for one in ENTERED]),
        count("given", "评分，以百分之一分计"),
        count("most", "满分，以百分之一分计"),
    ),
    sort=("grading_id",),
    sql=f"""
        select {FIRST_MONTH} as month, organization_id, id as grading_id, evaluator,
               (value * 100)::int as given, (most * 100)::int as most
        from assessment_grading where is_current and {FIRST_MONTH} <= :today
    """,
)

bonus = Fact(
    name="assessment.bonus",
    meaning="已认定的自选动作加分，归入计入的考核期的第一个月",
    columns=(MONTH, ORGANIZATION, key("action_id", "自选动作"), count("hundredths", "认定分，以百分之一分计")),
    sort=("action_id",),
    sql=f"""
        select {FIRST_MONTH} as month, organization_id, id as action_id, (points * 100)::int as hundredths
        from assessment_chosenaction where state = '{ActionState.CONCLUDED.value}' and {FIRST_MONTH} <= :today
    """,
)

work_report = Fact(
    name="assessment.work_report",
    meaning="已评议的述职报告：上级党组织的综合评价和到会人员各等次的票数，归入评定所在考核期的第一个月",
    columns=(
        MONTH,
        ORGANIZATION,
        key("report_id", "述职报告"),
        count("year", "述职的年度"),
        code("conclusion", "综合评价", ReportGrade.values),
        *(count(one.value, f"评“{one.label}”的票数，没有当场评议的为空", nullable=True) for one in ReportGrade),
    ),
    sort=("report_id",),
    sql=f"""
        select {FIRST_MONTH} as month, report.organization_id, report.id as report_id, call.year,
               grade as conclusion, good, fairly_good, fair, poor
        from assessment_workreport report join assessment_workreportcall call on call.id = report.call_id
        where state = '{ReportState.GRADED.value}' and {FIRST_MONTH} <= :today
    """,
)

register(grade, bonus, work_report)
