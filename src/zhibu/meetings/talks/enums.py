"""How a talk stands between the two, and which kind of pair they were."""

from django.db.models import TextChoices


class TalkState(TextChoices):
    """What the other party said about the entry. Only what was not denied, and is not open, counts."""

    AWAITING = "awaiting", "待对方确认"
    CONFIRMED = "confirmed", "双方已确认"
    CORRECTED = "corrected", "对方已更正"
    DENIED = "denied", "对方说明没有谈"
    ONE_SIDED = "one_sided", "对方没有账号，未经确认"


class Pairing(TextChoices):
    """Between whom members of a branch talk (支部工作条例 第十九条)."""

    COMMITTEE = "committee", "支部委员之间"
    LEADER = "leader", "支部委员与党员"
    MEMBERS = "members", "党员之间"


COUNTING = frozenset({TalkState.CONFIRMED, TalkState.CORRECTED, TalkState.ONE_SIDED})
OPEN = frozenset({TalkState.AWAITING, TalkState.DENIED})
