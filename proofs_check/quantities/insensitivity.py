"""How far an encoder's embedding moves when an operator edits the caption."""

from __future__ import annotations

from typing import Any, NamedTuple

from jaxtyping import Bool, Float

from proofs_check.quantities.directions import TIE, unit, weighted_mean
from scm.array_module import AnyArray, array_module


class Insensitivity(NamedTuple):
    """How far an operator moves an embedding, against how far apart captions are.

    Attributes:
        delta: 0 where the encoder is blind to the operator; NaN where it is collapsed.
        collapsed: whether captions are on average no further apart than a tie.
    """

    delta: Float[Any, ""]
    collapsed: Bool[Any, ""]


def insensitivity(
    original: Float[AnyArray, "n d"],
    edited: Float[AnyArray, "n d"],
    other: Float[AnyArray, "m d"],
    weight: Float[AnyArray, " n"] | None = None,
    other_weight: Float[AnyArray, " m"] | None = None,
) -> Insensitivity:
    r"""The ratio delta(T) = E d(g(y), g(T(y))) / E d(g(y), g(y')), d = 1 - cos.

    The mean below the line is over all n m pairs. Embeddings of 0, which have no direction, are
    equal to each other, and at distance 1/2 from all others.

    Args:
        original: g(y), for captions where T applies; of numpy or, also inside jit, of JAX.
        edited: g(T(y)).
        other: g(y') for captions independent of y.
        weight: of each caption y, with sum 1; equal if None.
        other_weight: of each caption y', with sum 1; equal if None.
    """
    xp = array_module(original)
    u, edited_u, v = unit(original), unit(edited), unit(other)
    moved = weighted_mean(_half_square(u - edited_u), weight)
    # For independent u and v the mean of |u - v|^2 is the spread of u and that of v, both about
    # the mean of v: no n x m table, and no cancellation where all are equal.
    centre = weighted_mean(v, other_weight)[None]
    apart = weighted_mean(_half_square(u - centre), weight) + weighted_mean(
        _half_square(v - centre), other_weight
    )
    collapsed = apart <= TIE
    delta = xp.where(collapsed, xp.nan, moved / xp.where(collapsed, 1.0, apart))
    return Insensitivity(delta, collapsed)


def _half_square(difference: Float[AnyArray, "n d"]) -> Float[AnyArray, " n"]:
    """1 - cos of two unit vectors by their difference: exactly 0 where they are equal."""
    return 0.5 * array_module(difference).sum(difference**2, axis=-1)
