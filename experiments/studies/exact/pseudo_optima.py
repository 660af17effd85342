"""T6 to T9: one loss, two compositions: the true optimum g* and the blind g** at every K.

Command: ``tokenscm check --only T7``. Expect one loss of both; insensitivity 0 of g**, which ties
every hard negative, so that its score is 1/2 where that of g* is 1. An encoder that sees the second
word alone tells hard negatives apart and loses more: neither number says anything of the other.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from experiments.results.record import Row
from experiments.studies.exact.study import EXACT_STUDIES
from experiments.studies.shared.scene_worlds import (
    COLOURED,
    PAIRS,
    PERHAPS_COLOURED,
    covered_world,
)
from proofs_check import FiniteWorld
from proofs_check.finite.constructions import pseudo_optimal_text, true_optimal_text
from proofs_check.finite.pairs import Pairs
from proofs_check.finite.table_encoder import TableEncoder, sphere_codes
from proofs_check.quantities.contrastive import exact_loss
from proofs_check.quantities.hard_negative_scores import accuracy
from proofs_check.quantities.insensitivity import insensitivity
from scm import Add, Coverage, Replace, SceneConfig, Swap
from scm.operators.operator import Operator

STUDY = "pseudo_optima"

WORLDS: dict[str, tuple[SceneConfig, Operator, str]] = {
    "SWAP": (PAIRS, Swap(), "T7"),
    "REPLACE": (COLOURED, Replace("object 0 attribute 0"), "T8"),
    "ADD": (PERHAPS_COLOURED, Add(), "T9"),
}
"""Scenes, operator and claim. Of each orbit one scene is drawn."""

SIZES = tuple(2**power for power in range(1, 13))


def second_word(world: FiniteWorld) -> Int[np.ndarray, " captions"]:
    """A label of each caption's second word."""
    assert world.words is not None
    return np.unique([caption.split()[1] for caption in world.words], return_inverse=True)[1]


def encoders(world: FiniteWorld) -> dict[str, TableEncoder]:
    """Encoders of captions by name."""
    seen = second_word(world)
    return {
        "g*": true_optimal_text(world),
        "g**": pseudo_optimal_text(world),
        "second word": TableEncoder(sphere_codes(int(seen.max()) + 1)[seen]),
    }


class PseudoOptimaStudy:
    """See the module."""

    name: str = STUDY
    version: int = 1
    claims: tuple[str, ...] = ("T6", "T7", "T8", "T9")
    figure: str = "pseudo_optima"
    title: str = "Can an encoder be optimal in training and blind to an operator?"

    def rows(self) -> list[Row]:
        """Losses at every K, insensitivity, and hard negatives, by operator and encoder."""
        found = []
        for setting, (config, operator, claim) in WORLDS.items():
            world = covered_world(config, Coverage(operator, rho=0.0, shown="hashed"))
            for name, encoder in encoders(world).items():
                found += [
                    Row(STUDY, claim, setting, 0, metric, value, {"encoder": name} | labels)
                    for metric, value, labels in [*_losses(world, encoder), *_ties(world, encoder)]
                ]
        return found


Measured = tuple[str, float, dict[str, int]]
"""Metric, value and labels."""


def _losses(world: FiniteWorld, encoder: TableEncoder) -> list[Measured]:
    """The loss at each K of the best critic that sees captions through the encoder."""
    pairs = Pairs.of(world, encoder.labels)
    return [("loss", exact_loss(pairs, K), {"K": K}) for K in SIZES]


def _ties(world: FiniteWorld, encoder: TableEncoder) -> list[Measured]:
    """Insensitivity, and how hard negatives score against the image encoder that fits best."""
    g = encoder.embeddings
    ((_, (source, target)),) = world.edges
    drawn = world.support[source]
    source, target = source[drawn], target[drawn]
    delta = insensitivity(g[source], g[target], g[world.caption], None, world.probability).delta
    # Each scene has one caption, whose embedding is that of its images.
    right, wrong = np.ones(len(source)), np.sum(g[source] * g[target], axis=1)
    score, ties = accuracy(right, wrong)
    return [
        ("delta", float(delta), {}),
        ("hard-negative score", float(score), {}),
        ("ties", float(ties), {}),
    ]


EXACT_STUDIES.register(STUDY, PseudoOptimaStudy())
