"""The table of section 10 of regulations.md, typed in by hand, and both editions of the admission rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from zhibu.regulations import queries
from zhibu.regulations.enums import Binding, Verified
from zhibu.regulations.models import Bracket, Range, Share
from zhibu.regulations.queries import NotInForce, UnknownRule, changes, in_force, rule, rules, value

TODAY = date(2026, 11, 21)
OLD, NEW = date(2026, 5, 10), date(2026, 5, 11)
MUST, NORMALLY, PARAMETER = Binding.MUST, Binding.NORMALLY, Binding.PARAMETER
HALF, FOUR_FIFTHS = Share("over", Fraction(1, 2)), Share("at_least", Fraction(4, 5))

FZ14, FZ26 = "《中国共产党发展党员工作细则》（2014年）", "《中国共产党发展党员工作细则》（2026年）"

PAPERS_ACTIVIST = (
    "谈话记录", "推荐（推优）材料", "支委会会议记录", "备案报告", "备案意见", "入党积极分子培养考察登记表",
)  # fmt: skip
PAPERS_CANDIDATE = ("听取意见记录", "列为发展对象请示", "列为发展对象批复（备案件）")
PAPERS_ADMISSION = (
    "入党介绍人确定记录", "政治审查结论性材料", "短期集中培训证明", "预审请示", "预审批复", "入党志愿书",
    "支部党员大会会议记录", "票决结果", "支部党员大会决议", "上级党委派人谈话意见", "接收预备党员批复",
    "组织部门备案件",
)  # fmt: skip
ARCHIVED_2014 = ("入党志愿书", "入党申请书", "政治审查结论性材料", "转正申请书", "培养考察记录")
ARCHIVED_2026 = (
    "入党志愿书", "入党申请书", "入党积极分子培养考察登记表", "政治审查结论性材料", "预备党员教育考察登记表",
    "转正申请书",
)  # fmt: skip

# id, value on 2026-11-21, unit, how it binds, regulation, article
SECTION_10: list[tuple[str, Any, str, Binding, str, str]] = [
    ("dev.min_age", 18, "岁", MUST, "FZ26", "5"),
    ("dev.talk", 1, "个月", MUST, "FZ26", "7"),
    ("dev.contact", Range(1, 2), "人", MUST, "FZ26", "9"),
    ("dev.review", 6, "个月", MUST, "FZ26", "11"),
    ("dev.cultivate_min", 12, "个月", MUST, "FZ26", "13"),
    ("dev.publicity", 5, "个工作日", MUST, "FZ26", "13"),
    ("dev.introducers", 2, "人", MUST, "FZ26", "14"),
    ("dev.training", 24, "学时", NORMALLY, "FZ26", "17"),
    ("dev.training_days", 3, "天", NORMALLY, "FZ26", "17"),
    ("dev.leave_soon", 3, "个月", NORMALLY, "FZ26", "18"),
    ("dev.to_meeting", 1, "个月", MUST, "FZ26", "19"),
    ("dev.quorum", HALF, "应到会有表决权党员", MUST, "FZ26", "19"),
    ("dev.pass", HALF, "应到会有表决权党员", MUST, "FZ26", "20"),
    ("dev.approve", 3, "个月", MUST, "FZ26", "25"),
    ("dev.approve_limit", 6, "个月", MUST, "FZ26", "25"),
    ("dev.oath", 1, "个月", NORMALLY, "FZ26", "29"),
    ("dev.probation", 12, "个月", MUST, "FZ26", "31"),
    ("dev.extend", Range(6, 12), "个月", MUST, "FZ26", "31"),
    ("dev.extend_times", 1, "次", MUST, "FZ26", "31"),
    ("dev.defer_transfer", 6, "个月", MUST, "FZ26", "35"),
    ("dev.confirm_approve", 3, "个月", MUST, "FZ26", "33"),
    ("org.branch_min", 3, "人", MUST, "ZB18", "4"),
    ("org.branch_max", 50, "人", NORMALLY, "ZB18", "4"),
    ("org.committee_min", 7, "人", MUST, "ZB18", "20"),
    ("org.term_branch", 3, "年", NORMALLY, "GX21", "8"),
    ("org.term_faculty", 5, "年", NORMALLY, "GX21", "7"),
    ("org.term_university", 5, "年", MUST, "GX21", "5"),
    ("org.remind", 6, "个月", NORMALLY, "ZB18", "21"),
    ("org.extend_term", 1, "年", NORMALLY, "ZB18", "21"),
    ("elect.quorum", FOUR_FIFTHS, "应到会有选举权党员", MUST, "XJ20", ""),
    ("elect.pass", HALF, "应到会有选举权党员", MUST, "XJ20", ""),
    ("elect.diff", Share("at_least", Fraction(1, 5)), "应选人数", MUST, "XJ20", ""),
    ("life.meeting", 1, "次/季度", NORMALLY, "ZB18", "11"),
    ("life.committee", 1, "次/月", NORMALLY, "ZB18", "12"),
    ("life.group", 1, "次/月", NORMALLY, "ZB18", "13"),
    ("life.theme_day", 1, "次/月", MUST, "ZB18", "16"),
    ("life.org_life", 1, "次/年", MUST, "ZB18", "17"),
    ("life.review", 1, "次/年", NORMALLY, "ZB18", "18"),
    ("life.excellent_cap", Share("at_most", Fraction(1, 3)), "党员总数", NORMALLY, "NOTICE", ""),
    ("edu.hours", 32, "学时/年", NORMALLY, "JG19", "20"),
    ("edu.leader_hours", 56, "学时/年", NORMALLY, "PLAN19", ""),
    ("dues.student", Decimal("0.20"), "元/月", MUST, "DF08", "6"),
    ("dues.late", 6, "个月", NORMALLY, "DF08", "12"),
    ("dues.lapse", 6, "个月", MUST, "DF08", "13"),
    ("move.receipt", 1, "个月", MUST, "BY15", "四"),
    ("move.letter", 90, "天", PARAMETER, "LOCAL", ""),
    ("move.stay", 2, "年", NORMALLY, "JG19", "34"),
    ("move.stay_extension", 1, "年", NORMALLY, "BY15", ""),
    ("lost.stop", 6, "个月", MUST, "JG19", "24"),
    ("lost.remove", 2, "年", MUST, "JG19", "24"),
    ("disp.correct", 6, "个月", NORMALLY, "CZ24", ""),
    ("disp.correct_limit", 12, "个月", MUST, "CZ24", ""),
]

# The same for the rules that stand outside section 10, by the section of regulations.md that has them.
OPENING = ("提出公开的内容、范围、时间和方式", "审核，并作保密审查", "审批", "实施")
ELSEWHERE: list[tuple[str, Any, str, Binding, str, str]] = [
    # 1.1, 1.5
    ("dev.analysis", 1, "次/年", MUST, "FZ26", "11"),
    ("dev.analysis_by", ("基层党委", "县级党委组织部门"), "", MUST, "FZ26", "11"),
    ("dev.listing", "同意", "", MUST, "FZ26", "13"),
    ("dev.introducer_bar", ("受留党察看处分、尚未恢复党员权利的，不能作介绍人",), "", MUST, "FZ26", "14"),
    (
        "dev.introducer_caution",
        ("受警告、严重警告、撤销党内职务处分，在影响期内的，不宜作介绍人",),
        "",
        NORMALLY,
        "FZ26",
        "14",
    ),
    ("dev.archive_files", 6, "件", MUST, "FZ26", "36"),
    ("dev.confirm_application", "预备期满", "", NORMALLY, "FZ26", "32"),
    ("dev.archive_papers", ARCHIVED_2026, "", MUST, "FZ26", "36"),
    # 1.4
    ("dev.papers_applicant", ("入党申请书",), "", NORMALLY, "FZ26", "5"),
    ("dev.papers_activist", PAPERS_ACTIVIST, "", NORMALLY, "FZ26", "8"),
    ("dev.papers_candidate", (*PAPERS_CANDIDATE, "公示", "公示结论"), "", NORMALLY, "FZ26", "13"),
    ("dev.papers_probationary", PAPERS_ADMISSION, "", NORMALLY, "FZ26", "25"),
    # 2.1, 2.2
    ("org.joint_units", 5, "个", NORMALLY, "ZB18", "5"),
    ("org.establish_approve", 1, "个月", NORMALLY, "ZB18", "6"),
    ("org.temporary", ("发展党员", "处分和处置党员", "收缴党费", "选举代表", "换届"), "", NORMALLY, "ZB18", "8"),
    ("org.committee_size", Range(3, 5), "人", NORMALLY, "ZB18", "20"),
    ("org.committee_max", 7, "人", NORMALLY, "ZB18", "20"),
    ("org.secretary_standing", 1, "年", NORMALLY, "ZB18", "23"),
    ("org.university_committee", Range(7, 11), "人", NORMALLY, "GX21", "6"),
    ("org.university_committee_with_standing", Range(15, 31), "人", NORMALLY, "GX21", "6"),
    ("org.standing_committee", Range(7, 11), "人", NORMALLY, "GX21", "6"),
    # 2.4
    ("elect.reduce", Share("at_least", Fraction(1, 2)), "到会有选举权党员", MUST, "XJ20", ""),
    ("elect.congress", 500, "人", MUST, "XJ20", "4"),
    ("elect.delegates", Range(100, 200), "人", NORMALLY, "XJ20", ""),
    ("elect.delegates_max", 300, "人", NORMALLY, "XJ20", ""),
    # 4.4
    ("move.mobile", 6, "个月", MUST, "JG19", "32"),
    ("move.mobile_contact", ("流出地党组织保持联系", "流入地党组织协助管理"), "", MUST, "JG19", "32"),
    # 2.3, 2.4
    ("org.vacancy", ("及时补选", "必要时上级党组织可以指派书记、副书记"), "", NORMALLY, "ZB18", "21"),
    ("org.election_report", ("书记、副书记报批准", "委员报备案"), "", MUST, "ZB18", "21"),
    (
        "elect.voters",
        ("正式党员有选举权和被选举权", "预备党员和留党察看期内的党员没有", "被留置、逮捕的党员中止"),
        "",
        MUST,
        "XJ20",
        "5",
    ),
    # 3.1
    ("life.meeting_quorum", Share("at_least", Fraction(1, 2)), "有表决权党员", MUST, "ZB18", "11"),
    ("life.meeting_pass", HALF, "应到会有表决权党员", MUST, "ZB18", "11"),
    ("life.committee_quorum", Share("at_least", Fraction(1, 2)), "委员", MUST, "ZB18", "12"),
    ("life.secretary_lecture", 1, "次/年", MUST, "ZB18", "16"),
    # 3.1, from memory there too
    ("life.democratic_life", 1, "次/年", NORMALLY, "MS16", ""),
    ("life.democratic_life_quarter", 4, "季度", NORMALLY, "MS16", ""),
    ("life.org_life_quarter", 4, "季度", NORMALLY, "ZB18", "17"),
    ("life.opinion_group", 5, "人", PARAMETER, "LOCAL", ""),
    ("life.lecture", 1, "次/季度", PARAMETER, "LOCAL", ""),
    ("life.checkin_opens", 30, "分钟", PARAMETER, "LOCAL", ""),
    ("life.checkin_late", 5, "分钟", PARAMETER, "LOCAL", ""),
    ("life.checkin_offline", 10, "分钟", PARAMETER, "LOCAL", ""),
    ("life.talk", 1, "次/年", NORMALLY, "ZB18", "19"),
    # 4.1, 4.2, 4.3, 4.4
    ("edu.local_hours", 4, "学时", PARAMETER, "LOCAL", ""),
    ("lost.abroad", 5, "年", NORMALLY, "JG19", "24"),
    ("disp.rejoin", 5, "年", MUST, "CZ24", ""),
    ("move.abroad_contact", 6, "个月", MUST, "JG19", "34"),
    # 5.1
    ("move.should", 6, "个月", MUST, "JG19", "25"),
    ("move.reissue", 6, "个月", MUST, "BY15", "一"),
    ("move.cause", "工作单位或者常住地变动", "", MUST, "JG19", "25"),
    ("move.no_refusal", "不得无故拒转拒接", "", MUST, "JG19", "25"),
    ("move.responsible", "转出后、被接收前，原党组织继续负责管理", "", MUST, "JG19", "25"),
    # 6
    (
        "dues.salaried",
        (
            Bracket(Decimal("0.005"), Decimal(3000)),
            Bracket(Decimal("0.01"), Decimal(5000)),
            Bracket(Decimal("0.015"), Decimal(10000)),
            Bracket(Decimal("0.02")),
        ),
        "税后月收入",
        MUST,
        "DF08",
        "2",
    ),
    (
        "dues.retired",
        (Bracket(Decimal("0.005"), Decimal(5000)), Bracket(Decimal("0.01"))),
        "离退休费或养老金",
        MUST,
        "DF08",
        "5",
    ),
    ("dues.large", Decimal(1000), "元", MUST, "DF08", "11"),
    ("dues.annual", "当月实际领取的收入", "", MUST, "DF08", "3"),
    ("dues.arrears", ("1", "3", "5"), "个月", PARAMETER, "LOCAL", ""),
    ("dues.base", "工资总额中相对固定、经常性的税后收入", "", MUST, "DF08", "1"),
    ("dues.base_change", "领取新工资的当月起", "", MUST, "DF08", "10"),
    ("dues.decide", "集体讨论决定，专款专用", "", MUST, "DF08", "20"),
    ("dues.enrolled", "按工资收入计算，不按学生标准", "", PARAMETER, "LOCAL", ""),
    ("dues.farmer_max", Decimal("1"), "元/月", MUST, "DF08", "6"),
    ("dues.farmer_min", Decimal("0.20"), "元/月", MUST, "DF08", "6"),
    ("dues.forbidden", ("垫交", "扣缴", "另立名目"), "", MUST, "DF08", "14"),
    ("dues.hand_over", "按实际收缴数逐级上缴", "", PARAMETER, "LOCAL", ""),
    ("dues.invest", "单独的银行账户，不得投资国债以外", "", MUST, "DF08", "二十二至二十四"),
    ("dues.irregular", "上季度月平均纯收入", "", MUST, "DF08", "4"),
    ("dues.on_behalf", "可以委托他人代为交纳", "", MUST, "DF08", "12"),
    ("dues.probationary", "支部党员大会通过之日起", "", MUST, "DF08", "8"),
    ("dues.publish", 1, "次/年", MUST, "DF08", "26"),
    ("dues.quarter", 3, "个月", NORMALLY, "DF08", "12"),
    ("dues.relief", "党支部研究，报上一级党委批准", "", MUST, "DF08", "7"),
    ("dues.rounding", Decimal("0.1"), "元", PARAMETER, "LOCAL", ""),
    # Problems: the university's own days
    ("supervise.term", 30, "天", PARAMETER, "LOCAL", ""),
    ("supervise.claim", 5, "天", PARAMETER, "LOCAL", ""),
    ("supervise.review", 10, "天", PARAMETER, "LOCAL", ""),
    ("supervise.escalate", ("7", "30"), "天", PARAMETER, "LOCAL", ""),
    ("assess.survey_group", 5, "人", PARAMETER, "LOCAL", ""),
    ("supervise.snooze", 30, "天", PARAMETER, "LOCAL", ""),
    ("assess.open_days", 365, "天", PARAMETER, "LOCAL", ""),
    ("assess.open_review", OPENING, "", MUST, "GK17", "15"),
    ("assess.appeal", 7, "天", PARAMETER, "LOCAL", ""),
    ("assess.answer", 10, "天", PARAMETER, "LOCAL", ""),
    ("assess.honour", Share("at_most", Fraction(1, 3)), "同类党组织", PARAMETER, "LOCAL", ""),
    ("assess.honour_least", 80, "分", PARAMETER, "LOCAL", ""),
    ("supervise.declaration", 12, "个月", PARAMETER, "LOCAL", ""),
    ("supervise.declaration_soon", 30, "天", PARAMETER, "LOCAL", ""),
    ("supervise.common", 3, "个", PARAMETER, "LOCAL", ""),
    ("supervise.compare_fewest", 5, "个", PARAMETER, "LOCAL", ""),
    ("supervise.size_branch", ("10", "30", "50"), "人", PARAMETER, "LOCAL", ""),
    ("supervise.size_upper", ("100", "300", "1000"), "人", PARAMETER, "LOCAL", ""),
    ("dues.talk", "批评教育，限期改正", "", MUST, "DF08", "13"),
    (
        "dues.uses",
        (
            "培训党员",
            "订阅或购买报刊、资料、音像制品和设备",
            "表彰先进",
            "补助生活困难的党员",
            "补助遭受严重自然灾害的党员和修缮因灾受损的教育设施",
        ),
        "",
        MUST,
        "DF08",
        "19",
    ),
    ("dues.where", "组织关系所在的党支部", "", MUST, "DF08", "9"),
]

# id: what the 2014 edition said and where; by table 1.5 what is not listed there was the same
EDITION_2014: dict[str, tuple[Any, str]] = {
    "dev.min_age": (18, "5"),
    "dev.talk": (1, "7"),
    "dev.contact": (Range(1, 2), "9"),
    "dev.review": (6, "11"),
    "dev.analysis": (1, "11"),
    "dev.analysis_by": (("基层党委",), "11"),
    "dev.cultivate_min": (12, "13"),
    "dev.listing": ("备案", "13"),
    "dev.introducers": (2, "14"),
    "dev.introducer_bar": (("受留党察看处分、尚未恢复党员权利的，不能作介绍人",), "14"),
    "dev.training": (24, "17"),
    "dev.training_days": (3, "17"),
    "dev.leave_soon": (3, "19"),
    "dev.quorum": (HALF, "20"),
    "dev.pass": (HALF, "21"),
    "dev.approve": (3, "26"),
    "dev.approve_limit": (6, "26"),
    "dev.probation": (12, "32"),
    "dev.extend": (Range(6, 12), "32"),
    "dev.extend_times": (1, "32"),
    "dev.confirm_application": ("预备期满", "33"),
    "dev.confirm_approve": (3, "34"),
    "dev.defer_transfer": (6, "36"),
    "dev.archive_files": (5, "37"),
    "dev.archive_papers": (ARCHIVED_2014, "37"),
    "dev.papers_applicant": (("入党申请书",), "5"),
    "dev.papers_activist": (PAPERS_ACTIVIST, "8"),
    "dev.papers_candidate": (PAPERS_CANDIDATE, "13"),
    "dev.papers_probationary": (PAPERS_ADMISSION, "26"),
}
ONLY_2026 = {"dev.publicity", "dev.to_meeting", "dev.oath", "dev.introducer_caution"}
CHANGED_2026 = {"dev.analysis_by", "dev.listing", "dev.archive_files", "dev.archive_papers", "dev.papers_candidate"}


@pytest.mark.parametrize("row", SECTION_10 + ELSEWHERE, ids=[row[0] for row in SECTION_10 + ELSEWHERE])
def test_the_tables_of_the_reference_stand(row: tuple[str, Any, str, Binding, str, str]) -> None:
    rule_id, content, unit, binding, regulation, article = row

    said = value(rule_id, TODAY)

    assert (said.content, said.unit, said.binding) == (content, unit, binding)
    assert (said.source.regulation.code, said.source.article) == (regulation, article)


def test_every_rule_is_in_one_of_the_tables() -> None:
    assert sorted(row[0] for row in SECTION_10 + ELSEWHERE) == sorted(one.id for one in rules())


@pytest.mark.parametrize("rule_id", [row[0] for row in SECTION_10 + ELSEWHERE if not row[5]])
def test_a_row_without_an_article_carries_its_mark(rule_id: str) -> None:
    conventions = {
        "move.letter", "life.lecture", "edu.local_hours", "dues.arrears", "dues.enrolled", "dues.hand_over",
        "dues.rounding", "life.checkin_opens", "life.checkin_late", "life.checkin_offline",
        "supervise.term", "supervise.claim", "supervise.review", "supervise.escalate", "supervise.snooze",
        "life.opinion_group", "assess.survey_group",
        "assess.appeal", "assess.answer", "assess.honour", "assess.honour_least", "assess.open_days",
        "supervise.common", "supervise.compare_fewest", "supervise.size_branch", "supervise.size_upper",
        "supervise.declaration", "supervise.declaration_soon",
    }  # fmt: skip
    expected = Verified.CONVENTION if rule_id in conventions else Verified.SECONDARY
    if rule_id in {"elect.delegates", "elect.delegates_max", "life.democratic_life", "life.democratic_life_quarter"}:
        expected = Verified.MEMORY

    assert value(rule_id, TODAY).verified is expected


def test_every_admission_rule_is_in_one_of_the_lists() -> None:
    assert {rule.id for rule in rules("development")} == set(EDITION_2014) | ONLY_2026


@pytest.mark.parametrize("rule_id", EDITION_2014)
def test_the_day_before_the_new_edition_the_old_one_holds(rule_id: str) -> None:
    before, after = value(rule_id, OLD), value(rule_id, NEW)

    assert (before.content, before.source.article) == EDITION_2014[rule_id]
    assert (before.source.regulation.code, after.source.regulation.code) == ("FZ14", "FZ26")
    assert (before.content != after.content) == (rule_id in CHANGED_2026)
    number = int(before.source.article)
    assert int(after.source.article) == (number if number < 18 else number - 1)


@pytest.mark.parametrize("rule_id", sorted(ONLY_2026))
def test_what_2026_brought_says_nothing_the_day_before(rule_id: str) -> None:
    with pytest.raises(NotInForce, match="自 2026-05-11 起有内容，2026-05-10 没有适用的规定"):
        value(rule_id, OLD)

    assert not in_force(rule_id, OLD)
    assert value(rule_id, NEW).source.regulation.code == "FZ26"


EVERY_VALUE = [(one.id, position) for one in rules() for position in range(len(one.values))]


@pytest.mark.parametrize(("rule_id", "position"), EVERY_VALUE, ids=[f"{name}-{n}" for name, n in EVERY_VALUE])
def test_every_value_holds_from_its_first_day_and_not_the_day_before(rule_id: str, position: int) -> None:
    values = rule(rule_id).values
    first_day = values[position].started_on
    day_before = first_day - timedelta(days=1)

    assert value(rule_id, first_day) is values[position]
    if position:
        assert value(rule_id, day_before) is values[position - 1]
    else:
        with pytest.raises(NotInForce, match=f"自 {first_day} 起有内容"):
            value(rule_id, day_before)


def test_a_value_that_ended_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rule has ended so far, so one is ended here."""
    talk = rule("dev.talk")
    ended = replace(talk, values=(*talk.values[:-1], replace(talk.values[-1], ended_on=date(2030, 1, 1))))

    monkeypatch.setattr(queries, "_rules", lambda: {"dev.talk": ended})

    assert value("dev.talk", date(2029, 12, 31)) is ended.values[-1]
    with pytest.raises(NotInForce) as nothing:
        value("dev.talk", date(2030, 1, 1))
    assert str(nothing.value) == f"“{talk.title}”在 2030-01-01 已不再施行。"
    assert queries.entry("dev.talk", date(2030, 1, 1)).absent_short == "已不再施行"
    assert queries.entry("dev.talk", date(2014, 5, 27)).absent_short == "自 2014-05-28 起有内容"


@pytest.mark.parametrize(("seats", "candidates"), [(3, 4), (5, 6), (7, 9)])
def test_so_many_candidates_for_so_many_seats(seats: int, candidates: int) -> None:
    difference = value("elect.diff", TODAY).share

    assert difference.met(candidates - seats, seats)
    assert not difference.met(candidates - 1 - seats, seats)


def test_no_value_cites_an_edition_that_had_been_replaced() -> None:
    for one in rules():
        for said in one.values:
            ended = said.source.regulation.replaced_on
            assert ended is None or (said.ended_on is not None and said.ended_on <= ended), one.id


def test_nothing_is_said_before_2014_and_the_day_is_named() -> None:
    with pytest.raises(NotInForce) as nothing:
        value("dev.talk", date(2014, 5, 27))

    assert nothing.value.since == date(2014, 5, 28)


def test_an_unknown_rule_offers_near_ones() -> None:
    with pytest.raises(UnknownRule, match=r"没有编号为 dev.oat 的规则。您要找的是不是：dev.oath"):
        rule("dev.oat")


def test_what_an_edition_changed_is_told_in_sentences() -> None:
    listing = changes(value("dev.listing", OLD), value("dev.listing", NEW))
    approve = changes(value("dev.approve", OLD), value("dev.approve", NEW))
    bar = value("dev.introducer_bar", OLD)
    longer = changes(bar, replace(bar, content=(*bar.content, "另一种情形")))

    assert [(said.sentence, said.substantial) for said in (*listing, *approve)] == [
        ("内容由“备案”改为“同意”。", True),
        (f"依据由{FZ14}第十三条改为{FZ26}第十三条。", False),
        (f"内容没有变化，依据由{FZ14}第二十六条改为{FZ26}第二十五条。", False),
    ]
    assert [said.sentence for said in longer] == ["增加：另一种情形。"]


def test_what_should_not_be_is_weaker_than_what_must_not_be() -> None:
    barred, unsuitable = value("dev.introducer_bar", NEW), value("dev.introducer_caution", NEW)

    assert [(found.binding, len(found.content)) for found in (barred, unsuitable)] == [(MUST, 1), (NORMALLY, 1)]
    assert all("不能" in item and "不宜" not in item for item in barred.content)
    assert all("不宜" in item for item in unsuitable.content)


CASES = [
    (file.stem, case)
    for file in sorted((Path(__file__).parents[1] / "examples/regulations").glob("*.yaml"))
    for case in yaml.safe_load(file.read_text("utf-8"))
]


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[f"{name}: {case['name']}" for name, case in CASES])
def test_a_case_a_secretary_can_read(case: dict[str, Any]) -> None:
    assert set(case) == {"name", "date", "rule", "expected"}
    try:
        said = value(case["rule"], case["date"])
        text = f"{said.binding.label}：{said.shown}，{said.citation}" + (f"（{said.caveat}）" if said.caveat else "")
    except NotInForce:
        text = "没有适用的规定"

    assert text == case["expected"]
