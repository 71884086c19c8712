"""Codes, spelling and numbers, as offices write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import TODAY, id_number
from zhibu.people import codes
from zhibu.people.identity import normal_id_number, read_id_number, read_landline, read_mobile
from zhibu.people.pinyin import spelling
from zhibu.regulations.refusal import Refusal


@pytest.mark.parametrize("key", codes.tables())
def test_every_code_has_a_name_and_is_found_by_it(key: str) -> None:
    table = codes.table(key)

    assert table.choices()
    for code, name in table.choices():
        assert table.code_of(name) == table.code_of(code) == code


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("gender", "男", "1"), ("gender", " 女 ", "2"), ("ethnicity", "汉", "01"), ("ethnicity", "汉族", "01"),
        ("ethnicity", "1", "01"), ("education", "大学本科", "21"), ("education", "博士研究生", "11"),
        ("education", "21 大学本科毕业", "21"), ("education", "大专", "31"), ("political_status", "民革会员", "04"),
        ("standing", "停止", "2"), ("work_post", "事业专业技术岗位", "2002"),
    ],
)  # fmt: skip
def test_words_in_use_mean_a_code(key: str, text: str, code: str) -> None:
    assert codes.table(key).code_of(text) == code


def test_an_unknown_word_is_refused_with_what_is_near() -> None:
    with pytest.raises(codes.UnknownCode) as refused:
        codes.table("education").code_of("大学本科毕页")

    assert "大学本科毕业" in refused.value.near
    assert refused.value.remedy.startswith("您是不是要填“")


def test_no_synonym_means_two_codes() -> None:
    for key in codes.tables():
        words: dict[str, str] = {}
        for row in codes.table(key).rows:
            for word in (row.name, *row.synonyms):
                assert row.group or words.setdefault(word, row.code) == row.code, f"{key}: {word}"


def test_a_heading_cannot_be_chosen() -> None:
    assert codes.table("education").find("10") is None
    assert "10" not in dict(codes.table("education").choices())


def test_every_work_post_belongs_to_one_of_eight_occupations() -> None:
    eight = dict(codes.choices("occupation"))

    assert len(eight) == 8
    assert {codes.occupation_of(code) for code, _name in codes.choices("work_post")} == set(eight)


def test_what_is_not_verified_says_so() -> None:
    ethnicity = codes.table("ethnicity")

    assert [row.code for row in ethnicity.rows if not row.verified] == ["97", "98"]
    assert len(ethnicity.rows) == 58
    assert not any(row.national_code for row in codes.table("work_post").rows)


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("仇英", "qiuying", "qy"), ("单雄信", "shanxiongxin", "sxx"), ("解缙", "xiejin", "xj"),
        ("曾巩", "zenggong", "zg"), ("查慎行", "zhashenxing", "zsx"),
        ("尉迟恭", "yuchigong", "ycg"), ("万俟明", "moqiming", "mqm"),
        ("吕布", "lvbu", "lb"), ("艾力·买买提", "ailimaimaiti", "almmt"), ("王单", "wangdan", "wd"),
    ],
)  # fmt: skip
def test_surnames_are_read_as_surnames(name: str, full: str, initials: str) -> None:
    assert spelling(name) == (full, initials)


@given(st.text(max_size=80))
def test_any_name_has_a_spelling_of_letters_and_digits(name: str) -> None:
    full, initials = spelling(name)

    assert (full + initials).isascii()
    assert len(full) <= 200
    assert len(initials) <= 60


def test_a_right_number_tells_birth_date_and_sex() -> None:
    number = id_number(124, date(2001, 2, 3))

    found = read_id_number(f" {number[:6]} {number[6:].lower()} ", today=TODAY)

    assert (found.number, found.birth_date, found.gender) == (number, date(2001, 2, 3), "2")
    assert found.notices == ("地区码不存在，是演示或测试用的号码。",)


def test_the_published_example_of_the_standard_is_right() -> None:
    assert read_id_number("11010519491231002x", today=TODAY).notices == ()


def test_contradictions_are_notices_because_the_file_decides() -> None:
    found = read_id_number("11010519491231002X", today=TODAY, birth_date=date(1949, 12, 30), gender="1")

    assert len(found.notices) == 2


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("110105491231002", "15 位"), ("11010519491231002", "17 位"), ("110105194912310021", "校验位"),
        ("11010519491331002X", "不是一个日期"), ("1101051949123100AX", "只能是数字"),
        ("11010529491231002X", "出生日期不合理"),
    ],
)  # fmt: skip
def test_a_wrong_number_is_refused_without_repeating_it(number: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_id_number(number, today=TODAY)

    assert words in refused.value.message
    assert number not in str(refused.value)


@given(st.integers(0, 999), st.dates(date(1930, 1, 1), date(2008, 1, 1)), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(serial: int, born: date, at: int, shift: int) -> None:
    number = id_number(serial, born)
    if at == 17 and number[17] == "X":
        wrong = number[:17] + str(shift)
    else:
        wrong = number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :]

    with pytest.raises(Refusal):
        read_id_number(wrong, today=TODAY)


def test_phones_lose_their_decoration() -> None:
    assert read_mobile("+86 138-0000-0000") == "13800000000"
    assert read_landline("(010) 62751234") == "01062751234"
    assert normal_id_number("１１０105 19491231002×") == "11010519491231002X"
    with pytest.raises(Refusal):
        read_mobile("62751234")
