"""What must never be counted: refused with the reason, wherever an indicator or a scheme tries it."""

from __future__ import annotations

import re

REASON = (
    "国办函〔2026〕12号《政务移动互联网应用程序规范化管理办法》和中央网信委《关于防治“指尖上的形式主义”的若干意见》要求："
    "不得以登录、点赞、网络投票、在线时长等作考评依据，不得强制打卡、积分排名，不得滥用排名和过度留痕。"
)


class ForbiddenIndicator(ValueError):
    """An indicator counts what may not be counted. The text says which word gave it away and why it is refused."""


_FORBIDDEN = (
    ("登录、活跃情况", r"登录|登陆|登入|活跃度|日活|月活|安装率|关注率|login|logon|sign_in_count|active_users"),
    (
        "点击、浏览、点赞、转发",
        r"点击|浏览|阅读量|点赞|转发|网络投票|click|page_view|pageview|(\b|_)(like|likes)(\b|_)|repost",
    ),
    ("在线时长", r"在线时|在线分钟|使用时长|停留时|online_(time|minutes|hours|duration)|time_online|dwell"),
    ("打卡、积分", r"打卡|积分|punch_in|check_in_streak"),
    ("照片、截图、字数", r"照片|图片|截图|字数|篇数|photo|picture|screenshot|word_count"),
    (
        "个人排名",
        # Without question marks: whoever puts the punctuation of the screens right must not mend a pattern.
        r"个人得{0,1}分{0,1}排[名行]|人员排[名行]|党员排[名行]|学生排[名行]|教师排[名行]|之间排[名行]|"
        r"rank_persons|rank_people|rank_members|rank_users|person_rank|member_rank|rank_of_person|rank_of_member",
    ),
    ("思想倾向", r"思想倾向|情绪|言论|sentiment|opinion"),
)
_PATTERNS = tuple((what, re.compile(pattern, re.IGNORECASE)) for what, pattern in _FORBIDDEN)


def refuse_forbidden(subject: str, *texts: str) -> None:
    """Raise `ForbiddenIndicator` when one of the texts names something that may not be counted."""
    for text in texts:
        for what, pattern in _PATTERNS:
            if found := pattern.search(text):
                raise ForbiddenIndicator(f"“{subject}”含有“{found[0]}”，属于{what}类指标，不予采用。{REASON}")


def forbidden_kinds() -> list[str]:
    """What is refused, in words for the screen."""
    return [what for what, _pattern in _PATTERNS]
