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
