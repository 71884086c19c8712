"""The worker's part: cluster the problems of one organization again and keep what its editors decided."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from zhibu.regulations.dates import add_months
from zhibu.regulations.queries import value
from zhibu.supervision.common.clustering import Text, clusters, spoken, telling, words_of
from zhibu.supervision.common.enums import GroupingState
from zhibu.supervision.common.models import CommonProblem, GroupedProblem, Grouping
from zhibu.supervision.enums import OPEN
from zhibu.supervision.models import Problem

MONTHS = 12
A_BATCH = 500


def fewest(today: date) -> int:
    """Of how many organizations like problems are common ones (校内设定)."""
    return value("supervise.common", today).number


def regroup(pk: int, today: date) -> None:
    """Make one organization's grouping anew. Running it again changes nothing; what fails says so on the page."""
    Grouping.objects.filter(pk=pk).update(state=GroupingState.DOING, done=0)
    try:
        grouping = Grouping.objects.select_related("organization").get(pk=pk)
        texts = _texts(grouping, today)
        found, left_out = clusters(texts)
        with transaction.atomic():
            Grouping.objects.select_for_update(of=("self",)).get(pk=pk)
            _write(grouping, texts, found, fewest(today))
            Grouping.objects.filter(pk=pk).update(
                state=GroupingState.DONE, made_at=timezone.now(), left_out=left_out, done=len(texts)
            )
    except BaseException:
        Grouping.objects.filter(pk=pk).update(state=GroupingState.FAILED)
        raise


def _texts(grouping: Grouping, today: date) -> list[Text]:
    """Problems raised in the last twelve months and those still open, cut into words; tells how far it is."""
    first = add_months(today.replace(day=1), 1 - MONTHS)
    rows = Problem.objects.filter(
        Q(raised_on__gte=first) | Q(state__in=OPEN), organization__path__startswith=grouping.organization.path
    )
    read = list(rows.order_by("pk").values_list("pk", "organization", "text"))
    Grouping.objects.filter(pk=grouping.pk).update(total=len(read))
    texts: list[Text] = []
    for number, (pk, node, text) in enumerate(read, 1):
        texts.append(Text(pk, node, words_of(text)))
        if number % A_BATCH == 0:
            Grouping.objects.filter(pk=grouping.pk).update(done=number)
    return texts


@dataclass
class Decisions:
    """What editors decided: which problem is where, and which is in no group."""

    where: dict[int, int] = field(default_factory=dict)
    out: set[int] = field(default_factory=set)
    by_bag: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    by_cluster: dict[int, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def of(self, bag: str, cluster: int | None) -> int | None:
        """The edited group that a new problem of this wording joins: where the editor put the same words, else where
        most of what is alike was put."""
        for votes in (self.by_bag.get(bag), self.by_cluster.get(cluster) if cluster is not None else None):
            if votes:
                return min(votes, key=lambda group: (-votes[group], group))
        return None


def _decisions(rows: Iterable[GroupedProblem], texts: Sequence[Text], found: dict[str, int]) -> Decisions:
    kept, by_pk = Decisions(), {text.pk: text for text in texts}
    for row in rows:
        if row.is_out:
            kept.out.add(row.problem_id)
        elif row.by_hand:
            kept.where[row.problem_id] = row.group_id
            if (text := by_pk.get(row.problem_id)) and text.words:
                kept.by_bag[text.bag][row.group_id] += 1
                if text.bag in found:
                    kept.by_cluster[found[text.bag]][row.group_id] += 1
    return kept


def _write(grouping: Grouping, texts: Sequence[Text], found: dict[str, int], least: int) -> None:
    rows = list(GroupedProblem.objects.filter(grouping=grouping).order_by("pk"))
    kept = _decisions(rows, texts, found)
    joined: dict[int, list[int]] = defaultdict(list)  # edited group → problems the worker adds to it
    alike: dict[int, list[Text]] = defaultdict(list)  # cluster → problems that no editor has spoken about
    for text in texts:
        if text.pk in kept.where or text.pk in kept.out or not text.words:
            continue
        cluster = found.get(text.bag)
        if (group := kept.of(text.bag, cluster)) is not None:
            joined[group].append(text.pk)
        elif cluster is not None:
            alike[cluster].append(text)
    common = [part for _, part in sorted(alike.items()) if len({text.organization for text in part}) >= least]
    GroupedProblem.objects.filter(grouping=grouping, by_hand=False, is_out=False).delete()
    before = {row.problem_id: row.group_id for row in rows if not row.by_hand and not row.is_out}
    for made, part in _matched(grouping, common, before):
        joined[made.pk] = [text.pk for text in part]
    GroupedProblem.objects.bulk_create(
        (
            GroupedProblem(grouping=grouping, group_id=group, problem_id=pk)
            for group, pks in sorted(joined.items())
            for pk in pks
        ),
        batch_size=1000,
    )
    CommonProblem.objects.filter(grouping=grouping, is_edited=False, rows__isnull=True).delete()
    _name(grouping, texts)


def _matched(
    grouping: Grouping, common: Sequence[Sequence[Text]], before: dict[int, int]
) -> Iterable[tuple[CommonProblem, Sequence[Text]]]:
    """Each cluster with the untouched group that held most of it until now, so that its address stays good; else with
    a new one. The largest cluster chooses first."""
    free = CommonProblem.objects.filter(grouping=grouping, is_edited=False).in_bulk()
    for part in sorted(common, key=lambda part: (-len(part), part[0].pk)):
        votes = Counter(before[text.pk] for text in part if before.get(text.pk) in free)
        best = min(votes, key=lambda pk: (-votes[pk], pk), default=None)
        group = free.pop(best) if best is not None else CommonProblem.objects.create(grouping=grouping)
        yield group, part


def _name(grouping: Grouping, texts: Sequence[Text]) -> None:
    """The words of every group; those that no editor has named are called by them."""
    by_pk = {text.pk: text for text in texts}
    members: dict[int, list[Text]] = defaultdict(list)
    for group, pk in GroupedProblem.objects.filter(grouping=grouping, is_out=False).values_list("group", "problem"):
        if pk in by_pk:
            members[group].append(by_pk[pk])
    rows, every = list(CommonProblem.objects.filter(grouping=grouping)), spoken(texts)
    for row in rows:
        row.words = telling(members[row.pk], every)
        if not row.is_edited:
            row.title = "、".join(row.words[:3]) or "用词相近的问题"
    CommonProblem.objects.bulk_update(rows, ["words", "title"])
