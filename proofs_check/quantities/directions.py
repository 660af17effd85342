"""Directions of embeddings, and when their cosines are equal."""

from __future__ import annotations

from typing import Any

from jaxtyping import Float

from scm.array_module import AnyArray, array_module

TIE = 1e-6
"""Cosines this close are equal: some ten times the rounding of one in float32."""


def unit(embedding: Float[AnyArray, "*n d"]) -> Float[AnyArray, "*n d"]:
    """Each embedding over its length; 0 where it is 0."""
    xp = array_module(embedding)
    # Over the largest entry first, so that squares do not underflow.
    scaled = _divided(embedding, xp.max(xp.abs(embedding), axis=-1, keepdims=True))
    return _divided(scaled, xp.linalg.norm(scaled, axis=-1, keepdims=True))


def weighted_mean(
    values: Float[AnyArray, "n ..."], weight: Float[AnyArray, " n"] | None
) -> Float[Any, " ..."]:
    """The mean over the first axis.

    Args:
        values: what is averaged.
        weight: of each, with sum 1; equal if None.
    """
    xp = array_module(values)
    if weight is None:
        return xp.mean(values, axis=0)
    return xp.sum(values * weight.reshape(-1, *[1] * (values.ndim - 1)), axis=0)


def _divided(
    embedding: Float[AnyArray, "*n d"], size: Float[AnyArray, "*n 1"]
) -> Float[AnyArray, "*n d"]:
    xp = array_module(embedding)
    return xp.divide(embedding, xp.where(size > 0, size, xp.ones_like(size)))
