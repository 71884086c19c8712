"""Made-up content of the style guide. The persons and organizations do not exist."""

from datetime import UTC, date, datetime

from zhibu.ui.charts import Chart, Heatmap, Leaf, Point, Series, Treemap
from zhibu.ui.parts import Event, Step, Tab, TreeNode

HERE = "/ui/"
MONTHS = ["1月", "2月", "3月", "4月", "5月", "6月"]


def _points(*values: float | None) -> list[Point]:
    return [Point(value, url=f"{HERE}?mark={at}") for at, value in enumerate(values)]


BARS = Chart(
    "bar",
    MONTHS,
    [Series("支部党员大会", _points(4, 3, 6, 5, 7, 6)), Series("支委会", _points(9, 8, 10, 9, 12, 11))],
    unit="次",
)
LINE = Chart("line", MONTHS, [Series("按期召开率", _points(0.82, None, 0.86, 0.91, 0.9, 0.94))])
STAGES = Chart(
    "doughnut",
    ["正式党员", "预备党员", "发展对象", "入党积极分子"],
    [Series("人数", _points(1280, 214, 96, 530))],
    unit="人",
)
HEAT = Heatmap(
    MONTHS,
    ["本科生第一党支部", "本科生第二党支部", "研究生党支部", "教师党支部"],
    [_points(1, 1, 2, 1, 1, 2), _points(1, None, 1, 1, 0, 1), _points(2, 1, 2, 2, 1, 1), _points(1, 1, 1, 1, 1, 0)],
    unit="次",
)
TREE_MAP = Treemap(
    [
        Leaf("计算机学院党委", 420, HERE, [Leaf("本科生第一党支部", 180, HERE), Leaf("教师党支部", 240, HERE)]),
        Leaf("文学院党委", 260, HERE, [Leaf("研究生党支部", 150, HERE), Leaf("本科生党支部", 110, HERE)]),
        Leaf("机关党委", 130, HERE),
    ],
    unit="人",
)
BRANCHES = [
    TreeNode("本科生第一党支部", url=HERE, note="32 名党员", badge="换届提醒", tone="yellow"),
    TreeNode("教师党支部", url=HERE, note="18 名党员"),
]
TREE = [
    TreeNode("计算机学院党委", url=HERE, children_url=f"{HERE}tree/", note="12 个支部"),
    TreeNode("文学院党委", url=HERE, children_url=f"{HERE}tree/", note="7 个支部"),
    TreeNode("机关直属党支部", url=HERE, note="24 名党员"),
]
STEPS = [
    Step("递交入党申请书", "done", date(2024, 10, 8), url=HERE),
    Step("确定为入党积极分子", "done", date(2025, 4, 2), url=HERE),
    Step("确定为发展对象", "late", note="培养考察已满一年"),
    Step("接收为预备党员", "todo"),
]
EVENTS = [
    Event(datetime(2026, 11, 3, 6, 30, tzinfo=UTC), "登记 11 月支委会", note="舒记", url=HERE, tone="green"),
    Event(datetime(2026, 10, 20, 2, 0, tzinfo=UTC), "更正入党日期", note="附证明材料 1 份"),
]
TABS = [Tab("基本信息", HERE, current=True), Tab("组织生活", HERE, count=12), Tab("培养教育", HERE, count=0)]
