"""Conditions that a step names in its declaration: each looks at one question and says what stands against it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from zhibu.archive.rules import kinds_of
from zhibu.people.enums import SanctionKind
from zhibu.procedures.anchors import extensions
from zhibu.procedures.numbered.rules import fault_of, normal
from zhibu.procedures.rules import offices, standing
from zhibu.procedures.rules.findings import Finding, Question, against, said
from zhibu.procedures.rules.transit import TRANSIT
from zhibu.regulations.dates import add_months, add_working_days, add_years


def adult(question: Question) -> list[Finding]:
    """发展党员工作细则 第五条."""
    found, born = said("dev.min_age", question.law_day), question.facts.born
    if found is None:
        return []
    if born is None:
        return [Finding("档案里没有出生日期，无法核对年龄", field="on", remedy="请先补填出生日期。")]
    earliest = add_years(born, found.number)
    if question.attempt.on >= earliest:
        return []
    text = f"须年满 {found.number} 周岁，还差 {(earliest - question.attempt.on).days} 天，最早 {earliest}"
    return [against(found, text, not_before=earliest, field="on")]


def may_rejoin(question: Question) -> list[Finding]:
    """不合格党员组织处置办法: who was persuaded to leave or removed."""
    until = question.facts.barred_until
    found = said("disp.rejoin", question.law_day)
    if until is None or found is None or question.attempt.on >= until:
        return []
    return [against(found, f"被劝退、除名的，{until} 起才可以重新入党", not_before=until, field="on")]


def publicity(question: Question) -> list[Finding]:
    """第十三条: so many working days, counted from the day after it was posted; mobile members in both places."""
    found = said("dev.publicity", question.law_day)
    posted = _day(question, "posted_on")
    if found is None or posted is None:
        return [] if found is None else [Finding("请填写公示张贴日期", field="posted_on")]
    wrong = []
    consent = question.state.on("listing_consent")
    if consent and posted < consent:
        text = f"张贴日期早于上级党委同意的日期 {consent}"
        wrong.append(Finding(text, field="posted_on", remedy="请核对日期。"))
    last = add_working_days(posted, found.number)
    if question.attempt.on < last.day:
        note = "" if last.certain else "（该年节假日安排未公布，暂按周末推算）"
        text = f"公示不足 {found.number} 个工作日：{posted} 张贴的，最早 {last.day} 期满{note}"
        wrong.append(against(found, text, not_before=last.day, field="on"))
    if question.facts.is_mobile and not question.attempt.data.get("both_places"):
        wrong.append(against(found, "流动人员应在流出地和流入地同时公示", field="both_places"))
    return wrong


def training(question: Question) -> list[Finding]:
    """第十七条: three days or twenty-four hours; one of them is enough."""
    hours, days = said("dev.training", question.law_day), said("dev.training_days", question.law_day)
    if hours is None or days is None:
        return []
    data = question.attempt.data
    if int(data.get("hours") or 0) >= hours.number or int(data.get("days") or 0) >= days.number:
        return []
    text = f"短期集中培训一般不少于 {days.number} 天或者 {hours.number} 学时"
    return [against(hours, text, field="hours", remedy="个别特殊情况，请在说明中写明理由。")]


def leaving_soon(question: Question) -> list[Finding]:
    """第十八条: who leaves the unit within three months is normally not taken up."""
    found = said("dev.leave_soon", question.law_day)
    leaves = _day(question, "leaves_on") or question.facts.leaves_on
    if found is None or leaves is None or not question.attempt.on <= leaves:
        return []
    if leaves > add_months(question.attempt.on, found.number):
        return []
    text = f"{leaves} 将离开本单位，未来 {found.number} 个月内将离开的，一般不办理接收"
    return [against(found, text, field="leaves_on", remedy="仍要办理的，请在说明中写明理由。")]


def introducers(question: Question) -> list[Finding]:
    """第十四条: under observation in the Party without rights restored cannot; other sanctions in force should not."""
    bar, caution = said("dev.introducer_bar", question.law_day), said("dev.introducer_caution", question.law_day)
    wrong = []
    for one in question.attempt.people:
        if one.sanction == SanctionKind.OBSERVATION and bar:
            text = f"“{one.name}”受留党察看处分，尚未恢复党员权利，不能作入党介绍人"
            wrong.append(against(bar, text, field="people", remedy="请另行确定介绍人。"))
        elif one.sanction and one.sanction != SanctionKind.OBSERVATION and caution:
            text = f"“{one.name}”受{SanctionKind(one.sanction).label}处分，在影响期内，不宜作入党介绍人"
            wrong.append(against(caution, text, field="people", remedy="仍要确定的，请在说明中写明理由。"))
    if bar and not question.attempt.data.get("introducers_cleared"):
        wrong.append(against(bar, "须先核实介绍人的处分情况", field="introducers_cleared"))
    return wrong


def form_issued(question: Question) -> list[Finding]:
    """第十八条、第四十二条: who passes the pre-examination is given a form, by its number where a register is kept."""
    register, data = question.facts.register, question.attempt.data
    number = normal(str(data.get("form_issued") or ""))
    if question.attempt.outcome != "qualified":
        return [Finding("只有预审合格的才发放入党志愿书", field="form_issued", remedy="请清空编号。")] if number else []
    if not register.is_kept:
        return []
    if not number:
        return [Finding("请填写发放的入党志愿书编号", field="form_issued", remedy="编号不够的，请先登记入库。")]
    if register.mine and number != register.mine:
        text = f"已发放编号 {register.mine}，不能再发放 {number}"
        return [Finding(text, field="form_issued", remedy="换发的，请先在编号登记中登记原来的一份作废或者遗失。")]
    if fault := fault_of(number, register):
        return [Finding(fault, field="form_issued", remedy="请选择未使用的编号。")]
    if not str(data.get("form_received_by") or "").strip():
        return [Finding("请填写入党志愿书领取人", field="form_received_by")]
    return []


def form_number(question: Question) -> list[Finding]:
    """One form, one person (data-standards.md 4.3)."""
    number, register = normal(str(question.attempt.data.get("form_number") or "")), question.facts.register
    if not number:
        return [Finding("请填写入党志愿书编号", field="form_number")]
    remedy = "请核对编号，一号一人。"
    if number in question.facts.used_forms:
        return [Finding(f"编号 {number} 的入党志愿书已由别人使用", field="form_number", remedy=remedy)]
    if not register.is_kept:
        return []
    if register.mine and number != register.mine:
        text = f"发放的编号是 {register.mine}，填写的是 {number}"
        return [Finding(text, field="form_number", remedy="换发的，请上级党委先在编号登记中办理。")]
    if fault := fault_of(number, register):
        return [Finding(fault, field="form_number", remedy=remedy)]
    return []


def extension(question: Question) -> list[Finding]:
    """第三十一条: half a year to a year, once."""
    if question.attempt.outcome != "extended":
        return []
    months, times = said("dev.extend", question.law_day), said("dev.extend_times", question.law_day)
    wrong = []
    if months is not None and int(question.attempt.data.get("months") or 0) not in months.range:
        text = f"延长预备期应为 {months.range} 个月"
        wrong.append(against(months, text, field="months"))
    if times is not None and len(extensions(question.state)) >= times.number:
        text = f"预备期只能延长 {times.number} 次，已经延长过"
        wrong.append(against(times, text, field="outcome", remedy="请讨论转为正式党员，或者取消预备党员资格。"))
    return wrong


def as_the_meeting_decided(question: Question) -> list[Finding]:
    """The superior approves, or does not approve, what the branch's meeting has resolved; nothing else."""
    meeting = question.state.mark("confirm_meeting")
    if meeting is None or question.attempt.outcome in {"", "rejected", meeting.outcome}:
        return []
    decided = question.procedure["confirm_meeting"].outcome(meeting.outcome)
    label = decided.label if decided else meeting.outcome
    return [Finding(f"支部党员大会的决议是“{label}”", field="outcome", remedy="批准的结果应与决议一致，或选“不批准”。")]


def archive_complete(question: Question) -> list[Finding]:
    """第三十六条: the papers that go into the personal archive, by the edition of the day."""
    found = said("dev.archive_papers", question.law_day)
    if found is None:
        return []
    there = question.facts.filed | question.attempt.held
    missing = "、".join(kind.label for kind in kinds_of(found) if kind not in there)
    if not missing:
        return []
    return [against(found, f"归档材料不齐，还缺：{missing}", field="on", remedy="请先在电子档案中归档。")]


def qualified_review(question: Question) -> list[Finding]:
    """第十六条: without a political review, or with a negative one, nobody may be taken in."""
    review = question.state.mark("political_review")
    if review is None or review.outcome == "qualified":
        return []
    return [Finding("政治审查结论为不合格，不能发展入党")]


def _day(question: Question, name: str) -> date | None:
    text: Any = question.attempt.data.get(name)
    return date.fromisoformat(text) if isinstance(text, str) and text else text or None


Condition = Callable[[Question], list[Finding]]
CONDITIONS: dict[str, Condition] = {
    "adult": adult,
    "may_rejoin": may_rejoin,
    "publicity": publicity,
    "training": training,
    "leaving_soon": leaving_soon,
    "introducers": introducers,
    "form_issued": form_issued,
    "form_number": form_number,
    "extension": extension,
    "as_the_meeting_decided": as_the_meeting_decided,
    "qualified_review": qualified_review,
    "archive_complete": archive_complete,
    "seats": offices.seats,
    "congress": offices.congress,
    "vacant_seats": offices.vacant_seats,
    "candidates": offices.candidates,
    "candidates_to_fill": offices.candidates_to_fill,
    "posts": offices.posts,
    "posts_to_fill": offices.posts_to_fill,
    "standing": standing.standing_committee,
    "extension_day": offices.extension_day,
    **TRANSIT,
}
# What can be told before anybody fills in the step's form.
KNOWN_BEFORE = frozenset({"in_transit", "adult", "may_rejoin", "qualified_review"})
