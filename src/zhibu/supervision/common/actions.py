"""What editors do with common problems, and asking the worker to group again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.regulations.refusal import Refusal
from zhibu.supervision.actions import set_measure
from zhibu.supervision.common.enums import BUSY, GroupingState
from zhibu.supervision.common.models import CommonProblem, GroupedProblem, Grouping
from zhibu.supervision.common.queries import group as one_group
from zhibu.supervision.common.queries import grouped, grouping_organization, taken_out
from zhibu.supervision.enums import OPEN
from zhibu.supervision.models import Problem
from zhibu.supervision.rules import is_above

TASK, QUEUE = "zhibu.supervision.regroup", "supervision"
GIVEN_UP = timedelta(minutes=30)
MOST_AT_ONCE = 500


@transaction.atomic
def ask(scope: Scope, organization: int) -> bool:
    """Leave grouping to the worker; False while it is at it. Audited as ``supervision.common_group``."""
    node = grouping_organization(scope, organization)
    row, is_new = Grouping.objects.get_or_create(organization=node, defaults={"asked_at": timezone.now()})
    row = Grouping.objects.select_for_update().get(pk=row.pk)
    if not is_new and row.state in BUSY and row.asked_at > timezone.now() - GIVEN_UP:
        return False
    row.state, row.asked_at, row.done, row.total = GroupingState.WAITING, timezone.now(), 0, 0
    row.save(update_fields=["state", "asked_at", "done", "total"])
    app.configure_task(TASK, queue=QUEUE).defer(grouping_id=row.pk)
    audit.record(scope, "supervision.common_group", object=row, organization_path=node.path)
    return True


def _held(scope: Scope, pk: int) -> CommonProblem:
    """A group whose grouping stands still until the end of the transaction, so that the worker and two editors come one
    after the other; 404 where the reader does not supervise."""
    found = one_group(scope, pk)
    Grouping.objects.select_for_update().get(pk=found.grouping_id)
    return one_group(scope, pk)


def _keep(found: CommonProblem) -> None:
    """From now on the group is as people left it."""
    found.is_edited = True
    found.save(update_fields=["is_edited", "title"])
    found.rows.filter(is_out=False).update(by_hand=True)


def _audit(scope: Scope, verb: str, found: CommonProblem, **changes: Any) -> None:
    # Titles are made of the words of problems: they stay out of the audit log.
    audit.record(scope, verb, object=found, organization_path=found.grouping.organization.path, changes=changes or None)


def _named(title: str) -> str:
    found = title.strip()
    if not found:
        raise Refusal("请写明共性问题的名称。", field="title", remedy="例如：会议记录没有写明缺席原因。")
    return found[:100]


@transaction.atomic
def rename(scope: Scope, pk: int, *, title: str) -> CommonProblem:
    """Give a group its name, which it keeps. Audited as ``supervision.common_rename``."""
    found = _held(scope, pk)
    found.title = _named(title)
    _keep(found)
    _audit(scope, "supervision.common_rename", found)
    return found


@transaction.atomic
def merge(scope: Scope, pk: int, *, other: int) -> CommonProblem:
    """Make two groups of one organization's grouping one; the other one ends. Audited as
    ``supervision.common_merge``."""
    found = _held(scope, pk)
    gone = one_group(scope, other)
    if gone.pk == found.pk or gone.grouping_id != found.grouping_id:
        raise Refusal("请选择另一个共性问题。", field="other", remedy="只能合并同一党组织归类的共性问题。")
    _keep(gone)
    _keep(found)
    gone.rows.update(group=found)
    _audit(scope, "supervision.common_merge", found, other=gone.pk)
    gone.delete()
    return found


def _chosen(found: CommonProblem, scope: Scope, rows: QuerySet[GroupedProblem]) -> list[int]:
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if len(pks) > MOST_AT_ONCE:
        raise Refusal(f"一次最多选择 {MOST_AT_ONCE} 个问题。", remedy="请先筛选，再分次办理。")
    kept = list(grouped(scope, found).filter(pk__in=pks).values_list("pk", flat=True))
    if not kept:
        raise Refusal("没有选择问题，或所选的问题已不在这里。", remedy="请回到共性问题，勾选后再办理。")
    return kept


@transaction.atomic
def split(scope: Scope, pk: int, rows: QuerySet[GroupedProblem], *, title: str) -> CommonProblem:
    """Make the chosen problems a group of their own. Refuses to take all. Audited as ``supervision.common_split``."""
    found = _held(scope, pk)
    name, pks = _named(title), _chosen(found, scope, rows)
    if not found.rows.filter(is_out=False).exclude(pk__in=pks).exists():
        raise Refusal("不能把全部问题都拆出去。", remedy="只改名称的，请用“改名”。")
    made = CommonProblem.objects.create(grouping=found.grouping, title=name, words=found.words, is_edited=True)
    _keep(found)
    GroupedProblem.objects.filter(pk__in=pks).update(group=made, by_hand=True)
    _audit(scope, "supervision.common_split", made, of=found.pk, number=len(pks))
    return made


@transaction.atomic
def take_out(scope: Scope, pk: int, rows: QuerySet[GroupedProblem]) -> int:
    """The chosen problems belong to no common one; the worker does not put them back. Audited as
    ``supervision.common_out``."""
    found = _held(scope, pk)
    pks = _chosen(found, scope, rows)
    _keep(found)
    GroupedProblem.objects.filter(pk__in=pks).update(is_out=True, by_hand=True)
    _audit(scope, "supervision.common_out", found, number=len(pks))
    return len(pks)


@transaction.atomic
def put_back(scope: Scope, pk: int, row: int) -> None:
    """Undo that a problem was taken out. Audited as ``supervision.common_back``."""
    found = _held(scope, pk)
    if not taken_out(scope, found).filter(pk=row).update(is_out=False):
        raise Refusal("这个问题已经放回。", remedy="请刷新页面。")
    _audit(scope, "supervision.common_back", found)


@dataclass(frozen=True)
class Outcome:
    """What became of one problem of the group: the measure was set, or why not."""

    problem: Problem
    refused: str = ""


@transaction.atomic
def measure_all(
    scope: Scope, pk: int, *, measure: str, milestone: str = "", due_on: date | None = None, replace: bool = False
) -> list[Outcome]:
    """Set the same measure, with the same milestone and day, on all open problems of the group that the reader
    supervises. Each is decided by itself; what is refused is listed and left as it was.

    A measure that an organization has agreed on already stays unless ``replace``. Refuses a milestone without its day
    and a day that is past. Audited one by one as ``supervision.measure``, together as ``supervision.common_measure``.
    """
    found = _held(scope, pk)
    scope.require(Right.SUPERVISE, found.grouping.organization.path)
    if not measure.strip():
        raise Refusal("请写明整改措施。", field="measure", remedy="例如：统一会议记录格式，缺席须写明原因。")
    if bool(milestone.strip()) != (due_on is not None):
        raise Refusal("节点和完成期限要一起填写。", field="due_on" if milestone.strip() else "milestone")
    if due_on is not None and due_on < scope.today:
        raise Refusal("完成期限不能早于今天。", field="due_on", remedy="请另选一个日期。")
    steps = [(milestone.strip(), due_on)] if due_on is not None else []
    rows = Problem.objects.filter(state__in=OPEN, pk__in=grouped(scope, found).values("problem"))
    if rows.count() > MOST_AT_ONCE:
        raise Refusal(
            f"未销号的问题超过 {MOST_AT_ONCE} 个，不能一次办理。",
            remedy="请先拆分，例如按院系拆成几个共性问题，再分别办理。",
        )
    outcomes = list(_each(scope, rows.select_related("organization").order_by("pk"), measure, steps, replace))
    if not outcomes:
        raise Refusal("没有未销号的问题。", remedy="有新的同类问题列入后再办理。")
    _keep(found)
    done = sum(not one.refused for one in outcomes)
    _audit(scope, "supervision.common_measure", found, done=done, refused=len(outcomes) - done)
    return outcomes


def _each(
    scope: Scope, rows: Iterable[Problem], measure: str, steps: list[tuple[str, date]], replace: bool
) -> Iterable[Outcome]:
    for row in rows:
        if not is_above(scope, row.organization.path):
            yield Outcome(row, "这个党组织不由您督办。")
        elif row.measure and not replace:
            yield Outcome(row, "已有整改措施，没有改动。")
        else:
            try:
                yield Outcome(set_measure(scope, row.pk, measure=measure, milestones=steps))
            except Refusal as refusal:
                yield Outcome(row, refusal.message)
