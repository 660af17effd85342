"""Mixings: exact inverse and log-determinant, bounded condition, the reference's constant."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scm import Mixing, MixingConfig
from scm.mixing import REFERENCE_CONDITION

SHAPES = [(1, 1), (2, 3), (5, 2), (3, 4), (4, 1)]
"""Sizes and depths; each compiles its own programs, so there are few."""

forward = jax.jit(lambda mixing, latent: mixing.forward(latent))
inverse = jax.jit(lambda mixing, observed: mixing.inverse(observed))
log_det = jax.jit(lambda mixing, latent: mixing.log_abs_det_jacobian(latent))
jacobian = jax.jit(jax.vmap(lambda mixing, latent: jax.jacobian(mixing.forward)(latent), (None, 0)))


def mixing_of(random, shape, slope, corner):
    """A mixing whose matrices are drawn by numpy with singular values in [1/2, 2]."""
    size, depth = shape
    left, right = (np.linalg.qr(random.normal(size=(depth, size, size)))[0] for _ in range(2))
    weights = (left * random.uniform(0.5, 2.0, size=(depth, 1, size))) @ right
    return Mixing(*(jnp.asarray(leaf) for leaf in (weights, slope, corner)))


@pytest.mark.usefixtures("strict_promotion")
@settings(max_examples=60)
@given(
    shape=st.sampled_from(SHAPES),
    slope=st.floats(0.05, 1.0),
    corner=st.floats(0.01, 1.0),
    scale=st.floats(0.01, 10.0),
    seed=st.integers(0, 2**30),
)
def test_formula_inverse_and_log_determinant_are_exact(shape, slope, corner, scale, seed):
    random = np.random.default_rng(seed)
    with jax.enable_x64(True):
        mixing = mixing_of(random, shape, slope, corner)
        latent = scale * random.normal(size=(3, shape[0]))
        observed = forward(mixing, jnp.asarray(latent))
        back = inverse(mixing, observed)
        log_dets = log_det(mixing, jnp.asarray(latent))
        jacobians = jacobian(mixing, jnp.asarray(latent))
    hidden = latent
    for i, weight in enumerate(np.asarray(mixing.weights)):
        if i > 0:
            hidden = (1 + slope) / 2 * hidden + (1 - slope) / 2 * np.hypot(hidden, corner)
        hidden = hidden @ weight
    # Values up to 100, 2^4 of it from the matrices. A layer back loses 4 and 1 / slope = 20,
    # so three activations and four matrices lose 4^4 20^3 of 1e-14: 2e-8 at the very worst.
    np.testing.assert_allclose(observed, hidden, atol=1e-11)
    np.testing.assert_allclose(back, latent, atol=2e-8)
    np.testing.assert_allclose(log_dets, np.linalg.slogdet(jacobians)[1], atol=1e-8)


def test_a_mixing_maps_any_batch_row_by_row():
    mixing = mixing_of(np.random.default_rng(0), (2, 3), 0.2, 0.1)
    latent = jax.random.normal(jax.random.key(0), (2, 3, 2))
    rows = [[forward(mixing, latent[i, j]) for j in range(3)] for i in range(2)]
    np.testing.assert_allclose(forward(mixing, latent), rows, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(inverse(mixing, jnp.asarray(rows)), latent, rtol=1e-4, atol=1e-5)
    assert log_det(mixing, latent).shape == (2, 3)


def test_the_activation_is_near_the_reference_leaky_relu():
    """They differ by at most (1 - s) c / 2 = 0.04, at 0."""
    config = MixingConfig()
    mixing = Mixing(jnp.ones((2, 1, 1)), jnp.asarray(config.slope), jnp.asarray(config.corner))
    u = jnp.linspace(-3.0, 3.0, 601)[:, None]
    leaky = jnp.where(u > 0, u, config.slope * u)
    gap = np.asarray(jnp.abs(forward(mixing, u) - leaky))
    assert gap.argmax() == 300
    np.testing.assert_allclose(gap.max(), 0.04, rtol=1e-4)


@pytest.fixture(scope="module")
def drawn():
    """Weights of 500 mixings of the reference's size."""
    config = MixingConfig()
    create = jax.jit(jax.vmap(lambda key: Mixing.create(config, 15, key).weights))
    return np.asarray(create(jax.random.split(jax.random.key(0), 500)), np.float64)


def test_the_condition_is_bounded_for_every_key_and_nearly_always_attained(drawn):
    conditions = np.linalg.cond(drawn).ravel()
    # Singular values are right to 1e-6 of the largest, hence the smallest to 8.4 times that.
    assert conditions.max() < REFERENCE_CONDITION * (1 + 1e-4)
    assert (conditions > REFERENCE_CONDITION * (1 - 1e-4)).mean() > 0.98


def test_layers_are_drawn_apart(drawn):
    layers = drawn.reshape(-1, 15 * 15)
    among = np.corrcoef(layers[:200]) - np.eye(200)
    # Entries are nearly independent: correlations have standard error 1 / 15, 4e4 are compared.
    assert np.abs(among).max() < 6 / 15


def test_the_reference_condition_is_the_quantile_that_it_is_said_to_be():
    """About 25 of 25,000 are below the 0.1 % quantile: within 4 standard deviations, 5 to 45."""
    random = np.random.default_rng(0)
    raw = random.uniform(-1, 1, size=(25_000, 15, 15))
    conditions = np.linalg.cond(raw / np.linalg.norm(raw, axis=1, keepdims=True))
    assert 5 <= (conditions < REFERENCE_CONDITION).sum() <= 45


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ({"depth": 0}, "depth: expected an integer of at least 1, got 0"),
        ({"slope": 0.0}, r"slope: expected a number in \(0, 1\], got 0.0"),
        ({"condition": 0.5}, "condition: expected a number of at least 1, got 0.5"),
        ({"corner": 0.0}, "corner: expected a number above 0, got 0.0"),
    ],
)
def test_bad_settings_are_refused_in_one_sentence(chosen, text):
    with pytest.raises(ValueError, match=f"^{text}$"):
        MixingConfig(**chosen)
