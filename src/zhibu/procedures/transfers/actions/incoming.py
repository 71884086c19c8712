"""Taking in who comes from outside with a letter: once for every letter, and the receipt within a month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zlib import crc32

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations.models import Organization
from zhibu.people import actions as people
from zhibu.people.enums import MEMBERS, Entry
from zhibu.people.models import Person
from zhibu.people.queries import person as load
from zhibu.people.queries import who_left
from zhibu.procedures.actions.common import Held, add_entry, settle
from zhibu.procedures.actions.opening import branch_of
from zhibu.procedures.enums import Actor, EntryKind
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case
from zhibu.procedures.queries.actors import acting, may_act
from zhibu.procedures.state import EMPTY
from zhibu.procedures.transfers.enums import PROCEDURE_OF, Direction, LetterState, TransferKind
from zhibu.procedures.transfers.models import Letter, Transfer
from zhibu.regulations.refusal import Refusal, Refusals

LOCK = 0x434F4D45  # "COME"
LONGEST = 365


@dataclass(frozen=True)
class IncomingLetter:
    """What stands on a letter that came from outside."""

    number: str
    issued_by: str
    issued_on: date
    valid_days: int
    dues_until: str = ""


@transaction.atomic
def receive(
    scope: Scope, node: Organization, letter: IncomingLetter, *, on: date, stage: str, fields: Mapping[str, Any],
    returning: bool = False,
) -> Case:  # fmt: skip
    """Take a member in who came with a letter: the file is opened with stage and dates, the tie begins on ``on``; the
    case then waits for the receipt, due within a month. Gives it. Whoever was here before, by the ID number, comes back
    to the old file, once the reader has confirmed that (``returning``).

    For the committee of the branch. Refuses a letter that was used before, one whose days were over on ``on``, and
    whatever `people.register` or `people.take_back` refuses. Records what these record, and ``procedures.open``.
    """
    shape = procedure(PROCEDURE_OF[TransferKind.IN])
    _require(scope, node)
    number, sender = " ".join(letter.number.split()), " ".join(letter.issued_by.split())
    with connection.cursor() as cursor:
        # Of two who enter the same letter at once, the second waits here and then finds it.
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCK, crc32(f"{sender}\n{number}".encode()) - 2**31])
    faults = list(_faults(scope, letter, number, sender, on))
    if stage not in MEMBERS:
        faults.append(Refusal("介绍信只为党员开具。", field="stage", remedy="请选择预备党员或正式党员。"))
    known = who_left(scope, str(fields.get("id_number") or ""))
    if known is not None and not returning:
        text = f"此人曾在本校{known[1]}，目前登记为“{known[0].get_stage_display()}”，将恢复原档案。"
        faults.append(Refusal(text, field="returning", remedy="核对姓名和证件号无误后，勾选“恢复原档案”，再提交一次。"))
    if faults:
        raise Refusals(faults)
    basis = f"组织关系介绍信 {number}（{sender}）"[:200]
    try:
        person = _taken_in(scope, known[0] if known else None, node, stage, on, fields, basis)
    except Refusals as refused:
        raise Refusals([_of_person(one) for one in refused.refusals]) from refused
    return _opened(scope, shape.key, load(scope, person.pk), letter, number, sender, on)


def _taken_in(
    scope: Scope, known: Person | None, node: Organization, stage: str, on: date, fields: Mapping[str, Any], basis: str
) -> Person:
    if known is None:
        return people.register(
            scope, organization=node, stage=stage, on=on, fields=fields, entry=Entry.OUTSIDE, basis=basis
        )
    key = PROCEDURE_OF[TransferKind.IN]
    return people.take_back(
        scope, known, organization=node, stage=stage, on=on, fields=fields, basis=basis, procedure=key
    )


def _of_person(refused: Refusal) -> Refusal:
    """The letter has a number of its own: what is said of the person's fields carries their prefix."""
    field = refused.field if refused.field in {None, "on", "stage", "organization"} else f"person_{refused.field}"
    return Refusal(refused.message, field=field, rule=refused.rule, on=refused.on, remedy=refused.remedy)


def _opened(scope: Scope, key: str, person: Person, letter: IncomingLetter, number: str, sender: str, on: date) -> Case:
    branch = branch_of(person)
    assert branch is not None
    case = Case.objects.create(procedure=key, person=person, organization=branch, opened_on=scope.today)
    Transfer.objects.create(case=case, kind=TransferKind.IN, addressee="", to_unit=branch.name[:120], cause="")
    Letter.objects.create(
        case=case, direction=Direction.IN, issued_by=sender, year=letter.issued_on.year, number=number,
        dues_until=letter.dues_until, valid_days=letter.valid_days, issued_on=letter.issued_on,
        valid_until=letter.issued_on + timedelta(days=letter.valid_days), state=LetterState.USED, used_on=on,
    )  # fmt: skip
    held = Held(case, procedure(key), [], EMPTY, acting(case))
    for step in ("letter", "placed"):
        add_entry(scope, held, EntryKind.DONE, on=on, step=step)
    settle(scope, held)
    record(
        scope, "procedures.open", object=case, organization_path=branch.path,
        changes={"procedure": key, "state": case.state},
    )  # fmt: skip
    return case


def _require(scope: Scope, node: Organization) -> None:
    case = Case(organization=node)
    nodes = acting(case)
    if not may_act(scope, case, Actor.APPROVER, nodes):
        raise PermissionDenied(f"介绍信由“{nodes[Actor.APPROVER]}”审核接收。需要办理的，请联系该组织。")


def _faults(scope: Scope, letter: IncomingLetter, number: str, sender: str, on: date) -> Iterator[Refusal]:
    if len(number) < 2:
        yield Refusal("请填写介绍信的编号。", field="number", remedy="照原件填写，包括年份和“号”。")
    if len(sender) < 4:
        yield Refusal("请填写开具介绍信的党组织。", field="issued_by", remedy="照原件落款填写全称。")
    if not 1 <= letter.valid_days <= LONGEST:
        yield Refusal("有效天数不对。", field="valid_days", remedy="照原件填写。")
        return
    if on > scope.today:
        yield Refusal("收到日期不能晚于今天。", field="on", remedy="请在收到之后登记。")
    if on < letter.issued_on:
        yield Refusal(f"收到日期早于开具日期 {letter.issued_on}。", field="on", remedy="请核对日期。")
    last = letter.issued_on + timedelta(days=letter.valid_days)
    if on > last:
        text = f"介绍信有效期到 {last} 为止，已超过 {(on - last).days} 天。"
        yield Refusal(text, field="on", rule="move.letter", on=on, remedy="请由开具的党组织收回原件后重新开具。")
    used = Letter.objects.filter(direction=Direction.IN, number=number, issued_by=sender).first()
    if used is not None:
        yield Refusal(
            f"这封介绍信已于 {used.used_on} 用过，一封介绍信只能用一次。", field="number",
            remedy="请核对编号；确属两封信的，请联系开具的党组织。",
        )  # fmt: skip
