"""Random keys with names."""

from __future__ import annotations

import zlib

import jax
import numpy as np
from jaxtyping import Array, Key

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
    return _child(key, np.uint32(zlib.crc32(name.encode())))


_child = jax.jit(jax.random.fold_in, inline=True)
"""Compiled, which takes a tenth of the time."""
