"""Which pages are measured: one row a page. Whatever is a list, the tree, a workbench or a dashboard stands here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.lists.fill import University

LIMITS = (15, 100, 3.0)  # queries, kB, times the page with 1,000 people
Address = str | Callable[[University], str]


@dataclass(frozen=True)
class Row:
    """``who`` signs in: office, organizer, secretary, member or administrator."""

    label: str
    url: Address
    who: str = "office"


TITLES = {
    "office": "组织部", "organizer": "院系", "secretary": "支部书记", "member": "党员", "administrator": "系统管理员",
}  # fmt: skip
OFFICES = ("office", "organizer", "secretary")


def each(label: str, url: Address, *who: str) -> list[Row]:
    """The same page as several roles see it."""
    return [Row(f"{label}（{TITLES[one]}）", url, one) for one in who]


HOME = [*each("首页", "/", *TITLES), *each("首页概况", "/?part=glance", *TITLES)]
PEOPLE = [
    *each("名册", "/people/", *OFFICES),
    Row("名册，第 20 页", "/people/?page=20"),
    Row("名册，按类别排序", "/people/?sort=stage"),
    Row("名册，查姓", "/people/?q=仇"),
    Row("名册，查全名", lambda university: f"/people/?q={university.rare_name}"),
    Row("名册，查名", "/people/?q=子涵"),
    Row("名册，查拼音", "/people/?q=qiu"),
    Row("名册，查首字母", "/people/?q=qz"),
    Row("名册，查不存在", "/people/?q=zzzzzz"),
    Row("名册，支部书记查首字母", "/people/?q=w", "secretary"),
    Row("名册，预备党员", "/people/?stage=40"),
    Row("名册，信息不全", "/people/?is_incomplete=yes"),
    Row("名册，预备期已满", "/people/?probation=over"),
    Row("名册，失联", "/people/?is_lost=yes"),
    Row("名册，一个院系", lambda university: f"/people/?organization={university.faculty}"),
    Row("人员档案", lambda university: f"/people/{university.person}/"),
    Row("我的档案", "/people/me/", "member"),
    *each("信息更正", "/people/changes/", *OFFICES),
]
ORGANIZATIONS = [
    *each("组织树", "/organizations/", *OFFICES, "member"),
    Row("组织树，过去某日", "/organizations/?on=2024-12-31"),
    Row("组织树，查找", "/organizations/?q=第7党支部"),
    Row("组织树，学校的下级", "/organizations/1/children/"),
    Row("组织树，院系的下级", lambda university: f"/organizations/{university.faculty}/children/"),
    Row("党组织名单", "/organizations/list/"),
    Row("党组织名单，班子有空缺", "/organizations/list/?posts=vacant"),
    *each("任职情况", "/organizations/posts/", "office", "organizer"),
    *each("届满换届", "/procedures/terms/", "office", "organizer"),
    *each("组织变动", "/organizations/changes/", "office", "organizer"),
    Row("学校党委", "/organizations/1/"),
    Row("一个院系党委", lambda university: f"/organizations/{university.faculty}/"),
    Row("一个党支部", lambda university: f"/organizations/{university.branch}/", "secretary"),
]
MEETINGS = [
    *each("组织生活记录", "/meetings/", *OFFICES, "member"),
    Row("组织生活记录，第 20 页", "/meetings/?page=20"),
    Row("组织生活记录，要素不全", "/meetings/?incomplete=yes&state=recorded"),
    Row("组织生活记录，党课", "/meetings/?kind=lecture"),
    *each("谈心谈话", "/meetings/talks/", *OFFICES),
    *each("应开展与已开展", "/meetings/cadence/", *OFFICES),
    Row("应开展与已开展，有缺", "/meetings/cadence/?only=late"),
    Row("一个党支部的日历", lambda university: f"/meetings/cadence/{university.branch}/"),
    Row("登记会议，选组织", "/meetings/choose/"),
    Row("一次会议", lambda university: f"/meetings/{university.meeting}/"),
]
ASSESSMENT = [
    *each("考核评价", "/assessment/", *OFFICES, "member"),
    Row("考核评价，全部党组织", "/assessment/?all=1"),
    *each("同类比较", "/assessment/compare/", "office", "organizer"),
    Row("评价，学校", "/assessment/1/"),
    Row("评价，院系", lambda university: f"/assessment/{university.faculty}/"),
    Row("评价，党支部", lambda university: f"/assessment/{university.branch}/", "secretary"),
    Row("指标，学校", "/assessment/1/meetings_complete/"),
    Row("指标，学校，不足的", "/assessment/1/attendance/?gaps=1"),
    Row("指标，党支部", lambda university: f"/assessment/{university.branch}/attendance/"),
    Row("评价计算", "/assessment/runs/"),
    Row("数据仓", "/warehouse/"),
]
OTHERS = [
    Row("导入导出", "/exchange/"),
    Row("导入批次", "/exchange/batches/"),
    Row("导入预览", lambda university: f"/exchange/batches/{university.batch}/"),
    Row("导入预览，第 20 页", lambda university: f"/exchange/batches/{university.batch}/?page=20"),
    *each("账号", "/account/", "office", "organizer", "administrator"),
    Row("账号，待启用", "/account/?state=waiting"),
    Row("账号，查找", "/account/?q=s77"),
    Row("审计记录", "/audit/", "administrator"),
    Row("审计记录，一种行为", "/audit/?verb=export", "administrator"),
    Row("审计记录，一天", "/audit/?at_from=2026-01-10&at_to=2026-01-10", "administrator"),
    Row("体检", "/maintenance/", "administrator"),
    Row("规程", "/regulations/"),
    Row("指标目录", "/indicators/"),
]
ROWS = (*HOME, *PEOPLE, *ORGANIZATIONS, *MEETINGS, *ASSESSMENT, *OTHERS)
