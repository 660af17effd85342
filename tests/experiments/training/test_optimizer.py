"""The schedule has its closed form, and Muon takes kernels only."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.encoders import MLPConfig
from experiments.training.optimizer import ADAM_FRACTION, OptimizerConfig, transformation
from scm.arguments import ArgumentError

ROUNDING = 1e-5
"""A cosine and a few products in float32, relative to the peak: about 20 roundings of 6e-8, and
an angle that is off by 1e-7 of up to pi."""


def rate(config, steps, step):
    return float(config.schedule(steps)(jnp.asarray(step)))


@given(
    warmup=st.integers(0, 50),
    steps=st.integers(1, 200),
    final=st.floats(0, 1, width=32),
    step=st.integers(0, 250),
)
@settings(max_examples=50)
def test_the_schedule_has_its_closed_form(warmup, steps, final, step):
    config = OptimizerConfig(learning_rate=0.5, warmup=warmup, final_fraction=final)
    rise = 1.0 if step >= warmup else (step + 1) / warmup
    done = min(1.0, max(0.0, (step - warmup) / max(steps - warmup, 1)))
    wanted = 0.5 * rise * (final + (1 - final) * (1 + np.cos(np.pi * done)) / 2)
    assert rate(config, steps, step) == pytest.approx(wanted, abs=ROUNDING)


def test_the_rates_of_many_steps_are_those_of_each():
    config = OptimizerConfig(learning_rate=0.5, warmup=3)
    rates = config.schedule(9)(jnp.arange(12))
    assert np.allclose(rates, [rate(config, 9, step) for step in range(12)], atol=ROUNDING)


def test_the_schedule_warms_up_peaks_and_ends():
    config = OptimizerConfig(learning_rate=0.04, warmup=10, final_fraction=0.1)
    assert rate(config, 100, 0) == pytest.approx(0.004, rel=ROUNDING)
    assert rate(config, 100, 4) == pytest.approx(0.02, rel=ROUNDING)
    assert rate(config, 100, 9) == pytest.approx(0.04, rel=ROUNDING)
    assert rate(config, 100, 10) == pytest.approx(0.04, rel=ROUNDING)
    assert rate(config, 100, 55) == pytest.approx(0.04 * 0.55, rel=ROUNDING)
    assert rate(config, 100, 100) == pytest.approx(0.004, rel=ROUNDING)


def test_without_warm_up_the_schedule_starts_at_its_peak():
    assert rate(OptimizerConfig(learning_rate=0.01, warmup=0), 100, 0) == pytest.approx(
        0.01, rel=ROUNDING
    )


def test_a_final_fraction_of_1_keeps_the_rate():
    config = OptimizerConfig(learning_rate=0.01, warmup=5, final_fraction=1.0)
    rates = [rate(config, 50, step) for step in (5, 20, 49)]
    assert rates == pytest.approx([0.01] * 3, rel=ROUNDING)


@pytest.fixture
def gradient():
    inputs = jax.ShapeDtypeStruct((1, 12), jnp.float32)
    state = nnx.state(MLPConfig((8, 8, 8)).build(inputs, 3, nnx.Rngs(params=0)))
    leaves, tree = jax.tree.flatten(nnx.to_pure_dict(state))
    rng = np.random.default_rng(0)
    draws = [jnp.asarray(rng.normal(size=leaf.shape), jnp.float32) for leaf in leaves]
    return jax.tree.unflatten(tree, draws)


def first_update(method, gradient):
    chosen = transformation(method)
    zeros = jax.tree.map(jnp.zeros_like, gradient)
    return chosen.update(gradient, chosen.init(zeros), zeros)[0]


def test_muon_makes_the_update_of_a_kernel_orthogonal(gradient):
    update = first_update("muon", gradient)
    kernels = [leaf for leaf in jax.tree.leaves(update) if leaf.ndim == 2]
    assert len(kernels) == 4
    for kernel in kernels:
        singular = np.linalg.svd(np.asarray(kernel, np.float64), compute_uv=False)
        # Five Newton-Schulz steps of the quintic (3.4445, -4.7750, 2.0315) map [0.01, 1] into
        # [0.67, 1.21] (evaluated on a grid of 10^6 points).
        assert singular.min() > 0.66
        assert singular.max() < 1.22


def test_muon_keeps_the_singular_vectors_of_the_gradient(gradient):
    """Newton-Schulz is an odd polynomial of the matrix, so it moves singular values only."""
    update = first_update("muon", gradient)
    pairs = zip(jax.tree.leaves(gradient), jax.tree.leaves(update), strict=True)
    for raw, changed in pairs:
        if raw.ndim == 2:
            left, right = _polar(raw), _polar(changed)
            # Roundings of a dozen 8 x 8 products, times a condition number of at most 100.
            np.testing.assert_allclose(right, -left, atol=1e-3)


def _polar(matrix):
    left, _, right = np.linalg.svd(np.asarray(matrix, np.float64), full_matrices=False)
    return left @ right


def test_muon_gives_biases_to_adam(gradient):
    """The first step of Adam with Nesterov momentum is 1 + 0.9 x 0.1 / (1 - 0.81) signs."""
    first = 1 + 0.9 * 0.1 / (1 - 0.9**2)
    update = first_update("muon", gradient)
    pairs = zip(jax.tree.leaves(gradient), jax.tree.leaves(update), strict=True)
    biases = [(raw, changed) for raw, changed in pairs if raw.ndim == 1]
    assert len(biases) == 4
    for raw, changed in biases:
        # Adam's epsilon of 1e-8 against gradients above 1e-3.
        np.testing.assert_allclose(changed, -ADAM_FRACTION * first * np.sign(raw), rtol=1e-4)


def test_adam_takes_everything(gradient):
    update = first_update("adam", gradient)
    for raw, changed in zip(jax.tree.leaves(gradient), jax.tree.leaves(update), strict=True):
        np.testing.assert_allclose(changed, -np.sign(raw), rtol=1e-3)


def test_gradient_descent_follows_the_gradient(gradient):
    """Also at its second step: no momentum is kept."""
    chosen = transformation("sgd")
    state = chosen.init(gradient)
    for _ in range(2):
        update, state = chosen.update(gradient, state, gradient)
        for raw, changed in zip(jax.tree.leaves(gradient), jax.tree.leaves(update), strict=True):
            np.testing.assert_array_equal(changed, -raw)


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ({"learning_rate": 0.0}, "learning_rate: expected a number above 0, got 0.0"),
        ({"learning_rate": float("nan")}, "learning_rate: expected a number above 0, got nan"),
        ({"warmup": -1}, "warmup: expected an integer of at least 0, got -1"),
        ({"final_fraction": 1.1}, "final_fraction: expected a number in"),
    ],
)
def test_bad_settings_are_refused(setting, text):
    with pytest.raises(ArgumentError, match=text):
        OptimizerConfig(**setting)
