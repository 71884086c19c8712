"""Kinds of transfers (regulations.md 5.2), states of a letter, destinations of graduates (5.3). A leaf."""

from django.db.models import TextChoices


class TransferKind(TextChoices):
    """Between whom, and by what the transfer travels."""

    GROUP = "group", "支部内换小组"
    BRANCH = "branch", "院系内跨支部"
    FACULTY = "faculty", "校内跨院系"
    PROVINCE = "province", "转往省内单位（党员管理系统）"
    OTHER_PROVINCE = "other_province", "跨省转接（系统互联）"
    PAPER = "paper", "纸质介绍信（系统未联通、部队、系统外）"
    IN = "in", "从校外转入"
    WHOLE = "whole", "整建制转接"


OUTWARD = frozenset({TransferKind.PROVINCE, TransferKind.OTHER_PROVINCE, TransferKind.PAPER})
INSIDE = frozenset({TransferKind.GROUP, TransferKind.BRANCH, TransferKind.FACULTY})
PROCEDURE_OF = {
    TransferKind.GROUP: "transfer_group",
    TransferKind.BRANCH: "transfer_branch",
    TransferKind.FACULTY: "transfer_faculty",
    **dict.fromkeys(sorted(OUTWARD), "transfer_out"),
    TransferKind.IN: "transfer_in",
    TransferKind.WHOLE: "transfer_whole",
}
PREFIX = "transfer_"  # of every procedure of this kind


class LetterState(TextChoices):
    """A letter is used once. Whatever became of it, its number is never given again."""

    ISSUED = "issued", "在途"
    USED = "used", "已回执"
    EXPIRED = "expired", "逾期退回"
    RETURNED = "returned", "接收方退回"
    VOID = "void", "作废"


class Direction(TextChoices):
    OUT = "out", "开出"
    IN = "in", "收到"


class Destination(TextChoices):
    """The four cases of graduates (关于做好高校毕业生党员组织关系管理工作的通知)."""

    WITH_PARTY = "with_party", "已落实单位，单位有党组织"
    WITHOUT_PARTY = "without_party", "已落实单位，单位没有党组织"
    UNSETTLED = "unsettled", "未落实单位"
    ABROAD = "abroad", "出国（境）留学"


class ReceiverKind(TextChoices):
    """What sort of organization takes the member over."""

    UNIT = "unit", "单位党组织"
    STREET = "street", "街道、乡镇党组织"
    AGENCY = "agency", "公共就业和人才服务机构"
    CAMPUS = "campus", "本校其他党支部"
    STAY = "stay", "留在原党支部"


# Which receivers each case allows; the first is the one that is suggested.
ALLOWED = {
    Destination.WITH_PARTY: (ReceiverKind.UNIT, ReceiverKind.CAMPUS),
    Destination.WITHOUT_PARTY: (ReceiverKind.STREET, ReceiverKind.AGENCY),
    Destination.UNSETTLED: (ReceiverKind.STAY, ReceiverKind.STREET, ReceiverKind.AGENCY),
    Destination.ABROAD: (ReceiverKind.STAY,),
}
