"""Similarities between embeddings, all written as inner products of features."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

Similarity = Literal["squared_distance", "cosine"]


def score_features(
    left: Float[Array, "k d"],
    right: Float[Array, "l d"],
    similarity: Similarity,
    temperature: Float[Array, ""],
) -> tuple[Float[Array, "k m"], Float[Array, "l m"]]:
    r"""Features u, v with ``u_i . v_j = s(left_i, right_j)``.

    ``squared_distance`` is s = -|a - b|^2 / tau, with u = (2a, -|a|^2, 1) / tau and
    v = (b, 1, -|b|^2) once both sides are centred by one point, amid their means: norms are then no
    larger than embeddings lie apart, and a score errs by some eps times their squared spread over
    tau, wherever they lie. ``cosine`` is s = cos(a, b) / tau, with unit vectors.

    Args:
        left: embeddings a, one a row.
        right: embeddings b, one a row.
        similarity: which similarity.
        temperature: tau, above 0.
    """
    if similarity == "cosine":
        return normalize(left) / temperature, normalize(right)
    # No distance depends on the centre, so neither does a gradient.
    centre = jax.lax.stop_gradient(0.5 * (jnp.mean(left, axis=0) + jnp.mean(right, axis=0)))
    left, right = left - centre[None, :], right - centre[None, :]
    left_norms = jnp.sum(left**2, axis=-1, keepdims=True)
    right_norms = jnp.sum(right**2, axis=-1, keepdims=True)
    u = jnp.concatenate([2 * left, -left_norms, jnp.ones_like(left_norms)], axis=-1)
    v = jnp.concatenate([right, jnp.ones_like(right_norms), -right_norms], axis=-1)
    return u / temperature, v


def normalize(embedding: Float[Array, "*k d"]) -> Float[Array, "*k d"]:
    """Each row divided by its Euclidean norm; a row of norm 0 stays 0, with a gradient of 0."""
    # The result does not depend on the scale, so dividing by a constant first changes no gradient
    # and keeps squares of tiny rows, and the gradient's cubes of them, from underflow.
    largest = jax.lax.stop_gradient(jnp.max(jnp.abs(embedding), axis=-1, keepdims=True))
    scaled = embedding / jnp.where(largest > 0, largest, 1.0)
    squared = jnp.sum(scaled**2, axis=-1, keepdims=True)
    return scaled * jnp.where(largest > 0, jax.lax.rsqrt(jnp.where(largest > 0, squared, 1.0)), 0.0)


def scores(u: Float[Array, "k m"], v: Float[Array, "l m"]) -> Float[Array, "k l"]:
    """The matrix ``u v^T`` in full precision (also on devices whose default is less).

    Args:
        u: features of one side, one a row, as `score_features` makes them.
        v: features of the other side, one a row.
    """
    return jnp.matmul(u, v.T, precision=jax.lax.Precision.HIGHEST)


def squared_distances(left: Float[Array, "k d"], right: Float[Array, "l d"]) -> Float[Array, "k l"]:
    """|left_i - right_j|^2 for all pairs by one matmul, cut at 0 from below.

    Each errs by some eps times the squared spread of all rows; where a distance that is far smaller
    counts, such as one to a nearest neighbour, take it from the difference of the pair.

    Args:
        left: points, one a row.
        right: points, one a row.
    """
    u, v = score_features(left, right, "squared_distance", jnp.ones((), left.dtype))
    return jnp.maximum(-scores(u, v), 0.0)
