"""党组织信息采集表: the ten collected fields (data-standards.md 2) and the five that the tree needs."""

from __future__ import annotations

import re
from typing import Any

from stdnum.cn import uscc

from zhibu.exchange.columns.parsers import (
    EMPTY_MARKS,
    code_parser,
    parse_date,
    parse_yes,
    plain,
    text_parser,
    write_date,
    write_yes,
)
from zhibu.exchange.columns.specification import BadCell, Column, Sheet
from zhibu.exchange.enums import BatchKind
from zhibu.organizations.enums import Category, Kind, UnitSituation

_CODE = re.compile(r"^[0-9A-Za-z][0-9A-Za-z._\-]{0,29}$")
_PHONE = re.compile(r"^(1\d{10}|(0\d{2,3}){0,1}-{0,1}[2-9]\d{6,7}(-\d{1,6}){0,1})$")


def parse_code(cell: Any) -> str | None:
    text = plain(cell).upper()
    if text in EMPTY_MARKS:
        return None
    if not _CODE.match(text):
        raise BadCell("组织代码只能由字母、数字、点和短横组成，最长 30 位。", "请改成例如 SF-01。")
    return text


def parse_contact_phone(cell: Any) -> str | None:
    text = re.sub(r"[\s()\uff08\uff09]", "", plain(cell).replace("—", "-"))
    if text in EMPTY_MARKS:
        return None
    if not _PHONE.match(text):
        raise BadCell("联系电话不像手机号，也不像“区号-号码”。", "请写成 13800000000 或 010-62751234。")
    return text


def parse_unit_code(cell: Any) -> str | None:
    """统一社会信用代码 (18 signs, checked) or 组织机构代码 (9 signs)."""
    text = re.sub(r"[\s\-]", "", plain(cell)).upper()
    if text in EMPTY_MARKS:
        return None
    if len(text) == 9:
        return text
    if len(text) != 18:
        raise BadCell(
            f"单位代码应为 18 位统一社会信用代码或 9 位组织机构代码，这里有 {len(text)} 位。", "请对照证书核对。"
        )
    if not uscc.is_valid(text):
        raise BadCell("统一社会信用代码的校验位不对。", "请对照证书核对（代码里没有字母 I、O、Z、S、V）。")
    return text


def _choice(enum: Any, **synonyms: str) -> dict[str, Any]:
    labels = {member.value: member.label for member in enum}
    return {
        "parse": code_parser(lambda: labels, lambda: synonyms),
        "write": lambda value: labels.get(value, ""),
        "choices": lambda: list(labels.values()),
    }


ORGANIZATIONS = Sheet(
    BatchKind.ORGANIZATIONS,
    intro="一个党组织一行。已有的党组织按组织代码识别；更名、调整隶属和撤销请在“党组织”页面办理，不通过导入。",
    essential=("code", "name", "parent"),
    identifying=("code", "name"),
    columns=(
        Column("code", "组织代码", parse_code, "校内编号，一个组织一个。", "SF-01", required=True),
        Column(
            "name",
            "党组织名称",
            text_parser(120),
            "全称，与公章一致。",
            "示范学院本科生第一党支部",
            required=True,
            width=34,
        ),
        Column(
            "parent",
            "上级党组织",
            text_parser(120),
            "上级的组织代码或全称；可以是本表中的另一行。",
            "SF",
            needed="学校党委以外必填",
            width=24,
        ),
        Column(
            name="kind",
            title="组织类别",
            help="按代码表选择。",
            example="党支部",
            required=True,
            **_choice(Kind, 党总支="621", 支部="631", 联合支部="632", 党委会="611", 委员会="611"),
        ),
        Column(
            name="category",
            title="支部类型",
            help="支部按成员构成选择；党委、总支填“上级党组织”。",
            example="本科生党支部",
            needed="支部必填",
            width=18,
            **_choice(
                Category,
                本科生="undergraduate",
                研究生="graduate",
                教师="teacher",
                教工="teacher",
                教工党支部="teacher",
                机关="staff",
                离退休="retired",
                师生联合="mixed",
            ),
        ),
        Column(
            "established_on", "建立日期", parse_date, "批准建立的日期。", "2020-09-01", write=write_date, required=True
        ),
        Column("secretary", "党组织书记", text_parser(60), "姓名；暂缺可不填。", "张三"),
        Column("contact_name", "党组织联系人", text_parser(60), "姓名。", "李四", required=True),
        Column(
            "contact_phone",
            "联系电话",
            parse_contact_phone,
            "固定电话含区号。",
            "010-62751234",
            required=True,
            width=16,
        ),
        Column(
            name="unit_situation",
            title="党组织所在单位情况",
            help="选“与上级党组织相同”的，以下四项免填。",
            example="与上级党组织相同",
            required=True,
            width=20,
            **_choice(UnitSituation, 相同="same", 同上级="same", 法人="legal"),
        ),
        Column(
            "unit_name",
            "单位名称",
            text_parser(200),
            "全称；联合支部填各单位，用顿号隔开。",
            "明理大学",
            needed="法人单位、联合支部必填",
            width=20,
        ),
        Column("unit_category", "单位类别", text_parser(60), "例如 高等学校。", "高等学校", needed="法人单位必填"),
        Column(
            "unit_party_setup",
            "单位建立党组织情况",
            text_parser(60),
            "例如 建立党委。",
            "建立党委",
            needed="法人单位必填",
            width=18,
        ),
        Column(
            "unit_code",
            "单位代码",
            parse_unit_code,
            "统一社会信用代码或组织机构代码。",
            "91350100M000100Y43",
            needed="法人单位必填",
            width=20,
        ),
        Column(
            name="may_approve_members",
            title="审批权限",
            parse=parse_yes,
            write=write_yes,
            help="是否有审批预备党员的权限，不能由类别推断。",
            example="否",
            required=True,
            width=10,
            choices=lambda: ["是", "否"],
        ),
    ),
)
