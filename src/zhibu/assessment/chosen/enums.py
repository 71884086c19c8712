"""States of a chosen action, and the lines of its record."""

from django.db.models import TextChoices


class ActionState(TextChoices):
    """Where a chosen action stands."""

    PROPOSED = "proposed", "已申报"
    SUBMITTED = "submitted", "待评审"
    REVIEWING = "reviewing", "评审中"
    DISPUTED = "disputed", "分歧待定"
    CONCLUDED = "concluded", "已认定"
    RETURNED = "returned", "退回修改"
    WITHDRAWN = "withdrawn", "已撤回"


class ActionStep(TextChoices):
    """What happened to it."""

    PROPOSED = "proposed", "申报"
    AMENDED = "amended", "修改"
    SUBMITTED = "submitted", "报送评审"
    WITHDRAWN = "withdrawn", "撤回"
    RETURNED = "returned", "退回修改"
    OPENED = "opened", "开始评审"
    SCORED = "scored", "完成一份评审"
    DISPUTED = "disputed", "两份评审有分歧"
    CONCLUDED = "concluded", "认定"
    REOPENED = "reopened", "重新评审"


# The branch may change what it proposed.
EDITABLE = (ActionState.PROPOSED, ActionState.RETURNED)
