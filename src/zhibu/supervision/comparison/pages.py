"""One organization beside those of the same category and size."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.pages import asked_period
from zhibu.assessment.queries import periods
from zhibu.organizations.forms import OrganizationField
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organizations
from zhibu.supervision.comparison import queries
from zhibu.supervision.comparison.queries import Comparison, Line
from zhibu.supervision.comparison.tables import like_table
from zhibu.supervision.queries.board import top
from zhibu.ui.charts import Boxes, Point, Series
from zhibu.ui.forms import Form
from zhibu.ui.tables import bind


class ChooseForm(Form):
    """Both by code or full name, in the address, so that a comparison can be sent on."""

    node = OrganizationField(label="党组织")
    other = OrganizationField(label="另与一个党组织并列", required=False, help_text="可以不填；不限类别和规模")

    def __init__(self, *given: Any, scope: Scope, **named: Any) -> None:
        super().__init__(*given, **named)
        for name in ("node", "other"):
            field = self.fields[name]
            assert isinstance(field, OrganizationField)
            field.offer(scope, Right.VIEW_PROBLEM)


def _first(scope: Scope) -> Organization:
    """Where a reader begins: their own organization, else the highest they look after."""
    home = scope.home
    own = organizations(scope, Right.VIEW_PROBLEM).filter(pk=home.organization_id or 0 if home else 0).first()
    return own or top(scope, None)


@page(needs=Right.VIEW_PROBLEM)
def compare(request: HttpRequest) -> HttpResponseBase:
    """What is compared, where the own values lie, and who of the like can be named."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    given = {name: request.GET[name] for name in ("node", "other") if request.GET.get(name)}
    if given and "node" not in given:
        given["node"] = _first(scope).code
    form = ChooseForm(given or None, scope=scope, initial={} if given else {"node": _first(scope).code})
    node = (form.cleaned_data.get("node") if form.is_valid() else None) if given else _first(scope)
    context: dict[str, Any] = {
        "form": form, "node": node, "periods": periods()[::-1], "title": "横向比较",
        "fewest": queries.fewest(scope.today),
    }  # fmt: skip
    if node is None:
        return render(request, "supervision/comparison/compare.html", context, status=422)
    scope.require(Right.VIEW_PROBLEM, node.path)
    score = queries.score_in(scope, node, asked_period(request))
    if score is None:
        if request.GET.get("period") and asked_period(request) is None:
            raise Http404("没有这一考核期。")
        return render(request, "supervision/comparison/compare.html", context)
    chosen = form.cleaned_data.get("other") if given else None
    other = queries.score_in(scope, chosen, score.run.span) if chosen and chosen.pk != node.pk else None
    found = queries.compare(scope, score, other)
    table = like_table([line.metric for line in found.lines], found.values)
    bound = bind(request, table, queries.named_like(scope, score), prefix="l-", export_right=Right.EXPORT)
    if answer := bound.answer():
        return answer
    context |= {
        "found": found, "score": score, "period": score.run.span, "bound": bound, "other": other,
        "missing": chosen if chosen and other is None and chosen.pk != node.pk else None,
        "chart": _chart(found) if any(_is_share(line) for line in found.lines) else None,
        "category": score.get_category_display(), "level": score.get_level_display(),
    }  # fmt: skip
    return render(request, "supervision/comparison/compare.html", context)


def _is_share(line: Line) -> bool:
    return line.metric.unit in {"%", "分"} and (line.own is not None or line.box is not None)


def _chart(found: Comparison) -> Boxes:
    """What runs from 0 to 100; the numbers of problems stand in the table alone."""
    lines = [line for line in found.lines if _is_share(line)]
    marks = [Series(str(found.score.organization), [Point(line.own) for line in lines])]
    if found.other:
        marks.append(Series(str(found.other.organization), [Point(line.other) for line in lines]))
    return Boxes([line.metric.title for line in lines], [line.box for line in lines], marks)
