"""What can be asked of the audit log."""

from django.db.models import Q, QuerySet

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.chain import Break, breaks
from zhibu.audit.models import Entry


def entries(scope: Scope) -> QuerySet[Entry]:
    """Entries within the reader's subtrees, newest first; entries without a place only for rights over everything."""
    found = Entry.objects.order_by("-pk")
    paths = scope.paths(Right.READ_AUDIT)
    if "" in paths:
        return found
    condition = Q(pk__in=())
    for path in paths:
        condition |= Q(organization_path__startswith=path)
    return found.filter(condition)


def about(object_kind: str, object_id: int, verbs: tuple[str, ...] = ()) -> QuerySet[Entry]:
    """Entries about one object, newest first. The caller has loaded the object through the scope."""
    found = Entry.objects.filter(object_kind=object_kind, object_id=object_id).order_by("-pk")
    return found.filter(verb__in=verbs) if verbs else found


def chain_breaks(limit: int = 20) -> list[Break]:
    """The first places where the chain does not hold; empty when every entry is as it was written."""
    found: list[Break] = []
    for broken in breaks(Entry.objects.order_by("pk").iterator(chunk_size=5000)):
        found.append(broken)
        if len(found) >= limit:
            break
    return found
