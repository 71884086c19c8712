"""Papers begun for a step: what is known is filled in, the rest is left to people."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from docx import Document

from tests.cast import TODAY, Cast
from tests.procedures.road import applicant, take, voters
from zhibu.documents.filling import fill
from zhibu.procedures import actions, queries
from zhibu.procedures.drafts import DRAFTS, Known, draft
from zhibu.procedures.enums import Actor
from zhibu.procedures.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast) -> Case:
    voters(cast)
    return actions.open_case(cast.scope(cast.secretary), "admission", applicant(cast))


def text_of(content: bytes) -> str:
    word = Document(io.BytesIO(content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])


def test_the_secretary_begins_the_notice_with_its_working_days(
    cast: Cast, case: Case, sign_in: Callable[[Any], Any]
) -> None:
    answer = sign_in(cast.secretary).get(f"/procedures/{case.pk}/papers/publicity_notice/")

    said = text_of(answer.content)
    assert answer.status_code == 200
    assert all(part in said for part in ("新申", "2000年1月", "本科生第一党支部", "5个工作日", "2026年11月27日"))


def test_every_draft_can_be_filled_at_every_stage_of_the_road(cast: Cast, case: Case) -> None:
    for step, day in (("talk", 10), ("activist", 20)):
        take(cast, case, step, date(2026, 6, day))
    case = queries.case(cast.scope(cast.secretary), case.pk)
    assert case.person is not None
    known = Known(case.person, case.organization, queries.acting(case)[Actor.APPROVER], queries.state_of(case), TODAY)

    texts = {kind: text_of(fill(*draft(kind, known))) for kind in DRAFTS}

    assert all("新申" in said for said in texts.values())
    assert "2026年6月20日确定为入党积极分子" in texts["listing_request"]


@pytest.mark.parametrize(("who", "status"), [("neighbour", 404), ("member", 403), ("organizer", 200)])
def test_who_may_begin_a_paper(cast: Cast, case: Case, sign_in: Callable[[Any], Any], who: str, status: int) -> None:
    answer = sign_in(getattr(cast, who)).get(f"/procedures/{case.pk}/papers/resolution/")

    assert answer.status_code == status


def test_what_nobody_can_begin_is_no_address(cast: Cast, case: Case, sign_in: Callable[[Any], Any]) -> None:
    client = sign_in(cast.secretary)

    assert client.get(f"/procedures/{case.pk}/papers/political_review/").status_code == 404
    assert "起草（Word）" not in client.get(f"/procedures/{case.pk}/talk/").content.decode()
    assert "起草（Word）" in client.get(f"/procedures/{case.pk}/publicity/").content.decode()
