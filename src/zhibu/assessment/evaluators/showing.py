"""How the sides of one score came to their points, in words, with the records that say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from zhibu.accounts.scope import Scope
from zhibu.assessment.chosen.queries import chosen_actions
from zhibu.assessment.evaluators import queries
from zhibu.assessment.evaluators.blending import BONUS
from zhibu.assessment.evaluators.enums import SURVEYED, Evaluator, Lasting
from zhibu.assessment.evaluators.models import Grading
from zhibu.assessment.reports.models import WorkReport
from zhibu.assessment.reports.queries import reports
from zhibu.indicators.periods import Period

if TYPE_CHECKING:
    from zhibu.assessment.evaluators.parts import Part
    from zhibu.assessment.models import OrganizationScore
    from zhibu.assessment.scheme import Scheme

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Source:
    """A record behind a side's points."""

    text: str
    url: str


@dataclass(frozen=True)
class ShownSide:
    """One side of a score: its share of 100, its part after sides without anything handed theirs on, its points."""

    key: str
    label: str
    share: str
    part: str
    given: Decimal | None
    points: Decimal
    sentence: str
    note: str
    sources: tuple[Source, ...] = ()


def plain(number: Decimal) -> str:
    """Without superfluous zeros: 60, not 60.00."""
    return f"{number.normalize():f}"


def system_part(score: OrganizationScore) -> Decimal:
    """How much of the total comes from the system's data: 1 where the scheme names no other side."""
    there = {row["key"]: Decimal(row["share"]) for row in score.sides if row["given"] is not None}
    there.pop(BONUS, None)
    return there[Evaluator.SYSTEM] / sum(there.values()) if there else Decimal(1)


def sides_of(scope: Scope, score: OrganizationScore, scheme: Scheme) -> list[ShownSide]:
    """Every side of a score in the order of the scheme, the bonus last; nothing where the system's data are all."""
    rows = [row for row in score.sides if row["key"] != BONUS]
    if not rows:
        return []
    parts = {part.evaluator: part for part in scheme.parts}
    wanted = [row["record"] for row in rows if row["record"] and row["key"] != Evaluator.REPORT]
    known = queries.by_pk(scope, wanted)
    bonus = [_bonus(row, scope, scheme) for row in score.sides if row["key"] == BONUS]
    whole = sum((Decimal(row["share"]) for row in rows if row["given"] is not None), Decimal(0))
    record = next((row["record"] for row in rows if row["key"] == Evaluator.REPORT), None)
    report = reports(scope).filter(pk=record).first() if record else None
    return [*(_side(row, parts[Evaluator(row["key"])], whole, known, report) for row in rows), *bonus]


def _bonus(row: Mapping[str, Any], scope: Scope, scheme: Scheme) -> ShownSide:
    """What the chosen actions added. The records of those that the reader may see."""
    given, points, most = (Decimal(row[name]) for name in ("given", "points", "share"))
    known = chosen_actions(scope).filter(pk__in=row["records"]).order_by("pk")
    sources = tuple(
        Source(f"{one.title} {one.points} 分", reverse("assessment:action", args=[one.pk])) for one in known
    )
    text = (
        f"已认定 {len(row['records'])} 项，共 {given} 分，计 {points} 分。"
        if row["records"]
        else "没有认定的自选动作。"
    )
    if points < min(given, most):
        text += "总分不超过 100 分。"
    note = scheme.bonus.note if scheme.bonus else ""
    return ShownSide(BONUS, "自选动作加分", plain(most), "", given, points, text, note, sources)


def _side(
    row: Mapping[str, Any], part: Part, whole: Decimal, known: Mapping[int, Grading], report: WorkReport | None
) -> ShownSide:
    share, points, label = Decimal(row["share"]), Decimal(row["points"]), str(part.evaluator.label)
    if row["given"] is None:
        text = "本期没有评分，其占比按比例分给其他各方。"
        return ShownSide(row["key"], label, plain(share), "", None, points, text, part.note)
    given = Decimal(row["given"])
    own = (share * 100 / whole).quantize(CENT, ROUND_HALF_UP)
    text = f"{given} 分（百分制）× {plain(share)} ÷ {plain(whole)} = {points} 分"
    grading = None if part.evaluator is Evaluator.REPORT else known.get(row["record"] or 0)
    sources: tuple[Source, ...] = ()
    if part.evaluator is Evaluator.SYSTEM:
        text = f"各项指标合计 {text}"
    elif part.evaluator is Evaluator.REPORT:
        text = f"{_concluded(report, part)}；{text}"
        sources = (Source("述职报告和评语", reverse("assessment:report", args=[row["record"]])),)
    elif grading is not None:
        text = f"{_told(grading, part)}；{text}"
        sources = (Source("依据和来源", reverse("assessment:grading", args=[grading.pk])),)
    return ShownSide(row["key"], label, plain(share), plain(own), given, points, f"{text}。", part.note, sources)


def _concluded(report: WorkReport | None, part: Part) -> str:
    if report is None:
        return "述职评议的综合评价"
    text = f"{report.call.year}年度述职评议综合评价“{report.get_grade_display()}”"
    if part.present and report.ticks:
        text += f"，到会人员的 {sum(count for _label, count in report.ticks)} 张评议票占 {plain(part.present)}%"
    return text


def _told(grading: Grading, part: Part) -> str:
    text = f"评分 {plain(grading.value)}（满分 {plain(grading.most)}）"
    if grading.evaluator in SURVEYED and not grading.held_back:  # type: ignore[attr-defined]
        text += f"，有效票 {grading.answered} 份"
    if part.lasting is Lasting.YEAR:
        text += f"，{Period.parse(grading.period).label}评定，一年内有效"
    return text
