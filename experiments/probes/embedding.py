"""What encoders make of many inputs, in pieces."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, Key, Shaped

from experiments.encoders import DualEncoder, Encoder
from experiments.probes.sample import of_pixels
from scm import Batch
from scm.compiler import quickly
from scm.draws import permutation

EMBED_ROWS = 1024
"""Inputs that are embedded at once, to bound memory: transformers hold some 0.2 MB for each."""

EMBED_IMAGES = 128
"""Images of pixels that are embedded at once: as many as a CPU's cache holds. An image of 32 by 32
pixels takes 0.1 ms so, of 1,024 at once 0.25 ms."""


def embed(encoders: DualEncoder, batch: Batch) -> dict[str, Float[Array, "n d"]]:
    """f(x) and g(y) of a batch, as ``image`` and ``text``.

    Args:
        encoders: f and g.
        batch: the pairs.
    """
    return {
        "image": embed_in_pieces(encoders.image, batch.image),
        "text": embed_in_pieces(encoders.text, batch.text),
    }


def embed_in_pieces(
    encoder: Encoder, inputs: Shaped[Array | np.ndarray, " n *shape"]
) -> Float[Array, "n d"]:
    """The embeddings of inputs, `EMBED_ROWS` or `EMBED_IMAGES` at a time.

    Args:
        encoder: f or g.
        inputs: what it embeds, one a row; at least one.
    """
    return _embed(*nnx.split(encoder), inputs)


@partial(jax.jit, static_argnames="graph", compiler_options=quickly())
def _embed(
    graph: nnx.GraphDef[Encoder], state: Any, inputs: Shaped[Array, " n *shape"]
) -> Float[Array, "n d"]:
    encoder = nnx.merge(graph, state)
    rows = EMBED_IMAGES if of_pixels(inputs) else EMBED_ROWS
    n = inputs.shape[0]
    if n <= rows:
        return encoder(inputs)
    # Pieces of one size, the last filled up: the program holds the encoder once.
    pieces = -(-n // rows)
    padded = jnp.pad(inputs, [(0, pieces * rows - n)] + [(0, 0)] * (inputs.ndim - 1))
    embedded = jax.lax.map(encoder, padded.reshape(pieces, rows, *inputs.shape[1:]))
    return embedded.reshape(pieces * rows, -1)[:n]


def shuffled(points: Float[Array, "n d"], key: Key[Array, ""]) -> Float[Array, "n d"]:
    """The rows in random order: what predicts nothing but by chance.

    Args:
        points: one a row.
        key: random key of the order.
    """
    order = permutation(key, points.shape[0])
    return points[order]
