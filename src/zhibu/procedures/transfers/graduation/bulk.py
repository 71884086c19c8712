"""Many leavers at once, all or none: submitting, giving the letters, printing them. Rows are written in blocks, so that
a faculty of eight hundred takes seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.dues.queries import paid_until
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import posts_held
from zhibu.organizations.rules import refuse_post_left
from zhibu.people.enums import MEMBERS
from zhibu.people.models import Person
from zhibu.people.signals import roster_changing
from zhibu.procedures.actions.common import open_rows
from zhibu.procedures.actions.opening import branch_of
from zhibu.procedures.definition import Procedure
from zhibu.procedures.enums import LIVING, Actor, EntryKind
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, Entry, OpenStep
from zhibu.procedures.queries.actors import Acting, acting, may_act
from zhibu.procedures.queries.cases import marks_of
from zhibu.procedures.rules import checks
from zhibu.procedures.rules.findings import Attempt, Facts
from zhibu.procedures.state import fold
from zhibu.procedures.transfers import queries as transfers
from zhibu.procedures.transfers.actions import letters, request
from zhibu.procedures.transfers.enums import PREFIX, PROCEDURE_OF, ReceiverKind, TransferKind
from zhibu.procedures.transfers.graduation import rules
from zhibu.procedures.transfers.models import Leaver, Letter, Transfer
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal, Refusals

LISTED = 8
KEY = PROCEDURE_OF[TransferKind.PAPER]


@dataclass(frozen=True)
class Done:
    """What a bulk action did. ``inside``: transfers to branches of the university, which take their own road."""

    submitted: int = 0
    issued: int = 0
    inside: int = 0


@transaction.atomic
def submit_all(scope: Scope, rows: QuerySet[Any]) -> Done:
    """The branch agrees to the transfer of everybody whose row is complete and has no case yet.

    Refuses, with names, whoever lacks something or is being transferred already. Records ``procedures.leavers``.
    """
    held = _with_dues(hold_rows(rows))
    new = [row for row in held if _is_going(row) and row.case is None]
    refuse(_faults(new, value("move.letter", scope.today).number, "", scope.today))
    if not new:
        raise Refusal("没有可以送审的毕业生党员。", remedy="请先登记去向和接收党组织；保留在本校的不需要送审。")
    require(scope, new, Right.HANDLE_CASE)
    inside, outside = _split(new)
    _inside(scope, inside)
    _open(scope, outside)
    _record(scope, new, {"submitted": len(new)})
    return Done(submitted=len(outside), inside=len(inside))


@transaction.atomic
def issue_all(scope: Scope, rows: QuerySet[Any], *, valid_days: int, dues_until: str) -> Done:
    """The committee approves everybody whose row is complete and gives their letters, numbered in one run. Rows without
    days of their own get these; without a month that of the dues register, else this. Whoever was not submitted is
    submitted with it.

    Refuses, with names, whoever lacks something. Records ``procedures.leavers``.
    """
    held = _with_dues(hold_rows(rows))
    going = [row for row in held if _is_going(row) and (row.case is None or row.case.state in LIVING)]
    refuse(_faults([row for row in going if row.case is None], valid_days, dues_until, scope.today))
    new = [row for row in going if row.case is None]
    inside, outside = _split(new)
    require(scope, going, Right.DECIDE_CASE)
    _inside(scope, inside)
    _open(scope, outside)
    ready = [row for row in going if row.case is not None and _waits_for_letter(row.case)]
    if not ready and not inside:
        raise Refusal("没有可以开具介绍信的毕业生党员。", remedy="请先登记去向和接收党组织。")
    _send(scope, ready, valid_days, dues_until)
    _record(scope, going, {"issued": len(ready), "on": scope.today.isoformat()})
    return Done(submitted=len(outside), issued=len(ready), inside=len(inside))


@transaction.atomic
def print_all(scope: Scope, rows: QuerySet[Any], *, again: bool = False) -> bytes:
    """All letters on their way of these leavers as one docx; without ``again`` only those never printed."""
    wanted = transfers.letters(scope).filter(case__leaver__in=rows.order_by().values("pk"), now="issued")
    if not again:
        wanted = wanted.filter(prints=0)
    return letters.print_letters(scope, wanted)


def hold_rows(rows: QuerySet[Any]) -> list[Leaver]:
    """The rows with their people and cases, both locked in the order of their keys before they are read."""
    pks = list(rows.order_by().values_list("pk", flat=True))
    locked = Leaver.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    cases = [case for case in locked.values_list("case_id", flat=True) if case]
    list(Case.objects.select_for_update().filter(pk__in=cases).order_by("pk").values_list("pk"))
    joined = Leaver.objects.select_related("person__organization", "case__organization", "case__transfer")
    found = list(joined.filter(pk__in=pks).order_by("pk"))
    for row in found:
        if row.case is not None:
            row.case.person = row.person  # the same; not read again for each
    return found


def _with_dues(rows: list[Leaver]) -> list[Leaver]:
    """Rows that name no month get the one of the dues register as it is today; it is not written into them."""
    paid = paid_until(row.person_id for row in rows if not row.dues_until)
    for row in rows:
        if not row.dues_until and row.person_id in paid:
            row.dues_until = f"{paid[row.person_id]:%Y-%m}"
    return rows


def _is_going(row: Leaver) -> bool:
    return bool(row.receiver_kind) and row.receiver_kind != ReceiverKind.STAY and row.person.stage in MEMBERS


def _split(rows: Iterable[Leaver]) -> tuple[list[Leaver], list[Leaver]]:
    inside = [row for row in rows if row.receiver_kind == ReceiverKind.CAMPUS]
    return inside, [row for row in rows if row.receiver_kind != ReceiverKind.CAMPUS]


def _faults(rows: Sequence[Leaver], valid_days: int, dues_until: str, today: date) -> list[Refusal]:
    living = Case.objects.filter(
        person__in=[row.person_id for row in rows], procedure__startswith=PREFIX, state__in=sorted(LIVING)
    )
    moving = set(living.values_list("person_id", flat=True))
    going = [row.person_id for row in rows if row.receiver_kind != ReceiverKind.CAMPUS]
    posts = {tenure.person_id: tenure for tenure in posts_held(going, today)}
    found = []
    for row in rows:
        lacking = [name for name in rules.missing(row) if not (name == "党费交至" and dues_until)]
        if lacking:
            found.append(Refusal(f"{row.person.name}：缺{'、'.join(lacking)}。", remedy="请在表中补填。"))
        elif row.person_id in moving:
            found.append(Refusal(f"{row.person.name}：另有一件组织关系转接正在办理。", remedy="请先办结或终止那一件。"))
        elif row.person_id in posts:
            found.append(refuse_post_left(posts[row.person_id], today, who=row.person.name))
    return found


def refuse(found: list[Refusal]) -> None:
    if found:
        rest = [Refusal(f"另有 {len(found) - LISTED} 人也不能办理。")] if len(found) > LISTED else []
        raise Refusals(found[:LISTED] + rest)


def require(scope: Scope, rows: Sequence[Leaver], right: Right) -> None:
    """The reader's right for every branch concerned; 403 with the office that has it."""
    for branch in {row.person.organization_id: row.person.organization for row in rows}.values():
        assert branch is not None
        if right is Right.HANDLE_CASE:
            scope.require(right, branch.path)
            continue
        case = Case(organization=branch)
        nodes = acting(case)
        if not may_act(scope, case, Actor.APPROVER, nodes):
            raise PermissionDenied(f"介绍信由“{nodes[Actor.APPROVER]}”审核开具。需要办理的，请联系该组织。")
    if right is Right.DECIDE_CASE and any(row.person_id == scope.person_id for row in rows):
        raise Refusal("其中有您本人，本人的转接不能由本人审核。", remedy="请由其他同志办理。")


def _inside(scope: Scope, rows: Sequence[Leaver]) -> None:
    """Whoever stays at the university goes to another branch on the road of every transfer inside."""
    branches = transfers.receiving_branches(scope)
    for row in rows:
        found = list(branches.filter(name=row.to_unit)[:2]) or list(branches.filter(short_name=row.to_unit)[:2])
        if len(found) != 1:
            text = f"{row.person.name}：本校没有（或不止一个）叫“{row.to_unit}”的党支部。"
            raise Refusal(text, remedy="请写与名册一致的党支部全称。")
        row.case = request(scope, row.person, target=found[0], cause=f"{row.season} 年毕业")
        row.save(update_fields=["case"])


def _open(scope: Scope, rows: Sequence[Leaver]) -> None:
    """Cases in which the branch has agreed, in blocks."""
    if not rows:
        return
    shape, branches = procedure(KEY), _branches(rows)
    nodes = list({branch.pk: branch for branch in branches.values()}.values())
    roster_changing.send(
        Person, scope=scope, persons=[row.person_id for row in rows], organizations=nodes, on=scope.today, procedure=KEY
    )
    try:
        with transaction.atomic():
            cases = Case.objects.bulk_create(
                Case(
                    procedure=KEY, person=row.person, organization=branches[row.pk], opened_on=scope.today, version=2
                )
                for row in rows
            )  # fmt: skip
    except IntegrityError as doubled:
        raise Refusal("其中有人的转接刚才已由别人提出。", remedy="请刷新页面后再试。") from doubled
    Transfer.objects.bulk_create(
        Transfer(
            case=case, kind=TransferKind.PAPER, addressee=row.addressee, to_unit=row.to_unit,
            cause=f"{row.season} 年毕业",
        )
        for row, case in zip(rows, cases, strict=True)
    )  # fmt: skip
    for row, case in zip(rows, cases, strict=True):
        row.case = case
    Leaver.objects.bulk_update(rows, ["case"], batch_size=500)
    entry = entry_maker(scope, scope.today)
    entries = {case.pk: [entry(case, 1, "request", "", {}), entry(case, 2, "consent", "agreed", {})] for case in cases}
    Entry.objects.bulk_create(one for pair in entries.values() for one in pair)
    settle(scope, shape, cases, entries)


def _send(scope: Scope, rows: Sequence[Leaver], valid_days: int, dues_until: str) -> None:
    """Approve and send: the entries, and a letter each, numbered in one run for each issuer."""
    shape, step = procedure(KEY), procedure(KEY)["sent"]
    cases = [row.case for row in rows if row.case is not None]
    entries: dict[int, list[Entry]] = {case.pk: [] for case in cases}
    for one in Entry.objects.filter(case__in=cases).order_by("case", "position"):
        entries[one.case_id].append(one)
    entry, ends = entry_maker(scope, scope.today), _acting([case.organization for case in cases])
    serial: dict[int, int] = {}
    faults, added, given = [], [], []
    for row, case in zip(rows, cases, strict=True):
        content: dict[str, Any] = {
            "valid_days": row.valid_days or valid_days, "dues_until": row.dues_until or dues_until,
        }  # fmt: skip
        state = fold(shape, marks_of(entries[case.pk]))
        attempt = Attempt(scope.today, scope.today, "sent", content)
        against = [
            found for found in checks.findings(shape, step, state, facts(case), attempt)
            if found.refuses
        ]  # fmt: skip
        if against:
            faults.append(Refusal(f"{row.person.name}：{against[0].message}。", remedy=against[0].remedy))
            continue
        case.version += 1
        sent = entry(case, case.version, "sent", "sent", content)
        entries[case.pk].append(sent)
        added.append(sent)
        issuer = ends[case.organization_id][Actor.APPROVER]
        if issuer.pk not in serial:
            serial[issuer.pk] = letters.number_from(issuer, scope.today.year)
        number = serial[issuer.pk]
        serial[issuer.pk] += 1
        given.append(letters.letter_for(case, issuer, number, on=scope.today, **content))
    refuse(faults)
    Entry.objects.bulk_create(added)
    Letter.objects.bulk_create(given)
    Case.objects.bulk_update(cases, ["version"], batch_size=500)
    settle(scope, shape, cases, entries)


def _waits_for_letter(case: Case) -> bool:
    """Submitted and never sent. Letters that fell back are given anew one by one, against the original."""
    return case.procedure == KEY and case.version == 2 and case.transfer.kind == TransferKind.PAPER


def entry_maker(scope: Scope, on: date) -> Callable[[Case, int, str, str, dict[str, Any]], Entry]:
    """Entries of one day, all written down in the same moment; not saved."""
    at = timezone.now()

    def make(case: Case, position: int, step: str, outcome: str, data: dict[str, Any]) -> Entry:
        return Entry(
            case=case, position=position, kind=EntryKind.DONE, step=step, on=on, outcome=outcome, data=data,
            organization=case.organization, recorded_at=at, recorded_by_id=scope.user_id,
        )  # fmt: skip

    return make


def facts(case: Case) -> Facts:
    """What the steps of a transfer ask about the person."""
    return Facts(born=case.person.birth_date if case.person else None)


def settle(scope: Scope, shape: Procedure, cases: Sequence[Case], entries: dict[int, list[Entry]]) -> None:
    """The open steps of all of them, as `settle` writes those of one."""
    ends = _acting([case.organization for case in cases])
    rows: list[OpenStep] = []
    for case in cases:
        state = fold(shape, marks_of(entries[case.pk]))
        rows += open_rows(shape, state, facts(case), case, ends[case.organization_id], scope.today)
    OpenStep.objects.filter(case__in=cases).delete()
    OpenStep.objects.bulk_create(rows)


def _acting(nodes: Iterable[Organization]) -> dict[int, Acting]:
    """Who acts for each branch, asked once a branch."""
    return {node.pk: acting(Case(organization=node)) for node in {node.pk: node for node in nodes}.values()}


def _branches(rows: Sequence[Leaver]) -> dict[int, Organization]:
    """The branch of each row; groups belong to theirs."""
    known: dict[int | None, Organization] = {}
    for row in rows:
        if row.person.organization_id not in known:
            branch = branch_of(row.person)
            assert branch is not None
            known[row.person.organization_id] = branch
    return {row.pk: known[row.person.organization_id] for row in rows}


def _record(scope: Scope, rows: Sequence[Leaver], changes: dict[str, Any]) -> None:
    paths = sorted({row.person.organization.path for row in rows if row.person.organization})
    record(
        scope, "procedures.leavers", organization_path=letters.common(paths),
        changes={**changes, "cases": " ".join(str(row.case_id) for row in rows)},
    )  # fmt: skip
