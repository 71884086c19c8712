"""What the room announces to others, within the transaction of the action that caused it."""

from django.dispatch import Signal

# An organization is about to change its superior. A receiver may refuse (raise `Refusal`).
# Arguments: scope, node, parent, on, procedure (the one that decided it; empty otherwise).
reparenting = Signal()

# An organization stands under its new superior, with everything below it. Arguments: scope, node, on.
reparented = Signal()
