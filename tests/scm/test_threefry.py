"""The generator that JAX compiles for CPUs, against its published answers."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.extend.random import threefry_2x32

ANSWERS = [
    ((0x00000000, 0x00000000), (0x00000000, 0x00000000), (0x6B200159, 0x99BA4EFE)),
    ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
    ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
]
"""Key, counter and answer of Threefry-2x32-20, by the authors' own implementation [salmon2011]."""


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(("key", "counter", "answer"), ANSWERS)
def test_known_answers(key, counter, answer, compiled):
    words = [jnp.asarray(pair, jnp.uint32) for pair in (key, counter)]
    encipher = jax.jit(threefry_2x32) if compiled else threefry_2x32
    assert np.asarray(encipher(*words)).tolist() == list(answer)


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="other devices have their own")
def test_draws_compile_without_a_loop():
    draw = jax.jit(lambda key: jax.random.normal(jax.random.fold_in(key, 1), (64, 3)))
    compiled = draw.lower(jax.random.key(0)).compile().as_text()
    assert compiled is not None
    assert "while" not in compiled
