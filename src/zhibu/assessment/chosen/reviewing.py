"""What the superior does with a chosen action: open the review, score it, settle a disagreement, send it back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.chosen import rules
from zhibu.assessment.chosen.actions import enter, held
from zhibu.assessment.chosen.enums import ActionState, ActionStep
from zhibu.assessment.chosen.models import ActionReview, ChosenAction
from zhibu.assessment.chosen.queries import reviews_of
from zhibu.assessment.chosen.rubric import Rubric, read, rubric_for
from zhibu.assessment.evaluators.queries import is_superior
from zhibu.indicators.periods import Period
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal


def rubric_of(action: ChosenAction) -> Rubric:
    """The rubric that the review was opened with."""
    return read(action.rubric, f"自选动作 {action.pk}")


def _of_superior(scope: Scope, pk: int) -> ChosenAction:
    found = held(scope, pk, Right.GRADE)
    if not is_superior(scope, found.organization):
        raise PermissionDenied("自选动作由上级党组织评审。")
    return found


def _refuse_own(scope: Scope, found: ChosenAction) -> None:
    """Whoever proposed it, and whoever belongs to the organization, does not score it."""
    own = scope.person_id is not None and Person.objects.filter(
        pk=scope.person_id, organization=found.organization
    ).exists()  # fmt: skip
    if own or (scope.user_id is not None and found.proposed_by_id == scope.user_id):
        raise PermissionDenied("本人申报的和本人所在党组织的自选动作，由他人评审。")


def refuse_score(scope: Scope, found: ChosenAction) -> None:
    """Unless it is under review, by somebody else than those too near, and by this reader for the first time."""
    _refuse_own(scope, found)
    rules.refuse_state(found, ActionState.REVIEWING)
    if any(one.reviewer_id == scope.user_id for one in reviews_of(found)):
        raise Refusal("您已经评审过这一轮。", remedy="另一份由他人评审。")


def refuse_decision(scope: Scope, found: ChosenAction) -> None:
    """Unless two disagree, and the reader is neither of them nor too near."""
    _refuse_own(scope, found)
    rules.refuse_state(found, ActionState.DISPUTED)
    if any(one.reviewer_id == scope.user_id for one in reviews_of(found)):
        raise PermissionDenied("裁定由没有评审过的第三人作出。")


RETURNABLE = (ActionState.SUBMITTED, ActionState.REVIEWING, ActionState.DISPUTED)


@transaction.atomic
def open_review(scope: Scope, pk: int, *, version: int) -> ChosenAction:
    """Begin the review by the rubric in force. Two reviewers where more is claimed than the rubric leaves to one."""
    found = _of_superior(scope, pk)
    rules.refuse_state(found, ActionState.SUBMITTED)
    rules.refuse_version(found, version)
    rubric = rubric_for(scope.today)
    found.state, found.round = ActionState.REVIEWING, found.round + 1
    found.rubric = json.loads(json.dumps(rubric.document, default=str))
    found.reviewers = 2 if rubric.needs_two(found.claimed) else 1
    return enter(scope, found, ActionStep.OPENED, reviewers=found.reviewers, rubric=f"{rubric.key} {rubric.version}")


@transaction.atomic
def score(scope: Scope, pk: int, scores: Mapping[str, Decimal], *, opinion: str) -> ChosenAction:
    """One review. With the last one the points are settled, or the disagreement is stated.

    A first review above the rubric's limit calls for a second, whatever was claimed. Refuses a second review by the
    same person, and by those who stand too near.
    """
    found = _of_superior(scope, pk)
    refuse_score(scope, found)
    given = reviews_of(found)
    rubric = rubric_of(found)
    points = rules.sum_of(rubric, scores)
    if not opinion.strip():
        raise Refusal("请写明意见。", field="opinion", remedy="写明给分和扣分的理由，党支部可以看到。")
    ActionReview.objects.create(
        action=found, round=found.round, reviewer_id=scope.user_id, points=points, opinion=opinion.strip(),
        scores={key: str(value) for key, value in scores.items()}, entered_at=timezone.now(),
    )  # fmt: skip
    if rubric.needs_two(points):
        found.reviewers = 2
    all_points = [*(one.points for one in given), points]
    enter(scope, found, ActionStep.SCORED)
    if len(all_points) < found.reviewers:
        return found
    if (apart := rules.apart(all_points)) > rubric.settle_above:
        found.state = ActionState.DISPUTED
        text = f"相差 {apart} 分，超过 {rubric.settle_above} 分，由第三人裁定。"
        return enter(scope, found, ActionStep.DISPUTED, text)
    return _concluded(scope, found, rules.mean(all_points), "")


@transaction.atomic
def decide(scope: Scope, pk: int, *, points: Decimal, reason: str) -> ChosenAction:
    """A third person settles a disagreement, between the two reviews, with the reason."""
    found = _of_superior(scope, pk)
    refuse_decision(scope, found)
    given = reviews_of(found)
    low, high = min(one.points for one in given), max(one.points for one in given)
    if not low <= points <= high:
        raise Refusal(
            f"裁定应在两份评审之间（{low}—{high} 分）。", field="points", remedy="都不合适的，请退回重新评审。"
        )
    if not reason.strip():
        raise Refusal("裁定须写明理由。", field="reason", remedy="写明采信哪一份、为什么。")
    ActionReview.objects.create(
        action=found, round=found.round, reviewer_id=scope.user_id, points=points, opinion=reason.strip(),
        is_decision=True, entered_at=timezone.now(),
    )  # fmt: skip
    return _concluded(scope, found, points, reason.strip())


def _concluded(scope: Scope, found: ChosenAction, points: Decimal, reason: str) -> ChosenAction:
    found.state, found.points, found.concluded_at = ActionState.CONCLUDED, points, timezone.now()
    found.period = str(Period.of(found.ends_on))
    return enter(scope, found, ActionStep.CONCLUDED, reason, points=str(points), period=found.period)


@transaction.atomic
def send_back(scope: Scope, pk: int, *, reason: str, version: int) -> ChosenAction:
    """Back to the branch with the reason; a review that had begun is void, what was written stays in its round."""
    found = _of_superior(scope, pk)
    rules.refuse_state(found, *RETURNABLE)
    rules.refuse_version(found, version)
    if not reason.strip():
        raise Refusal("退回须写明理由。", field="reason", remedy="写明还缺什么、怎样补。")
    found.state = ActionState.RETURNED
    return enter(scope, found, ActionStep.RETURNED, reason.strip())


@transaction.atomic
def reopen(scope: Scope, pk: int, *, reason: str, version: int) -> ChosenAction:
    """Take a conclusion back and wait for another review; its points leave the score with the next computation."""
    found = _of_superior(scope, pk)
    rules.refuse_state(found, ActionState.CONCLUDED)
    rules.refuse_version(found, version)
    if not reason.strip():
        raise Refusal("重新评审须写明理由。", field="reason", remedy="例如：复核发现佐证材料有误。")
    before = found.points
    found.state, found.points, found.concluded_at, found.period = ActionState.SUBMITTED, None, None, ""
    return enter(scope, found, ActionStep.REOPENED, reason.strip(), points=[str(before), None])
