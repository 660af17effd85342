"""Random numbers as worlds draw them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jaxtyping import Array, Float, Int, Key, Shaped

from scm.keys import named_keys

Generator = Callable[..., Shaped[Array, "*_"]]
"""Draws independent numbers of a law with a key, in the ``shape`` that it takes by this name."""

SHARED_START, SHARED_STEP = 256, 4
"""Lengths of the draws of `first_of`: the first, and by what each next is longer."""


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


def normal_blocks(
    key: Key[Array, ""], n: int, sizes: Mapping[str, int]
) -> dict[str, Float[Array, "n _"]]:
    """Standard normals of several blocks, drawn at once: a program is compiled sooner for it.

    Args:
        key: random key; each block draws from its named child.
        n: number of rows.
        sizes: numbers a row of each block, by name.

    Returns:
        Of each block, bit for bit, what `normal_rows` draws with the child of its name.
    """
    return _by_name(_stacked(key, n, sizes), sizes)


def gaussian_blocks(
    key: Key[Array, ""], n: int, factors: Mapping[str, Float[Array, "_ _"]]
) -> dict[str, Float[Array, "n _"]]:
    """Centred Gaussian rows of several blocks: standard normals times L^T.

    All blocks are multiplied at once: of products one by one XLA would draw each anew.

    Args:
        key: see `normal_blocks`.
        n: number of rows.
        factors: L of each block, by name, square; the covariance is L L^T.
    """
    sizes = {name: factor.shape[0] for name, factor in factors.items()}
    rows = max(sizes.values())
    padded = [jnp.pad(factor, (0, rows - len(factor))) for factor in factors.values()]
    mixed = jnp.stack(padded) @ _stacked(key, n, sizes)
    return _by_name(mixed, sizes)


def _stacked(
    key: Key[Array, ""], n: int, sizes: Mapping[str, int]
) -> Float[Array, "blocks rows n"]:
    """Each block with the pairs along the last axis; one of fewer rows is the start of its own."""
    rows = max(sizes.values())
    return jax.vmap(lambda child: jax.random.normal(child, (rows, n)))(named_keys(key, sizes))


def _by_name(
    stacked: Iterable[Float[Array, "rows n"]], sizes: Mapping[str, int]
) -> dict[str, Float[Array, "n _"]]:
    """The blocks of a stack, cut to their sizes, with a row for each pair."""
    blocks = zip(stacked, sizes.items(), strict=True)
    return {name: block[:size].T for block, (name, size) in blocks}


def first_of(
    draw: Generator, key: Key[Array, ""], shape: tuple[int, ...]
) -> Shaped[Array | np.ndarray, "*_"]:
    """What a generator draws in a shape, as the start of a longer draw, whose program many share.

    Number i of a draw depends on the key and on i alone (``jax_threefry_partitionable``, as JAX has
    it unless told otherwise), so these are the numbers of ``draw(key, shape=shape)``, which
    compiles a program for each shape.

    Args:
        draw: such as `jax.random.uniform`.
        key: random key.
        shape: of what is drawn.

    Returns:
        On the host; where the key is being traced, what is traced in its place.
    """
    if isinstance(key, Tracer):
        return draw(key, shape=shape)
    count = math.prod(shape)
    longer = SHARED_START
    while longer < count:
        longer *= SHARED_STEP
    return np.asarray(draw(key, shape=(longer,)))[:count].reshape(shape)


def permutation(key: Key[Array, ""], n: int) -> Int[np.ndarray, " n"]:
    """The numbers below n in random order, by programs that many n share.

    Numbers are sorted by random bits, as often as makes ties in all of them improbable.

    Args:
        key: random key.
        n: how many, at least 0.

    Returns:
        Bit for bit what `jax.random.permutation` draws.
    """
    order = np.arange(n)
    for _ in range(math.ceil(3 * math.log(max(1, n)) / math.log(2**32 - 1))):
        key, sorting = jax.random.split(key)
        order = order[np.argsort(first_of(jax.random.bits, sorting, (n,)), kind="stable")]
    return order
