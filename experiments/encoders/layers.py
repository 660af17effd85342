"""Linear maps and tables of embeddings, started as `flax.nnx` does, many shapes by one program.

Flax's own initialisers compile three programs for each shape. The numbers are the same, bit for bit
but where XLA rounds otherwise in a loop of another length.
"""

from __future__ import annotations

from functools import partial

import jax
import numpy as np
from flax import nnx
from jax.typing import DTypeLike
from jaxtyping import Array, Float, Key

from scm.draws import first_of

CUT = 2.0
"""Kernels are drawn from a standard normal within this of 0."""

CUT_SCALE = 0.87962566103423978
"""The standard deviation of a standard normal within `CUT` of 0."""

Shape = tuple[int, int]


def lecun_normal(
    key: Key[Array, ""], shape: Shape, dtype: DTypeLike = np.float32
) -> Float[Array, "fan_in fan_out"]:
    """A kernel of normals of variance 1 / fan_in, cut at `CUT` standard deviations before scaling.

    Args:
        key: random key.
        shape: fan_in, fan_out.
        dtype: of the kernel.
    """
    cut_normal = partial(jax.random.truncated_normal, lower=-CUT, upper=CUT, dtype=dtype)
    scale = np.sqrt(np.asarray(1 / shape[0], dtype)) / np.asarray(CUT_SCALE, dtype)
    return jax.device_put(first_of(cut_normal, key, shape) * scale)


def embedding_normal(
    key: Key[Array, ""], shape: Shape, dtype: DTypeLike = np.float32
) -> Float[Array, "rows width"]:
    """A table of normals of variance 1 / width.

    Args:
        key: random key.
        shape: number of rows, width.
        dtype: of the table.
    """
    scale = np.sqrt(np.asarray(1 / shape[1], dtype))
    return jax.device_put(first_of(partial(jax.random.normal, dtype=dtype), key, shape) * scale)


def zeros(
    key: Key[Array, ""], shape: tuple[int, ...], dtype: DTypeLike = np.float32
) -> Float[Array, "*_"]:
    """Biases of 0.

    Args:
        key: that all initialisers are given; not read.
        shape: of the biases.
        dtype: of them.
    """
    del key
    return jax.device_put(np.zeros(shape, dtype))


Linear = partial(nnx.Linear, kernel_init=lecun_normal, bias_init=zeros)
"""`flax.nnx.Linear`."""

Embed = partial(nnx.Embed, embedding_init=embedding_normal)
"""`flax.nnx.Embed`."""
