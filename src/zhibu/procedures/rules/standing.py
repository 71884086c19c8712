"""The standing committee (常务委员会) that the committee of a university elects from among its members."""

from __future__ import annotations

from zhibu.procedures.enums import Circumstance
from zhibu.procedures.rules.findings import Finding, Question, against, said
from zhibu.procedures.rules.offices import ayes_of
from zhibu.regulations.enums import Binding


def standing_committee(question: Question) -> list[Finding]:
    """普通高等学校基层组织工作条例 第六条: as many as the superior agreed, only members of the committee."""
    named = [int(pk) for pk in question.attempt.data.get("standing") or ()]
    if Circumstance.UNIVERSITY not in question.facts.circumstances:
        text = "只有学校党委设常务委员会"
        return [Finding(text, field="standing", remedy="请不要填写常务委员会委员。")] if named else []
    request = question.state.mark("request")
    wanted = int(request.data.get("standing_seats") or 0) if request else 0
    if not wanted:
        text = "换届请示中没有常务委员会委员名额"
        return [Finding(text, field="standing", remedy="设常务委员会的，请先更正请示中的名额。")] if named else []
    if set(named) - {one.pk for one in question.facts.elected}:
        return [Finding("没有当选委员的人不能任常务委员会委员", field="standing", remedy="请从当选的委员中选择。")]
    return [*_number(question, len(named), wanted), *_votes(question, named)]


def _number(question: Question, named: int, wanted: int) -> list[Finding]:
    if not named:
        text = f"请示的常务委员会委员名额为 {wanted} 人，还没有写明是谁"
        return [Finding(text, field="standing", remedy="请从当选的委员中选择。")]
    if named > wanted:
        text = f"常务委员会委员名额 {wanted} 人，选择了 {named} 人"
        return [Finding(text, field="standing", remedy="请核对；需要增加名额的，先更正请示中的名额。")]
    rule = said("org.standing_committee", question.law_day)
    if rule is not None and named not in rule.range:
        text = f"高校党委常务委员会委员一般 {rule.range} 人，选择了 {named} 人"
        return [against(rule, text, field="standing", remedy="确需增减的，请在说明中写明理由。")]
    if named < wanted:
        text = f"常务委员会委员名额 {wanted} 人，只选择了 {named} 人"
        return [Finding(text, Binding.NORMALLY, field="standing", remedy="请核对；确有空缺的，请在说明中写明理由。")]
    return []


def _votes(question: Question, named: list[int]) -> list[Finding]:
    """Votes need not be entered, but what was entered must have elected them."""
    passing, data = said("elect.pass", question.law_day), question.attempt.data
    whole, ayes = int(data.get("committee_entitled") or 0), ayes_of(data)
    if passing is None:
        return []
    text = f"常务委员会委员当选须{passing.share}（委员应到 {whole} 人），登记的赞成票不足"
    short = [pk for pk in named if pk in ayes and not passing.share.met(ayes[pk], whole)]
    return [against(passing, text, field=f"ayes_{pk}", remedy="没有过半数的，请另行选举后登记。") for pk in short]
