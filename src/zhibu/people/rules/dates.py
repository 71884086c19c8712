"""Whether the dates of a file agree with each other."""

from __future__ import annotations

from datetime import date

from zhibu.people.rules.stages import WITHOUT_PROBATION
from zhibu.regulations.dates import add_months
from zhibu.regulations.queries import NotInForce, value
from zhibu.regulations.refusal import Refusal


def faults(*, born: date | None, joined: date | None, confirmed: date | None, stage: str = "") -> list[Refusal]:
    """What contradicts what, by the rules in force on the days themselves."""
    found = []
    if born and joined and joined <= born:
        found.append(Refusal("加入党组织日期早于出生日期。", field="joined_on", remedy="请核对两个日期。"))
    if confirmed and not joined:
        found.append(Refusal("填了转为正式党员日期，却没有加入党组织日期。", field="joined_on", remedy="请一并填写。"))
    if joined and confirmed:
        found.extend(_probation(joined, confirmed))
    return found


def _probation(joined: date, confirmed: date) -> list[Refusal]:
    if WITHOUT_PROBATION[0] <= joined <= WITHOUT_PROBATION[1] and confirmed >= joined:
        return []
    if confirmed <= joined:
        text = "转为正式党员日期应晚于加入党组织日期。"
        return [Refusal(text, field="confirmed_on", remedy="请核对两个日期。")]
    try:
        said = value("dev.probation", confirmed)
    except NotInForce:
        return []
    earliest = add_months(joined, said.number)
    if confirmed >= earliest:
        return []
    text = f"预备期须满 {said.number} 个月，转为正式党员日期不得早于 {earliest}。"
    return [Refusal(text, field="confirmed_on", rule="dev.probation", on=confirmed, remedy="请核对两个日期。")]
