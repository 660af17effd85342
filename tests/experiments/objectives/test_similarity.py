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
