"""Threefry, the generator behind JAX's random keys, for CPUs: unrolled."""

from __future__ import annotations

import jax
import numpy as np
from jax.extend.random import threefry2x32_p
from jax.interpreters import mlir
from jaxtyping import Array, UInt32

ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY = 0x1BD11BDA
"""Constants of Threefry-2x32 [salmon2011]."""

Words = UInt32[Array, "*_"]


def threefry2x32(first: Words, second: Words, high: Words, low: Words) -> tuple[Words, Words]:
    """Threefry-2x32 of 20 rounds: two words of a counter, enciphered with two words of a key.

    Args:
        first: of the key; all four broadcast.
        second: likewise.
        high: of the counter.
        low: likewise.

    Returns:
        Two words, of which all bits are random. Source: [salmon2011].
    """
    keys = (first, second, first ^ second ^ np.uint32(PARITY))
    high, low = high + keys[0], low + keys[1]
    for group in range(5):
        for bits in ROTATIONS[group % 2]:
            high = high + low
            low = high ^ _rotated(low, bits)
        high = high + keys[(group + 1) % 3]
        low = low + keys[(group + 2) % 3] + np.uint32(group + 1)
    return high, low


def _rotated(word: Words, bits: int) -> Words:
    return (word << np.uint32(bits)) | (word >> np.uint32(32 - bits))


def unroll_on_cpu() -> None:
    """Have JAX compile its generator for CPUs from the function above, with the same bits.

    JAX's own is a loop over the rounds there. XLA fuses the unrolled one to a single loop over the
    words, which compiles in a quarter of the time and takes half of it to run.
    """
    # Traced once for each shape, and not once for each program.
    rule = mlir.lower_fun(jax.jit(threefry2x32), multiple_results=True)
    # Out of line, so that programs with several draws of a shape hold it once.
    mlir.register_lowering(threefry2x32_p, rule, platform="cpu", inline=False)
