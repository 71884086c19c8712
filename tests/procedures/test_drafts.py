"""Papers begun for a step: what is known is filled in, the rest is left to people."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from docx import Document

from tests.cast import TODAY, Cast
from tests.procedures.electing import members, poll, session, term, with_candidates
from tests.procedures.electing import take as election_step
from tests.procedures.road import applicant, take, voters
from zhibu.documents.filling import fill
from zhibu.procedures import actions, queries
from zhibu.procedures.drafts import DRAFTS, Known, content_of
from zhibu.procedures.election_drafts import ELECTION_DRAFTS
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

    texts = {kind: text_of(fill(*content_of(kind, known))) for kind in DRAFTS}

    assert all("新申" in said for said in texts.values())
    assert "2026年6月20日确定为入党积极分子" in texts["listing_request"]


@pytest.mark.parametrize(("who", "status"), [("neighbour", 404), ("member", 403), ("organizer", 200)])
def test_who_may_begin_a_paper(cast: Cast, case: Case, sign_in: Callable[[Any], Any], who: str, status: int) -> None:
    answer = sign_in(getattr(cast, who)).get(f"/procedures/{case.pk}/papers/resolution/")

    assert answer.status_code == status


def test_what_nobody_can_begin_is_no_address(cast: Cast, case: Case, sign_in: Callable[[Any], Any]) -> None:
    client = sign_in(cast.secretary)

    assert client.get(f"/procedures/{case.pk}/papers/political_review/").status_code == 404
    assert "起草" not in client.get(f"/procedures/{case.pk}/contacts/").content.decode()
    talk = client.get(f"/procedures/{case.pk}/talk/").content.decode()
    assert "起草谈话通知（Word）" in talk and "起草谈话记录表（Word）" in talk


def test_what_is_filed_and_talked_about_is_begun_too(cast: Cast, case: Case, sign_in: Callable[[Any], Any]) -> None:
    for step, day in (("talk", 10), ("activist", 20)):
        take(cast, case, step, date(2026, 6, day))
    client = sign_in(cast.secretary)

    said = {
        word: text_of(client.get(f"/procedures/{case.pk}/papers/{word}/").content)
        for word in ("filing_report", "talk_notice", "talk_record")
    }

    assert "2026年6月20日确定新申同志为入党积极分子，现报请备案" in said["filing_report"]
    assert "现就递交入党申请书后谈话与你谈话" in said["talk_notice"]
    assert "新申" in said["talk_record"] and "本科生第一党支部" in said["talk_record"]


def test_many_papers_of_one_sort_are_one_file(cast: Cast, case: Case, sign_in: Callable[[Any], Any]) -> None:
    second = actions.open_case(cast.scope(cast.secretary), "admission", applicant(cast, name="又申", serial=91))
    client = sign_in(cast.secretary)
    steps = [str(one.pk) for found in (case, second) for one in found.open_steps.filter(step="talk")]
    assert "起草所选的材料" in client.get("/procedures/").content.decode()

    asked = client.post("/procedures/papers/", {"selected": steps})
    answer = client.post("/procedures/papers/", {"selected": steps, "paper": "talk_notice"})

    assert "谈话通知（2 份）" in asked.content.decode() and "谈话记录表（2 份）" in asked.content.decode()
    said = text_of(answer.content)
    assert (said.count("谈话通知"), "新申同志：" in said, "又申同志：" in said) == (2, True, True)
    assert client.post("/procedures/papers/", {"selected": steps, "paper": "reply"}).status_code == 422
    assert "没有平台能起草的材料" in client.post("/procedures/papers/", {"selected": ["0"]}).content.decode()


def test_a_neighbour_begins_nothing_for_others(cast: Cast, case: Case, sign_in: Callable[[Any], Any]) -> None:
    step = case.open_steps.get(step="talk")

    answer = sign_in(cast.organizer).post("/procedures/papers/", {"selected": [str(step.pk)], "paper": "talk_notice"})

    assert answer.status_code == 422  # waits for the branch, not for the organizer


@pytest.fixture
def election(cast: Cast) -> Case:
    """Three of four are elected, one of them secretary."""
    four = members(cast)[:4]
    term(cast)
    case = actions.open_election(cast.scope(cast.organizer), cast.branch)
    with_candidates(cast, case, four)
    three = [one.pk for one in four[:3]]
    election_step(cast, case, "meeting", people_named=three, data=poll(four, [10, 9, 8, 3]))
    posts = dict(zip(three, ("secretary", "organization_member", "publicity_member"), strict=True))
    election_step(cast, case, "first_meeting", data=session(posts, ayes=2))
    return case


def begun(client: Any, case: Case, kind: str) -> str:
    return text_of(client.get(f"/procedures/{case.pk}/papers/{kind}/").content)


def test_the_papers_of_an_election_are_begun_with_what_the_case_knows(
    cast: Cast, election: Case, sign_in: Callable[[Any], Any]
) -> None:
    client = sign_in(cast.secretary)

    texts = {kind: begun(client, election, kind) for kind in ELECTION_DRAFTS}

    assert "关于换届的请示" in texts["election_request"] and "2026年12月31日" in texts["election_request"]
    assert "应选名额为3名" in texts["election_reply"] and "（请写明研究结果。）" in texts["election_reply"]
    assert all(name in texts["election_candidates"] for name in ("孟员", "舒记", "选0", "选1", "2021年6月"))
    assert "孟员、舒记、选0、选1" in texts["election_candidates_reply"]
    assert all(part in texts["ballot_result"] for part in ("孟员", "10", "当选", "发出10张，收回10张", "超过半数"))
    report = texts["election_report"]
    assert (
        all(part in report for part in ("应到会有选举权的10人", "书记", "委员会赞成2票", "组织委员"))
        and "选1" not in report
    )
    assert "孟员（书记）" in texts["election_approval"] and "（请写明研究结果。）" in texts["election_approval"]


def test_before_the_vote_the_sheet_lists_who_stands_and_the_request_has_room_for_candidates(
    cast: Cast, sign_in: Callable[[Any], Any]
) -> None:
    people = members(cast)
    term(cast)
    case = actions.open_election(cast.scope(cast.organizer), cast.branch)
    client = sign_in(cast.secretary)
    for step in ("request", "reply"):
        election_step(cast, case, step, data={"seats": 3} if step == "request" else {})
    word = Document(io.BytesIO(client.get(f"/procedures/{case.pk}/papers/election_candidates/").content))
    election_step(
        cast, case, "candidates", people_named=[one.pk for one in people[:4]], data={"candidates_cleared": True}
    )
    sheet = begun(client, case, "ballot_result")

    assert len(word.tables[0].rows) == 1 + 4
    assert all(one.name in sheet for one in people[:4]) and "当选" not in sheet.replace("当选的赞成票", "")


@pytest.mark.parametrize(
    ("who", "kind", "status"),
    [("neighbour", "election_request", 404), ("member", "election_request", 403), ("secretary", "resolution", 404),
     ("organizer", "election_reply", 200)],
)  # fmt: skip
def test_who_may_begin_a_paper_of_an_election(
    cast: Cast, sign_in: Callable[[Any], Any], who: str, kind: str, status: int
) -> None:
    term(cast)
    case = actions.open_election(cast.scope(cast.organizer), cast.branch)

    assert sign_in(getattr(cast, who)).get(f"/procedures/{case.pk}/papers/{kind}/").status_code == status


def test_the_request_of_an_extension_and_of_a_by_election_say_what_they_ask(
    cast: Cast, sign_in: Callable[[Any], Any]
) -> None:
    members(cast)
    term(cast)
    client, scope = sign_in(cast.secretary), cast.scope(cast.secretary)

    extension = begun(client, actions.open_extension(scope, cast.branch), "election_request")
    vacancy = begun(client, actions.open_by_election(scope, cast.branch), "election_request")

    assert "关于延期换届的请示" in extension and "关于补选的请示" in vacancy
