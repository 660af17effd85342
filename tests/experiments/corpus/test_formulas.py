"""Estimates of small corpora, counted by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import binom

from experiments.corpus.estimates import odds, price
from experiments.corpus.neighbours import Groups


def harmonic(n):
    """1 + 1/2 + ... + 1/n, which is psi(n + 1) less psi(1)."""
    return sum((Fraction(1, k) for k in range(1, n + 1)), Fraction(0))


def test_the_price_is_the_mean_of_differences_of_harmonic_numbers():
    counts = np.array([3, 1, 2, 5])
    groups = Groups(np.array([0, 1, 2, 3]), np.array([0, 0, 1, 1]), np.ones(4))
    wanted = Fraction(0)
    for orbit in ((3, 1), (2, 5)):
        n = sum(orbit)
        wanted += sum(c * (harmonic(n - 1) - harmonic(c - 1)) for c in orbit)
    assert price(counts, groups) == pytest.approx(float(wanted / 11))


def test_odds_maximise_the_likelihood_of_orbits_of_which_both_are_seen():
    pairs = [(4, 1), (3, 2), (5, 1), (2, 2), (6, 1)]
    counts = np.array([c for pair in pairs for c in pair])
    theta, interval = odds(counts, np.repeat(np.arange(len(pairs)), 2))
    grid = np.linspace(0.5, 0.999, 5000)
    likelihood = np.zeros(len(grid))
    for a, b in pairs:
        # Which of the two is the commoner is not known, and neither is unseen.
        either = binom.pmf(a, a + b, grid) + binom.pmf(b, a + b, grid)
        both = 1 - binom.pmf(0, a + b, grid) - binom.pmf(a + b, a + b, grid)
        likelihood += np.log(either / both)
    assert theta == pytest.approx(grid[likelihood.argmax()], abs=2e-4)
    within = grid[likelihood >= likelihood.max() - 1.920729]
    assert interval == pytest.approx((within[0], within[-1]), abs=2e-4)
