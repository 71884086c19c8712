"""Conditions of elections and terms: the seats, the candidates, who gets which post, how far a term may be extended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from zhibu.organizations.enums import PostKind
from zhibu.organizations.rules import latest_extension
from zhibu.procedures.rules.ballot import seats_of
from zhibu.procedures.rules.findings import Finding, Question, against, said
from zhibu.regulations.dates import add_years
from zhibu.regulations.enums import Binding

# With fewer seats than a committee has, the members elect the secretary (and deputy) themselves.
WITHOUT_COMMITTEE = frozenset({PostKind.SECRETARY, PostKind.DEPUTY_SECRETARY})


def seats(question: Question) -> list[Finding]:
    """支部工作条例 第二十条: with seven full members there is a committee, usually of three to five."""
    wanted = int(question.attempt.data.get("seats") or 0)
    if wanted <= 0:
        return [Finding("请填写应选名额", field="seats")]
    facts, law = question.facts, question.law_day
    least, usual = said("org.committee_min", law), said("org.committee_size", law)
    most = said("org.committee_max", law)
    if not facts.is_branch or facts.full_members is None or least is None or usual is None or most is None:
        return []
    members = facts.full_members
    if members >= least.number and wanted < usual.range.min:
        text = f"现有正式党员 {members} 人，满 {least.number} 人应当设支部委员会，应选名额填写了 {wanted} 人"
        return [against(least, text, field="seats", remedy=f"委员会一般 {usual.range.min} 至 {usual.range.max} 人。")]
    if members < least.number and wanted > len(WITHOUT_COMMITTEE):
        text = f"现有正式党员 {members} 人，不足 {least.number} 人的设书记一人，必要时设副书记一人"
        return [replace(against(least, text, field="seats"), binding=Binding.NORMALLY)]
    if wanted > most.number:
        return [against(most, f"委员会一般不超过 {most.number} 人，填写了 {wanted} 人", field="seats")]
    if members >= least.number and wanted > usual.range.max:
        return [against(usual, f"委员会一般 {usual.range} 人，填写了 {wanted} 人", field="seats")]
    return []


def vacant_seats(question: Question) -> list[Finding]:
    """At least one, and no more than a committee has at all."""
    wanted = int(question.attempt.data.get("seats") or 0)
    most = said("org.committee_max", question.law_day)
    if wanted <= 0:
        return [Finding("请填写补选的名额", field="seats")]
    if most is not None and question.facts.is_branch and wanted >= most.number:
        text = f"补选 {wanted} 人，委员会一般不超过 {most.number} 人"
        return [against(most, text, field="seats", remedy="班子整体空缺的，请办理换届。")]
    return []


def _competes(question: Question, wanted: int, replacing: bool) -> bool:
    """The difference is asked of the candidates of a committee; without one, secretary and deputy need not compete."""
    usual = said("org.committee_size", question.law_day)
    return replacing or (usual is not None and wanted >= usual.range.min)


def candidates(question: Question) -> list[Finding]:
    """More candidates than seats, by a fifth at least; those who may not vote cannot be elected."""
    return _candidates(question, replacing=False)


def candidates_to_fill(question: Question) -> list[Finding]:
    """In a by-election the secretary may be the only candidate: whether others have to compete is for people to say."""
    return _candidates(question, replacing=True)


def _candidates(question: Question, *, replacing: bool) -> list[Finding]:
    wanted, named = seats_of(question.state), len(question.attempt.people)
    found = []
    difference, voters = said("elect.diff", question.law_day), said("elect.voters", question.law_day)
    if named < wanted:
        found.append(Finding(f"应选 {wanted} 人，候选人只有 {named} 人", field="people", remedy="请补足候选人。"))
    elif difference and _competes(question, wanted, replacing) and not difference.share.met(named - wanted, wanted):
        text = f"应选 {wanted} 人，候选人 {named} 人，候选人的差额应{difference.share}（应选人数）"
        one = against(difference, text, field="people", remedy=f"候选人至少 {least(question, wanted)} 人。")
        found.append(replace(one, binding=Binding.NORMALLY) if replacing else one)
    if voters is not None and not question.attempt.data.get("candidates_cleared"):
        text = "须先核实候选人有选举权和被选举权"
        found.append(against(voters, text, field="candidates_cleared"))
    return found


def least(question: Question, wanted: int) -> int:
    """How many candidates the difference demands: 4 for 3 seats, 6 for 5, 9 for 7."""
    difference = said("elect.diff", question.law_day)
    extra = 0
    while difference is not None and not difference.share.met(extra, wanted):
        extra += 1
    return wanted + extra


def posts(question: Question) -> list[Finding]:
    """Everybody elected has a post, one of them is secretary; a new secretary has been a member for a year, usually."""
    return _posts(question, replacing=False)


def posts_to_fill(question: Question) -> list[Finding]:
    """In a by-election the others keep their posts."""
    return _posts(question, replacing=True)


def _posts(question: Question, *, replacing: bool) -> list[Finding]:
    given = {int(pk): post for pk, post in (question.attempt.data.get("posts") or {}).items() if post}
    elected = {one.pk: one for one in question.facts.elected}
    found = []
    for pk, one in elected.items():
        if pk not in given:
            found.append(Finding(f"“{one.name}”还没有分工", field=f"post_{pk}", remedy="请选择职务。"))
    for pk in given.keys() - elected.keys():
        found.append(Finding("没有当选的人不能分工", field=f"post_{pk}"))
    counted = list(given.values())
    if counted.count(PostKind.SECRETARY) > 1 or not (replacing or PostKind.SECRETARY in counted):
        found.append(Finding("应有一名书记", field="posts", remedy="请在当选人中确定一名书记。"))
    found += _quorum(question)
    return found + [one for pk in given if pk in elected for one in _standing(question, pk, given[pk])]


def _quorum(question: Question) -> list[Finding]:
    here = question.attempt.data.get("committee_present")
    rule = said("life.committee_quorum", question.law_day)
    whole = len(question.facts.elected)
    if not here or rule is None:
        return []
    if int(here) > whole:
        return [Finding(f"新一届委员会 {whole} 人，实到填写了 {here} 人", field="committee_present")]
    if rule.share.met(int(here), whole):
        return []
    text = f"新一届委员会 {whole} 人，实到 {here} 人，到会人数应{rule.share}"
    return [against(rule, text, field="committee_present", remedy="请另行召开会议。")]


def _standing(question: Question, pk: int, post: str) -> list[Finding]:
    rule = said("org.secretary_standing", question.law_day)
    if post != PostKind.SECRETARY or rule is None or not question.facts.is_branch:
        return []
    one = next(one for one in question.facts.elected if one.pk == pk)
    if one.member_since is None or add_years(one.member_since, rule.number) <= question.attempt.on:
        return []
    text = f"“{one.name}”党龄不满 {rule.shown}，书记一般应有 {rule.shown}以上党龄"
    return [against(rule, text, field=f"post_{pk}")]


def extension_day(question: Question) -> list[Finding]:
    """支部工作条例 第二十一条: with the superior's approval, usually not longer than a year."""
    text, due = question.attempt.data.get("extend_to"), question.facts.term_due
    rule = said("org.extend_term", question.law_day)
    if not text or due is None or rule is None:
        return [Finding("请填写延期到哪一天", field="extend_to")] if not text else []
    wanted = date.fromisoformat(str(text))
    if wanted <= due:
        return [Finding(f"延期后的日期应晚于 {due}", field="extend_to", remedy="请核对日期。")]
    if wanted > (last := latest_extension(due)):
        return [against(rule, f"延期一般不超过 {rule.shown}，最晚 {last}", field="extend_to")]
    if question.attempt.on > due:
        return [against(rule, f"本届已于 {due} 届满，延期应在届满前报批", field="on")]
    return []
