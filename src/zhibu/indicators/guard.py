"""What must never be counted: refused with the reason, wherever an indicator or a scheme tries it.

A name is read as a person reads it: full-width and look-alike letters, traditional characters, spaces and dots between
characters make no difference. What sounds forbidden in Pinyin or English is refused, too.
"""

from __future__ import annotations

import re
import unicodedata

# regulations.md 13: both seen in secondary sources only, so that no article is cited.
REASON = (
    "国办函〔2026〕12号《政务移动互联网应用程序规范化管理办法》：不得以点赞、网络投票、学习时长等作考评依据，不得通报登录率，"
    "不得无必要索要照片与轨迹；中央网信委《关于防治“指尖上的形式主义”的若干意见》：原则上不设打卡签到、积分排名、在线时长等强制功能，"
    "不得过度留痕、滥用排名。"
)


# The same opinion on forms to fill in.
BURDEN = "中央网信委《关于防治“指尖上的形式主义”的若干意见》：不得过度留痕、多头填报。"


class ForbiddenIndicator(ValueError):
    """An indicator counts what may not be counted. The text says which word gave it away and why it is refused."""


_FORBIDDEN = (
    (
        "登录、活跃情况",
        r"登录|登陆|登入|上线率|上线次|上线天|活跃度|活跃用户|活跃率|日活|月活|安装率|关注率|关注数|粉丝|访问量|访问次|"
        r"(?<![a-z])log(ged|ging|s)?[\W_]*[io]n|login|logon|sign(ed)?[\W_]*in[\W_]*(count|rate|days)|active[\W_]*users|"
        r"(\b|_)(dau|mau)(\b|_)|visits|denglu|huoyue",
    ),
    (
        "点击、浏览、点赞、转发",
        r"点击|浏览|阅读量|阅读数|阅读次|观看次|点赞|集赞|点个赞|转评赞|转发|打榜|网络投票|拉票|click|page[\W_]*views?|"
        r"(\b|_)(like|likes|liked|pv|uv|upvotes?)(\b|_)|thumbs[\W_]*up|repost|retweet|"
        r"dianji|dianzan|liulan|zhuanfa|wangluotoupiao",
    ),
    (
        "在线、学习时长",
        r"在线时|在线率|在线分钟|在线小时|使用时长|使用时间|使用分钟|停留时|停留分钟|上网时|观看时长|播放时长|挂机|刷课|"
        r"学习时长|学习分钟|阅读时长|screen[\W_]*time|(online|usage|study|learning|watch)[\W_]*(time|minutes|hours|duration)|"
        r"time[\W_]*online|minutes[\W_]*online|dwell|zaixian(shi|fen)|xuexishichang|xuexifenzhong",
    ),
    (
        "打卡、积分",
        r"打卡|积分|扫码率|连续签到|punch[\W_]*in|check[\W_]*in[\W_]*streak|streak|(\b|_)credits?[\W_]*points|"
        r"daka|jifen",
    ),
    (
        "照片、截图、轨迹、字数",
        r"照片|相片|图片|合影|合照|自拍|截图|截屏|录屏|轨迹|定位[打签次率]|手机定位|字数|篇数|photo|picture|selfie|screen[\W_]*shot|snapshot|"
        r"word[\W_]*count|gps|zhaopian|jietu|zishu",
    ),
    (
        "个人排名",
        # Without question marks: whoever puts the punctuation of the screens right must not mend a pattern.
        r"个人得{0,1}分{0,1}排[名行]|人员排[名行]|党员排[名行]|学生排[名行]|教师排[名行]|书记排[名行]|之间排[名行]|"
        r"学时排[名行]|个人学时|龙虎榜|光荣榜|红黑榜|排行榜|"
        r"rank(ing){0,1}[\W_]*(of[\W_]*){0,1}(persons?|people|members?|users?|students?)|"
        r"(person|member|user|student)[\W_]*rank|leader[\W_]*board|"
        r"(geren|dangyuan|xuesheng|jiaoshi|renyuan)(paiming|paihang)",
    ),
    ("思想倾向", r"思想倾向|思想动态分|忠诚度|情绪|言论|sentiment|opinion|loyalty|qingxu|sixiangqingxiang"),
)
_PATTERNS = tuple((what, re.compile(pattern, re.IGNORECASE)) for what, pattern in _FORBIDDEN)
# Letters of other scripts that look like ours, and the traditional forms of the characters above.
_LOOK_ALIKE = str.maketrans(
    "аеікоорсухѕԁɡӏοικνρυτ錄擊讚贊贄覽瀏閱讀轉發網絡線時長積圖訪問學習關註裝躍陸個員師間書記數據點榜軌跡錄屏紀畫觀鐘龍紅錦論緒誠動態",
    "aeikoopcyxsdgloiknput录击赞赞贽览浏阅读转发网络线时长积图访问学习关注装跃陆个员师间书记数据点榜轨迹录屏纪画观钟龙红锦论绪诚动态",
)
_CHINESE = r"[\u3400-\u9fff]"
# Marks that end a phrase stay: what stands on both sides of them is two phrases.
_BETWEEN = re.compile(
    rf"(?<={_CHINESE})[^\w，。；：、（）“”《》！？,;:()\u3400-\u9fff]+(?={_CHINESE})|(?<={_CHINESE})_+(?={_CHINESE})"
)
_PINYIN = re.compile(r"(?<=[a-z])[\s'’·.-]+(?=[a-z])")


def as_read(text: str) -> str:
    """The text as it looks to a reader: one width, one script, no marks that are not seen or mean nothing."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if unicodedata.category(one) not in {"Mn", "Cf"})
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", plain).lower().translate(_LOOK_ALIKE))


def refuse_forbidden(subject: str, *texts: str) -> None:
    """Raise `ForbiddenIndicator` when one of the texts names something that may not be counted."""
    for text in texts:
        read = as_read(text)
        # Pinyin is written together or apart; together no English word of ours is among the patterns by accident.
        for form in (read, _PINYIN.sub("", read)):
            for what, pattern in _PATTERNS:
                if found := pattern.search(form):
                    raise ForbiddenIndicator(f"“{subject}”含有“{found[0]}”，属于{what}类指标，不予采用。{REASON}")


def forbidden_kinds() -> list[str]:
    """What is refused, in words for the screen."""
    return [what for what, _pattern in _PATTERNS]
