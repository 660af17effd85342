"""The perceptron that probes is that of the samples' own columns."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import sklearn.metrics
from flax import nnx

from experiments.encoders import MLPConfig
from experiments.probes import mlp_r2
from experiments.probes.mlp import HIDDEN, LEARNING_RATE, STEPS
from scm import named_key

KEY = jax.random.key(0)


def standardised(train):
    mean, deviation = jnp.mean(train, axis=0), jnp.std(train, axis=0)
    return lambda points: (points - mean) / deviation


@pytest.mark.parametrize(("columns", "outputs"), [(3, 2), (8, 1), (11, 9)])
def test_columns_of_zeros_change_nothing_but_roundings(columns, outputs):
    """Flax's own loop over 3, 8 and 11 columns, which the probe fills up to 8, 8 and 16."""
    rng = np.random.default_rng(0)
    inputs, targets = {}, {}
    for part, n in (("train", 600), ("test", 200)):
        z = rng.normal(size=(n, columns))
        y = np.sin(z @ np.linspace(-1, 1, columns * outputs).reshape(columns, outputs))
        inputs[part] = jnp.asarray(z, jnp.float32)
        targets[part] = jnp.asarray(y + 0.3 * rng.normal(size=y.shape), jnp.float32)

    rngs = nnx.Rngs(params=named_key(KEY, "initialisation"))
    model = MLPConfig(HIDDEN).build(jax.eval_shape(lambda: inputs["train"]), outputs, rngs)
    adam = optax.adam(optax.cosine_decay_schedule(LEARNING_RATE, STEPS))
    optimizer = nnx.Optimizer(model, adam, wrt=nnx.Param)
    points, wanted = standardised(inputs["train"]), standardised(targets["train"])

    @nnx.jit
    def step(model, optimizer):
        def error(model):
            return jnp.mean((model(points(inputs["train"])) - wanted(targets["train"])) ** 2)

        optimizer.update(model, nnx.grad(error)(model))

    for _ in range(STEPS):
        step(model, optimizer)
    expected = sklearn.metrics.r2_score(
        wanted(targets["test"]), model(points(inputs["test"])), multioutput="raw_values"
    )
    np.testing.assert_allclose(mlp_r2(KEY, inputs, targets), expected, atol=1e-2)
