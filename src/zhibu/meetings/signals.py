"""What the recording part tells to whoever listens, inside the same transaction."""

from django.dispatch import Signal

# A record was finished: ``meeting``.
recorded = Signal()

# Something its organization has to put right was found, and the rooms above keep the list of such things. Arguments:
# organization, source (what kind of finding, e.g. "spot_check", "life_meeting"), key (unique within the source: a
# second sending changes nothing), text, measure, responsible (Person or None), due_on (date or None), address (the page
# behind it), scope (who found it; its ``today`` is the day).
problem_found = Signal()

# An organization's ledger of a year is put together: what do other rooms have to add? Arguments: organization, year,
# today. Receivers return chapters: a list of (heading, [(day, text), …]), the earliest day first.
ledger_gathered = Signal()

# What was told with `problem_found` was put right where it was found. Arguments: source, key, text, measure,
# responsible, due_on, reason, scope.
problem_changed = Signal()
