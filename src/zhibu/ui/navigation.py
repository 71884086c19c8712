"""The main navigation: one line an entry. Without the right, or without the page, the entry is not shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Item:
    """``right``: a value of `zhibu.accounts.enums.Right`; without it everyone signed in sees the entry.

    ``phone``: stands in the bar at the bottom of a phone (the first four that are shown).
    """

    label: str
    url_name: str
    icon: str
    right: str = ""
    phone: bool = False


SECTIONS: list[tuple[str, list[Item]]] = [
    (
        "",
        [
            Item("首页", "home", "home", phone=True),
        ],
    ),
    (
        "组织与党员",
        [
            Item("党组织", "organizations:index", "sitemap", right="view_organization", phone=True),
            Item("党员名册", "people:index", "users", right="view_person", phone=True),
            Item("电子档案", "archive:index", "archive", right="view_archive"),
            Item("信息更正", "people:changes", "user-check", right="decide_change"),
            Item("办理事项", "procedures:workbench", "clipboard-list", right="view_case"),
            Item("组织关系转接", "procedures:transfers", "arrows-exchange", right="view_case"),
            Item("毕业季", "procedures:graduation", "school", right="view_case"),
            Item("换届", "procedures:terms", "gavel", right="edit_organization"),
        ],
    ),
    (
        "党费",
        [
            Item("党费收缴", "dues:index", "coin", right="view_dues"),
            Item("欠交党费", "dues:arrears", "alert-triangle", right="view_dues"),
        ],
    ),
    (
        "组织生活",
        [
            Item("组织生活", "meetings:index", "calendar-event", right="view_meeting", phone=True),
            Item("组织生活计划", "meetings:plan", "clipboard-list", right="view_meeting"),
            Item("组织生活进度", "meetings:cadence", "calendar", right="view_meeting"),
            Item("组织生活会", "meetings:lives", "checklist", right="view_meeting"),
            Item("记录质量", "meetings:quality", "report-analytics", right="record_meeting"),
            Item("台账", "meetings:ledgers", "books", right="read_ledger"),
        ],
    ),
    (
        "支部工作",
        [
            Item("书记项目", "initiatives:projects", "target", right="view_initiative"),
            Item("工作纪实", "initiatives:journals", "notebook", right="record_initiative"),
            Item("志愿服务", "initiatives:activities", "users-group", right="view_initiative"),
            Item("为民办实事", "initiatives:deeds", "checklist", right="view_initiative"),
        ],
    ),
    (
        "监督",
        [
            Item("态势图", "supervision:map", "layout-dashboard", right="view_problem"),
            Item("问题清单", "supervision:index", "flag", right="view_problem"),
            Item("共性问题", "supervision:common", "list-details", right="supervise"),
            Item("横向比较", "supervision:compare", "chart-dots", right="view_problem"),
            Item("预警", "supervision:alerts", "alert-circle", right="view_problem"),
            Item("廉政教育", "supervision:integrity", "book", right="view_problem"),
        ],
    ),
    (
        "评价",
        [
            Item("考核评价", "assessment:index", "award", right="view_score", phone=True),
            Item("自选动作", "assessment:actions", "star", right="view_score"),
            Item("述职评议", "assessment:reports", "file-text", right="view_score"),
            Item("各方评分", "assessment:gradings", "checklist", right="view_score"),
            Item("匿名测评", "assessment:surveys", "checkbox", right="view_score"),
            Item("结果公布", "assessment:publications", "speakerphone", right="view_score"),
            Item("先进评定", "assessment:honours", "trophy", right="view_score"),
            Item("典型案例", "assessment:gallery", "bulb", right="view_score"),
            Item("指标", "indicators:index", "chart-bar", right="view_score"),
            Item("填报负担", "indicators:burden", "clock", right="view_score"),
            Item("数据仓", "warehouse:index", "database", right="run_score"),
        ],
    ),
    (
        "办公",
        [
            Item("导入导出", "exchange:index", "table-import", right="import"),
            Item("文书模板", "documents:index", "file-text", right="edit_template"),
            Item("群机器人", "reminders:robots", "message-circle", right="edit_organization"),
            Item("制度依据", "regulations:index", "scale"),
        ],
    ),
    (
        "系统",
        [
            Item("账号", "accounts:index", "key", right="manage_accounts"),
            Item("审计记录", "audit:index", "shield-check", right="read_audit"),
            Item("提醒发送", "reminders:log", "send", right="maintain"),
            Item("系统状态", "maintenance", "stethoscope", right="maintain"),
        ],
    ),
]

USER_ITEMS = [
    Item("我的档案", "people:me", "id-badge-2"),
    Item("我的会议通知", "meetings:invited", "mail"),
    Item("我的谈心谈话", "meetings:my_talks", "message-circle"),
    Item("我的组织生活会", "meetings:my_life", "clipboard-text"),
    Item("我的办理事项", "procedures:mine", "clipboard-list"),
    Item("申请转接组织关系", "procedures:request", "arrows-exchange"),
    Item("我的电子档案", "archive:me", "archive"),
    Item("我的廉政教育", "supervision:integrity-mine", "book"),
    Item("由我负责的问题", "supervision:mine", "flag"),
    Item("我的志愿服务", "initiatives:me", "users-group"),
    Item("我的党费", "dues:me", "coin"),
    Item("我的账号", "accounts:me", "key"),
    Item("提醒设置", "reminders:mine", "bell"),
]


@dataclass(frozen=True)
class Link:
    """An entry as this reader sees it on this page."""

    label: str
    url: str
    icon: str
    current: bool
    phone: bool


def address(url_name: str) -> str | None:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


def links(request: HttpRequest, items: list[Item]) -> Iterator[Link]:
    scope = getattr(request, "scope", None)
    for item in items:
        url = address(item.url_name)
        if url is None or (item.right and not (scope and scope.may(item.right))):
            continue
        yield Link(item.label, url, item.icon, False, item.phone)


def sections(request: HttpRequest) -> list[tuple[str, list[Link]]]:
    """What the reader may open. The current place is the entry with the longest address that the path begins with."""
    found = [(title, list(links(request, items))) for title, items in SECTIONS]
    urls = [link.url for _, part in found for link in part]
    fitting = [url for url in urls if request.path == url or (url != "/" and request.path.startswith(url))]
    here = max(fitting, key=len, default=None)
    return [
        (title, [Link(link.label, link.url, link.icon, link.url == here, link.phone) for link in part])
        for title, part in found
        if part
    ]
