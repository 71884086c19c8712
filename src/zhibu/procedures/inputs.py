"""What a step may ask for beyond its day, outcome, papers, votes and people: named, typed, with its words on screen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Input:
    """``kind``: day, number, text or confirmed (a statement somebody vouches for)."""

    label: str
    kind: str
    help: str = ""
    is_required: bool = True


INPUTS = {
    "posted_on": Input("公示张贴日期", "day", "公示期自张贴次日起数，按国务院调休的工作日计算。"),
    "both_places": Input("流动人员：流出地和流入地均已同时公示", "confirmed", is_required=False),
    "hours": Input("培训学时", "number", is_required=False),
    "days": Input("培训天数", "number", is_required=False),
    "form_number": Input("入党志愿书编号", "text", "一号一人，由上级党委发放。"),
    "months": Input("延长月数", "number", "只在延长预备期时填写。", is_required=False),
    "introducers_cleared": Input("已核实介绍人的处分情况：没有受留党察看处分而尚未恢复党员权利的", "confirmed"),
    "leaves_on": Input("预计离开本单位的日期", "day", "没有离开计划的可以不填。", is_required=False),
}
