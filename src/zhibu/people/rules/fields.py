"""The fields of a file: what they are called, how they are grouped, and what may be written into them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhibu.people import codes
from zhibu.people.identity import read_id_number, read_landline, read_mobile
from zhibu.regulations.refusal import Refusal, Refusals


@dataclass(frozen=True)
class FileField:
    """``kind``: text, code, date, flag, id_number, phone, landline, address. ``secret`` ones are masked on screen."""

    name: str
    label: str
    kind: str = "text"
    table: str = ""
    group: str = "基本信息"
    longest: int = 100
    help: str = ""

    @property
    def is_secret(self) -> bool:
        return self.kind in {"id_number", "phone", "landline", "address"}

    def shown(self, value: Any) -> str:
        """The value in words (codes by name). Secret values come out as they are."""
        if value in (None, "", b""):
            return ""
        if self.kind == "code":
            return codes.label(self.table, str(value))
        if self.kind == "flag":
            return "是" if value in (True, "True", "是") else "否"
        return value.isoformat() if isinstance(value, date) else str(value)


_F = FileField
FIELDS: tuple[FileField, ...] = (
    _F("name", "姓名", longest=60, help="与身份证一致；少数民族姓名中间用“·”。"),
    _F("gender", "性别", "code", "gender"),
    _F("ethnicity", "民族", "code", "ethnicity"),
    _F("id_number", "公民身份证号", "id_number"),
    _F("birth_date", "出生日期", "date", help="以档案认定为准。"),
    _F("education", "学历", "code", "education", help="已取得的最高学历；在读的填入学前学历。"),
    _F("work_post", "工作岗位", "code", "work_post"),
    _F("phone", "手机号", "phone", help="手机号和固定电话至少填一项。"),
    _F("landline", "固定电话", "landline", help="区号+号码，如 010-62751234。"),
    _F("address", "家庭住址", "address", longest=200, help="具体到门牌号。"),
    _F("joined_on", "加入党组织日期", "date", group="党籍信息", help="支部大会通过接收为预备党员的日期。"),
    _F("confirmed_on", "转为正式党员日期", "date", group="党籍信息", help="支部大会通过转正的日期。"),
    _F("number", "学工号", longest=30, group="学习与工作"),
    _F("email", "电子邮箱", longest=120, group="学习与工作"),
    _F("student_level", "在读层次", "code", "student_level", group="学习与工作"),
    _F("grade", "年级", longest=4, group="学习与工作", help="入学年份，如 2024。"),
    _F("class_name", "班级", longest=40, group="学习与工作"),
    _F("enrolled_on", "入学日期", "date", group="学习与工作"),
    _F("graduates_on", "毕业日期", "date", group="学习与工作"),
    _F("degree", "学位", "code", "degree", group="学习与工作"),
    _F("school", "毕业院校", longest=80, group="学习与工作"),
    _F("major", "专业", longest=80, group="学习与工作"),
    _F("title", "专业技术职务", longest=40, group="学习与工作"),
    _F("worked_since", "参加工作日期", "date", group="学习与工作"),
    _F("former_name", "曾用名", longest=60, group="其他"),
    _F("native_place", "籍贯", longest=60, group="其他"),
    _F("is_exempt", "学习活动不作硬性要求", "flag", group="其他", help="年老体弱、重病或失能的党员。"),
)
FIELD = {field.name: field for field in FIELDS}
SECRET = frozenset(field.name for field in FIELDS if field.is_secret)
# What a person may ask to have corrected; the exemption is the branch's judgement.
CHANGEABLE = tuple(field for field in FIELDS if field.name != "is_exempt")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff\ufffd]")


def cleaned(values: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The values in the form that is stored. Raises `Refusals` with every fault, each naming its field.

    Texts may be codes or words of the code tables; dates may be dates or ISO texts. An empty value empties the field.
    """
    found: dict[str, Any] = {}
    faults: list[Refusal] = []
    for name, value in values.items():
        field = FIELD.get(name)
        if field is None:
            raise KeyError(f"{name!r} is not a field of a file.")
        try:
            found[name] = _clean(field, value, today)
        except Refusal as fault:
            faults.append(Refusal(fault.message, field=name, remedy=fault.remedy))
    if faults:
        raise Refusals(faults)
    return found


def _clean(field: FileField, value: Any, today: date) -> Any:
    if field.kind == "flag":
        return value in (True, "True", "true", "on", "是", "1")
    if field.kind == "date":
        return _date(field, value, today)
    text = _text(field, "" if value is None else str(value))
    if field.kind == "code":
        return codes.table(field.table).code_of(text) if text else ""
    if field.kind == "id_number":
        return read_id_number(text, today=today).number if text else ""
    if field.kind == "phone":
        return read_mobile(text)
    if field.kind == "landline":
        return read_landline(text)
    if field.name == "name":
        return _name(text)
    if field.name == "number":
        return text or None
    if field.name == "grade" and text and not re.fullmatch(r"\d{4}", text):
        raise Refusal("年级应为四位入学年份。", remedy="请写成 2024 的样子。")
    if field.name == "email" and text and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise Refusal("电子邮箱的格式不对。", remedy="请写成 name@example.edu.cn 的样子。")
    return text


def _text(field: FileField, text: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", text.replace("\x00", "")).split())
    if _PRIVATE_USE.search(text):
        raise Refusal(
            f"{field.label}含有自造字或乱码，换一台电脑就显示不出来。",
            remedy="请用输入法的生僻字功能输入国家标准里的字。",
        )
    if len(text) > field.longest:
        raise Refusal(f"{field.label}太长：{len(text)} 个字，最多 {field.longest} 个。", remedy="请缩短。")
    return text


def _name(text: str) -> str:
    name = re.sub("[•・‧∙⋅.●]", "·", text)
    name = re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", name)
    if len(name) < 2 or any(sign.isdigit() for sign in name):
        raise Refusal("请填写身份证上的姓名。", remedy="姓名至少两个字，不含数字。")
    return name


def _date(field: FileField, value: Any, today: date) -> date | None:
    if value in (None, ""):
        return None
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError:
        raise Refusal(f"{field.label}不是日期。", remedy="请写成 2026-01-31 的样子。") from None
    # A student's graduation lies ahead; everything else has happened.
    if day > today and field.name != "graduates_on":
        raise Refusal(f"{field.label}不能晚于今天。", remedy="请核对年份。")
    if day.year < 1900:
        raise Refusal(f"{field.label}早于 1900 年。", remedy="请核对年份。")
    return day
