"""Reductions of the scores of all pairs, a tile of columns at a time, never all at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import jax
import jax.numpy as jnp
from jax.ad_checkpoint import checkpoint_name
from jaxtyping import Array, Float, Int

TILE = 512
"""How many columns are held at once unless told otherwise; this many pairs are one tile."""

_KEPT = "kept for the backward pass"

Reduced = TypeVar("Reduced")


def log_sums(
    u: Float[Array, "k m"], v: Float[Array, "l m"], tile: int
) -> tuple[Float[Array, " k"], Float[Array, " l"]]:
    """Log sum_j exp(s_ij) and log sum_i exp(s_ij) of the scores s = u v^T.

    Args:
        u: features of the rows, as `score_features` makes them.
        v: features of the columns.
        tile: how many columns are held at once, at least 1.
    """

    def of_tile(s: Float[Array, "k t"]) -> tuple[Float[Array, " k"], Float[Array, " t"]]:
        return log_sum(s, 1), log_sum(s, 0)

    rows, columns = over_tiles(of_tile, u, v, tile)
    return _over_all(rows), columns.reshape(-1)[: v.shape[0]]


def log_row_sums(
    u: Float[Array, "k m"], v: Float[Array, "l m"], tile: int, *, itself: bool = True
) -> Float[Array, " k"]:
    """Log sum_j exp(s_ij) alone.

    Args:
        u: features of the rows.
        v: features of the columns.
        tile: how many columns are held at once, at least 1.
        itself: whether s_ii is one of the terms of row i; without it, at least two columns.
    """
    rows = over_tiles(partial(log_sum, axis=1), u, v, tile, itself=itself)
    return _over_all(rows)


def softplus_sums(u: Float[Array, "k m"], v: Float[Array, "l m"], tile: int) -> Float[Array, " k"]:
    """sum_j log(1 + exp(s_ij)).

    Args:
        u: features of the rows.
        v: features of the columns.
        tile: how many columns are held at once, at least 1.
    """

    def of_tile(s: Float[Array, "k t"]) -> Float[Array, " k"]:
        return jnp.sum(jax.nn.softplus(s), axis=1)

    return jnp.sum(over_tiles(of_tile, u, v, tile), axis=0)


def tile_width(count: int, tile: int) -> int:
    """How many columns each tile of ``count`` columns has: as few more than needed as can be.

    Args:
        count: how many columns there are, at least 1.
        tile: how many a tile has at most, at least 1.
    """
    return -(-count // _tiles(count, tile))


def _tiles(count: int, tile: int) -> int:
    return -(-count // tile)


def _products(u: Float[Array, "k m"], columns: Float[Array, "m t"]) -> Float[Array, "k t"]:
    return jnp.matmul(u, columns, precision=jax.lax.Precision.HIGHEST)


def over_tiles(
    reduce: Callable[[Float[Array, "k t"]], Reduced],
    u: Float[Array, "k m"],
    v: Float[Array, "l m"],
    tile: int,
    *,
    itself: bool = True,
    scores: Callable[[Float[Array, "k m"], Float[Array, "m t"]], Float[Array, "k t"]] = _products,
) -> Reduced:
    """What ``reduce`` makes of each tile of scores of u and v, stacked along a first axis of tiles.

    A tile is a block of columns: rows may be sharded over devices, and every tile stays so. Scores
    of several tiles are computed again in the backward pass; those of a single one are kept.

    Args:
        reduce: of the scores of a tile. Tiles have one width, so the last may hold columns beyond
            those of v; scores there are the least number there is.
        u: features of the rows.
        v: features of the columns.
        tile: how many columns are held at once, at least 1.
        itself: whether s_ii is left as it is; else it too is the least number there is.
        scores: of u and a tile's columns of v^T; by default their product.
    """
    count = v.shape[0]
    tiles, width = _tiles(count, tile), tile_width(count, tile)
    padded = tiles * width > count

    def of_tile(columns: tuple[Float[Array, "m t"], Int[Array, ""]]) -> Reduced:
        features, first = columns
        s = scores(u, features)
        column = first + jnp.arange(width)[None, :]
        if padded:
            s = jnp.where(column < count, s, jnp.finfo(s.dtype).min)
        if not itself:
            s = jnp.where(column == jnp.arange(u.shape[0])[:, None], jnp.finfo(s.dtype).min, s)
        return reduce(s)

    if padded:
        v = jnp.pad(v, ((0, tiles * width - count), (0, 0)))
    # One column of features a row: the gradient is then a product that XLA's CPU backend does at
    # once, where the transpose of it takes some five times as long.
    features = v.reshape(tiles, width, -1).transpose(0, 2, 1)
    firsts = width * jnp.arange(tiles)
    if tiles == 1:
        only = of_tile((jax.lax.optimization_barrier(features[0]), firsts[0]))
        return jax.tree.map(lambda leaf: leaf[None], only)
    policy = jax.checkpoint_policies.save_only_these_names(_KEPT)
    # A loop's body is compiled by itself, so that nothing could merge the two computations.
    again = jax.checkpoint(of_tile, prevent_cse=False, policy=policy)
    return jax.lax.map(again, (features, firsts))


def _over_all(rows: Float[Array, "tiles k"]) -> Float[Array, " k"]:
    """The logarithms of sums over all columns, of those over each tile's."""
    return rows[0] if rows.shape[0] == 1 else log_sum(rows, 0)


def log_sum(s: Float[Array, "k t"], axis: int) -> Float[Array, " n"]:
    """The logarithm of the sum of exp(s) along an axis, of finite s.

    What the gradient reads of it is kept, even where ``s`` is computed again.

    Args:
        s: the summands' logarithms.
        axis: 0 or 1.
    """
    top = jax.lax.stop_gradient(jnp.max(s, axis=axis, keepdims=True))
    top = checkpoint_name(top, _KEPT)
    total = checkpoint_name(jnp.sum(jnp.exp(s - top), axis=axis), _KEPT)
    return jnp.log(total) + jnp.squeeze(top, axis)
