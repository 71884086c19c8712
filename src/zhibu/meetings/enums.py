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
