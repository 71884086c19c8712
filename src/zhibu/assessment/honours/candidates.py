"""Who may be proposed, reckoned from a final result: a share of each category, above a least score. People decide."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.publication.enums import PublicationState
from zhibu.assessment.publication.models import Publication, ScoreCorrection
from zhibu.assessment.publication.queries import results
from zhibu.assessment.scheme import Scheme
from zhibu.organizations.enums import Category
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal

SHARE_RULE, LEAST_RULE = "assess.honour", "assess.honour_least"
FIRM = (PublicationState.FINAL, PublicationState.PUBLISHED)


@dataclass(frozen=True)
class Threshold:
    """The share of a category and the least score that make a candidate, and who set them."""

    share: Fraction
    least: Decimal
    source: str

    @property
    def text(self) -> str:
        shown = f"前 {self.share.numerator}/{self.share.denominator}" if self.share < 1 else "全部"
        return f"同类{shown}、不低于 {self.least} 分（{self.source}）"


def threshold_of(scheme: Scheme, on: date) -> Threshold:
    """As the scheme says; where it says nothing, as the school's rule does."""
    if scheme.honours is not None:
        return Threshold(scheme.honours.share, scheme.honours.least, f"评价方案 {scheme.version}")
    share = value(SHARE_RULE, on).share
    return Threshold(share.share, Decimal(value(LEAST_RULE, on).number), "校内设定")


@dataclass(frozen=True)
class Place:
    """Where an organization stands in its category: score's pk, total, place (equal totals share one), how many."""

    score: int
    organization: int
    total: Decimal
    category: str
    place: int
    of: int

    def grounds(self, period: str, threshold: Threshold) -> str:
        kind = Category(self.category).label
        return (
            f"{period}评价 {self.total} 分，{kind} {self.of} 个党组织中列第 {self.place}；候选界线：{threshold.text}。"
        )


def candidates(scope: Scope, publication: Publication, threshold: Threshold) -> dict[int, Place]:
    """By score's pk. Whoever came under a cap for a serious breach is none, unless an appeal lifted it; nor is the
    organization that assesses.

    Equal totals at the line are all candidates: chance does not decide between them.
    """
    scope.require(Right.PUBLISH_SCORE)
    if publication.state not in FIRM:
        raise Refusal("结果定稿之后才能提名。", remedy="请先完成告知、申诉和定稿。")
    corrections = ScoreCorrection.objects.filter(publication=publication).order_by("pk")
    limits = dict(corrections.values_list("organization", "limit"))
    by_category = defaultdict(list)
    rows = results(scope, publication).filter(parent__isnull=False)
    for row in rows.values_list("pk", "organization", "published", "category", "capped_by"):
        by_category[row[3]].append(row)
    found = {}
    for category, members in by_category.items():
        totals = sorted((row[2] for row in members), reverse=True)
        first = {total: at for at, total in reversed(list(enumerate(totals, 1)))}
        limit = int(len(members) * threshold.share)
        for pk, organization, total, _category, capped in members:
            is_capped = capped and limits.get(organization, total) is not None
            if not is_capped and first[total] <= limit and total >= threshold.least:
                found[pk] = Place(pk, organization, total, category, first[total], len(members))
    return found
