"""Regression by a small perceptron."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jaxtyping import Array, Float, Key

from experiments.encoders import MLP, MLPConfig
from experiments.probes.r2 import (
    Sample,
    r2_score,
    shared_columns,
    standardized,
    with_shared_columns,
)
from scm.keys import named_key

HIDDEN = (64, 64)
STEPS = 400
LEARNING_RATE = 1e-2


def mlp_r2(key: Key[Array, ""], inputs: Sample, targets: Sample) -> Float[np.ndarray, " t"]:
    """R^2 per target coordinate of a perceptron, on a fresh sample.

    Two hidden layers of `HIDDEN` units, `STEPS` full-batch steps of Adam on the squared error of
    standardised targets, with cosine decay.

    Args:
        key: initialises the perceptron.
        inputs: under ``train`` and ``test``, one row a point.
        targets: likewise.
    """
    d, t = (sample["train"].shape[1] for sample in (inputs, targets))
    rngs = nnx.Rngs(params=named_key(key, "initialisation"))
    graph, wide = _shapes(shared_columns(d), shared_columns(t))
    # What reads or puts out columns of zeros starts at 0, and has no gradient ever after.
    parameters = jax.tree.map(
        lambda own, wide: np.pad(
            own, [(0, w - o) for o, w in zip(own.shape, wide.shape, strict=True)]
        ),
        nnx.to_pure_dict(nnx.state(_perceptron(d, t, rngs))),
        wide,
    )
    samples = (with_shared_columns(sample, np.float32) for sample in (inputs, targets))
    return np.asarray(_fit_and_score(graph, parameters, *samples, np.float32(t)))[:t]


def _perceptron(inputs: int, outputs: int, rngs: nnx.Rngs) -> MLP:
    return MLPConfig(HIDDEN).build(jax.ShapeDtypeStruct((1, inputs), np.float32), outputs, rngs)


@cache
def _shapes(inputs: int, outputs: int) -> tuple[nnx.GraphDef[MLP], Any]:
    shapes = nnx.eval_shape(lambda: _perceptron(inputs, outputs, nnx.Rngs(0)))
    graph, state = nnx.split(shapes)
    return graph, nnx.to_pure_dict(state)


@partial(jax.jit, static_argnames="graph")
def _fit_and_score(
    graph: nnx.GraphDef[MLP],
    parameters: Any,
    inputs: dict[str, Float[Array, "_ d"]],
    targets: dict[str, Float[Array, "_ t"]],
    outputs: Float[Array, ""],
) -> Float[Array, " t"]:
    """See `mlp_r2`; of the columns of targets the first ``outputs`` are no zeros."""
    points, mean, scale = standardized(inputs["train"])
    wanted, offset, spread = standardized(targets["train"])
    optimizer = optax.adam(optax.cosine_decay_schedule(LEARNING_RATE, STEPS))

    def error(parameters: Any) -> Float[Array, ""]:
        residual = nnx.merge(graph, parameters)(points) - wanted
        return jnp.sum(jnp.mean(residual**2, axis=0)) / outputs

    def step(carry: Any, _: None) -> tuple[Any, None]:
        parameters, state = carry
        updates, state = optimizer.update(jax.grad(error)(parameters), state)
        return (optax.apply_updates(parameters, updates), state), None

    start = (parameters, optimizer.init(parameters))
    (parameters, _), _ = jax.lax.scan(step, start, length=STEPS)
    predicted = nnx.merge(graph, parameters)((inputs["test"] - mean) / scale)
    return r2_score(targets["test"], predicted * spread + offset)
