"""What can be asked about publications: who sees which results, what a later computation changed, what waits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db.models import Case, Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.models import IndicatorScore, OrganizationScore, ScoreRun
from zhibu.assessment.publication.enums import NOTICED, AppealState, Audience, PublicationState, Remedy
from zhibu.assessment.publication.models import (
    Appeal,
    AppealFile,
    NoticeConfirmation,
    Publication,
    ScoreCorrection,
)
from zhibu.assessment.publication.rules import (
    SYSTEM,
    Line,
    Standing,
    corrected,
    side_lines,
    spoken_for,
    title_of,
    worth_of,
)
from zhibu.organizations.models import Organization
from zhibu.ui.waiting import Asked, Waiting

POINTS = DecimalField(max_digits=5, decimal_places=2)
FACULTY_DEPTH = 2  # 校党委 → 院系党组织


def publications(scope: Scope) -> QuerySet[Publication]:
    """Those the reader knows of: drafts only where results are published, the others wherever scores are seen."""
    found = Publication.objects.select_related("run__scheme")
    if scope.may(Right.PUBLISH_SCORE):
        return found
    if not scope.may(Right.VIEW_SCORE):
        return found.none()
    return found.filter(noticed_on__isnull=False)


def publication(scope: Scope, pk: int) -> Publication:
    found = publications(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这次结果公布，或还没有告知。")
    return found


def to_publish(scope: Scope) -> list[ScoreRun]:
    """Computations of finished periods that no living publication holds, the newest first."""
    scope.require(Right.PUBLISH_SCORE)
    held = Publication.objects.exclude(state=PublicationState.WITHDRAWN).values("period")
    runs = ScoreRun.objects.filter(is_current=True).exclude(period__in=held).select_related("scheme")
    return [run for run in runs.order_by("-period") if not run.is_provisional]


def current_run(publication: Publication) -> ScoreRun | None:
    """What the period comes to as computed last, whatever the publication holds."""
    return ScoreRun.objects.filter(period=publication.period, is_current=True).select_related("scheme").first()


def standing(run: ScoreRun) -> Publication | None:
    """The publication of the period of a run that is known to the assessed. Not for drafts."""
    return Publication.objects.filter(period=run.period, state__in=NOTICED).first()


def within_audience(scope: Scope, publication: Publication) -> Q:
    """Whose results the reader sees: the own subtrees; once published, what the audience adds."""
    own = scope.within(Right.VIEW_SCORE)
    if publication.state != PublicationState.PUBLISHED or publication.audience == Audience.OWN:
        return own
    if publication.audience in (Audience.UNIVERSITY, Audience.PUBLIC):
        return Q(pk__isnull=False) if scope.may(Right.VIEW_SCORE) else own
    for path in scope.paths(Right.VIEW_SCORE):
        own |= Q(organization__path__startswith=path[: FACULTY_DEPTH * Organization.steplen])
    return own


def opened(today: date) -> QuerySet[Publication]:
    """Those that everybody may see today, without an account."""
    return Publication.objects.filter(
        state=PublicationState.PUBLISHED, audience=Audience.PUBLIC, open_until__gte=today
    ).select_related("run__scheme")


def opened_results(publication: Publication) -> QuerySet[Any]:
    """The organizations of an `opened` publication with their ``published`` totals: of each its name, what it belongs
    to and its category, nothing of persons, not even how many there are."""
    rows = OrganizationScore.objects.filter(run=publication.run_id)
    return rows.select_related("organization", "parent").annotate(published=_published(publication))


def _published(publication: Publication) -> Coalesce:
    """The total after the last correction."""
    last = ScoreCorrection.objects.filter(publication=publication, organization=OuterRef("organization"))
    return Coalesce(Subquery(last.order_by("-pk").values("total_after")[:1]), F("total"), output_field=POINTS)


def results(scope: Scope, publication: Publication, later: ScoreRun | None = None) -> QuerySet[Any]:
    """The organizations of a publication that the reader may see, each with its ``published`` total (after
    corrections). In the reader's own subtrees also whether it ``confirmed`` or ``appealed``, and, given a later run,
    the total it ``came_to`` there; of others the result alone is published, and these are None."""
    anew = OrganizationScore.objects.filter(run=later, organization=OuterRef("organization"))
    mine = {"publication": publication, "organization": OuterRef("organization")}
    rows = OrganizationScore.objects.filter(within_audience(scope, publication), run=publication.run_id)
    own = scope.within(Right.VIEW_SCORE)
    said = {
        "came_to": Subquery(anew.values("total")[:1], output_field=POINTS),
        "confirmed": Exists(NoticeConfirmation.objects.filter(**mine)),
        "appealed": Exists(Appeal.objects.filter(**mine).exclude(state=AppealState.WITHDRAWN)),
    }
    return rows.select_related("organization").annotate(
        published=_published(publication),
        **{name: Case(When(own, then=known)) for name, known in said.items()},
    )


@dataclass(frozen=True)
class LineChange:
    """One line before and after, as a later run or a correction has it; None where it was not due."""

    key: str
    title: str
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True)
class Result:
    """The result of one organization as it is published: what was computed, what was corrected, what came later."""

    publication: Publication
    score: OrganizationScore
    lines: Sequence[IndicatorScore]
    standing: Standing
    corrections: Sequence[ScoreCorrection]
    later: OrganizationScore | None
    changes: Sequence[LineChange]
    confirmation: NoticeConfirmation | None

    @property
    def sides(self) -> list[tuple[str, str, Line, Line | None]]:
        """What other sides gave: name, what it is worth, what was given, the same after corrections."""
        return [
            (title_of(key), worth_of(key, line), line, self.standing.lines.get(key))
            for key, line in side_lines(self.score.sides).items()
            if key != SYSTEM
        ]

    @property
    def rows(self) -> list[tuple[IndicatorScore, Decimal | None]]:
        """Each computed line with its points after corrections; None where it is no longer due."""
        found = self.standing.lines
        return [(line, found[line.indicator][0] if line.indicator in found else None) for line in self.lines]


def result(scope: Scope, publication: Publication, organization: Organization) -> Result:
    """Everything about one organization's result. 404 where it has none or lies outside the reader's subtrees."""
    later_run = current_run(publication)
    runs = {publication.run_id, later_run.pk if later_run else publication.run_id}
    rows = OrganizationScore.objects.filter(run__in=runs, organization=organization).select_related("organization")
    scores = {row.run_id: row for row in scope.visible(rows, Right.VIEW_SCORE)}
    score = scores.get(publication.run_id)
    if score is None:
        raise Http404("这个党组织没有这一考核期的结果，或不在您的管理范围内。")
    stored: dict[int, list[IndicatorScore]] = {pk: [] for pk in runs}
    for line in IndicatorScore.objects.filter(run__in=runs, organization=organization).order_by("pk"):
        stored[line.run_id].append(line)
    corrections = corrections_of(publication, organization)
    later = scores.get(later_run.pk) if later_run and later_run.pk != publication.run_id else None
    return Result(
        publication, score, stored[publication.run_id],
        corrected(lines_of(score, stored[publication.run_id]), limit_of(score), corrections), corrections, later,
        line_changes(
            lines_of(score, stored[publication.run_id]), lines_of(later, stored[later.run_id])
        ) if later else (),
        NoticeConfirmation.objects.filter(publication=publication, organization=organization).first(),
    )  # fmt: skip


def corrections_of(publication: Publication, organization: Organization) -> list[ScoreCorrection]:
    found = ScoreCorrection.objects.filter(publication=publication, organization=organization)
    return list(found.select_related("appeal", "run").order_by("pk"))


def lines_of(score: OrganizationScore, lines: Iterable[IndicatorScore]) -> dict[str, Line]:
    """The lines of a computed score: its indicators, then what other sides gave."""
    return {line.indicator: (line.points, line.weight) for line in lines} | side_lines(score.sides)


def limit_of(score: OrganizationScore) -> Decimal | None:
    """What a breach allows at most, whether or not the computed total came up to it. Of runs from before it was kept
    only the cap that a total came under is known."""
    return score.limit if score.limit is not None else score.total if score.capped_by else None


def line_changes(before: Mapping[str, Line], after: Mapping[str, Line]) -> list[LineChange]:
    """The lines that differ between two computations."""
    return [
        LineChange(
            key, title_of(key), before[key][0] if key in before else None, after[key][0] if key in after else None
        )
        for key in [*before, *(key for key in after if key not in before)]
        if before.get(key) != after.get(key)
    ]


def digest_of(run: ScoreRun) -> str:
    """Of every stored bit of a run's scores, in a fixed order: two runs of the same records, rules and scheme have the
    same."""
    found = hashlib.sha256()
    totals = OrganizationScore.objects.filter(run=run).order_by("organization").values_list(
        "organization", "parent", "level", "category", "members", "total", "uncapped", "capped_by", "weight", "sides",
        "limit",
    )  # fmt: skip
    lines = IndicatorScore.objects.filter(run=run).order_by("organization", "indicator").values_list(
        "organization", "indicator", "numerator", "denominator", "raw", "smoothed", "normalised", "weight", "points"
    )  # fmt: skip
    # Runs from before the limit was kept have none: their digest stays what notice was given of.
    known = (row if row[-1] is not None else row[:-1] for row in totals.iterator())
    for row in chain(known, lines.iterator()):
        found.update(repr(tuple(map(str, row))).encode())
    return found.hexdigest()[:16]


def counts(publication: Publication) -> dict[str, int]:
    """How far notice and appeals are: organizations, confirmed, appeals by state."""
    found: dict[str, int] = dict(
        Appeal.objects.filter(publication=publication).order_by().values_list("state").annotate(n=Count("pk"))
    )
    return {
        "organizations": OrganizationScore.objects.filter(run=publication.run_id).count(),
        "confirmed": NoticeConfirmation.objects.filter(publication=publication).count(),
        "appeals": sum(found.values()) - found.get(AppealState.WITHDRAWN, 0),
        "open": found.get(AppealState.OPEN, 0),
        "upheld": found.get(AppealState.UPHELD, 0),
        "corrections": ScoreCorrection.objects.filter(publication=publication).count(),
    }


def appeals(scope: Scope) -> QuerySet[Appeal]:
    """Appeals of the reader's subtrees, for those who lodge, see over or answer them."""
    found = scope.visible(Appeal.objects.all(), Right.APPEAL_SCORE)
    return found.select_related("publication__run", "organization", "meeting", "correction")


def appeal(scope: Scope, pk: int) -> Appeal:
    found = appeals(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这件申诉，或不在您的管理范围内。")
    return found


def appeal_file(scope: Scope, appeal_pk: int, pk: int) -> AppealFile:
    found = appeal(scope, appeal_pk).files.filter(pk=pk).first()
    if found is None:
        raise Http404("没有这份佐证。")
    return found


def waiting(scope: Scope) -> list[Waiting | Asked]:
    """Results to check, for the assessed; appeals to answer and steps to take, for the office."""
    found: list[Waiting | Asked] = []
    if own := spoken_for(scope):
        rows = to_check(own, scope.today)
        found.append(Asked(rows, _check, "noticed_on"))
    if scope.may(Right.PUBLISH_SCORE):
        found += _of_office(scope)
    return found


def _check(count: int, oldest: Any) -> Waiting:
    return Waiting(
        "评价结果已告知，请核对", count, reverse("assessment:notices"), since=oldest,
        help="核对无误请确认；有异议的，在截止日之前申诉",
    )  # fmt: skip


def to_check(own: Sequence[int], today: date) -> QuerySet[Any]:
    """Results in notice that one of these organizations has not said anything about, or whose answer it has not read:
    a row an organization, with ``noticed_on`` and the publication's ``publication_id``."""
    mine = {"publication": OuterRef("run__publications"), "organization": OuterRef("organization")}
    answered = Appeal.objects.filter(**mine, state__in=(AppealState.UPHELD, AppealState.REJECTED))
    rows = OrganizationScore.objects.filter(
        Q(run__publications__appeals_until__gte=today) | Exists(answered),
        organization__in=own, run__publications__state=PublicationState.NOTICE,
    )  # fmt: skip
    rows = rows.exclude(Exists(NoticeConfirmation.objects.filter(**mine)))
    return rows.exclude(Exists(Appeal.objects.filter(**mine, state=AppealState.OPEN))).annotate(
        noticed_on=F("run__publications__noticed_on"), publication_id=F("run__publications")
    )


def _of_office(scope: Scope) -> Iterable[Asked]:
    today = scope.today
    url = reverse("assessment:appeals")

    def answer(count: int, oldest: Any) -> Waiting:
        return Waiting("评价申诉待答复", count, f"{url}?state=open", by=oldest, late=oldest < today)

    def recompute(count: int, oldest: Any) -> Waiting:
        return Waiting("申诉成立，待重算更正", count, f"{url}?pending=yes", since=oldest)

    def final(count: int, oldest: Any) -> Waiting:
        return Waiting("申诉期已过，评价结果可以定稿", count, reverse("assessment:publications"), since=oldest)

    def publish(count: int, oldest: Any) -> Waiting:
        return Waiting("评价结果已定稿，待公布", count, reverse("assessment:publications"), since=oldest)

    yield Asked(Appeal.objects.filter(state=AppealState.OPEN), answer, "answer_due")
    yield Asked(pending(Appeal.objects.all()), recompute, "answered_on")
    open_ones = Appeal.objects.filter(publication=OuterRef("pk"))
    ready = Publication.objects.filter(state=PublicationState.NOTICE, appeals_until__lt=today)
    ready = ready.exclude(Exists(open_ones.filter(state=AppealState.OPEN))).exclude(Exists(pending(open_ones)))
    yield Asked(ready, final, "appeals_until")
    yield Asked(Publication.objects.filter(state=PublicationState.FINAL), publish, "final_on")


def pending(appeals: QuerySet[Appeal]) -> QuerySet[Appeal]:
    """Upheld because of records, not yet taken from a new computation nor stated to give the same in one."""
    return appeals.filter(
        state=AppealState.UPHELD, remedy=Remedy.RECORDS, correction__isnull=True, unchanged_on__isnull=True
    )
