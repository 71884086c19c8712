"""The list framework: what a reader sees, what leaves as a file, and how little it asks of the database."""

import io
import re

import pytest
from django.db import connection
from django.db.models import Count
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tests.ui import urls
from zhibu.accounts.models import User
from zhibu.ui.tables import Column, Table

HTMX = {"HX-Request": "true", "HX-Target": "list-main"}


def names(response):
    return re.findall(r">(row\d{4})</a>", response.content.decode())


def body(response):
    return b"".join(response.streaming_content)


def test_list_is_sorted_and_paged_fifty_a_page(reader, make_rows):
    make_rows(60)

    first, second = reader.get("/accounts/"), reader.get("/accounts/?page=2")

    assert names(first) == [f"row{at:04d}" for at in range(50)]
    assert names(second) == [f"row{at:04d}" for at in range(50, 60)]
    assert "第 1 页，共 2 页" in first.content.decode()


def test_sorting_the_other_way_turns_the_order(reader, make_rows):
    make_rows(3)

    assert names(reader.get("/accounts/?sort=-username")) == ["row0002", "row0001", "row0000"]


@pytest.mark.parametrize("asked", ["password", "user__password", "-nothing", "secret", "'; drop table"])
def test_sorting_by_what_is_no_sortable_column_falls_back_to_the_default(reader, make_rows, asked):
    make_rows(3)

    assert names(reader.get("/accounts/", {"sort": asked})) == ["row0000", "row0001", "row0002"]


def test_a_phone_sorts_from_a_menu_for_the_heads_are_hidden_there(reader, make_rows):
    make_rows(2)

    menu = re.search(
        r'<details class="z-menu z-sort">.*?</details>', reader.get("/accounts/?sort=-username").content.decode(), re.S
    )

    assert menu
    assert 'href="/accounts/?sort=username"' in menu[0]
    assert menu[0].count('aria-current="true"') == 1
    assert "z-sort" not in reader.get("/accounts/?q=row0001").content.decode()  # one row has no order


def test_a_day_lasts_from_midnight_to_midnight_in_beijing(reader, make_rows):
    make_rows(4)
    moments = ("2026-01-09T15:59:59Z", "2026-01-09T16:00:00Z", "2026-01-10T15:59:59Z", "2026-01-10T16:00:00Z")
    for at, moment in enumerate(moments):
        User.objects.filter(username=f"row{at:04d}").update(created_at=moment)

    assert names(reader.get("/accounts/?since_from=2026-01-10&since_to=2026-01-10")) == ["row0001", "row0002"]
    assert names(reader.get("/accounts/?since_from=2026-01-11&since_to=9999-12-31")) == ["row0003"]


def test_search_wants_every_word_somewhere(reader, make_rows):
    make_rows(12)

    assert names(reader.get("/accounts/", {"q": "row 人11"})) == ["row0011"]
    assert names(reader.get("/accounts/", {"q": "row 林"})) == []


def test_search_survives_a_nul_character(reader, make_rows):
    make_rows(1)

    assert names(reader.get("/accounts/", {"q": "row\x000000"})) == ["row0000"]


def test_filters_narrow_together(reader, make_rows):
    make_rows(4)
    User.objects.filter(username="row0000").update(created_at=timezone.now() - timezone.timedelta(days=400))
    recent = (timezone.localdate() - timezone.timedelta(days=30)).isoformat()

    assert names(reader.get("/accounts/", {"state": "on", "since_from": recent})) == ["row0002"]


def test_a_filter_value_nobody_offered_is_named_and_left_out(reader, make_rows):
    make_rows(2)

    response = reader.get("/accounts/", {"state": "whatever", "since_to": "昨天"})

    text = response.content.decode()
    assert names(response) == ["row0000", "row0001"]
    assert "“状态”没有这个选项" in text
    assert "“建立”不是日期" in text


def test_page_beyond_the_end_shows_the_last_one(reader, make_rows):
    make_rows(51)

    assert names(reader.get("/accounts/?page=999")) == ["row0050"]
    assert len(names(reader.get("/accounts/?page=abc"))) == 50


def test_htmx_gets_the_rows_only_and_the_address_bar_the_page(reader, make_rows):
    make_rows(2)

    response = reader.get("/accounts/", {"q": "row", "state": "", "sort": "-username"}, headers=HTMX)

    assert response.content.decode().lstrip().startswith('<form class="z-list"')
    assert response["HX-Push-Url"] == "/accounts/?q=row&sort=-username"


def test_boosted_navigation_gets_the_whole_page(reader):
    response = reader.get("/accounts/", headers={**HTMX, "HX-Boosted": "true"})

    assert "<!doctype html>" in response.content.decode()


def test_empty_list_and_empty_result_say_different_things(reader, make_rows):
    nothing = reader.get("/accounts/").content.decode()
    make_rows(1)
    not_found = reader.get("/accounts/?q=zzz").content.decode()

    assert "还没有记录" in nothing and "清除筛选" not in nothing
    assert "没有符合条件的记录" in not_found and 'href="/accounts/"' in not_found


@pytest.mark.parametrize(("rows", "queries"), [(1, 3), (3, 3), (60, 4)])  # session, account, rows; then one count
def test_a_list_takes_a_few_queries_however_long_it_is(reader, make_rows, django_assert_num_queries, rows, queries):
    make_rows(rows)

    with django_assert_num_queries(queries):
        reader.get("/accounts/")


def test_count_stops_at_its_limit(reader, make_rows, monkeypatch):
    make_rows(60)
    monkeypatch.setattr("zhibu.ui.tables.bound.COUNT_LIMIT", 55)

    with CaptureQueriesContext(connection) as queries:
        text = reader.get("/accounts/").content.decode()

    assert "超过 55 条" in text
    assert "LIMIT 56" in next(query["sql"] for query in queries if "COUNT(" in query["sql"])


def test_a_page_of_fifty_rows_stays_below_100_kilobytes(reader, make_rows):
    make_rows(60)

    assert len(reader.get("/accounts/").content) < 100_000


def test_text_from_the_database_is_escaped(reader):
    User.objects.create(username="row<b>", display_name="<script>alert(1)</script>")

    text = reader.get("/accounts/").content.decode()

    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


@pytest.fixture
def exported():
    urls.EXPORTED.clear()
    return urls.EXPORTED


def test_excel_holds_every_row_and_says_who_and_when(reader, make_rows, exported):
    make_rows(60)
    User.objects.create(username="row=1+1", display_name="=1+1")

    file = io.BytesIO(body(reader.get("/accounts/?export=xlsx&page=2")))
    lines = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()

    assert lines[0] == ["账号", "姓名", "可登录", "建立时间"]
    assert [line[0] for line in lines[1:61]] == [f"row{at:04d}" for at in range(60)]
    assert lines[61][1] == "=1+1"
    assert lines[1][3].date() == timezone.localdate()
    assert re.fullmatch(r"导出账号：单元读者.reader. 导出时间：\d{4}-\d\d-\d\d \d\d:\d\d 共 61 条", lines[62][0])
    assert exported == [("账号", 61)]


def test_csv_takes_the_filters_and_disarms_formulas(reader, make_rows, exported):
    make_rows(2)
    User.objects.create(username="row9999", display_name="=cmd()")

    text = body(reader.get("/accounts/?export=csv&state=on")).decode("utf-8-sig")

    lines = text.splitlines()
    assert [line.split(",")[:3] for line in lines[1:3]] == [["row0000", "人0", "是"], ["row9999", "'=cmd()", "是"]]
    assert lines[3].endswith("共 2 条")


def test_pdf_is_a_pdf_and_refuses_to_become_a_book(reader, make_rows, exported, monkeypatch):
    make_rows(3)
    assert body(reader.get("/accounts/?export=pdf")).startswith(b"%PDF-")
    monkeypatch.setattr("zhibu.ui.tables.export.PDF_ROWS", 2)

    response = reader.get("/accounts/?export=pdf")

    assert response.status_code == 422
    assert "不适合导出为 PDF" in response.content.decode()
    assert exported == [("账号", 3)]


def test_in_a_pdf_dates_and_names_are_not_broken_over_lines(reader, make_rows, exported, monkeypatch):
    make_rows(1)
    seen = lambda template, context: render_to_string(template, context).encode()  # noqa: E731
    monkeypatch.setattr("zhibu.ui.tables.export.render_pdf", seen)

    page = body(reader.get("/accounts/?export=pdf")).decode()

    assert '<td class="whole">row0000</td>' in page


def test_export_without_the_right_is_refused_and_not_offered(member, make_rows, exported):
    make_rows(2)

    refused, page = member.get("/accounts/?export=xlsx"), member.get("/accounts/").content.decode()

    assert refused.status_code == 403
    assert "您没有导出这份名单的权限" in refused.content.decode()
    assert "export=xlsx" not in page and "导出所选" not in page
    assert exported == []


def test_export_of_chosen_rows_holds_only_these(reader, make_rows, exported):
    made = make_rows(3)
    keys = list(User.objects.filter(username__startswith="row").order_by("username").values_list("pk", flat=True))
    assert len(made) == 3

    body(reader.get("/accounts/", {"export": "csv", "selected": [keys[0], keys[2]], "filters": "", "all": ""}))
    body(reader.get("/accounts/", {"export": "csv", "selected": [keys[0]], "filters": "state=off", "all": "1"}))

    assert exported == [("账号", 2), ("账号", 1)]


def test_bulk_action_gets_the_chosen_rows_never_one_outside_the_query(reader, user, make_rows):
    make_rows(3)
    keys = list(User.objects.filter(username__startswith="row").order_by("username").values_list("pk", flat=True))

    chosen = reader.post("/mark/", {"selected": [keys[1], user.pk, "x"]}).content.decode()
    everything = reader.post("/mark/", {"selected": [keys[1]], "all": "1", "filters": "state=on"}).content.decode()

    assert chosen == "row0001"
    assert everything == "row0000,row0002"


def test_the_token_of_the_form_is_never_a_field_that_an_export_would_put_into_the_address(reader, make_rows):
    make_rows(1)

    text = reader.get("/accounts/").content.decode()

    assert re.findall(r'<input[^>]*name="csrfmiddlewaretoken"', text.split('class="z-list"')[1]) == []
    assert 'name="csrfmiddlewaretoken" value=' in text.split("data-bulk-bar")[1]


def test_table_names_its_attributes_strictly():
    with pytest.raises(TypeError, match="no attribute 'colums'"):
        Table(colums=[])
    with pytest.raises(TypeError, match="named twice: a"):
        Table(columns=[Column("a", "甲"), Column("a", "乙")])
    with pytest.raises(TypeError, match="search needs"):
        Table(search="姓名")


def test_rows_of_annotated_querysets_are_counted_and_shown(rf, reader, user, make_rows):
    from zhibu.ui.tables import bind

    make_rows(60)
    queryset = User.objects.annotate(activations_made=Count("activations"))
    bound = bind(rf.get("/"), Table(columns=[Column("activations_made", "次", numeric=True)]), queryset)

    assert bound.count_text == "共 61 条"
    assert len(list(bound.rows)) == 50


def test_a_list_too_long_for_pdf_says_so_before_anybody_asks(reader, make_rows, monkeypatch):
    make_rows(3)
    short = reader.get("/accounts/").content.decode()
    assert "PDF 文档（生成约需数秒）" in short
    monkeypatch.setattr("zhibu.ui.tables.bound.PDF_ROWS", 2)

    page = reader.get("/accounts/").content.decode()

    assert "export=pdf" not in page and "超过 2 条不提供 PDF" in page
    assert "export=xlsx" in page
