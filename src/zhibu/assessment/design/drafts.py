"""What can be done with a draft: begin, change, weigh anew, discard, adopt. Nothing here touches a score."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db import connection, transaction
from django.http import Http404
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.models import Publication, SchemeDraft, SchemeVersion
from zhibu.assessment.publication.actions import lock_runs
from zhibu.assessment.publication.enums import PublicationState
from zhibu.assessment.queries import as_scheme, dated, scheme_for
from zhibu.assessment.scheme import Scheme, SchemeError, read, schemes
from zhibu.audit.actions import record
from zhibu.indicators.guard import ForbiddenIndicator
from zhibu.indicators.periods import Period
from zhibu.indicators.queries import retired
from zhibu.regulations.refusal import Refusal

LOCK = 0x5A534348  # "ZSCH"
HUNDRED, CENT = Decimal(100), Decimal("0.01")
# An indicator keeps at least this weight when weights are taken from a method: no method drops a duty.
LEAST = Decimal(1)


@transaction.atomic
def begin(scope: Scope, *, title: str, note: str = "") -> SchemeDraft:
    """A draft with the content of the scheme in force."""
    scope.require(Right.DESIGN_SCHEME)
    base = scheme_for(scope.today)
    document = json.loads(json.dumps(base.document, default=str))
    draft = SchemeDraft.objects.create(
        title=title, note=note, base=f"{base.title} {base.version}", document=document, changed_by_id=scope.user_id
    )
    record(scope, "assessment.draft_begin", object=draft)
    return draft


@transaction.atomic
def change(scope: Scope, pk: int, version: int, *, title: str, note: str, document: Mapping[str, Any]) -> SchemeDraft:
    """New numbers. Refused where they are no scheme (weights need not yet sum to 100), or changed by another since."""
    draft = _open(scope, pk, version)
    checked(document, title, whole=False)
    draft.title, draft.note, draft.document = title, note, dict(document)
    return _kept(scope, draft, "assessment.draft_change")


@transaction.atomic
def judge(scope: Scope, pk: int, version: int, judgements: Mapping[str, str]) -> SchemeDraft:
    """Keep the judgements of pairs of dimensions."""
    draft = _open(scope, pk, version)
    draft.judgements = dict(judgements)
    return _kept(scope, draft, "assessment.draft_judge")


@transaction.atomic
def take_weights(scope: Scope, pk: int, version: int, shares: Mapping[str, float], method: str) -> SchemeDraft:
    """Weights that a method came to, in hundredths, at least one point each, summing to 100."""
    draft = _open(scope, pk, version)
    document = copy.deepcopy(draft.document)
    rows = document["indicators"]
    weights = to_hundred([shares[row["key"]] for row in rows])
    for row, weight in zip(rows, weights, strict=True):
        row["weight"] = str(weight)
    draft.document = document
    return _kept(scope, draft, "assessment.draft_weights", method=method)


@transaction.atomic
def discard(scope: Scope, pk: int, version: int) -> SchemeDraft:
    draft = _open(scope, pk, version)
    draft.discarded_at = timezone.now()
    return _kept(scope, draft, "assessment.draft_discard")


@transaction.atomic
def adopt(scope: Scope, pk: int, version: int, *, name: str, starts_on: date) -> SchemeVersion:
    """The draft becomes the scheme from a period on. Refused unless it is whole, from the first day of a period of its
    cycle that is not over (of a year where the cycle changes, in which nothing is published yet), after the start of
    every version adopted before, and under a version number not yet used."""
    draft = _open(scope, pk, version)
    # One decision at a time, so that two starts cannot cross: rows cannot be locked that are not there yet.
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
    lock_runs()  # and no result of the year begins to be published while its cycle changes
    if SchemeVersion.objects.filter(adopted_at__isnull=False, starts_on__gte=starts_on).exists():
        raise Refusal("已有方案在这一天或之后启用。", field="starts_on", remedy="请选择更晚的考核期。")
    document = {**draft.document, "version": name, "title": draft.title, "starts_on": str(starts_on)}
    scheme = checked(document, draft.title)
    _refuse_start(scope, starts_on, scheme)
    if old := retired(item.indicator.key for item in scheme.indicators):
        raise Refusal(f"“{'、'.join(old)}”已停用，新方案不能再用。", remedy="请把它的权重留空，再采用。")
    used = SchemeVersion.objects.filter(key=scheme.key, version=name).exists() or (scheme.key, name) in schemes()
    if used:
        raise Refusal(f"版本号“{name}”已经用过。", field="name", remedy="请换一个版本号，例如加上年份和序号。")
    adopted = SchemeVersion.objects.create(
        key=scheme.key, version=name, title=draft.title, digest=_digest(document), document=document,
        starts_on=starts_on, adopted_by_id=scope.user_id, adopted_at=timezone.now(),
    )  # fmt: skip
    draft.adopted = adopted
    _kept(scope, draft, "assessment.scheme_adopt", version=name, starts_on=str(starts_on))
    as_scheme(adopted)  # what was written can be read again
    return adopted


def _refuse_start(scope: Scope, starts_on: date, scheme: Scheme) -> None:
    """Not from this day: no period begins, it is over, or the cycle changes within a year."""
    period = Period.of(starts_on, scheme.cycle)
    if starts_on != period.first:
        raise Refusal(
            f"本方案{scheme.cycle.label}评价，启用日期应为考核期的第一天。", field="starts_on",
            remedy=f"例如 {period.first}。",
        )  # fmt: skip
    if period < Period.of(scope.today, scheme.cycle):
        raise Refusal(
            "已经结束的考核期不能换用新的方案。", field="starts_on",
            remedy="请选择本期或以后的考核期；已公布的结果不因新方案改变。",
        )  # fmt: skip
    present = scheme_for(starts_on).cycle
    if present is scheme.cycle:
        return
    if starts_on != date(starts_on.year, 1, 1):
        raise Refusal(
            f"现行方案{present.label}评价，本方案{scheme.cycle.label}评价：考核周期只能从一年的第一天起改变。",
            field="starts_on", remedy=f"请填写 {starts_on.year}-01-01 或 {starts_on.year + 1}-01-01。",
        )  # fmt: skip
    held = Publication.objects.exclude(state=PublicationState.WITHDRAWN)
    if held.filter(period__startswith=str(starts_on.year)).exists():
        raise Refusal(
            f"{starts_on.year} 年{present.label}计算的结果已在公布程序中，这一年不能改变考核周期。", field="starts_on",
            remedy=f"请填写 {starts_on.year + 1}-01-01。",
        )  # fmt: skip


def checked(document: Mapping[str, Any], name: str, *, whole: bool = True) -> Scheme:
    """The document as a scheme; what is wrong with it as a refusal."""
    try:
        return read(dated(document), name, _digest(document), whole=whole)
    except (SchemeError, ForbiddenIndicator) as error:
        raise Refusal(str(error)) from error


def to_hundred(shares: Sequence[float]) -> list[Decimal]:
    """Shares as points that sum to exactly 100: none below `LEAST`, the rest by largest remainder in hundredths."""
    room = HUNDRED - LEAST * len(shares)
    total = sum(map(Decimal, shares))
    exact = [LEAST + (room * Decimal(share) / total if total else room / len(shares)) for share in shares]
    floors = [value.quantize(CENT, rounding=ROUND_DOWN) for value in exact]
    missing = int((HUNDRED - sum(floors)) / CENT)
    order = sorted(range(len(shares)), key=lambda at: (floors[at] - exact[at], at))
    for at in order[:missing]:
        floors[at] += CENT
    return floors


def refuse_closed(draft: SchemeDraft) -> None:
    if not draft.is_open:
        raise Refusal(f"这份草案{draft.stand}，不能再改。", remedy="需要调整时，请从现行方案另起一份草案。")


def _open(scope: Scope, pk: int, version: int) -> SchemeDraft:
    scope.require(Right.DESIGN_SCHEME)
    draft = SchemeDraft.objects.select_for_update().filter(pk=pk).first()
    if draft is None:
        raise Http404("没有这份草案。")
    refuse_closed(draft)
    if draft.version != version:
        raise Refusal(
            "您打开之后，这份草案已被修改。", remedy="您填写的内容还在本页；请在另一窗口打开草案核对，再重新提交。"
        )
    return draft


def _kept(scope: Scope, draft: SchemeDraft, verb: str, **changes: Any) -> SchemeDraft:
    draft.version += 1
    draft.changed_by_id = scope.user_id
    draft.save()
    record(scope, verb, object=draft, changes=changes or None)
    return draft


def _digest(document: Mapping[str, Any]) -> str:
    content = json.dumps(document, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]
