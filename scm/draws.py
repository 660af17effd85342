"""Random numbers as worlds draw them."""

from __future__ import annotations

import jax
from jaxtyping import Array, Float, Key


def normal_rows(key: Key[Array, ""], n: int, size: int) -> Float[Array, "n size"]:
    """Standard normals, a row for each of n pairs.

    Drawn with the pairs along the last axis: XLA vectorises along that on a CPU, and in rows of a
    few numbers draws them one by one, which takes five times as long.

    Args:
        key: random key.
        n: number of rows.
        size: numbers a row.
    """
    return jax.random.normal(key, (size, n)).T
