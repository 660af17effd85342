"""What linear encoders are trained to in worlds of words in places, and where T18 breaks."""

from __future__ import annotations

import numpy as np

from proofs_check.comparison import Comparison
from proofs_check.finite.feature_world import FeatureWorld
from proofs_check.finite.hard_pairs import HardPairs
from proofs_check.quantities.linear_encoders import (
    LinearEncoders,
    SecondMoments,
    limit_encoders,
    power,
    small_start,
)
from proofs_check.theorems.linear_training import (
    MARGIN,
    SCALE,
    cosine_table,
    errors_of_cosines,
    half,
    kernel_weights,
    train,
)
from proofs_check.theorems.pseudo_optimality import ROUNDING
from proofs_check.theorems.worded_features import ring, words_in_places


def order_is_not_learned(world: FeatureWorld) -> list[Comparison]:
    """Captions that differ in order alone score alike where either order can say a scene.

    What tells their order is uncorrelated with the image and with the bag of words. On its span
    descent makes |G S_y^-1/2| no larger than it was at the start.
    """
    moments = SecondMoments.of(world)
    pairs = HardPairs.of(world.world)
    y = world.centred_captions
    moved = y[pairs.negative] - y[pairs.caption]
    scores = pairs.scores(world.centred_images @ moments.critic @ y.T)
    apart = float(np.abs(scores[:, :, 0] - scores[:, :, 1]).max())
    trained = train(world)
    span = np.linalg.svd(moved, full_matrices=False)
    order = span.Vh[span.S > ROUNDING].T
    told = order @ order.T
    root = power(told @ moments.text @ told, -0.5)
    start = float(np.linalg.norm(trained.start.text @ root))
    seen = float(np.linalg.norm(trained.end.text @ root))
    return [
        Comparison("scores of y less those of y', in the limit", "~=", 0.0, apart, ROUNDING),
        Comparison("weights of order, at most those of the start", "<=", start, seen, ROUNDING),
    ]


def order_of_the_likelier(world: FeatureWorld) -> list[Comparison]:
    """Order is read as the likelier order of mention has it, and wrongly in the other.

    No linear map takes a place together with the relation word.
    """
    pairs = HardPairs.of(world.world)
    moments = SecondMoments.of(world)
    critic = world.centred_images @ moments.critic @ world.centred_captions.T
    scores = pairs.scores(critic)
    sums = scores[:, 0, 0] - scores[:, 0, 1] + scores[:, 1, 1] - scores[:, 1, 0]
    rate = float(pairs.probability @ (sums > ROUNDING))
    return [
        Comparison("sums of both margins above 0, in the limit", "~=", 0.75, rate, ROUNDING),
        half("familiar half of the limit", scores, pairs, (0, 0, 1), 0.75),
        half("novel half of the limit", scores, pairs, (1, 1, 0), 0.75),
    ]


def salience_decides_nothing(world: FeatureWorld) -> list[Comparison]:
    """Scores of the limit are those at salience 1: features are an invertible map of the others."""
    other = words_in_places(ring(), words=1.0)
    found, wanted = (
        each.centred_images @ SecondMoments.of(each).critic @ each.centred_captions.T
        for each in (world, other)
    )
    furthest = float(np.abs(found - wanted).max())
    # Second moments are inverted, with condition numbers of some 100.
    return [
        Comparison("scores of the limit less those at salience 1", "~=", 0.0, furthest, ROUNDING),
        *errors_of_cosines(world),
    ]


def large_start(world: FeatureWorld) -> list[Comparison]:
    """Weights of kernels stay as large as they were, and scores of novel pairs are theirs."""
    moments = SecondMoments.of(world)
    trained = train(world, scale=1.0)
    x, y = world.centred_images, world.centred_captions
    f, g = trained.end.embeddings(world)
    kernel_f, kernel_g = (
        rows @ weights.T
        for rows, weights in zip((x, y), kernel_weights(trained.start, moments), strict=True)
    )
    error = f @ g.T - x @ moments.critic @ y.T
    of_kernels = kernel_f @ g.T + (f - kernel_f) @ kernel_g.T
    left = float(np.abs(error - of_kernels).max())
    off = np.abs(cosine_table(world, trained.end) - cosine_table(world, limit_encoders(moments)))
    return [
        Comparison(
            "loss above the least",
            "~=",
            0.0,
            trained.end.loss(world) - moments.least_loss,
            ROUNDING,
        ),
        Comparison("largest error of a score", ">", 1.0, float(np.abs(error).max()), chosen=True),
        Comparison("of which not the kernels' at the start", "~=", 0.0, left, 1e-5, chosen=True),
        Comparison("largest error of a cosine", ">", 100 * MARGIN, float(off.max()), chosen=True),
    ]


def too_few_outputs(world: FeatureWorld) -> list[Comparison]:
    """Canonical correlations are all 1, and each output that is missing costs 1."""
    moments = SecondMoments.of(world)
    ends = [train(world, scale=1.0, spare=-2, seed=seed).end for seed in (0, 1)]
    lost = [end.loss(world) - moments.least_loss for end in ends]
    scores = [np.matmul(f, g.T) for f, g in (end.embeddings(world) for end in ends)]
    apart = float(np.abs(scores[0] - scores[1]).max())
    return [
        Comparison("loss above the least, two outputs too few", "~=", 2.0, lost[0], ROUNDING),
        Comparison("the same from another start", "~=", 2.0, lost[1], ROUNDING),
        Comparison("scores of one less those of the other", ">", 0.1, apart, chosen=True),
    ]


def signs_of_gradients(world: FeatureWorld) -> list[Comparison]:
    """One step of the size `SCALE` along signs of the gradient, as Adam's first: kernels move."""
    moments = SecondMoments.of(world)
    start = small_start(world, len(moments.canonical_correlations), SCALE, 0)
    x, y = world.centred_images, world.centred_captions
    f, g = start.embeddings(world)
    slope = 2 * (np.outer(world.image_law, world.caption_law) * (f @ g.T) - world.joint)
    along = LinearEncoders(np.sign((slope @ g).T @ x), np.sign((slope.T @ f).T @ y))
    kept, _ = kernel_weights(along, moments)
    moved = float(np.abs(kept).max())
    return [Comparison("weights of kernels moved, in steps", ">", 0.1, moved, chosen=True)]
