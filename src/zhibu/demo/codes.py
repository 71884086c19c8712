"""Codes of the people room that the invented people carry."""

from __future__ import annotations

from datetime import date
from functools import cache

from zhibu.demo.world import Being
from zhibu.organizations.enums import Category
from zhibu.people.codes import table

# 在读层次 takes the code of the education that will have been reached.
BACHELOR, MASTER, DOCTOR = "21", "14", "11"


@cache
def post(name: str) -> str:
    return table("work_post").code_of(name)


def work_post(being: Being, today: date) -> str:
    """工作岗位 as of today."""
    columns = being.columns
    if "grade" not in columns:
        names = {Category.TEACHER: "事业单位专业技术岗位", Category.RETIRED: "退休人员"}
        return post(names.get(being.category, "事业单位管理岗位"))
    level = "本科" if columns["student_level"] == BACHELOR else "研究生"
    if columns["graduates_on"] < today.replace(month=7, day=1) or (columns["graduates_on"] - today).days < 330:
        return post(f"{level}毕业年级")
    return post(f"{level}一年级" if (today - columns["enrolled_on"]).days < 340 else f"{level}其他年级")
