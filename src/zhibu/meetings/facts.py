"""What the room gives to the warehouse: recorded meetings, who attended, the numbers of their quality. No text."""

from zhibu.meetings.enums import Kind, Part, Presence, State
from zhibu.meetings.quality.enums import PartKey
from zhibu.warehouse.contract import MONTH, ORGANIZATION, Fact, code, count, day, flag, key, register

meeting = Fact(
    name="meetings.meeting",
    meaning="已登记的组织生活，归入开展的月份",
    columns=(
        MONTH,
        ORGANIZATION,
        key("meeting_id", "组织生活记录"),
        day("held_on", "日期"),
        code("kind", "类别", Kind.choices),
        count("expected", "应到"),
        count("present", "实到"),
        count("voters_expected", "有表决权应到"),
        count("voters_present", "有表决权实到"),
        count("parts_required", "应记要素"),
        count("parts_present", "已记要素"),
        flag("complete", "该类记录应有的要素是否齐全"),
        key("lecturer_id", "授课人", nullable=True),
    ),
    sort=("held_on",),
    sql=f"""
        select date_trunc('month', held_on)::date as month, organization_id, id as meeting_id, held_on, kind,
               expected, present, voters_expected, voters_present,
               parts_required::int as parts_required, parts_present::int as parts_present,
               parts_present >= parts_required as complete, lecturer_id
        from meetings_meeting where state = '{State.RECORDED.value}' and held_on <= :today
    """,
)

attendance = Fact(
    name="meetings.attendance",
    meaning="一人一次的出席情况，以记录人登记为准",
    columns=(
        MONTH,
        ORGANIZATION,
        key("meeting_id", "组织生活记录"),
        day("held_on", "日期"),
        key("person_id", "人员"),
        code("kind", "组织生活类别", Kind.choices),
        code("part", "身份", Part.choices),
        code("presence", "出席情况", Presence.choices),
        flag("exempt", "当日是否不作硬性要求"),
        flag("appraisal", "是否开展了民主评议党员（单独或与组织生活会一并）"),
    ),
    sort=("held_on",),
    sql=f"""
        select date_trunc('month', m.held_on)::date as month, m.organization_id, m.id as meeting_id, m.held_on,
               a.person_id, m.kind, a.part, a.presence, a.is_exempt as exempt,
               m.kind = '{Kind.APPRAISAL.value}' or m.with_appraisal as appraisal
        from meetings_attendance a join meetings_meeting m on m.id = a.meeting_id
        where m.state = '{State.RECORDED.value}' and m.held_on <= :today
    """,
)

OVERRULED = ", ".join(f"max(percent) filter (where part = '{one.value}') as {one.value}" for one in PartKey)

quality = Fact(
    name="meetings.quality",
    meaning="已登记的组织生活的记录质量：六项的数，和复核改定的值",
    columns=(
        MONTH,
        ORGANIZATION,
        key("meeting_id", "组织生活记录"),
        day("held_on", "日期"),
        code("kind", "类别", Kind.choices),
        count("parts_required", "应记要素"),
        count("parts_present", "已记要素"),
        count("days", "会后第几天登记", nullable=True),
        count("due", "应到（不含不作硬性要求的）"),
        count("came", "其中实到"),
        count("decisions", "应落实的决议"),
        count("assigned", "其中有责任人和期限"),
        count("specific", "其中写明谁、做什么、何时完成"),
        count("original_percent", "内容原创的百分数，未比对的为空", nullable=True),
        *(count(f"{one.value}_ruled", f"{one.label}：复核改定的百分数", nullable=True) for one in PartKey),
    ),
    sort=("held_on",),
    sql=f"""
        select date_trunc('month', m.held_on)::date as month, m.organization_id, m.id as meeting_id, m.held_on, m.kind,
               m.parts_required::int as parts_required, m.parts_present::int as parts_present, q.days, q.due, q.came,
               q.decisions::int as decisions, q.assigned::int as assigned, q.specific::int as specific,
               case when q.checked_version = m.version then round((1 - q.shared) * 100)::int end as original_percent,
               {", ".join(f"o.{one.value}::int as {one.value}_ruled" for one in PartKey)}
        from meetings_meeting m join meetings_recordquality q on q.meeting_id = m.id
        left join (
            select meeting_id, {OVERRULED}
            from (select distinct on (meeting_id, part) meeting_id, part, percent
                  from meetings_overruling order by meeting_id, part, id desc) newest
            group by meeting_id
        ) o on o.meeting_id = m.id
        where m.state = '{State.RECORDED.value}' and m.kind <> '{Kind.TALK.value}' and m.held_on <= :today
    """,
)

register(meeting, attendance, quality)
