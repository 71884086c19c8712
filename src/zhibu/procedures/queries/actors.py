"""Which organization acts for each actor of a case, and whether the reader may act for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import TEMPORARY_KINDS, Kind
from zhibu.organizations.models import Organization
from zhibu.procedures.enums import UPPER_ACTORS, Actor
from zhibu.procedures.models import Case

ADMISSION = "admission"
Acting = Mapping[Actor, Organization]


def acting(case: Case) -> dict[Actor, Organization]:
    """The organization behind each actor, in one query. Without an organization of that kind above, the root acts."""
    ends = [node for node in (case.organization, case.target) if node is not None]
    chains = _chains(ends)
    own = chains[case.organization.path]
    found = {
        Actor.PERSON: case.organization,
        Actor.BRANCH: case.organization,
        Actor.SUPERIOR: _superior(own),
        Actor.APPROVER: _approver(own),
        Actor.OFFICE: own[0],
    }
    if case.target is not None:
        found[Actor.RECEIVER] = case.target
        found[Actor.RECEIVING_COMMITTEE] = _approver(chains[case.target.path])
    return found


def _chains(nodes: Iterable[Organization]) -> dict[str, list[Organization]]:
    """For each node, from the root down to the node itself."""
    step = Organization.steplen
    wanted = {node.path: [node.path[:end] for end in range(step, len(node.path) + 1, step)] for node in nodes}
    paths = {path for chain in wanted.values() for path in chain}
    known = {node.path: node for node in Organization.objects.filter(path__in=paths)}
    return {end: [known[path] for path in chain] for end, chain in wanted.items()}


def _superior(chain: list[Organization]) -> Organization:
    return chain[-2] if len(chain) > 1 else chain[-1]


def _approver(chain: list[Organization]) -> Organization:
    """The nearest committee with the power to approve members. Whether one has it is its own flag, never its kind;
    temporary organizations have it not (发展党员工作细则 第二十二条)."""
    for node in reversed(chain):
        if node.may_approve_members and Kind(node.kind) not in TEMPORARY_KINDS:
            return node
    return chain[0]


def may_act(scope: Scope, case: Case, actor: Actor, nodes: Acting) -> bool:
    """Whether the reader may take a step of this actor. Nobody decides by a post about what concerns themselves; a
    secretary who moves on consents for the branch as for everybody in it."""
    node = nodes.get(actor)
    if node is None:
        return False
    if case.person_id is not None and case.person_id == scope.person_id:
        if actor is Actor.PERSON:
            return True
        if actor in UPPER_ACTORS or case.procedure == ADMISSION:
            return False
    right = Right.DECIDE_CASE if actor in UPPER_ACTORS else Right.HANDLE_CASE
    return scope.may(right, node.path)
