"""Conditions of elections and terms: the seats, the candidates, who gets which post, how far a term may be extended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from zhibu.organizations.enums import PostKind
from zhibu.organizations.rules import latest_extension
from zhibu.procedures.enums import Circumstance
from zhibu.procedures.rules.ballot import seats_of, unelectable
from zhibu.procedures.rules.findings import Finding, Named, Question, against, said
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
    if Circumstance.UNIVERSITY in facts.circumstances:
        return _university(question, wanted)
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


def _university(question: Question, wanted: int) -> list[Finding]:
    """普通高等学校基层组织工作条例 第六条: how many members the committee of a university has, and its standing one."""
    standing = int(question.attempt.data.get("standing_seats") or 0)
    rule = "org.university_committee_with_standing" if standing else "org.university_committee"
    rows = [(rule, wanted, "seats", "设常务委员会的委员" if standing else "不设常务委员会的委员")]
    rows += [("org.standing_committee", standing, "standing_seats", "常务委员会委员")] if standing else []
    found = []
    for name, number, field, label in rows:
        said_so = said(name, question.law_day)
        if said_so is not None and number not in said_so.range:
            text = f"高校党委{label}一般 {said_so.range} 人，填写了 {number} 人"
            found.append(against(said_so, text, field=field, remedy="确需增减的，请在说明中写明理由。"))
    return found


def congress(question: Question) -> list[Finding]:
    """选举工作条例 第四条: five hundred members or scattered ones may elect by delegates, if the superior agrees."""
    data, facts = question.attempt.data, question.facts
    delegates, rule = int(data.get("delegates") or 0), said("elect.congress", question.law_day)
    if not data.get("congress"):
        text = "没有选择召开党员代表大会，不应填写代表名额"
        return [Finding(text, field="congress", remedy="请选择召开方式，或清空代表名额。")] if delegates else []
    found = []
    if rule is not None and (facts.members or 0) < rule.number and not data.get("scattered"):
        text = f"现有党员 {facts.members or 0} 人，不足 {rule.number} 人，召开党员大会选举"
        found.append(against(rule, text, field="congress", remedy="驻地分散的，请勾选并经上级党组织批准。"))
    if not delegates:
        return [*found, Finding("请填写代表名额", field="delegates")]
    if facts.members is not None and delegates > facts.members:
        return [*found, Finding(f"代表 {delegates} 名，多于党员 {facts.members} 人", field="delegates")]
    usual, most = said("elect.delegates", question.law_day), said("elect.delegates_max", question.law_day)
    if most is not None and delegates > most.number:
        text = f"代表名额不超过 {most.number} 名，填写了 {delegates} 名"
        found.append(against(most, text, field="delegates", remedy="请核对；上级已批准的，请在说明中写明。"))
    elif usual is not None and delegates not in usual.range:
        text = f"代表名额一般 {usual.range} 名，填写了 {delegates} 名"
        found.append(against(usual, text, field="delegates", remedy="请核对；上级已批准的，请在说明中写明。"))
    return found


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
        one = against(
            difference, text, field="people", remedy=f"候选人至少 {least_candidates(wanted, question.law_day)} 人。"
        )
        found.append(replace(one, binding=Binding.NORMALLY) if replacing else one)
    if voters is not None and not question.attempt.data.get("candidates_cleared"):
        text = "须先核实候选人有选举权和被选举权"
        found.append(against(voters, text, field="candidates_cleared"))
    return found + unelectable(question, question.attempt.people, field="people")


def least_candidates(wanted: int, on: date) -> int:
    """How many candidates the difference demands: 4 for 3 seats, 6 for 5, 9 for 7."""
    difference = said("elect.diff", on)
    extra = 0
    while difference is not None and wanted and not difference.share.met(extra, wanted):
        extra += 1
    return wanted + extra


def posts(question: Question) -> list[Finding]:
    """Everybody elected has a post, one of them is secretary; a new secretary has been a member for a year, usually."""
    return _posts(question, replacing=False)


def posts_to_fill(question: Question) -> list[Finding]:
    """In a by-election the others keep their posts, unless the committee gives one of them another: a member in office
    may become secretary, and whoever was elected takes the seat."""
    return _posts(question, replacing=True)


def _posts(question: Question, *, replacing: bool) -> list[Finding]:
    given = {int(pk): post for pk, post in (question.attempt.data.get("posts") or {}).items() if post}
    elected = {one.pk: one for one in question.facts.elected}
    known = elected | {one.pk: one for one in question.facts.sitting}
    found = []
    for pk, one in elected.items():
        if pk not in given:
            found.append(Finding(f"“{one.name}”还没有分工", field=f"post_{pk}", remedy="请选择职务。"))
    for pk in given.keys() - known.keys():
        found.append(Finding("没有当选的人不能分工", field=f"post_{pk}"))
    counted = list(given.values())
    if counted.count(PostKind.SECRETARY) > 1 or not (replacing or PostKind.SECRETARY in counted):
        found.append(Finding("应有一名书记", field="posts", remedy="请在当选人中确定一名书记。"))
    found += session(question, given) if in_committee(question) else _directly(question, given)
    return found + [one for pk in given if pk in known for one in _standing(question, known[pk], given[pk])]


def in_committee(question: Question) -> bool:
    return Circumstance.COMMITTEE in question.facts.circumstances


def session(question: Question, given: Mapping[int, str]) -> list[Finding]:
    """The committee elects secretary and deputy: attendance and majority as in every election. Where it only divides
    the work, half of its members are enough."""
    data, law = question.attempt.data, question.law_day
    whole, here = int(data.get("committee_entitled") or 0), int(data.get("committee_present") or 0)
    if not 0 < here <= whole:
        text = f"委员应到 {whole} 人，实到填写了 {here} 人"
        return [Finding(text, field="committee_present", remedy="请核对人数；列席人员不计入。")]
    elects = {pk: post for pk, post in given.items() if post in WITHOUT_COMMITTEE}
    quorum, passing = said("elect.quorum" if elects else "life.committee_quorum", law), said("elect.pass", law)
    if quorum is not None and not quorum.share.met(here, whole):
        text = f"委员应到 {whole} 人，实到 {here} 人，到会人数应{quorum.share}"
        return [against(quorum, text, field="committee_present", remedy="请另行召开会议。")]
    found = []
    for pk, count in ayes_of(data).items():
        if count > here:
            found.append(Finding(f"赞成 {count} 票，多于实到委员 {here} 人", field=f"ayes_{pk}", remedy="请核对票数。"))
    for pk, post in elects.items():
        count = ayes_of(data).get(pk, 0)
        if passing is not None and not passing.share.met(count, whole):
            text = f"{PostKind(post).label}得赞成 {count} 票，当选须{passing.share}（委员应到 {whole} 人）"
            found.append(against(passing, text, field=f"ayes_{pk}", remedy="没有过半数的，请另行选举后登记。"))
    return found or _known(question, whole)


def ayes_of(data: Mapping[str, Any]) -> dict[int, int]:
    """Votes for secretary or deputy in the committee, by person."""
    return {int(pk): int(count or 0) for pk, count in (data.get("ayes") or {}).items()}


def _known(question: Question, whole: int) -> list[Finding]:
    """The committee as the roster knows it; a reason is enough where it differs."""
    known = question.facts.committee
    if known == whole:
        return []
    text = f"按登记的当选和任职，委员共 {known} 人，应到填写了 {whole} 人"
    remedy = "请核对；确实如此的，请在说明中写明原因。"
    return [Finding(text, Binding.NORMALLY, field="committee_entitled", remedy=remedy)]


def _directly(question: Question, given: Mapping[int, str]) -> list[Finding]:
    """Without a committee the members' meeting has elected the secretary and the deputy; there are no other posts."""
    rule = said("org.committee_min", question.law_day)
    text, remedy = "不设支部委员会的，只设书记、副书记", "请选择书记或者副书记。"
    fields = [f"post_{pk}" for pk, post in given.items() if post not in WITHOUT_COMMITTEE]
    found = [against(rule, text, field=field, remedy=remedy) for field in fields] if rule else []
    return [replace(one, binding=Binding.NORMALLY) for one in found]


def _standing(question: Question, one: Named, post: str) -> list[Finding]:
    rule = said("org.secretary_standing", question.law_day)
    if post != PostKind.SECRETARY or rule is None or not question.facts.is_branch:
        return []
    if one.member_since is None or add_years(one.member_since, rule.number) <= question.attempt.on:
        return []
    text = f"“{one.name}”党龄不满 {rule.shown}，书记一般应有 {rule.shown}以上党龄"
    return [against(rule, text, field=f"post_{one.pk}")]


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
