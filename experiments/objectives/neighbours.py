"""Nearest neighbours within a batch."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

_AT_ONCE = 8
"""Coordinates that one pass over the k x k distances adds: fewer passes, yet one small program."""


def nearest_neighbours(points: Float[Array, "k d"], count: int) -> Int[Array, "k count"]:
    """Which other points are nearest to each, the nearest first.

    Distances are summed from differences, coordinate by coordinate, and no more than a k x k table
    is held. By a matmul they would err by some eps times the squared spread of all points, which
    takes others for the nearest wherever points are many or clustered.

    Args:
        points: one a row, more than ``count`` rows.
        count: how many neighbours of each, at least 1.
    """

    def add(apart: Float[Array, "k k"], column: Float[Array, " k"]):
        return apart + (column[:, None] - column[None, :]) ** 2, None

    itself = jnp.eye(points.shape[0], dtype=bool)
    start = jnp.where(itself, jnp.asarray(jnp.inf, points.dtype), jnp.asarray(0.0, points.dtype))
    columns = jax.lax.stop_gradient(points).T
    apart, _ = jax.lax.scan(add, start, columns, unroll=_AT_ONCE)
    return jax.lax.top_k(-apart, count)[1]
