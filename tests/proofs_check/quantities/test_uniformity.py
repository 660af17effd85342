"""Tests of uniformity: scipy's statistics, what passes and what does not."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from proofs_check.quantities.uniformity import CELLS, uniformity_p_value

UNIFORM = np.random.default_rng(0).uniform(size=(4096, 4))


@pytest.mark.parametrize("power", [1.0, 1.1])
def test_one_coordinate_has_the_distance_of_kolmogorov_and_smirnov(power):
    codes = UNIFORM[:, :1] ** power
    distance = scipy.stats.kstest(codes[:, 0], "uniform").statistic
    expected = min(1.0, 2 * np.exp(-2 * len(codes) * distance**2))
    assert uniformity_p_value(codes) == pytest.approx(expected, rel=1e-9)


def test_two_coordinates_have_the_chi_square_of_their_cells():
    first, noise = UNIFORM[:, 0], UNIFORM[:, 1]
    codes = np.stack([first, np.mod(first + 0.8 * noise, 1.0)], axis=1)
    counts = np.histogram2d(*codes.T, bins=CELLS, range=[[0, 1], [0, 1]])[0]
    expected = 3 * scipy.stats.chisquare(counts.ravel()).pvalue
    assert uniformity_p_value(codes) == pytest.approx(expected, rel=1e-6)
    assert expected < 1e-8


def test_uniform_codes_pass():
    assert uniformity_p_value(UNIFORM) > 1e-3


@pytest.mark.parametrize("value", [0.0, 1.0, -0.5])
def test_codes_outside_the_open_cube_fail(value):
    codes = UNIFORM.copy()
    codes[0, 0] = value
    assert uniformity_p_value(codes) == 0.0
