"""Nearest neighbours in float32 against a tree in float64."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.spatial import KDTree

from experiments.objectives.neighbours import nearest_neighbours

pytestmark = pytest.mark.usefixtures("strict_promotion")

COUNT = 4


def line(rng):
    """Many points in one dimension: gaps of 1 / 1500."""
    return rng.uniform(size=(1500, 1))


def clusters(rng):
    """Two, a thousand times as far apart as they are wide."""
    return rng.integers(0, 2, size=(400, 1)) + 1e-3 * rng.normal(size=(400, 3))


def far(rng):
    """Points of spread 1, far from the origin."""
    return 1000.0 + rng.normal(size=(300, 11))


def collapsed(rng):
    """An encoder into the cube that has almost collapsed."""
    return 0.5 + 1e-4 * rng.normal(size=(300, 5))


@pytest.mark.parametrize("draw", [line, clusters, far, collapsed])
def test_neighbours_are_those_of_a_tree(draw):
    points = draw(np.random.default_rng(0)).astype(np.float32)
    found = np.asarray(jax.jit(nearest_neighbours, static_argnums=1)(jnp.asarray(points), COUNT))
    exact = points.astype(np.float64)
    distance = np.linalg.norm(exact[:, None] - exact[found], axis=2)
    wanted = KDTree(exact).query(exact, COUNT + 1)[0][:, 1:]
    # Which of two is nearer may turn on the rounding of their distances: of d squares, (d + 3) eps.
    np.testing.assert_allclose(distance, wanted, rtol=14 * float(np.finfo(np.float32).eps))
    assert not np.any(found == np.arange(len(points))[:, None])


def test_repeated_points_have_each_other_and_not_themselves():
    found = np.asarray(nearest_neighbours(jnp.ones((5, 2)), 4))
    for point, others in enumerate(found):
        assert sorted(others) == [other for other in range(5) if other != point]
