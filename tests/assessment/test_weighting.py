"""The mathematics of weights reproduces what was published; the data of each example are typed in as facts.

Read again in the source: the handbook's tables A.2, 22 and 23. Typed from memory and not read again in the source,
which the results bear out: the goalposts and three-decimal values of the 2001 report (their two decimals were found
listed), Saaty's matrix, Hwang and Yoon's aircraft. Taken from where other libraries cite them, the papers themselves
were not read: Xu's entropy weights, the CRITIC weights of Tuş and Aytaç Adalı.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from zhibu.assessment.design.weighting import (
    agreement,
    bands,
    critic,
    entropy,
    pairwise,
    ranks,
    topsis,
    weighted_mean,
)  # fmt: skip

# OECD/JRC, Handbook on Constructing Composite Indicators (2008), table A.2: the 23 countries of the case study.
# Patents, royalties, internet hosts, exports, telephones (log), electricity (log), schooling, university.
COUNTRIES = (
    "Finland", "United States", "Sweden", "Japan", "Korea", "Netherlands", "United Kingdom", "Canada", "Australia",
    "Singapore", "Germany", "Norway", "Ireland", "Belgium", "New Zealand", "Austria", "France", "Israel", "Spain",
    "Italy", "Czech Republic", "Hungary", "Slovenia",
)  # fmt: skip
TECHNOLOGY = np.array(
    [
        [187, 289, 271, 994, 779, 189, 82, 31, 75, 8, 235, 103, 106, 72, 103, 165, 205, 74, 42, 13, 28, 26, 105],
        [125.6, 130, 156.6, 64.6, 9.8, 151.2, 134, 38.6, 18.2, 25.5, 36.8, 20.2, 110.3, 73.9, 13, 14.8, 33.6, 43.6,
         8.6, 9.8, 4.2, 6.2, 4],
        [200.2, 179.1, 125.8, 49, 4.8, 136, 57.4, 108, 125.9, 72.3, 41.2, 193.6, 48.6, 58.9, 146.7, 84.2, 36.4, 43.2,
         21, 30.4, 25, 21.6, 20.3],
        [50.7, 66.2, 59.7, 80.8, 66.7, 50.9, 61.9, 48.7, 16.2, 74.9, 64.2, 19, 53.6, 47.6, 15.4, 50.3, 58.9, 45, 53.4,
         51, 51.7, 63.5, 49.5],
        [3.08, 3.00, 3.10, 3.00, 2.97, 3.02, 3.02, 2.94, 2.94, 2.95, 2.94, 3.12, 2.97, 2.91, 2.86, 2.99, 2.97, 2.96,
         2.86, 3.00, 2.75, 2.73, 2.84],
        [4.15, 4.07, 4.14, 3.86, 3.65, 3.77, 3.73, 4.18, 3.94, 3.83, 3.75, 4.39, 3.68, 3.86, 3.91, 3.79, 3.80, 3.74,
         3.62, 3.65, 3.68, 3.46, 3.71],
        [10, 12, 11.4, 9.5, 10.8, 9.4, 9.4, 11.6, 10.9, 7.1, 10.2, 11.9, 9.4, 9.3, 11.7, 8.4, 7.9, 9.6, 7.3, 7.2, 9.5,
         9.1, 7.1],
        [27.4, 13.9, 15.3, 10, 23.2, 9.5, 14.9, 14.2, 25.3, 24.2, 14.4, 11.2, 12.3, 13.6, 13.1, 13.6, 12.6, 11, 15.6,
         13, 8.2, 7.7, 10.6],
    ]
).T  # fmt: skip
# Goalposts of the Technology Achievement Index: UNDP, Human Development Report 2001, technical note 2.
LOWEST = np.array([0, 0, 0, 0, 0, np.log10(22), 0.8, 0.1])
HIGHEST = np.array([994, 272.6, 232.4, 80.8, np.log10(901), np.log10(6969), 12.0, 27.4])
# Handbook, table 23, equal weights: places of the countries in the order above.
PUBLISHED = [1, 2, 3, 4, 5, 6, 7, 9, 10, 8, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]


def technology() -> np.ndarray:
    return np.clip((TECHNOLOGY - LOWEST) / (HIGHEST - LOWEST), 0, 1)


def test_the_technology_achievement_index_comes_out_as_published() -> None:
    matrix = technology()
    index = weighted_mean(matrix, np.ones(matrix.shape, dtype=bool), np.full(8, 1 / 8))
    assert list(ranks(index)) == PUBLISHED
    # The report's own figures (Human Development Report 2001, table A2.1), rounded data allow for one thousandth.
    for country, value in {"Finland": 0.744, "United States": 0.733, "Japan": 0.698, "Korea": 0.666}.items():
        assert index[COUNTRIES.index(country)] == pytest.approx(value, abs=0.0015)


def test_other_published_weights_move_korea_up_and_norway_down() -> None:
    """Handbook, tables 22 and 23: with AHP's weights Korea is second, with equal ones fifth; Norway loses places."""
    matrix, everything = technology(), np.ones((23, 8), dtype=bool)
    ahp = np.array([0.09, 0.10, 0.07, 0.21, 0.05, 0.06, 0.18, 0.25])
    places = ranks(weighted_mean(matrix, everything, ahp / ahp.sum()))
    assert places[COUNTRIES.index("Finland")] == 1
    assert places[COUNTRIES.index("Korea")] == 2
    assert places[COUNTRIES.index("Norway")] == 16


def test_ahp_gives_saatys_weights_for_drinks() -> None:
    """Saaty, Decision making with the analytic hierarchy process, Int. J. Services Sciences 1 (2008), figure 2."""
    drinks = np.array(
        [
            [1, 9, 5, 2, 1, 1, 1 / 2],
            [1 / 9, 1, 1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9],
            [1 / 5, 3, 1, 1 / 3, 1 / 4, 1 / 3, 1 / 9],
            [1 / 2, 9, 3, 1, 1 / 2, 1, 1 / 3],
            [1, 9, 4, 2, 1, 2, 1 / 2],
            [1, 9, 3, 1, 1 / 2, 1, 1 / 3],
            [2, 9, 9, 3, 2, 3, 1],
        ]
    )
    found = pairwise(drinks)
    assert found.weights.round(3).tolist() == [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327]
    assert found.ratio == pytest.approx(0.022, abs=0.001) and found.consistent


def test_contradicting_judgements_are_named() -> None:
    """A over B, B over C, and C over A: the ratio says so, and which judgement fits the others least."""
    found = pairwise(np.array([[1, 5, 1 / 5], [1 / 5, 1, 5], [5, 1 / 5, 1]]))
    assert not found.consistent and found.ratio > 1
    assert found.doubtful is not None
    consistent = pairwise(np.array([[1, 2, 4], [1 / 2, 1, 2], [1 / 4, 1 / 2, 1]]))
    assert consistent.ratio == pytest.approx(0, abs=1e-9) and consistent.doubtful is None
    assert consistent.weights == pytest.approx([4 / 7, 2 / 7, 1 / 7])


@pytest.mark.parametrize("matrix", [[[1, 2], [1, 1]], [[1, -2], [-0.5, 1]], [[1, 2, 3], [0.5, 1, 2]]])
def test_half_filled_judgements_are_refused(matrix: list) -> None:
    with pytest.raises(ValueError):
        pairwise(np.array(matrix, dtype=float))


# Hwang and Yoon, Multiple Attribute Decision Making (1981): four aircraft; speed, range, payload, cost, reliability,
# manoeuvrability; cost is better when less.
AIRCRAFT = np.array(
    [[2.0, 1500, 20000, 5.5, 5, 9], [2.5, 2700, 18000, 6.5, 3, 5], [1.8, 2000, 21000, 4.5, 7, 7],
     [2.2, 1800, 20000, 5.0, 5, 5]]
)  # fmt: skip


def test_topsis_orders_the_aircraft_as_its_authors_did() -> None:
    nearness = topsis(AIRCRAFT, np.array([0.2, 0.1, 0.1, 0.1, 0.2, 0.3]), falling=(3,))
    assert nearness.round(3).tolist() == [0.643, 0.268, 0.614, 0.312]  # the book prints 0.613, having rounded before


def test_entropy_gives_the_published_weights() -> None:
    """Xu, A note on the subjective and objective integrated approach to determine attribute weights, European Journal
    of Operational Research 156 (2004), 530–532."""
    plans = np.array([[30, 30, 38, 29], [19, 54, 86, 29], [19, 15, 85, 28.9], [68, 70, 60, 29]])
    assert entropy(plans).round(4).tolist() == [0.4630, 0.3992, 0.1378, 0.0000]


def test_critic_gives_the_published_weights() -> None:
    """Tuş and Aytaç Adalı, The new combination with CRITIC and WASPAS methods for the time and attendance software
    selection problem, Opsearch 56 (2019), 528–538; the weights as the table stands, cost not turned round."""
    software = np.array([[5000, 3, 3, 4, 3, 2], [680, 5, 3, 2, 2, 1], [2000, 3, 2, 3, 4, 3], [600, 4, 3, 1, 2, 2],
                         [800, 2, 4, 3, 3, 4]])  # fmt: skip
    assert critic(software).round(3).tolist() == [0.157, 0.249, 0.168, 0.121, 0.154, 0.151]


def test_entropy_follows_its_formula_on_the_same_aircraft() -> None:
    shares = AIRCRAFT / AIRCRAFT.sum(axis=0)
    divergence = 1 + (shares * np.log(shares)).sum(axis=0) / np.log(4)
    assert entropy(AIRCRAFT) == pytest.approx(divergence / divergence.sum())
    assert ranks(entropy(AIRCRAFT)).tolist() == [5, 3, 6, 4, 1, 2]


def test_critic_weighs_contrast_and_conflict() -> None:
    """Two indicators that say the same share what one that contradicts them has alone."""
    matrix = np.array([[0.0, 0.0, 1.0], [0.5, 0.5, 0.5], [1.0, 1.0, 0.0]])
    assert critic(matrix) == pytest.approx([0.25, 0.25, 0.5])


def test_what_is_the_same_everywhere_weighs_nothing() -> None:
    matrix = np.array([[0.2, 1.0, 0.0], [0.9, 1.0, 0.0], [0.0, 1.0, 0.0]])
    for method in (entropy, critic):
        assert method(matrix).tolist() == [1, 0, 0]
    assert topsis(np.ones((3, 2)), np.array([0.5, 0.5])).tolist() == [0.5] * 3
    assert entropy(np.ones((3, 2))) == pytest.approx([0.5, 0.5])


def test_a_ranking_that_hangs_on_the_weights_shows_wide_bands() -> None:
    """Good at one thing each: any change of weights turns them round. Better at everything: nothing does."""
    matrix = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.1, 0.1]])
    everything, even = np.ones((4, 2), dtype=bool), np.array([0.5, 0.5])
    low, high = bands(matrix, everything, even, np.ones(4), spread=0.3, seed=1)
    assert (low.tolist(), high.tolist()) == ([2, 2, 1, 4], [3, 3, 1, 4])
    capped = np.array([1, 1, 0.05, 1])
    assert bands(matrix, everything, even, capped, spread=0.3, seed=1)[0].tolist() == [1, 1, 4, 3]
    again = bands(matrix, everything, even, np.ones(4), spread=0.3, seed=1)
    assert (again == (low, high)).all(), "the same seed, the same bands"


def test_agreement_is_one_for_the_same_order() -> None:
    found = agreement({"a": np.array([1.0, 2, 3]), "b": np.array([10.0, 20, 30]), "c": np.array([3.0, 2, 1])})
    assert found["a", "b"] == pytest.approx(1) and found["a", "c"] == pytest.approx(-1)


shares = st.floats(0, 1, allow_subnormal=False).map(lambda value: round(value, 6))


@given(arrays(float, st.tuples(st.integers(2, 12), st.integers(2, 6)), elements=shares))
@settings(max_examples=60, deadline=None)
def test_whatever_the_values_weights_are_shares(matrix: np.ndarray) -> None:
    for weights in (entropy(matrix), critic(matrix)):
        assert weights.sum() == pytest.approx(1) and (weights >= 0).all()
    nearness = topsis(matrix, entropy(matrix))
    assert ((nearness >= 0) & (nearness <= 1 + 1e-9)).all()
