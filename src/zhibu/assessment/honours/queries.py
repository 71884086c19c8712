"""What can be asked about honours and cases, and what waits."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.honours.candidates import FIRM
from zhibu.assessment.honours.enums import CaseState, HonourState
from zhibu.assessment.honours.models import Honour, ModelCase
from zhibu.assessment.publication.models import Publication
from zhibu.assessment.publication.rules import spoken_for
from zhibu.meetings.models import ModelRecord
from zhibu.meetings.quality.reviewing import models as model_records
from zhibu.organizations.models import Organization
from zhibu.ui.waiting import Asked, Waiting


def honours(scope: Scope) -> QuerySet[Honour]:
    """What was given, and taken back, is known to everybody who sees scores; proposals only to those who decide."""
    found = Honour.objects.select_related("organization", "publication")
    if scope.may(Right.PUBLISH_SCORE):
        return found
    if not scope.may(Right.VIEW_SCORE):
        return found.none()
    return found.filter(number__gt="")


def honour(scope: Scope, pk: int) -> Honour:
    found = honours(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这项荣誉。")
    return found


def certified(scope: Scope, pk: int) -> Honour:
    """An honour in force whose certificate the reader may print: its own or of a subtree."""
    found = scope.visible(honours(scope), Right.VIEW_SCORE).filter(pk=pk, state=HonourState.AWARDED).first()
    if found is None:
        raise Http404("没有这项荣誉，或不在您的管理范围内。")
    return found


def issuer(honour: Honour) -> str:
    """The name of the organization at the top of the tree, which gives honours."""
    top = Organization.objects.filter(path=honour.organization.path[: Organization.steplen]).first()
    return top.name if top else ""


def firm(scope: Scope) -> QuerySet[Publication]:
    """Results to propose from."""
    scope.require(Right.PUBLISH_SCORE)
    return Publication.objects.filter(state__in=FIRM).select_related("run__scheme")


def gallery(scope: Scope) -> QuerySet[ModelCase]:
    """Cases that are shown, to everybody who sees scores."""
    if not scope.may(Right.VIEW_SCORE):
        return ModelCase.objects.none()
    return ModelCase.objects.filter(state=CaseState.SHOWN).select_related("organization", "honour__publication")


def cases(scope: Scope) -> QuerySet[ModelCase]:
    """All cases, shown or not, of the organizations that the reader speaks for or whose gallery it keeps."""
    found = ModelCase.objects.filter(scope.within(Right.PUBLISH_SCORE) | Q(organization__in=spoken_for(scope)))
    return found.select_related("organization", "honour__publication")


def case(scope: Scope, pk: int) -> ModelCase:
    found = gallery(scope).filter(pk=pk).first() or cases(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个案例，或没有在展示。")
    return found


def exemplary_records(scope: Scope) -> QuerySet[ModelRecord] | None:
    """Records of meetings shown as models, for those who keep records; the room of meetings says who may read them."""
    return model_records(scope).order_by("-decided_at", "-pk") if scope.may(Right.RECORD_MEETING) else None


def waiting(scope: Scope) -> list[Asked]:
    """Cases the organization is asked about; proposals to decide, cases to show, for the office."""
    address = reverse("assessment:cases")

    def agree(count: int, oldest: Any) -> Waiting:
        return Waiting("典型案例请决定是否同意展示", count, f"{address}?state=asked", since=timezone.localdate(oldest))

    def show(count: int, oldest: Any) -> Waiting:
        return Waiting("典型案例待展示", count, f"{address}?state=agreed", since=oldest)

    def decide(count: int, oldest: Any) -> Waiting:
        return Waiting("先进提名待决定", count, f"{reverse('assessment:honours')}?state=proposed", since=oldest)

    found = []
    if own := spoken_for(scope):
        found.append(Asked(ModelCase.objects.filter(state=CaseState.ASKED, organization__in=own), agree, "changed_at"))
    if scope.may(Right.PUBLISH_SCORE):
        found.append(Asked(ModelCase.objects.filter(state=CaseState.AGREED), show, "agreed_on"))
        found.append(Asked(Honour.objects.filter(state=HonourState.PROPOSED), decide, "proposed_on"))
    return found
