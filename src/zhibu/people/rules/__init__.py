"""What may be done with a file, and what a file lacks: pure predicates over loaded objects."""

from zhibu.people.rules.completeness import REQUIRED_FIELDS, RequiredField, incomplete, missing_fields, required_fields
from zhibu.people.rules.stages import (
    Finding,
    Past,
    Transition,
    findings,
    not_before,
    probation_end,
    transition,
    transitions,
)

__all__ = [
    "REQUIRED_FIELDS", "Finding", "Past", "RequiredField", "Transition", "findings", "incomplete", "missing_fields",
    "not_before", "probation_end", "required_fields", "transition", "transitions",
]  # fmt: skip
