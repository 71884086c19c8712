"""Votes of a meeting: quorum and majority of those entitled, absent members' written opinions, and who does not count.

regulations.md 1.2 (发展党员工作细则 2026 第十九、二十、三十二条): N entitled, P of them present, Y in favour, written
opinions of absent members included; P > N/2 and Y > N/2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhibu.procedures.rules.findings import Finding, Question, against, said
from zhibu.regulations.enums import Binding

# Why a full member may be left out of the number entitled, once the superior agreed and the meeting passed it. Some
# provinces list further grounds; regulations.md 1.2 marks the list as seen in secondary sources only.
EXCLUSIONS = (
    "不能表达意志的病人",
    "自费出国半年以上",
    "未受留党察看以上处分但正在服刑",
    "年老体弱卧床、长期不能自理",
    "应转未转组织关系的半年以上外出者",
)


@dataclass(frozen=True)
class Count:
    """The numbers of one vote. ``excluded`` full members are left out of ``entitled``."""

    entitled: int
    present: int
    in_favour: int
    against: int
    abstained: int
    written: int
    excluded: int = 0

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Count:
        return cls(**{name: int(data.get(name) or 0) for name in cls.__dataclass_fields__})

    @property
    def cast(self) -> int:
        return self.in_favour + self.against + self.abstained


def findings(question: Question) -> list[Finding]:
    """What is wrong with the numbers, the quorum, or the outcome they are said to have."""
    vote = question.step.vote
    if vote is None:
        return []
    count = Count.of(question.attempt.data)
    wrong = _impossible(count)
    if wrong:
        return wrong
    if count.excluded and not question.attempt.data.get("grounds"):
        text = f"有 {count.excluded} 人不计入应到会人数，没有写明情形"
        return [Finding(text, field="grounds", remedy="请勾选情形；须经上级党组织同意并经党员大会通过。")]
    quorum, passing = said(vote.quorum, question.law_day), said(vote.passing, question.law_day)
    if quorum is None or passing is None:
        return _roster(question, count)
    if not quorum.share.met(count.present, count.entitled):
        text = f"应到会有表决权 {count.entitled} 人，实到 {count.present} 人，到会人数应{quorum.share}，会议无效"
        return [against(quorum, text, field="present", remedy="请另行召开支部党员大会。")]
    outcome = question.step.outcome(question.attempt.outcome)
    passed = passing.share.met(count.in_favour, count.entitled)
    if outcome is not None and outcome.favour and not passed:
        text = f"应到会有表决权 {count.entitled} 人，赞成 {count.in_favour} 票，赞成票应{passing.share}，没有通过"
        return [against(passing, text, field="outcome", remedy="票数照实填写，结果请选“未通过”。")]
    if outcome is not None and outcome.favour is False and passed:
        text = f"应到会有表决权 {count.entitled} 人，赞成 {count.in_favour} 票，已经通过"
        return [against(passing, text, field="outcome", remedy="请核对票数和结果。")]
    return _roster(question, count)


def _impossible(count: Count) -> list[Finding]:
    away = count.entitled - count.present
    if count.entitled <= 0:
        return [Finding("请填写应到会有表决权的人数", field="entitled")]
    if count.present > count.entitled:
        text = f"实到 {count.present} 人，多于应到会有表决权的 {count.entitled} 人"
        return [Finding(text, field="present", remedy="列席人员不计入。")]
    if count.written > away:
        text = f"书面意见 {count.written} 份，多于因故缺席的 {away} 人"
        return [Finding(text, field="written", remedy="只计缺席的有表决权党员会前正式提出的书面意见。")]
    if count.cast > count.present + count.written:
        text = f"票数合计 {count.cast} 票，多于实到 {count.present} 人与书面意见 {count.written} 份之和"
        return [Finding(text, field="in_favour", remedy="书面意见包含在赞成、反对、弃权之中。")]
    return []


def _roster(question: Question, count: Count) -> list[Finding]:
    """The roster is not the law: members come and go between the meeting and its entry, so a reason is enough."""
    known = question.facts.full_members
    if known is None or known == count.entitled + count.excluded:
        return []
    text = (
        f"名册中本支部有正式党员 {known} 人，填写的应到会 {count.entitled} 人与不计入 {count.excluded} 人之和是 "
        f"{count.entitled + count.excluded} 人"
    )
    return [Finding(text, Binding.NORMALLY, field="entitled", remedy="请核对；确实如此的，请在说明中写明原因。")]
