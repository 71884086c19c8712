"""What the room announces, after commit."""

from django.dispatch import Signal

# A step of a case was taken. Arguments: case, step (id), entry.
step_taken = Signal()

# A case was called off by its own side, within that action's transaction. Arguments: scope, case, on.
called_off = Signal()
