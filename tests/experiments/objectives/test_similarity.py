"""Similarities against their direct formulas."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.spatial.distance import cdist

from experiments.objectives import normalize, score_features, scores, squared_distances

RANDOM = np.random.default_rng(0)
LEFT, RIGHT = RANDOM.normal(size=(5, 3)), RANDOM.normal(size=(4, 3))


@pytest.mark.usefixtures("strict_promotion")
@pytest.mark.parametrize("temperature", [0.1, 1.0, 7.0])
@pytest.mark.parametrize(
    ("similarity", "matrix"),
    [
        ("squared_distance", -cdist(LEFT, RIGHT, "sqeuclidean")),
        ("cosine", 1 - cdist(LEFT, RIGHT, "cosine")),
    ],
)
def test_scores_are_similarities_over_temperature(similarity, matrix, temperature):
    with jax.enable_x64(True):
        features = score_features(
            jnp.asarray(LEFT), jnp.asarray(RIGHT), similarity, jnp.asarray(temperature)
        )
        np.testing.assert_allclose(scores(*features), matrix / temperature, atol=1e-12)


@pytest.mark.usefixtures("strict_promotion")
def test_squared_distances_are_never_negative():
    with jax.enable_x64(True):
        far = squared_distances(jnp.asarray(LEFT), jnp.asarray(RIGHT))
        np.testing.assert_allclose(far, cdist(LEFT, RIGHT, "sqeuclidean"), atol=1e-12)
    same = jnp.asarray(1e3 + RANDOM.normal(size=(50, 3)))
    assert float(squared_distances(same, same).min()) == 0.0


@pytest.mark.usefixtures("strict_promotion")
def test_normalized_rows_have_norm_1_and_a_row_of_0_stays_0_with_a_gradient_of_0():
    rows = jnp.asarray([[3.0, 4.0], [0.0, 0.0], [1e-15, 0.0]])
    np.testing.assert_allclose(normalize(rows), [[0.6, 0.8], [0, 0], [1, 0]], rtol=1e-6)
    gradient = jax.jit(jax.grad(lambda r: jnp.sum(normalize(r))))(rows)
    # Of sum(u / |u|): (1 - (u / |u|) sum(u / |u|)) / |u|.
    np.testing.assert_allclose(gradient, [[0.032, -0.024], [0, 0], [0, 1e15]], rtol=1e-5, atol=1e-7)


@pytest.mark.usefixtures("strict_promotion")
@pytest.mark.parametrize("offset", [100.0, -1000.0])
def test_distances_in_float32_depend_on_the_spread_and_not_on_where_it_lies(offset):
    left, right = ((rows + offset).astype(np.float32) for rows in (LEFT, RIGHT))
    wanted = cdist(left.astype(np.float64), right.astype(np.float64), "sqeuclidean")
    found = squared_distances(jnp.asarray(left), jnp.asarray(right))
    # Norms and products of at most the largest distance, some ten roundings of each.
    np.testing.assert_allclose(found, wanted, atol=10 * np.finfo(np.float32).eps * wanted.max())


@pytest.mark.usefixtures("strict_promotion")
def test_the_gradient_of_distances_is_that_of_differences():
    """Far from the origin, close together, in float32: 4 sum_j (a_i - a_j) w_ij, w symmetric."""
    rows = (100.0 + 1e-3 * RANDOM.normal(size=(6, 3))).astype(np.float32)
    weight = RANDOM.uniform(size=(6, 6))
    weight = (weight + weight.T) / 2
    gradient = jax.jit(
        jax.grad(lambda a: jnp.sum(squared_distances(a, a) * jnp.asarray(weight, jnp.float32)))
    )(jnp.asarray(rows))
    exact = rows.astype(np.float64)
    wanted = 4 * np.einsum("ij,ijd->id", weight, exact[:, None] - exact[None])
    np.testing.assert_allclose(gradient, wanted, atol=1e-5 * np.abs(wanted).max())
