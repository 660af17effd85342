"""Regression by a small perceptron."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import optax
from flax import nnx
from jaxtyping import Array, Float, Key

from experiments.encoders import MLPConfig
from experiments.probes.r2 import r2_score, standardized
from scm.keys import named_key

HIDDEN = (64, 64)
STEPS = 400
LEARNING_RATE = 1e-2


def mlp_r2(
    key: Key[Array, ""],
    inputs: dict[str, Float[Array, "_ d"]],
    targets: dict[str, Float[Array, "_ t"]],
) -> Float[Array, " t"]:
    """R^2 per target coordinate of a perceptron, on a fresh sample.

    Two hidden layers of `HIDDEN` units, `STEPS` full-batch steps of Adam on the squared error of
    standardised targets, with cosine decay.

    Args:
        key: initialises the perceptron.
        inputs: under ``train`` and ``test``, one row a point.
        targets: likewise.
    """
    shape = jax.ShapeDtypeStruct(inputs["train"].shape, inputs["train"].dtype)
    rngs = nnx.Rngs(params=named_key(key, "initialisation"))
    model = MLPConfig(HIDDEN).build(shape, targets["train"].shape[1], rngs)
    graph, state = nnx.split(model)
    return _mlp_r2(graph, nnx.to_pure_dict(state), inputs, targets)


def _fit_and_score(graph, parameters, inputs, targets):
    points, mean, scale = standardized(inputs["train"])
    wanted, offset, spread = standardized(targets["train"])
    optimizer = optax.adam(optax.cosine_decay_schedule(LEARNING_RATE, STEPS))

    def error(parameters):
        return jnp.mean((nnx.merge(graph, parameters)(points) - wanted) ** 2)

    def step(carry, _):
        parameters, state = carry
        updates, state = optimizer.update(jax.grad(error)(parameters), state)
        return (optax.apply_updates(parameters, updates), state), None

    start = (parameters, optimizer.init(parameters))
    (parameters, _), _ = jax.lax.scan(step, start, length=STEPS)
    predicted = nnx.merge(graph, parameters)((inputs["test"] - mean) / scale)
    return r2_score(targets["test"], predicted * spread + offset)


_mlp_r2 = jax.jit(_fit_and_score, static_argnums=0)
