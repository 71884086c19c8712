"""Kinds and states of honours, and how far a case of model work is."""

from django.db.models import TextChoices


class HonourKind(TextChoices):
    ADVANCED = "advanced", "先进党组织"
    EXCELLENT = "excellent", "优秀党组织"
    MODEL = "model", "样板党组织"


class HonourState(TextChoices):
    PROPOSED = "proposed", "已提名"
    AWARDED = "awarded", "已评定"
    DECLINED = "declined", "未评定"
    WITHDRAWN = "withdrawn", "已撤销"


class CaseState(TextChoices):
    """Shown only while both agree: the organization whose work it is, and the office that keeps the gallery."""

    ASKED = "asked", "待本组织同意"
    AGREED = "agreed", "待展示"
    SHOWN = "shown", "展示中"
    DECLINED = "declined", "本组织不同意"
    TAKEN_DOWN = "taken_down", "已撤下"
