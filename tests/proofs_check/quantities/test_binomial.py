"""Binomial means against rational sums, an integral and closed forms."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import scipy.integrate

from proofs_check.quantities.binomial import binomial_mean


def test_means_are_rational_sums():
    values = np.array([3.0, -1.0, 4.0, 1.0, -5.0, 9.0])
    chances = [Fraction(0), Fraction(1, 7), Fraction(1, 2), Fraction(6, 7), Fraction(1)]
    exact = [
        sum(math.comb(5, k) * p**k * (1 - p) ** (5 - k) * int(v) for k, v in enumerate(values))
        for p in chances
    ]
    measured = binomial_mean(values, np.array(chances, float))
    np.testing.assert_allclose(measured, np.array(exact, float), rtol=0, atol=1e-14)


@pytest.mark.parametrize("trials", [1, 255, 4095])
@pytest.mark.parametrize("p", [1e-6, 1e-3, 0.04, 0.6])
def test_mean_logarithm_is_frullanis_integral(trials, p):
    """E log(1 + B) is the integral of (1 - E e^(-tB)) e^(-t) / t over t > 0."""

    def integrand(t):
        return -math.expm1(trials * math.log1p(p * math.expm1(-t))) * math.exp(-t) / t

    pieces = [0, 1e-4, 1e-2, 1, 10, 50]
    exact = sum(
        scipy.integrate.quad(integrand, low, high, epsabs=1e-13, epsrel=1e-11, limit=200)[0]
        for low, high in itertools.pairwise(pieces)
    )
    measured = binomial_mean(np.log(np.arange(1.0, trials + 2)), np.array([p]))
    assert measured[0] == pytest.approx(exact, abs=1e-11)


def test_mean_of_the_number_of_successes():
    p = np.array([0.9, 0.001, 0.9, 0.3])
    np.testing.assert_allclose(binomial_mean(np.arange(5001.0), p), 5000 * p, rtol=1e-12)


def test_a_chance_rounded_past_one_is_one():
    assert binomial_mean(np.array([0.0, 1.0]), np.array([1 + 1e-15]))[0] == 1


@pytest.mark.parametrize("chance", [1e-90, 1e-110, 1e-300, 1e-306, 1e-310, 5e-324])
@pytest.mark.parametrize("trials", [0, 1, 255])
def test_of_rare_successes_one_is_seen_at_most(trials, chance):
    """The mean is f(0) + t p (f(1) - f(0)), here of a function with f(0) = 0."""
    [mean] = binomial_mean(np.log(np.arange(1.0, trials + 2)), np.array([chance]))
    assert mean == pytest.approx(trials * chance * math.log(2), rel=1e-12, abs=1e-323)
