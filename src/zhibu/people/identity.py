"""Citizens' ID numbers (GB 11643-1999) and phones: normal form, checks, blind index. No message repeats a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric

from zhibu.regulations.refusal import Refusal
from zhibu.vault.crypto import blind_index

ID_FIELD, PHONE_FIELD = "people.Person.id_number", "people.Person.phone"
# First two digits of region codes (GB/T 2260): the provinces, Taiwan, Hong Kong, Macao, and 83 for Taiwan residents.
PROVINCES = frozenset(
    (
        "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43",
        "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83",
    )
)  # fmt: skip
DEMONSTRATION = frozenset({"00", "99"})
ADULT, OLDEST = 18, 130
_ID = re.compile(r"\d{17}[\dX]")
_MOBILE = re.compile(r"1\d{10}")
_LANDLINE = re.compile(r"(?:0\d{2,3})?[2-9]\d{6,7}(?:-\d{1,6}|)")
CHECK_AGAIN = "请对照身份证逐位核对。"


@dataclass(frozen=True)
class Identity:
    """What a right number says. ``notices`` are sentences that do not forbid it."""

    number: str
    birth_date: date
    gender: str
    notices: tuple[str, ...] = ()


def normal_id_number(text: str) -> str:
    """Half-width, without spaces and hyphens, X in upper case."""
    narrow = text.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})
    return re.sub(r"[\s\-\u3000\u200b\ufeff]", "", narrow).upper().replace("×", "X")


def normal_phone(text: str) -> str:
    """Digits only, without 86 in front."""
    digits = re.sub(r"[\s\-()（）+]", "", text)
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def check_digit(body: str) -> str:
    """The eighteenth sign to seventeen digits."""
    return ric.calc_check_digit(body + "0")


def read_id_number(text: str, *, today: date, birth_date: date | None = None, gender: str = "") -> Identity:
    """The number in normal form with what it says. Raises `Refusal` naming what is wrong, never the number itself.

    A birth date or sex that contradicts the number, an unknown region and an age under eighteen are notices: the file
    decides, not the number (data-standards.md 1).
    """
    number = normal_id_number(text)
    if len(number) == 15 and number.isdigit():
        raise _wrong("这是 15 位旧身份证号，只能查阅，不能登记。", "请改填 18 位号码。")
    if len(number) != 18:
        raise _wrong(f"公民身份证号应为 18 位，这里有 {len(number)} 位。", CHECK_AGAIN)
    if not _ID.fullmatch(number) or not number.isascii():
        raise _wrong("公民身份证号的前 17 位只能是数字，末位是数字或 X。", CHECK_AGAIN)
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise _wrong("公民身份证号第 7 至 14 位不是一个日期。", CHECK_AGAIN) from None
    if born > today or today.year - born.year > OLDEST:
        raise _wrong("公民身份证号里的出生日期不合理。", CHECK_AGAIN)
    if check_digit(number[:17]) != number[17]:
        raise _wrong("公民身份证号校验位不对，至少有一位填错了。", CHECK_AGAIN)
    sex = "1" if int(number[16]) % 2 else "2"
    return Identity(number, born, sex, tuple(_notices(number, born, today, birth_date, gender)))


def _notices(number: str, born: date, today: date, birth_date: date | None, gender: str) -> list[str]:
    found = []
    if number[:2] in DEMONSTRATION:
        found.append("地区码不存在，是演示或测试用的号码。")
    elif number[:2] not in PROVINCES:
        found.append("公民身份证号的地区码不在册，请核对前两位。")
    found += contradictions(number, birth_date, gender)
    if age_on(born, today) < ADULT:
        found.append("按公民身份证号未满 18 周岁，请核对。")
    return found


def contradictions(number: str, birth_date: date | None, gender: str) -> list[str]:
    """Where a right number and the file disagree on birth and sex. The file counts; both deserve a second look."""
    if not _ID.fullmatch(number):
        return []
    found = []
    if birth_date is not None and number[6:14] != f"{birth_date:%Y%m%d}":
        found.append("出生日期与公民身份证号第 7 至 14 位不一致，以档案认定为准，请核对。")
    if gender in {"1", "2"} and int(number[16]) % 2 != int(gender) % 2:
        found.append("性别与公民身份证号第 17 位不一致，请核对。")
    return found


def age_on(born: date, day: date) -> int:
    """Full years of life on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def read_mobile(text: str) -> str:
    number = normal_phone(text)
    if number and not _MOBILE.fullmatch(number):
        raise Refusal(
            f"手机号应为 1 开头的 11 位数字，这里有 {len(number)} 位。",
            field="phone",
            remedy="固定电话请填在“固定电话”里。",
        )
    return number


def read_landline(text: str) -> str:
    number = re.sub(r"^(0\d{2,3})-", r"\1", re.sub(r"[\s()（）]", "", text)).replace("转", "-")
    if number and not _LANDLINE.fullmatch(number):
        raise Refusal(
            "固定电话应为“区号+号码”。", field="landline", remedy="请写成 010-62751234 的样子，分机号写在“-”后面。"
        )
    return number


def id_number_index(number: str) -> bytes | None:
    """What an encrypted ID number is found by; None for no number."""
    normal = normal_id_number(number)
    return blind_index(normal, field=ID_FIELD) if normal else None


def phone_index(number: str) -> bytes | None:
    normal = normal_phone(number)
    return blind_index(normal, field=PHONE_FIELD) if normal else None


def _wrong(message: str, remedy: str) -> Refusal:
    return Refusal(message, field="id_number", remedy=remedy)
