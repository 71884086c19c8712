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
    LEAVE = "leave", "请假"
    ABSENT = "absent", "缺席"


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
CAME = frozenset({Presence.PRESENT, Presence.LATE})
AWAY = frozenset({Presence.LEAVE, Presence.ABSENT})
