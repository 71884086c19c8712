"""The member summary from upload to undo, as an office uses it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.cast import TODAY, Cast, appoint, id_number, make_organization
from tests.exchange.files import imported, member, members_file, preview, problems, staged
from zhibu.audit.models import Entry
from zhibu.exchange import actions
from zhibu.exchange.enums import BatchState, RowState
from zhibu.exchange.models import ImportRow
from zhibu.organizations.enums import PostKind
from zhibu.people.enums import StageKind
from zhibu.people.identity import id_number_index
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.procedures import actions as steps
from zhibu.procedures.transfers import actions as transfers
from zhibu.regulations.refusal import Refusal

pytestmark = pytest.mark.django_db


def person(serial: int) -> Person:
    return Person.objects.get(id_number_index=id_number_index(id_number(serial)))


def test_confirmed_rows_become_persons_with_stages_and_ties(cast: Cast) -> None:
    batch = imported(cast.scope(cast.secretary), members_file(member(101, name="仇 英")))

    found = person(101)
    assert batch.state == BatchState.COMMITTED
    assert (found.name, found.pinyin, found.organization, found.stage) == ("仇英", "qiuying", cast.branch, "50")
    assert (found.id_number, found.phone, found.education) == (id_number(101), "13800000001", "21")
    assert list(found.stages.values_list("kind", "started_on", "ended_on")) == [
        ("40", date(2020, 6, 1), date(2021, 6, 1)),
        ("50", date(2021, 6, 1), None),
    ]
    assert list(found.affiliations.values_list("organization", "started_on", "entry")) == [
        (cast.branch.pk, TODAY, "collected")
    ]


def test_nothing_is_written_before_confirming(cast: Cast) -> None:
    before = Person.objects.count()

    batch = preview(cast.scope(cast.secretary), members_file(member(101)))

    assert (batch.state, batch.count(RowState.NEW), Person.objects.count()) == (BatchState.READY, 1, before)


def test_the_same_file_again_changes_nothing_and_says_so(cast: Cast) -> None:
    scope, content = cast.scope(cast.secretary), members_file(member(101), member(102))
    imported(scope, content)

    again = preview(scope, content)

    assert again.count(RowState.UNCHANGED) == 2
    assert again.summary["unchanged_only"] is True
    with pytest.raises(Refusal, match="没有需要写入的"):
        actions.confirm(scope, again.pk)


def test_changed_rows_update_the_person_and_undo_restores_it(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    imported(scope, members_file(member(101, stage="预备党员", confirmed_on="", joined_on="2025-06-01")))
    old = Person.objects.values().get(pk=person(101).pk)

    batch = imported(
        scope,
        members_file(
            member(101, joined_on="2025-06-01", confirmed_on="2026-06-10", phone="13900000009", address="新址")
        ),
    )

    new = person(101)
    assert (new.stage, new.phone, new.address) == (StageKind.FULL, "13900000009", "新址")
    assert list(new.stages.values_list("kind", "started_on", "ended_on")) == [
        ("40", date(2025, 6, 1), date(2026, 6, 10)),
        ("50", date(2026, 6, 10), None),
    ]
    actions.undo(scope, batch.pk)
    restored = Person.objects.values().get(pk=new.pk)
    assert {k: v for k, v in restored.items() if k != "updated_at"} == {
        k: v for k, v in old.items() if k != "updated_at"
    }
    assert list(new.stages.values_list("kind", "started_on", "ended_on")) == [("40", date(2025, 6, 1), None)]


def test_undo_removes_created_persons(cast: Cast) -> None:
    scope, before = cast.scope(cast.secretary), Person.objects.count()
    batch = imported(scope, members_file(member(101), member(102)))

    undone = actions.undo(scope, batch.pk)

    assert (undone.state, Person.objects.count()) == (BatchState.UNDONE, before)
    assert not Stage.objects.filter(basis="党员信息采集导入").exists()


def test_undo_refuses_after_a_later_change_and_names_the_row(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    batch = imported(scope, members_file(member(101), member(102)))
    found = person(102)
    found.native_place = "某县"
    found.save()

    with pytest.raises(Refusal, match="第 3 行的人员信息在导入之后又有变动"):
        actions.undo(scope, batch.pk)
    assert Person.objects.filter(pk=found.pk).exists()


def test_undo_refuses_while_a_later_import_stands(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    first = imported(scope, members_file(member(101)))
    second = imported(scope, members_file(member(102)))

    with pytest.raises(Refusal, match="只能从最近一次开始撤销"):
        actions.undo(scope, first.pk)
    actions.undo(scope, second.pk)
    assert actions.undo(scope, first.pk).state == BatchState.UNDONE


def test_moving_between_branches_of_my_subtree_is_a_notice(cast: Cast) -> None:
    scope = cast.scope(cast.organizer)
    imported(scope, members_file(member(101)), as_of=date(2026, 3, 1))

    batch = preview(scope, members_file(member(101, organization="教师党支部")))

    assert problems(batch) == [(2, "organization", "notice", "组织关系将从“本科生第一党支部”改到这个支部。")]
    with pytest.raises(Refusal, match="提醒还没有核对"):
        actions.confirm(scope, batch.pk)
    actions.confirm(scope, batch.pk, accept_notices=True)
    actions.commit(batch.pk, scope=scope)
    assert list(Affiliation.objects.filter(person=person(101)).values_list("organization", "ended_on", "entry")) == [
        (cast.branch.pk, TODAY, "collected"),
        (cast.sibling.pk, None, "inside"),
    ]


def test_someone_of_another_subtree_is_refused(cast: Cast) -> None:
    imported(cast.scope(cast.neighbour), members_file(member(101, organization="研究生党支部")))

    batch = preview(cast.scope(cast.secretary), members_file(member(101)))

    assert [problem[:3] for problem in problems(batch)] == [(2, "id_number", "error")]
    assert "管理范围之外" in problems(batch)[0][3]


def test_errors_stop_the_whole_file_unless_only_clean_rows_are_asked_for(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    batch = preview(scope, members_file(member(101), member(102, ethnicity="火星族")))

    with pytest.raises(Refusal, match="有 1 行有错误"):
        actions.confirm(scope, batch.pk)
    actions.confirm(scope, batch.pk, only_clean=True)
    actions.commit(batch.pk, scope=scope)

    assert person(101)
    assert not Person.objects.filter(id_number_index=id_number_index(id_number(102))).exists()


def test_a_change_after_the_preview_is_seen_and_the_file_checked_anew(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    imported(scope, members_file(member(101)))
    batch = preview(scope, members_file(member(101, phone="13900000009")))
    actions.confirm(scope, batch.pk)
    Person.objects.filter(pk=person(101).pk).update(native_place="某县")

    after = actions.commit(batch.pk, scope=scope)

    assert after.state == BatchState.READY
    assert "重新核对" in after.summary["interrupted"]
    assert person(101).phone == "13800000001"


def test_a_branch_dissolved_after_the_preview_stops_the_import(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    batch = preview(scope, members_file(member(101)))
    actions.confirm(scope, batch.pk)
    cast.branch.dissolved_on = TODAY
    cast.branch.save()

    after = actions.commit(batch.pk, scope=scope)

    assert after.state == BatchState.READY
    assert "已于 2026-11-21 撤销" in problems(after)[0][3]


def test_one_audit_entry_a_batch_without_personal_data(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    batch = imported(scope, members_file(member(101), member(102)))

    entry = Entry.objects.get(verb="exchange.import")

    assert (entry.object_id, entry.changes["created"], entry.changes["digest"]) == (batch.pk, 2, batch.digest)
    assert id_number(101) not in str(entry.changes)


def test_staged_rows_are_encrypted_and_forgotten(cast: Cast) -> None:
    from django.db import connection

    batch = preview(cast.scope(cast.secretary), members_file(member(101)))
    with connection.cursor() as cursor:
        cursor.execute("select payload from exchange_importrow where batch_id = %s", [batch.pk])
        payload = bytes(cursor.fetchone()[0])
    assert b"13800000001" not in payload

    assert actions.forget_old_files(date(2027, 3, 1)) == 1
    assert not ImportRow.objects.exists()


def test_ambiguous_branch_names_ask_for_the_code(cast: Cast) -> None:
    twin = make_organization("本科生第一党支部", cast.other_faculty)
    scope = cast.scope(cast.office)

    batch = preview(
        scope,
        members_file(
            member(101), member(102, organization=twin.code), member(103, organization="文学院党委本科生第一党支部")
        ),
    )

    assert [(row.number, row.state.value) for row in staged(batch)] == [(2, "error"), (3, "new"), (4, "new")]
    assert "有 2 个党组织都叫“本科生第一党支部”" in problems(batch)[0][3]


def test_a_branch_outside_my_subtree_is_unknown(cast: Cast) -> None:
    batch = preview(cast.scope(cast.secretary), members_file(member(101, organization="研究生党支部")))

    assert problems(batch) == [(2, "organization", "error", "在您的管理范围内没有“研究生党支部”。")]


def test_members_of_a_group_stay_in_their_group(cast: Cast) -> None:
    from zhibu.exchange import exporting
    from zhibu.organizations.enums import Category, Kind

    scope = cast.scope(cast.secretary)
    imported(scope, members_file(member(101)))
    group = make_organization("第一党小组", cast.branch, kind=Kind.GROUP, category=Category.OTHER)
    Person.objects.filter(pk=person(101).pk).update(organization=group)

    rows = {row["name"]: row["organization"] for row in exporting.member_rows(scope, None, full=True)}
    again = preview(scope, members_file(member(101)))

    assert rows[member(101)["name"]] == "本科生第一党支部"
    assert again.count(RowState.UNCHANGED) == 1


def test_correcting_a_branch_on_the_same_day_leaves_no_day_in_the_future(cast: Cast) -> None:
    scope = cast.scope(cast.organizer)
    imported(scope, members_file(member(101)))

    imported(scope, members_file(member(101, organization="教师党支部")))

    ties = (
        Affiliation.objects.filter(person=person(101))
        .order_by("id")
        .values_list("organization", "started_on", "ended_on")
    )
    assert list(ties) == [(cast.branch.pk, TODAY, TODAY), (cast.sibling.pk, TODAY, None)]


def test_a_file_moves_nobody_away_from_a_post(cast: Cast) -> None:
    scope = cast.scope(cast.organizer)
    imported(scope, members_file(member(101), member(102)))
    appoint(person(101), cast.branch, PostKind.DEPUTY_SECRETARY)

    elsewhere = {"organization": "教师党支部"}
    batch = preview(scope, members_file(member(101, **elsewhere), member(102, **elsewhere)))

    assert (batch.count(RowState.ERROR), batch.count(RowState.CHANGED)) == (1, 1)
    (fault,) = (one for one in problems(batch) if one[2] == "error")
    assert fault[:2] == (2, "organization")
    assert fault[3] == "任“本科生第一党支部”副书记（2024-09-01 起），不能带着职务调出。"


def test_what_is_being_transferred_is_not_moved_by_a_file(cast: Cast) -> None:
    scope = cast.scope(cast.office)
    imported(scope, members_file(member(101), member(102, organization="教师党支部")))
    whole = transfers.request_whole(scope, cast.branch, cast.other_faculty, cause="学院合并")
    transfers.request(scope, person(102), target=cast.other_branch)
    content = members_file(
        member(101, phone="13800000009"), member(102, organization="研究生党支部"), member(103),
        member(104, organization="教师党支部"),
    )  # fmt: skip

    batch = preview(scope, content)

    assert [(row.number, row.state) for row in staged(batch)] == [
        (2, "changed"), (3, "error"), (4, "error"), (5, "new"),
    ]  # fmt: skip
    told = {number: text for number, _column, _severity, text in problems(batch)}
    assert "转接正在办理" in told[3] and "“本科生第一党支部”的整建制转接正在办理，期间冻结人员变动" in told[4]
    actions.confirm(scope, batch.pk, only_clean=True, accept_notices=True)
    assert actions.commit(batch.pk, scope=scope).state == BatchState.COMMITTED
    assert "冻结" not in refusal(actions.undo, scope, batch.pk)  # nobody of the frozen branch came or went

    whole.refresh_from_db()
    steps.withdraw(scope, whole.pk, version=whole.version, on=TODAY, way_out="", reason="暂缓合并")
    late = preview(scope, members_file(member(103)))
    actions.confirm(scope, late.pk, accept_notices=True)
    transfers.request_whole(scope, cast.branch, cast.other_faculty, cause="学院合并")  # between confirming and writing
    assert actions.commit(late.pk, scope=scope).state == BatchState.READY
    assert not Person.objects.filter(id_number_index=id_number_index(id_number(103))).exists()


def test_a_file_does_not_take_the_steps_of_an_admission_under_way(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    on_probation = {"stage": "预备党员", "confirmed_on": "", "joined_on": "2025-06-01"}
    imported(scope, members_file(member(101, **on_probation), member(102, **on_probation)))
    steps.open_case(scope, "admission", person(101))
    full = {"stage": "正式党员", "confirmed_on": "2026-06-01", "joined_on": "2025-06-01"}

    batch = preview(scope, members_file(member(101, **full), member(102, **full)))
    same = preview(scope, members_file(member(101, **on_probation, phone="13900000009")))

    assert [(row.number, row.state) for row in staged(batch)] == [(2, RowState.ERROR), (3, RowState.CHANGED)]
    assert [text for *_where, text in problems(batch)] == ["此人的发展党员事项正在办理，人员类别随步骤变更。"]
    assert [row.state for row in staged(same)] == [RowState.CHANGED]


def refusal(call: Any, *args: Any) -> str:
    try:
        call(*args)
    except Refusal as refused:
        return refused.message
    return ""
