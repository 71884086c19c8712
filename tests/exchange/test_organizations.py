"""The organization form: new organizations, collected fields, and what it must not do."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from tests.cast import TODAY, Cast, make_cast
from tests.exchange.files import imported, organization, organizations_file, preview, problems
from zhibu.exchange import actions, exporting
from zhibu.exchange.columns.organizations import ORGANIZATIONS
from zhibu.exchange.enums import BatchKind, BatchState, RowState
from zhibu.organizations.actions.common import TREE_LOCK
from zhibu.organizations.models import Change, Organization, Period
from zhibu.regulations.refusal import Refusal

pytestmark = pytest.mark.django_db
KIND = BatchKind.ORGANIZATIONS
BRANCH = {"kind": "党支部", "category": "本科生", "may_approve_members": "否"}


def branch(**cells: Any) -> dict[str, Any]:
    return organization(**{**BRANCH, **cells})


def test_a_faculty_with_branches_is_established_whatever_the_order(cast: Cast) -> None:
    scope = cast.scope(cast.office)
    rows = [branch(code="NEW1-01", name="示范第一党支部", parent="示范学院党委"), organization()]

    batch = imported(scope, organizations_file(*rows), KIND)

    faculty, first = (Organization.objects.get(code=code) for code in ("NEW1", "NEW1-01"))
    assert batch.summary["written"] == {"created": 2, "updated": 0}
    assert faculty.is_child_of(cast.root)
    assert first.is_child_of(faculty)
    assert (first.category, faculty.category, faculty.may_approve_members) == ("undergraduate", "upper", True)
    assert Period.objects.filter(organization=first, parent=faculty, ended_on=None).count() == 1
    assert Organization.objects.find_problems() == ([], [], [], [], [])


def test_undo_removes_what_was_established(cast: Cast) -> None:
    scope, before, changes = cast.scope(cast.office), Organization.objects.count(), Change.objects.count()
    batch = imported(scope, organizations_file(organization(), branch(code="N2", name="支部甲", parent="NEW1")), KIND)

    actions.undo(scope, batch.pk)

    assert (Organization.objects.count(), Change.objects.count()) == (before, changes)
    assert Organization.objects.find_problems() == ([], [], [], [], [])


def test_undo_refuses_once_members_belong_there(cast: Cast) -> None:
    scope = cast.scope(cast.office)
    batch = imported(scope, organizations_file(organization(), branch(code="N2", name="支部甲", parent="NEW1")), KIND)
    cast.member.organization = Organization.objects.get(code="N2")
    cast.member.save()

    with pytest.raises(Refusal, match="第 3 行等新增的记录已有 1 条“人员”"):
        actions.undo(scope, batch.pk)


def test_collected_fields_of_known_organizations_are_updated_and_restored(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    row = branch(
        code=cast.branch.code,
        name=cast.branch.name,
        parent="计算机学院党委",
        established_on="2020-09-01",
        contact_name="王五",
    )

    batch = imported(scope, organizations_file(row), KIND)

    cast.branch.refresh_from_db()
    assert (cast.branch.contact_name, cast.branch.declared_secretary) == ("王五", "张三")
    again = preview(scope, organizations_file(row), KIND)
    assert again.count(RowState.UNCHANGED) == 1
    actions.undo(scope, batch.pk)
    cast.branch.refresh_from_db()
    assert (cast.branch.contact_name, cast.branch.declared_secretary) == ("", "")


@pytest.mark.parametrize(
    ("rows", "row", "column", "says"),
    [
        (
            [organization(code="A", name="甲党委", parent="B"), organization(code="B", name="乙党委", parent="A")],
            2,
            "parent",
            "互为上级",
        ),
        ([organization(code="A", name="甲党委", parent="A")], 2, "parent", "互为上级"),
        ([organization(parent="没有的党委")], 2, "parent", "没有“没有的党委”"),
        ([organization(), organization(name="另一个")], 3, "code", "与第 2 行的组织代码相同"),
        ([organization(parent="")], 2, "parent", "上级党组织没有填"),
        ([organization(name="文学院党委")], 2, "name", "已有同名的党组织"),
        ([organization(kind="大队")], 2, "kind", "“大队”不在代码表中"),
        ([branch(category="")], 2, "category", "支部须填写支部类型"),
        (
            [
                organization(
                    unit_situation="法人单位", unit_name="某校", unit_category="高校", unit_party_setup="建立党委"
                )
            ],
            2,
            "unit_code",
            "须填写单位代码",
        ),
        ([organization(unit_situation="法人单位", unit_code="91350100M000100Y44")], 2, "unit_code", "校验位不对"),
        ([organization(established_on="2027-01-01")], 2, "established_on", "晚于数据日期"),
        ([branch(parent="本科生第一党支部")], 2, "parent", "下面只能设党小组"),
        ([organization(contact_phone="12")], 2, "contact_phone", "不像手机号"),
    ],
)
def test_what_cannot_be_is_named(cast: Cast, rows: list[dict[str, Any]], row: int, column: str, says: str) -> None:
    batch = preview(cast.scope(cast.office), organizations_file(*rows), KIND)

    found = [message for number, place, _, message in problems(batch) if (number, place) == (row, column)]
    assert len(found) == 1
    assert says in found[0]


def test_renaming_and_moving_are_not_done_by_import(cast: Cast) -> None:
    row = branch(code=cast.branch.code, name="改了名的支部", parent="文学院党委", established_on="2020-09-01")

    batch = preview(cast.scope(cast.office), organizations_file(row), KIND)

    assert [column for _, column, _, _ in problems(batch)] == ["name", "parent"]


def test_a_secretary_of_a_dissolved_branch_is_refused(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.branch.pk).update(dissolved_on=TODAY)
    row = branch(code=cast.branch.code, name=cast.branch.name, parent="计算机学院党委", established_on="2020-09-01")

    batch = preview(cast.scope(cast.office), organizations_file(row), KIND)

    assert problems(batch) == [(2, "secretary", "error", "“本科生第一党支部”已于 2026-11-21 撤销，不能再登记书记。")]


def test_a_secretary_cannot_establish_and_a_foreign_code_is_refused(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)

    new = preview(
        scope,
        organizations_file(branch(code="N9", name="党小组甲", kind="党小组", category="", parent=cast.branch.code)),
        KIND,
    )
    foreign = preview(
        scope, organizations_file(branch(code=cast.other_branch.code, name="研究生党支部", parent="文学院党委")), KIND
    )

    assert "没有在“本科生第一党支部”下设立党组织的权限" in problems(new)[0][3]
    assert "管理范围之外" in problems(foreign)[0][3]


def test_the_form_comes_back_the_same(cast: Cast) -> None:
    scope = cast.scope(cast.office)
    imported(scope, organizations_file(organization(), branch(code="N2", name="支部甲", parent="NEW1")), KIND)
    exported = list(exporting.organization_rows(scope, Organization.objects.get(code="NEW1")))

    again = preview(scope, organizations_file(*exported), KIND)

    assert (again.count(RowState.UNCHANGED), again.summary["errors"], again.state) == (2, 0, BatchState.READY)
    assert [set(row) for row in exported] == [{column.name for column in ORGANIZATIONS.columns}] * 2


def tree_is_held() -> bool:
    """Whether this transaction holds the lock that every change of the tree waits for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_locks where locktype = 'advisory' and granted and pid = pg_backend_pid()"
            " and objid = %s",
            [TREE_LOCK],
        )
        return bool(cursor.fetchone()[0])


def test_writing_organizations_waits_for_other_changes_of_the_tree(cast: Cast) -> None:
    preview(cast.scope(cast.office), organizations_file(organization()), KIND)
    assert not tree_is_held(), "only looking does not hold others up"

    imported(cast.scope(cast.office), organizations_file(organization()), KIND)

    assert tree_is_held()


@pytest.mark.django_db(transaction=True)
def test_taking_organizations_back_waits_for_other_changes_of_the_tree() -> None:
    cast = make_cast()
    batch = imported(cast.scope(cast.office), organizations_file(organization()), KIND)
    assert not tree_is_held(), "the import has let go"

    with transaction.atomic():
        actions.undo(cast.scope(cast.office), batch.pk)
        assert tree_is_held()
