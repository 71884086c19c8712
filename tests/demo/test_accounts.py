"""One account per role, with passwords nobody can guess, and something waiting behind each."""

from pathlib import Path

import pytest

from tests.demo.university import TODAY
from zhibu.accounts.enums import Role
from zhibu.accounts.models import User
from zhibu.accounts.scope import scope_of
from zhibu.demo.accounts import hand_out
from zhibu.demo.generate import Summary
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import Meeting, Resolution
from zhibu.people.models import ChangeRequest, Person

pytestmark = pytest.mark.django_db


def test_every_role_gets_an_account_that_has_exactly_this_role(university: Summary, tmp_path: Path) -> None:
    found = hand_out(tmp_path / "accounts.txt", today=TODAY)

    assert [one.role for one in found] == [
        Role.MEMBER, Role.SECRETARY, Role.ORGANIZER, Role.OFFICE, Role.ADMINISTRATOR, Role.INSPECTOR,
    ]  # fmt: skip
    assert len({one.username for one in found}) == len(found)
    for one in found:
        user = User.objects.get(username=one.username)
        assert user.check_password(one.password)
        assert scope_of(user, TODAY).role is one.role


def test_the_file_is_for_its_owner_only_and_renewed_by_a_second_call(university: Summary, tmp_path: Path) -> None:
    file = tmp_path / "accounts.txt"
    first = hand_out(file, today=TODAY)
    second = hand_out(file, today=TODAY)
    lines = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]

    assert file.stat().st_mode & 0o777 == 0o600
    assert lines == [[one.role.label, one.username, one.password, one.note] for one in second]
    assert not {one.password for one in first} & {one.password for one in second}
    assert [one.username for one in first] == [one.username for one in second]


def test_something_waits_in_the_branch_of_the_secretary(university: Summary, tmp_path: Path) -> None:
    found = {one.role: one for one in hand_out(tmp_path / "accounts.txt", today=TODAY)}
    secretary = Person.objects.get(user__username=found[Role.SECRETARY].username)
    member = Person.objects.get(user__username=found[Role.MEMBER].username)
    branch = next(one["organization"] for one in university.troubles if one["kind"] == "late_theme_day")

    assert secretary.tenures.filter(ended_on=None, post="secretary", organization__code=branch).exists()
    drafts = Meeting.objects.filter(organization__code=branch, state=State.DRAFT)
    # One meeting begun, one prepared, and a talk that waits for the other to confirm it.
    assert sorted(drafts.values_list("kind", flat=True)) == sorted([Kind.THEME_DAY, Kind.COMMITTEE, Kind.TALK])
    assert Resolution.objects.filter(meeting__organization__code=branch, step="activist").count() == 2
    assert ChangeRequest.objects.filter(person=member, state="open").count() == 1
    assert ChangeRequest.objects.filter(state="open").count() >= 2
