"""Every step of every procedure is reached at its own address: no page of another kind stands there."""

import pytest
from django.urls import resolve, reverse

from zhibu.procedures.loading import procedures

STEPS = [(key, step.id) for key, found in procedures().items() for step in found.steps]


@pytest.mark.parametrize(("key", "step"), STEPS)
def test_no_other_page_stands_at_the_address_of_a_step(key: str, step: str) -> None:
    assert resolve(reverse("procedures:step", args=[1, step])).view_name == "procedures:step", key
