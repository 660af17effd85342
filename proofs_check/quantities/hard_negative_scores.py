"""How well similarities tell a caption from a hard negative, ties counted as a half."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from proofs_check.quantities.directions import TIE, weighted_mean
from scm.array_module import AnyArray, array_module


class Accuracy(NamedTuple):
    """How often the right one of two is preferred.

    Attributes:
        accuracy: the rate, a tie counted as a half; chance is 1/2.
        ties: the rate of ties.
    """

    accuracy: Float[Any, ""]
    ties: Float[Any, ""]


class PairScores(NamedTuple):
    """How two images and two captions, each of one of the images, are matched.

    Attributes:
        text: how often an image prefers its caption to the other.
        image: how often a caption prefers its image to the other.
        group: how often both images and both captions prefer their own, strictly; chance is 1/6
            for independent scores, and 0 where the text encoder is blind to the difference.
    """

    text: Accuracy
    image: Accuracy
    group: Float[Any, ""]


def accuracy(
    right: Float[AnyArray, " n"],
    wrong: Float[AnyArray, " n"],
    weight: Float[AnyArray, " n"] | None = None,
) -> Accuracy:
    """How often the right one is preferred; cosines closer than `TIE` are tied.

    Args:
        right: cosines with the right one, never scaled by a temperature; of numpy or, also inside
            jit, of JAX.
        wrong: cosines with the wrong one.
        weight: of each choice, with sum 1; equal if None.
    """
    ties = _rate(abs(right - wrong) <= TIE, weight, right.dtype)
    return Accuracy(_rate(right - wrong > TIE, weight, right.dtype) + 0.5 * ties, ties)


def pair_scores(
    cosines: Float[AnyArray, "n 2 2"], weight: Float[AnyArray, " n"] | None = None
) -> PairScores:
    """The text, image and group score of pairs of an image and its caption.

    Args:
        cosines: of image a with caption b at ``[:, a, b]``; caption a is that of image a.
        weight: of each pair of pairs, with sum 1; equal if None.

    Source: [thrush2022].
    """
    xp = array_module(cosines)
    own = xp.stack([cosines[:, 0, 0], cosines[:, 1, 1]])
    crossed = xp.stack([cosines[:, 0, 1], cosines[:, 1, 0]])
    each = None if weight is None else 0.5 * xp.concatenate([weight, weight])
    strict = own.min(0) - crossed.max(0) > TIE
    return PairScores(
        accuracy(own.reshape(-1), crossed.reshape(-1), each),
        accuracy(own.reshape(-1), crossed[::-1].reshape(-1), each),
        _rate(strict, weight, cosines.dtype),
    )


def _rate(
    holds: Bool[Any, " n"], weight: Float[AnyArray, " n"] | None, dtype: np.dtype
) -> Float[Any, ""]:
    return weighted_mean(holds.astype(dtype), weight)
