"""What can be asked about people. ``scope`` comes first and decides who is seen."""

from zhibu.people.queries.contact import (
    contacts,
    lost_people,
    mobile_people,
    mobilities,
    mobility,
    not_registered,
    unreached,
)
from zhibu.people.queries.corrections import corrected_since, correction_term, correction_terms
from zhibu.people.queries.files import (
    Look,
    change_request,
    change_requests,
    departure,
    history,
    looks,
    my_file,
    my_requests,
    open_stage,
    past,
    ties,
)
from zhibu.people.queries.grants import membership_grants, person_behind
from zhibu.people.queries.roster import (
    branches,
    by_number_or_name,
    came_by,
    found,
    found_by_number,
    incomplete_people,
    is_personal_number,
    narrowing,
    people,
    person,
    probation,
    roster,
    who_left,
    within,
)
from zhibu.people.queries.sanctions import in_effect, sanction, sanctioned, sanctions, under_observation
from zhibu.people.queries.waiting import waiting

__all__ = [
    "Look", "branches", "by_number_or_name", "came_by", "change_request", "change_requests", "contacts",
    "corrected_since", "correction_term", "correction_terms", "departure", "found", "found_by_number", "history",
    "in_effect",
    "incomplete_people", "is_personal_number", "looks", "lost_people", "membership_grants", "mobile_people",
    "mobilities", "mobility", "my_file", "my_requests", "narrowing", "not_registered", "open_stage", "past", "people",
    "person", "person_behind", "probation", "roster", "sanction", "sanctioned", "sanctions", "ties",
    "under_observation", "unreached", "waiting", "who_left", "within",
]  # fmt: skip
