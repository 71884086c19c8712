"""What each leaver is told on paper: where the organizational tie goes or how long it stays, and what is left to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.documents.filling import fill_many
from zhibu.procedures.transfers.actions.letters import common
from zhibu.procedures.transfers.enums import Destination, ReceiverKind
from zhibu.regulations.queries import in_force, value
from zhibu.regulations.refusal import Refusal

MOST = 1000


@transaction.atomic
def advise_all(scope: Scope, rows: QuerySet[Any]) -> bytes:
    """A notice for each of these leavers whose destination is known, as one docx, each from a new page.

    Refuses where nobody's is. Records ``procedures.print_advice`` with their number.
    """
    chosen = list(rows.exclude(receiver_kind="").order_by("person__class_name", "person__pinyin", "pk")[: MOST + 1])
    if not chosen:
        raise Refusal("所选的人还没有登记去向，没有可告知的内容。", remedy="请先在“毕业季”里登记去向。")
    if len(chosen) > MOST:
        raise Refusal(f"一次最多打印 {MOST} 份告知书。", remedy="请按班级分几次打印。")
    homes = [row.person.organization for row in chosen]
    paths = sorted({home.path for home in homes if home is not None})
    for path in paths:
        scope.require(Right.HANDLE_CASE, path)
    content = fill_many("advice", [content_of(row, scope.today) for row in chosen])
    record(scope, "procedures.print_advice", organization_path=common(paths), changes={"count": len(chosen)})
    return content


def content_of(row: Any, today: date) -> dict[str, Any]:
    """What the template of the notice names."""
    home, stays = row.person.organization, row.receiver_kind == ReceiverKind.STAY
    return {
        "title": f"毕业生党员组织关系{'保留' if stays else '转接'}告知书", "name": row.person.name,
        "paragraphs": [{"text": text} for text in (_staying(row, today) if stays else _going(row, today))],
        "signed_by": home.name if home else "", "dated_on": today, "contact": home.contact_name if home else "",
        "phone": home.contact_phone if home else "",
    }  # fmt: skip


def _number(rule: str, today: date) -> str:
    """A limit with its unit; nothing before the rule exists."""
    return f"{value(rule, today).number} 个月" if in_force(rule, today) else ""


def _going(row: Any, today: date) -> Iterator[str]:
    if row.receiver_kind == ReceiverKind.CAMPUS:
        yield f"你的组织关系将转到本校的{row.to_unit}，由学校在系统内办理，不需要介绍信。"
        return
    yield f"你的组织关系将转到：{row.to_unit or '（尚未登记接收党组织，请尽快告知党支部）'}。"
    days = f"，有效期 {row.valid_days} 天" if row.valid_days else ""
    yield f"请领取《中国共产党党员组织关系介绍信》{days}，本人持信按期到接收党组织办理，以后向转入的党支部交纳党费。"
    if term := _number("move.receipt", today):
        yield f"接收党组织应在 {term}内把回执寄回；请你办好以后告知原党支部。接收以前，仍由原党支部管理。"
    if term := _number("move.reissue", today):
        yield f"因接收单位变动等客观原因逾期的，自转出起 {term}内可以凭介绍信原件重新开具。"


def _staying(row: Any, today: date) -> Iterator[str]:
    why = "出国（境）留学" if row.destination == Destination.ABROAD else "尚未落实工作单位"
    until = (
        f"，保留到{row.stays_until.year}年{row.stays_until.month}月{row.stays_until.day}日" if row.stays_until else ""
    )
    yield f"因你{why}，组织关系保留在本党支部{until}。"
    if row.destination == Destination.ABROAD:
        if term := _number("move.abroad_contact", today):
            yield f"保留期间请每 {term}至少与党支部联系一次，告知学习情况和联系方式；回国后及时恢复组织生活。"
    else:
        yield "保留期间请按时交纳党费，参加组织生活；落实单位后，请及时告知党支部，办理组织关系转接。"
    yield "离校后联系方式有变化的，请随时告知党支部。"
