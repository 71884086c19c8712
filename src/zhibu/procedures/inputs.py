"""What a step may ask for beyond its day, outcome, papers, votes and people: named, typed, with its words on screen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Input:
    """``kind``: day, number, text, confirmed (a statement somebody vouches for) or posts (a post for each of those
    elected) or members (some of those elected)."""

    label: str
    kind: str
    help: str = ""
    is_required: bool = True
    needed: str = ""  # when it must be filled in although another outcome needs none of it
    usual: str = ""  # the rule whose number is filled in to begin with


INPUTS = {
    "posted_on": Input("公示张贴日期", "day", "公示期自张贴次日起数，按国务院调休的工作日计算。"),
    "both_places": Input("流动人员：流出地和流入地均已同时公示", "confirmed", is_required=False),
    "hours": Input("培训学时", "number", is_required=False),
    "days": Input("培训天数", "number", is_required=False),
    "form_number": Input("入党志愿书编号", "form", "一号一人，由上级党委发放。"),
    "form_issued": Input(
        "发放的入党志愿书编号", "form", "预审合格的填写。从未使用的编号中选择，一号一人。", is_required=False
    ),
    "form_received_by": Input("入党志愿书领取人", "text", is_required=False),
    "months": Input("延长月数", "number", "只在延长预备期时填写。", is_required=False),
    "introducers_cleared": Input("已核实介绍人的处分情况：没有受留党察看处分而尚未恢复党员权利的", "confirmed"),
    "seats": Input("应选名额", "number", "委员会的职数；不设委员会的填书记、副书记的人数；补选的填空缺的人数。"),
    "candidates_cleared": Input("已核实候选人中没有留党察看、被留置或者被逮捕的党员", "confirmed"),
    "reduced_by": Input(
        "同意减少应选名额的人数",
        "number",
        "结果为“减少应选名额”的，填到会有选举权的人中同意的人数。",
        is_required=False,
    ),
    "posts": Input("分工", "posts"),
    "committee_entitled": Input("委员应到人数", "number"),
    "committee_present": Input("委员实到人数", "number"),
    "standing_seats": Input("常务委员会委员名额", "number", "设常务委员会的填写；不设的不填。", is_required=False),
    "standing": Input(
        "常务委员会委员",
        "members",
        "从当选的委员中勾选，包括担任常委的书记、副书记；不设常务委员会的不选。",
        is_required=False,
    ),
    "congress": Input("召开党员代表大会", "confirmed", is_required=False),
    "scattered": Input("召开党员代表大会的：党员驻地分散", "confirmed", is_required=False),
    "delegates": Input("代表名额", "number", "召开党员代表大会的填写；召开党员大会的不填。", is_required=False),
    "extend_to": Input("延期至", "day"),
    "valid_days": Input(
        "有效天数", "number", "市内一般 10 天，市外 30 天，最长三个月（90 天）；由转出方定。", usual="move.letter"
    ),
    "dues_until": Input(
        "党费交至",
        "month",
        "如 2026-06。登记簿中有交纳记录的已经填好，请核对。",
        is_required=False,
        needed="同意并发出的必填",
    ),
    "original_collected": Input("重开：已收回原介绍信", "confirmed", is_required=False),
    "leaves_on": Input("预计离开本单位的日期", "day", "没有离开计划的可以不填。", is_required=False),
}
