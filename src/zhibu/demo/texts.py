"""What the records say: plain sentences put together from parts. No slogans, no living persons."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random

from zhibu.demo.speech import about, decision, opening, points
from zhibu.meetings.enums import Kind, Matter

REGULATIONS = (
    "党支部工作条例", "党员教育管理工作条例", "发展党员工作细则", "普通高等学校基层组织工作条例", "党内监督有关规定",
    "基层组织选举工作条例", "党费收缴使用和管理规定", "党务公开有关规定", "不合格党员组织处置办法", "党章",
)  # fmt: skip
UNDERGRADUATE = (
    "学风建设",
    "宿舍安全",
    "课程学习互助",
    "就业信息分享",
    "新生入学引导",
    "考风考纪",
    "校园志愿服务",
    "毕业离校",
)
GRADUATE = ("科研诚信", "实验室安全", "学位论文进度", "学术交流", "导师与学生沟通", "就业去向登记", "课题组协作")
TEACHER = ("课程教学改革", "毕业论文指导", "实验室安全", "青年教师培养", "师德师风", "科研项目申报", "本科教学评估准备")
STAFF = ("办事流程简化", "窗口服务", "部门协作", "固定资产清查", "信息公开", "节能降耗", "安全值班")
RETIRED = ("健康讲座", "困难老同志走访", "老年活动安排", "关心下一代工作", "医疗报销政策", "校史资料整理")
MATTERS = {
    "undergraduate": UNDERGRADUATE, "graduate": GRADUATE, "teacher": TEACHER, "staff": STAFF, "retired": RETIRED,
    "mixed": GRADUATE + TEACHER, "other": ("支教课程安排", "驻地生活管理", "教学用品筹集"),
    "upper": ("年度党建工作安排", "基层组织建设", "干部队伍建设", "意识形态工作责任制落实", "教育教学中心工作"),
}  # fmt: skip
ACTIVITIES = (
    "参观校史馆", "走访困难家庭学生", "清理公共实验区", "整理图书资料", "社区政策咨询", "无偿献血宣传", "校园环境整治",
    "消防演练", "旧书捐赠整理", "为新生答疑",
)  # fmt: skip
LECTURES = (
    "怎样写好支部会议记录", "党员的权利和义务", "发展党员工作的程序和纪律", "从典型案例看纪律要求",
    "本校校史中的党组织建设",
    "预备期里要做好的几件事", "支部工作条例逐条讲解", "理论学习与专业学习的结合", "调查研究的基本方法",
    "党费的收缴、使用和管理",
)  # fmt: skip
AGREED = (
    "会议同意按讨论意见修改后执行", "会议要求有关同志在两周内落实", "会议确定由支部委员会跟进办理",
    "会议要求下次会议通报办理情况", "会议同意所提方案", "会议要求把任务分到党小组或个人",
)  # fmt: skip
PLACES = ("第一会议室", "第二会议室", "党员活动室", "会议室201", "会议室305", "教学楼B102", "实验楼报告厅", "多功能室")
REASONS = ("出差", "上课", "生病", "参加学术会议", "校外实习", "家中有事", "值班", "考试")


@dataclass
class Agenda:
    """Content of one record before it is known who came."""

    title: str
    topics: list[tuple[str, list[str]]] = field(default_factory=list)
    # text, matter, whether it was voted on
    decisions: list[tuple[str, Matter, bool]] = field(default_factory=list)
    closing: str = ""


def quarter(day: date) -> str:
    return f"第{'一二三四'[(day.month - 1) // 3]}季度"


def agenda(kind: Kind, day: date, category: str, rng: Random, names: list[str]) -> Agenda:
    """An agenda of that kind. ``names`` are those who may speak."""
    matters = MATTERS.get(category, STAFF)
    match kind:
        case Kind.GENERAL:
            found = _plain(f"{day.year}年{quarter(day)}支部党员大会", rng, names)
            _topic(found, f"听取支委会{quarter(day)}工作报告", rng, names)
            _topic(found, f"讨论{rng.choice(matters)}有关安排", rng, names)
            found.decisions.append((f"同意支委会{quarter(day)}工作报告。", Matter.ORDINARY, True))
        case Kind.COMMITTEE:
            found = _plain(f"研究{rng.choice(matters)}和{day.month}月支部工作", rng, names)
            _topic(found, f"研究{day.month}月主题党日安排", rng, names)
            if rng.random() < 0.5:
                _topic(
                    found, rng.choice(("分析入党积极分子培养情况", "通报党费收缴情况", "研究党员困难帮扶")), rng, names
                )
            found.decisions.append((decision(rng, "会议决定"), Matter.ORDINARY, False))
        case Kind.LECTURE:
            found = _plain(rng.choice(LECTURES), rng, names)
            _topic(found, f"授课：{found.title}", rng, names)
        case Kind.THEME_DAY:
            found = _plain(f"学习{rng.choice(REGULATIONS)}，{rng.choice(ACTIVITIES)}", rng, names)
            learned, done = found.title.split("，")
            _topic(found, learned, rng, names)
            _topic(found, done, rng, names)
        case Kind.LIFE:
            found = _plain(f"{day.year}年度组织生活会", rng, names)
            _topic(found, "对照检查，逐个发言", rng, names)
            found.decisions.append((decision(rng, "列入整改"), Matter.ORDINARY, False))
        case Kind.APPRAISAL:
            found = _plain(f"{day.year}年度民主评议党员", rng, names)
            _topic(found, "自评、互评和测评", rng, names)
            found.decisions.append((decision(rng, "反馈测评结果"), Matter.ORDINARY, False))
        case Kind.GROUP:
            found = _plain(f"{day.month}月党小组会：{rng.choice(matters)}", rng, names)
            _topic(found, f"交流{rng.choice(matters)}情况", rng, names)
        case Kind.ELECTION:
            found = _plain("支部换届选举党员大会", rng, names)
            _topic(found, "听取报告，选举委员会", rng, names)
            found.decisions.append(("选举产生新一届支委会，报批。", Matter.ELECTION, True))
        case Kind.TALK:
            found = _plain("支部委员与党员谈心谈话", rng, names)
        case _:
            found = _plain(f"{rng.choice(matters)}", rng, names)
            _topic(found, f"学习{rng.choice(REGULATIONS)}，研究{rng.choice(matters)}", rng, names)
    return found


def _plain(title: str, rng: Random, names: list[str]) -> Agenda:
    return Agenda(title, closing=rng.choice(AGREED))


def _topic(found: Agenda, title: str, rng: Random, names: list[str]) -> None:
    found.topics.append((title, points(rng, names)))


def admission(found: Agenda, name: str, rng: Random, names: list[str]) -> None:
    found.topics.append((f"讨论接收{name}同志为预备党员", about(rng, names, name)))
    found.decisions.append((f"同意接收{name}同志为预备党员，报党委审批。", Matter.DEVELOPMENT, True))


def confirmation(found: Agenda, name: str, rng: Random, names: list[str]) -> None:
    found.topics.append((f"讨论{name}转正", about(rng, names, name)))
    found.decisions.append((f"同意{name}同志按期转正，报党委审批。", Matter.DEVELOPMENT, True))


def minutes(found: Agenda, kind: Kind, host: str, expected: int, present: int, rng: Random) -> str:
    """The record in sentences."""
    if kind is Kind.TALK:
        return f"谈话由{host}进行，了解了学习、工作和生活情况，听取了意见建议，谈话内容另存。"
    body = [f"{_count(index)}、{title}。{'；'.join(said)}。" for index, (title, said) in enumerate(found.topics)]
    return "\n".join([opening(rng, host, expected, present), *body, f"{found.closing}。"])


def _count(index: int) -> str:
    return "一二三四五六七八九十"[index % 10]
