"""The sample workbooks do what the README promises: errors, correction, confirmation, undo, again."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.make import BRANCHES, make
from tests.cast import Cast
from tests.exchange.files import imported, preview, problems
from zhibu.exchange import actions
from zhibu.exchange.enums import BatchKind, BatchState, RowState
from zhibu.people.models import Person

pytestmark = pytest.mark.django_db


def test_the_samples_are_made_as_they_lie_there(tmp_path: Path) -> None:
    made = {path.name for path in make(tmp_path)}

    assert made == {
        path.name for path in (Path(__file__).parents[2] / "examples").iterdir() if path.suffix in {".xlsx", ".csv"}
    }


def test_the_walk_through_the_samples(cast: Cast, tmp_path: Path) -> None:
    form, roster, right_form, right_roster, comma = (path.read_bytes() for path in make(tmp_path))
    scope = cast.scope(cast.office)

    wrong = preview(scope, form, BatchKind.ORGANIZATIONS)
    assert [(row, column) for row, column, _, _ in problems(wrong)] == [(6, "parent"), (7, "category")]
    imported(scope, right_form, BatchKind.ORGANIZATIONS)

    batch = preview(scope, roster)
    columns = {column for _, column, _, _ in problems(batch)}
    assert len(columns) == 13
    assert batch.count(RowState.ERROR) == 16
    assert [row for row, *_ in problems(preview(scope, comma))]
    done = imported(scope, right_roster)
    assert (done.state, done.summary["written"]) == (BatchState.COMMITTED, {"created": 60, "updated": 0})
    assert Person.objects.filter(name="严𬭊", organization__name=BRANCHES[2]).exists()
    actions.undo(scope, done.pk)
    assert not Person.objects.filter(organization__name=BRANCHES[2]).exists()
    assert imported(scope, right_roster).state == BatchState.COMMITTED
