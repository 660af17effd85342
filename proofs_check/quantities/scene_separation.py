r"""T5 in finite worlds: every pair of encoders of a small one, and which of them are optimal.

An encoder maps the images, or captions, that are drawn to codes, one more than scenes are drawn,
and L_inf of a pair is taken by its definition. Where codes match or do not,
``s(a, b) = 0 if a = b else -BETA``, encoders f = g = h(z) with h injective come within rounding of
the infimum over all critics, -I(X;Y) = -H(z). A pair that gives scenes a and b one code has

.. math:: L_\infty \ge -I(f(X); g(Y)) \ge -H(z) + (p_a + p_b)\, H_b\big(p_a / (p_a + p_b)\big),

the information that is merged, with equality where nothing else is lost. Where a scene has several
images or captions and only some are merged, a drawn pair of probability p is left without a match
on one side at least, which costs BETA p / 2, and so more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.special import logsumexp

from proofs_check.comparison import Comparison
from proofs_check.finite.finite_world import FiniteWorld
from proofs_check.finite.pairs import Pairs
from proofs_check.quantities.contrastive import limit_loss
from proofs_check.quantities.information import binary_entropy, entropy

BETA = 100.0
"""The cost of a mismatch: e^-100 is lost in rounding, and BETA `LEAST` / 2 is above the log 2 that
two scenes hold at most."""

LEAST = 1 / 64
"""The least probability of a pair of image and caption."""

MOST_PAIRS = 300_000
"""Most pairs of encoders; they take a second."""

EQUAL = 1e-10
"""Bound on the rounding of a loss: sums of some ten terms of up to 9 `BETA`, each good to eps. What
is not optimal loses some hundredths of a nat."""

CODEBOOKS = {
    "codes that match or not": lambda codes: BETA * (np.eye(codes) - 1),
    "codes on a line": lambda codes: (
        -BETA * np.subtract.outer(np.arange(codes), np.arange(codes)) ** 2.0
    ),
}
"""Scores s(a, b) of an image's and a text's code, by the number of codes. On a line encoders may
also carry nuisance at the optimum, for there f = g is not implied."""


@dataclass(frozen=True, eq=False)
class EveryEncoder:
    """All pairs of encoders of a world's drawn images and captions, those of f along rows.

    Attributes:
        losses: L_inf of each pair.
        image_separates: which f give no two scenes one code.
        text_separates: which g give none.
    """

    losses: Float[np.ndarray, "f g"]
    image_separates: Bool[np.ndarray, " f"]
    text_separates: Bool[np.ndarray, " g"]

    @classmethod
    def of(cls, world: FiniteWorld, codebook: str) -> EveryEncoder:
        """Enumerate them.

        Args:
            world: one that `is_small`.
            codebook: a name of `CODEBOOKS`.
        """
        images, captions = np.unique(world.image), np.unique(world.caption)
        codes = number_of_codes(world)
        f, g = (
            np.array(list(product(range(codes), repeat=len(drawn)))) for drawn in (images, captions)
        )
        law = Pairs.of(world).table()
        scores = CODEBOOKS[codebook](codes)
        losses = np.stack([_losses(law, scores[row[:, None, None], g.T[None]]) for row in f])
        return cls(losses, _separates(f, world.shown[images]), _separates(g, world.said[captions]))

    @property
    def separates(self) -> Bool[np.ndarray, "f g"]:
        """Which pairs give no two scenes one code, on either side."""
        return self.image_separates[:, None] & self.text_separates[None, :]

    @property
    def optimal(self) -> Bool[np.ndarray, "f g"]:
        """Which pairs have the least loss."""
        return self.losses <= self.losses.min() + EQUAL


def number_of_codes(world: FiniteWorld) -> int:
    """One more than scenes are drawn."""
    return 1 + len(np.unique(world.scene))


def is_small(world: FiniteWorld) -> bool:
    """Whether all encoders can be enumerated, and there are scenes to separate, none too rare."""
    drawn = len(np.unique(world.image)) + len(np.unique(world.caption))
    few = drawn * math.log(number_of_codes(world)) <= math.log(MOST_PAIRS)
    some = len(scene_law(world)) > 1
    return some and few and bool(np.all(Pairs.of(world).probability >= LEAST))


def scenes_are_separated(world: FiniteWorld) -> list[Comparison]:
    """The least loss is -H(z), all optima separate scenes, and what merges some loses as much.

    Args:
        world: one of Assumption 4 that `is_small`.
    """
    law = scene_law(world)
    pairs = Pairs.of(world)
    best_critic = limit_loss(pairs, pairs.pointwise_information)
    comparisons = [
        Comparison("L_inf of pointwise information", "~=", -entropy(law), best_critic, EQUAL)
    ]
    for codebook in CODEBOOKS:
        every = EveryEncoder.of(world, codebook)
        merging = float(np.sum(every.optimal & ~every.separates))
        least = float(every.losses.min())
        comparisons += [
            Comparison(f"least L_inf, {codebook}", "~=", -entropy(law), least, EQUAL),
            Comparison(f"optima that merge scenes, {codebook}", "~=", 0.0, merging),
        ]
    matching = EveryEncoder.of(world, "codes that match or not")
    optima = float(math.perm(number_of_codes(world), len(law)))
    lost = min(merged_information(a, b) for a, b in combinations(law.tolist(), 2))
    above = float(matching.losses[~matching.separates].min() - matching.losses.min())
    return [
        *comparisons,
        Comparison("optima", "~=", optima, float(np.sum(matching.optimal))),
        Comparison("least loss of encoders that merge scenes", "~=", lost, above, EQUAL),
    ]


def scene_law(world: FiniteWorld) -> Float[np.ndarray, " drawn"]:
    """p(z_inv) of the scenes that are drawn."""
    law = np.bincount(world.scene, world.probability)
    return law[law > 0]


def merged_information(a: float, b: float) -> float:
    """What is lost, in nats, by not telling apart two scenes of probabilities a and b.

    Args:
        a: the probability of one, above 0.
        b: the probability of the other, above 0.
    """
    return (a + b) * binary_entropy(a / (a + b))


def _losses(
    law: Float[np.ndarray, "images captions"], scores: Float[np.ndarray, "images captions g"]
) -> Float[np.ndarray, " g"]:
    """L_inf by its definition, of each of some critics."""
    image, caption = law.sum(axis=1), law.sum(axis=0)
    over_captions = logsumexp(scores, axis=1, b=caption[None, :, None])
    over_images = logsumexp(scores, axis=0, b=image[:, None, None])
    match = np.einsum("xy,xyg->g", law, scores)
    return 0.5 * (image @ over_captions + caption @ over_images) - match


def _separates(
    encoders: Int[np.ndarray, "n items"], meaning: Int[np.ndarray, " items"]
) -> Bool[np.ndarray, " n"]:
    """Which encoders give no two items of different scenes one code."""
    result = np.ones(len(encoders), bool)
    for a, b in combinations(range(len(meaning)), 2):
        if meaning[a] != meaning[b]:
            result &= encoders[:, a] != encoders[:, b]
    return result
