"""What a person is like never stands in the audit log in clear; a new field does not until somebody decides it may."""

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from zhibu.audit.actions import PERSONAL, record
from zhibu.people.models import Person
from zhibu.people.rules.fields import FIELDS

PEOPLE = list(apps.get_app_config("people").get_models())
# Fields of the room's models whose values the log may show. Lengthening this list is a decision about people's data.
MAY_STAND = {
    "Person": {"user", "organization", "stage", "is_lost", "lost_since", "is_mobile"},
    "Stage": {"organization", "kind", "started_on", "ended_on", "way_out", "origin"},
    "Affiliation": {"organization", "started_on", "ended_on", "entry", "leaving"},
    "Mobility": {"since", "ended_on"},
    "Contact": {"on"},
    "Sanction": set(),
    "CorrectionTerm": set(),
    "ChangeRequest": {"field", "state", "asked_at", "decided_at", "decided_by"},
}


def columns(model: type[models.Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields]


@pytest.mark.parametrize("model", PEOPLE, ids=lambda model: model.__name__)
def test_every_model_about_persons_says_what_the_log_may_show(model: Any) -> None:
    assert hasattr(model, "plain_in_audit"), "Say which fields of this model the audit log may show (plain_in_audit)."
    assert set(columns(model)) & model.plain_in_audit == MAY_STAND[model.__name__]
    assert not model.plain_in_audit & PERSONAL


@pytest.mark.django_db
@pytest.mark.parametrize("model", PEOPLE, ids=lambda model: model.__name__)
def test_the_value_of_no_other_column_stands_in_the_log(model: Any) -> None:
    changes = {name: [f"old-{name}", f"new-{name}"] for name in columns(model)}

    kept = record(None, "people.update", object=model(pk=1), changes=changes).changes

    shown = {name for name, values in kept.items() if any(name in value for value in values)}
    assert shown == MAY_STAND[model.__name__]


@pytest.mark.django_db
def test_nothing_that_a_form_can_change_stands_in_the_log() -> None:
    changes = {field.name: ["", "value-in-clear"] for field in FIELDS}

    assert "value-in-clear" not in str(record(None, "people.update", object=Person(pk=1), changes=changes).changes)


@pytest.mark.django_db
def test_a_field_that_nobody_has_decided_about_is_personal() -> None:
    assert record(None, "people.update", object=Person(pk=1), changes={"brand_new": "secret"}).changes != {
        "brand_new": "secret"
    }
