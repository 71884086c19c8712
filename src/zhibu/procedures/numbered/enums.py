"""Where a numbered form stands, and what happened to it. A leaf that anyone may import."""

from django.db.models import TextChoices


class FormState(TextChoices):
    """The four states of data-standards.md 4.3; one that lies with a candidate, not filled in yet, is told apart."""

    UNUSED = "unused", "未使用"
    ISSUED = "issued", "已发放"
    USED = "used", "正常使用"
    VOID = "void", "作废"
    LOST = "lost", "遗失"


class FormAct(TextChoices):
    """What one record about a numbered form says. Records are only added; a correction takes back the one before."""

    TAKEN_IN = "taken_in", "入库登记"
    ISSUED = "issued", "发放"
    USED = "used", "填写使用"
    VOIDED = "voided", "登记作废"
    LOST = "lost", "登记遗失"
    CORRECTED = "corrected", "更正"


REACHED = {
    FormAct.TAKEN_IN: FormState.UNUSED, FormAct.ISSUED: FormState.ISSUED, FormAct.USED: FormState.USED,
    FormAct.VOIDED: FormState.VOID, FormAct.LOST: FormState.LOST,
}  # fmt: skip
