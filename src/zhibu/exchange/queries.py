"""What can be asked about imports and exports. ``scope`` comes first."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.exchange.enums import BatchState
from zhibu.exchange.models import ImportBatch, ImportRow
from zhibu.organizations import queries as organizations
from zhibu.organizations.models import Organization
from zhibu.people.enums import MEMBERS, StageKind
from zhibu.people.models import Person
from zhibu.ui.waiting import Waiting


def home_path(scope: Scope) -> str:
    """The node under which a new batch is filed: the highest at which the reader may import."""
    paths = scope.paths(Right.IMPORT)
    if not paths:
        return ""
    highest = min(paths, key=lambda path: (len(path), path))
    return highest or Organization.objects.filter(depth=1).values_list("path", flat=True).first() or ""


def batches(scope: Scope) -> QuerySet[ImportBatch]:
    """One's own batches, and those filed in one's subtrees."""
    visible = scope.within(Right.IMPORT, "organization_path")
    if scope.user_id is not None:
        visible = (visible & Q(pk__isnull=False)) | Q(user_id=scope.user_id)
    return ImportBatch.objects.filter(visible).select_related("user", "committed_by")


def batch(scope: Scope, pk: int, *, lock: bool = False) -> ImportBatch:
    """One batch: 404 outside the reader's reach. ``lock`` holds it for the transaction."""
    found = batches(scope).filter(pk=pk)
    held = found.select_for_update(of=("self",)).first() if lock else found.first()
    if held is None:
        raise Http404("没有这个导入批次，或不在您的管理范围内。")
    return held


def rows(scope: Scope, held: ImportBatch) -> QuerySet[ImportRow]:
    """The staged rows of a batch that the reader may see."""
    return ImportRow.objects.filter(batch=batch(scope, held.pk)).select_related("batch").order_by("number")


def committed_after(held: ImportBatch) -> ImportBatch | None:
    """A later import of the same form that stands, over organizations that overlap."""
    later = ImportBatch.objects.filter(
        kind=held.kind, state=BatchState.COMMITTED, committed_at__gt=held.committed_at
    ).order_by("committed_at")
    path = held.organization_path
    return next(
        (each for each in later if each.organization_path.startswith(path) or path.startswith(each.organization_path)),
        None,
    )


def same_file_before(scope: Scope, held: ImportBatch) -> ImportBatch | None:
    """An earlier import of exactly this file."""
    earlier = batches(scope).filter(digest=held.digest, kind=held.kind, state=BatchState.COMMITTED)
    return earlier.exclude(pk=held.pk).order_by("-committed_at").first()


def members_for_export(scope: Scope, under: Organization | None) -> QuerySet[Person]:
    """Members (probationary, full, suspended) whom the reader may export, in the order of branches and names."""
    people = scope.visible(Person.objects.select_related("organization"), Right.EXPORT)
    people = people.filter(stage__in=[*MEMBERS, StageKind.SUSPENDED])
    if under is not None:
        people = people.filter(organization__path__startswith=under.path)
    return people.order_by("organization__path", "pinyin", "id")


def organizations_for_export(scope: Scope, under: Organization | None) -> QuerySet[Organization]:
    """Organizations in being that the reader may export, superiors first."""
    nodes = organizations.organizations(scope, Right.EXPORT).filter(dissolved_on__isnull=True)
    return nodes.filter(path__startswith=under.path) if under is not None else nodes


def waiting(scope: Scope) -> list[Waiting]:
    """Batches of the reader's own that wait for a decision: where there is something to confirm."""
    if scope.user_id is None or not scope.may(Right.IMPORT):
        return []
    writable = Q(summary__rows__new__gt=0) | Q(summary__rows__changed__gt=0)
    found = list(
        ImportBatch.objects.filter(writable, user_id=scope.user_id, state=BatchState.READY)
        .values("pk", "uploaded_at")
        .order_by("pk")
    )
    if not found:
        return []
    url = (
        reverse("exchange:batch", args=[found[0]["pk"]])
        if len(found) == 1
        else reverse("exchange:batches") + "?state=ready"
    )
    since = found[0]["uploaded_at"].date()
    return [Waiting("导入的表格待确认", len(found), url, since, help="核对问题后确认写入，或放弃。")]
