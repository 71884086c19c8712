"""Resolutions with an owner and a day become tasks, which the next meeting asks about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.cast import TODAY, Cast, make_person
from tests.meetings.records import held, whole
from tests.meetings.test_pages import typed
from zhibu.meetings import actions, queries
from zhibu.meetings.content import FollowUpLine, ResolutionLine
from zhibu.meetings.enums import FollowUpResult, State, TaskState
from zhibu.meetings.models import FollowUp, Meeting, Resolution, Task
from zhibu.regulations.refusal import Refusal
from zhibu.ui.waiting import answered

SignIn = Callable[..., Client]
OCTOBER, DUE = date(2026, 10, 9), date(2026, 11, 15)
DONE, NOT_DONE = FollowUpResult.DONE, FollowUpResult.NOT_DONE


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


def decided(cast: Cast, state: State = State.RECORDED, **changes: Any) -> Meeting:
    """In October the branch gave the member something to do, and named somebody outside for something else."""
    visit = ResolutionLine("走访共建企业", responsible="孟员", due_on=DUE, owner_id=cast.member.pk)
    other = ResolutionLine("布置会场", responsible="物业", due_on=DUE)
    return held(cast, state, **{"held_on": OCTOBER, "resolutions": (visit, other), **changes})


def follows(cast: Cast, result: FollowUpResult, state: State = State.RECORDED) -> Meeting:
    line = FollowUpLine(Task.objects.get().pk, result, "已联系三家")
    return held(cast, state, follow_ups=(line,), resolutions=())


def text(answer: Any) -> str:
    return answer.content.decode()


def test_a_resolution_with_a_person_and_a_day_becomes_a_task_when_recorded(cast: Cast) -> None:
    draft = decided(cast, State.DRAFT)
    assert not Task.objects.exists()
    content = queries.content_of(draft)
    actions.update(cast.scope(cast.secretary), draft.pk, content, version=draft.version, state=State.RECORDED)

    task = Task.objects.get()
    assert (task.text, task.owner, task.due_on, task.state) == ("走访共建企业", cast.member, DUE, TaskState.OPEN)


def test_the_editor_makes_a_task_and_the_next_one_asks_about_it(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.secretary)
    given = {"resolutions-0-owner": str(cast.member.pk), "resolutions-0-due_on": "2026-11-15"}
    client.post("/meetings/new/", typed(cast, held_on="2026-10-09", **given))
    task, resolution = Task.objects.get(), Resolution.objects.get()
    assert (resolution.responsible, task.owner) == ("孟员", cast.member)

    page = text(client.get("/meetings/new/"))
    assert "以往决议的落实" in page and "通过工作计划" in page and "已逾期" in page
    said = {f"t-{task.pk}-result": "not_done", f"t-{task.pk}-note": "还差一家"}
    kept = text(client.post("/meetings/new/", typed(cast, do="refresh", **said)))
    assert 'value="还差一家"' in kept and f'id="t-{task.pk}-not_done" value="not_done" checked' in kept
    client.post("/meetings/new/", typed(cast, **said, **{"resolutions-0-text": ""}))

    assert [one.note for one in FollowUp.objects.all()] == ["还差一家"]
    page = text(client.get(f"/meetings/tasks/{task.pk}/"))
    assert "未完成" in page and "还差一家" in page and "已逾期" in page


def test_a_recorded_meeting_settles_the_task_a_draft_does_not(cast: Cast) -> None:
    decided(cast)
    draft = follows(cast, DONE, State.DRAFT)
    assert Task.objects.get().state == TaskState.OPEN

    content = queries.content_of(draft)
    actions.update(cast.scope(cast.secretary), draft.pk, content, version=draft.version, state=State.RECORDED)

    task = Task.objects.get()
    assert (task.state, task.done_on) == (TaskState.DONE, draft.held_on)
    assert queries.to_follow_up(cast.branch, TODAY) == []
    # corrected: it was not done after all
    draft.refresh_from_db()
    wrong = replace(content, follow_ups=(replace(content.follow_ups[0], result=NOT_DONE),))
    actions.correct(cast.scope(cast.secretary), draft.pk, wrong, version=draft.version, reason="听错了")
    assert (Task.objects.get().state, Task.objects.get().done_on) == (TaskState.OPEN, None)


def test_a_meeting_speaks_only_of_its_own_organizations_open_tasks(cast: Cast) -> None:
    decided(cast)
    line = FollowUpLine(Task.objects.get().pk, DONE)

    with pytest.raises(Refusal, match="不属于这个党组织"):
        held(cast, by=cast.organizer, node=cast.sibling, follow_ups=(line,), resolutions=(), host_id=None,
             recorder_id=None)  # fmt: skip
    follows(cast, DONE)
    with pytest.raises(Refusal, match="已经办结"):
        held(cast, follow_ups=(line,), resolutions=())
    assert FollowUp.objects.count() == 1


def test_a_corrected_resolution_takes_its_task_along(cast: Cast) -> None:
    meeting = decided(cast)
    content = queries.content_of(meeting)
    visit, other = content.resolutions
    moved = replace(content, resolutions=(other, replace(visit, due_on=TODAY)))
    actions.correct(cast.scope(cast.secretary), meeting.pk, moved, version=1, reason="期限写错了")
    assert Task.objects.get().due_on == TODAY

    follows(cast, NOT_DONE)
    none = replace(content, resolutions=(other,))
    actions.correct(cast.scope(cast.secretary), meeting.pk, none, version=2, reason="没有这项决议")
    assert Task.objects.get().state == TaskState.DROPPED


def test_a_task_waits_for_its_owner_and_for_the_secretary(cast: Cast, sign_in: SignIn) -> None:
    decided(cast)

    for who, title in ((cast.member, "本人的决议任务"), (cast.secretary, "支部待落实的决议")):
        found = {item.title: item for item in answered(queries.waiting(cast.scope(who)))}
        assert (found[title].count, found[title].late, found[title].by) == (1, True, DUE)
        assert "走访共建企业" in text(sign_in(who).get(found[title].url))
    assert answered(queries.waiting(cast.scope(cast.neighbour))) == [] or "走访" not in str(
        answered(queries.waiting(cast.scope(cast.neighbour)))
    )
    follows(cast, DONE)
    assert answered(queries.waiting(cast.scope(cast.member))) == []


def test_the_owner_reports_and_the_next_meeting_reads_it(cast: Cast, sign_in: SignIn) -> None:
    decided(cast)
    address = f"/meetings/tasks/{Task.objects.get().pk}/"
    client = sign_in(cast.member)
    assert client.post(address, {"result": "done", "note": ""}).status_code == 422
    for _double_click in range(2):
        assert client.post(address, {"result": "done", "note": "三家都走访了"}).status_code == 302

    assert FollowUp.objects.count() == 1
    assert Task.objects.get().state == TaskState.OPEN  # the meeting decides
    client = sign_in(cast.secretary)
    assert "责任人报告：完成，三家都走访了" in text(client.get("/meetings/new/"))
    assert client.post(address, {"result": "done", "note": "代报"}).status_code == 403
    assert sign_in(cast.neighbour).get(address).status_code == 404


def test_the_list_narrows_and_exports(cast: Cast, sign_in: SignIn) -> None:
    decided(cast)
    later = make_person("后员", cast.branch, serial=801, username="later")
    line = ResolutionLine("编印学习材料", responsible="后员", due_on=date(2026, 12, 20), owner_id=later.pk)
    actions.create(
        cast.scope(cast.secretary), whole(cast, resolutions=(line,)), submission=uuid4(), state=State.RECORDED
    )
    client = sign_in(cast.secretary)

    def found(query: str) -> set[str]:
        shown = text(client.get(f"/meetings/tasks/?{query}"))
        return {name for name in ("走访共建企业", "编印学习材料") if name in shown}

    assert found("") == {"走访共建企业", "编印学习材料"}
    assert found("late=yes") == {"走访共建企业"}
    assert found("mine=yes") == set()
    assert found("due_from=2026-12-01") == {"编印学习材料"}
    assert found("q=后员") == {"编印学习材料"}
    assert found("state=done") == set()
    exported = b"".join(client.get("/meetings/tasks/?export=csv&late=yes").streaming_content).decode("utf-8-sig")
    assert "走访共建企业" in exported and "已逾期" in exported and "编印" not in exported
    client = sign_in(later)
    assert found("") == {"编印学习材料"}
