"""Random keys with names."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import partial

import jax
import numpy as np
from jax import lax
from jaxtyping import Array, Integer, Key

from scm.threefry import unroll_on_cpu

unroll_on_cpu()


def named_key(key: Key[Array, ""], name: str) -> Key[Array, ""]:
    """The child of ``key`` called ``name``.

    Children of one key under different names are independent streams, and a child does not
    depend on which other children were asked for: adding a draw leaves all others as they were.

    Args:
        key: a typed JAX key.
        name: what the child is used for, e.g. ``"world"``; hashed with CRC-32.

    Returns:
        ``fold_in(key, crc32(name))``.
    """
    return numbered_key(key, _number(name))


def named_keys(key: Key[Array, ""], names: Iterable[str]) -> Key[Array, " names"]:
    """The children of some names, in order, by one computation: see `named_key`.

    Args:
        key: a typed JAX key.
        names: what each is used for, at least one.
    """
    return jax.vmap(numbered_key, (None, 0))(key, np.array([_number(name) for name in names]))


def _number(name: str) -> np.uint32:
    return np.uint32(zlib.crc32(name.encode()))


@partial(jax.jit, inline=True)
def numbered_key(key: Key[Array, ""], number: Integer[Array, ""]) -> Key[Array, ""]:
    """The child of ``key`` of a number, such as that of a step.

    Compiled, which takes a tenth of the time. And behind a barrier, lest XLA compute the key anew,
    cipher within cipher, for each number drawn with it: programs take several times as long to
    compile then.

    Args:
        key: a typed JAX key.
        number: below 2^32.

    Returns:
        ``fold_in(key, number)``.
    """
    return lax.optimization_barrier(jax.random.fold_in(key, number))
