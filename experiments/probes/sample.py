"""The points that probes are fitted on, tuned on and scored on."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Key, Shaped

from scm import Batch, World
from scm.compiler import quickly

TRAIN, VALIDATION, TEST = 2048, 1024, 4096
"""Points that probes are fitted on, tuned on, and scored on."""

Splits = dict[str, Array]


def probe_points() -> int:
    """How many pairs a `probe_sample` has."""
    return TRAIN + VALIDATION + TEST


def probe_sample(world: World, key: Key[Array, ""]) -> Batch:
    """A fresh sample for probes, `TRAIN` + `VALIDATION` + `TEST` pairs.

    Args:
        world: what is sampled.
        key: random key of the pairs.
    """
    return sample_pairs(world, key, probe_points())


def split(points: Shaped[Array, " n *d"]) -> Splits:
    """The parts of a `probe_sample` by name."""
    parts = _cut(points, (TRAIN, TRAIN + VALIDATION))
    return dict(zip(("train", "validation", "test"), parts, strict=True))


_cut = jax.jit(jnp.split, static_argnums=1)


@partial(jax.jit, static_argnames="pairs", compiler_options=quickly())
def sample_pairs(world: World, key: Key[Array, ""], pairs: int) -> Batch:
    """Draw pairs of a world in one program.

    Args:
        world: draws them.
        key: random key.
        pairs: how many.
    """
    return world.sample(key, pairs)
