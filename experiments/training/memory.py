"""What a step of training needs of memory, beside what there is."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import psutil
from flax import nnx
from jax.core import ShapedArray
from jax.extend.core import ClosedJaxpr, Jaxpr

from experiments.encoders import DualEncoder
from experiments.training.config import TrainingConfig, encoder_shapes
from scm import FixedSetConfig, World, WorldConfig, named_key, nested
from scm.arguments import ArgumentError


def require_memory(config: TrainingConfig, name: str) -> None:
    """Refuse training that plainly does not fit, from shapes alone: nothing large is made.

    Args:
        config: what would be trained.
        name: what the error calls it.

    Raises:
        ArgumentError: if a fixed set of pairs, or a step of one seed as `step_bytes` estimates it,
            takes more than there is. What `TrainingConfig.encoders_in` and the world's sample
            refuse is refused too.
    """
    if config.start is not None:
        require_memory(config.start.training, f"what {name} starts from")
    available = memory_bytes()
    _require_fits(f"the fixed set of {name}", _fixed_set_bytes(config.world), available)
    _require_fits(f"a training step of {name}", step_bytes(config), available)


def step_bytes(config: TrainingConfig) -> int:
    """An estimate of what a step of one seed holds, R + 3 T + 3 P bytes.

    R is what automatic differentiation keeps of the forward pass for the backward one: images,
    texts and the outputs of every layer, which grow as batch_size, and sums of scores. T is the
    largest array that the loss makes of embeddings: a tile of scores, beside which stand its
    exponentials and its gradient. P are the parameters, beside which stand their gradients and
    momenta. The compiler frees or fuses part of it and needs room of its own, so an estimate is no
    bound: it is right to a small factor.
    """
    world = config.build_world(0)
    graph, state = nnx.split(encoder_shapes(config, world))
    parameters = nnx.to_pure_dict(state)
    # It reads as many embeddings as the encoders give: `encoders_in` checks.
    objective: Any = config.objective

    def embedded(world: World, parameters: Any) -> Any:
        encoders: DualEncoder = nnx.merge(graph, parameters)
        batch = world.sample(jax.random.key(0), config.batch_size)
        return *encoders(batch), *encoders.scalars

    def kept_for_backward(world: World, parameters: Any) -> Any:
        return jax.vjp(lambda parameters: objective(*embedded(world, parameters)), parameters)[1]

    kept = jax.eval_shape(kept_for_backward, world, parameters)
    embeddings = jax.eval_shape(embedded, world, parameters)
    gradient = jax.grad(objective, argnums=tuple(range(len(embeddings))))
    return _bytes(kept) + 3 * largest_array_bytes(gradient, *embeddings) + 3 * _bytes(parameters)


def member_bytes(config: TrainingConfig) -> int:
    """An estimate of what one seed of a training holds: its step, and a fixed set of pairs.

    Args:
        config: what would be trained.
    """
    return step_bytes(config) + _fixed_set_bytes(config.world)


def largest_array_bytes(function: Callable[..., Any], *arguments: Any) -> int:
    """The largest array that a function makes on the way, before the compiler fuses any.

    Args:
        function: traceable by JAX.
        *arguments: arrays, or their shapes and dtypes.
    """
    return _largest_bytes(jax.make_jaxpr(function)(*arguments))


def _largest_bytes(inner: Any) -> int:
    """Of all that a program, or a parameter of one of its equations, makes."""
    if isinstance(inner, ClosedJaxpr):
        inner = inner.jaxpr
    if isinstance(inner, tuple | list):
        return max(map(_largest_bytes, inner), default=0)
    if not isinstance(inner, Jaxpr):
        return 0
    made = [
        math.prod(out.aval.shape) * out.aval.dtype.itemsize
        for equation in inner.eqns
        for out in equation.outvars
        if isinstance(out.aval, ShapedArray)
    ]
    within = [
        _largest_bytes(value) for equation in inner.eqns for value in equation.params.values()
    ]
    return max([*made, *within], default=0)


def memory_bytes() -> int:
    """The memory of all devices of JAX; of the machine where they are its CPU."""
    limits = [(device.memory_stats() or {}).get("bytes_limit", 0) for device in jax.devices()]
    return sum(limits) if all(limits) else psutil.virtual_memory().total


def _fixed_set_bytes(world: WorldConfig) -> int:
    for within in nested(world):
        if isinstance(within, FixedSetConfig):
            inner = within.inner.build(named_key(jax.random.key(0), "world"))
            draw = partial(inner.sample, n=within.pairs)
            return _bytes(jax.eval_shape(draw, jax.random.key(0)))
    return 0


def _bytes(shapes: Any) -> int:
    return sum(leaf.size * leaf.dtype.itemsize for leaf in jax.tree.leaves(shapes))


def _require_fits(what: str, needed: int, available: int) -> None:
    if needed > available:
        raise ArgumentError(
            f"memory: expected {what} to fit {available / 2**30:.1f} GiB, got some "
            f"{needed / 2**30:.1f} GiB"
        )
