"""How a name is spelt and searched: full spelling and initials, surnames read as surnames (仇 qiu, 单 shan, 解 xie)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pypinyin import Style, lazy_pinyin

# Characters that are read otherwise as a surname, and compound surnames with unusual readings.
SURNAMES = {
    "仇": "qiu", "单": "shan", "解": "xie", "曾": "zeng", "查": "zha", "区": "ou", "任": "ren", "盖": "ge",
    "朴": "piao", "缪": "miao", "员": "yun", "洗": "xian", "冼": "xian", "翟": "zhai", "尉": "wei", "秘": "bi",
    "种": "chong", "重": "chong", "乐": "yue", "黑": "he", "褚": "chu", "宓": "mi", "郇": "xun", "召": "shao",
    "繁": "po", "折": "she", "佴": "nai", "牟": "mu", "么": "yao", "逄": "pang", "俱": "ju", "卜": "bu",
    "葛": "ge", "覃": "qin", "谌": "chen", "华": "hua", "燕": "yan", "那": "na", "隗": "wei", "阚": "kan",
    "郗": "xi", "句": "gou", "过": "guo", "哈": "ha", "纪": "ji", "都": "du", "祭": "zhai", "会": "gui",
    "车": "che", "宁": "ning", "甯": "ning", "石": "shi", "沈": "shen", "殷": "yin", "瞿": "qu", "相": "xiang",
    "应": "ying", "於": "yu", "訾": "zi", "臧": "zang", "尹": "yin", "藏": "zang", "长": "chang", "柏": "bai",
    "尧": "yao", "干": "gan", "曲": "qu", "鲜": "xian",
}  # fmt: skip
COMPOUND = {
    "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "长孙": ("zhang", "sun"), "单于": ("chan", "yu"),
    "澹台": ("tan", "tai"), "皇甫": ("huang", "fu"), "令狐": ("ling", "hu"), "宿六斤": ("su", "liu", "jin"),
    "鲜于": ("xian", "yu"), "欧阳": ("ou", "yang"), "司马": ("si", "ma"), "上官": ("shang", "guan"),
    "诸葛": ("zhu", "ge"), "夏侯": ("xia", "hou"), "司徒": ("si", "tu"), "东方": ("dong", "fang"),
    "慕容": ("mu", "rong"), "宇文": ("yu", "wen"), "公孙": ("gong", "sun"), "轩辕": ("xuan", "yuan"),
    "钟离": ("zhong", "li"), "呼延": ("hu", "yan"), "端木": ("duan", "mu"), "南宫": ("nan", "gong"),
    "拓跋": ("tuo", "ba"), "独孤": ("du", "gu"), "闻人": ("wen", "ren"), "赫连": ("he", "lian"),
    "宗政": ("zong", "zheng"), "濮阳": ("pu", "yang"), "淳于": ("chun", "yu"), "申屠": ("shen", "tu"),
    "太史": ("tai", "shi"), "仲孙": ("zhong", "sun"),
}  # fmt: skip


class Spelling(NamedTuple):
    """``full``: syllables joined, lower case; ``initials``: the first letter of each."""

    full: str
    initials: str


@lru_cache(maxsize=100_000)
def spelling(name: str) -> Spelling:
    """How a name is spelt. Dots and spaces are left out, Latin letters stay (艾力·买买提 → ailimaimaiti, almmt)."""
    bare = re.sub(r"[\s·•・.]", "", name)
    head = next((COMPOUND[bare[:length]] for length in (3, 2) if bare[:length] in COMPOUND), None)
    if head is None and bare[:1] in SURNAMES:
        head = (SURNAMES[bare[0]],)
    head = head or ()
    # A surname is read for itself, so that it makes no word with what follows; minority names have none to split off.
    cut = len(head) or (1 if len(bare) <= 4 and "\u4e00" <= bare[:1] <= "\u9fff" else 0)
    syllables = [*(head or _syllables(bare[:cut])), *_syllables(bare[cut:])]
    return Spelling("".join(syllables)[:200], "".join(syllable[0] for syllable in syllables)[:60])


@lru_cache(maxsize=100_000)
def _syllables(text: str) -> tuple[str, ...]:
    """Given names repeat much more often than whole names. ü is typed as v, as on every keyboard in use."""
    spelt = lazy_pinyin(text, style=Style.NORMAL, v_to_u=False)
    return tuple(part for syllable in spelt if (part := re.sub(r"[^a-z0-9]", "", syllable.lower())))


def looks_spelt(text: str) -> bool:
    """Whether a search is in letters (pinyin or initials) rather than in characters."""
    return bool(re.fullmatch(r"[A-Za-z' ]+", text))
