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


def embed_in_pieces(encoder: Encoder, inputs: Shaped[Array, " n *shape"]) -> Float[Array, "n d"]:
    """The embeddings of inputs, `EMBED_ROWS` or `EMBED_IMAGES` at a time.

    Args:
        encoder: f or g.
        inputs: what it embeds, one a row; at least one.
    """
    graph, state = nnx.split(encoder)
    rows = EMBED_IMAGES if of_pixels(inputs) else EMBED_ROWS
    if inputs.shape[0] <= rows:
        return _embed(graph, state, inputs)
    starts = range(0, inputs.shape[0], rows)
    return jnp.concatenate([_embed(graph, state, inputs[i : i + rows]) for i in starts])


@partial(jax.jit, static_argnames="graph", compiler_options=quickly())
def _embed(graph: nnx.GraphDef[Encoder], state: Any, inputs: Array) -> Array:
    return nnx.merge(graph, state)(inputs)


def shuffled(points: Float[Array, "n d"], key: Key[Array, ""]) -> Float[Array, "n d"]:
    """The rows in random order: what predicts nothing but by chance.

    Args:
        points: one a row.
        key: random key of the order.
    """
    order = np.asarray(jax.random.permutation(key, points.shape[0]))
    return points[order]
