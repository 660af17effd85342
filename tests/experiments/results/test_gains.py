"""Gains over seeds: intervals of paired t tests, as wide as Holm's procedure makes them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats

from experiments.results.gains import ERROR, gains, paired_probability


def holm(probabilities):
    """Adjusted probabilities by the definition: the greatest of (m - j) p_j up to each rank."""
    m = len(probabilities)
    rank = np.argsort(np.argsort(probabilities))
    ordered = sorted(probabilities)
    return [min(1.0, max((m - j) * ordered[j] for j in range(position + 1))) for position in rank]


def test_probabilities_are_those_of_paired_t_tests():
    values = np.random.default_rng(0).normal(0.3, 1.0, (20, 5))
    for row in values:
        _, expected = scipy.stats.ttest_1samp(row, 0.0)
        assert paired_probability(row.tolist()) == pytest.approx(expected)
    assert paired_probability([0.0, 0.0]) == 1.0
    assert paired_probability([0.25, 0.25]) == paired_probability([-0.25, -0.25]) == 0.0


@pytest.mark.parametrize("seed", range(20))
def test_what_is_no_longer_open_is_what_holm_rejects(seed):
    rng = np.random.default_rng(seed)
    means = rng.choice([0.0, 0.0, -2.0, 2.0, 5.0], 12)
    compared = {f"gain {i}": rng.normal(mean, 0.5, 5).tolist() for i, mean in enumerate(means)}
    adjusted = holm([scipy.stats.ttest_1samp(values, 0.0)[1] for values in compared.values()])
    for (key, gain), p in zip(gains(compared).items(), adjusted, strict=True):
        assert gain.comparisons == 12
        assert gain.is_open == (p >= ERROR)
        assert gain.holds == (p < ERROR and np.mean(compared[key]) > 0)


def test_what_follows_the_first_that_is_open_stays_open():
    """Of two, 0.03 is not below 0.05 / 2, so 0.04 is not called either, though it is below 0.05."""
    spread = np.array([-1.0, 0.0, 1.0])
    of_mean = spread.std(ddof=1) / math.sqrt(3)
    compared = {p: (spread + scipy.stats.t.isf(p / 2, 2) * of_mean).tolist() for p in (0.03, 0.04)}
    for p, values in compared.items():
        assert paired_probability(values) == pytest.approx(p)
    assert all(gain.is_open for gain in gains(compared).values())
    assert all(gains({p: compared[p]})[p].holds for p in compared)


def test_under_no_gain_at_all_hardly_any_family_has_one():
    """Of 400 families without a gain 5 % have one at most; uncorrected, most would."""
    draws = np.random.default_rng(0).normal(size=(400, 30, 4))
    called = [
        any(not gain.is_open for gain in gains(dict(enumerate(family.tolist()))).values())
        for family in draws
    ]
    # 400 families: 0.05 and three standard deviations of 0.011.
    assert np.mean(called) < 0.083
    alone = [any(paired_probability(row) < ERROR for row in family.tolist()) for family in draws]
    assert np.mean(alone) > 0.6


def test_the_interval_of_one_comparison_is_that_of_scipy():
    values = [0.1, 0.3, 0.2, 0.4]
    (gain,) = gains({"one": values}).values()
    expected = scipy.stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert gain.interval == pytest.approx(tuple(expected))
    assert gain.comparisons == 1


def test_nothing_gained_does_not_hold_and_the_same_at_all_seeds_does():
    found = gains({"none": [0.0, 0.0], "same": [0.1, 0.1], "lost": [-0.1, -0.1]})
    assert [gain.holds for gain in found.values()] == [False, True, False]
    assert [gain.is_open for gain in found.values()] == [True, False, False]


def test_one_seed_is_no_test_and_does_not_count():
    found = gains({"one seed": [9.0], "no seed": [], "two seeds": [0.1, 0.1]})
    assert not found["one seed"].holds
    assert found["one seed"].is_open
    assert found["one seed"].interval is None
    assert math.isnan(found["no seed"].mean)
    assert found["no seed"].is_open
    assert {gain.comparisons for gain in found.values()} == {1}
