"""Importing and exporting through the pages."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from python_calamine import CalamineWorkbook

from tests.cast import Cast, id_number
from tests.exchange.files import grid, imported, member, members_file, preview, problems, staged, xlsx
from zhibu.audit.models import Entry
from zhibu.exchange import actions, queries
from zhibu.exchange.enums import BatchKind, BatchState, RowState
from zhibu.exchange.models import ImportBatch
from zhibu.people.models import Person

pytestmark = pytest.mark.django_db


def sent(client: Any, content: bytes, **fields: Any) -> Any:
    file = SimpleUploadedFile("名册.xlsx", content)
    return client.post("/exchange/upload/", {"kind": "members", "as_of": "2026-11-21", "file": file, **fields})


def test_upload_preview_confirm_and_undo_through_pages(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretary)
    answer = sent(client, members_file(member(101)))
    batch = ImportBatch.objects.get()
    assert answer.url == f"/exchange/batches/{batch.pk}/"
    assert "等待后台任务" in client.get(answer.url).content.decode()
    actions.check(batch.pk)

    page = client.get(answer.url).content.decode()
    assert "确认写入" in page
    assert id_number(101) not in page
    assert client.post(answer.url, {}).status_code == 302
    actions.commit(batch.pk)
    assert "新增" in client.get(answer.url).content.decode()
    assert Person.objects.filter(name=member(101)["name"]).exists()
    assert client.post(f"/exchange/batches/{batch.pk}/undo/", {"reason": "传错了"}).status_code == 302
    assert not Person.objects.filter(name=member(101)["name"]).exists()


def test_every_page_opens_for_each_state(cast: Cast, sign_in: Any) -> None:
    client, scope = sign_in(cast.secretary), cast.scope(cast.secretary)
    preview(scope, members_file(member(101, ethnicity="火星族")))
    preview(scope, b"")
    imported(scope, members_file(member(102)))
    pages = ["/exchange/", "/exchange/upload/", "/exchange/batches/", "/exchange/export/", "/exchange/guide/members/"]
    pages += ["/exchange/guide/organizations/"] + [
        f"/exchange/batches/{pk}/" for pk in ImportBatch.objects.values_list("pk", flat=True)
    ]

    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_the_batch_list_needs_as_many_queries_for_three_as_for_one(
    cast: Cast, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, scope = sign_in(cast.secretary), cast.scope(cast.secretary)
    counts = []
    for serials in ([101], [102, 103]):
        for serial in serials:
            preview(scope, members_file(member(serial)))
        client.get("/exchange/batches/")
        with CaptureQueriesContext(connection) as queries_made:
            client.get("/exchange/batches/")
        counts.append(len(queries_made))

    assert counts[0] == counts[1] <= 15


def test_the_preview_needs_as_many_queries_for_three_rows_as_for_one(cast: Cast, sign_in: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, scope = sign_in(cast.secretary), cast.scope(cast.secretary)
    counts = []
    for rows in ([member(101)], [member(102), member(103), member(104, ethnicity="x")]):
        batch = preview(scope, members_file(*rows))
        with CaptureQueriesContext(connection) as queries_made:
            assert client.get(f"/exchange/batches/{batch.pk}/").status_code == 200
        counts.append(len(queries_made))

    assert counts[0] == counts[1] <= 15


def test_the_preview_narrows_to_problems_and_finds_names(cast: Cast, sign_in: Any) -> None:
    client, scope = sign_in(cast.secretary), cast.scope(cast.secretary)
    batch = preview(scope, members_file(member(101), member(102, ethnicity="火星族")))
    url = f"/exchange/batches/{batch.pk}/"

    only = client.get(url, {"show": "problems"}).content.decode()
    found = client.get(url, {"q": member(101)["name"]}).content.decode()

    assert member(102)["name"] in only
    assert member(101)["name"] not in only
    assert "火星族" in only
    assert member(102)["name"] not in found.split("z-table")[1]


@override_settings(UPLOAD_LIMIT=1000)
def test_a_too_large_upload_is_refused_before_it_is_read(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretary)

    class Body(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("the body was read")

    answer = client.generic("POST", "/exchange/upload/", b"", CONTENT_LENGTH=str(1 << 30), **{"wsgi.input": Body()})

    assert answer.status_code == 413
    assert "约 1024 MB" in answer.content.decode()
    assert not ImportBatch.objects.exists()


@override_settings(UPLOAD_LIMIT=1000)
def test_a_file_a_little_over_the_limit_is_refused_in_the_form(cast: Cast, sign_in: Any) -> None:
    answer = sent(sign_in(cast.secretary), b"x" * 1001)

    assert answer.status_code == 422
    assert "文件超过" in answer.content.decode()


def test_the_same_upload_twice_is_one_batch(cast: Cast, sign_in: Any) -> None:
    client, content = sign_in(cast.secretary), members_file(member(101))

    assert sent(client, content).url == sent(client, content).url


def test_the_corrected_copy_marks_the_cells_and_can_be_read_again(cast: Cast, sign_in: Any) -> None:
    client, scope = sign_in(cast.secretary), cast.scope(cast.secretary)
    cells = [["明理大学党员名册"], *grid([member(101), member(102, ethnicity="火星族", birth_date="2000-01-02")])]
    batch = preview(scope, xlsx(cells))

    content = client.get(f"/exchange/batches/{batch.pk}/corrected/").content

    import openpyxl

    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert page["A1"].value == "明理大学党员名册"
    assert "不在代码表中" in page["F4"].comment.text
    assert page["F4"].fill.start_color.rgb == "FFF8D7DA"
    assert page["G4"].fill.start_color.rgb == "FFFFF3CD"
    assert page.data_validations.dataValidation
    again = preview(scope, content)
    assert problems(again) == problems(batch)


def test_templates_hold_the_columns_and_dropdowns(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretary)
    for kind in BatchKind:
        content = client.get(f"/exchange/template/{kind.value}/").content
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        assert len(rows[0]) == {"members": 20, "organizations": 15}[kind.value]
        batch = preview(cast.scope(cast.secretary), content, kind)
        assert (batch.state, batch.summary["failure"]) == (BatchState.FAILED, "表头下面没有数据。")


def test_export_is_masked_unless_a_reason_is_given(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretary)
    form = {"kind": "members", "organization": cast.branch.code, "format": "xlsx"}

    masked = b"".join(client.post("/exchange/export/", form).streaming_content)
    refused = client.post("/exchange/export/", form | {"full": "on"})
    full = b"".join(client.post("/exchange/export/", form | {"full": "on", "reason": "年度统计报送"}).streaming_content)

    assert refused.status_code == 422
    assert "须写明理由" in refused.content.decode()
    numbers = [
        [row[3] for row in CalamineWorkbook.from_filelike(io.BytesIO(x)).get_sheet_by_index(0).to_python()[1:]]
        for x in (masked, full)
    ]
    assert numbers[0] == ["000***********0012", "000***********0020"] or all("*" in n for n in numbers[0])
    assert set(numbers[1]) == {id_number(1), id_number(2)}
    assert "导出账号" in str(CalamineWorkbook.from_filelike(io.BytesIO(full)).get_sheet_by_name("导出说明").to_python())
    entries = Entry.objects.filter(verb="exchange.export").order_by("pk")
    assert [(entry.changes["full_numbers"], entry.reason) for entry in entries] == [(False, ""), (True, "年度统计报送")]


def test_nothing_beyond_the_own_subtree_can_be_exported(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretary)
    form = {"kind": "members", "format": "xlsx"}

    for beyond in (cast.sibling.code, cast.faculty.name, "没有的支部"):
        answer = client.post("/exchange/export/", form | {"organization": beyond})
        assert answer.status_code == 422
        assert f"没有找到“{beyond}”" in answer.content.decode()
    page = client.get("/exchange/export/").content.decode()
    assert f'value="{cast.branch.code} {cast.branch.name}"' in page
    assert cast.sibling.name not in page


def test_batches_of_others_are_not_found(cast: Cast, sign_in: Any) -> None:
    batch = preview(cast.scope(cast.neighbour), members_file(member(101, organization="研究生党支部")))
    client = sign_in(cast.secretary)

    for page in ("", "corrected/", "progress/"):
        assert client.get(f"/exchange/batches/{batch.pk}/{page}").status_code == 404
    assert client.post(f"/exchange/batches/{batch.pk}/discard/").status_code == 404


def test_a_ready_batch_waits_on_the_home_page(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    batch = preview(scope, members_file(member(101)))

    assert [(one.count, one.url) for one in queries.waiting(scope)] == [(1, f"/exchange/batches/{batch.pk}/")]
    actions.discard(scope, batch.pk)
    assert queries.waiting(scope) == []


def test_the_other_form_is_named_and_checked_as_what_it_is_without_a_second_upload(cast: Cast, sign_in: Any) -> None:
    client, scope = sign_in(cast.secretary), cast.scope(cast.secretary)
    batch = preview(scope, members_file(member(101)), BatchKind.ORGANIZATIONS)
    address = f"/exchange/batches/{batch.pk}/"
    page = client.get(address).content.decode()
    assert "这是党员基本信息汇总表，不是党组织信息采集表。" in page
    assert "按党员基本信息汇总表核对" in page

    client.post(f"{address}check/", {"form": "members"})
    actions.check(batch.pk)

    batch.refresh_from_db()
    assert (batch.kind, batch.state, batch.count(RowState.NEW)) == (BatchKind.MEMBERS, BatchState.READY, 1)


def test_an_undone_import_does_not_read_as_if_it_stood(cast: Cast, sign_in: Any) -> None:
    client, scope = sign_in(cast.organizer), cast.scope(cast.organizer)
    batch = imported(scope, members_file(member(101)))
    actions.undo(scope, batch.pk, reason="传错了")
    page = client.get(f"/exchange/batches/{batch.pk}/").content.decode()
    assert "撤销的新增" in page
    assert "新增（已撤销）" in page


def test_what_has_nothing_to_confirm_does_not_wait(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    imported(scope, members_file(member(101)))
    preview(scope, members_file(member(101)))
    preview(scope, members_file(member(102, ethnicity="火星族")))
    assert queries.waiting(scope) == []
    preview(scope, members_file(member(103)))
    assert [item.count for item in queries.waiting(scope)] == [1]


def test_the_hint_for_an_unknown_branch_names_the_readers_own_branches_only(cast: Cast) -> None:
    batch = preview(cast.scope(cast.secretary), members_file(member(101, organization="ABC")))
    (found,) = [problem for problem in staged(batch)[0].problems if problem.column == "organization"]
    assert found.remedy == f"您可以填：“{cast.branch.short_name}”。"
