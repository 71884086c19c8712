"""The compliance report of a case: every interval, quorum and paper with its rule; gaps are shown, never hidden."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhibu.accounts.scope import Scope
from zhibu.procedures.definition import Procedure
from zhibu.procedures.models import Case, Entry
from zhibu.procedures.queries.cases import marks_of
from zhibu.procedures.rules.review import Verdict, review
from zhibu.procedures.state import corrected
from zhibu.regulations.enums import Binding


def verdict_of(one: Verdict) -> str:
    """The words for one line."""
    if one.held is None:
        return "无法判断"
    if one.held:
        return "符合"
    if one.explained:
        return "超期，已说明"
    return "不符合" if one.binding is Binding.MUST else "未按一般要求"


def verdicts(shape: Procedure, entries: Sequence[Entry]) -> list[Verdict]:
    """Every judgement of a case, papers included. ``entries`` come with their papers."""
    papers = {
        entry.position: frozenset(paper.kind for paper in entry.documents.all()) for entry in entries if entry.step
    }
    return review(shape, marks_of(entries), papers)


def report(scope: Scope, case: Case, shape: Procedure, entries: Sequence[Entry]) -> dict[str, Any]:
    """The values of the document kind ``compliance_report``."""
    found = verdicts(shape, entries)
    words = [(one, verdict_of(one)) for one in found]
    gaps = sum(text in {"不符合", "超期，已说明"} for _one, text in words)
    unknown = sum(text == "无法判断" for _one, text in words)
    days = [mark.on for mark in corrected(marks_of(entries)) if mark.step]
    names = {basis.source.regulation.name for step in shape.steps for day in days if (basis := step.basis_on(day))}
    return {
        "case": shape.label,
        "name": case.person.name if case.person else case.organization.name,
        "organization": case.organization.name,
        "started_on": min(days, default=case.opened_on),
        "ended_on": case.closed_on or "",
        "edition": "、".join(sorted(names)) + "（按步骤发生之日）",
        "rows": [
            {
                "kind": _kind(one), "item": f"{one.step.number} {one.step.label}", "required": one.what,
                "actual": one.found, "rule": one.citation + (f"（{one.caveat}）" if one.caveat else ""),
                "verdict": text,
            }
            for one, text in words
        ],
        "gaps": gaps,
        "verdict": _total(len(words), gaps, unknown),
        "made_by": scope.role_label,
        "made_on": scope.today,
    }  # fmt: skip


def _kind(one: Verdict) -> str:
    if one.what.startswith(("到会", "赞成", "当选的赞成票", "书记、副书记的赞成票")):
        return "人数"
    return "期限" if one.rule else "材料"


def _total(count: int, gaps: int, unknown: int) -> str:
    if not count:
        return "还没有可以对照的步骤"
    parts = [f"共 {count} 项"]
    parts += [f"{gaps} 项不符合或超期"] if gaps else ["没有发现不符合的项"]
    parts += [f"{unknown} 项没有记录，无法判断"] if unknown else []
    return "，".join(parts)
