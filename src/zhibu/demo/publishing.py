"""One quarter's result published, the next in notice with appeals, some honours and cases of model work: what an office
does after the demo is scored, through the room's own actions, on days that lie behind."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from zhibu.accounts.enums import Role
from zhibu.accounts.scope import Grant, Scope, system_scope
from zhibu.assessment.honours import actions as honours
from zhibu.assessment.honours import cases
from zhibu.assessment.honours.candidates import Place, candidates, threshold_of
from zhibu.assessment.honours.enums import HonourKind
from zhibu.assessment.honours.models import Honour
from zhibu.assessment.models import IndicatorScore, Publication
from zhibu.assessment.publication import actions, appeals, queries
from zhibu.assessment.publication.enums import Audience, Remedy
from zhibu.assessment.publication.rules import usual_deadline
from zhibu.assessment.queries import scheme_of
from zhibu.organizations.models import Organization

AWARDED, PROPOSED = 4, 2
WORDS = (
    (
        "会前一周征题，会后一周回看",
        "支委会每次会前一周向党员征求议题，会上逐项议定责任人和期限，会后一周由纪检委员回看落实情况，"
        "在下次会议开头报告。一年来议定的事项按期落实，没有一项跨过两次会议。",
    ),
    (
        "把党课开到实验室",
        "结合课题组的时间安排，把党课分成三次短课，在实验室轮流开讲，请没有讲过课的党员备课，书记把关。"
        "实验任务重的党员也能到会，缺席的由同组党员补讲并登记。",
    ),
)


def publish(today: date, shown: Organization) -> None:
    """Once; a second start of the demo finds it. Nothing where fewer than two periods are over."""
    finished = [run for run in queries.to_publish(system_scope(today)) if run.span.last < today]
    if len(finished) < 2 or Publication.objects.exists():
        return
    newest, before = finished[:2]
    _published(before.span.last + timedelta(days=15), before.period, today, shown)
    _in_notice(max(newest.span.last + timedelta(days=1), today - timedelta(days=3)), newest.period, shown)


def _at(day: date) -> Scope:
    return system_scope(day)


def _of(node: Organization, day: date) -> Scope:
    """As the secretary of this organization."""
    return Scope(None, None, day, (Grant(node.path, Role.SECRETARY, node.pk, "党支部书记"),))


def _notice(day: date, period: str) -> Publication:
    run = next(run for run in queries.to_publish(_at(day)) if run.period == period)
    made = actions.begin(_at(day), period=run.span, note="按现行评价方案计算，请各党组织核对。")
    return actions.give_notice(_at(day), made.pk, made.version, appeals_until=usual_deadline(day))


def _weakest(found: Publication, node: Organization) -> IndicatorScore | None:
    """A line that a branch might object to: the one that cost it most."""
    lines = IndicatorScore.objects.filter(run=found.run_id, organization=node)
    return max(lines, key=lambda line: line.weight - line.points, default=None)


def _appeal(found: Publication, node: Organization, day: date, reason: str) -> int | None:
    line = _weakest(found, node)
    if line is None:
        return None
    return appeals.appeal(_of(node, day), found.pk, node.pk, indicator=line.indicator, reason=reason).pk


def _others(found: Publication, shown: Organization) -> list[Organization]:
    assert found.noticed_on is not None
    rows = queries.results(_at(found.noticed_on), found).filter(parent__isnull=False)
    return [row.organization for row in rows.exclude(organization=shown).order_by("organization__path")]


def _published(day: date, period: str, today: date, shown: Organization) -> None:
    found = _notice(day, period)
    others = _others(found, shown)
    for node in (shown, *others[::3]):
        if queries.results(_at(day), found).filter(organization=node).exists():
            actions.confirm(_of(node, day), found.pk, node.pk)
    if others and (lodged := _appeal(found, others[0], day, "上级抽查时的记录没有计入。")):
        answer = "抽查的记录已经计入，分母是本季度应开的次数。"
        appeals.answer(_at(day + timedelta(days=2)), lodged, 1, upheld=False, answer=answer)
    end = usual_deadline(day) + timedelta(days=1)
    found = actions.finalize(_at(end), found.pk, found.version)
    found = actions.publish(
        _at(end), found.pk, found.version, audience=Audience.PUBLIC, document="校党委组织部部务会纪要（虚构）",
        reviewed_by="校党委保密委员会办公室（虚构）", open_until=end + timedelta(days=180),
    )  # fmt: skip
    _honours(min(end + timedelta(days=10), today), found)


def _honours(day: date, found: Publication) -> None:
    """Some candidates awarded, some still to be decided, one taken back; two of the first tell how they did it."""
    scope = _at(day)
    threshold = threshold_of(scheme_of(found.run), found.span.last)
    places = sorted(candidates(scope, found, threshold).values(), key=lambda one: (one.place, one.organization))
    first, later = places[:AWARDED], places[AWARDED : AWARDED + PROPOSED]

    def proposed(chosen: list[Place]) -> list[Honour]:
        grounds = [(one.organization, one.grounds(found.span.label, threshold)) for one in chosen]
        return honours.propose(scope, found.pk, grounds, HonourKind.ADVANCED)

    if not first:
        return
    document = "校党委会〔2026〕12 号纪要（虚构）"
    given = honours.decide(scope, [one.pk for one in proposed(first)], awarded=True, decided_on=day, document=document)
    if later:
        proposed(later)
    for one, (title, text) in zip(given, WORDS, strict=False):
        case = cases.write(_of(one.organization, day), one.organization_id, title=title, text=text, honour=one.pk)
        cases.show(scope, case.pk, case.version)
    if len(given) == AWARDED:
        honours.withdraw(scope, given[-1].pk, given[-1].version, reason="申报材料与会议记录不符，经研究撤销。")


def _in_notice(day: date, period: str, shown: Organization) -> None:
    """In notice for three days: the shown branch has yet to check, one appeal waits, one was upheld."""
    found = _notice(day, period)
    others = _others(found, shown)
    for node in others[2::4]:
        actions.confirm(_of(node, day), found.pk, node.pk)
    if others:
        _appeal(found, others[0], day, "本季度有一次会议因校区停电改期，已在次月补开，请核对。")
    if len(others) > 1 and (line := _weakest(found, others[1])):
        lodged = _appeal(found, others[1], day, "本季度有一项工作已按期完成，登记晚了两天，请核对。")
        points = ((line.points + line.weight) / 2).quantize(Decimal("0.01"), ROUND_DOWN)
        if lodged and points != line.points:
            appeals.answer(
                _at(day + timedelta(days=1)), lodged, 1, upheld=True, remedy=Remedy.POINTS,
                points=points, answer="经核对原始记录，确在期限内完成，按实际情况核定。",
            )  # fmt: skip
