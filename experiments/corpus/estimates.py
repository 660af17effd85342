r"""Coverage, odds and price of a law of captions, from draws of it.

Captions y_1 … y_N are independent draws of p, c(y) of them are y. An orbit o of an operator holds
n(o) = sum of c(y) over its members; the label Q of T10 says which orbit a caption is in, so that a
critic which sees the text through Q alone loses the price H(Y | Q).

**Coverage** is here the probability that T makes another caption of the corpus from one of the
corpus, P(T(Y) ∩ S ≠ ∅): where orbits are equiprobable it is the fraction ρ of them that is
covered. Let k(y) be the number of captions of the corpus that are neighbours of y. What is *seen*,
the share of captions with k ≥ 1, grows with the corpus and falls short of coverage by those whose
neighbours are drawn, and were not yet. Given y, k(y) is nearly Poisson with mean N p(T(y)), so by
Cauchy's inequality at least h_1² / 2 h_2 captions are in that case in expectation, h_j the number
of captions with k = j (Chao 1984); it is exact where all p(T(y)) that are not 0 are equal. It is a
lower bound of coverage, and noisy where h_2 is small: neighbours that are rarer than one in N
captions leave no trace, and no corpus of N tells them from ones that are never drawn.

**Price.** H(Y | Q) = sum_o P(o) H(Y | o) is estimated by

    sum over captions of [ψ(n(Q(y))) − ψ(c(y))] / N,

ψ the digamma function (Zhang 2012): given n, its expectation in an orbit is the entropy less
sum_{k ≥ n} (1/k) sum_y p(y|o) (1 − p(y|o))^k. So it is never too large in expectation, errs by a
term that vanishes exponentially as orbits fill, and counts an orbit that is drawn once as 0. The
plug-in, with logarithms in place of ψ, errs by (members − 1) / 2n instead.

**Disagreement**, of two captions of one orbit how many are different ones, is
sum n(n − 1) − sum c(c − 1) over sum n(n − 1), a ratio of unbiased estimates of sum_o P(o)² (1 − sum
p(y|o)²) and of sum_o P(o)², at any size of the corpus: it does not grow with it. An orbit's entropy
is at least 2 log 2 times its disagreement (Harremoës and Topsøe 2001).

**Odds** θ : 1 − θ, one for all orbits of which exactly two members are seen: maximum likelihood of

    c ~ θ^a (1 − θ)^b + θ^b (1 − θ)^a, divided by 1 − θ^n − (1 − θ)^n,

a and b the counts of the two and n = a + b, for that both are seen is what chose the orbit. Orbits
with n ≤ 3 say nothing. θ is the commoner's, at least ½.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import brentq, minimize_scalar
from scipy.special import digamma

from experiments.corpus.neighbours import Groups, Neighbours

MOST_ODDS = 1 - 1e-6
"""The largest odds that are told from certainty."""

HALF_CHI_SQUARE = 1.920729
"""Half of the 95 % quantile of chi square with one degree of freedom."""


@dataclass(frozen=True)
class CoverageEstimate:
    """How often neighbours of captions are captions.

    Attributes:
        seen: the share of captions with a neighbour in the corpus.
        true: the same, those added whose neighbours are drawn and not seen yet.
    """

    seen: float
    true: float


def coverage_of(
    reach: Float[np.ndarray, " n"], weight: Float[np.ndarray, " n"]
) -> CoverageEstimate:
    """Coverage from how many captions are neighbours of each.

    Args:
        reach: k, of n captions or kinds of them.
        weight: how many captions each of them stands for.
    """
    total = float(weight.sum())
    if not total:
        return CoverageEstimate(np.nan, np.nan)
    none, once, twice = (float(weight[reach == k].sum()) for k in (0, 1, 2))
    # Chao's form without bias, which has a value where none is seen twice.
    unseen = min(none, once * max(once - 1, 0) / (2 * (twice + 1)))
    seen = 1 - none / total
    return CoverageEstimate(seen, seen + unseen / total)


def coverage(counts: Int[np.ndarray, " n"], near: Neighbours) -> CoverageEstimate:
    """Coverage of a corpus by neighbours of its own.

    Args:
        counts: how often each sequence is drawn.
        near: who is a neighbour of whom.
    """
    return coverage_of(near.reach(counts), counts.astype(float))


def price(counts: Int[np.ndarray, " n"], orbits: Groups) -> float:
    """The price of seeing captions through the orbit alone, H(Y | Q) in nats.

    Where a sequence is in several groups, Q is one of them at random, by their weights.

    Args:
        counts: how often each sequence is drawn.
        orbits: the groups, of which those of one sequence cost nothing.
    """
    total = counts.sum()
    c = counts[orbits.member]
    there = c > 0
    n = np.bincount(orbits.group, c)[orbits.group][there] if len(c) else c[there]
    c = c[there]
    paid = orbits.weight[there] * c * (digamma(n) - digamma(c))
    return float(paid.sum() / total) if total else np.nan


def disagreement(counts: Int[np.ndarray, " n"], orbits: Int[np.ndarray, " n"]) -> float:
    """How often two captions of one orbit are different ones; NaN where no orbit holds two.

    Args:
        counts: how often each sequence is drawn.
        orbits: the orbit of each sequence.
    """
    n = np.bincount(orbits, counts)
    pairs = float((n * (n - 1)).sum())
    return 1 - float((counts * (counts - 1)).sum()) / pairs if pairs else np.nan


def seen_again(counts: Int[np.ndarray, " n"], orbits: Int[np.ndarray, " n"]) -> float:
    """The share of captions whose orbit holds another caption.

    Args:
        counts: how often each sequence is drawn.
        orbits: the orbit of each sequence.
    """
    n = np.bincount(orbits, counts)
    return float(n[n > 1].sum() / n.sum()) if n.sum() else np.nan


def odds(
    counts: Int[np.ndarray, " n"], orbits: Int[np.ndarray, " n"]
) -> tuple[float, tuple[float, float] | None]:
    """θ, at least ½, and its 95 % interval by the ratio of likelihoods.

    Args:
        counts: how often each sequence is drawn.
        orbits: the orbit of each sequence.

    Returns:
        NaN and None where no orbit of two members says anything.
    """
    members = np.bincount(orbits, counts > 0)
    n = np.bincount(orbits, counts).astype(np.int64)
    most = np.zeros(len(n), np.int64)
    np.maximum.at(most, orbits, counts)
    usable = (members == 2) & (n > 3)
    if not usable.any():
        return np.nan, None
    # Orbits that are alike count together.
    kinds, times = np.unique(np.stack([most[usable], n[usable]]), axis=1, return_counts=True)
    a, b, n = kinds[0], kinds[1] - kinds[0], kinds[1]

    def surprise(theta: float) -> float:
        for_theta, against = np.log(theta), np.log1p(-theta)
        both = np.logaddexp(a * for_theta + b * against, b * for_theta + a * against)
        seen = np.log1p(-(np.exp(n * for_theta) + np.exp(n * against)))
        return -float((times * (both - seen)).sum())

    best: Any = minimize_scalar(
        surprise, bounds=(0.5, MOST_ODDS), method="bounded", options={"xatol": 1e-7}
    )
    theta = float(best.x)
    bar = surprise(theta) + HALF_CHI_SQUARE

    def end(last: float) -> float:
        if surprise(last) <= bar:
            return last
        crossing: Any = brentq(lambda value: surprise(value) - bar, theta, last)
        return float(crossing)

    return theta, (end(0.5), end(MOST_ODDS))


def tilt(theta: float) -> float:
    """T16: by how much negatives disfavour the rarer of two captions, log(θ / (1 − θ)) in nats.

    Args:
        theta: probability of the commoner.
    """
    return float(np.log(theta) - np.log1p(-theta))
