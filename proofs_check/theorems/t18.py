"""T18: which of the optima linear encoders are trained to from a small start.

Source: THEORY.md, T18.
"""

from __future__ import annotations

import numpy as np

from proofs_check.claim import CLAIMS, Claim, Condition, Control
from proofs_check.comparison import Comparison
from proofs_check.finite.conditions import EVERY_SCENE_HAS_AN_IMAGE
from proofs_check.finite.family_conditions import MAKES_HARD_NEGATIVES
from proofs_check.finite.feature_world import FeatureWorld
from proofs_check.finite.hard_pairs import HardPairs
from proofs_check.quantities.linear_encoders import SecondMoments, limit_encoders, power
from proofs_check.theorems.linear_controls import (
    large_start,
    order_is_not_learned,
    order_of_the_likelier,
    salience_decides_nothing,
    signs_of_gradients,
    too_few_outputs,
)
from proofs_check.theorems.linear_training import (
    KERNEL,
    LEAST,
    MARGIN,
    Trained,
    cosine_table,
    errors_of_cosines,
    half,
    in_range,
    kernel_weights,
    lengths,
    one_feature,
    train,
)
from proofs_check.theorems.pseudo_optimality import ROUNDING
from proofs_check.theorems.worded_features import line, ring, words_in_places

_UNLEARNED = 1e-4
"""Of the square of the least canonical correlation, which is what the loss is above the least where
its mode is not learned at all: all modes are learned to a hundredth. Weights that vanish together
leave some 1e-8 of it in random worlds: of fourth order in the start, times how far they grow while
others are learned, which was up to ninefold."""


def _is_learned_in_time(world: FeatureWorld) -> bool:
    moments = SecondMoments.of(world)
    found = moments.canonical_correlations
    if not len(found):
        return False
    values = [np.linalg.eigvalsh(moment) for moment in moments[:2]]
    least = min(float(each[each > KERNEL * each[-1]].min()) for each in values)
    most = max(float(each[-1]) for each in values)
    return bool(least / most * found[-1] >= LEAST)


FEATURES = Condition("a FeatureWorld", lambda world: isinstance(world, FeatureWorld))

IMAGES = Condition(
    "a world with an image of every scene",
    lambda world: EVERY_SCENE_HAS_AN_IMAGE.holds(world.world),
)

LEARNED_IN_TIME = Condition(
    f"a world whose least second moment, over the largest, times its least canonical correlation "
    f"is not below {LEAST}",
    _is_learned_in_time,
)
"""Descent ends within its steps."""


def _measure(world: FeatureWorld) -> list[Comparison]:
    moments = SecondMoments.of(world)
    trained = train(world)
    lost = trained.end.loss(world) - moments.least_loss
    return [
        Comparison(
            "loss above the least",
            "~=",
            0.0,
            lost,
            _UNLEARNED * float(moments.canonical_correlations[-1]) ** 2,
            chosen=True,
        ),
        *_scores(world, moments, trained, lost),
        *(_novel_halves(world, moments, trained) if one_feature(world) else ()),
        *world.closed_forms(world),
    ]


def _scores(
    world: FeatureWorld, moments: SecondMoments, trained: Trained, lost: float
) -> list[Comparison]:
    """Scores of all images with all captions, drawn or not, beside the closed form.

    ||S_x^1/2 M S_y^1/2 - C||^2 is the excess of the loss, so that on the ranges a score is off by
    its root times the lengths of S^+1/2 phi; the kernels add at most |F k_x| |g| + |f| |G k_y|, at
    the weights of the start.
    """
    x, y = world.centred_images, world.centred_captions
    f, g = trained.end.embeddings(world)
    before, after = (kernel_weights(encoders, moments) for encoders in trained)
    moved = max(float(np.abs(new - old).max()) for old, new in zip(before, after, strict=True))
    kernel_f, kernel_g = lengths(x @ before[0].T), lengths(y @ before[1].T)
    from_kernels = np.outer(kernel_f, lengths(g)) + np.outer(lengths(f) + kernel_f, kernel_g)
    leverages = np.outer(
        lengths(x @ power(moments.image, -0.5)), lengths(y @ power(moments.text, -0.5))
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


def _novel_halves(
    world: FeatureWorld, moments: SecondMoments, trained: Trained
) -> list[Comparison]:
    """Halves by cosine of hard negatives of drawn pairs, of one phi, displaced within its range.

    Unless the limit itself has them too close to tell, as where phi of both are in one direction.
    """
    if not MAKES_HARD_NEGATIVES.holds(world.world):
        return []
    pairs = HardPairs.of(world.world)
    y = world.centred_captions
    inside = in_range(y[pairs.negative] - y[pairs.caption], moments.text)
    limit = pairs.scores(cosine_table(world, limit_encoders(moments)))
    told = np.abs(limit[:, 0, 0] - limit[:, 0, 1]) > MARGIN
    if not (inside & told).any():
        return []
    pairs = pairs.where(inside & told)
    scores = pairs.scores(cosine_table(world, trained.end))
    return [
        half("familiar half", scores, pairs, (0, 0, 1), 1.0),
        half("novel half", scores, pairs, (1, 1, 0), 1.0),
    ]


T18 = Claim(
    id="T18",
    title="Linear encoders compose seen shifts",
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
        "orders in a ring": lambda: words_in_places(ring(), closed_forms=errors_of_cosines),
        "orders in a line": lambda: words_in_places(
            line(), nouns=4, closed_forms=errors_of_cosines
        ),
        "salience 0.5": lambda: words_in_places(
            ring(), words=1.0, salience=0.5, closed_forms=salience_decides_nothing
        ),
        "either order of mention": lambda: words_in_places(
            ring(paraphrase=0.5), closed_forms=order_is_not_learned
        ),
        "one order of mention more often": lambda: words_in_places(
            ring(paraphrase=0.25), closed_forms=order_of_the_likelier
        ),
    },
    controls=(
        Control("a large start", lambda: words_in_places(line(), nouns=4), large_start),
        Control("too few outputs", lambda: words_in_places(ring()), too_few_outputs),
        Control("signs of gradients", lambda: words_in_places(line(), nouns=4), signs_of_gradients),
    ),
)

CLAIMS.register(T18.id, T18)
