"""The sample workbooks: ``python -m examples.make [folder]``.

One faculty with three branches and some sixty members, as an office would send them, with the mistakes that offices
make; the same as GB18030 CSV; and the corrected version. Everybody is invented: names from a table of syllables, ID
numbers with region 00, which no real person has, phone numbers of a range that is not given out. Seeded: the same files
every time. They fit the demo university (superior: 中共明理大学委员会, code ROOT).
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from stdnum.cn import ric

FOLDER = Path(__file__).parent
SEED = 20261121
ORGANIZATION_TITLES = (
    "组织代码",
    "党组织名称",
    "上级党组织",
    "组织类别",
    "支部类型",
    "建立日期",
    "党组织书记",
    "党组织联系人",
    "联系电话",
    "党组织所在单位情况",
    "单位名称",
    "单位类别",
    "单位建立党组织情况",
    "单位代码",
    "审批权限",
)
MEMBER_TITLES = (
    "序号",
    "姓名",
    "所在党支部",
    "公民身份证号",
    "性别",
    "民族",
    "出生日期",
    "学历",
    "人员类别",
    "加入党组织日期",
    "转为正式党员日期",
    "工作岗位",
    "手机号",
    "固定电话",
    "家庭住址",
    "党籍状态",
    "是否失联",
    "失去联系日期",
    "是否流动",
    "外出流向",
)
SURNAMES, GIVEN = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜",
    "知行致远明德景云书怀若谷清和文嘉望舒亦安子衿思齐",
)
FACULTY = "示范学院党委"
BRANCHES = ("示范学院本科生第一党支部", "示范学院研究生党支部", "示范学院教师党支部")
SAME = "与上级党组织相同"


def organizations(*, corrected: bool) -> list[list[str]]:
    """The faculty and its branches; uncorrected with an unknown category and a wrong superior."""
    common = ["", "", "", ""]
    return [
        [
            "SFXY",
            FACULTY,
            "ROOT",
            "党委",
            "上级党组织",
            "2019-09-01",
            "陶知远",
            "沈若谷",
            "0512-65880001",
            SAME,
            *common,
            "是",
        ],
        [
            "SFXY-01",
            BRANCHES[0],
            "SFXY",
            "党支部",
            "本科生党支部",
            "2019-09-15",
            "何清和",
            "何清和",
            "0512-65880002",
            SAME,
            *common,
            "否",
        ],
        [
            "SFXY-02",
            BRANCHES[1],
            "SFXY" if corrected else "示范学员党委",
            "党支部",
            "研究生党支部",
            "2019-09-15",
            "韩景云",
            "韩景云",
            "0512-65880003",
            SAME,
            *common,
            "否",
        ],
        [
            "SFXY-03",
            BRANCHES[2],
            FACULTY,
            "党支部",
            "教师党支部" if corrected else "教工支部委员会",
            "2019-09-15",
            "严书怀",
            "严书怀",
            "0512-65880004",
            SAME,
            *common,
            "否",
        ],
    ]


def number(born: date, serial: int) -> str:
    body = f"000000{born:%Y%m%d}{serial:03d}"
    return body + ric.calc_check_digit(body + "0")


def members(count: int = 60) -> list[list[Any]]:
    """Right rows: a third in each branch."""
    dice = random.Random(SEED)
    rows, used = [], set()
    for index in range(count):
        branch = index * 3 // count
        born = date((2003, 1999, 1978)[branch], 1, 1) + timedelta(days=dice.randrange(900))
        joined = max(
            date((2023, 2021, 2005)[branch], 5, 1) + timedelta(days=dice.randrange(600)),
            born + timedelta(days=18 * 366),
        )
        full = joined < date(2025, 6, 1)
        confirmed = joined + timedelta(days=dice.randrange(366, 400)) if full else None
        name = dice.choice(SURNAMES) + "".join(dice.sample(GIVEN, dice.choice((1, 2, 2))))
        while name in used:
            name = dice.choice(SURNAMES) + "".join(dice.sample(GIVEN, 2))
        used.add(name)
        sex = dice.randrange(2)
        rows.append(
            [
                index + 1,
                name,
                BRANCHES[branch],
                number(born, index * 2 + sex),
                "男" if sex else "女",
                dice.choice(("汉族",) * 9 + ("回族", "满族", "土家族")),
                born.isoformat(),
                ("高中毕业", "大学本科毕业", dice.choice(("博士研究生毕业", "硕士研究生毕业")))[branch],
                "正式党员" if full else "预备党员",
                joined.isoformat(),
                confirmed.isoformat() if confirmed else "",
                ("本科其他年级", "研究生其他年级", "事业单位专业技术岗位")[branch],
                f"1000000{index:04d}",
                "",
                f"某省某市示范区明理路 {index + 1} 号",
                "正常",
                "否",
                "",
                "否",
                "",
            ]
        )
    rows[20][1], rows[40][1] = "欧阳㛃", "严𬭊"
    return rows


def harmless(rows: list[list[Any]]) -> None:
    """Manners of writing that need no correction."""
    rows[1][6] = rows[1][6].replace("-", ".")
    rows[2][9] = "{}年{}月{}日".format(*map(int, rows[2][9].split("-")))
    rows[3][6] = rows[3][6].replace("-", "")
    rows[4][12] = int(rows[4][12])
    rows[5][7] = "高中"
    rows[6][5] = "汉"
    rows[7][1] = f"{rows[7][1][0]} {rows[7][1][1:]}"
    rows[8][2] = "SFXY-01"
    rows[41][13] = "0512-65880100"
    rows[42][16:18] = ["是", "202403"]
    rows[43][18:20] = ["是", "某省某市某县"]


def spoil(rows: list[list[Any]]) -> None:
    """One mistake of each kind that offices make."""
    right = str(rows[10][3])
    rows[10][3] = right[:17] + ("1" if right[17] != "1" else "2")  # check digit
    rows[11][3] = "1.10105E+17"  # damaged by Excel
    rows[12][3] = rows[9][3]  # the same person twice
    rows[13][6] = "2003-02-30"
    rows[14][6] = (date.fromisoformat(str(rows[14][6])) + timedelta(days=1)).isoformat()  # against the ID number
    rows[15][5] = "汗族"
    rows[22][2] = "示范学院研究生支部"
    rows[23][2] = "示范学院博士生党支部"
    rows[24][7] = "硕士在读"
    rows[25][10] = ""  # full member without the day
    rows[26][9], rows[26][10] = rows[26][10], rows[26][9]
    rows[27][12] = "1000000002"
    rows[44][11] = "老师"
    rows[45][16] = "是"  # lost, no month
    rows[46][18] = "是"  # away, no place
    rows[47][14] = ""
    rows[48][4] = "男" if rows[48][4] == "女" else "女"
    rows[49][8] = "党员发展对象"


def write_workbook(
    file: Path, title: str, titles: Sequence[str], rows: Sequence[Sequence[Any]], *, formula: int | None = None
) -> None:
    """With a merged title above and a signature below, as such forms go round."""
    with xlsxwriter.Workbook(str(file)) as book:
        book.set_properties({"created": datetime(2026, 11, 21, tzinfo=UTC)})
        page = book.add_worksheet("Sheet1")
        head = book.add_format({"bold": True, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"})
        big = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        text = book.add_format({"num_format": "@"})
        page.merge_range(0, 0, 0, len(titles) - 1, title, big)
        page.write(1, 0, "填报单位：示范学院党委")
        page.write_row(2, 0, titles, head)
        page.set_column(0, 0, 8)
        page.set_column(1, len(titles) - 1, 16)
        for y, row in enumerate(rows, start=3):
            for x, cell in enumerate(row):
                if isinstance(cell, str):
                    page.write_string(y, x, cell, text)
                else:
                    page.write(y, x, cell)
        if formula is not None:
            page.write_formula(
                3 + formula, 4, f'=IF(MOD(MID(D{4 + formula},17,1),2)=1,"男","女")', None, rows[formula][4]
            )
        page.write(len(rows) + 4, 0, "填表人：　　　　　审核人：　　　　　日期：")
        page.freeze_panes(3, 2)


def write_comma(file: Path, titles: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    with file.open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream).writerows([titles, *rows])


def make(folder: Path) -> list[Path]:
    """Write all files into ``folder`` and give their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ("党组织信息采集表", "党员基本信息汇总表")
    right = members()
    harmless(right)
    wrong = [list(row) for row in right]
    spoil(wrong)
    paths = []
    for mark, corrected, people in (("", False, wrong), ("（已改正）", True, right)):
        form = folder / f"{names[0]}{mark}.xlsx"
        write_workbook(
            form, "明理大学示范学院党组织信息采集表", ORGANIZATION_TITLES, organizations(corrected=corrected)
        )
        roster = folder / f"{names[1]}{mark}.xlsx"
        write_workbook(
            roster, "明理大学示范学院党员基本信息汇总表", MEMBER_TITLES, people, formula=None if corrected else 30
        )
        paths += [form, roster]
    comma = folder / f"{names[1]}（GB18030）.csv"
    write_comma(comma, MEMBER_TITLES, wrong)
    return [*paths, comma]


if __name__ == "__main__":
    for path in make(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        sys.stdout.write(f"{path}\n")
