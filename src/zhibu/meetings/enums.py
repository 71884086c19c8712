"""Kinds of organization life and of presence."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """会议与活动类别 (支部工作条例 第十一至十九条; data-standards.md 3.13)."""

    GENERAL = "general", "支部党员大会"
    COMMITTEE = "committee", "支部委员会会议"
    GROUP = "group", "党小组会"
    LECTURE = "lecture", "党课"
    THEME_DAY = "theme_day", "主题党日"
    LIFE = "life", "组织生活会"
    APPRAISAL = "appraisal", "民主评议党员"
    TALK = "talk", "谈心谈话"
    DEMOCRATIC_LIFE = "democratic_life", "民主生活会"
    ELECTION = "election", "换届选举大会"
    STUDY = "study", "党委理论学习中心组学习"
    OTHER = "other", "其他"


class State(TextChoices):
    DRAFT = "draft", "草稿"
    RECORDED = "recorded", "已登记"


class Presence(TextChoices):
    """What the recorder noted for one person."""

    EXPECTED = "expected", "待登记"
    PRESENT = "present", "出席"
    LATE = "late", "迟到"
    EARLY = "early", "早退"
    LEAVE = "leave", "请假"
    ABSENT = "absent", "缺席"


class MarkSource(TextChoices):
    """Who made a mark of attendance."""

    SELF = "self", "本人签到"
    RECORDER = "recorder", "记录人登记"


class MarkState(TextChoices):
    """What became of a mark when it arrived."""

    COUNTED = "counted", "已计入"
    PENDING = "pending", "待确认"
    CONFIRMED = "confirmed", "已确认"
    DECLINED = "declined", "未予确认"
    OVERTAKEN = "overtaken", "已有更新的登记"


class Signing(TextChoices):
    """In which quality somebody signs the minutes."""

    HOST = "host", "主持人"
    RECORDER = "recorder", "记录人"


class TaskState(TextChoices):
    """How a task from a resolution stands, as the meetings say that followed it up."""

    OPEN = "open", "办理中"
    DONE = "done", "已完成"
    DROPPED = "dropped", "已撤销"


class FollowUpResult(TextChoices):
    """What was said about a task."""

    DONE = "done", "完成"
    NOT_DONE = "not_done", "未完成"


class Part(TextChoices):
    """In which quality somebody takes part."""

    VOTER = "voter", "有表决权"
    MEMBER = "member", "无表决权"
    OBSERVER = "observer", "列席"


class Matter(TextChoices):
    """What a vote was about: decides which quorum and majority apply."""

    ORDINARY = "ordinary", "一般事项"
    DEVELOPMENT = "development", "接收预备党员或转正"
    ELECTION = "election", "选举"


class Outcome(TextChoices):
    """How a vote ended, as the recorder states it."""

    PASSED = "passed", "通过"
    REJECTED = "rejected", "未通过"
    VOID = "void", "无效（到会人数不足）"


# What each kind of organization holds (ZB18 第十一至十九条).
BRANCH_MEETINGS = (
    Kind.GENERAL, Kind.COMMITTEE, Kind.LECTURE, Kind.THEME_DAY, Kind.LIFE, Kind.APPRAISAL, Kind.ELECTION, Kind.OTHER,
)  # fmt: skip
GROUP_MEETINGS = (Kind.GROUP, Kind.LECTURE, Kind.OTHER)
UPPER_MEETINGS = (Kind.DEMOCRATIC_LIFE, Kind.STUDY, Kind.LECTURE, Kind.ELECTION, Kind.OTHER)
CAME = frozenset({Presence.PRESENT, Presence.LATE, Presence.EARLY})
AWAY = frozenset({Presence.LEAVE, Presence.ABSENT})
