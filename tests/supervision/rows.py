"""Problems as tests need them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.cast import TODAY, Cast
from zhibu.accounts.actions import hash_of, new_code
from zhibu.organizations.models import Organization
from zhibu.supervision import actions
from zhibu.supervision.alerts.models import Alert
from zhibu.supervision.enums import ProblemState, Source
from zhibu.supervision.models import (
    CommonProblem,
    DeclarationKind,
    GroupedProblem,
    Grouping,
    Material,
    Problem,
    WallKey,
)


def make_problem(node: Organization, **given: Any) -> Problem:
    """A problem as the list holds it, given out ten days ago."""
    fields = {
        "source": Source.SUPERIOR, "text": "第三季度没有讲党课。", "raised_on": TODAY - timedelta(days=3),
        "due_on": TODAY + timedelta(days=20),
    }  # fmt: skip
    return Problem.objects.create(organization=node, **{**fields, **given})


def reported(cast: Cast, **given: Any) -> Problem:
    """A problem of the branch that its secretary has reported done."""
    fields = {"state": ProblemState.UNDER_WAY, "measure": "十一月底前补讲党课。"}
    made = make_problem(cast.branch, **{**fields, **given})
    return actions.report_done(cast.scope(cast.secretary), made.pk, text="已于 11 月 18 日补讲。")


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def make_alert(node: Organization, rule: str = "theme_days_low", **given: Any) -> Alert:
    """A living alert of the organization with one value; one that it has is taken again."""
    fields = {
        "since": TODAY - timedelta(days=99), "raised_on": TODAY - timedelta(days=2),
        "readings": [{"period": "2026Q3", "numerator": 1, "denominator": 3}],
    }  # fmt: skip
    made, _ = Alert.objects.get_or_create(rule=rule, organization=node, closed_on=None, defaults={**fields, **given})
    return made


def make_wall_key(node: Organization, number: int = 1) -> WallKey:
    """A key of a screen that is good for another month."""
    return WallKey.objects.create(
        organization=node, place=f"{number} 号活动室", code_hash=hash_of(new_code()), until=days(30),
        issued_at=datetime(2026, 11, 1, tzinfo=UTC),
    )  # fmt: skip


def make_common(node: Organization, *problems: Problem, title: str = "没有讲党课") -> CommonProblem:
    """A common problem in the organization's grouping."""
    given = {
        "asked_at": datetime(2026, 11, 20, tzinfo=UTC),
        "made_at": datetime(2026, 11, 20, tzinfo=UTC),
        "state": "done",
    }
    grouping, _ = Grouping.objects.get_or_create(organization=node, defaults=given)
    made, _ = CommonProblem.objects.get_or_create(grouping=grouping, title=title, defaults={"words": ["党课"]})
    for one in problems:
        GroupedProblem.objects.get_or_create(grouping=grouping, problem=one, defaults={"group": made})
    return made


def make_material(node: Organization, *, to: Organization | None = None, **given: Any) -> Material:
    """A material of the organization, assigned to all members of ``to``."""
    fields = {"title": "礼金案例", "source": "虚构通报", "text": "某干部违规收受礼金。", "starts_on": days(-10)}
    made = Material.objects.create(organization=node, **{**fields, **given})
    if to is not None:
        made.assignments.create(organization=to, audience="members", due_on=days(5), assigned_on=days(-9))
    return made


def make_declaration(node: Organization, title: str = "党员廉洁承诺书", **given: Any) -> DeclarationKind:
    """A declaration that all members below the organization sign, in its first version."""
    fields = {"audience": "members", "due_on": days(20)}
    made, is_new = DeclarationKind.objects.get_or_create(organization=node, title=title, defaults={**fields, **given})
    if is_new:
        made.texts.create(version=1, text="不收受礼品、礼金。", published_on=days(-10))
    return made
