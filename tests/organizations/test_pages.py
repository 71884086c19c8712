"""The tree and its organizations on screen."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import TODAY, Cast, make_organization
from zhibu.accounts.scope import system_scope
from zhibu.organizations import actions
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization

OFFICE = system_scope(TODAY)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_the_tree_opens_level_by_level(cast: Cast, sign_in) -> None:
    client = sign_in(cast.office)

    top = text(client, "/organizations/")
    inside = text(client, f"/organizations/{cast.faculty.pk}/children/")

    assert "计算机学院党委" in top
    assert "本科生第一党支部" not in top
    assert "本科生第一党支部" in inside


def test_the_tree_of_another_day_is_shown_with_its_names(cast: Cast, sign_in) -> None:
    actions.rename(OFFICE, cast.faculty, name="人工智能学院党委", on=date(2026, 3, 1))
    client = sign_in(cast.office)

    assert "人工智能学院党委" in text(client, "/organizations/")
    assert "计算机学院党委" in text(client, "/organizations/?on=2025-12-31")
    assert "人工智能学院党委" not in text(client, "/organizations/?on=2025-12-31")


def test_a_secretary_sees_the_own_branch_only(cast: Cast, sign_in) -> None:
    client = sign_in(cast.secretary)

    assert "文学院" not in text(client, "/organizations/")
    assert client.get(f"/organizations/{cast.other_branch.pk}/").status_code == 404
    assert client.get(f"/organizations/{cast.branch.pk}/dissolve/").status_code == 403


def test_establishing_from_the_page(cast: Cast, sign_in) -> None:
    client = sign_in(cast.organizer)
    data = {
        "name": "第二党支部", "code": "CS-02", "kind": "631", "category": "undergraduate", "on": "2026-11-20",
    }  # fmt: skip

    answer = client.post(f"/organizations/{cast.faculty.pk}/establish/", data)

    node = Organization.objects.get(code="CS-02")
    assert answer.status_code == 302
    assert node.path.startswith(cast.faculty.path)
    assert "2026-11-20" in text(client, f"/organizations/{node.pk}/")


def test_what_was_typed_stays_when_it_is_refused(cast: Cast, sign_in) -> None:
    client = sign_in(cast.organizer)
    data = {
        "name": "第二党支部",
        "code": cast.branch.code,
        "kind": "641",
        "category": "undergraduate",
        "on": "2026-11-20",
    }

    answer = client.post(f"/organizations/{cast.faculty.pk}/establish/", data)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "已有党组织使用" in page
    assert "不能设在" in page
    assert 'value="第二党支部"' in page


def test_several_branches_are_merged_from_the_list(cast: Cast, sign_in) -> None:
    client = sign_in(cast.organizer)
    choice = client.post("/organizations/merge/", {"selected": [cast.sibling.pk]})
    data = {"sources": str(cast.sibling.pk), "target": cast.branch.code, "on": "2026-11-20"}

    answer = client.post("/organizations/merge/", data)

    assert "教师党支部" in choice.content.decode()
    assert answer.status_code == 302
    cast.sibling.refresh_from_db()
    assert cast.sibling.dissolved_on == date(2026, 11, 20)


def test_nobody_merges_branches_of_another_faculty(cast: Cast, sign_in) -> None:
    client = sign_in(cast.organizer)
    data = {"sources": str(cast.other_branch.pk), "target": cast.branch.code, "on": "2026-11-20"}

    client.post("/organizations/merge/", data)

    cast.other_branch.refresh_from_db()
    assert cast.other_branch.dissolved_on is None


@pytest.mark.parametrize(
    "address", ["/organizations/", "/organizations/list/", "/organizations/posts/", "/organizations/changes/"]
)
def test_lists_read_as_often_with_many_rows_as_with_few(cast: Cast, sign_in, address: str) -> None:
    client = sign_in(cast.office)
    text(client, address)

    def reads() -> int:
        text(client, address)  # counts of members are kept for a while
        with CaptureQueriesContext(connection) as captured:
            text(client, address)
        return len(captured)

    few = reads()
    for number in range(3):
        faculty = make_organization(f"学院{number}", cast.root, kind=Kind.COMMITTEE)
        make_organization(f"支部{number}", faculty)

    assert reads() == few <= 15


def test_the_list_is_exported_with_its_columns(cast: Cast, sign_in, tmp_path) -> None:
    import io

    from python_calamine import CalamineWorkbook

    answer = sign_in(cast.office).get("/organizations/list/?export=xlsx")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content

    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    names = {cell for row in rows for cell in row}
    assert {"名称", "代码", "本科生第一党支部", "研究生党支部"} <= names
