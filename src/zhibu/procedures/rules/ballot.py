"""An election: several people are voted on at once, against the quorum, the majority and the number of seats.

基层组织选举工作条例 (regulations.md 2.4): at least 4/5 of those entitled present; no more ballots returned than handed
out; elected is who has more than half of those entitled; of more than there are seats, those with the most votes; a tie
that leaves it open, and seats that nobody has filled, are voted on again. Who was elected is entered by people; this
only says where what they enter does not follow from the votes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhibu.procedures.enums import EntryKind
from zhibu.procedures.rules.findings import Finding, Question, against, said
from zhibu.procedures.state import Mark, State
from zhibu.regulations.enums import Binding
from zhibu.regulations.models import Share

MEETING = "meeting"
# Sending one of these back makes every earlier round void: it was held on other candidates, or not rightly.
BEFORE_THE_VOTE = frozenset({"request", "reply", "candidates", "candidates_reply", MEETING})
AGAIN, COMPLETE, REDUCED = "again", "complete", "reduced"


@dataclass(frozen=True)
class Poll:
    """The numbers of one round. ``votes``: in favour, by person."""

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


def elected(state: State) -> list[int]:
    """Everybody elected so far, in the order of the rounds."""
    return [pk for mark in rounds(state) for pk in mark.data.get("people", ())]


def standing(state: State) -> list[int]:
    """The candidates that can still be voted for."""
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
    if wrong := _impossible(poll, places):
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
    return found or [*_ending(question, places, len(named)), *_roster(question, poll)]


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


def _ending(question: Question, places: int, chosen: int) -> list[Finding]:
    """Whether the outcome fits the number elected."""
    outcome, short = question.attempt.outcome, places - chosen
    if outcome == COMPLETE and short:
        text = f"还差 {short} 人，没有选足"
        return [Finding(text, field="outcome", remedy="请选“另行选举”；接近名额并经同意的，选“减少应选名额”。")]
    if outcome in {AGAIN, REDUCED} and not short:
        return [Finding("已经选足应选名额", field="outcome", remedy="请选“选足应选名额”。")]
    if outcome == REDUCED:
        if not question.attempt.data.get("reduced_agreed"):
            return [Finding("减少应选名额须经半数以上选举人同意", field="reduced_agreed", remedy="否则另行选举。")]
        if not chosen and not elected(question.state):
            return [Finding("没有人当选，不能减少应选名额", field="outcome", remedy="请选“另行选举”。")]
    return []


def _roster(question: Question, poll: Poll) -> list[Finding]:
    """As with other votes: the roster is not the law, so a reason is enough."""
    known = question.facts.full_members
    if known is None or known == poll.entitled + poll.excluded:
        return []
    text = f"名册中有正式党员 {known} 人，填写的应到会 {poll.entitled} 人与不计入 {poll.excluded} 人之和不一致"
    return [Finding(text, Binding.NORMALLY, field="entitled", remedy="请核对；确实如此的，请在说明中写明原因。")]
