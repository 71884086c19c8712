"""How far a leaver has come; what the workbook is made of. A leaf."""

from django.db.models import TextChoices


class Progress(TextChoices):
    """Where a leaver stands between the destination and the receipt."""

    NO_DESTINATION = "no_destination", "没有登记去向"
    NOT_SENT = "not_sent", "已登记，未送审"
    SUBMITTED = "submitted", "待基层党委审核"
    NOT_FETCHED = "not_fetched", "介绍信未领取"
    NO_RECEIPT = "no_receipt", "在途，没有回执"
    FALLEN_BACK = "fallen_back", "逾期或退回，待重开"
    TOO_LONG = "too_long", "转出超过 6 个月未接收"
    STAYS = "stays", "保留在本校"
    DONE = "done", "已转出"


TONES = {
    Progress.NO_DESTINATION: "yellow", Progress.NOT_SENT: "yellow", Progress.SUBMITTED: "blue",
    Progress.NOT_FETCHED: "yellow", Progress.NO_RECEIPT: "blue", Progress.FALLEN_BACK: "red",
    Progress.TOO_LONG: "red", Progress.STAYS: "grey", Progress.DONE: "green",
}  # fmt: skip

# The columns of the workbook, in their order.
COLUMNS = {
    "person_number": "学工号", "name": "姓名", "destination": "去向", "receiver_kind": "接收党组织类型",
    "to_unit": "接收党组织", "addressee": "介绍信抬头", "valid_days": "有效天数", "dues_until": "党费交至",
}  # fmt: skip
