"""Who grades an organization, and the grades of a work report."""

from django.db.models import TextChoices


class Evaluator(TextChoices):
    """One side of a score."""

    SYSTEM = "system", "系统数据"
    SUPERIOR = "superior", "上级评价"
    PEERS = "peers", "党组织互评"
    MEMBERS = "members", "党员测评"
    PUBLIC = "public", "群众测评"
    SPOT_CHECK = "spot_check", "实地抽查"
    REPORT = "report", "述职评议"


# Entered as a number out of a scale; the system's data are computed, reports have their own pages.
ENTERED = (Evaluator.SUPERIOR, Evaluator.SPOT_CHECK, Evaluator.PEERS, Evaluator.MEMBERS, Evaluator.PUBLIC)
# Given by many: only how many were asked, how many answered, and the mean are ever entered.
SURVEYED = (Evaluator.PEERS, Evaluator.MEMBERS, Evaluator.PUBLIC)


class ReportGrade(TextChoices):
    """What a superior concludes on a work report, and what those present may tick."""

    GOOD = "good", "好"
    FAIRLY_GOOD = "fairly_good", "较好"
    FAIR = "fair", "一般"
    POOR = "poor", "差"


class Lasting(TextChoices):
    """How long what a side gave counts: in its quarter, or until it is given anew, at most a year."""

    QUARTER = "quarter", "本期"
    YEAR = "year", "一年"
