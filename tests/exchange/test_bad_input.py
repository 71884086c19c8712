"""Whatever arrives: each gets a sentence naming place and remedy, nothing is written, and the process lives on."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest

from tests.cast import TODAY, Cast, id_number
from tests.exchange.files import comma, grid, imported, member, members_file, preview, problems, staged, xlsx
from zhibu.exchange.enums import BatchState, RowState
from zhibu.exchange.reading import sandbox
from zhibu.people.models import Person

pytestmark = pytest.mark.django_db


def wrong_digit(number: str) -> str:
    return number[:17] + ("1" if number[17] != "1" else "2")


@pytest.mark.parametrize(
    ("cells", "column", "severity", "says"),
    [
        ({"id_number": wrong_digit(id_number(101))}, "id_number", "error", "校验位不对"),
        ({"id_number": 1.10105e17}, "id_number", "error", "后几位已经丢失"),
        ({"id_number": "1.10105E+17"}, "id_number", "error", "科学计数"),
        ({"id_number": "000***********0015"}, "id_number", "error", "打过码"),
        ({"id_number": "110105491231002"}, "id_number", "error", "15 位旧身份证号"),
        ({"id_number": ""}, "id_number", "error", "“公民身份证号”没有填"),
        ({"birth_date": "2000-01-02"}, "birth_date", "notice", "与证件号中的出生日期 2000-01-01 不一致"),
        ({"birth_date": "2000-02-30"}, "birth_date", "error", "没有 2000 年 2 月 30 日"),
        ({"birth_date": "二〇〇〇年"}, "birth_date", "error", "看不懂这个日期"),
        ({"gender": "女"}, "gender", "notice", "第 17 位不一致"),
        ({"ethnicity": "汗族"}, "ethnicity", "error", "“汗族”不在代码表中"),
        ({"organization": "本科生第二党支部"}, "organization", "error", "没有“本科生第二党支部”"),
        ({"confirmed_on": ""}, "confirmed_on", "error", "正式党员须填写"),
        ({"confirmed_on": "2020-05-01"}, "confirmed_on", "error", "应晚于加入党组织日期"),
        ({"confirmed_on": "2020-06-01"}, "confirmed_on", "error", "应晚于加入党组织日期"),
        ({"confirmed_on": "2021-03-01"}, "confirmed_on", "error", "预备期须满 12 个月"),
        ({"stage": "预备党员"}, "stage", "error", "人员类别却是预备党员"),
        ({"joined_on": "2027-01-01", "confirmed_on": "2028-01-02"}, "joined_on", "error", "晚于数据日期"),
        ({"joined_on": "2017-06-01"}, "joined_on", "notice", "未满十八岁"),
        ({"phone": "", "landline": ""}, "phone", "error", "都没有填"),
        ({"phone": "1380000000"}, "phone", "error", "这里有 10 位"),
        ({"is_lost": "是"}, "lost_since", "error", "须填写失去联系日期"),
        ({"is_mobile": "是"}, "mobile_destination", "error", "须填写外出流向"),
        ({"is_mobile": "也许"}, "is_mobile", "error", "只能填“是”或“否”"),
        ({"name": "张\ue123"}, "name", "error", "自造字"),
        ({"address": "#REF!"}, "address", "error", "公式错误 #REF!"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(
    cast: Cast, cells: dict[str, Any], column: str, severity: str, says: str
) -> None:
    batch = preview(cast.scope(cast.secretary), members_file(member(103), member(101, **cells)))

    found = [problem for problem in problems(batch) if problem[1] == column]
    assert [(row, place, how) for row, place, how, _ in found] == [(3, column, severity)]
    assert says in found[0][3]
    assert staged(batch)[0].problems == []
    assert all(problem.remedy for row in staged(batch) for problem in row.problems)


def test_near_names_are_offered(cast: Cast) -> None:
    batch = preview(
        cast.scope(cast.secretary), members_file(member(101, ethnicity="维吾尓族", organization="本科第一党支部"))
    )

    remedies = {problem.column: problem.remedy for problem in staged(batch)[0].problems}
    assert "维吾尔族" in remedies["ethnicity"]
    assert "本科生第一党支部" in remedies["organization"]


def test_joining_between_1969_and_1977_needs_no_probation(cast: Cast) -> None:
    row = member(101, id_number=id_number(101, date(1950, 1, 1)), birth_date="1950-01-01")
    row |= {"joined_on": "1970-07-01", "confirmed_on": "1970-07-01"}

    batch = imported(cast.scope(cast.secretary), members_file(row))

    person = Person.objects.get(joined_on=date(1970, 7, 1))
    assert batch.state == BatchState.COMMITTED
    assert list(person.stages.values_list("kind", flat=True)) == ["50"]


def test_the_same_person_twice_names_the_first_row(cast: Cast) -> None:
    batch = preview(cast.scope(cast.secretary), members_file(member(101), member(102), member(101)))

    assert problems(batch) == [(4, "id_number", "error", "与第 2 行的证件号相同。")]


def test_namesakes_of_one_birthday_are_pointed_out(cast: Cast) -> None:
    batch = preview(cast.scope(cast.secretary), members_file(member(101, name="孟员")))

    assert [(row, column, severity) for row, column, severity, _ in problems(batch)] == [(2, "id_number", "notice")]


def test_dates_in_every_manner_and_damaged_looks_are_understood(cast: Cast) -> None:
    rows = [
        member(101, joined_on="2020.6.1", confirmed_on="2021年6月1日", name="张  三"),
        member(102, joined_on="20200601", confirmed_on=date(2021, 6, 1)),
        member(103, joined_on="２０２０－０６－０１", confirmed_on="2021/6/1", phone=13800000003.0),
        member(104, joined_on=43983, confirmed_on="44348", gender="2", ethnicity="01", education="大专"),
        member(105, is_lost="是", lost_since="202409", is_mobile="√", mobile_destination="某市"),
    ]

    batch = preview(cast.scope(cast.secretary), members_file(*rows))

    assert problems(batch) == []
    dates = {(row.values["joined_on"], row.values["confirmed_on"]) for row in staged(batch)}
    assert dates == {("2020-06-01", "2021-06-01")}
    assert staged(batch)[2].values["phone"] == "13800000003"
    assert staged(batch)[4].values["lost_since"] == "2024-09-01"


def test_titles_two_row_headers_notes_and_signatures(cast: Cast) -> None:
    header, *rows = grid([member(101), member(102)])
    header = [title if title not in {"是否失联", "失去联系日期"} else "" for title in header]
    upper = [*header]
    upper[16] = "失联情况"
    lower = [""] * 16 + ["是否失联", "失去联系日期", "", ""]
    upper[3] = "*身份证号码\n（18位）"
    cells = [
        ["明理大学党员名册"],
        ["填报单位：计算机学院"],
        upper,
        lower,
        *rows,
        ["填表人：张三", "", "审核人：李四"],
        ["注：以档案为准"],
    ]

    batch = preview(cast.scope(cast.secretary), xlsx(cells))

    assert [row.number for row in staged(batch)] == [5, 6]
    assert problems(batch) == []
    assert "第 7、8 行看起来是说明或落款" in str(batch.summary["remarks"])


def test_a_formula_cell_is_named(cast: Cast) -> None:
    batch = preview(
        cast.scope(cast.secretary), members_file(member(101, gender='=IF(1,"男","女")') | {"serial": "=ROW()"})
    )

    assert [(row, column, severity) for row, column, severity, _ in problems(batch)] == [(2, "gender", "notice")]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_csv_with_rare_characters(cast: Cast, encoding: str) -> None:
    batch = preview(cast.scope(cast.secretary), comma(grid([member(101, name="𬭊䶮㛃")]), encoding))

    assert problems(batch) == []
    assert staged(batch)[0].values["name"] == "𬭊䶮㛃"


def docx() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    return file.getvalue()


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (200 << 20))
    return file.getvalue()


def far_cell() -> bytes:
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, grid([])[0])
        page.write(1_048_575, 16_383, "x")
    return file.getvalue()


LOCKED = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "文件是空的"),
        (b"\r\n  ", "文件是空的"),
        (xlsx([]), "没有找到表头"),
        (grid and xlsx(grid([])), "表头下面没有数据"),
        (b"%PDF-1.7", "这是 PDF"),
        (b"<html><table></table></html>", "内容却是网页"),
        (docx(), "这是 Word 文档"),
        (b"PK\x03\x04broken", "已损坏"),
        (b"\x00\x01\x02\x03", "不认识的文件格式"),
        (LOCKED, "打开密码"),
        (xlsx([["姓名", "性别"], ["张三", "男"]]), "没有找到“所在党支部”“公民身份证号”列"),
        (xlsx([grid([])[0][:12], member(1) and [""] * 12]), "缺少必填的列"),
        ("姓名,身份证号\n".encode() + b"\xff\xff\xff", "编码"),
        (comma([[f"c{n}" for n in range(10_000)]]), "有 10000 列"),
        (xlsx([[f"c{n}" for n in range(10_000)]]), "有 10000 列"),
        (xlsx([["a"]] * 3), "没有找到表头"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(cast: Cast, content: bytes, says: str) -> None:
    batch = preview(cast.scope(cast.secretary), content)

    assert batch.state == BatchState.FAILED
    assert says in batch.summary["failure"]
    assert batch.summary["remedy"]


@pytest.mark.parametrize("make", [bomb, far_cell])
def test_bombs_are_stopped_and_the_next_file_is_read(cast: Cast, make: Any) -> None:
    scope = cast.scope(cast.secretary)

    batch = preview(scope, make())
    after = preview(scope, members_file(member(101)))

    assert batch.state == BatchState.FAILED
    assert "新建一个工作簿" in batch.summary["remedy"] or "删去" in batch.summary["remedy"]
    assert (after.state, after.count(RowState.NEW)) == (BatchState.READY, 1)


def test_a_parser_that_needs_too_much_memory_is_stopped() -> None:
    rows = xlsx(grid([member(101)] * 3000))
    with (
        pytest.raises(sandbox.Unreadable, match="内存"),
        sandbox.read(rows, {"姓名": "name", "民族": "x"}, memory=20 << 20) as reading,
    ):
        list(reading.blocks)


def test_several_sheets_of_one_kind_are_pointed_out(cast: Cast) -> None:
    other = grid([member(102)])

    batch = preview(cast.scope(cast.secretary), xlsx(grid([member(101)]), name="一支部", more={"二支部": other}))

    assert batch.total == 1
    assert "“二支部”也像同一种表" in str(batch.summary["remarks"])


def test_as_of_in_the_future_is_refused(cast: Cast) -> None:
    from zhibu.regulations.refusal import Refusal

    with pytest.raises(Refusal, match="不能晚于今天"):
        preview(cast.scope(cast.secretary), members_file(member(101)), as_of=date(2026, 11, 22))
    assert preview(cast.scope(cast.secretary), members_file(member(101)), as_of=TODAY)
