"""What the room announces to others, within the transaction of the action that caused it."""

from django.dispatch import Signal

# A person is no longer a member from a day on (left, transferred out, died, suspended).
# Arguments: scope, person, on, why.
membership_ended = Signal()
