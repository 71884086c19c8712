"""What can be asked about numbered forms. ``scope`` comes first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Length
from django.http import Http404
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import TEMPORARY_KINDS
from zhibu.organizations.models import Organization
from zhibu.people.rules.fields import SECRET
from zhibu.procedures.enums import CaseState
from zhibu.procedures.models import Case, FormRecord, NumberedForm, OpenStep
from zhibu.procedures.numbered.enums import FormState
from zhibu.procedures.numbered.rules import Register, normal
from zhibu.ui.waiting import Asked, Waiting

OFFERED = 20
BEFORE_ISSUING = ("committee_review", "pre_examination")


def forms(scope: Scope, right: Right = Right.VIEW_CASE) -> QuerySet[NumberedForm]:
    """The numbers kept by the committees in the reader's subtrees, with whom each was given to."""
    joined = NumberedForm.objects.select_related("organization", "case__person")
    return scope.visible(joined.defer(*(f"case__person__{name}" for name in SECRET)), right)


def form(scope: Scope, pk: int, *, lock: bool = False) -> NumberedForm:
    """One number; 404 outside."""
    if lock:
        NumberedForm.objects.select_for_update().filter(pk=pk).only("pk").first()
    found = forms(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个编号，或不在您的管理范围内。")
    return found


def records(found: NumberedForm) -> list[FormRecord]:
    """What happened to it, oldest first. ``found`` has been loaded through the scope."""
    return list(found.records.select_related("case__person", "recorded_by").order_by("pk"))


def counts(scope: Scope) -> dict[str, int]:
    """How many numbers stand in each state."""
    rows = scope.visible(NumberedForm.objects.all(), Right.VIEW_CASE).order_by().values("state")
    found = {row["state"]: row["n"] for row in rows.annotate(n=Count("pk"))}
    return {state.value: found.get(state.value, 0) for state in FormState}


def keepers(scope: Scope) -> QuerySet[Organization]:
    """Committees with the power to approve members for which the reader may keep the register."""
    living = Organization.objects.filter(may_approve_members=True, dissolved_on__isnull=True)
    return scope.visible(living.exclude(kind__in=TEMPORARY_KINDS), Right.DECIDE_CASE, "path").order_by("path")


def short(scope: Scope) -> QuerySet[Organization]:
    """Committees with fewer unused numbers (``unused``) than people who will soon need one (``needed``)."""
    kept = NumberedForm.objects.filter(organization=OuterRef("pk")).order_by().values("organization")
    unused = kept.filter(state=FormState.UNUSED).annotate(n=Count("pk")).values("n")
    soon = OpenStep.objects.filter(
        step__in=BEFORE_ISSUING, case__state=CaseState.OPEN, case__procedure="admission",
        case__organization__path__startswith=OuterRef("path"),
    )  # fmt: skip
    needed = soon.order_by().annotate(one=F("case__procedure")).values("one").annotate(n=Count("case", distinct=True))
    number = IntegerField()
    return (
        keepers(scope)
        .filter(pk__in=NumberedForm.objects.order_by().values("organization"))
        .annotate(
            unused=Coalesce(Subquery(unused, output_field=number), 0),
            needed=Coalesce(Subquery(needed.values("n"), output_field=number), 0),
        )
        .filter(unused__lt=F("needed"))
    )


def cases_without_form(scope: Scope, node: Organization) -> QuerySet[Case]:
    """Cases of a committee that wait for the form to be filled in and have none in hand: lost, spoiled, or handed out
    before the register was kept."""
    waiting = OpenStep.objects.filter(step="application_form", case=OuterRef("pk"))
    below = Q(organization__path__startswith=node.path)
    found = scope.visible(Case.objects.filter(below, procedure="admission"), Right.DECIDE_CASE)
    found = found.filter(pk__in=OpenStep.objects.filter(step="application_form").values("case"))
    found = found.annotate(since=Subquery(waiting.values("since")[:1]))
    held = NumberedForm.objects.filter(state=FormState.ISSUED, case__isnull=False).values("case")
    return found.exclude(pk__in=held).select_related("person").order_by("person__pinyin", "pk")


def register_of(case: Case, committee: Organization, data: Mapping[str, Any] | None = None) -> Register:
    """What the committee's register says to a case; ``data`` may name a number."""
    kept = NumberedForm.objects.filter(organization=committee)
    mine = NumberedForm.objects.filter(case=case, state=FormState.ISSUED).values_list("number", flat=True).first()
    free = kept.filter(state=FormState.UNUSED).annotate(length=Length("number")).order_by("length", "number")
    offered = [*([mine] if mine else []), *free.values_list("number", flat=True)[:OFFERED]]
    if not offered and not kept.exists():
        return Register()
    wanted = normal(str((data or {}).get("form_issued") or (data or {}).get("form_number") or ""))
    one = kept.filter(number=wanted).values("state", "case_id").first() if wanted else None
    return Register(
        True, tuple(offered), mine or "", one["state"] if one else None, bool(one and one["case_id"] == case.pk)
    )


def waiting(scope: Scope) -> list[Asked]:
    """Too few unused numbers for those who are about to be examined."""
    page = reverse("procedures:forms")

    def told(count: int, _least: Any) -> Waiting:
        return Waiting("入党志愿书的未使用编号不够", count, page, help="按等待支委会审查和预审的人数")

    return [Asked(short(scope), told)]
