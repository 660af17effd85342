"""Nearest neighbours within a batch."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from experiments.objectives.tiles import TILE, over_tiles, tile_width

_AT_ONCE = 8
"""Coordinates that one pass over the distances adds: fewer passes, yet one small program."""


def nearest_neighbours(
    points: Float[Array, "k d"], count: int, tile: int = TILE
) -> Int[Array, "k count"]:
    """Which other points are nearest to each, the nearest first.

    Distances are summed from differences, coordinate by coordinate. By a matmul they would err by
    some eps times the squared spread of all points, which takes others for the nearest wherever
    points are many or clustered.

    Args:
        points: one a row, more than ``count`` rows.
        count: how many neighbours of each, at least 1.
        tile: how many columns of the distances are held at once, at least 1.
    """
    points = jax.lax.stop_gradient(points)
    width = tile_width(points.shape[0], tile)

    def nearest(closeness: Float[Array, "k t"]) -> tuple[Float[Array, "k n"], Int[Array, "k n"]]:
        nearness, column = jax.lax.top_k(closeness, min(count, width))
        return nearness, column

    found = over_tiles(nearest, points, points, tile, itself=False, scores=_closeness)
    closeness, column = (jnp.moveaxis(part, 0, 1) for part in found)
    column = column + width * jnp.arange(column.shape[1], dtype=column.dtype)[None, :, None]
    # Of what is equally near, the first tile's first comes first, here as in each tile.
    _, nearest_of_all = jax.lax.top_k(closeness.reshape(points.shape[0], -1), count)
    return jnp.take_along_axis(column.reshape(points.shape[0], -1), nearest_of_all, axis=1)


def _closeness(points: Float[Array, "k d"], columns: Float[Array, "d t"]) -> Float[Array, "k t"]:
    """Minus the squared distances."""

    def subtract(
        closeness: Float[Array, "k t"], coordinate: tuple[Float[Array, " k"], Float[Array, " t"]]
    ) -> tuple[Float[Array, "k t"], None]:
        row, column = coordinate
        return closeness - (row[:, None] - column[None, :]) ** 2, None

    start = jnp.zeros((points.shape[0], columns.shape[1]), points.dtype)
    return jax.lax.scan(subtract, start, (points.T, columns), unroll=_AT_ONCE)[0]
