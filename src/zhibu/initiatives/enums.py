"""States and kinds of what a branch does outside its meetings."""

from django.db.models import TextChoices


class ProjectKind(TextChoices):
    """What a project is about. The platform's own list: no regulation divides 书记项目."""

    GUIDANCE = "guidance", "思想引领"
    BUILDING = "building", "组织建设"
    BUSINESS = "business", "党建与业务融合"
    SERVICE = "service", "服务师生"
    OTHER = "other", "其他"


class ProjectState(TextChoices):
    """How far a project is."""

    DECLARED = "declared", "待审核"
    RETURNED = "returned", "退回修改"
    RUNNING = "running", "实施中"
    DONE = "done", "已结项"
    STOPPED = "stopped", "已终止"


class Verdict(TextChoices):
    """What the superior said about a project."""

    AGREED = "agreed", "同意实施"
    FILED = "filed", "准予备案"
    RETURNED = "returned", "退回修改"
    OPINION = "opinion", "提出意见"


class ProjectAct(TextChoices):
    """One line of a project's timeline."""

    DECLARED = "declared", "申报"
    AMENDED = "amended", "修改后再次申报"
    REVIEWED = "reviewed", "上级意见"
    ADDED = "added", "增加节点"
    CHANGED = "changed", "调整节点"
    DROPPED = "dropped", "取消节点"
    REACHED = "reached", "节点完成"
    FINISHED = "finished", "结项"
    STOPPED = "stopped", "终止"


class MilestoneState(TextChoices):
    """How a milestone stands. A changed one is replaced by another, with the reason."""

    OPEN = "open", "未完成"
    DONE = "done", "已完成"
    REPLACED = "replaced", "已调整"
    DROPPED = "dropped", "已取消"


class EntryState(TextChoices):
    """How a line of the journal stands."""

    CURRENT = "current", "有效"
    CORRECTED = "corrected", "已更正"
    VOID = "void", "已作废"


class ActivityKind(TextChoices):
    """What a volunteer activity is about. The platform's own list."""

    COMMUNITY = "community", "社区服务"
    TEACHING = "teaching", "支教助学"
    CARE = "care", "帮扶关爱"
    CAMPUS = "campus", "校园服务"
    ENVIRONMENT = "environment", "环境保护"
    EVENT = "event", "大型活动"
    OTHER = "other", "其他"


class ParticipationState(TextChoices):
    """Whether somebody's hours count."""

    NOTED = "noted", "待确认"
    CONFIRMED = "confirmed", "已确认"
    WITHDRAWN = "withdrawn", "已撤回确认"


class Through(TextChoices):
    """Who confirmed."""

    BENEFICIARY = "beneficiary", "服务对象"
    ORGANIZER = "organizer", "组织者"


class DeedState(TextChoices):
    """How far a practical deed is."""

    OPEN = "open", "办理中"
    REPORTED = "reported", "待确认"
    SETTLED = "settled", "已确认办结"
