"""The sigmoid loss against its formula written out, its gradient, and its training."""

from __future__ import annotations

import dataclasses
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special

from experiments.objectives import InfoNCE, Objective, SigmoidLoss
from experiments.objectives.objective import BiasedObjective, TemperedObjective
from experiments.training.loop import train
from scm.arguments import ArgumentError

K, SIZE = 5, 4
START = SigmoidLoss("squared_distance", temperature=0.5, bias=-2.0)

pytestmark = pytest.mark.usefixtures("strict_promotion")


def embeddings(seed, scale=1.0):
    return scale * np.random.default_rng(seed).normal(size=(2, K, SIZE))


def direct(image, text, similarity, temperature, bias):
    """The definition, one pair after the other."""
    total = 0.0
    for i in range(K):
        for j in range(K):
            if similarity == "cosine":
                score = image[i] @ text[j] / np.linalg.norm(image[i]) / np.linalg.norm(text[j])
            else:
                score = -np.sum((image[i] - text[j]) ** 2)
            sign = 1.0 if i == j else -1.0
            total -= scipy.special.log_expit(sign * (score / temperature + bias))
    return total / K


@pytest.mark.parametrize("similarity", ["cosine", "squared_distance"])
@pytest.mark.parametrize(("temperature", "bias"), [(0.1, -10.0), (2.0, 0.7)])
def test_loss_is_its_formula(similarity, temperature, bias):
    with jax.enable_x64(True):
        for seed in range(3):
            image, text = embeddings(seed)
            got = SigmoidLoss(similarity)(
                jnp.asarray(image), jnp.asarray(text), jnp.log(temperature), jnp.asarray(bias)
            )
            wanted = direct(image, text, similarity, temperature, bias)
            # 25 terms of at most |a - b|^2 / tau = 300, rounded at 1e-16 each.
            np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-12)


def test_gradient_is_that_of_finite_differences():
    step = 1e-5
    with jax.enable_x64(True):
        at = (*map(jnp.asarray, embeddings(1)), jnp.asarray(-0.3), jnp.asarray(0.4))
        along = (*map(jnp.asarray, embeddings(2)), jnp.asarray(1.0), jnp.asarray(1.0))
        gradient = jax.grad(SigmoidLoss(), argnums=(0, 1, 2, 3))(*at)
        ahead, behind = (
            SigmoidLoss()(*(a + sign * step * d for a, d in zip(at, along, strict=True)))
            for sign in (1.0, -1.0)
        )
        assert all(bool(jnp.any(part != 0)) for part in gradient)
        slope = sum(float(jnp.sum(g * d)) for g, d in zip(gradient, along, strict=True))
    # Central differences: a third derivative of at most 1e3 times step^2, and 1e-16 / step.
    assert float(ahead - behind) / (2 * step) == pytest.approx(slope, abs=1e-7)


def test_scores_of_any_size_neither_overflow_nor_vanish():
    image, text = (jnp.asarray(part, jnp.float32) for part in embeddings(3, 30.0))
    grad = jax.value_and_grad(SigmoidLoss("squared_distance"), argnums=(0, 1, 2, 3))
    for log_temperature in (-5.0, 8.0):
        found = grad(image, text, jnp.float32(log_temperature), jnp.float32(-10.0))
        assert all(bool(jnp.isfinite(leaf).all()) for leaf in jax.tree.leaves(found))


def test_it_states_where_temperature_and_bias_start():
    for protocol in (Objective, BiasedObjective, TemperedObjective):
        assert isinstance(START, protocol)
    assert not isinstance(InfoNCE(), BiasedObjective)


def test_encoders_hold_a_bias_just_where_their_objective_states_one(tiny_config):
    config = dataclasses.replace(tiny_config, objective=START)
    scalars = config.build_encoders(0).scalars
    np.testing.assert_allclose(scalars, [math.log(0.5), -2.0], rtol=1e-6)
    plain = tiny_config.build_encoders(0)
    assert plain.bias is None
    assert len(plain.scalars) == 1


def test_temperature_and_bias_are_trained(tiny_config):
    config = dataclasses.replace(tiny_config, objective=START)
    # Optimisers promote numbers of other kinds.
    with jax.numpy_dtype_promotion("standard"):
        found = train(config, (0,)).encoders[0].scalars
    for before, after in zip(config.build_encoders(0).scalars, found, strict=True):
        # Twenty steps of Adam at a tenth of the rate of 0.01.
        assert 1e-3 < abs(float(after - before)) < 0.05


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ({"temperature": 0.0}, "temperature: expected a number above 0, got 0.0"),
        ({"bias": math.inf}, "bias: expected a finite number, got inf"),
    ],
)
def test_bad_settings_are_refused(setting, text):
    with pytest.raises(ArgumentError, match=text):
        SigmoidLoss(**setting)
