"""Copied minutes are found however they were disguised, and what honest records share is not held against them."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.originality.corpus import COPIES, Writer, copied, joined
from zhibu.meetings.originality.index import Index
from zhibu.meetings.originality.passages import Likeness, compare, official_shingles
from zhibu.meetings.originality.reading import read

NONE = official_shingles([])
BACKGROUND = [joined(Writer(seed).minutes()) for seed in range(300)]
# Well above what strangers of the grammar share; the exact threshold is the benchmark's (benchmarks/originality).
ALIKE = 0.3


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(enumerate(BACKGROUND))


def likeness(index: Index, own: str, other: str, official: np.ndarray = NONE) -> Likeness:
    return compare(read(own), read(other), index.weights, official)


@pytest.mark.parametrize("label", COPIES)
def test_a_disguised_copy_leads_to_its_source(index: Index, label: str) -> None:
    writer = Writer(7_000)
    found = 0
    for seed in range(20):
        copy = copied(writer, label, Writer(seed).minutes())
        nearest = index.candidates(read(copy).letters)
        if nearest[0].number == seed and likeness(index, copy, BACKGROUND[seed]).greater > ALIKE:
            found += 1
    assert found >= {"names": 20, "fifth": 20, "half": 18, "planted": 15}[label]


def test_strangers_are_not_alike(index: Index) -> None:
    for seed in range(20):
        own = joined(Writer(9_000 + seed).minutes())
        nearest = index.candidates(read(own).letters)
        assert max(likeness(index, own, BACKGROUND[found.number]).greater for found in nearest) < ALIKE


def test_an_official_passage_that_both_quote_does_not_count(index: Index) -> None:
    passage = "会议传达学习：" + joined(Writer(8_001).paragraphs(12))
    own, other = (passage + joined(Writer(seed).minutes(12)) for seed in (8_002, 8_003))
    assert likeness(index, own, other).greater > ALIKE
    found = likeness(index, own, other, official_shingles([passage]))
    assert found.greater < ALIKE
    assert not any(passage[10:60] in own[p.start : p.end] for p in found.passages)


def test_what_everybody_writes_weighs_little() -> None:
    template = joined(Writer(8_010).paragraphs(8))
    texts = [template + joined(Writer(8_100 + seed).minutes(14)) for seed in range(60)]
    lone, many = Index.build(enumerate(texts[:2])), Index.build(enumerate(texts))
    assert likeness(lone, *texts[:2]).share > ALIKE
    assert likeness(many, *texts[:2]).share < ALIKE / 2


def test_a_text_copied_by_sixty_branches_is_still_alike() -> None:
    text = joined(Writer(8_020).minutes())
    index = Index.build((number, text) for number in range(60))
    assert likeness(index, text, text).share == pytest.approx(1)
    assert len(index.candidates(read(text).letters)) == 12


def test_signs_spaces_width_and_numbers_make_no_difference(index: Index) -> None:
    one = "会议于３月5日召开,到会12人。讨论 ABC 项目的经费说明、值班安排和联系名单,由张三在月底以前报送支部。"
    other = (
        "会议于十一月二十日召开，到会三十人！\n讨论ａｂｃ项目的经费说明、值班安排和联系名单；由张三在月底以前报送支部"
    )
    found = likeness(index, one, other)
    assert found.share == pytest.approx(1)
    assert found.shared_letters == len(read(one).letters)


def test_shown_passages_stand_in_both_texts(index: Index) -> None:
    writer = Writer(7_100)
    for seed in range(30):
        own, other = copied(writer, "half", Writer(seed).minutes()), BACKGROUND[seed]
        for passage in likeness(index, own, other).passages:
            here, there = own[passage.start : passage.end], other[passage.other_start : passage.other_end]
            assert read(here).letters.tolist() == read(there).letters.tolist()
            assert len(read(here).letters) >= 17


@pytest.mark.parametrize("text", ["", "。", "开会", "半个字\ud800后面", "😀" * 40, "一" * 30], ids=range(6))
def test_odd_texts_are_no_trouble(index: Index, text: str) -> None:
    index.candidates(read(text).letters)
    assert 0 <= likeness(index, text, BACKGROUND[0]).greater < ALIKE
    assert Index.build([(1, text)]).candidates(read(BACKGROUND[0]).letters) == []


def test_a_record_does_not_find_itself(index: Index) -> None:
    assert 5 not in {found.number for found in index.candidates(read(BACKGROUND[5]).letters, besides=5)}
    assert index.candidates(read(BACKGROUND[5]).letters)[0].number == 5


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, 60), max_size=5), asked=st.integers(0, 59))
def test_records_added_in_any_pieces_are_found_as_if_built_at_once(cuts: list[int], asked: int) -> None:
    texts = list(enumerate(BACKGROUND[:60]))
    whole, pieces = Index.build(texts), Index.build([])
    bounds = [0, *sorted(cuts), 60]
    for start, end in pairwise(bounds):
        pieces.add(texts[start:end])
    letters = read(BACKGROUND[asked]).letters
    assert pieces.candidates(letters) == whole.candidates(letters)
    assert pieces.size == whole.size


def test_an_index_on_disk_answers_like_the_one_in_memory(index: Index, tmp_path: Path) -> None:
    file = tmp_path / "index.npy"
    Index.build(enumerate(BACKGROUND), file)
    opened, letters = Index.open(file), read(BACKGROUND[9]).letters
    assert opened.candidates(letters) == index.candidates(letters)
    assert [path.name for path in tmp_path.iterdir()] == ["index.npy"]
