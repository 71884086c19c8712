"""The list and the page of a problem, as they are read and used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import Cast
from tests.supervision.rows import days, make_problem, reported
from tests.supervision.test_problems import PDF
from zhibu.supervision.enums import ProblemState
from zhibu.supervision.models import Evidence, Problem

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def test_a_branch_claims_reports_with_a_file_and_the_superior_strikes_off(
    cast: Cast, sign_in: SignIn, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    made = make_problem(cast.branch)
    here = f"/supervision/{made.pk}/"
    client = sign_in(cast.secretary)
    assert "确定整改措施" in text(client, here)
    assert "延长期限" not in text(client, here)

    wrong = client.post(here + "measure/", {"measure": "补讲。", "step_1": "备课"})
    assert (wrong.status_code, "节点和完成期限要一起填写" in wrong.content.decode()) == (422, True)
    assert "补讲。" in wrong.content.decode()
    client.post(here + "measure/", {"measure": "补讲。", "step_1": "备课", "day_1": days(2)})
    client.post(f"{here}milestones/{made.milestones.get().pk}/")
    bad = SimpleUploadedFile("病毒.pdf", b"MZ not a pdf")
    assert client.post(here + "report/", {"text": "已补讲。", "evidence": bad}).status_code == 422
    client.post(here + "report/", {"text": "已补讲。", "evidence": SimpleUploadedFile("照片.pdf", PDF)})
    file = Evidence.objects.get()
    answer = client.get(f"{here}files/{file.pk}/")
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert client.post(here + "review/", {"decision": "accept"}).status_code == 422

    sign_in(cast.organizer)
    assert client.post(here + "review/", {"decision": "return", "reason": ""}).status_code == 422
    assert client.post(here + "review/", {"decision": "accept"}).status_code == 302

    made.refresh_from_db()
    assert made.state == ProblemState.CLOSED
    page = text(client, here)
    assert "照片.pdf" in page
    assert page.index("复核通过，销号") < page.index("报告整改完成") < page.index("确定整改措施")
    sign_in(cast.neighbour)
    assert client.get(f"{here}files/{file.pk}/").status_code == client.get(here).status_code == 404


def test_a_superior_raises_a_problem_by_name_or_code_within_its_subtree(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.organizer)
    given = {"source": "superior", "text": "没有年度计划。", "due_on": days(9)}

    several = client.post("/supervision/new/", {**given, "organization": "党支部"})
    outside = client.post("/supervision/new/", {**given, "organization": cast.other_branch.code})
    assert "有不止一个党组织符合" in several.content.decode()
    assert "研究生党支部" not in several.content.decode()
    assert "没有找到这个党组织" in outside.content.decode()
    assert client.post("/supervision/new/", {**given, "organization": "教师党支部"}).status_code == 302

    assert Problem.objects.get().organization == cast.sibling


def test_the_list_is_narrowed_and_taken_out(cast: Cast, sign_in: SignIn) -> None:
    late = make_problem(cast.branch, due_on=days(-2), text="迟了")
    make_problem(cast.sibling, text="不急")
    make_problem(cast.other_branch, text="外院")
    reported(cast, text="报告了")
    client = sign_in(cast.organizer)

    def seen(query: str) -> set[str]:
        page = text(client, f"/supervision/?{query}")
        return {one for one in ("迟了", "不急", "外院", "报告了") if one in page}

    assert seen("") == {"迟了", "不急", "报告了"}
    done = make_problem(cast.branch, due_on=days(-9), text="早已办结")
    Problem.objects.filter(pk=done.pk).update(state="closed", closed_on=days(-1))
    page = text(client, "/supervision/")
    assert page.index("迟了") < page.index("不急") < page.index("早已办结"), "what is to be done comes first"
    assert seen("standing=late") == seen(f"q={late.number}") == {"迟了"}
    assert seen(f"branch={cast.faculty.code}&standing=open") == {"迟了", "不急", "报告了"}
    assert seen(f"branch={cast.sibling.code}") == seen("q=教师") == {"不急"}
    assert seen("mine=review") == seen("state=to_review") == {"报告了"}
    assert seen("source=own") == seen("duty=term") == set()
    taken = client.get("/supervision/?export=csv&standing=late")
    assert "迟了" in b"".join(taken.streaming_content).decode() if taken.streaming else taken.content.decode()


def test_chosen_reports_are_shown_before_they_are_accepted(cast: Cast, sign_in: SignIn) -> None:
    ready, open_one = reported(cast), make_problem(cast.branch)
    client = sign_in(cast.organizer)
    given: dict[str, Any] = {"selected": [ready.pk, open_one.pk]}

    before = client.post("/supervision/accept/", given).content.decode()
    assert "将复核通过 1 个问题" in before
    assert Problem.objects.get(pk=ready.pk).state == ProblemState.TO_REVIEW
    after = client.post("/supervision/accept/", {**given, "sent": "1", "reason": ""}).content.decode()

    assert "未办理" in after
    assert Problem.objects.get(pk=ready.pk).state == ProblemState.CLOSED
