"""What the room announces, after commit."""

from django.dispatch import Signal

# A step of a case was taken. Arguments: case, step (id), entry.
step_taken = Signal()
