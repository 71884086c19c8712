"""What the room announces, after commit where nothing else is said."""

from django.dispatch import Signal

# A step of a case was taken. Arguments: case, step (id), entry.
step_taken = Signal()

# A case was called off by its own side, within that action's transaction. Arguments: scope, case, on.
called_off = Signal()

# What was sent has gone back for lateness, and that is written down, within the transaction. Arguments: case.
fell_back = Signal()

# A step that meetings decide is about to be entered: what have they decided? Arguments: scope, case, step (id).
# Receivers return a list of (words, address of the step's page with what the record says filled in).
meetings_asked = Signal()

# The page of a step names a decision in a record: what does it say that the form asks for? Arguments: scope, case,
# step (id), record (the meeting's), number (of the decision in it). Receivers return values by the form's names, with
# ``record`` among them; nothing where the reader may not read it, or it decided something else.
record_asked = Signal()
