"""Weights by other methods, a second opinion on the order, and how far an order can be trusted.

Pure functions of arrays; the methods themselves are those of pymcdm and SciPy. A matrix is organizations × indicators,
each value 0..1 (the share of the points), without gaps; weights are not negative and sum to 1.

Sources: Saaty 1980 (AHP, consistency ratio below 0.1); Hwang & Yoon 1981 (entropy weights, TOPSIS); Diakoulaki et al.
1995 (CRITIC); OECD/JRC, Handbook on Constructing Composite Indicators, 2008, chapters 6 and 7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.int64]
# Saaty's rule of thumb: judgements that contradict each other more than this give weights that mean little.
CONSISTENT = 0.1
DRAWS = 1_000


@dataclass(frozen=True)
class Pairwise:
    """What pairwise judgements come to. ``doubtful`` is the pair that fits the others least, with the judgement that
    would fit; None where all agree."""

    weights: Array
    ratio: float
    doubtful: tuple[int, int, float] | None

    @property
    def consistent(self) -> bool:
        return self.ratio < CONSISTENT


def pairwise(judgements: Array) -> Pairwise:
    """Weights and consistency ratio of a reciprocal matrix (AHP): entry i, j says how many times i outweighs j.

    Raises `ValueError` for a matrix that is not square, positive and reciprocal.
    """
    from pymcdm.weights.subjective import AHP  # pulls in its plotting, which only this workshop should pay for

    size = len(judgements)
    if judgements.shape != (size, size) or not (judgements > 0).all():
        raise ValueError("a judgement is missing or not positive")
    if not np.allclose(judgements * judgements.T, 1):
        raise ValueError("judgements are not reciprocal")
    if size == 1:
        return Pairwise(np.ones(1), 0.0, None)
    method = AHP(matrix=judgements)
    weights = np.asarray(method(), dtype=float)
    ratio = max(float(method.get_cr()), 0.0)
    fitting = weights[:, None] / weights[None, :]
    misfit = np.abs(np.log(judgements / fitting))
    i, j = (int(place) for place in np.unravel_index(np.argmax(np.triu(misfit)), misfit.shape))
    doubtful = (i, j, float(fitting[i, j])) if misfit[i, j] > 1e-6 and ratio > 1e-6 else None
    return Pairwise(weights, ratio, doubtful)


def entropy(matrix: Array) -> Array:
    """Weights by Shannon's entropy: what differs between organizations weighs more; what is the same for all, nothing.

    SciPy's entropy, because pymcdm's takes any column that holds a zero for one without entropy.
    """
    from scipy.stats import entropy as shannon

    filled = np.where(matrix.sum(axis=0) > 0, matrix, 1.0)  # a column of zeros is the same for all, too
    divergence = np.clip(1 - shannon(filled, axis=0) / np.log(len(matrix)), 0, None)
    divergence[np.ptp(filled, axis=0) == 0] = 0
    return _shares(divergence)


def critic(matrix: Array) -> Array:
    """Weights by CRITIC: contrast (standard deviation) times conflict (one minus the correlations)."""
    from pymcdm.weights import critic_weights

    varying = np.ptp(matrix, axis=0) > 0
    weights = varying.astype(float)
    if varying.sum() > 1:
        with np.errstate(invalid="ignore"):  # all in one line: no conflict at all, nothing to divide
            found = critic_weights(matrix[:, varying])
        if np.isfinite(found).all():
            weights[varying] = found
    return _shares(weights)


def topsis(matrix: Array, weights: Array, *, falling: Sequence[int] = ()) -> Array:
    """Nearness to the best and distance from the worst there is, 0..1. ``falling``: columns where less is better."""
    from pymcdm.methods import TOPSIS
    from pymcdm.normalizations import vector_normalization

    counts = (np.ptp(matrix, axis=0) > 0) & (weights > 0)  # a column that is the same for all moves nobody
    if not counts.any():
        return np.full(len(matrix), 0.5)
    types = np.array([-1 if column in falling else 1 for column in range(matrix.shape[1])])
    # The original turns no column round before it measures distances: ideal and worst are told by the sign.
    plain = TOPSIS(lambda column, cost=False: vector_normalization(column))
    signed = np.where(types < 0, -1.0, 1.0)
    ones = np.ones(int(counts.sum()))
    # Its validation warns of whoever is best at everything, which is no mistake here.
    found = plain(matrix[:, counts] * signed[counts], _shares(weights[counts]), ones, validation=False)
    return np.asarray(found, dtype=float)


def agreement(totals: Mapping[str, Array]) -> dict[tuple[str, str], float]:
    """Kendall's tau-b of every two orders: 1 the same order, 0 none in common. NaN becomes 1: two orders of ties."""
    from scipy.stats import kendalltau

    found = {}
    for one, other in combinations(totals, 2):
        tau = float(kendalltau(totals[one], totals[other]).statistic)
        found[one, other] = 1.0 if np.isnan(tau) else tau
    return found


def weighted_mean(matrix: Array, present: NDArray[np.bool_], weights: Array) -> Array:
    """Totals 0..1: the weight of what was not due goes to the rest, as in `zhibu.assessment.scoring`."""
    carried = present @ weights
    return np.divide((matrix * present) @ weights, carried, out=np.zeros(len(matrix)), where=carried > 0)


def ranks(totals: Array) -> Places:
    """1 for the highest; equals share the better place. Compared to four decimals, as totals are shown."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(-np.round(totals, 4), method="min"), dtype=np.int64)


def bands(
    matrix: Array, present: NDArray[np.bool_], weights: Array, limits: Array, *, spread: float, seed: int,
    draws: int = DRAWS,
) -> Places:  # fmt: skip
    """Places that each organization takes in nine of ten draws, when every weight moves by up to ``spread`` of itself.

    Rows: lowest place, highest place. ``limits`` (0..1) are the totals that serious breaches allow.
    """
    random = np.random.default_rng(seed)
    places = np.empty((draws, len(matrix)), dtype=np.int64)
    for draw in range(draws):
        moved = weights * random.uniform(1 - spread, 1 + spread, len(weights))
        places[draw] = ranks(np.minimum(weighted_mean(matrix, present, _shares(moved)), limits))
    return np.quantile(places, (0.05, 0.95), axis=0, method="nearest").astype(np.int64)


def _shares(weights: Array) -> Array:
    """Scaled to sum 1; equal ones where nothing weighs anything."""
    total = weights.sum()
    return weights / total if total > 0 else np.full(len(weights), 1 / len(weights))
