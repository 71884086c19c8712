"""Transfers and the graduation season in the demo: something of everything, and nobody between two organizations."""

import pytest

from zhibu.demo.generate import Summary
from zhibu.people.enums import MEMBERS
from zhibu.people.models import Person
from zhibu.procedures.models import Case, Leaver, Letter, OpenStep

pytestmark = pytest.mark.django_db


def test_transfers_stand_at_several_steps_and_nobody_is_between_two_organizations(university: Summary) -> None:
    living = Case.objects.filter(procedure__startswith="transfer_", state="open")
    steps = set(OpenStep.objects.filter(case__in=living).values_list("step", flat=True))

    assert {"consent", "sent"} <= steps
    for person in Person.objects.filter(cases__in=living, stage__in=MEMBERS):
        tie = person.affiliations.get(ended_on__isnull=True)
        assert tie.organization_id == person.organization_id


def test_a_season_has_letters_and_people_who_stay(university: Summary) -> None:
    assert Leaver.objects.filter(destination="").exists()
    assert Leaver.objects.filter(receiver_kind="stay", stays_until__isnull=False).exists()
    assert Letter.objects.exists()
