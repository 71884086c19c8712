"""What steps do beside changing a person's stage, by name. Each deed runs within the step's transaction."""

from __future__ import annotations

from collections.abc import Callable

from zhibu.accounts.scope import Scope
from zhibu.procedures.actions import offices
from zhibu.procedures.actions.common import Held
from zhibu.procedures.enums import Deed
from zhibu.procedures.models import Entry

# ``held.state`` is the state before the step; the entry carries its papers already.
DEEDS: dict[Deed, Callable[[Scope, Held, Entry], None]] = {**offices.DEEDS}


def do(deed: str, scope: Scope, held: Held, entry: Entry) -> None:
    DEEDS[Deed(deed)](scope, held, entry)
