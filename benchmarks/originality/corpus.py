"""Invented minutes, and labelled pairs of them: copies at graded strength and honest look-alikes.

Every text is drawn from a grammar of branch life, so strangers share turns of phrase as real minutes do. Copies are
made from a text as people make them: names, places, days and numbers changed; sentences said anew; paragraphs moved; a
part planted in something else. Look-alikes share what honest records share: an official passage, an office's template,
the frame of a series of meetings. No name, place or passage is real.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import yaml
from pypinyin.phrases_dict import phrases_dict

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
GIVEN = "明华建国文军志强海涛晓东立新春梅秀英雪琴佳怡子涵宇轩思远嘉宁若曦景行知微允恭怀瑾博文雨桐书瑶承泽"
_WORDS = yaml.safe_load((Path(__file__).parent / "words.yaml").read_text("utf-8"))
WHO, WORK, THING, FLAW, WHEN, BY, DO, VIRTUE, CLAIM = (
    _WORDS[kind].split() for kind in ("who", "work", "thing", "flaw", "when", "by", "do", "virtue", "claim")
)
FORM, LEAD, FACT, OPENINGS, CLOSINGS = (_WORDS[kind] for kind in ("form", "lead", "fact", "openings", "closings"))
PLACES = [
    f"{house} {number} {room}"
    for house in _WORDS["house"].split()
    for number in (102, 215, 308, 411, 507, 603)
    for room in ("会议室", "教室", "党员活动室", "报告厅")
]
_NAME = re.compile(rf"(?<![{GIVEN}])[{SURNAMES}][{GIVEN}]{{1,2}}(?={'|'.join(_WORDS['after_name'].split())})")


def words() -> list[str]:
    """Words of two letters out of a dictionary, in an order of their own."""
    found = sorted(word for word in phrases_dict if len(word) == 2)
    random.Random(20261121).shuffle(found)
    return found[:8_000]


WORDS = words()
ODDS = list(accumulate(1 / (rank + 20) for rank in range(len(WORDS))))


class Writer:
    """Draws minutes; the same seed writes the same."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def one(self, choices: tuple[str, ...] | list[str] | str) -> str:
        return self.draw.choice(choices)

    def name(self) -> str:
        return self.one(SURNAMES) + "".join(self.draw.sample(GIVEN, self.draw.choice((1, 2, 2))))

    def matter(self, most: int) -> str:
        """What is spoken of, in words that come as unevenly as in real texts: few often, most hardly ever."""
        return "".join(self.draw.choices(WORDS, cum_weights=ODDS, k=self.draw.randint(0, most)))

    def day(self) -> str:
        return f"{self.draw.randint(1, 12)}月{self.draw.randint(1, 28)}日"

    def fill(self, pattern: str) -> str:
        form = self.one(FORM) if "{form}" in pattern else ""
        filled = pattern.replace("{form}", form)
        makers = {
            "who": lambda: self.one(WHO), "name": self.name, "second": self.name, "day": self.day,
            "work": lambda: self.matter(1) + self.one(WORK), "place": lambda: self.one(PLACES),
            "trouble": lambda: self.matter(2) + self.one(THING) + self.one(FLAW),
            "measure": lambda: self.one(WHEN) + self.one(BY) + "把" + self.matter(2) + self.one(THING) + self.one(DO),
            "feeling": lambda: self.matter(2) + "里" + self.one(VIRTUE) + self.one(CLAIM),
            "number": lambda: str(self.draw.randint(2, 60)),
        }  # fmt: skip
        return re.sub(r"\{(\w+)\}", lambda found: makers[found[1]](), filled)

    def sentence(self) -> str:
        return self.fill(self.one(FACT) if self.draw.random() < 0.3 else self.one(LEAD))

    def paragraphs(self, sentences: int) -> list[list[str]]:
        found: list[list[str]] = []
        while sentences > 0:
            size = min(sentences, self.draw.randint(2, 5))
            found.append([self.sentence() for _ in range(size)])
            sentences -= size
        return found

    def minutes(self, sentences: int | None = None) -> list[list[str]]:
        """Paragraphs of sentences: an opening, what was said, a closing."""
        body = self.paragraphs(sentences or self.draw.randint(12, 26))
        return [[self.fill(self.one(OPENINGS))], *body, [self.fill(self.one(CLOSINGS))]]


def joined(paragraphs: list[list[str]]) -> str:
    return "\n".join("".join(sentences) for sentences in paragraphs)


@dataclass(frozen=True)
class Pair:
    """``later`` is checked against ``earlier``; ``label`` says how it came about; copies are to be found."""

    label: str
    earlier: str
    later: str

    @property
    def is_copy(self) -> bool:
        return self.label in COPIES


COPIES = ("names", "fifth", "half", "planted")
LOOK_ALIKES = ("passage", "template", "series")


def names_changed(writer: Writer, text: str) -> str:
    """Names, places, days and numbers anew, everything else kept."""
    text = re.sub(r"\d+月\d+日", lambda _: writer.day(), text)
    text = re.sub(r"(?<=[有加、。成份各])\d+|\d+(?=[人份项名个小])", lambda _: str(writer.draw.randint(2, 60)), text)
    for place in {place for place in PLACES if place in text}:
        text = text.replace(place, writer.one(PLACES))
    return _NAME.sub(lambda _: writer.name(), text)


def reworded(writer: Writer, sentence: str) -> str:
    """Lightly said anew: a few words by others of the same meaning."""
    for word, other in _WORDS["said_anew"]:
        if writer.draw.random() < 0.5:
            sentence = sentence.replace(word, other)
    return sentence


def copied(writer: Writer, label: str, earlier: list[list[str]]) -> str:
    """A copy of ``earlier`` at the strength named: see ``COPIES``."""
    inner = earlier[1:-1]
    if label == "planted":
        sentences = [sentence for paragraph in inner for sentence in paragraph]
        taken = max(3, len(sentences) // 3)
        start = writer.draw.randrange(len(sentences) - taken + 1)
        host = writer.minutes(len(sentences) - taken)
        host.insert(writer.draw.randrange(1, len(host)), sentences[start : start + taken])
        return joined(host)
    rewritten = {"names": 0.0, "fifth": 0.2, "half": 0.5}[label]
    places = [(i, j) for i, paragraph in enumerate(inner) for j in range(len(paragraph))]
    chosen = set(writer.draw.sample(places, round(len(places) * rewritten)))
    changed = [
        [writer.sentence() if (i, j) in chosen else sentence for j, sentence in enumerate(paragraph)]
        for i, paragraph in enumerate(inner)
    ]
    if label == "half":
        changed = [[reworded(writer, sentence) for sentence in paragraph] for paragraph in changed]
        writer.draw.shuffle(changed)
    if label == "names":
        return names_changed(writer, joined([earlier[0], *changed, earlier[-1]]))
    return names_changed(writer, joined([[writer.fill(writer.one(OPENINGS))], *changed, earlier[-1]]))


def passage(writer: Writer, sentences: int) -> str:
    """A passage as an official document might hold; invented, in the benchmark only."""
    return "".join(writer.fill(writer.one(_WORDS["passage"])) for _ in range(sentences))


class Look:
    """What honest records of one office share."""

    def __init__(self, writer: Writer) -> None:
        self.passages = [passage(writer, writer.draw.randint(5, 10)) for _ in range(40)]
        self.templates = [[writer.sentence() for _ in range(6)] for _ in range(40)]

    def alike(self, writer: Writer, label: str) -> tuple[str, str]:
        """Two honest records that share what ``label`` says: see ``LOOK_ALIKES``."""
        both = [writer.minutes(), writer.minutes()]
        if label == "passage":
            shared = f"会议传达学习了有关文件：“{writer.one(self.passages)}”"
            for one in both:
                one.insert(1, [shared])
        elif label == "template":
            template = writer.draw.choice(self.templates)
            for one in both:
                for number, sentence in enumerate(template):
                    one[min(1 + number, len(one) - 1)].insert(0, sentence)
        else:
            frame = [writer.fill(writer.one(OPENINGS)), writer.sentence(), writer.sentence()]
            for one in both:
                one[0] = [names_changed(writer, frame[0])]
                one[1] = [*frame[1:], *one[1]]
        return joined(both[0]), joined(both[1])


def labelled(writer: Writer, look: Look, each: int) -> tuple[list[Pair], list[str]]:
    """``each`` pairs of every label, and the official passages that an office would have entered (half of them)."""
    pairs = []
    for label in COPIES:
        for _ in range(each):
            earlier = writer.minutes()
            pairs.append(Pair(label, joined(earlier), copied(writer, label, earlier)))
    for label in LOOK_ALIKES:
        for _ in range(each):
            pairs.append(Pair(label, *look.alike(writer, label)))
    return pairs, look.passages[::2]
