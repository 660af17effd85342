"""Descent by cosine against the simplex, finite differences and a bound that any encoder meets."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import check_grad

from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.contrastive import limit_loss
from proofs_check.quantities.cosine_minimum import least_loss, minimise_by_cosine, most_misalignment
from proofs_check.quantities.minimise import limit_loss_and_gradient

SEEDS = st.integers(0, 2**32 - 1)
ROUNDING = 1e-12


def equiprobable(n):
    """One image and one label of each of n scenes."""
    return Pairs(np.arange(n), np.arange(n), np.full(n, 1 / n))


def unit_rows(rng, n, d):
    points = rng.normal(size=(n, d))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def simplex(n):
    """Corners of a regular simplex: cosines of -1 / (n - 1)."""
    corners = np.eye(n) - 1 / n
    return corners / np.linalg.norm(corners, axis=1, keepdims=True)


@given(SEEDS)
@settings(max_examples=25)
def test_the_gradient_is_that_of_finite_differences(seed):
    rng = np.random.default_rng(seed)
    law = rng.dirichlet(np.ones(12)).reshape(3, 4)
    law[0, 0] = 0.0
    law /= law.sum()

    def loss(flat):
        return limit_loss_and_gradient(law, flat.reshape(3, 4))[0]

    def slope(flat):
        return limit_loss_and_gradient(law, flat.reshape(3, 4))[1].ravel()

    scores = rng.normal(size=12)
    assert check_grad(loss, slope, scores) < 1e-6
    image, label = np.nonzero(law)
    pairs = Pairs(image, label, law[image, label])
    assert loss(scores) == pytest.approx(limit_loss(pairs, scores.reshape(3, 4)), abs=ROUNDING)


@pytest.mark.parametrize("n", [2, 3, 8, 15])
@pytest.mark.parametrize("temperature", [0.5, 1.0])
def test_a_simplex_has_the_least_loss_and_descent_finds_it(n, temperature):
    pairs = equiprobable(n)
    corners = simplex(n)
    exact = limit_loss(pairs, corners @ corners.T / temperature)
    assert least_loss(n, temperature) == pytest.approx(exact, abs=ROUNDING)
    found = minimise_by_cosine(pairs, n, n, n + 2, temperature=temperature, seed=0)
    assert found.value == pytest.approx(exact, abs=1e-10)
    np.testing.assert_allclose(found.images, found.labels, atol=1e-5)
    np.testing.assert_allclose(found.images @ found.images.T, corners @ corners.T, atol=1e-4)


def test_what_is_never_drawn_stays_where_it_started():
    pairs = Pairs(np.array([0, 2]), np.array([1, 3]), np.array([0.5, 0.5]))
    start, end = (
        minimise_by_cosine(pairs, 4, 5, 4, temperature=1.0, seed=3, steps=steps)
        for steps in (0, 1000)
    )
    np.testing.assert_array_equal(start.images[[1, 3]], end.images[[1, 3]])
    np.testing.assert_array_equal(start.labels[[0, 2, 4]], end.labels[[0, 2, 4]])
    assert np.linalg.norm(start.images[[0, 2]] - end.images[[0, 2]]) > 0.1
    assert end.value < start.value
    for points in (*start[1:], *end[1:]):
        np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1.0, atol=ROUNDING)


@given(SEEDS, st.integers(2, 6), st.integers(2, 5), st.floats(0.2, 3.0), st.floats(0.0, 1.0))
@settings(max_examples=200)
def test_misalignment_is_bounded_by_the_excess(seed, n, d, temperature, noise):
    """Of any unit embeddings, near the simplex or far from it."""
    rng = np.random.default_rng(seed)
    corners = np.pad(simplex(n), ((0, 0), (0, d)))
    f, g = (
        points / np.linalg.norm(points, axis=1, keepdims=True)
        for points in (corners + noise * unit_rows(rng, n, n + d) for _ in range(2))
    )
    loss = limit_loss(equiprobable(n), f @ g.T / temperature)
    excess = loss - least_loss(n, temperature)
    assert excess >= -ROUNDING
    misaligned = float(np.mean(np.sum((f - g) ** 2, axis=1)))
    assert misaligned <= most_misalignment(n, temperature, excess + ROUNDING)


def test_opposite_embeddings_meet_the_bound_nearly():
    """f = -g on a great simplex: the bound is of the right size, not merely large."""
    n = 15
    corners = simplex(n)
    excess = limit_loss(equiprobable(n), -corners @ corners.T) - least_loss(n, 1.0)
    assert 4.0 <= most_misalignment(n, 1.0, excess) <= 12.0
    assert most_misalignment(n, 1.0, 0.0) == 0
    assert math.isfinite(most_misalignment(2, 0.05, 1.0))
