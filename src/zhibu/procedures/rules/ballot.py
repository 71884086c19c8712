"""An election: several people are voted on at once, against the quorum, the majority and the number of seats.

基层组织选举工作条例 (regulations.md 2.4): at least 4/5 of those entitled present; no more ballots returned than handed
out; elected is who has more than half of those entitled; of more than there are seats, those with the most votes; a tie
that leaves it open is voted on again between those who are level, seats that nobody has filled are voted on again, or
are given up with the consent of half. Votes for people who do not stand (另选人) count like the others. Who was elected
is entered by people; this only says where what they enter does not follow from the votes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from zhibu.people.enums import SanctionKind
from zhibu.procedures.enums import EntryKind
from zhibu.procedures.rules.findings import Finding, Named, Question, against, said
from zhibu.procedures.state import Mark, State
from zhibu.regulations.enums import Binding
from zhibu.regulations.models import Share

MEETING = "meeting"
# Sending one of these back makes every earlier round void: it was held on other candidates, or not rightly.
BEFORE_THE_VOTE = frozenset({"request", "reply", "candidates", "candidates_reply", MEETING})
AGAIN, COMPLETE, REDUCED = "again", "complete", "reduced"
PASSING = "elect.pass"


@dataclass(frozen=True)
class Poll:
    """The numbers of one round. ``votes``: in favour, by person, those who did not stand (另选人) among them."""

    entitled: int
    excluded: int
    present: int
    handed_out: int
    returned: int
    invalid: int
    votes: Mapping[int, int]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Poll:
        numbers = {name: int(data.get(name) or 0) for name in cls.__dataclass_fields__ if name != "votes"}
        return cls(**numbers, votes={int(pk): int(count or 0) for pk, count in (data.get("votes") or {}).items()})


@dataclass(frozen=True)
class Chosen:
    """Who is elected by the votes, and between whom the last seats are undecided."""

    elected: frozenset[int]
    tied: frozenset[int] = frozenset()


def outcome_of(votes: Mapping[int, int], entitled: int, seats: int, passing: Share) -> Chosen:
    """Of those with the majority, the ones with the most votes; nobody of a tie for whom there are too few seats."""
    passed = {pk: count for pk, count in votes.items() if passing.met(count, entitled)}
    if len(passed) <= seats:
        return Chosen(frozenset(passed))
    last = sorted(passed.values(), reverse=True)[seats - 1] if seats else max(passed.values()) + 1
    above = frozenset(pk for pk, count in passed.items() if count > last)
    level = frozenset(pk for pk, count in passed.items() if count == last)
    return Chosen(above | level) if len(above | level) <= seats else Chosen(above, level)


def seats_of(state: State) -> int:
    """The seats to be filled, as the superior agreed to them."""
    mark = state.mark("request")
    return int(mark.data.get("seats") or 0) if mark else 0


def rounds(state: State) -> list[Mark]:
    """The rounds of voting that count: since the candidates were named last, and since nothing was sent back."""
    found: list[Mark] = []
    for mark in state.history:
        if (mark.kind == EntryKind.RETURNED and mark.step in BEFORE_THE_VOTE) or mark.step == "candidates":
            found = []
        elif mark.step == MEETING and mark.kind in {EntryKind.DONE, EntryKind.BACKFILLED}:
            found.append(mark)
    return found


def runoff(state: State) -> list[int]:
    """Those between whom the last round left a tie at the last seat: the further vote is between them alone."""
    held = rounds(state)
    passing = said(PASSING, held[-1].on) if held and held[-1].outcome == AGAIN else None
    if passing is None:
        return []
    before = sum(len(mark.data.get("people", ())) for mark in held[:-1])
    poll = Poll.of(held[-1].data)
    tied = outcome_of(poll.votes, poll.entitled, seats_of(state) - before, passing.share).tied
    return [pk for pk in poll.votes if pk in tied]


def elected(state: State) -> list[int]:
    """Everybody elected so far, in the order of the rounds."""
    return [pk for mark in rounds(state) for pk in mark.data.get("people", ())]


def standing(state: State) -> list[int]:
    """Who can still be voted for: the candidates not elected yet, or those of a tie."""
    if tied := runoff(state):
        return tied
    mark = state.mark("candidates")
    done = set(elected(state))
    return [pk for pk in (mark.data.get("people", ()) if mark else ()) if pk not in done]


def places_left(state: State) -> int:
    return max(seats_of(state) - len(elected(state)), 0)


def findings(question: Question) -> list[Finding]:
    """What is wrong with the numbers, the quorum, or with whom the votes are said to have elected."""
    vote = question.step.vote
    if vote is None:
        return []
    poll = Poll.of(question.attempt.data)
    places = places_left(question.state)
    if wrong := _impossible(poll, places) or _out_of_order(question) or _slate(question, poll):
        return wrong
    if wrong := unelectable(question, question.attempt.people, field="people"):
        return wrong
    quorum, passing = said(vote.quorum, question.law_day), said(vote.passing, question.law_day)
    if quorum is None or passing is None:
        return _roster(question, poll)
    if not quorum.share.met(poll.present, poll.entitled):
        text = f"应到会有选举权 {poll.entitled} 人，实到 {poll.present} 人，到会人数应{quorum.share}，选举大会不能举行"
        return [against(quorum, text, field="present", remedy="请另行召开选举大会。")]
    right = outcome_of(poll.votes, poll.entitled, places, passing.share)
    found = []
    for one in question.attempt.people:
        count = poll.votes.get(one.pk, 0)
        if one.pk in right.tied:
            text = f"“{one.name}”与他人票数相等（{count} 票），超出应选名额，不能确定当选"
            found.append(against(passing, text, field="people", remedy="请就票数相等的候选人再次投票，结果另行登记。"))
        elif one.pk not in right.elected:
            text = f"“{one.name}”赞成 {count} 票，当选须{passing.share}（应到会有选举权 {poll.entitled} 人）"
            if passing.share.met(count, poll.entitled):
                text = f"“{one.name}”赞成 {count} 票，得票少于其他过半数的候选人，应选 {places} 人"
            found.append(against(passing, text, field="people", remedy="请按得票确定当选人。"))
    named = {one.pk for one in question.attempt.people}
    if right.elected - named:
        text = f"按得票还有 {len(right.elected - named)} 人应当选，没有登记"
        found.append(against(passing, text, field="people", remedy="请核对票数和当选人。"))
    return found or [*_ending(question, poll, places, right), *_roster(question, poll)]


def _impossible(poll: Poll, places: int) -> list[Finding]:
    if poll.entitled <= 0:
        return [Finding("请填写应到会有选举权的人数", field="entitled")]
    if poll.present > poll.entitled:
        text = f"实到 {poll.present} 人，多于应到会有选举权的 {poll.entitled} 人"
        return [Finding(text, field="present", remedy="列席人员和预备党员不计入。")]
    if poll.handed_out > poll.present:
        text = f"发出选票 {poll.handed_out} 张，多于实到会有选举权的 {poll.present} 人"
        return [Finding(text, field="handed_out", remedy="请核对票数。")]
    if poll.returned > poll.handed_out:
        text = f"收回选票 {poll.returned} 张，多于发出的 {poll.handed_out} 张，选举无效"
        return [Finding(text, field="returned", remedy="请重新选举，登记有效的一次。")]
    if poll.invalid > poll.returned:
        return [Finding(f"废票 {poll.invalid} 张，多于收回的 {poll.returned} 张", field="invalid")]
    valid = poll.returned - poll.invalid
    for pk, count in poll.votes.items():
        if count > valid:
            return [Finding(f"赞成 {count} 票，多于有效票 {valid} 张", field=f"votes_{pk}", remedy="请核对票数。")]
    if sum(poll.votes.values()) > valid * places:
        text = f"赞成票合计 {sum(poll.votes.values())} 票，有效票 {valid} 张每张最多选 {places} 人"
        return [Finding(text, field="returned", remedy="多选的选票作废，请核对票数。")]
    return []


def _out_of_order(question: Question) -> list[Finding]:
    """A further round is not held before the one that made it necessary."""
    held = rounds(question.state)
    if not held or question.attempt.on >= held[-1].on:
        return []
    text = f"日期早于上一次投票的日期 {held[-1].on}"
    return [Finding(text, not_before=held[-1].on, field="on", remedy="请核对日期。")]


def _slate(question: Question, poll: Poll) -> list[Finding]:
    """Votes are for those who stand, or for full members of the organization whom voters wrote in."""
    stand, written = set(standing(question.state)), question.attempt.write_ins
    if poll.votes.keys() - stand - {one.pk for one in written}:
        return [Finding("有得票人不在候选人名单上", field="write_ins", remedy="选票上另写的人，请登记为另选人。")]
    wrong = [found for one in written if (found := _written_in(question, one, stand)) is not None]
    return wrong or unelectable(question, written, field="write_ins")


def unelectable(question: Question, people: Iterable[Named], *, field: str) -> list[Finding]:
    """第五条: whoever is under observation in the Party cannot be elected, whatever list the name came from."""
    voters = said("elect.voters", question.law_day)
    under = [one.name for one in people if one.sanction == SanctionKind.OBSERVATION]
    if voters is None or not under:
        return []
    remedy = "请另行提出候选人；处分已经解除的，先登记恢复党员权利。"
    return [against(voters, f"“{name}”在留党察看期内，没有被选举权", field=field, remedy=remedy) for name in under]


def _written_in(question: Question, one: Named, stand: set[int]) -> Finding | None:
    if one.pk in stand:
        return Finding(f"“{one.name}”是候选人，不是另选人", field="write_ins", remedy="请填在候选人的赞成票中。")
    if one.pk in elected(question.state):
        return Finding(f"“{one.name}”在前一次投票中已经当选", field="write_ins", remedy="请核对票数。")
    if runoff(question.state):
        text = f"再次投票只在票数相等的人之间进行，不能另选“{one.name}”"
        return Finding(text, field="write_ins", remedy="请只登记票数相等的人的得票。")
    if one.is_full and one.is_here:
        return None
    why = f"“{one.name}”的组织关系不在本党组织" if one.is_full else f"“{one.name}”不是正式党员"
    text, voters = f"{why}，没有被选举权", said("elect.voters", question.law_day)
    remedy = "没有被选举权的人不能当选，他的得票不登记。"
    if voters is None:
        return Finding(text, field="write_ins", remedy=remedy)
    return against(voters, text, field="write_ins", remedy=remedy)


def _ending(question: Question, poll: Poll, places: int, right: Chosen) -> list[Finding]:
    """Whether the outcome fits the number elected."""
    outcome, chosen = question.attempt.outcome, len(right.elected)
    short = places - chosen
    if outcome == COMPLETE and short:
        text = f"还差 {short} 人，没有选足"
        return [Finding(text, field="outcome", remedy="请选“另行选举”；接近名额并经同意的，选“减少应选名额”。")]
    if outcome in {AGAIN, REDUCED} and not short:
        return [Finding("已经选足应选名额", field="outcome", remedy="请选“选足应选名额”。")]
    if outcome == REDUCED:
        return _reduced(question, poll, right)
    return []


def _reduced(question: Question, poll: Poll, right: Chosen) -> list[Finding]:
    """Seats are given up where nearly all are filled, and with the consent of half of the voters."""
    if right.tied:
        text = "票数相等的须再次投票，不能以减少应选名额代替"
        return [Finding(text, field="outcome", remedy="请选“另行选举”。")]
    if not right.elected and not elected(question.state):
        return [Finding("没有人当选，不能减少应选名额", field="outcome", remedy="请选“另行选举”。")]
    rule, agreed = said("elect.reduce", question.law_day), int(question.attempt.data.get("reduced_by") or 0)
    if agreed > poll.present:
        text = f"同意减少名额 {agreed} 人，多于实到会有选举权的 {poll.present} 人"
        return [Finding(text, field="reduced_by", remedy="请核对人数。")]
    if rule is None or rule.share.met(agreed, poll.present):
        filled = len(elected(question.state)) + len(right.elected)
        text = f"应选 {seats_of(question.state)} 人，当选 {filled} 人；接近应选名额的才可以减少"
        near = Finding(text, Binding.NORMALLY, field="reduced_by", remedy="请在说明中写明为什么已接近应选名额。")
        return [near if rule is None else replace(near, rule=rule.rule_id, citation=rule.citation, caveat=rule.caveat)]
    text = f"实到会有选举权 {poll.present} 人，同意减少应选名额 {agreed} 人，应{rule.share}"
    return [against(rule, text, field="reduced_by", remedy="没有半数以上同意的，请另行选举。")]


def _roster(question: Question, poll: Poll) -> list[Finding]:
    """As with other votes: the roster is not the law, so a reason is enough."""
    known = question.facts.full_members
    if known is None or known == poll.entitled + poll.excluded:
        return []
    text = f"名册中有正式党员 {known} 人，填写的应到会 {poll.entitled} 人与不计入 {poll.excluded} 人之和不一致"
    return [Finding(text, Binding.NORMALLY, field="entitled", remedy="请核对；确实如此的，请在说明中写明原因。")]
