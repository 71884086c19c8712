"""Which papers of the archive a step may rest on: those that lie there unused and are not an earlier step's."""

from datetime import date

import pytest

from tests.cast import TODAY, Cast
from tests.procedures.road import ADMISSION, applicant, state, take, voters
from zhibu.archive import actions as archive
from zhibu.procedures import actions
from zhibu.procedures.actions.taking import free_papers

pytestmark = pytest.mark.django_db


def test_minutes_of_an_earlier_meeting_are_no_minutes_of_this_one(cast: Cast) -> None:
    voters(cast)
    case = actions.open_case(cast.scope(cast.secretary), "admission", applicant(cast))
    take(cast, case, "talk", date(2026, 6, 10))
    take(cast, case, "activist", date(2026, 6, 20))
    scope = cast.scope(cast.organizer)

    def there() -> list[str]:
        return sorted(free_papers(case, ADMISSION, ADMISSION["opinions"], state(case), TODAY))

    for kind, on in (("committee_minutes", date(2026, 6, 20)), ("opinions_record", date(2026, 6, 19))):
        archive.add(scope, person=case.person, organization=case.organization, kind=kind, dated_on=on, place="档案柜")
    assert there() == ["opinions_record"]

    archive.add(
        scope, person=case.person, organization=case.organization, kind="committee_minutes",
        dated_on=date(2026, 6, 21), place="档案柜",
    )  # fmt: skip
    assert there() == ["committee_minutes", "opinions_record"]
