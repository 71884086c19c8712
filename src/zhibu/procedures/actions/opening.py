"""Opening a case, also of somebody who is already on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.people.queries import history
from zhibu.people.queries import person as load
from zhibu.procedures.actions.common import Held, add_entry, settle
from zhibu.procedures.definition import Procedure, Step
from zhibu.procedures.enums import EntryKind
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, Entry
from zhibu.procedures.queries.actors import acting
from zhibu.procedures.state import EMPTY
from zhibu.regulations.refusal import Refusal, Refusals

BEFORE = "立项前已经办理，按人员类别的记录补录"


@transaction.atomic
def open_case(
    scope: Scope, key: str, person: Person, *, last_review_on: date | None = None, submission: UUID | None = None
) -> Case:
    """Open the case of a person; gives it.

    Whoever already stands at a later stage gets the steps behind them as entries of the kind "backfilled", with the
    days that the stages are known by and the others marked unknown: the report shows them as such. Refuses people who
    have no business in the procedure, and a second living case. Records ``procedures.open``.
    """
    shape = procedure(key)
    person = load(scope, person.pk, Right.VIEW_PERSON, lock=True)
    branch = branch_of(person)
    if branch is None:
        raise Refusal(f"“{person.name}”没有所在的党支部。", field="person", remedy="请先登记组织关系。")
    scope.require(Right.HANDLE_CASE, branch.path)
    if person.stage not in shape.reached:
        text = f"“{person.name}”目前是“{person.get_stage_display()}”，不能办理“{shape.label}”。"
        raise Refusal(text, field="person", remedy="请核对人员类别。")
    if submission and (known := Case.objects.filter(submission=submission).first()):
        return known
    try:
        with transaction.atomic():
            case = Case.objects.create(
                procedure=key, person=person, organization=branch, opened_on=scope.today, submission=submission
            )
    except IntegrityError as doubled:
        text = f"“{person.name}”已有一件正在办理的“{shape.label}”。"
        raise Refusal(text, field="person", remedy="请从列表中打开它。") from doubled
    held = Held(case, shape, [], EMPTY, acting(case))
    begun = {stage.kind: stage.started_on for stage in history(scope, person)}
    steps = behind(shape, person.stage, begun, scope.today)
    held.entries.extend(Entry.objects.bulk_create(backfilled(case, steps, timezone.now(), scope.user_id)))
    case.version = len(held.entries)
    if last_review_on is not None:
        _last_review(scope, held, last_review_on)
    settle(scope, held)
    _record(scope, held)
    return case


def branch_of(person: Person) -> Organization | None:
    """The branch that decides about a person: of a group, the branch it belongs to."""
    node = person.organization
    if node is not None and node.kind == Kind.GROUP:
        return Organization.objects.get(path=node.path[: -Organization.steplen])
    return node


def behind(shape: Procedure, stage: str, begun: Mapping[str, date], today: date) -> Iterator[tuple[Step, date, bool]]:
    """The steps that lie behind somebody at this stage, each with its day and whether that day is known.

    ``begun`` maps the stages a person has stood at to their first days. An unknown day is that of the next known step:
    the step was taken at the latest then.
    """
    known = {step: begun[kind] for kind, step in shape.dated_by.items() if kind in begun}
    last = shape.reached[stage]
    listed = []
    for step in shape.steps:
        if not step.is_repeated:
            listed.append(step)
        if step.id == last:
            break
    day = today
    found: list[tuple[Step, date, bool]] = []
    for step in reversed(listed):
        day = min(day, known.get(step.id, day))
        found.append((step, day, step.id in known))
    yield from ((step, on, is_known) for step, on, is_known in reversed(found) if step.basis_on(on) is not None)


def backfilled(
    case: Case, steps: Iterable[tuple[Step, date, bool]], at: datetime, user_id: int | None = None
) -> list[Entry]:
    """The entries of steps that were taken before the case was opened; not written yet."""
    return [
        Entry(
            case=case, position=position, kind=EntryKind.BACKFILLED, step=step.id, on=on,
            outcome=step.outcomes[0].id if step.outcomes else "", data={} if is_known else {"unknown": True},
            reason=BEFORE, organization=case.organization, recorded_at=at, recorded_by_id=user_id,
        )
        for position, (step, on, is_known) in enumerate(steps, start=1)
    ]  # fmt: skip


def _last_review(scope: Scope, held: Held, on: date) -> None:
    repeated = next((step for step in held.procedure.steps if step.is_repeated and step.limits), None)
    if repeated is None or held.case.person is None or held.case.person.stage != "20":
        raise Refusal("只有入党积极分子可以补录最近一次培养考察。", field="last_review_on", remedy="请清空。")
    since = min((entry.on for entry in held.entries if entry.step == "activist"), default=on)
    if not since <= on <= scope.today:
        raise Refusal(f"最近一次考察应在 {since} 与今天之间。", field="last_review_on", remedy="请核对日期。")
    add_entry(scope, held, EntryKind.BACKFILLED, on=on, step=repeated.id, reason=BEFORE)


def _record(scope: Scope, held: Held) -> None:
    record(
        scope, "procedures.open", object=held.case, organization_path=held.case.organization.path,
        changes={"procedure": held.case.procedure, "state": held.case.state},
    )  # fmt: skip


def open_many(scope: Scope, key: str, chosen: QuerySet[Person]) -> list[Case]:
    """Open the cases of the chosen people, all or none. Refuses with the names of those for whom it cannot be done."""
    cases, faults = [], []
    with transaction.atomic():
        for person in chosen.order_by("pk"):
            try:
                cases.append(open_case(scope, key, person))
            except Refusal as refused:
                faults.append(refused)
        if faults:
            raise Refusals(faults[:5])
        if not cases:
            raise Refusal("没有选中任何人。", remedy="请回到名单勾选。")
    return cases
