"""The two forms filled from the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from zhibu.accounts.scope import Scope
from zhibu.exchange import queries
from zhibu.exchange.checking.lookups import loose
from zhibu.exchange.checking.members import outer_stage
from zhibu.exchange.checking.organizations import FIELD
from zhibu.exchange.columns.members import MEMBERS, NORMAL, SUSPENDED
from zhibu.exchange.columns.organizations import ORGANIZATIONS
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization
from zhibu.people.enums import StageKind
from zhibu.vault.masks import mask_address, mask_id_number, mask_phone

CHUNK = 2000
MASKS = {"id_number": mask_id_number, "phone": mask_phone, "landline": mask_phone, "address": mask_address}


def names_of(nodes: Iterator[Organization]) -> dict[int, str]:
    """How a form names an organization so that reading it finds the same: the name, or the code where names repeat."""
    held = list(nodes)
    used = Counter(loose(node.name) for node in held) + Counter(
        loose(node.short_name) for node in held if node.short_name != node.name
    )
    names = {node.pk: node.name if used[loose(node.name)] == 1 else node.code for node in held}
    # The form knows branches, not their groups.
    branches = {node.path: names[node.pk] for node in held}
    groups = [node for node in held if node.kind == Kind.GROUP]
    return names | {node.pk: branches.get(node.path[: -Organization.steplen], names[node.pk]) for node in groups}


def member_rows(scope: Scope, under: Organization | None, *, full: bool) -> Iterator[dict[str, str]]:
    """The twenty columns as texts; without ``full`` ID numbers, phones and addresses are masked."""
    names = names_of(queries.organizations_for_export(scope, None).iterator())
    people = queries.members_for_export(scope, under)
    for number, person in enumerate(people.iterator(chunk_size=CHUNK), start=1):
        row = {"serial": str(number)}
        for column in MEMBERS.columns[1:]:
            if column.name == "organization":
                row["organization"] = names.get(person.organization_id or 0, "")
            elif column.name == "stage":
                row["stage"] = column.write(outer_stage(person.stage, person.confirmed_on))
            elif column.name == "membership":
                row["membership"] = column.write(SUSPENDED if person.stage == StageKind.SUSPENDED else NORMAL)
            else:
                row[column.name] = column.write(getattr(person, column.name))
        if not full:
            for name, mask in MASKS.items():
                row[name] = mask(row[name])
        yield row


def organization_rows(scope: Scope, under: Organization | None) -> Iterator[dict[str, str]]:
    """The organization form as texts, superiors first."""
    nodes = list(queries.organizations_for_export(scope, under))
    codes = dict(Organization.objects.values_list("path", "code"))
    for node in nodes:
        row = {"parent": codes.get(node.path[: -Organization.steplen], "")}
        for column in ORGANIZATIONS.columns:
            if column.name != "parent":
                row[column.name] = column.write(getattr(node, FIELD.get(column.name, column.name)))
        yield row
