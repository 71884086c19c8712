"""Two anonymous surveys in the demo: one of the last quarter with its result, one under way. All answers are invented;
the side is none of the demo's scheme, so that no score rests on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from zhibu.accounts.scope import Scope
from zhibu.assessment.evaluators.enums import Evaluator
from zhibu.assessment.surveys import actions
from zhibu.assessment.surveys.forms import EXAMPLES
from zhibu.assessment.surveys.models import Survey
from zhibu.assessment.surveys.rules import Question
from zhibu.indicators.periods import Period
from zhibu.organizations.models import Organization


def fill(organizer: Scope, branches: Sequence[Organization], today: date) -> None:
    """The first branch is being asked about; of the second one all slips have come back."""
    rng, now = Random(f"{branches[0].pk} surveys"), Period.of(today)
    _asked(organizer, branches[0], now, slips=20, back=7, rng=rng)
    for node in branches[1:2]:
        ended = _asked(organizer, node, now.moved(-1), slips=12, back=12, rng=rng)
        actions.close(organizer, ended.pk)


def _asked(scope: Scope, node: Organization, period: Period, *, slips: int, back: int, rng: Random) -> Survey:
    question = Question(Evaluator.PUBLIC, EXAMPLES, scope.today + timedelta(days=10), slips)
    row, codes = actions.issue(scope, actions.open_survey(scope, node.pk, period, question).pk)
    for code in codes[:back]:
        actions.hand_in(code, [rng.choice((3, 4, 4, 5, 5)) for _ in EXAMPLES], scope.today)
    return row
