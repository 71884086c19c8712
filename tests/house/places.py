"""For every URL with a parameter: which object of the own and of another subtree stands for it in the matrix.

`branch` is the own subtree (member, secretary, organizer, office), `other_branch` the other one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cast import Cast

Finder = Callable[[Cast, bool], dict[str, Any]]
# room → what its <int:pk> means; a URL of its own entry overrides
ROOMS: dict[str, Finder] = {}
URLS: dict[str, Finder] = {}


def room(name: str) -> Callable[[Finder], Finder]:
    def keep(finder: Finder) -> Finder:
        ROOMS[name] = finder
        return finder

    return keep


def url(*names: str) -> Callable[[Finder], Finder]:
    def keep(finder: Finder) -> Finder:
        for name in names:
            URLS[name] = finder
        return finder

    return keep


@room("accounts")
def _account(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.member if own else cast.neighbour).user_id}


@room("organizations")
def _organization(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.branch if own else cast.other_branch).pk}


@room("people")
def _person(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.member if own else cast.neighbour).pk}


def _recorded(cast: Cast, own: bool, *, draft: bool = False) -> Any:
    from datetime import date

    from zhibu.meetings.enums import Kind, State
    from zhibu.meetings.models import Attachment, Attendance, Meeting

    node, person = (cast.branch, cast.member) if own else (cast.other_branch, cast.neighbour)
    state = State.DRAFT if draft else State.RECORDED
    meeting = Meeting.objects.create(
        organization=node, kind=Kind.THEME_DAY, title="主题党日", held_on=date(2026, 11, 12), state=state
    )
    Attendance.objects.create(meeting=meeting, person=person)
    Attachment.objects.create(
        meeting=meeting, file="meetings/none", name="a.pdf", content_type="application/pdf", size=1, sha256="0" * 64,
        added_at="2026-11-12T08:00:00Z",
    )  # fmt: skip
    return meeting


@room("meetings")
def _meeting(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _recorded(cast, own).pk}


@url("meetings:delete")
def _draft(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _recorded(cast, own, draft=True).pk}


@url("meetings:attachment", "meetings:detach")
def _attachment(cast: Cast, own: bool) -> dict[str, Any]:
    meeting = _recorded(cast, own)
    return {"pk": meeting.pk, "attachment": meeting.attachments.get().pk}


@url("meetings:cadence_of")
def _cadence(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.branch if own else cast.other_branch).pk}


@room("regulations")
def _rule(cast: Cast, own: bool) -> dict[str, Any]:
    return {"rule_id": "dev.publicity"}  # the same for everyone


@url("people:change", "people:withdraw")
def _change_request(cast: Cast, own: bool) -> dict[str, Any]:
    from django.utils import timezone

    from zhibu.people.models import ChangeRequest

    person = cast.member if own else cast.neighbour
    asked, _made = ChangeRequest.objects.get_or_create(
        person=person, field="school", defaults={"new_value": "虚构中学", "asked_at": timezone.now()}
    )
    return {"request_pk": asked.pk}
