"""A secretary's project from the declaration to its result, as those who take part tell it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import docx
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404

from tests.cast import TODAY, Cast
from tests.initiatives import rows
from zhibu.audit.models import Entry
from zhibu.initiatives import queries
from zhibu.initiatives.actions import files
from zhibu.initiatives.actions import projects as actions
from zhibu.initiatives.enums import MilestoneState, ProjectState, Verdict
from zhibu.initiatives.models import Project
from zhibu.initiatives.rules import MilestonePlan, ProjectPlan
from zhibu.regulations.refusal import Refusal, Refusals
from zhibu.ui.waiting import answered

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF"


def plan(cast: Cast, **changed: Any) -> ProjectPlan:
    given = {
        "title": "结对", "kind": "service", "secretary": cast.secretary.pk, "goals": "帮扶", "starts_on": rows.MAY,
        "ends_on": rows.DECEMBER, "members": (cast.member.pk,),
        "milestones": (MilestonePlan("调研", date(2026, 10, 1)), MilestonePlan("总结", rows.DECEMBER)),
    }  # fmt: skip
    return ProjectPlan(**{**given, **changed})


def declared(cast: Cast) -> Project:
    return actions.declare(cast.scope(cast.secretary), cast.branch.pk, plan(cast), submission=uuid4())


def titles(cast: Cast, who: Any) -> list[str]:
    return [one.title for one in answered(queries.waiting(cast.scope(who)))]


def test_a_page_sent_for_another_organization_is_another_form(cast: Cast) -> None:
    same = uuid4()
    actions.declare(cast.scope(cast.secretary), cast.branch.pk, plan(cast), submission=same)
    with pytest.raises(Refusal, match="登记在别处"):
        actions.declare(cast.scope(cast.neighbour), cast.other_branch.pk, plan(cast), submission=same)


def test_a_project_goes_from_declaration_to_result(cast: Cast) -> None:
    secretary, organizer = cast.scope(cast.secretary), cast.scope(cast.organizer)
    found = declared(cast)
    assert "书记项目待审核" in titles(cast, cast.organizer) and "书记项目待审核" not in titles(cast, cast.secretary)
    assert list(queries.projects(cast.scope(cast.member))) == []  # not agreed yet

    actions.review(organizer, found.pk, verdict=Verdict.RETURNED, opinion="请细化节点")
    assert "书记项目退回修改" in titles(cast, cast.secretary)
    version = Project.objects.get(pk=found.pk).version
    actions.amend(secretary, found.pk, plan(cast, title="结对帮扶"), version=version)
    actions.review(organizer, found.pk, verdict=Verdict.AGREED, opinion="")
    assert list(queries.projects(cast.scope(cast.member))) == [found]
    assert "书记项目节点逾期" in titles(cast, cast.secretary)  # the first was due in October

    first, last = found.milestones.all()
    actions.reach(secretary, found.pk, first.pk, on=TODAY, result="走访三个年级")
    with pytest.raises(Refusal, match="还有 1 个节点没有完成"):
        actions.finish(secretary, found.pk, on=TODAY, result="完成")
    moved = actions.change(secretary, found.pk, last.pk, title="总结会", due_on=date(2027, 1, 10), reason="考试周")
    actions.drop_milestone(secretary, found.pk, moved.pk, reason="并入调研")
    done = actions.finish(secretary, found.pk, on=TODAY, result="结对二十对")

    assert (done.state, done.closed_on, done.result) == (ProjectState.DONE, TODAY, "结对二十对")
    assert [one.get_state_display() for one in queries.milestones(done)] == ["已完成", "已调整", "已取消"]
    told = ["declared", "reviewed", "amended", "reviewed", "reached", "changed", "dropped", "finished"]
    assert [one.act for one in done.entries.all()] == told
    assert "考试周" not in str(list(Entry.objects.values_list("changes", flat=True)))


def test_a_plan_that_cannot_be_carried_out_is_refused_with_all_that_is_wrong(cast: Cast) -> None:
    wrong = plan(
        cast,
        ends_on=rows.MAY - timedelta(days=1),
        milestones=(),
        secretary=cast.member.pk,
        members=(cast.neighbour.pk,),
    )

    with pytest.raises(Refusals) as caught:
        actions.declare(cast.scope(cast.secretary), cast.branch.pk, wrong, submission=uuid4())

    said = "".join(one.message for one in caught.value.refusals)
    assert all(
        word in said for word in ("早于开始日期", "还没有节点", "不是这个党组织的现任书记", "不在这个党组织的名册里")
    )
    assert not Project.objects.exists()


def test_the_same_form_sent_twice_declares_once(cast: Cast) -> None:
    scope, same = cast.scope(cast.secretary), uuid4()

    first, second = (actions.declare(scope, cast.branch.pk, plan(cast), submission=same) for _ in range(2))

    assert first == second and Project.objects.count() == 1


def test_only_whoever_stands_above_reviews_and_never_his_own(cast: Cast) -> None:
    found = declared(cast)
    agree = {"verdict": Verdict.AGREED, "opinion": ""}
    with pytest.raises(PermissionDenied):
        actions.review(cast.scope(cast.secretary), found.pk, **agree)
    with pytest.raises(Http404):
        actions.review(cast.scope(cast.neighbour), found.pk, **agree)
    of_faculty = rows.project(cast, state=ProjectState.DECLARED, title="融合")
    Project.objects.filter(pk=of_faculty.pk).update(organization=cast.faculty)
    with pytest.raises(PermissionDenied, match="上级党组织审核"):
        actions.review(cast.scope(cast.organizer), of_faculty.pk, **agree)
    assert set(queries.to_review(cast.scope(cast.organizer))) == {found}
    assert set(queries.to_review(cast.scope(cast.office))) == {found, of_faculty}

    Project.objects.filter(pk=found.pk).update(secretary=cast.organizer)
    with pytest.raises(PermissionDenied, match="本人负责"):
        actions.review(cast.scope(cast.organizer), found.pk, **agree)
    actions.review(cast.scope(cast.office), found.pk, **agree)
    with pytest.raises(Refusal, match="不在待审核状态"):
        actions.review(cast.scope(cast.office), found.pk, **agree)
    actions.review(cast.scope(cast.office), found.pk, verdict=Verdict.OPINION, opinion="注意实效")
    assert Project.objects.get(pk=found.pk).state == ProjectState.RUNNING


def test_a_changed_milestone_leaves_the_old_one_with_the_reason(cast: Cast) -> None:
    found, scope = rows.project(cast), cast.scope(cast.secretary)
    old = found.milestones.get()

    actions.change(scope, found.pk, old.pk, title="调研", due_on=date(2026, 12, 1), reason="停电")

    old.refresh_from_db()
    assert (old.state, old.due_on) == (MilestoneState.REPLACED, date(2026, 10, 1))
    assert (old.replaced_by.due_on, old.replaced_by.reason) == (date(2026, 12, 1), "停电")
    with pytest.raises(Refusal, match="已经完成或已经调整"):
        actions.reach(scope, found.pk, old.pk, on=TODAY, result="做了")
    assert "书记项目节点逾期" not in titles(cast, cast.secretary)


def test_the_form_keeps_what_was_typed_and_the_page_shows_what_was_declared(
    cast: Cast, sign_in: Callable[[Any], Any]
) -> None:
    client = sign_in(cast.secretary)
    form = {
        "submission": str(uuid4()), "title": "结对帮扶", "kind": "service", "secretary": cast.secretary.pk,
        "goals": "帮到底", "starts_on": "2026-09-01", "ends_on": "2026-12-31", "members": [cast.member.pk],
        "m-TOTAL_FORMS": "12", "m-INITIAL_FORMS": "0", "m-0-title": "调研", "m-0-due_on": "",
    }  # fmt: skip

    refused = client.post("/initiatives/projects/new/", form)
    assert refused.status_code == 422
    assert "写了节点，还须写期限" in refused.text and "帮到底" in refused.text
    kept = client.post("/initiatives/projects/new/", {**form, "m-0-due_on": "2026-10-01"}, follow=True)

    assert kept.status_code == 200 and "待审核" in kept.text and "调研" in kept.text and "孟员" in kept.text


def test_a_project_is_printed_with_its_milestones(cast: Cast, sign_in: Callable[[Any], Any]) -> None:
    found = rows.project(cast)
    actions.reach(cast.scope(cast.secretary), found.pk, found.milestones.get().pk, on=TODAY, result="走访三个年级")

    answer = sign_in(cast.secretary).get(f"/initiatives/projects/{found.pk}/document/?as=docx")

    tables = docx.Document(io.BytesIO(answer.content)).tables
    cells = [cell.text for table in tables for row in table.rows for cell in row.cells]
    assert {"结对", "调研", "2026年11月21日；走访三个年级"} <= set(cells)


def test_files_are_kept_by_content_and_removed_with_a_reason(
    cast: Cast, settings: Any, tmp_path: Any, sign_in: Callable[[Any], Any]
) -> None:
    settings.MEDIA_ROOT = tmp_path
    found, scope = rows.project(cast), cast.scope(cast.secretary)

    kept = [files.attach(scope, "project", found.pk, SimpleUploadedFile("a.pdf", PDF)) for _ in range(2)]
    with pytest.raises(Refusal, match="不是可以接收的类型"):
        files.attach(scope, "project", found.pk, SimpleUploadedFile("a.pdf", b"<html>"))

    assert kept[0] == kept[1] and found.attachments.count() == 1
    address = f"/initiatives/files/{kept[0].pk}/"
    assert b"".join(sign_in(cast.secretary).get(address).streaming_content) == PDF
    assert sign_in(cast.neighbour).get(address).status_code == 404
    with pytest.raises(Refusal, match="理由"):
        files.detach(scope, kept[0].pk, reason=" ")
    files.detach(scope, kept[0].pk, reason="误传")
    assert found.attachments.count() == 0


def test_a_milestone_sent_twice_is_added_once(cast: Cast) -> None:
    found, scope = rows.project(cast), cast.scope(cast.secretary)
    given = {"title": "回访", "due_on": date(2026, 12, 20), "reason": "住户要求"}
    actions.add_milestone(scope, found.pk, **given)
    with pytest.raises(Refusal, match="已经有这个节点"):
        actions.add_milestone(scope, found.pk, **given)
    first = found.milestones.get(title="调研")
    with pytest.raises(Refusal, match="已经有这个节点"):
        actions.change(scope, found.pk, first.pk, **given)
    assert found.milestones.filter(title="回访").count() == 1
