"""Parts of a record's quality, and how a question about a likeness goes."""

from django.db.models import TextChoices


class PartKey(TextChoices):
    """The six parts of a record's quality."""

    COMPLETENESS = "completeness", "要素齐全"
    TIMELINESS = "timeliness", "登记及时"
    ATTENDANCE = "attendance", "到会情况"
    FOLLOW_THROUGH = "follow_through", "决议落实"
    SPECIFICITY = "specificity", "议定具体"
    ORIGINALITY = "originality", "内容原创"


class Subject(TextChoices):
    """What two records have in common."""

    TEXT = "text", "文字相近"
    PHOTO = "photo", "照片重复使用"


class AnswerState(TextChoices):
    """Where a question about a likeness stands."""

    ASKED = "asked", "请说明"
    ANSWERED = "answered", "已说明，待核查"
    CLOSED = "closed", "已核查"


class Verdict(TextChoices):
    """What the reviewer found."""

    ROUTINE = "routine", "属正常：例行内容"
    QUOTED = "quoted", "属正常：引用"
    SHARED = "shared", "属正常：同一活动"
    AMEND = "amend", "应补正"
