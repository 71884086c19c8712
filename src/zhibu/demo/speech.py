"""What is said at meetings, put together from short parts.

Two meetings of a real branch have few sentences in common; so have those of the demo. No part is longer than four
characters: longer ones would recur as passages, and every record would be asked whom it was copied from.
"""

from __future__ import annotations

from random import Random

VERBS = (
    "介绍", "汇报", "说明", "反映", "补充", "提出", "通报", "分析", "询问", "归纳", "谈到", "核对了", "回顾",
    "建议公开", "提醒重视", "主张细化", "担心", "肯定了", "比较了", "解释", "追问", "梳理了", "统计了", "请大家看",
)  # fmt: skip
OWNERS = (
    "低年级", "高年级", "新进同志", "退休教师", "课题组", "教研室", "宿舍楼", "实验中心", "图书馆", "后勤部门",
    "两个小组", "外出党员", "困难家庭", "兄弟支部", "学生会", "毕业班", "研一同学", "博士生", "辅导员", "班导师",
    "教务处", "积极分子", "预备党员", "支委", "离校人员", "值班老师", "社区居民", "志愿者", "新生班", "党小组",
)  # fmt: skip
THINGS = (
    "经费开支", "时间安排", "考勤", "选课", "借阅", "用电", "报销手续", "就业意向", "论文盲审", "请假", "课堂纪律",
    "设备台账", "换届准备", "思想汇报", "谈话记录", "读书笔记", "停车", "食堂排队", "学分认定", "奖助评定", "签到",
    "帮扶名单", "门禁", "防汛", "档案移交", "网络条件", "体检", "接待", "学费减免", "作息", "场地借用", "文体活动",
    "物资采购", "公示", "问卷", "分工表", "培训学时", "心理疏导", "租房", "合同审核",
)  # fmt: skip
PLANS = (
    "下周", "月底前", "开学后", "假期里", "先试点", "分三批", "由专人", "请书记", "按名册", "逐户", "对照去年",
    "会后", "当场", "线上", "每两周", "同院系", "两人一组", "结合考核", "请会计", "留出余地", "抓紧", "重新", "照章",
    "改由小组",
)  # fmt: skip
DEEDS = (
    "核一遍", "补齐", "列成清单", "上门走访", "写进计划", "征求意见", "答复本人", "张贴出来", "登记造册", "请示上级",
    "调整人手", "做记录", "开放咨询", "组织讲解", "签字确认", "汇总上报", "整理照片", "压缩环节", "交叉检查",
    "备好材料", "约定期限", "再议一次", "发短信", "建台账", "画流程图", "复印存查", "联系家长", "腾出房间",
    "试行一月", "算清账目",
)  # fmt: skip
STRENGTHS = (
    "学习成绩", "团结同学", "科研态度", "群众基础", "理论学习", "志愿服务", "入党动机", "家庭情况", "自我批评",
    "守纪情况", "工作实绩", "为人",
)  # fmt: skip
VIEWS = (
    "印象", "进步", "不足", "变化", "认识", "打算", "长处", "努力方向",
)  # fmt: skip


def sentence(rng: Random, who: str) -> str:
    """One thing that somebody said."""
    about = f"{who}{rng.choice(VERBS)}{rng.choice(OWNERS)}{rng.choice(THINGS)}"
    return f"{about}，{rng.choice(PLANS)}{rng.choice(DEEDS)}"


def points(rng: Random, names: list[str]) -> list[str]:
    """Two to four things that were said, each by somebody else."""
    return [sentence(rng, who) for who in rng.sample(names, min(len(names), rng.randint(2, 4)))]


def about(rng: Random, names: list[str], name: str) -> list[str]:
    """What was said of one person, by name, so that nobody's words fit another."""
    said = []
    for who, role in zip(rng.sample(names, min(len(names), 3)), ("介绍人", "支委", ""), strict=False):
        said.append(f"{role}{who}谈{name}的{rng.choice(STRENGTHS)}和{rng.choice(VIEWS)}")
    return said


def decision(rng: Random, beginning: str) -> str:
    """A short decision that names what is to be done."""
    return f"{beginning}：{rng.choice(OWNERS)}{rng.choice(THINGS)}，{rng.choice(PLANS)}{rng.choice(DEEDS)}。"


def opening(rng: Random, host: str, expected: int, present: int) -> str:
    first = rng.choice((f"会议由{host}主持", f"{host}主持会议", f"主持人{host}", f"受支委会委托，{host}主持"))
    rest = ("全员到会",) if present == expected else ("缺席的已记原因", "请假的已登记", "未到的会后补课")
    last = rng.choice((*rest, "宣布开会", "说明议程", "核对人数", "提醒手机静音"))
    return f"{first}，{last}。应到{expected}人，实到{present}人。"
