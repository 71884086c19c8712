"""What the room announces to others, within the transaction of the action that caused it."""

from dataclasses import dataclass

from django.dispatch import Signal

# A person is no longer a member from a day on (left, transferred out, died, suspended).
# Arguments: scope, person, on, why.
membership_ended = Signal()

# A person is about to stand at another stage. A receiver may refuse (raise `Refusal`).
# Arguments: scope, person, before, after, on, procedure (the one that takes the step; empty otherwise).
stage_changing = Signal()

# People belong to another branch from a day on. Arguments: scope, persons (ids), target, on.
moved = Signal()

# Somebody is about to enter a branch, to leave it, or to change it. A receiver may refuse (raise `Refusal`).
# Arguments: scope, persons (ids; none of somebody new), organizations, on, procedure (what decided it: the procedure
# that takes the step, "organizations" for merging, splitting and dissolving; empty otherwise).
roster_changing = Signal()

# Where somebody went who was transferred out: a receiver that knows answers with the `GoneTo`, else None.
# Arguments: person (id).
where_to = Signal()


@dataclass(frozen=True)
class GoneTo:
    """The organization that took somebody over, and the paper that says so."""

    to: str
    paper: str
