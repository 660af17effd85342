"""T6 to T9: one loss, two compositions: the true optimum g* and the blind g** at every K.

Command: ``tokenscm check --only T7``. Expect one loss of both; insensitivity 0 of g**, which ties
every hard negative, so that its score is 1/2 where that of g* is 1. An encoder that sees the second
word alone tells hard negatives apart and loses more: neither number says anything of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from jaxtyping import Int

from experiments.results.record import Measurement, Row, by_setting, values
from experiments.studies.shared.probed import ProbedSeed
from experiments.studies.shared.scene_worlds import (
    COLOURED,
    PAIRS,
    PERHAPS_COLOURED,
    covered_world,
)
from experiments.studies.shared.study import STUDIES, Preset, Setting, Study
from experiments.studies.shared.verdicts import exact_verdicts
from experiments.vocabulary import metrics
from experiments.vocabulary.encoders import PSEUDO, SECOND_WORD, TRUE
from experiments.vocabulary.operators import ADD, REPLACE, SWAP
from proofs_check import Comparison, FiniteWorld, Verdict
from proofs_check.finite.constructions import pseudo_optimal_text, true_optimal_text
from proofs_check.finite.pairs import Pairs
from proofs_check.finite.table_encoder import TableEncoder, sphere_codes
from proofs_check.quantities.contrastive import exact_loss
from proofs_check.quantities.hard_negative_scores import accuracy
from proofs_check.quantities.insensitivity import insensitivity
from scm import Add, Coverage, Replace, SceneConfig, Swap
from scm.operators.operator import Operator

ALL = (TRUE, PSEUDO, SECOND_WORD)

ROUNDING = 1e-9
"""How far double precision moves a loss of some thousand terms of size 1."""

WORLDS: dict[str, tuple[SceneConfig, Operator, str]] = {
    SWAP: (PAIRS, Swap(), "T7"),
    REPLACE: (COLOURED, Replace("object 0 attribute 0"), "T8"),
    ADD: (PERHAPS_COLOURED, Add(), "T9"),
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
        TRUE: true_optimal_text(world),
        PSEUDO: pseudo_optimal_text(world),
        SECOND_WORD: TableEncoder(sphere_codes(int(seen.max()) + 1)[seen]),
    }


class PseudoOptimaStudy(Study):
    """See the module."""

    name = "pseudo_optima"
    version = 2
    claims = ("T6", "T7", "T8", "T9")
    title = "Can an encoder be optimal in training and blind to an operator?"

    def settings(self, preset: Preset) -> Sequence[Setting]:
        """An operator each."""
        del preset
        return [Setting(name, None, {}, (claim, "T6")) for name, (_, _, claim) in WORLDS.items()]

    def measure(self, setting: Setting, seeds: Sequence[ProbedSeed]) -> Iterator[Measurement]:
        """Losses at every K, insensitivity, and hard negatives, by encoder."""
        del seeds
        config, operator, _ = WORLDS[setting.name]
        world = covered_world(config, Coverage(operator, rho=0.0, shown="hashed"))
        for name, encoder in encoders(world).items():
            for metric, value, labels in [*_losses(world, encoder), *_ties(world, encoder)]:
                yield Measurement(metric, value, None, {"encoder": name} | labels)

    def verdicts(self, rows: Sequence[Row], seconds: dict[str, float]) -> list[Verdict]:
        """g** is as good as g* at every K and blind; neither says anything of the other."""
        found: list[Verdict] = []
        # That g* tells captions apart and g** ties them is how they are built; not what they lose.
        as_built = partial(Comparison, identity=True)
        for name, here in by_setting(rows).items():
            judged = partial(exact_verdicts, self, name, seconds=seconds)
            of = partial(values, here)
            loss = {encoder: np.array(of(metric=metrics.LOSS, encoder=encoder)) for encoder in ALL}
            gap = np.abs(loss[PSEUDO] - loss[TRUE]).max()
            found += judged(
                [Comparison("loss of g** and g*, furthest apart", "~=", 0.0, gap, ROUNDING)],
                claim="T6",
            )
            scores = {
                encoder: of(metric=metrics.HARD_NEGATIVE_SCORE, encoder=encoder)[0]
                for encoder in ALL
            }
            found += judged(
                [
                    as_built("hard-negative score of g*", "~=", 1.0, scores[TRUE]),
                    as_built("hard-negative score of g**", "~=", 0.5, scores[PSEUDO]),
                ],
                claim=WORLDS[name][2],
            )
            # Larger batches ask more of an encoder: at the largest this one pays, and yet tells.
            found += judged(
                [
                    Comparison(
                        "loss of the second word above g*, largest batch",
                        ">",
                        0.0,
                        loss[SECOND_WORD][-1] - loss[TRUE][-1],
                        ROUNDING,
                    )
                ],
                claim="T6",
                kind="control",
            )
        return found


Measured = tuple[str, float, dict[str, int]]
"""Metric, value and labels."""


def _losses(world: FiniteWorld, encoder: TableEncoder) -> list[Measured]:
    """The loss at each K of the best critic that sees captions through the encoder."""
    pairs = Pairs.of(world, encoder.labels)
    return [(metrics.LOSS, exact_loss(pairs, K), {"K": K}) for K in SIZES]


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
        (metrics.DELTA, float(delta), {}),
        (metrics.HARD_NEGATIVE_SCORE, float(score), {}),
        (metrics.TIES, float(ties), {}),
    ]


STUDIES.register(PseudoOptimaStudy.name, PseudoOptimaStudy())
