"""Which texts say the same, by their words. Pure, and the same for the same texts in whatever order they come."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import rjieba

# So many different wordings are compared with each other: 3,000 take 70 MB and two seconds. Those that occur most.
MOST = 3000
# Mean cosine distance at which two groups are no longer one. On the problems of `tests/supervision/test_common` 0.70
# gives the same groups; at 0.80 dues not paid and dues badly booked become one.
APART = 0.75
SHOWN = 6
# What problems are told with, whatever they are about.
PLAIN = frozenset(
    {
        "没有", "尚未", "应当", "已经", "发现", "检查", "自查", "反映", "问题", "情况", "存在", "部分", "及时", "按时",
        "不够", "缺少", "办理", "未按", "本届", "本年度", "本学期", "登记", "已登记", "多为", "做到", "党员", "有关",
        "相关", "进行", "开展", "以及", "其中", "支部", "党支部",
    }
)  # fmt: skip
NUMBER = re.compile(r"第?[一二三四五六七八九十两几百]+[个份次季年月名条项]")
CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")


def words_of(text: str) -> tuple[str, ...]:
    """The words that say what a problem is about: no numbers, days and plain words, nothing in brackets."""
    found = rjieba.cut(re.sub(r"（[^（）]*）", "", text))
    return tuple(word for word in found if CHINESE.fullmatch(word) and word not in PLAIN and not NUMBER.match(word))


@dataclass(frozen=True)
class Text:
    """One problem as the clustering sees it."""

    pk: int
    organization: int
    words: tuple[str, ...]

    @property
    def bag(self) -> str:
        return " ".join(sorted(set(self.words)))


def clusters(texts: Iterable[Text]) -> tuple[dict[str, int], int]:
    """Wording → cluster, and how many texts were left out because there are too many wordings. Clusters are numbered in
    the order of their first wording."""
    counted = Counter(text.bag for text in texts if text.words)
    chosen = sorted(sorted(counted), key=lambda bag: -counted[bag])[:MOST]
    left_out = sum(counted.values()) - sum(counted[bag] for bag in chosen)
    bags = sorted(chosen)
    if len(bags) < 2:
        return dict.fromkeys(bags, 0), left_out
    numbers: dict[int, int] = {}
    labels = _labels(bags)
    return {bag: numbers.setdefault(label, len(numbers)) for bag, label in zip(bags, labels, strict=True)}, left_out


def _labels(bags: Sequence[str]) -> list[int]:
    # A second to load, and only the worker needs it.
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.feature_extraction.text import TfidfVectorizer

    weighed = TfidfVectorizer(analyzer=str.split).fit_transform(bags)
    # Rows have length 1. Multiplied sparse, so that time and memory do not grow with the number of different words.
    apart = 1 - (weighed @ weighed.T).toarray()
    found = AgglomerativeClustering(n_clusters=None, metric="precomputed", linkage="average", distance_threshold=APART)
    return [int(label) for label in found.fit_predict(apart)]


def spoken(texts: Iterable[Text]) -> Counter[str]:
    """In how many texts each word is."""
    return Counter(word for text in texts for word in set(text.words))


def telling(texts: Sequence[Text], outside: Mapping[str, int]) -> list[str]:
    """The words that make a group: in most of its problems and in few of all, as `spoken` counts them. Only words that
    two organizations use, so that a name in one problem never becomes the name of a group."""
    inside = Counter[str]()
    users: dict[str, set[int]] = {}
    for text in texts:
        for word in set(text.words):
            inside[word] += 1
            users.setdefault(word, set()).add(text.organization)
    shared = [word for word in inside if len(users[word]) > 1]
    return sorted(shared, key=lambda word: (-inside[word] * inside[word] / outside[word], word))[:SHOWN]
