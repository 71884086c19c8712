"""May this be done with a publication or an appeal now, and what a corrected total comes to. No database here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from zhibu.accounts.enums import RIGHTS, Right, Role
from zhibu.accounts.scope import Scope
from zhibu.assessment.evaluators.blending import BONUS, FULL, half_up
from zhibu.assessment.evaluators.enums import Evaluator
from zhibu.assessment.publication.enums import AppealState, Audience, PublicationState, Remedy
from zhibu.assessment.publication.models import Appeal, Publication, ScoreCorrection
from zhibu.indicators.definition import catalogue
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal

OPEN_RULE, OPEN_DAYS_RULE = "assess.open_review", "assess.open_days"
APPEAL_RULE, ANSWER_RULE = "assess.appeal", "assess.answer"
HUNDRED = Decimal(100)


def usual_deadline(on: date) -> date:
    """The last day for appeals when notice is given on a day."""
    return on + timedelta(days=value(APPEAL_RULE, on).number)


def answer_due(on: date) -> date:
    """The last day for the answer to an appeal lodged on a day."""
    return on + timedelta(days=value(ANSWER_RULE, on).number)


def spoken_for(scope: Scope) -> list[int]:
    """The organizations at which the reader holds a post that may appeal: nobody appeals for another, and the office,
    which computes and answers, appeals nowhere."""
    return [
        grant.organization_id
        for grant in scope.grants
        if grant.organization_id and grant.role is not Role.OFFICE and Right.APPEAL_SCORE in RIGHTS[grant.role]
    ]


def is_late(appeal: Appeal, today: date) -> bool:
    """Answered, or still waiting, after the day it was due."""
    return (appeal.answered_on or today) > appeal.answer_due and appeal.state != AppealState.WITHDRAWN


def why_no_appeal(publication: Publication, today: date) -> Refusal | None:
    """Appeals are taken from the notice to the end of their last day."""
    if publication.state != PublicationState.NOTICE:
        return Refusal(
            f"这一结果{publication.get_state_display()}，现在不接受申诉。", remedy="申诉在告知之后、截止之前提出。"
        )
    assert publication.appeals_until is not None
    if today > publication.appeals_until:
        return Refusal(
            f"申诉已于 {publication.appeals_until} 截止。", rule=APPEAL_RULE, on=publication.noticed_on,
            remedy="仍有意见的，请直接向学校组织部反映。",
        )  # fmt: skip
    return None


BEFORE = {
    PublicationState.DRAFT: "只有起草的可以告知或改用新的结果。",
    PublicationState.FINAL: "请先告知、受理申诉并定稿，再公布。",
}


def why_not_from(publication: Publication, state: PublicationState) -> Refusal | None:
    """A step is taken from one state only."""
    if publication.state == state:
        return None
    return Refusal(
        f"这次公布现在是“{publication.get_state_display()}”，不能这样办理。",
        remedy=BEFORE.get(state, "请回到这次公布，看现在到了哪一步。"),
    )


def why_not_shown(audience: Audience, reviewed_by: str, until: date | None, today: date) -> Refusal | None:
    """Everybody may see a result only after a review for secrecy (GK17 article 15), and not for ever. Who fills in
    either for a smaller audience chose the wrong one, and what is published is not published again."""
    if audience != Audience.PUBLIC:
        if not reviewed_by.strip() and until is None:
            return None
        return Refusal(
            "填写了保密审查人或公开到哪一天，公布范围却不是“向社会公开”。", field="audience",
            remedy="请改选公布范围，或清空这两项。",
        )  # fmt: skip
    if not reviewed_by.strip():
        return Refusal(
            "向社会公布之前须经保密审查，还没有填写审查人。", field="reviewed_by", rule=OPEN_RULE, on=today,
            remedy="请填写审查的部门或人员。",
        )  # fmt: skip
    last = today + timedelta(days=value(OPEN_DAYS_RULE, today).number)
    if until is None or not today <= until <= last:
        return Refusal(
            "没有填写公开到哪一天。" if until is None else f"公开至 {until}，不在 {today} 至 {last} 之间。",
            field="open_until", rule=OPEN_DAYS_RULE, on=today, remedy=f"请填写 {today} 至 {last} 之间的一天。",
        )  # fmt: skip
    return None


def why_not_closed(publication: Publication, today: date) -> Refusal | None:
    if publication.is_open(today):
        return None
    return Refusal("这一结果没有向社会公开，或公开期限已过。", remedy="不需要再办理。")


def why_not_withdrawn(publication: Publication) -> Refusal | None:
    if publication.state != PublicationState.WITHDRAWN:
        return None
    return Refusal("这次公布已经撤回。", remedy="这一考核期可以重新起草公布。")


def why_not_handled(appeal: Appeal, publication: Publication, state: AppealState) -> Refusal | None:
    """An appeal is answered while it is open and put right once it was upheld, both only in notice."""
    if appeal.state != state:
        return Refusal(f"这件申诉“{appeal.get_state_display()}”，不能这样办理。", remedy="请回到申诉页核对。")
    if publication.state != PublicationState.NOTICE:
        return Refusal(
            f"这一结果{publication.get_state_display()}，申诉不能再办理。",
            remedy="确需更改的，撤回这次公布后重新告知。",
        )
    return None


def why_not_final(publication: Publication, appeals: Iterable[Appeal], today: date) -> Refusal | None:
    """Final only after the last day for appeals, with every appeal answered and every upheld one put right."""
    if publication.state != PublicationState.NOTICE:
        return Refusal(f"这一结果{publication.get_state_display()}，不能定稿。", remedy="先告知、受理申诉，再定稿。")
    assert publication.appeals_until is not None
    if today <= publication.appeals_until:
        return Refusal(
            f"申诉期到 {publication.appeals_until} 为止，还没有过。", rule=APPEAL_RULE, on=publication.noticed_on,
            remedy="请在截止日之后定稿。",
        )  # fmt: skip
    found = list(appeals)
    if waiting := sum(one.state == AppealState.OPEN for one in found):
        return Refusal(f"还有 {waiting} 件申诉没有答复。", remedy="请先答复全部申诉。")
    if pending := sum(needs_recomputing(one) for one in found):
        return Refusal(
            f"有 {pending} 件申诉成立，但还没有取用重算结果。",
            remedy="请更正记录、重新计算，再在申诉页上取用；重算结果相同的，在申诉页上写明理由。",
        )  # fmt: skip
    return None


def may_be_recomputed(appeal: Appeal) -> bool:
    """Upheld because records were wrong, and not yet taken from a new computation."""
    return (
        appeal.state == AppealState.UPHELD
        and appeal.remedy == Remedy.RECORDS
        and getattr(appeal, "correction", None) is None
    )


def needs_recomputing(appeal: Appeal) -> bool:
    """Nor did the office state that the new computation gives the same."""
    return may_be_recomputed(appeal) and appeal.unchanged_on is None


# Points and weight of an indicator; of another side (key with `SIDE`) what it gave out of 100, and its share.
Line = tuple[Decimal, Decimal]
SIDE = "side:"
SYSTEM, EXTRA = f"{SIDE}{Evaluator.SYSTEM.value}", f"{SIDE}{BONUS}"


@dataclass(frozen=True)
class Standing:
    """A result with its corrections: lines by indicator and side, the cap if there is one, the total."""

    lines: Mapping[str, Line]
    limit: Decimal | None
    total: Decimal


def side_lines(sides: Iterable[Mapping[str, Any]]) -> dict[str, Line]:
    """The sides of a score as lines. The system's own has no points of its own: they are those of its indicators."""
    found = {}
    for row in sides:
        key = f"{SIDE}{row['key']}"
        if key == SYSTEM:
            found[key] = (Decimal(0), Decimal(row["share"]))
        elif row["given"] is not None:
            found[key] = (Decimal(row["points"] if key == EXTRA else row["given"]), Decimal(row["share"]))
    return found


def most_of(key: str, line: Line) -> Decimal:
    """The most that a line can have: a side is given out of 100, its share says what that is worth."""
    return HUNDRED if key.startswith(SIDE) and key != EXTRA else line[1]


def worth_of(key: str, line: Line) -> str:
    """What a side's number means: a share of the total, or points on top of it."""
    return f"最多加 {line[1].normalize():f} 分" if key == EXTRA else f"占比 {line[1].normalize():f}%"


def title_of(key: str) -> str:
    """What a line is called; the cap is no line and has the empty key."""
    if not key:
        return "总分封顶"
    if key == EXTRA:
        return "加分"
    if key.startswith(SIDE):
        return str(Evaluator(key.removeprefix(SIDE)).label)
    known = catalogue().get(key)
    return known.title if known else key


def total_of(lines: Mapping[str, Line], limit: Decimal | None) -> Decimal:
    """Out of 100, half up as in `scoring` and `evaluators.blending`, at most the cap."""
    own = {key: line for key, line in lines.items() if not key.startswith(SIDE)}
    points = sum(int(points * 100) for points, _weight in own.values())
    weight = sum(int(weight * 100) for _points, weight in own.values())
    total = half_up(points * FULL, weight) if weight else 0
    sides = {key: line for key, line in lines.items() if key.startswith(SIDE)}
    extra = int(sides.pop(EXTRA, (Decimal(0), Decimal(0)))[0] * 100)
    if sides:
        shares = {key: int(share * 100) for key, (_given, share) in sides.items()}
        given = {key: total if key == SYSTEM else int(sides[key][0] * 100) for key in sides}
        total = half_up(sum(shares[key] * given[key] for key in sides), sum(shares.values()))
    uncapped = Decimal(min(total + extra, FULL)).scaleb(-2)
    return uncapped if limit is None else min(uncapped, limit)


def corrected(lines: Mapping[str, Line], limit: Decimal | None, corrections: Iterable[ScoreCorrection]) -> Standing:
    """The lines of a run after some corrections, in the order they were made."""
    found = dict(lines)
    for one in corrections:
        limit = one.limit
        for change in one.lines:
            if change["after"] is None:
                found.pop(change["indicator"], None)
            else:
                found[change["indicator"]] = (Decimal(change["after"][0]), Decimal(change["after"][1]))
    return Standing(found, limit, total_of(found, limit))


def changes_between(before: Mapping[str, Line], after: Mapping[str, Line]) -> list[dict[str, Any]]:
    """The lines that differ, as a correction keeps them, in the order of the first."""
    keys = [*before, *(key for key in after if key not in before)]
    return [
        {"indicator": key, "before": _kept(before.get(key)), "after": _kept(after.get(key))}
        for key in keys
        if before.get(key) != after.get(key)
    ]


def _kept(line: Line | None) -> list[str] | None:
    return None if line is None else [f"{line[0]:.2f}", f"{line[1]:.2f}"]
