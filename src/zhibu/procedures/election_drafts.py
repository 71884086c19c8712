"""Papers of an election, begun from what its case knows; numbers of documents, findings and what is not known yet are
left for people. As `drafts`, for organizations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhibu.archive.enums import DocumentKind as Kind
from zhibu.organizations.enums import PostKind
from zhibu.organizations.models import Organization
from zhibu.people import codes
from zhibu.people.models import Person
from zhibu.procedures.rules.ballot import Poll, rounds, seats_of, standing
from zhibu.procedures.rules.findings import said
from zhibu.procedures.rules.offices import ayes_of, least_candidates
from zhibu.procedures.state import Mark, State


@dataclass(frozen=True)
class KnownElection:
    """What a draft is made of. ``due``: when the running term ends."""

    procedure: str
    node: Organization
    superior: Organization
    state: State
    people: Mapping[int, Person]
    due: date | None
    today: date

    @property
    def asked(self) -> str:
        """What is asked of the superior."""
        return {"by_election": "补选", "term_extension": "延期换届"}.get(self.procedure, "换届")

    @property
    def meeting(self) -> str:
        request = self.state.mark("request")
        return "党员代表大会" if request and request.data.get("delegates") else "党员大会"

    def name(self, pk: int) -> str:
        return self.people[pk].name if pk in self.people else ""


def people_of(state: State) -> set[int]:
    """Everybody whom a draft may name."""
    marks = [mark for mark in state.history if mark.step in ("candidates", "meeting", "first_meeting")]
    named = {int(pk) for mark in marks for pk in mark.data.get("people", ())}
    return named | {int(pk) for mark in marks for key in ("votes", "posts") for pk in mark.data.get(key) or {}}


def _said(known: KnownElection, title: str, *paragraphs: str, up: bool) -> dict[str, Any]:
    """A request to the superior, or (not ``up``) its answer."""
    ends = (known.node, known.superior) if up else (known.superior, known.node)
    return {
        "title": title, "addressee": ends[1].name, "paragraphs": [{"text": text} for text in paragraphs if text],
        "signed_by": ends[0].name, "dated_on": known.today,
    }  # fmt: skip


def _request(known: KnownElection) -> dict[str, Any]:
    due = f"本届任期至{_day(known.due)}。" if known.due else ""
    what = {
        "by_election": "因班子成员出现空缺，拟召开大会补选。（请写明空缺的职务和补选名额。）",
        "term_extension": "拟延期换届。（请写明延期的原因和延至的日期。）",
    }.get(known.procedure, "拟召开大会选举新一届班子。（请写明召开时间、方式、应选名额和差额比例。）")
    return _said(known, f"关于{known.asked}的请示", due, f"经集体研究，{what}", "妥否，请批示。", up=True)


def _reply(known: KnownElection) -> dict[str, Any]:
    asked = f"关于{known.asked}的请示"
    seats = seats_of(known.state)
    reported = f"来文所报应选名额为{seats}名。" if seats else ""
    found = _said(known, f"关于{known.asked}的批复", reported, "（请写明研究结果。）", up=False)
    return {**found, "reference": f"《{asked}》"}


def _candidates(known: KnownElection) -> dict[str, Any]:
    """With the people named before, where a list was returned; else with as many empty rows as there have to be."""
    title = "关于候选人预备人选的请示"
    intro = "经党员推荐、酝酿和集体研究，提出下列同志为候选人预备人选。"
    named = next((mark for mark in reversed(known.state.history) if mark.step == "candidates"), None)
    rows = [
        _candidate(known.people[pk]) for pk in (named.data.get("people", ()) if named else ()) if pk in known.people
    ]
    blank = dict.fromkeys(("name", "gender", "ethnicity", "born", "joined", "note"), "")
    wanted = least_candidates(seats_of(known.state), known.today) if not rows else 0
    return {**_said(known, title, intro, "妥否，请批示。", up=True), "people": rows or [blank] * max(wanted, 1)}


def _candidate(person: Person) -> dict[str, Any]:
    born, joined = (f"{day.year}年{day.month}月" if day else "" for day in (person.birth_date, person.joined_on))
    return {
        "name": person.name, "gender": codes.table("gender").name(person.gender).removesuffix("性"),
        "ethnicity": codes.table("ethnicity").name(person.ethnicity), "born": born, "joined": joined, "note": "",
    }  # fmt: skip


def _candidates_reply(known: KnownElection) -> dict[str, Any]:
    mark = known.state.mark("candidates")
    names = "、".join(known.name(pk) for pk in (mark.data.get("people", ()) if mark else ()))
    reported = f"来文所报候选人预备人选为：{names}。" if names else ""
    found = _said(known, "关于候选人预备人选的批复", reported, "（请写明研究结果。）", up=False)
    return {**found, "reference": "《关于候选人预备人选的请示》"}


def _ballot(known: KnownElection) -> dict[str, Any]:
    """Before the vote a sheet of those who stand, to be filled in when votes are counted; after it the last round."""
    held = rounds(known.state)
    poll, passing = Poll.of(held[-1].data) if held else None, said("elect.pass", known.today)
    before = standing(known.state) if known.state.mark("meeting") is None else []
    chosen = set(held[-1].data.get("people", ())) if held else set()
    listed = dict.fromkeys(before, "") if before else dict(poll.votes if poll else {})
    counted = poll if poll and not before else None
    items = [
        {
            "subject": known.name(pk), "in_favour": votes, "against": "", "abstained": "",
            "result": "当选" if counted and pk in chosen else "",
        }
        for pk, votes in listed.items()
    ]  # fmt: skip
    blank = dict.fromkeys(("host", "absent_written", "teller", "supervisor"), "")
    return {
        **blank, "organization": known.node.name, "meeting": f"{known.meeting}（选举）",
        "held_on": held[-1].on if counted else "", "dated_on": held[-1].on if counted else known.today,
        "entitled": counted.entitled if counted else "", "present": counted.present if counted else "",
        "issued": counted.handed_out if counted else "", "returned": counted.returned if counted else "",
        "invalid": counted.invalid if counted else "",
        "valid": counted.returned - counted.invalid if counted else "",
        "items": items, "rule": f"当选的赞成票应{passing.share}（{passing.unit}）" if passing else "",
    }  # fmt: skip


def _report(known: KnownElection) -> dict[str, Any]:
    held, first = rounds(known.state), known.state.mark("first_meeting")
    votes = {pk: count for mark in held for pk, count in Poll.of(mark.data).votes.items()}
    ayes = ayes_of(first.data) if first else {}
    given = _division(first)
    rows = [
        {
            "name": known.name(pk), "post": post, "votes": votes.get(pk, ""),
            "note": f"委员会赞成{ayes[pk]}票" if pk in ayes else "",
        }
        for pk, post in given.items()
    ]  # fmt: skip
    told = [_round(known, Poll.of(mark.data), mark.on) for mark in held]
    found = _said(
        known, f"关于{known.asked}选举结果的报告", *told, "经选举，下列同志当选，现将结果和分工报上。", up=True
    )
    return {**found, "people": rows}


def _division(first: Mark | None) -> dict[int, str]:
    """Who got which post in the committee's first session, and who sits in the standing committee as well."""
    data = first.data if first else {}
    standing = {int(pk) for pk in data.get("standing") or ()}
    also = f"、{PostKind.STANDING_MEMBER.label}"
    return {
        int(pk): PostKind(post).label + (also if int(pk) in standing else "")
        for pk, post in (data.get("posts") or {}).items()
    }


def _round(known: KnownElection, poll: Poll, on: date) -> str:
    return (
        f"{_day(on)}召开{known.meeting}选举，应到会有选举权的{poll.entitled}人，实到{poll.present}人，"
        f"发出选票{poll.handed_out}张，收回选票{poll.returned}张，其中废票{poll.invalid}张。"
    )


def _approval(known: KnownElection) -> dict[str, Any]:
    first = known.state.mark("first_meeting")
    told = "、".join(f"{known.name(pk)}（{post}）" for pk, post in _division(first).items())
    reported = f"来文所报当选人和分工为：{told}。" if told else ""
    found = _said(known, f"关于{known.asked}选举结果的批复", reported, "（请写明研究结果。）", up=False)
    return {**found, "reference": f"《关于{known.asked}选举结果的报告》"}


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


Made = Callable[[KnownElection], dict[str, Any]]
# Kind of paper → key of the template, and what goes into it.
ELECTION_DRAFTS: dict[str, tuple[str, Made]] = {
    Kind.ELECTION_REQUEST: ("request", _request),
    Kind.ELECTION_REPLY: ("reply", _reply),
    Kind.ELECTION_CANDIDATES: ("candidates_request", _candidates),
    Kind.ELECTION_CANDIDATES_REPLY: ("reply", _candidates_reply),
    Kind.BALLOT_RESULT: ("ballot_summary", _ballot),
    Kind.ELECTION_REPORT: ("election_report", _report),
    Kind.ELECTION_APPROVAL: ("reply", _approval),
}


def election_draft(kind: str, known: KnownElection) -> tuple[str, dict[str, Any]]:
    """The key of the template and its values. A `KeyError` for kinds that the platform cannot begin."""
    key, made = ELECTION_DRAFTS[kind]
    return key, made(known)
