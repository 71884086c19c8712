"""Like problems of several branches become one that the office names, splits and puts right with one measure."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.cast import TODAY, Cast, make_organization
from tests.supervision.rows import days, make_problem
from tests.supervision.test_pages import text
from zhibu.audit.models import Entry
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal
from zhibu.supervision.common import actions, queries
from zhibu.supervision.common.clustering import Text, clusters, spoken, telling, words_of
from zhibu.supervision.common.models import CommonProblem, GroupedProblem, Grouping
from zhibu.supervision.common.regrouping import regroup
from zhibu.supervision.enums import ProblemState
from zhibu.supervision.models import Problem
from zhibu.supervision.tasks import group_problems_every_night

SignIn = Callable[[Any], Client]
LIKE = {
    "缺席": (
        "检查发现会议记录缺少缺席人员的原因。", "会议记录没有写明缺席党员的原因。",
        "会议记录过于简单，缺席人员未注明原因。",
    ),
    "主题党日": (
        "党员反映主题党日形式单一。", "主题党日内容单一，多为集体学习文件。", "主题党日形式单调，缺少实践活动。",
    ),
    "思想汇报": (
        "自查发现两份思想汇报没有及时归档。", "思想汇报归档不及时，缺 3 份。", "入党积极分子思想汇报未按时归档。",
    ),
    "党费": ("有党员连续欠交党费满 3 个月（《章程》：提醒）。", "党费没有按月交纳。"),
    "台账": ("党费收缴台账登记不规范。",),
    "计划": ("支部年度计划未公开。",),
}  # fmt: skip


def test_texts_that_say_the_same_come_together_whatever_their_order() -> None:
    every = [(name, words) for name, part in LIKE.items() for words in part]
    texts = [Text(number, number, words_of(words)) for number, (_, words) in enumerate(every)]
    found, left_out = clusters(texts)
    mixed = list(texts)
    random.Random(7).shuffle(mixed)

    together: dict[int, set[str]] = {}
    for text_, (name, _) in zip(texts, every, strict=True):
        together.setdefault(found[text_.bag], set()).add(name)
    assert sorted(map(sorted, together.values())) == sorted([[name] for name in LIKE])
    assert (clusters(mixed), left_out) == ((found, 0), 0)


def test_a_name_in_one_problem_never_becomes_the_name_of_a_group() -> None:
    texts = [
        Text(1, 1, words_of("张建国缺席会议，会议记录没有写明原因。")),
        Text(2, 1, words_of("张建国缺席，未注明原因。")),
        Text(3, 2, words_of("会议记录没有写明缺席原因。")),
    ]  # fmt: skip

    assert telling(texts, spoken(texts)) == ["原因", "缺席", "会议记录", "写明"]


pytestmark = pytest.mark.django_db


@pytest.fixture
def branches(cast: Cast) -> list[Organization]:
    return [cast.branch, cast.sibling, make_organization("本科生第二党支部", cast.faculty)]


@pytest.fixture
def known(cast: Cast, branches: list[Organization]) -> list[Problem]:
    """Nine problems of three branches: three say one thing, three another, three are alone."""
    rows = [make_problem(node, text=words) for node, words in zip(branches, LIKE["缺席"], strict=True)]
    rows += [make_problem(node, text=words) for node, words in zip(branches, LIKE["主题党日"], strict=True)]
    alone = ("支部年度计划未公开。", "流动党员长期没有联系。", "发展对象政审材料不齐全。")
    return rows + [make_problem(node, text=words) for node, words in zip(branches, alone, strict=True)]


def grouped(cast: Cast, node: Organization | None = None) -> dict[str, list[int]]:
    """Title → problems, after the worker has been."""
    row, _ = Grouping.objects.get_or_create(
        organization=node or cast.faculty, defaults={"asked_at": "2026-11-20T08:00:00Z"}
    )
    regroup(row.pk, TODAY)
    return members()


def members() -> dict[str, list[int]]:
    rows = GroupedProblem.objects.filter(is_out=False).order_by("problem").values_list("group__title", "problem")
    found: dict[str, list[int]] = {}
    for title, problem in rows:
        found.setdefault(title, []).append(problem)
    return found


def pks(rows: list[Problem]) -> list[int]:
    return [row.pk for row in rows]


def test_like_problems_of_three_branches_are_one_and_again_the_same(cast: Cast, known: list[Problem]) -> None:
    found = grouped(cast)
    before = dict(CommonProblem.objects.values_list("pk", "title"))

    assert found == {"会议记录、原因、缺席": pks(known[:3]), "主题、党日、单一": pks(known[3:6])}
    assert grouped(cast) == found
    assert dict(CommonProblem.objects.values_list("pk", "title")) == before
    Problem.objects.filter(pk=known[2].pk).delete()
    assert list(grouped(cast).values()) == [pks(known[3:6])], "two branches are not enough"


def test_what_an_editor_decided_stays_when_problems_are_grouped_again(
    cast: Cast, branches: list[Organization], known: list[Problem]
) -> None:
    grouped(cast)
    scope = cast.scope(cast.organizer)
    absent, days_ = (GroupedProblem.objects.get(problem=known[number]).group for number in (0, 3))
    actions.rename(scope, absent.pk, title="缺席不写原因")
    one = queries.grouped(scope, absent).filter(problem=known[0])
    made = actions.split(scope, absent.pk, one, title="记录缺项")
    actions.take_out(scope, absent.pk, queries.grouped(scope, absent).filter(problem=known[1]))
    again = make_problem(branches[1], text=LIKE["缺席"][0])
    new = make_problem(branches[1], text="记录里缺席人员没有写明原因。")

    found = grouped(cast)

    assert found["记录缺项"] == [known[0].pk, again.pk], "the same words follow the editor's decision"
    assert found["缺席不写原因"] == [known[2].pk, new.pk]
    assert known[1].pk not in {pk for part in found.values() for pk in part}
    actions.merge(scope, made.pk, other=days_.pk)
    assert set(grouped(cast)["记录缺项"]) >= {known[0].pk, again.pk, *pks(known[3:6])}
    actions.put_back(scope, absent.pk, GroupedProblem.objects.get(problem=known[1]).pk)
    assert known[1].pk in grouped(cast)["缺席不写原因"]


def test_one_act_sets_the_same_measure_on_all_and_lists_what_it_could_not(cast: Cast, known: list[Problem]) -> None:
    grouped(cast)
    scope = cast.scope(cast.organizer)
    Problem.objects.filter(pk=known[1].pk).update(due_on=days(3))
    Problem.objects.filter(pk=known[2].pk).update(measure="由记录人更正。", state=ProblemState.UNDER_WAY)
    absent = GroupedProblem.objects.get(problem=known[0]).group

    outcomes = actions.measure_all(scope, absent.pk, measure="统一记录格式。", milestone="培训记录人", due_on=days(10))

    assert [(one.problem.pk, one.refused[:12]) for one in outcomes] == [
        (known[0].pk, ""), (known[1].pk, "整改节点不能晚于整改期限"), (known[2].pk, "已有整改措施，没有改动。"),
    ]  # fmt: skip
    first = Problem.objects.get(pk=known[0].pk)
    assert (first.measure, first.state, first.milestones.get().due_on) == (
        "统一记录格式。", ProblemState.UNDER_WAY, days(10),
    )  # fmt: skip
    assert Entry.objects.filter(verb="supervision.measure").count() == 1
    assert Entry.objects.get(verb="supervision.common_measure").changes == {"done": 1, "refused": 2}
    again = actions.measure_all(scope, absent.pk, measure="由组织员统一培训。", replace=True)
    assert [one.refused for one in again] == ["", "", ""]
    with pytest.raises(Refusal, match="一起填写"):
        actions.measure_all(scope, absent.pk, measure="培训。", milestone="培训记录人")
    with pytest.raises(Refusal, match="不能早于今天"):
        actions.measure_all(scope, absent.pk, measure="培训。", milestone="培训", due_on=days(-1))


def test_each_organization_groups_its_own_and_nobody_sees_anothers(cast: Cast, known: list[Problem]) -> None:
    grouped(cast)
    group = CommonProblem.objects.first()
    assert group is not None
    with pytest.raises(Http404):
        queries.group(cast.scope(cast.secretary), group.pk)
    grouped(cast, cast.root)
    office, organizer = cast.scope(cast.office), cast.scope(cast.organizer)

    assert queries.groups(office).count() == 4
    assert set(queries.groups(organizer)) == set(CommonProblem.objects.filter(grouping__organization=cast.faculty))
    of_root = CommonProblem.objects.filter(grouping__organization=cast.root).first()
    assert of_root is not None
    with pytest.raises(Http404):
        actions.rename(organizer, of_root.pk, title="甲")
    assert not queries.in_group(organizer, Problem.objects.all(), of_root.pk).exists()
    with pytest.raises(Refusal, match="同一党组织"):
        actions.merge(office, of_root.pk, other=group.pk)


def test_an_editor_asks_for_the_grouping_and_works_on_its_pages(
    cast: Cast, sign_in: SignIn, known: list[Problem]
) -> None:
    client = sign_in(cast.organizer)
    assert "还没有归类" in text(client, "/supervision/common/")
    client.post("/supervision/common/start/", {"node": cast.faculty.pk})
    client.post("/supervision/common/start/", {"node": cast.faculty.pk})
    assert ProcrastinateJob.objects.filter(task_name=actions.TASK).count() == 1
    assert "等待归类" in text(client, "/supervision/common/")
    regroup(Grouping.objects.get().pk, TODAY)
    assert client.get("/supervision/common/progress/").headers["HX-Refresh"] == "true"
    group = GroupedProblem.objects.get(problem=known[0]).group
    here = f"/supervision/common/{group.pk}/"
    assert f'href="{here}"' in text(client, "/supervision/common/")
    page = text(client, here)
    assert ("缺席" in page, "每月提出和销号的问题" in page, known[0].text in page) == (True, True, True)
    assert "共 3 条" in text(client, f"/supervision/?common={group.pk}&standing=open")
    assert "没有" in text(client, "/supervision/?common=2026-00001")

    row = GroupedProblem.objects.get(problem=known[0])
    assert client.post(here + "rename/", {"title": ""}).status_code == 422
    assert "将从" in client.post(here + "split/", {"selected": row.pk}).content.decode()
    assert client.post(here + "split/", {"selected": row.pk, "sent": "1", "title": ""}).status_code == 422
    assert client.post(here + "split/", {"all": "1", "sent": "1", "title": "甲"}).status_code == 422
    client.post(here + "out/", {"selected": row.pk})
    assert "已移出" in text(client, here)
    assert client.post(here + "out/", {}).status_code == 422
    done = client.post(here + "measure/", {"measure": "统一记录格式。"})
    assert "已确定措施 2 个" in done.content.decode()
    exported = client.get(f"{here}?export=csv")
    assert known[1].text in b"".join(exported.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert known[0].text not in client.get(f"{here}?export=csv").getvalue().decode("utf-8-sig")


def test_every_night_each_grouping_is_a_job_of_its_own(cast: Cast) -> None:
    """One that fails stops no other."""
    for node in (cast.faculty, cast.other_faculty):
        Grouping.objects.create(organization=node, asked_at="2026-11-20T08:00:00Z")
    group_problems_every_night(0)

    jobs = ProcrastinateJob.objects.filter(task_name=actions.TASK)
    assert {job.args["grouping_id"] for job in jobs} == set(Grouping.objects.values_list("pk", flat=True))
