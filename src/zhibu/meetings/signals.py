"""What the recording part tells to whoever listens, inside the same transaction."""

from django.dispatch import Signal

# A record was finished: ``meeting``.
recorded = Signal()
