"""Papers that a step asks for, begun by the platform from what the case knows, in the office's own templates.

What only people can say (number of the document, place, who presided, what was found) is left empty for them; nothing
here concludes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhibu.archive.enums import DocumentKind as Kind
from zhibu.organizations.models import Organization
from zhibu.people import codes
from zhibu.people.models import Person
from zhibu.procedures.state import State
from zhibu.regulations.dates import add_working_days
from zhibu.regulations.queries import in_force, value


@dataclass(frozen=True)
class Known:
    """What a draft is made of. ``vote`` is what was entered with the meeting, empty before it."""

    person: Person
    branch: Organization
    approver: Organization
    state: State
    today: date

    @property
    def vote(self) -> Mapping[str, Any]:
        mark = self.state.mark("confirm_meeting") or self.state.mark("accept_meeting")
        return mark.data if mark else {}

    @property
    def held_on(self) -> date | str:
        mark = self.state.mark("confirm_meeting") or self.state.mark("accept_meeting")
        return mark.on if mark else ""


# What is asked of the committee above, by the request and by its reply.
ASKED = {
    Kind.LISTING_REQUEST: "将{name}同志列为发展对象",
    Kind.LISTING_REPLY: "将{name}同志列为发展对象",
    Kind.PREEXAM_REQUEST: "对发展对象{name}同志进行预审",
    Kind.PREEXAM_REPLY: "对发展对象{name}同志进行预审",
    Kind.APPROVAL_REPLY: "接收{name}同志为中共预备党员",
    Kind.CONFIRMATION_REPLY: "{name}同志转为中共正式党员",
}


def _asked(kind: Kind, known: Known) -> str:
    return ASKED[kind].format(name=known.person.name)


def _request(kind: Kind, known: Known) -> dict[str, Any]:
    asked, begun = _asked(kind, known), known.state.on("activist")
    since = f"，{begun.year}年{begun.month}月{begun.day}日确定为入党积极分子" if begun else ""
    return {
        "title": f"关于{asked}的请示", "addressee": known.approver.name,
        "paragraphs": [
            {"text": f"{known.person.name}，{_gender(known)}，{_born(known)}出生{since}。"},
            {"text": f"经支部委员会研究，拟{asked}。"},
            {"text": "妥否，请批示。"},
        ],
        "signed_by": known.branch.name, "dated_on": known.today,
    }  # fmt: skip


def _reply(kind: Kind, known: Known) -> dict[str, Any]:
    asked = _asked(kind, known)
    return {
        "title": f"关于{asked}的批复", "addressee": known.branch.name, "reference": f"《关于{asked}的请示》",
        "paragraphs": [{"text": "（请写明研究结果。）"}], "signed_by": known.approver.name, "dated_on": known.today,
    }  # fmt: skip


def _notice(kind: Kind, known: Known) -> dict[str, Any]:
    days = value("dev.publicity", known.today).number if in_force("dev.publicity", known.today) else 0
    return {
        "title": "关于拟列为发展对象的公示",
        "paragraphs": [{"text": "根据发展党员工作有关规定，现将拟列为发展对象的同志公示如下。"}],
        "people": [_row(known)], "starts_on": known.today,
        "ends_on": add_working_days(known.today, days).day if days else "",
        "days": f"{days}个工作日" if days else "", "signed_by": known.branch.name, "dated_on": known.today,
    }  # fmt: skip


def _resolution(kind: Kind, known: Known) -> dict[str, Any]:
    name, vote = known.person.name, known.vote
    what = f"{name}同志转正" if known.state.mark("approval") else f"接收{name}同志为中共预备党员"
    numbers = {key: vote.get(key, "") for key in ("entitled", "present", "in_favour", "against", "abstained")}
    return {
        "title": f"关于{what}的决议", "organization": known.branch.name, "meeting": "支部党员大会",
        "held_on": known.held_on, "place": "", "host": "", "recorder": "", **numbers,
        "paragraphs": [{"text": "（请写明主要表现和会议的决议。）"}], "signed_by": known.branch.name,
        "dated_on": known.held_on,
    }  # fmt: skip


def _ballot(kind: Kind, known: Known) -> dict[str, Any]:
    name, vote = known.person.name, known.vote
    what = f"{name}同志转正" if known.state.mark("approval") else f"接收{name}同志为中共预备党员"
    blank = dict.fromkeys(("host", "issued", "returned", "valid", "invalid", "teller", "supervisor"), "")
    item = {"subject": what, "result": "", **{key: vote.get(key, "") for key in ("in_favour", "against", "abstained")}}
    return {
        **blank, "organization": known.branch.name, "meeting": "支部党员大会", "held_on": known.held_on,
        "entitled": vote.get("entitled", ""), "present": vote.get("present", ""),
        "absent_written": vote.get("written", ""), "items": [item], "dated_on": known.held_on or known.today,
        "rule": "赞成人数应超过应到会有表决权党员的半数",
    }  # fmt: skip


def _training(kind: Kind, known: Known) -> dict[str, Any]:
    blank = dict.fromkeys(("course", "starts_on", "ends_on", "days", "hours", "result"), "")
    return {
        **blank, "name": known.person.name, "organization": known.branch.name, "signed_by": known.approver.name,
        "dated_on": known.today,
    }  # fmt: skip


def _filing_report(kind: Kind, known: Known) -> dict[str, Any]:
    """From the branch about an activist; from the committee about a new probationary member."""
    name, upward = known.person.name, kind is Kind.FILING
    what = f"接收{name}同志为中共预备党员" if upward else f"确定{name}同志为入党积极分子"
    decided = known.state.on("approval" if upward else "activist")
    on = f"{decided.year}年{decided.month}月{decided.day}日" if decided else ""
    by, to = (known.approver.name, "") if upward else (known.branch.name, known.approver.name)
    return {
        "title": f"关于{what}的备案报告", "addressee": to,
        "paragraphs": [{"text": f"经研究，{on}{what}，现报请备案。"}], "people": [_row(known)], "signed_by": by,
        "dated_on": known.today,
    }  # fmt: skip


def _topic(kind: Kind) -> str:
    return "预备党员审批前谈话" if kind is Kind.APPROVAL_TALK else "递交入党申请书后谈话"


def _talk_notice(kind: Kind, known: Known) -> dict[str, Any]:
    upward = kind is Kind.APPROVAL_TALK
    return {
        "name": known.person.name, "topic": _topic(kind), "time": "", "place": "", "talker": "",
        "signed_by": known.approver.name if upward else known.branch.name, "dated_on": known.today,
    }  # fmt: skip


def _talk_record(kind: Kind, known: Known) -> dict[str, Any]:
    blank = dict.fromkeys(("held_on", "place", "talker", "recorder", "content", "opinion"), "")
    return {
        **blank, "name": known.person.name, "gender": _gender(known), "born": _born(known),
        "organization": known.branch.name, "topic": _topic(kind),
    }  # fmt: skip


def _row(known: Known) -> dict[str, Any]:
    return {
        "name": known.person.name, "gender": _gender(known), "born": _born(known), "organization": known.branch.name,
        "note": "",
    }  # fmt: skip


def _gender(known: Known) -> str:
    return codes.table("gender").name(known.person.gender).removesuffix("性")


def _born(known: Known) -> str:
    born = known.person.birth_date
    return f"{born.year}年{born.month}月" if born else ""


Made = Callable[[Kind, Known], dict[str, Any]]


@dataclass(frozen=True)
class Draft:
    """One sheet that can be begun: its template, and what goes into it."""

    label: str
    template: str
    kind: Kind
    made: Made


def _drafts(label: str, template: str, made: Made, *kinds: Kind) -> dict[str, Draft]:
    return {str(kind): Draft(label, template, kind, made) for kind in kinds}


# By the word in its address: mostly the kind of paper that it becomes.
DRAFTS: dict[str, Draft] = {
    **_drafts("请示", "request", _request, Kind.LISTING_REQUEST, Kind.PREEXAM_REQUEST),
    **_drafts("批复", "reply", _reply, Kind.LISTING_REPLY, Kind.PREEXAM_REPLY, Kind.APPROVAL_REPLY),
    **_drafts("批复", "reply", _reply, Kind.CONFIRMATION_REPLY),
    **_drafts("公示", "publicity_notice", _notice, Kind.PUBLICITY_NOTICE),
    **_drafts("决议", "resolution", _resolution, Kind.RESOLUTION),
    **_drafts("票决汇总单", "ballot_summary", _ballot, Kind.BALLOT_RESULT),
    **_drafts("培训证明", "training_certificate", _training, Kind.TRAINING_CERTIFICATE),
    **_drafts("备案报告", "filing_report", _filing_report, Kind.FILING_REPORT, Kind.FILING),
    **_drafts("谈话记录表", "talk_record", _talk_record, Kind.TALK_RECORD),
    "talk_notice": Draft("谈话通知", "talk_notice", Kind.TALK_RECORD, _talk_notice),
    "approval_talk_notice": Draft("谈话通知", "talk_notice", Kind.APPROVAL_TALK, _talk_notice),
}
# Sheets that are begun beside a paper, or instead of it where others write the paper itself.
BESIDE = {
    Kind.TALK_RECORD: ("talk_notice", Kind.TALK_RECORD), Kind.APPROVAL_TALK: ("approval_talk_notice",),
    Kind.FILING_OPINION: (Kind.FILING_REPORT,),
}  # fmt: skip


def offered(kind: str) -> dict[str, Draft]:
    """What can be begun for a paper that a step asks for."""
    words = BESIDE.get(Kind(kind), (kind,))
    return {str(word): DRAFTS[word] for word in words if word in DRAFTS}


def content_of(word: str, known: Known) -> tuple[str, dict[str, Any]]:
    """The key of the template and its values. A `KeyError` for what the platform cannot begin."""
    draft = DRAFTS[word]
    return draft.template, draft.made(draft.kind, known)
