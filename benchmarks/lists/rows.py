"""Which pages are measured: one row a page. Other rooms add theirs here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LIMITS = (15, 100, 3.0)  # queries, kB, times the page with 1,000 people


@dataclass(frozen=True)
class Row:
    """``url`` is an address, or a callable of the loaded university (`benchmarks.lists.fill.University`) giving one.
    ``who`` signs in: office, organizer, secretary or member."""

    label: str
    url: str | Callable[[Any], str]
    who: str = "office"


ROWS = (
    Row("首页(组织部)", "/"),
    Row("首页(支部书记)", "/", "secretary"),
    Row("名册(组织部)", "/people/"),
    Row("名册,第 20 页", "/people/?page=20"),
    Row("名册,按类别排序", "/people/?sort=stage"),
    Row("名册(院系)", "/people/", "organizer"),
    Row("名册(支部)", "/people/", "secretary"),
    Row("查找:姓", "/people/?q=仇"),
    Row("查找:全名", lambda university: f"/people/?q={university.rare_name}"),
    Row("查找:名", "/people/?q=子涵"),
    Row("查找:拼音", "/people/?q=qiu"),
    Row("查找:首字母", "/people/?q=qz"),
    Row("查找:不存在", "/people/?q=zzzzzz"),
    Row("查找:支部书记查首字母", "/people/?q=w", "secretary"),
    Row("筛选:预备党员", "/people/?stage=40"),
    Row("筛选:信息不全", "/people/?is_incomplete=yes"),
    Row("筛选:预备期已满", "/people/?probation=over"),
    Row("筛选:一个院系", lambda university: f"/people/?organization={university.faculty_pk}"),
    Row("人员档案", lambda university: f"/people/{university.person_pk}/"),
    Row("我的档案", "/people/me/", "member"),
    Row("信息更正", "/people/changes/"),
    Row("党组织", "/organizations/"),
    Row("组织生活", "/meetings/"),
    Row("考核评价", "/assessment/"),
)
