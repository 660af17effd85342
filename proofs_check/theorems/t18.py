"""T18: which of the optima linear encoders are trained to from a small start.

Source: THEORY.md, T18.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from proofs_check.claim import CLAIMS, Claim, Condition, Control
from proofs_check.comparison import Comparison
from proofs_check.finite.conditions import EVERY_SCENE_HAS_AN_IMAGE
from proofs_check.finite.family_conditions import MAKES_HARD_NEGATIVES
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
from proofs_check.theorems.worded_features import line, ring, words_in_places

_SCALE = 1e-3
"""Standard deviation of the initial weights."""

_COARSE = 10.0
"""How many times larger it is where the order of the error is measured."""

_STEP = 0.05
"""Of descent. FF^T - GG^T is kept by the flow, and drifts with the step where F and G differ."""

_SPARE = 2
"""Outputs more than the canonical correlations are."""

_GRADIENT = 1e-9
"""Largest entry of the gradient at the end of descent: the excess is its square over curvatures of
the size of `_LEAST`, below rounding."""

_STEPS = 50_000
"""Most steps: modes grow and settle at rates of `_STEP` times `_LEAST` and more, and 30 times their
inverse is enough."""

_LEAST = 0.01
"""Least second moment of features, over the largest, times the least canonical correlation."""

_KERNEL = 1e-9
"""Eigenvalues below it, over the largest, are rounding of 0."""

_ORDER = 0.25
"""How far the measured order of an error is from the leading one, by the next at these scales."""

_MARGIN = 5e-3
"""Bound on the errors of cosines of the ranges, some units of `_SCALE`^2 and of `_STEP`^2; closer
cosines of the limit may be turned."""


def _is_learned_in_time(world: FeatureWorld) -> bool:
    moments = SecondMoments.of(world)
    found = moments.canonical_correlations
    if not len(found):
        return False
    values = [np.linalg.eigvalsh(moment) for moment in moments[:2]]
    shares = [each[each > _KERNEL * each[-1]].min() / each[-1] for each in values]
    return bool(min(shares) * found[-1] >= _LEAST)


FEATURES = Condition("a FeatureWorld", lambda world: isinstance(world, FeatureWorld))

IMAGES = Condition(
    "a world with an image of every scene",
    lambda world: EVERY_SCENE_HAS_AN_IMAGE.holds(world.world),
)

LEARNED_IN_TIME = Condition(
    f"a world whose least second moment and least canonical correlation are not below {_LEAST}, "
    "but for 0",
    _is_learned_in_time,
)
"""Descent ends within its steps."""


class _Trained(NamedTuple):
    """Encoders before and after descent."""

    start: LinearEncoders
    end: LinearEncoders


def _measure(world: FeatureWorld) -> list[Comparison]:
    moments = SecondMoments.of(world)
    trained = _train(world)
    lost = trained.end.loss(world) - moments.least_loss
    return [
        Comparison("loss above the least", "~=", 0.0, lost, ROUNDING),
        *_scores(world, moments, trained, lost),
        *(_novel_halves(world, moments, trained) if _one_feature(world) else ()),
        *world.closed_forms(world),
    ]


def _train(
    world: FeatureWorld,
    *,
    scale: float = _SCALE,
    step: float = _STEP,
    spare: int = _SPARE,
    seed: int = 0,
) -> _Trained:
    outputs = len(SecondMoments.of(world).canonical_correlations) + spare
    start = small_start(world, outputs, scale, seed)
    return _Trained(start, descend(world, start, step=step, gradient=_GRADIENT, steps=_STEPS))


def _kernel_weights(
    encoders: LinearEncoders, moments: SecondMoments
) -> tuple[Float[np.ndarray, "d p"], Float[np.ndarray, "d q"]]:
    """The weights of what is constant on all that is drawn."""
    F, G = encoders
    return F - F @ power(moments.image, 0.0), G - G @ power(moments.text, 0.0)


def _scores(
    world: FeatureWorld, moments: SecondMoments, trained: _Trained, lost: float
) -> list[Comparison]:
    """Scores of all images with all captions, drawn or not, beside the closed form.

    ||S_x^1/2 M S_y^1/2 - C||^2 is the excess of the loss, so that on the ranges a score is off by
    its root times the lengths of S^+1/2 phi; the kernels add at most |F k_x| |g| + |f| |G k_y|, at
    the weights of the start.
    """
    x, y = world.centred_images, world.centred_captions
    f, g = trained.end.embeddings(world)
    before, after = (_kernel_weights(encoders, moments) for encoders in trained)
    moved = max(float(np.abs(new - old).max()) for old, new in zip(before, after, strict=True))
    kernel_f, kernel_g = _lengths(x @ before[0].T), _lengths(y @ before[1].T)
    from_kernels = np.outer(kernel_f, _lengths(g)) + np.outer(_lengths(f) + kernel_f, kernel_g)
    leverages = np.outer(
        _lengths(x @ power(moments.image, -0.5)), _lengths(y @ power(moments.text, -0.5))
    )
    # The excess is rounded off to some eps of a loss below the number of features.
    most = np.sqrt(max(lost, 0.0) + 1e-13)
    error = np.abs(f @ g.T - x @ moments.critic @ y.T)
    # What has no leverage at all is off by rounding.
    beyond = float(np.max((error - from_kernels) / (1 + leverages)))
    return [
        Comparison("scores less their closed form, beyond kernels", "<=", 0.0, beyond, float(most)),
        Comparison("weights of kernels moved", "~=", 0.0, moved, ROUNDING, identity=True),
    ]


def _cosine_error(world: FeatureWorld, encoders: LinearEncoders) -> float:
    """Largest error of a cosine of what lies in the ranges, beside the limit."""
    moments = SecondMoments.of(world)
    limit = limit_encoders(moments)
    inside = np.outer(
        _in_range(world.centred_images, moments.image),
        _in_range(world.centred_captions, moments.text),
    )
    inside &= np.outer(*(_lengths(rows) > _MARGIN for rows in limit.embeddings(world)))
    error = np.abs(_cosine_table(world, encoders) - _cosine_table(world, limit))
    return float(error[inside].max(initial=0.0))


def _errors_of_cosines(world: FeatureWorld) -> list[Comparison]:
    """Cosines of the ranges beside the limit's, and the order of their error.

    The flow keeps FF^T - GG^T, which is of second order in the initial weights, and so is what F
    and G are off by, up to a rotation. Where F and G are alike so are their steps, and descent
    keeps it too; elsewhere each step leaves something of its own second order.
    """
    fine = _cosine_error(world, _train(world).end)
    if _one_feature(world):
        rough = _cosine_error(world, _train(world, scale=_COARSE * _SCALE).end)
        what, order, ratio = "start", 2.0, _COARSE
    else:
        rough = _cosine_error(world, _train(world, step=2 * _STEP).end)
        what, order, ratio = "step", 1.0, 2.0
    found = float(np.log(rough / fine) / np.log(ratio))
    return [
        Comparison("cosines of the ranges less the limit's", "~=", 0.0, fine, _MARGIN, chosen=True),
        Comparison(f"order of their error in the {what}", "~=", order, found, _ORDER, chosen=True),
    ]


def _cosine_table(
    world: FeatureWorld, encoders: LinearEncoders
) -> Float[np.ndarray, "images captions"]:
    f, g = encoders.embeddings(world)
    return unit(f) @ unit(g).T


def _in_range(
    rows: Float[np.ndarray, "n p"], moment: Float[np.ndarray, "p p"]
) -> Bool[np.ndarray, " n"]:
    """Which features lie in the range of a second moment."""
    return _lengths(rows - rows @ power(moment, 0.0)) <= ROUNDING


def _novel_halves(
    world: FeatureWorld, moments: SecondMoments, trained: _Trained
) -> list[Comparison]:
    """Halves by cosine of hard negatives of drawn pairs, of one phi, displaced within its range.

    Unless the limit itself has them too close to tell, as where phi of both are in one direction.
    """
    if not MAKES_HARD_NEGATIVES.holds(world.world):
        return []
    pairs = HardPairs.of(world.world)
    y = world.centred_captions
    inside = _in_range(y[pairs.negative] - y[pairs.caption], moments.text)
    limit = pairs.scores(_cosine_table(world, limit_encoders(moments)))
    told = np.abs(limit[:, 0, 0] - limit[:, 0, 1]) > _MARGIN
    if not (inside & told).any():
        return []
    pairs = pairs.where(inside & told)
    scores = pairs.scores(_cosine_table(world, trained.end))
    return [
        _half("familiar half", scores, pairs, (0, 0, 1), 1.0),
        _half("novel half", scores, pairs, (1, 1, 0), 1.0),
    ]


def _half(
    metric: str,
    scores: Cosines,
    pairs: HardPairs,
    place: tuple[int, int, int],
    predicted: float,
) -> Comparison:
    image, right, wrong = place
    rate = accuracy(scores[:, image, right], scores[:, image, wrong], pairs.probability).accuracy
    return Comparison(metric, "~=", predicted, float(rate), ROUNDING)


def _one_feature(world: FeatureWorld) -> bool:
    """Whether images have the features of the captions that are true of them, drawn or not."""
    exact = world.world
    first = np.unique(exact.shown, return_index=True)[1]
    drawn = np.array_equal(world.images[exact.image], world.captions[exact.caption])
    return drawn and np.array_equal(world.images[first[exact.said]], world.captions)


def _lengths(rows: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " n"]:
    return np.linalg.norm(rows, axis=1)


def _order_is_not_learned(world: FeatureWorld) -> list[Comparison]:
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
    trained = _train(world)
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


def _order_of_the_likelier(world: FeatureWorld) -> list[Comparison]:
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
        _half("familiar half of the limit", scores, pairs, (0, 0, 1), 0.75),
        _half("novel half of the limit", scores, pairs, (1, 1, 0), 0.75),
    ]


def _salience_decides_nothing(world: FeatureWorld) -> list[Comparison]:
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
        *_errors_of_cosines(world),
    ]


def _large_start(world: FeatureWorld) -> list[Comparison]:
    """Weights of kernels stay as large as they were, and scores of novel pairs are theirs."""
    moments = SecondMoments.of(world)
    trained = _train(world, scale=1.0)
    x, y = world.centred_images, world.centred_captions
    f, g = trained.end.embeddings(world)
    kernel_f, kernel_g = (
        rows @ weights.T
        for rows, weights in zip((x, y), _kernel_weights(trained.start, moments), strict=True)
    )
    error = f @ g.T - x @ moments.critic @ y.T
    of_kernels = kernel_f @ g.T + (f - kernel_f) @ kernel_g.T
    left = float(np.abs(error - of_kernels).max())
    off = np.abs(_cosine_table(world, trained.end) - _cosine_table(world, limit_encoders(moments)))
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
        Comparison("largest error of a cosine", ">", 100 * _MARGIN, float(off.max()), chosen=True),
    ]


def _too_few_outputs(world: FeatureWorld) -> list[Comparison]:
    """Canonical correlations are all 1, and each output that is missing costs 1."""
    moments = SecondMoments.of(world)
    ends = [_train(world, scale=1.0, spare=-2, seed=seed).end for seed in (0, 1)]
    lost = [end.loss(world) - moments.least_loss for end in ends]
    scores = [np.matmul(f, g.T) for f, g in (end.embeddings(world) for end in ends)]
    apart = float(np.abs(scores[0] - scores[1]).max())
    return [
        Comparison("loss above the least, two outputs too few", "~=", 2.0, lost[0], ROUNDING),
        Comparison("the same from another start", "~=", 2.0, lost[1], ROUNDING),
        Comparison("scores of one less those of the other", ">", 0.1, apart, chosen=True),
    ]


def _signs_of_gradients(world: FeatureWorld) -> list[Comparison]:
    """One step of the size `_SCALE` along signs of the gradient, as Adam's first: kernels move."""
    moments = SecondMoments.of(world)
    start = small_start(world, len(moments.canonical_correlations), _SCALE, 0)
    x, y = world.centred_images, world.centred_captions
    f, g = start.embeddings(world)
    slope = 2 * (np.outer(world.image_law, world.caption_law) * (f @ g.T) - world.joint)
    along = LinearEncoders(np.sign((slope @ g).T @ x), np.sign((slope.T @ f).T @ y))
    kept, _ = _kernel_weights(along, moments)
    moved = float(np.abs(kept).max())
    return [Comparison("weights of kernels moved, in steps", ">", 0.1, moved, chosen=True)]


T18 = Claim(
    id="T18",
    statement="Linear encoders that plain gradient descent trains by the spectral contrastive loss "
    "from a small start score by S_x^+ S_xy S_y^+. What is constant on all that is drawn keeps its "
    "initial weights and decides nothing. Where images and captions have the same features, novel "
    "pairs whose displacement is in the range of the drawn ones compose by cosine.",
    conditions="Centred features with finite second moments; as many outputs as there are "
    "canonical correlations; the population's gradient; the start tends to 0.",
    source="Ours; the loss is that of [haochen2021].",
    requires=(FEATURES, IMAGES, LEARNED_IN_TIME),
    measure=_measure,
    worlds={
        "orders in a ring": lambda: words_in_places(ring(), closed_forms=_errors_of_cosines),
        "orders in a line": lambda: words_in_places(
            line(), nouns=4, closed_forms=_errors_of_cosines
        ),
        "salience 0.5": lambda: words_in_places(
            ring(), words=1.0, salience=0.5, closed_forms=_salience_decides_nothing
        ),
        "either order of mention": lambda: words_in_places(
            ring(paraphrase=0.5), closed_forms=_order_is_not_learned
        ),
        "one order of mention more often": lambda: words_in_places(
            ring(paraphrase=0.25), closed_forms=_order_of_the_likelier
        ),
    },
    controls=(
        Control("a large start", lambda: words_in_places(line(), nouns=4), _large_start),
        Control("too few outputs", lambda: words_in_places(ring()), _too_few_outputs),
        Control(
            "signs of gradients", lambda: words_in_places(line(), nouns=4), _signs_of_gradients
        ),
    ),
)

CLAIMS.register(T18.id, T18)
