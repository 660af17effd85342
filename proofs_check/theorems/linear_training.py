"""Linear encoders trained from a small start, beside their limit: what T18 measures and breaks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from proofs_check.comparison import Comparison
from proofs_check.finite.feature_world import FeatureWorld
from proofs_check.finite.hard_pairs import Cosines, HardPairs
from proofs_check.quantities.directions import unit
from proofs_check.quantities.hard_negative_scores import accuracy
from proofs_check.quantities.linear_encoders import (
    LinearEncoders,
    SecondMoments,
    descend,
    limit_encoders,
    power,
    small_start,
)
from proofs_check.theorems.pseudo_optimality import ROUNDING

SCALE = 1e-3
"""Standard deviation of the initial weights."""

_COARSE = 10.0
"""How many times larger it is where the order of the error is measured."""

_STEP = 0.05
"""Of descent. FF^T - GG^T is kept by the flow, and drifts with the step where F and G differ."""

_SPARE = 2
"""Outputs more than the canonical correlations are."""

_GRADIENT = 1e-9
"""Largest entry of the gradient at the end of descent: the excess is its square over curvatures of
the size of `LEAST`, below rounding."""

LEAST = 0.02
"""Least second moment of features, over the largest of both sides, times the least canonical
correlation."""

STEPS = 100_000
"""Most steps: modes grow and settle at rates of 2 `_STEP` `LEAST`^{3/2} and more, embeddings having
second moments of the root of `LEAST` at least; 30 times the inverse of that is enough."""

KERNEL = 1e-9
"""Eigenvalues below it, over the largest, are rounding of 0."""

_ORDER = 0.25
"""How far the measured order of an error is from the leading one, by the next at these scales."""

MARGIN = 5e-3
"""Bound on the errors of cosines of the ranges, some units of `SCALE`^2 and of `_STEP`^2; closer
cosines of the limit may be turned."""


class Trained(NamedTuple):
    """Encoders before and after descent.

    Attributes:
        start: before.
        end: after.
    """

    start: LinearEncoders
    end: LinearEncoders


def train(
    world: FeatureWorld,
    *,
    scale: float = SCALE,
    step: float = _STEP,
    spare: int = _SPARE,
    seed: int = 0,
) -> Trained:
    """Linear encoders of a world, by plain gradient descent.

    Args:
        world: the world.
        scale: standard deviation of the initial weights.
        step: of descent; see `descend`.
        spare: outputs more than there are canonical correlations.
        seed: of the initial weights.
    """
    outputs = len(SecondMoments.of(world).canonical_correlations) + spare
    start = small_start(world, outputs, scale, seed)
    return Trained(start, descend(world, start, step=step, gradient=_GRADIENT, steps=STEPS))


def kernel_weights(
    encoders: LinearEncoders, moments: SecondMoments
) -> tuple[Float[np.ndarray, "d p"], Float[np.ndarray, "d q"]]:
    """The weights of what is constant on all that is drawn.

    Args:
        encoders: of images and captions.
        moments: of the world.
    """
    F, G = encoders
    return F - F @ power(moments.image, 0.0), G - G @ power(moments.text, 0.0)


def cosine_error(world: FeatureWorld, encoders: LinearEncoders) -> float:
    """Largest error of a cosine of what lies in the ranges, beside the limit.

    Args:
        world: the world.
        encoders: trained ones.
    """
    moments = SecondMoments.of(world)
    limit = limit_encoders(moments)
    inside = np.outer(
        in_range(world.centred_images, moments.image),
        in_range(world.centred_captions, moments.text),
    )
    inside &= np.outer(*(lengths(rows) > MARGIN for rows in limit.embeddings(world)))
    error = np.abs(cosine_table(world, encoders) - cosine_table(world, limit))
    return float(error[inside].max(initial=0.0))


def errors_of_cosines(world: FeatureWorld) -> list[Comparison]:
    """Cosines of the ranges beside the limit's, and the order of their error.

    The flow keeps FF^T - GG^T, which is of second order in the initial weights, and so is what F
    and G are off by, up to a rotation. Where F and G are alike so are their steps, and descent
    keeps it too; elsewhere each step leaves something of its own second order.
    """
    fine = cosine_error(world, train(world).end)
    if one_feature(world):
        rough = cosine_error(world, train(world, scale=_COARSE * SCALE).end)
        what, order, ratio = "start", 2.0, _COARSE
    else:
        rough = cosine_error(world, train(world, step=2 * _STEP).end)
        what, order, ratio = "step", 1.0, 2.0
    found = float(np.log(rough / fine) / np.log(ratio))
    return [
        Comparison("cosines of the ranges less the limit's", "~=", 0.0, fine, MARGIN, chosen=True),
        Comparison(f"order of their error in the {what}", "~=", order, found, _ORDER, chosen=True),
    ]


def cosine_table(
    world: FeatureWorld, encoders: LinearEncoders
) -> Float[np.ndarray, "images captions"]:
    """Cosines of all images with all captions; 0 where an embedding is 0.

    Args:
        world: the world.
        encoders: whose embeddings they are of.
    """
    f, g = encoders.embeddings(world)
    return unit(f) @ unit(g).T


def in_range(
    rows: Float[np.ndarray, "n p"], moment: Float[np.ndarray, "p p"]
) -> Bool[np.ndarray, " n"]:
    """Which features lie in the range of a second moment.

    Args:
        rows: features, centred or differences.
        moment: the second moment.
    """
    return lengths(rows - rows @ power(moment, 0.0)) <= ROUNDING


def one_feature(world: FeatureWorld) -> bool:
    """Whether images have the features of the captions that are true of them, drawn or not."""
    exact = world.world
    first = np.unique(exact.shown, return_index=True)[1]
    drawn = np.array_equal(world.images[exact.image], world.captions[exact.caption])
    return drawn and np.array_equal(world.images[first[exact.said]], world.captions)


def half(
    metric: str,
    scores: Cosines,
    pairs: HardPairs,
    place: tuple[int, int, int],
    predicted: float,
) -> Comparison:
    """How often one image prefers one caption to the other.

    Args:
        metric: what the comparison is called.
        scores: of x and x~ with y and y'.
        pairs: whose scores they are.
        place: the image, the caption it should prefer, and the other; 0 for x and y, 1 for x~, y'.
        predicted: the rate.
    """
    image, right, wrong = place
    rate = accuracy(scores[:, image, right], scores[:, image, wrong], pairs.probability).accuracy
    return Comparison(metric, "~=", predicted, float(rate), ROUNDING)


def lengths(rows: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " n"]:
    """The length of each row."""
    return np.linalg.norm(rows, axis=1)
