"""The twenty columns of 党员基本信息汇总表 in their official order (data-standards.md 1)."""

from __future__ import annotations

import re
from typing import Any

from zhibu.exchange.columns.parsers import (
    DAMAGED,
    EMPTY_MARKS,
    code_parser,
    parse_date,
    parse_month,
    parse_person_name,
    parse_yes,
    plain,
    text_parser,
    write_date,
    write_month,
    write_yes,
)
from zhibu.exchange.columns.specification import BadCell, Column, Sheet
from zhibu.exchange.enums import BatchKind
from zhibu.people import codes
from zhibu.people.enums import StageKind
from zhibu.people.identity import check_digit

STAGES = {StageKind.FULL.value: "正式党员", StageKind.PROBATIONARY.value: "预备党员"}
STAGE_SYNONYMS = {
    "中共党员": StageKind.FULL.value,
    "党员": StageKind.FULL.value,
    "正式": StageKind.FULL.value,
    "01": StageKind.FULL.value,
    "中共预备党员": StageKind.PROBATIONARY.value,
    "预备": StageKind.PROBATIONARY.value,
    "02": StageKind.PROBATIONARY.value,
}
NORMAL, SUSPENDED = "normal", StageKind.SUSPENDED.value
MEMBERSHIPS = {NORMAL: "正常", SUSPENDED: "停止党籍"}
KEEP_TEXT = "请把整列设为“文本”格式后，按身份证重新填写号码（在 Excel 里改格式不会找回已丢失的数字）。"
_BODY = re.compile(r"^[0-9]{17}[0-9X]$")
_PHONE = re.compile(r"^1[0-9]{10}$")
_LANDLINE = re.compile(r"^(?:0\d{2,3})?[2-9]\d{6,7}(?:-\d{1,6})?$")


def parse_id_number(cell: Any) -> str | None:
    """Eighteen signs with a right check digit. Never quoted in a refusal."""
    if isinstance(cell, str) and _BODY.match(cell) and check_digit(cell[:17]) == cell[17]:
        return cell
    if isinstance(cell, float) and cell >= 1e15:
        raise BadCell("Excel 把证件号当成了数字，后几位已经丢失。", KEEP_TEXT)
    text = re.sub(r"[\s\-]", "", plain(cell)).upper().replace("×", "X")
    if text in EMPTY_MARKS:
        return None
    if _BODY.match(text):
        if check_digit(text[:17]) != text[17]:
            raise BadCell("证件号校验位不对，至少有一位填错了。", "请对照身份证逐位核对。")
        return text
    if DAMAGED.match(text):
        raise BadCell("证件号被 Excel 改成了科学计数（如 1.10E+17），后几位已经丢失。", KEEP_TEXT)
    if "*" in text:
        raise BadCell("证件号打过码，无法识别是谁。", "请使用完整的证件号；从本系统导出时选择“完整号码”并填写理由。")
    if text.isdigit() and len(text) == 15:
        raise BadCell("这是 15 位旧身份证号。", "请改填 18 位号码。")
    if len(text) == 18:
        raise BadCell("证件号里有不该有的字符。", "前 17 位只能是数字，末位是数字或 X。")
    raise BadCell(f"证件号应为 18 位，这里有 {len(text)} 位。", "请对照身份证补全。")


def parse_phone(cell: Any) -> str | None:
    if isinstance(cell, str) and _PHONE.match(cell):
        return cell
    text = re.sub(r"[\s\-()+\uff08\uff09]", "", plain(cell))
    if text in EMPTY_MARKS:
        return None
    text = text[2:] if len(text) == 13 and text.startswith("86") else text
    if "*" in text:
        raise BadCell("手机号打过码。", "请使用完整的号码。")
    if not _PHONE.match(text):
        raise BadCell(f"手机号应为 1 开头的 11 位数字，这里有 {len(text)} 位。", "请核对；固定电话请填在“固定电话”列。")
    return text


def parse_landline(cell: Any) -> str | None:
    """Area code and number without signs between, an extension after a hyphen."""
    if cell == "":
        return None
    text = re.sub(r"[\s()\uff08\uff09—–]", "", plain(cell).replace("—", "-"))
    if text in EMPTY_MARKS:
        return None
    text = re.sub(r"^(0\d{2,3})-", r"\1", text).replace("转", "-")
    if "*" in text:
        raise BadCell("固定电话打过码。", "请使用完整的号码。")
    if not _LANDLINE.match(text):
        raise BadCell("固定电话不像“区号+号码”。", "请写成 010-62751234；手机号请填在“手机号”列。")
    return text


def write_landline(value: str | None) -> str:
    """``010-62751234``: the area code of three or four digits set off again."""
    if not value or not value.startswith("0") or "-" in value[:5]:
        return value or ""
    cut = 3 if value[:3] in {"010", "020"} or value[1] == "2" else 4
    return f"{value[:cut]}-{value[cut:]}"


def _labels(scheme: str) -> Any:
    return lambda: dict(codes.choices(scheme))


def _words(scheme: str) -> Any:
    return lambda: codes.table(scheme).synonyms


def _label(scheme: str) -> Any:
    return lambda value: codes.label(scheme, value) if value else ""


MEMBERS = Sheet(
    BatchKind.MEMBERS,
    intro="一人一行。姓名和证件号以身份证为准，日期以档案认定为准。",
    essential=("name", "id_number", "organization"),
    identifying=("name", "id_number"),
    columns=(
        Column("serial", "序号", plain, "可不填，导入时不读取。", "1", width=6),
        Column(
            "name",
            "姓名",
            parse_person_name,
            "与身份证一致；少数民族姓名中间用“·”。",
            "张三",
            required=True,
            personal=True,
        ),
        Column(
            "organization",
            "所在党支部",
            text_parser(120),
            "支部的全称、简称或组织代码；须在您的管理范围内。",
            "本科生第一党支部",
            required=True,
            width=30,
        ),
        Column(
            "id_number",
            "公民身份证号",
            parse_id_number,
            "18 位，末位 X 大写；单元格请用文本格式。",
            "000000200001010015",
            required=True,
            width=22,
            personal=True,
        ),
        Column(
            "gender",
            "性别",
            code_parser(_labels("gender"), _words("gender")),
            "男或女。",
            "男",
            write=lambda value: {"1": "男", "2": "女"}.get(value, _label("gender")(value)),
            required=True,
            width=6,
            choices=lambda: ["男", "女"],
        ),
        Column(
            "ethnicity",
            "民族",
            code_parser(_labels("ethnicity"), _words("ethnicity")),
            "国家标准民族名称或两位代码。",
            "汉族",
            write=_label("ethnicity"),
            required=True,
            width=10,
            choices=lambda: [x for _, x in codes.choices("ethnicity")],
        ),
        Column(
            "birth_date",
            "出生日期",
            parse_date,
            "以档案认定为准；与证件号不一致时会提醒。",
            "2000-01-01",
            write=write_date,
            required=True,
            width=12,
            personal=True,
        ),
        Column(
            "education",
            "学历",
            code_parser(_labels("education"), _words("education")),
            "已取得的最高学历；在读的填入学前学历。",
            "大学本科毕业",
            write=_label("education"),
            required=True,
            choices=lambda: [x for _, x in codes.choices("education")],
        ),
        Column(
            "stage",
            "人员类别",
            code_parser(lambda: STAGES, lambda: STAGE_SYNONYMS),
            "正式党员或预备党员。",
            "正式党员",
            write=lambda value: STAGES.get(value, ""),
            required=True,
            width=10,
            choices=lambda: list(STAGES.values()),
        ),
        Column(
            "joined_on",
            "加入党组织日期",
            parse_date,
            "支部大会通过接收为预备党员的日期。",
            "2020-06-01",
            write=write_date,
            required=True,
        ),
        Column(
            "confirmed_on",
            "转为正式党员日期",
            parse_date,
            "支部大会通过转正的日期；预备党员不填。",
            "2021-06-01",
            write=write_date,
            needed="正式党员必填",
            width=16,
        ),
        Column(
            "work_post",
            "工作岗位",
            code_parser(_labels("work_post"), _words("work_post")),
            "按代码表选择。",
            "事业单位专业技术岗位",
            write=_label("work_post"),
            required=True,
            width=22,
            choices=lambda: [x for _, x in codes.choices("work_post")],
        ),
        Column("phone", "手机号", parse_phone, "11 位。", "13800000000", needed="与固定电话至少填一项", personal=True),
        Column(
            "landline",
            "固定电话",
            parse_landline,
            "区号+号码。",
            "010-62750000",
            write=write_landline,
            needed="与手机号至少填一项",
            personal=True,
        ),
        Column(
            "address",
            "家庭住址",
            text_parser(200),
            "具体到门牌号。",
            "某省某市某区某路 1 号",
            required=True,
            width=36,
            personal=True,
        ),
        Column(
            "membership",
            "党籍状态",
            code_parser(lambda: MEMBERSHIPS, lambda: {"停止": SUSPENDED}),
            "正常或停止党籍。",
            "正常",
            write=lambda value: MEMBERSHIPS.get(value, ""),
            required=True,
            width=10,
            choices=lambda: list(MEMBERSHIPS.values()),
        ),
        Column(
            "is_lost",
            "是否失联",
            parse_yes,
            "是或否。",
            "否",
            write=write_yes,
            required=True,
            width=10,
            choices=lambda: ["是", "否"],
        ),
        Column(
            "lost_since",
            "失去联系日期",
            parse_month,
            "年月。",
            "2024-03",
            write=write_month,
            needed="失联的必填",
            width=14,
        ),
        Column(
            "is_mobile",
            "是否流动",
            parse_yes,
            "是或否。",
            "否",
            write=write_yes,
            required=True,
            width=10,
            choices=lambda: ["是", "否"],
        ),
        Column(
            "mobile_destination",
            "外出流向",
            text_parser(100),
            "省、市、县。",
            "某省某市某县",
            needed="流动的必填",
            width=20,
        ),
    ),
)
