"""A form that is opened by its address before, or after, its time says why not and what to do; nobody types in vain."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from tests.cast import TODAY, Cast
from tests.house.places import chosen_action, work_report
from tests.supervision.rows import days, make_declaration, make_material, make_wall_key
from zhibu.assessment.design.drafts import begin, discard
from zhibu.assessment.models import Appeal, Grading, Honour, ModelCase, Publication, WorkReport

pytestmark = pytest.mark.django_db
AT = "2026-11-20T08:00:00+08:00"


def _results(cast: Cast) -> Iterator[tuple[str, str, str]]:
    """Address below /assessment/, why not, what to do."""
    from tests.assessment.rows import make_run

    node, run = cast.branch, make_run()
    noticed = Publication.objects.create(
        run=run, period="2026Q3", state="notice", noticed_on=TODAY, appeals_until=TODAY
    )
    gone = Publication.objects.create(run=run, period="2026Q2", state="withdrawn", withdrawn_reason="有误")
    appeal = Appeal.objects.create(
        publication=noticed, organization=node, reason="漏登", filed_on=TODAY, answer_due=TODAY, state="rejected",
        answered_on=TODAY, answer="没有漏登",
    )  # fmt: skip
    yield f"publications/{noticed.pk}/notice/", "告知和申诉", "只有起草的"
    yield f"publications/{noticed.pk}/publish/", "告知和申诉", "并定稿，再公布"
    yield f"publications/{gone.pk}/withdraw/", "已经撤回", "可以重新起草"
    yield f"appeals/{appeal.pk}/answer/", "“不成立”", "回到申诉页"
    honour = Honour.objects.create(
        publication=noticed, organization=node, kind="advanced", state="declined", grounds="得分", proposed_on=TODAY,
        decided_on=TODAY, document="纪要", reason="名额",
    )  # fmt: skip
    case = ModelCase.objects.create(organization=node, title="案例", text="做法", state="declined")
    yield f"honours/{honour.pk}/withdraw/", "不能撤销", "可以撤销"
    yield f"gallery/{case.pk}/take-down/", "没有在展示", "回到案例页"


def _given(cast: Cast) -> Iterator[tuple[str, str, str]]:
    old = Grading.objects.create(
        organization=cast.branch, period="2026Q3", evaluator="superior", value=8, most=10, grounds="走访",
        entered_at=AT, is_current=False, reason="录错",
    )  # fmt: skip
    yield f"grades/{old.pk}/correct/", "已经更正或撤销", "现行的一条"
    yield f"grades/{old.pk}/take-back/", "已经更正或撤销", "现行的一条"
    proposed, concluded = (chosen_action(cast, True, state).pk for state in ("proposed", "concluded"))
    for act, pk in (("decide", proposed), ("return", proposed), ("reopen", proposed), ("withdraw", concluded)):
        yield f"actions/{pk}/{act}/", "不能这样办理", "到了哪一步"
    report = work_report(cast, True)
    WorkReport.objects.filter(pk=report.pk).update(state="called", grade="", period="", held_on=None)
    yield f"reports/{report.pk}/return/", "“待提交”，不能退回", "已提交"
    scope = cast.scope(cast.office)
    draft = begin(scope, title="新方案")
    discard(scope, draft.pk, draft.version)
    yield f"design/{draft.pk}/adopt/", "已放弃", "另起一份"


def _supervised(cast: Cast) -> Iterator[tuple[str, str, str]]:
    material = make_material(cast.faculty, withdrawn_on=days(-1))
    declaration = make_declaration(cast.faculty, ended_on=days(-1))
    key = make_wall_key(cast.faculty)
    key.revoked_at = AT  # type: ignore[assignment]
    key.save()
    for act in ("assign", "withdraw"):
        yield f"integrity/{material.pk}/{act}/", "已撤回", "发布新的"
    for act in ("revise", "end"):
        yield f"integrity/declarations/{declaration.pk}/{act}/", "已停用", "另外发布"
    yield f"walls/{key.pk}/revoke/", "已经收回", "另外发放"


@pytest.mark.parametrize(
    ("below", "made"), [("assessment", _results), ("assessment", _given), ("supervision", _supervised)]
)
def test_a_form_that_cannot_be_sent_says_so_instead_of_opening(
    cast: Cast, sign_in: Callable[[Any], Client], below: str, made: Callable[[Cast], Iterator[tuple[str, str, str]]]
) -> None:
    client = sign_in(cast.office)
    for address, why, remedy in made(cast):
        answer = client.get(f"/{below}/{address}")
        page = answer.content.decode()
        assert answer.status_code == 422, (address, answer.status_code)
        assert why in page and remedy in page and "<textarea" not in page, address
