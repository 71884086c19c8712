"""What a survey goes through, and the five marks."""

from django.db.models import IntegerChoices, TextChoices


class SurveyState(TextChoices):
    """Running; ended, with a result or with too few answers; taken back, with nothing kept."""

    OPEN = "open", "进行中"
    CLOSED = "closed", "已结束"
    WITHDRAWN = "withdrawn", "已撤回"


class Satisfaction(IntegerChoices):
    """How far somebody agrees with a statement. The numbers are what the mean is made of."""

    VERY_LOW = 1, "很不满意"
    LOW = 2, "不满意"
    FAIR = 3, "一般"
    HIGH = 4, "满意"
    VERY_HIGH = 5, "很满意"
