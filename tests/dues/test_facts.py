"""What goes to the warehouse: counts and sums of branches."""

from datetime import date

import pytest
from django.db import connection

from tests.cast import TODAY, Cast
from zhibu.dues import actions, queries
from zhibu.dues.enums import IncomeKind
from zhibu.dues.facts import payer_month
from zhibu.organizations.models import Organization
from zhibu.warehouse.contract import render

pytestmark = pytest.mark.django_db


def test_a_month_of_a_branch_is_counted_and_summed_without_people(cast: Cast) -> None:
    scope, september, october = cast.scope(cast.secretary), date(2026, 9, 1), date(2026, 10, 1)
    actions.fix_base(scope, cast.member, kind=IncomeKind.MONTHLY, amount="6123.45", started_on=september)
    actions.fix_base(cast.scope(cast.organizer), cast.secretary, kind=IncomeKind.STUDENT, started_on=october)
    actions.register(scope, cast.member, months=[september], amount="91.90", paid_on=date(2026, 9, 30))
    actions.register(scope, cast.member, months=[october], amount="91.90", paid_on=date(2026, 11, 1))

    with connection.cursor() as cursor:
        cursor.execute(render(payer_month, TODAY))
        rows = sorted(cursor.fetchall())

    assert rows[:2] == [
        (september, cast.branch.pk, 1, 1, 1, 9190, 9190),
        (october, cast.branch.pk, 2, 1, 0, 9210, 9190),
    ]
    # What the number opens is as many records as it says.
    opened = queries.closed_dues(scope, cast.branch.path, date(2026, 9, 1), date(2026, 12, 31))
    assert sorted((due.month, due.in_time) for due in opened) == [  # type: ignore[attr-defined]
        (september, True), (october, False), (october, False),
    ]  # fmt: skip
    Organization.objects.filter(pk=cast.branch.pk).update(recorded_since=date(2026, 9, 2))
    assert {due.month for due in opened.all()} == {october}
    assert not queries.closed_dues(cast.scope(cast.neighbour), cast.branch.path, september, october).exists()
    assert [column.name for column in payer_month.columns][2:] == [
        "payers_due", "payers_paid", "payers_in_time", "fen_due", "fen_paid",
    ]  # fmt: skip
